"""Contributions as they come: wrong ones are caught where they are wrong, right ones pass.

Each file in `contributions/` is a small change to the base of `tests.mini`, in YAML: what it is
`about`, what it does to files (`change`), and for a wrong one what is to be said of it (`expect`).
A file is given as a whole text, as null if it is deleted, as `find` and `write` (one or a list),
or as an `add` at its end. Those in `wrong-since/` are wrong only beside what was there before.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from claimbase.cli import main
from claimbase.model.diagnostic import Severity
from tests.mini import CONFIG, FILES, Change, add, day, drop, edit, put, read, write  # noqa: F401

FOLDER = Path(__file__).parent / "contributions"


@dataclass(frozen=True)
class Contribution:
    """A change to the base, and what is to be said of it: place, code, part of the remedy."""

    changes: list[Change]
    expected: list[tuple[str, str, str]]


def contribution(path: Path) -> Contribution:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert data["about"].endswith(".")
    changes = [
        change for file, given in data["change"].items() for change in changes_of(file, given)
    ]
    expected = [(e["at"], e["code"], e["help"]) for e in data.get("expect", [])]
    return Contribution(changes, expected)


def changes_of(file: str, given: Any) -> list[Change]:
    if given is None:
        assert file in FILES, f"{file} is not there to be deleted"
        return [drop(file)]
    if isinstance(given, str | bytes):
        return [put(file, given)]
    steps = given if isinstance(given, list) else [given]
    return [
        add(file, step["add"]) if "add" in step else edit(file, step["find"], step["write"])
        for step in steps
    ]


def paths(kind: str) -> list[Path]:
    return sorted((FOLDER / kind).glob("*.yml"))


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", paths("wrong"), ids=named)
def test_a_wrong_one_is_caught_where_it_is_wrong(path: Path, tmp_path: Path) -> None:
    case = contribution(path)
    write(tmp_path, *case.changes)
    _, found = read(tmp_path)
    told = [(f"{d.place.file}:{d.place.line}".removesuffix(":0"), d.code) for d in found]
    assert told == [(at, code) for at, code, _ in case.expected]
    for diagnostic, (_, _, remedy) in zip(found, case.expected, strict=True):
        assert remedy
        assert remedy in diagnostic.help
    assert any(d.severity is Severity.ERROR for d in found)


@pytest.mark.parametrize("path", paths("right"), ids=named)
def test_a_right_one_passes(path: Path, tmp_path: Path) -> None:
    case = contribution(path)
    assert not case.expected
    write(tmp_path, *case.changes)
    _, found = read(tmp_path)
    assert found == []


def since(root: Path, changes: list[Change]) -> list[dict[str, Any]]:
    """Commit the base, change it, and return what `check --since` tells of the change."""
    write(root)
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "The base"]):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
        subprocess.run(["git", *who, *command], cwd=root, check=True)
    for change in changes:
        if change.new is None:
            (root / change.file).unlink()
    write(root, *changes)
    result = CliRunner().invoke(
        main, ["check", "--config", str(root / CONFIG), "--since", "HEAD", "--format", "json"]
    )
    found: list[dict[str, Any]] = json.loads(result.output)
    assert result.exit_code == any(d["severity"] == "error" for d in found)
    return found


@pytest.mark.parametrize("path", paths("wrong-since"), ids=named)
def test_a_change_without_a_trace_is_caught(path: Path, tmp_path: Path) -> None:
    case = contribution(path)
    found = since(tmp_path, case.changes)
    told = [(f"{d['file']}:{d['line']}".removesuffix(":0"), d["code"]) for d in found]
    assert told == [(at, code) for at, code, _ in case.expected]
    for diagnostic, (_, _, remedy) in zip(found, case.expected, strict=True):
        assert remedy in diagnostic["help"]
    assert any(d["severity"] == "error" for d in found)


@pytest.mark.parametrize("path", paths("right"), ids=named)
def test_a_right_one_leaves_a_trace(path: Path, tmp_path: Path) -> None:
    assert since(tmp_path, contribution(path).changes) == []


@pytest.mark.parametrize(("kind", "code"), [("wrong", 1), ("right", 0)])
def test_the_command_says_so_too(kind: str, code: int, tmp_path: Path) -> None:
    write(tmp_path, *contribution(paths(kind)[0]).changes)
    result = CliRunner().invoke(main, ["check", "--config", str(tmp_path / CONFIG)])
    assert result.exit_code == code


@pytest.mark.parametrize("kind", ["wrong", "right"])
def test_there_are_fifty_of_each(kind: str) -> None:
    assert len(paths(kind)) >= 50
