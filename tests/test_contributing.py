"""Adding to a base: citing what names a source, drafting records, and exporting."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from claimbase.cli import main
from claimbase.contributing.identify import Naming, identify
from claimbase.contributing.reference import from_crossref, make_key, to_bibtex
from claimbase.model.source import SourceKind, State
from claimbase.reading.bibtex import read_bibliography
from claimbase.reading.problems import Problems
from tests import services as faults
from tests.mini import APPRAISALS, BIB, CONFIG, FILES, day, edit, put, read, write  # noqa: F401
from tests.services import Services, serve, update

NEW = "10.5555/new.2024"

WORK = {
    "title": ["Balm tea &amp; <i>sleep</i> in people with PTSD: 50% of a CAPS-5 effect"],
    "subtitle": ["A randomised trial"],
    "author": [
        {"given": "Jenny", "family": "O’Neill-Ångström", "sequence": "first"},
        {"name": "Tea & Sleep Group"},
    ],
    "container-title": ["Journal of Garden Teas"],
    "publisher": "Tea Press",
    "issued": {"date-parts": [[2024, 3]]},
    "volume": "12",
    "issue": "3",
    "page": "100-109",
}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("claimbase.watching.asking.pause_for", lambda _: None)
    with serve() as running:
        for name in ("CROSSREF", "PUBMED", "TRIALS"):
            monkeypatch.setenv(f"CLAIMBASE_{name}", running.address)
        monkeypatch.setenv("CLAIMBASE_PAUSE", "0")
        monkeypatch.setenv("CLAIMBASE_TIMEOUT", "0.2")
        running.work(NEW, **WORK)
        running.article("222", doi=NEW, types=("Randomized Controlled Trial",))
        running.article("333", title="Hops for sleep: a protocol")
        running.study("NCT00000002", lastUpdatePostDateStruct="2025-03-04")
        yield running


@pytest.fixture(autouse=True)
def base(tmp_path: Path) -> Path:
    write(tmp_path)
    return tmp_path


def run(root: Path, *arguments: str, **more: str) -> Result:
    command, *rest = arguments
    words = [command, *rest]
    at = 2 if command == "new" else 1
    words[at:at] = ["--config", str(root / CONFIG)]
    return CliRunner().invoke(main, words, catch_exceptions=False, **more)


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".cache" not in path.parts
    }


# What names a source


@pytest.mark.parametrize(
    ("text", "naming", "name"),
    [
        ("10.1038/s41591-023-02565-4", Naming.DOI, "10.1038/s41591-023-02565-4"),
        ("doi:10.1038/s41591-023-02565-4.", Naming.DOI, "10.1038/s41591-023-02565-4"),
        (
            "https://doi.org/10.1002/(SICI)1099(19)1:1<1::AID>3.0",
            Naming.DOI,
            "10.1002/(SICI)1099(19)1:1",
        ),
        ("https://dx.doi.org/10.1234%2Fabc", Naming.DOI, "10.1234/abc"),
        ("https://journals.example/doi/full/10.1056/x123?s=1", Naming.DOI, "10.1056/x123"),
        ("https://journals.example/doi/10.1056/x123/full", Naming.DOI, "10.1056/x123"),
        ("12345678", Naming.PMID, "12345678"),
        ("PMID: 12345678", Naming.PMID, "12345678"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", Naming.PMID, "12345678"),
        ("nct03537014", Naming.TRIAL, "NCT03537014"),
        ("https://clinicaltrials.gov/study/NCT03537014?tab=results", Naming.TRIAL, "NCT03537014"),
        ("https://clinicaltrials.gov/ct2/show/NCT03537014", Naming.TRIAL, "NCT03537014"),
        ("https://food.example/list", Naming.ADDRESS, "https://food.example/list"),
        (
            "https://news.example/nct03537014-halted",
            Naming.ADDRESS,
            "https://news.example/nct03537014-halted",
        ),
    ],
)
def test_names_are_told_apart(text, naming, name):
    assert identify(text) == (naming, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tea",
        "10.1234",
        "ftp://x.example/a",
        "https://",
        "http://[x",
        "a b.c",
        "10.1/\x07\udcff",
    ],
)
def test_what_names_nothing_is_refused(base, text):
    before = files(base)
    done = run(base, "cite", text)
    assert done.exit_code == 2
    assert '" is neither a DOI' in done.output
    assert files(base) == before


# Citing


def test_a_doi_is_cited(base, services):
    done = run(base, "cite", NEW)
    assert done.exit_code == 0, done.output
    assert "cite it as [@oneillangstrom2024balm]" in done.output
    ledger, found = read(base)
    # Not cited anywhere yet, and looked up long after the day of this base.
    assert {d.code for d in found} == {"CB208", "CB210"}
    source = ledger.sources["oneillangstrom2024balm"]
    assert source.csl["title"] == (
        "Balm tea & sleep in people with PTSD: 50% of a CAPS-5 effect: A randomised trial"
    )
    assert source.csl["author"][0]["family"] == "O’Neill-Ångström"
    assert source.csl["author"][1] == {"literal": "Tea & Sleep Group"}
    assert (source.csl["volume"], source.csl["issue"], source.csl["page"]) == ("12", "3", "100–109")
    assert source.doi == NEW
    assert source.appraisal.kind is SourceKind.TRIAL_REPORT
    assert source.appraisal.status.state is State.CURRENT
    assert source.appraisal.status.looked_up is not None
    assert source.appraisal.seen.value == "record"
    # In alphabetical order, and all else as it was.
    for name in (BIB, APPRAISALS):
        text = (base / name).read_text("utf-8")
        assert text.index("norland1998law") < text.index("oneillangstrom2024balm")
        assert text.startswith(FILES[name].rstrip())


def test_an_entry_goes_between_others(base, services):
    run(base, "cite", NEW, "--key", "green2022more")
    text = (base / BIB).read_text("utf-8")
    order = [text.index(key) for key in ("green2021balm", "green2022more", "hill2022teas")]
    assert order == sorted(order)
    assert text.replace(text[order[1] - 9 : order[2] - 9], "") == FILES[BIB]


def test_a_pubmed_number_is_cited_by_its_doi(base, services):
    done = run(base, "cite", "222")
    assert done.exit_code == 0, done.output
    source = read(base)[0].sources["oneillangstrom2024balm"]
    assert (source.csl["PMID"], source.doi) == ("222", NEW)
    assert source.appraisal.kind is SourceKind.TRIAL_REPORT


def test_a_pubmed_number_without_a_doi_is_cited(base, services):
    assert run(base, "cite", "pmid:333").exit_code == 0
    source = read(base)[0].sources["green2020hops"]
    assert source.csl["title"] == "Hops for sleep: a protocol"
    assert source.csl["container-title"] == "Journal of Teas"
    assert [person.get("family") for person in source.csl["author"]] == ["Green", None]
    assert source.appraisal.kind is SourceKind.PROTOCOL


def test_a_trial_is_cited(base, services):
    assert run(base, "cite", "NCT00000002").exit_code == 0
    source = read(base)[0].sources["tea2025balm"]
    assert source.url == "https://clinicaltrials.gov/study/NCT00000002"
    assert source.csl["title"] == "Balm Tea for Sleep, NCT00000002"
    assert source.appraisal.kind is SourceKind.REGISTRATION
    assert run(base, "cite", "NCT00000002").exit_code == 1


def test_a_page_that_names_its_doi_is_cited_by_it(base, services):
    services.pages["/article"] = f'<head><meta name="citation_doi" content="{NEW}"></head>'
    done = run(base, "cite", f"{services.address}/article")
    assert "cite it as [@oneillangstrom2024balm]" in done.output


def test_a_page_is_cited_by_its_title(base, services):
    services.pages["/law"] = (
        '<html><head><title>A law &amp; its teas</title><meta property="og:site_name" '
        'content="Norland"></head><body><svg><title>Picture</title></svg></body></html>'
    )
    done = run(base, "cite", f"{services.address}/law", "--kind", "law")
    assert done.exit_code == 0, done.output
    source = read(base)[0].sources["norlandlaw"]
    assert source.csl["title"] == "A law & its teas"
    assert source.appraisal.status.looked_up is None
    assert run(base, "cite", f"{services.address}/law/").exit_code == 1
    services.pages["/none"] = "<p>Nothing"
    assert "give one with --title" in run(base, "cite", f"{services.address}/none").output
    assert run(base, "cite", f"{services.address}/none", "--title", "A page").exit_code == 0


@pytest.mark.parametrize("odd", ["<![<?", "<![C[", "<!-", "<?", "&#xffffff;", "\0"])
def test_an_odd_page_is_cited_by_what_it_says_first(base, services, odd):
    services.pages["/odd"] = f"<head><title>Tea laws</title>{odd}</head>"
    done = run(base, "cite", f"{services.address}/odd", "--kind", "law")
    assert done.exit_code == 0, done.output
    assert "cite it as [@anonymoustea]" in done.output


def test_a_retraction_is_noticed(base, services):
    services.work(NEW, update("retraction", "2025-06-07", "10.5555/notice"), **WORK)
    done = run(base, "cite", NEW)
    assert done.exit_code == 0
    assert "It is RETRACTED: retraction of 2025-06-07 (Crossref)" in done.output
    status = read(base)[0].sources["oneillangstrom2024balm"].appraisal.status
    assert (status.state, status.date) == (State.RETRACTED, "2025-06-07")
    assert status.notice == "https://doi.org/10.5555/notice"


def test_a_retraction_that_only_pubmed_knows_is_noticed(base, services):
    services.article("222", "RetractionIn|J Teas. 2025 Jun 7;8(1):2|9", doi=NEW)
    assert "It is RETRACTED" in run(base, "cite", "222").output


def test_a_notice_is_told_for_what_it_is(base, services):
    services.work(NEW, **WORK, **{"update-to": [{"DOI": "10.1/x", "type": "retraction"}]})
    assert "it is itself a notice: retraction of 10.1/x" in run(base, "cite", NEW).output


@pytest.mark.parametrize(
    "name",
    [
        "10.1234/GREEN.2021",
        "https://doi.org/10.1234/green.2021",
        "http://www.food.example/list/",
        "444",
        "555",
    ],
)
def test_a_duplicate_is_refused(base, services, name):
    write(base, edit(BIB, "doi = {10.1234/hill.2022}", "pmid = {444}, doi = {10.1234/hill.2022}"))
    services.article("555", doi="10.1234/Hill.2022")
    before = files(base)
    done = run(base, "cite", name)
    assert done.exit_code == 1
    assert "is in the base already: cite it as [@" in done.output
    assert files(base) == before


@pytest.mark.parametrize(
    "fault",
    [faults.busy(500), faults.hang, faults.cut, faults.drop, faults.says(b"{"), faults.says(b"{}")],
)
@pytest.mark.parametrize("name", [NEW, "333", "NCT00000002"])
def test_without_an_answer_nothing_is_written(base, services, fault, name):
    before = files(base)
    for path in (f"/works/{NEW}", "/efetch.fcgi", "/studies/NCT00000002"):
        services.faults[path] = [fault] * 9
    done = run(base, "cite", name)
    assert done.exit_code == 1
    assert files(base) == before


def test_a_service_at_no_address_is_told(base):
    done = run(base, "cite", "10.1234/tea", "--crossref", "https://[")
    assert done.exit_code == 1
    assert "https://[/works/10.1234%2Ftea is not an address" in done.output


def test_the_wrong_record_is_not_cited(base, services):
    services.works[NEW] = {"DOI": "10.5555/other", "title": ["Another"]}
    before = files(base)
    assert "another work, 10.5555/other" in run(base, "cite", NEW).output
    assert files(base) == before


def test_a_record_of_one_service_only_does_not_count_as_looked_up(base, services):
    services.faults[f"/works/{NEW}"] = [faults.busy(500)] * 9
    done = run(base, "cite", "222")
    assert done.exit_code == 0
    assert "It was not looked up" in done.output
    (source,) = [s for s in read(base)[0].sources.values() if s.csl.get("PMID") == "222"]
    assert source.appraisal.status.looked_up is None


@pytest.mark.parametrize(
    "title",
    [
        "A {brace} and a } too many",
        "50% of \\undefined & $5 #1 a_b ~ ^",
        "Ends with a backslash \\",
        "@article{evil, title = {x}}",
        "MDMA-assisted McCutcheon PTSD—α-synuclein, pH 7, “quoted” 'x'",
        "<jats:italic>In vitro</jats:italic> H<sub>2</sub>O &lt; 5",
        "日本の茶",
    ],
)
def test_every_title_is_read_as_it_was_registered(title):
    reference = from_crossref({"DOI": NEW, "type": "journal-article", "title": [title]})
    text = to_bibtex(reference, make_key(reference, ()))
    problems = Problems()
    (entry,) = read_bibliography("x", text, problems)
    assert not problems
    assert entry.csl["title"].replace("’", "'") == reference.title.replace("’", "'")


def test_controls_in_a_record_reach_neither_the_file_nor_the_terminal(base, services):
    services.work(NEW, title=["Balm \x1b[31mred\x07 \u202etea"], author=[{"family": "A\x9b2J"}])
    done = run(base, "cite", NEW)
    assert done.exit_code == 0, done.output
    assert all(character == "\n" or character.isprintable() for character in done.output)
    ledger, _ = read(base)
    assert [s.csl["title"] for s in ledger.sources.values() if s.doi == NEW] == ["Balm [31mred tea"]


def test_keys_do_not_collide():
    reference = from_crossref({"DOI": NEW, **WORK})
    taken: set[str] = set()
    for _ in range(30):
        key = make_key(reference, taken)
        assert key not in taken
        taken.add(key)
    assert {"oneillangstrom2024balm", "oneillangstrom2024balmb"} <= taken


def test_a_key_is_never_a_number_alone(base):
    done = run(
        base,
        *("new", "source", "--title", "茶", "--author", "王, 伟", "--year", "2020"),
        *("--kind", "law", "--url", "https://law.example/tea", "--no-input"),
    )
    assert "[@anonymous2020]" in done.output


# Drafting

CONCLUSION = (
    "--type conclusion --claim|Balm tea may help people to sleep.|--topic sleep "
    "--supported-by|green2021balm, table 2|--result balm-1/onset "
    "--qualified-by hill2022teas --caveat small-sample --population Adults --intervention Tea "
    "--comparator Water --outcome Sleep --start high --because|imprecision -2 60 people.|"
    "--body|One trial [@green2021balm]."
)


def words(text: str) -> list[str]:
    """Split at spaces, or at bars around texts that hold some."""
    return [
        word
        for position, part in enumerate(text.split("|"))
        for word in ([part] if position % 2 else part.split())
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        f"claim balm-help {CONCLUSION}",
        (
            "claim balm-12 --type finding --claim|In BALM-1 people slept 12 minutes sooner.|"
            "--topic sleep --supported-by|green2021balm, table 2|--result balm-1/onset"
        ),
        (
            "claim balm-legal --type fact --claim|Balm tea is a food in Norland.|--topic sleep "
            "--supported-by norland1998law --as-of 2025"
        ),
        (
            "claim balm-magic --type popular --claim|Balm tea is magic.|--topic sleep "
            "--verdict unsupported --fair-wording|It may shorten the time to fall asleep.|"
            "--measured-against balm-sleep --background hill2022teas"
        ),
        (
            "study hops-1 --name HOPS-1 --title|A trial of hops|--design randomised-trial "
            "--masking none --status planned --topic sleep --population Adults "
            "--sponsor tea-board --report hill2022teas"
        ),
        "caveat one-site --name|One site|--says All --body|One place only [@hill2022teas].|",
        (
            "page evidence/hops --title Hops --description|About hops.|--topic sleep "
            "--body|Hops [@hill2022teas].|"
        ),
    ],
)
def test_a_draft_passes_the_checks(base, arguments):
    done = run(base, "new", *words(arguments), "--no-input")
    assert done.exit_code == 0, done.output
    _, found = read(base)
    # Nothing links to it yet; that is all there is to say.
    assert {d.code for d in found} <= {"CB209", "CB208"}, done.output


def test_what_is_missing_is_said(base):
    done = run(base, "new", "claim", "balm-help", "--type", "conclusion", "--no-input")
    assert done.exit_code == 0
    assert (base / "docs/claims/balm-help.md").is_file()
    for field in ("claim", "topics", "pico", "certainty"):
        assert f'the field "{field}" is missing' in done.output


def test_it_asks_for_what_it_needs(base):
    answers = [
        "fact",
        "Balm tea is sold in Norland.",
        "sleep",
        "2025",
        "norland1998law, page 3",
        "",  # supported by
        "",  # disputed by
        "",  # qualified by
        "",  # beside it
        "",  # caveats
        "",  # reasoning
    ]
    done = run(base, "new", "claim", "balm-sold-too", input="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    claim = read(base)[0].claims["balm-sold-too"].record
    assert claim.claim == "Balm tea is sold in Norland."
    assert claim.evidence[0].locator == "page 3"


@pytest.mark.parametrize(
    "name", ["balm-sleep", "Balm", "balm_sleep", "../balm", "old-balm", "a/b", ""]
)
def test_a_name_that_cannot_be_is_refused(base, name):
    write(base, put("references/redirects.yml", "claims/old-balm: claims/balm-sleep\n"))
    before = files(base)
    assert run(base, "new", "claim", name, "--type", "fact", "--no-input").exit_code == 1
    assert files(base) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["claim", "balm-sold"], "docs/claims/balm-sold.md is there already"),
        (["study", "balm-1"], "docs/studies/balm-1.md is there already"),
        (["caveat", "Small"], "is not written as an id"),
        (["page", "evidence/sleep"], "docs/evidence/sleep.md is there already"),
        (["page", "claims/balm-new"], "claimbase new claim balm-new drafts one"),
        (["page", "studies/balm-2.md"], "claimbase new study balm-2 drafts one"),
    ],
)
def test_nothing_is_asked_for_what_cannot_be_written(base, arguments, said):
    before = files(base)
    done = run(base, "new", *arguments)
    assert done.exit_code in (1, 2)
    assert said in done.output
    assert ": Aborted!" not in done.output
    assert files(base) == before


def test_a_rating_is_added_up(base):
    run(base, "new", *words(f"claim balm-help {CONCLUSION}"), "--no-input")
    text = (base / "docs/claims/balm-help.md").read_text("utf-8")
    assert "level: low" in text
    assert "  - {source: green2021balm, relation: supported-by, locator: table 2," in text
    bad = run(
        base, "new", "claim", "b", "--type", "conclusion", "--because", "luck -1 x", "--no-input"
    )
    assert bad.exit_code == 2


def test_a_source_without_a_record_anywhere(base):
    arguments = "source --title|A law on teas|--url https://law.example/tea --kind law --year 2020"
    done = run(base, "new", *words(arguments), "--author", "Norland", "--no-input")
    assert done.exit_code == 0, done.output
    source = read(base)[0].sources["norland2020law"]
    assert source.appraisal.kind is SourceKind.LAW
    assert source.appraisal.status.looked_up is None
    again = run(base, "new", *words(arguments), "--no-input")
    assert again.exit_code == 1


@pytest.mark.parametrize("held", [b"@misc{caf\xe9,}", b"\0"])
def test_nothing_is_added_to_a_bibliography_that_cannot_be_read(base, held):
    (base / BIB).write_bytes(held)
    before = files(base)
    arguments = "source --title Tea --kind law --url https://law.example/tea"
    done = run(base, "new", *words(arguments), "--no-input")
    assert done.exit_code == 1
    assert done.output.startswith("Error: library.bib: the file ")
    assert files(base) == before


# Exporting


def test_data_without_a_site(base, tmp_path):
    done = run(base, "export", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    claims = json.loads((tmp_path / "out/claims.json").read_text("utf-8"))
    assert [claim["id"] for claim in claims] == sorted(
        ["balm-1-onset", "balm-sleep", "balm-sold", "popular-balm-cures"]
    )
    assert (tmp_path / "out/references.bib").read_text("utf-8").count("@") == 3


def test_no_data_of_a_base_with_errors(base, tmp_path):
    write(base, edit(APPRAISALS, "kind: law", "kind: lore"))
    assert run(base, "export", str(tmp_path / "out")).exit_code == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "command",
    [
        [],
        *([name] for name in ("check", "cite", "explain", "export", "new", "schema", "watch")),
        *(["new", name] for name in ("claim", "study", "caveat", "source", "page")),
    ],
)
def test_every_command_has_help(command):
    done = CliRunner().invoke(main, [*command, "--help"])
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 5
