"""The command: what it prints, in which format, and with which status it exits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from claimbase import __version__
from claimbase.checks import RULES
from claimbase.cli import main
from tests.mini import (
    APPRAISALS,
    CONFIG,
    DAY,
    FACT,
    PAGE,
    add,
    day,  # noqa: F401
    edit,
    put,
    write,
)

ROOT = Path(__file__).parents[1]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def check(root: Path, *arguments: str) -> Result:
    return run("check", "--config", str(root / CONFIG), *arguments)


def explain(root: Path, name: str) -> Result:
    return run("explain", name, "-f", str(root / CONFIG))


def test_a_sound_base(tmp_path: Path) -> None:
    write(tmp_path)
    result = check(tmp_path)
    assert result.exit_code == 0
    assert result.output == (
        "Nothing wrong.\n4 claims, 3 sources, 1 studies, 1 caveats, 7 pages read.\n"
    )
    assert json.loads(check(tmp_path, "--format", "json").output) == []
    assert check(tmp_path, "--format", "github").output == ""


def test_an_error(tmp_path: Path) -> None:
    write(tmp_path, edit(PAGE, "claim:balm-sleep", "claim:balm-slep"))
    result = check(tmp_path)
    assert result.exit_code == 1
    assert result.output.startswith(
        f'{PAGE}:7:54: error CB101: there is no claim "balm-slep"\n'
        "  7 | [Balm tea may shorten the time to fall asleep](claim:balm-slep)"
    )
    assert '  help: did you mean "balm-sleep"?\n' in result.output
    assert "\n1 error\n" in result.output
    [fault] = json.loads(check(tmp_path, "--format", "json").output)
    assert fault == {
        "code": "CB101",
        "severity": "error",
        "file": PAGE,
        "line": 7,
        "column": 54,
        "length": 9,
        "message": 'there is no claim "balm-slep"',
        "help": 'did you mean "balm-sleep"?',
    }
    annotation = check(tmp_path, "--format", "github")
    assert annotation.exit_code == 1
    assert annotation.output.startswith(f"::error file={PAGE},line=7,col=54,endColumn=63,title=CB1")


def test_a_warning_is_no_failure(tmp_path: Path) -> None:
    write(tmp_path, edit(FACT, "reviewed: 2026-01-15", "reviewed: 2024-01-15"))
    result = check(tmp_path)
    assert result.exit_code == 0
    assert "warning CB207" in result.output
    assert "\n1 warning\n" in result.output
    assert check(tmp_path, "--format", "github").output.startswith("::warning file=")


def test_no_base_is_told(tmp_path: Path) -> None:
    result = check(tmp_path)
    assert result.exit_code == 1
    assert result.output.startswith("mkdocs.yml: error CB001: there is no such file")
    assert "pages read" not in result.output


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    assert check(tmp_path, "--format", "xml").exit_code == 2


@pytest.mark.parametrize("name", ["CB204", "cb204", "unappraised-source"])
def test_explains_a_check_without_a_base(name: str, tmp_path: Path) -> None:
    result = explain(tmp_path, name)
    assert result.exit_code == 0
    assert result.output.startswith("CB204 unappraised-source (error)\n\nA bibliography entry")
    assert "To mend it" in result.output


@pytest.mark.parametrize("code", RULES)
def test_explains_every_check(code: str) -> None:
    assert run("explain", code).output.startswith(f"{code} {RULES[code].name} ")


def test_explains_a_claim(tmp_path: Path) -> None:
    write(tmp_path)
    assert explain(tmp_path, "balm-sleep").output.split("\n") == [
        "Balm tea may shorten the time to fall asleep more than hot water does, after 4 weeks.",
        "in docs/claims/balm-sleep.md",
        "standing: stands",
        "rests on: 1 source, 1 study, 1 sponsor",
        "  supported-by: green2021balm [current]",
        "  qualified-by: hill2022teas [current]",
        "  falls if green2021balm falls",
        "",
    ]


def test_explains_a_claim_that_fell(tmp_path: Path) -> None:
    retracted = edit(APPRAISALS, "{state: current, looked-up", "{state: retracted, looked-up")
    write(tmp_path, retracted, edit(FACT, "{source: norland1998law", "{source: nobody2000"))
    assert "standing: fallen" in explain(tmp_path, "balm-sleep").output
    assert "supported-by: green2021balm [retracted]" in explain(tmp_path, "balm-sleep").output
    assert "supported-by: nobody2000 [unknown]" in explain(tmp_path, "balm-sold").output


def test_explains_a_source(tmp_path: Path) -> None:
    write(tmp_path)
    assert explain(tmp_path, "green2021balm").output.split("\n") == [
        "green2021balm: Balm tea and the time to fall asleep",
        "status: current",
        "  balm-1-onset: supported-by",
        "  balm-sleep: supported-by",
        "if it falls, these fall: balm-1-onset, balm-sleep, popular-balm-cures",
        "if it falls, these are weakened: none",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("balm-slep", 'did you mean "balm-sleep"?'),
        ("gren2021balm", 'did you mean "green2021balm"?'),
        ("unaprised-source", 'did you mean "unappraised-source"?'),
        ("qqqq", "give a check's code, a record's id or a source's key"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    name: str, answer: str, tmp_path: Path
) -> None:
    write(tmp_path)
    result = explain(tmp_path, name)
    assert result.exit_code == 1
    assert result.output == f'Error: there is no check, record or source "{name}"; {answer}\n'


def test_explains_a_study_and_a_caveat(tmp_path: Path) -> None:
    write(tmp_path)
    study = explain(tmp_path, "balm-1").output
    assert study.startswith("BALM-1: A trial of balm tea")
    assert "claims that rest on it: 2\n  balm-1-onset: In BALM-1" in study
    caveat = explain(tmp_path, "small-sample").output
    assert caveat.startswith("Few people took part")
    assert "claims that carry it: 2\n" in caveat


def test_a_record_that_cannot_be_read_is_not_unknown(tmp_path: Path) -> None:
    write(tmp_path, put(FACT, "---\n[\n---\n"))
    told = explain(tmp_path, "balm-sold").output
    assert told == 'Error: "balm-sold" cannot be read; claimbase check says why\n'


def test_the_base_is_found_from_a_folder_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path / "docs" / "claims")
    assert run("check").output.startswith("Nothing wrong.")
    assert run("explain", "balm-sold").output.startswith("Balm tea has been sold")
    # What is named is meant as it is.
    assert "there is no such file" in run("check", "--config", "mkdocs.yml").output


def test_outside_of_a_base_it_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["check"], ["changes"], ["explain", "x"], ["new", "claim", "x"], ["watch"]):
        done = run(*command)
        assert done.exit_code == 1
        assert done.output.startswith("mkdocs.yml: error CB001: there is no such file\n")
        assert "go to the folder of the base" in done.output


def test_trouble_with_files_is_told_in_a_sentence(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "file").write_text("")
    done = run("export", "-f", str(tmp_path / CONFIG), str(tmp_path / "file" / "data"))
    assert done.exit_code == 1
    assert done.output == f"Error: {tmp_path}/file/data: Not a directory\n"


def test_pages_without_a_style_are_not_written(tmp_path: Path) -> None:
    write(tmp_path, edit(CONFIG, "months: 12", f"months: 12\n      style: {PAGE}"))
    done = run("pages", "-f", str(tmp_path / CONFIG), str(tmp_path / "out"))
    assert done.exit_code == 1
    assert done.output.startswith("mkdocs.yml:6:7: error CB001: style: this cannot be used")
    assert not (tmp_path / "out").exists()


def test_explaining_without_settings_says_why(tmp_path: Path) -> None:
    write(tmp_path, put(CONFIG, "a: [\n"))
    result = explain(tmp_path, "balm-sleep")
    assert result.exit_code == 1
    assert "mkdocs.yml:2:1: error CB002" in result.output


def test_schemas_are_written_for_editors(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    assert run("schema", str(folder)).exit_code == 0
    assert {path.suffix for path in folder.iterdir()} == {".json"}
    for path in folder.iterdir():
        json.loads(path.read_text(encoding="utf-8"))
    (tmp_path / "file").write_text("")
    assert run("schema", str(tmp_path / "file")).exit_code == 2


@pytest.mark.parametrize("command", ["", *main.commands])
def test_help_is_there_for_every_command(command: str) -> None:
    for flag in ("-h", "--help"):
        result = run(*command.split(), flag)
        assert result.exit_code == 0
        assert result.output.startswith("Usage: ")
    assert command == "" or isinstance(main.commands[command], click.Command)


def test_version() -> None:
    assert __version__ in run("--version").output


def test_as_a_command_in_the_folder_of_the_base(tmp_path: Path) -> None:
    """Run as people run it: without options, where the base is, on any terminal."""
    write(tmp_path, add(PAGE, "\n[日本 “tea” — 5 cups](claim:balm-sold)\n"))
    result = subprocess.run(
        [sys.executable, "-m", "claimbase.cli", "check"],
        cwd=tmp_path,
        env={**os.environ, "SOURCE_DATE_EPOCH": DAY, "LC_ALL": "C", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1
    assert b"CB405" in result.stdout
    assert result.stderr == b""
