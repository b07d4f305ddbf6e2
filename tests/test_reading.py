"""What is read: any bytes in, records or diagnostics out, and never a traceback."""

import json
import os
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from claimbase.checks.numbers import canonical, figures, roundings
from claimbase.cli import load, main
from claimbase.model.claim import Conclusion, Finding
from claimbase.model.diagnostic import Diagnostic
from claimbase.model.record import kebab
from claimbase.reading.problems import Problems
from claimbase.reading.text import decode
from claimbase.reading.validate import validate
from claimbase.reading.yaml import Tree, read_yaml
from claimbase.settings import Options
from tests.mini import (
    APPRAISALS,
    BIB,
    CONFIG,
    FACT,
    FILES,
    PAGE,
    TOPICS,
    Change,
    day,  # noqa: F401
    drop,
    edit,
    put,
    spoken,
    write,
)

FAST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def yaml(text: str) -> tuple[Tree | None, Problems]:
    problems = Problems()
    return read_yaml("f.yml", text, problems), problems


def found_in(root: Path) -> list[Diagnostic]:
    """Check the base as the command does, and hold the command to what was found."""
    _, found = load(root / CONFIG)
    for style in ("text", "json", "github"):
        result = CliRunner().invoke(main, ["check", "-f", str(root / CONFIG), "--format", style])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.exit_code == any(d.severity == "error" for d in found)
    return found


# YAML


def test_scalars_are_those_of_yaml_1_2() -> None:
    tree, problems = yaml(
        'a: no\nb: 012\nc: 1.50\nd: 2024-08-08\ne: "12"\nf: ~\ng: true\nh:\ni: 1e3\nj: 0x10\n'
    )
    assert problems == []
    assert tree is not None
    expected = ["no", 12, 1.5, "2024-08-08", "12", None, True, None, 1000.0, "0x10"]
    assert tree.data == dict(zip("abcdefghij", expected, strict=True))


def test_every_value_has_a_place() -> None:
    tree, _ = yaml("a:\n  - {b: 日本, c: two words}\n  - x\nd: |\n  long\n  text\n")
    assert tree is not None
    assert str(tree.place("a", 0, "c")) == "f.yml:2:16"
    assert tree.place("a", 0, "c").length == len("two words")
    assert str(tree.key_place(("a", 0, "c"))) == "f.yml:2:13"
    assert str(tree.place("a", 1)) == "f.yml:3:5"
    assert str(tree.place("a", 1, "gone", 7)) == "f.yml:3:5"
    assert str(tree.place("nowhere")) == "f.yml:1:1"
    assert tree.place("d").line == 4


def test_lines_are_those_of_an_editor() -> None:
    """YAML ends lines at characters that end none in a file."""
    tree, _ = yaml("a: 'one\u2028two\x85three'\nb: [x,\n")
    assert tree is None
    tree, _ = yaml("a: 'one\u2028two'\nb: x\n")
    assert tree is not None
    assert str(tree.place("b")) == "f.yml:2:4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested"),
        ("a: " + "{a: " * 50_000, "nested"),
        ("- " * 100_000, "nested"),
        ("? " * 50_000, "a field's name is a word"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("&a [*a]", "aliases"),
        ("a: 1\n---\nb: 2\n", "a second document"),
        ("a: \x07\n", "control characters"),
        ('a: "\\ud800"\n', "invalid Unicode"),
        ("a:\n\t- b\n", "cannot start any token"),
        ("a: 'open\n", "unexpected end"),
        ("a: b: c\n", "mapping values"),
        ("%YAML 9\n", "not YAML"),
        ("[a]: b\n", "a field's name is a word"),
    ],
)
def test_broken_yaml_is_a_diagnostic(text: str, message: str) -> None:
    _, problems = yaml(text)
    assert message in problems[0].message
    assert problems[0].code == "CB002"


def test_an_alias_bomb_does_not_go_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    tree, problems = yaml("\n".join(lines))
    assert tree is not None
    assert len(problems) == 9 * 11


def test_a_field_twice_keeps_the_first() -> None:
    tree, problems = yaml("a: 1\na: {b: [c, {d: e}]}\nf: 2\n")
    assert tree is not None
    assert tree.data == {"a": 1, "f": 2}
    assert [p.code for p in problems] == ["CB008"]


@FAST
@given(st.text())
@example("? ? ? a")
@example("{a: &b [*b], ? [c]: d}")
def test_any_text_is_read_or_reported_as_yaml(text: str) -> None:
    tree, problems = yaml(text)
    assert tree is not None or problems
    lines = text.split("\n")
    for problem in problems:
        assert 1 <= problem.place.line <= len(lines)
        assert problem.place.column <= len(lines[problem.place.line - 1]) + 1


# Text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\n", "a\nb\nc\n"),
        (b"", ""),
        (b"\xff\xfea\0", None),
        (b"a\0b", None),
        (b"\x80", None),
    ],
)
def test_bytes_become_text(data: bytes, text: str | None) -> None:
    problems = Problems()
    assert decode("f", data, problems) == text
    assert (text is None) == bool(problems)


# Records


def faults(model: type, text: str) -> dict[str, str]:
    tree, problems = yaml(text)
    assert tree is not None
    assert validate(model, tree, problems) is None
    return {d.message: d.help for d in problems}


def test_misspelt_fields_are_recognised_wherever_they_stand() -> None:
    found = faults(
        Conclusion,
        """type: conclusion
evidence: [{sorce: x, relation: supported-by}]
pico: {populaton: x}
certainty: {level: low, start: high, because: {imprecision: {step: -1, why: x}}}
history: [{dat: 2026-01-01, change: x}]
""",
    )
    for wrong, right in (
        ("sorce", "source"),
        ("populaton", "population"),
        ("step", "steps"),
        ("dat", "date"),
    ):
        assert found[f'there is no field "{wrong}" here'] == f'did you mean "{right}"?'


def test_a_wrong_word_is_answered_with_the_right_ones() -> None:
    found = faults(
        Conclusion,
        "certainty: {level: moderat, start: moderate, because: {risk-of-bais: {steps: 9}}}\n",
    )
    levels = "allowed: high, moderate, low, very-low"
    helps = {message.split(":")[0]: help_ for message, help_ in found.items()}
    assert helps["certainty.level"] == f'did you mean "moderate"? {levels}'
    assert helps["certainty.start"] == "allowed: high, low"
    assert 'certainty.because.risk-of-bais.steps: this must be 2 or less (it is "9")' in found
    assert found['the field "why" is missing'] == "add it, for example why: …"


def test_a_number_of_either_kind_is_asked_for_once() -> None:
    found = faults(Finding, "numbers: [{value: many, of: x}, {value: 1e999, of: x}]\n")
    values = [message for message in found if message.startswith("numbers")]
    assert values == [
        'numbers.1.value: this must be a number (it is "many")',
        'numbers.2.value: this must be a number (it is "inf")',
    ]


def test_a_long_value_is_not_repeated_whole() -> None:
    found = faults(Finding, f"claim: x\ntype: {'y' * 10_000}\n")
    assert all(len(message) < 200 for message in found)


def test_a_missing_word_is_answered_with_those_there_are() -> None:
    found = faults(Conclusion, "certainty: {start: high, because: {}}\n")
    help_ = found['the field "level" is missing']
    assert help_ == "add it; it is one of: high, moderate, low, very-low"


# Whole bases that are broken


HOSTILE = {
    "no settings": (drop(CONFIG), "mkdocs.yml CB001"),
    "empty settings": (put(CONFIG, ""), "mkdocs.yml:1:1 CB007"),
    "settings that are a list": (put(CONFIG, "- a\n"), "mkdocs.yml:1:1 CB007"),
    "settings that are not YAML": (put(CONFIG, "a: [\n"), "mkdocs.yml:2:1 CB002"),
    "binary settings": (put(CONFIG, b"\x89PNG\0"), "mkdocs.yml:1:1 CB001"),
    "an unknown setting": (
        edit(CONFIG, "review-months", "review-month"),
        "mkdocs.yml:5:7 CB005",
    ),
    "a setting of the wrong kind": (
        edit(CONFIG, "months: 12", "months: many"),
        "mkdocs.yml:5:22 CB007",
    ),
    "an unknown severity": (
        edit(CONFIG, "months: 12", "months: 12\n      severity: {CB209: fatal}"),
        "mkdocs.yml:6:25 CB007",
    ),
    "options that are none": (
        edit(CONFIG, "claimbase:\n      review-months: 12", "claimbase: 5"),
        "mkdocs.yml:4:16 CB007",
    ),
    "a missing folder of pages": (
        edit(CONFIG, "plugins:", "docs_dir: pages\nplugins:"),
        "mkdocs.yml:2:11 CB007",
    ),
    "a missing bibliography": (
        edit(CONFIG, "  - search", "  - bibtex: {bib_file: refs.bib}"),
        "mkdocs.yml:3:24 CB007",
    ),
    "a folder of pages whose name is too long": (
        edit(CONFIG, "plugins:", f"docs_dir: {'x' * 300}\nplugins:"),
        "mkdocs.yml:2:11 CB007",
    ),
    "a folder of pages elsewhere": (
        edit(CONFIG, "plugins:", "docs_dir: ../..\nplugins:"),
        "mkdocs.yml:2:11 CB007",
    ),
    "a folder of pages that is a list": (
        edit(CONFIG, "plugins:", "docs_dir: [docs]\nplugins:"),
        "mkdocs.yml:2:11 CB007",
    ),
    "a folder of tables whose name is too long": (
        edit(CONFIG, "months: 12", f"months: 12\n      references: {'x' * 300}"),
        "mkdocs.yml:6:19 CB007",
    ),
    "a folder of tables that is a file": (
        edit(CONFIG, "months: 12", "months: 12\n      references: mkdocs.yml"),
        "mkdocs.yml:6:19 CB007",
    ),
    "a folder of the machine": (
        edit(CONFIG, "months: 12", "months: 12\n      references: /"),
        "mkdocs.yml:6:19 CB007",
    ),
    "a missing style": (
        edit(CONFIG, "months: 12", "months: 12\n      style: apa.csl"),
        "mkdocs.yml:6:14 CB007",
    ),
    "a style that is a folder": (
        edit(CONFIG, "months: 12", "months: 12\n      style: docs"),
        "mkdocs.yml:6:14 CB007",
    ),
    "a cache that is a file": (
        edit(CONFIG, "months: 12", "months: 12\n      cache: mkdocs.yml/x"),
        "mkdocs.yml:6:14 CB007",
    ),
    "an escape that no text holds": (
        edit(CONFIG, "  - search", '  - bibtex: {bib_file: "a\\0b"}'),
        "mkdocs.yml:3:24 CB002",
    ),
    "bibliography options that are none": (edit(CONFIG, "- search", "- bibtex: 5"), None),
    "a command for references that is no text": (
        edit(CONFIG, "  - search", "  - bibtex: {bib_command: [refs]}"),
        "mkdocs.yml:3:27 CB007",
    ),
    "a folder of bibliographies whose name is too long": (
        edit(CONFIG, "  - search", f"  - bibtex: {{bib_dir: {'x' * 300}}}"),
        "mkdocs.yml:3:23 CB007",
    ),
    "a topic's page whose name is too long": (
        edit(TOPICS, "evidence/sleep.md", "x" * 300),
        f"{TOPICS}:4:9 CB108",
    ),
    "a binary bibliography": (put(BIB, b"\0\1\2"), "references/library.bib:1:1 CB001"),
    "appraisals that are text": (put(APPRAISALS, "hello"), "references/appraisals.yml:1:1 CB007"),
    "appraisals too deep": (
        put(APPRAISALS, "[" * 10_000),
        "references/appraisals.yml:1:52 CB002",
    ),
    "a row that is a list": (
        edit(APPRAISALS, "green2021balm:\n", "green2021balm: [1, 2]\nx:\n"),
        "references/appraisals.yml:1:16 CB007",
    ),
    "an empty claim": (put(FACT, ""), f"{FACT}:1:1 CB003"),
    "a claim that is a bracket": (put(FACT, "---\n[\n---\n"), f"{FACT}:2:2 CB002"),
    "a claim that is a list": (put(FACT, "---\n- a\n---\n"), f"{FACT}:2:1 CB002"),
    "a claim of one long line": (put(FACT, "x" * 1_000_000), f"{FACT}:1:1 CB003"),
    "front matter without an end": (put(FACT, "---\ntype: fact\n"), f"{FACT}:1:1 CB003"),
    "a folder with a page's name": (put("docs/x.md/y.txt", "x"), "docs/x.md CB001"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_base_is_told_by_one_diagnostic(name: str, tmp_path: Path) -> None:
    change, expected = HOSTILE[name]
    write(tmp_path, change)
    told = spoken(found_in(tmp_path))
    assert expected in told if expected else told == []
    assert len(told) < 6, "what refers to an unread file is not to blame"


@pytest.mark.parametrize("time", ["soon", "1.5", "9" * 12, "9" * 30])
def test_a_time_of_the_build_that_is_none(
    time: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", time)
    (found,) = found_in(tmp_path)
    assert found.message == f'SOURCE_DATE_EPOCH is "{time}", and that is no time'


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["..", "/", "docs/../..", "x" * 300, "a/" * 3000, "mkdocs.yml/x", "9" * 5000]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
OPTIONS = sorted(kebab(name) for name in Options.model_fields)
OF_THE_SITE = ["docs_dir", "site_name", "site_url", "repo_url", "edit_uri", "plugins", "bibtex"]


@FAST
@given(st.sampled_from([*OPTIONS, *OF_THE_SITE]), VALUES)
def test_any_setting_in_no_crash_out(tmp_path: Path, name: str, value: object) -> None:
    """JSON is YAML, so any data can be written as a setting."""
    plugins = [{"claimbase": {name: value} if name in OPTIONS else {}}]
    site = {} if name in OPTIONS else {name: value}
    write(tmp_path, put(CONFIG, json.dumps({"plugins": plugins, **site})))
    found_in(tmp_path)


LINKS = {
    "a folder of pages": ("docs_dir: loop", "mkdocs.yml:1:11 CB007", "loop"),
    "a page": ("site_name: Teas", "docs/loop.md CB001", "docs/loop.md"),
}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_that_leads_to_itself(name: str, tmp_path: Path) -> None:
    line, expected, link = LINKS[name]
    write(tmp_path, edit(CONFIG, "site_name: Garden teas", line))
    (tmp_path / link).symlink_to(Path(link).name)
    assert spoken(found_in(tmp_path)) == [expected]


def test_a_page_that_has_no_end(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "docs" / "zero.md").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "docs" / "pipe.md")
    assert spoken(found_in(tmp_path)) == ["docs/pipe.md CB001", "docs/zero.md CB001"]


def test_a_folder_of_pages_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """MkDocs would build its pages, and go round in circles in one that leads back."""
    write(tmp_path, put("drafts/cure.md", "Balm tea cures insomnia.\n"))
    (tmp_path / "docs" / "drafts").symlink_to("../drafts")
    (tmp_path / "docs" / "evidence" / "again").symlink_to("..")
    (tmp_path / "docs" / "evidence" / "tea.png").symlink_to("tea.png")
    links = ["docs/drafts", "docs/evidence/again", "docs/evidence/tea.png"]
    assert spoken(found_in(tmp_path)) == [f"{link} CB001" for link in links]


def test_a_link_to_a_file_outside_is_refused(tmp_path: Path) -> None:
    """A build would publish what it leads to, and a diagnostic would show lines of it."""
    base = tmp_path / "base"
    base.mkdir()
    write(base, put("README.md", "# Teas\n"))
    write(tmp_path, put("secret", "@misc{x}\n"))
    for link in ("docs/a.md", "docs/a.txt", "references/a.bib", "references/sponsors.yml"):
        (base / link).unlink(missing_ok=True)
        (base / link).symlink_to(tmp_path / "secret")
    (base / "docs" / "readme.md").symlink_to("../README.md")
    (base / "docs" / "b.txt").symlink_to("../README.md")
    refused = ("docs/a.md", "docs/a.txt", "references/a.bib", "references/sponsors.yml")
    assert [s for s in spoken(found_in(base)) if s.endswith("CB001")] == [
        f"{link} CB001" for link in refused
    ]


@pytest.mark.parametrize("folder", ["docs/caveats", "references/closed"])
def test_a_folder_below_that_may_not_be_read(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, put("references/closed/more.bib", ""))
    scan = os.scandir

    def refuse(path: str | Path) -> object:
        if Path(path).as_posix().endswith(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", refuse)
    assert f"{folder} CB001" in spoken(found_in(tmp_path))


def test_a_folder_of_bibliographies_that_is_a_link_is_refused(tmp_path: Path) -> None:
    write(tmp_path, put("shared/more.bib", ""))
    (tmp_path / "references" / "shared").symlink_to("../shared")
    (tmp_path / "references" / "gone.bib").symlink_to("nowhere.bib")
    told = ["references/gone.bib CB001", "references/shared CB001"]
    assert spoken(found_in(tmp_path)) == told


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    write(tmp_path)
    for name in (b"docs/claims/tea\xff.md", b"docs/tea\xff.md", b"references/tea\xff.bib"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/docs/link\xff")).symlink_to("nowhere")
    told = spoken(found_in(tmp_path))
    pages = ["docs/claims/tea?.md CB001", "docs/link? CB001", "docs/tea?.md CB001"]
    assert told == [*pages, "references/tea?.bib CB001"]


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who run tests may often read everything, so the answer is made up."""
    write(tmp_path)
    monkeypatch.setattr("os.access", lambda path, _: Path(path).name != "docs")
    found = found_in(tmp_path)
    assert spoken(found) == ["mkdocs.yml:1:1 CB007"]
    assert "docs_dir: you may not read this" in found[0].message


def test_faults_by_the_thousand_on_one_line(tmp_path: Path) -> None:
    many = ", ".join(["nobody"] * 5_000)
    write(tmp_path, edit(FACT, "related: [balm-sleep]", f"related: [{many}]"))
    started = time.monotonic()
    assert len(found_in(tmp_path)) == 5_000
    assert time.monotonic() - started < 20


TEA, ONSET = "claim:balm-sleep", "claim:balm-1-onset"
MANY = {
    "rows of a broken table": "| a | b |\n| - | - |\n" + "| a |\n" * 15_000,
    "texts that are too sure": f"[tea reduces it]({TEA})\n" * 15_000,
    "words that sell": f"[{'a cure ' * 15_000}]({TEA})\n",
    "negations": f"[{'no a ' * 15_000}{'cure ' * 15_000}]({TEA})\n",
    "figures": f"[{'12 a, ' * 8_000}]({ONSET})\n",
    "blocks with options": "/// claims\n    topic: sleep\n///\n\n" * 15_000,
    "fences that stay open": "```x\n" * 30_000,
    "runs of backticks": " ".join("`" * number for number in range(1, 1_500)),
    "a set as a name": f"---\ntitle: {'{' * 150_000}\n---\n",
}


@pytest.mark.parametrize("name", MANY)
def test_much_of_one_thing_takes_no_time_out_of_proportion(name: str, tmp_path: Path) -> None:
    write(tmp_path, put("docs/much.md", MANY[name]))
    started = time.monotonic()
    load(tmp_path / CONFIG)
    assert time.monotonic() - started < 10  # a second or two each, minutes if it were squared


def test_a_large_bibliography_is_read(tmp_path: Path) -> None:
    entry = "@misc{key%d,\n  title = {%s},\n  year = {2020},\n  doi = {10.1234/%d}\n}\n"
    words = "A title of some words, over and over. " * 20
    text = FILES[BIB] + "".join(entry % (i, words, i) for i in range(6500))
    assert len(text) > 5_000_000
    write(tmp_path, put(BIB, text))
    ledger, found = load(tmp_path / CONFIG)
    assert ledger is not None
    assert len(ledger.sources) == 6503
    assert {d.code for d in found} == {"CB204", "CB210"}


@pytest.mark.parametrize(
    "text",
    [
        "[" + "@" * 50_000,
        "[@" * 20_000,
        "[a](claim:" * 5_000,
        "<!--" * 20_000,
        "<a " * 20_000,
        "`" * 20_001,
        "` `` ``` " * 3_000,
        "> " * 20_000,
        "[" * 20_000 + "]" * 20_000,
        "/// note\n" * 3_000,
        "{a=" * 10_000,
        "9" * 100_000,
        "[" + "9" * 100_000 + "](claim:balm-sold)",
        "[" + "9,999" * 20_000 + "](claim:balm-sold)",
        "[" + "no " * 20_000 + "cure](claim:balm-sold)",
        "[" + '"' * 20_000 + "cure](claim:balm-sold)",
        "[" + "two hundred " * 5_000 + "](claim:balm-sold)",
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_page_is_read_in_time(text: str, tmp_path: Path) -> None:
    write(tmp_path, put("docs/evidence/hostile.md", f"# Title\n\n{text}\n"))
    load(tmp_path / CONFIG)


ANY = st.text() | st.text(
    alphabet=st.sampled_from(list("[](){}@:;-#*`~!|/<>\\\"' \n\tab1.,&=_^é日\u2028\ufeff\r"))
)
PIECES = """---
type: |fact|claim: |topics: |[sleep]|  |- |{|}|[|]|evidence:|source: |green2021balm|1e999|: |*a|&a |
~|'|"|plugins:|claimbase:|bibtex: |docs_dir: |severity: |CB209|off|null|[x](claim:balm-sold)|``` |
[@hill2022teas, p. 3]|/// claims|    topic: |<!--|-->|{ .no-source }|12.5%|two thirds of |a \\| b|
"""
WORDS = st.lists(st.sampled_from([*PIECES.split("|"), "\n", "---\n"]), max_size=30).map("".join)


@FAST
@given(text=ANY | WORDS, file=st.sampled_from([PAGE, FACT, APPRAISALS, CONFIG, BIB]))
def test_any_text_in_no_crash_out(
    text: str, file: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("any")
    content = text.encode("utf-8", "surrogatepass")
    write(root, Change(file, None, content))
    for diagnostic in found_in(root):
        assert diagnostic.help
        assert diagnostic.place.line >= 0


@FAST
@given(data=st.binary(), file=st.sampled_from([PAGE, FACT, APPRAISALS, CONFIG, BIB]))
def test_any_bytes_in_no_crash_out(
    data: bytes, file: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("bytes")
    write(root, put(file, data))
    found_in(root)


# Numbers


@FAST
@given(st.integers(0, 10**15) | st.floats(0, 10**9, allow_nan=False))
def test_a_number_written_is_the_number_found(number: float) -> None:
    value = canonical(number)
    assert canonical(value) == value
    if not re.fullmatch(r"(19|20)\d\d", value):
        assert [f.value for f in figures(f"It was {value} of them")] == [value]
        assert [f.value for f in figures(f"It fell by \u2212{value} or so")] == [value]
        assert value in set(roundings(float(value))) or "e" in repr(float(value)) or number > 2**53


@FAST
@given(st.integers(1000, 10**12))
def test_separators_change_nothing(number: int) -> None:
    for separator in (",", "\u00a0", "\u2009", "\u202f"):
        text = f"{number:,}".replace(",", separator)
        assert [f.value for f in figures(f"about {text} teas")] == [str(number)]


@FAST
@given(st.text())
def test_figures_stand_where_they_say(text: str) -> None:
    end = 0
    for figure in figures(text):
        assert end <= figure.start < figure.end <= len(text)
        end = figure.start
