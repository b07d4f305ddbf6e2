"""The JSON Schemas for editors: what they accept is what the engine reads, and no less."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from claimbase.exporting.schemas import editor_schemas
from claimbase.reading.problems import Problems
from claimbase.reading.yaml import read_yaml
from tests import mini
from tests.minisite import ROOT, MiniSite

KINDS = {
    mini.CONCLUSION: "claim",
    mini.FINDING: "claim",
    mini.FACT: "claim",
    mini.POPULAR: "claim",
    mini.STUDY: "study",
    mini.CAVEAT: "caveat",
    mini.TOPICS: "topics",
    mini.SPONSORS: "sponsors",
    mini.APPRAISALS: "appraisals",
}


def fields(text: str) -> Any:
    """Return a page's front matter, or a whole table, as plain data."""
    front = text.split("---\n")[1] if text.startswith("---\n") else text
    tree = read_yaml("x.yml", front, Problems())
    assert tree is not None
    return tree.data


def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(editor_schemas()[f"{kind}.schema.json"])


@pytest.mark.parametrize("name", sorted(editor_schemas()))
def test_is_a_schema(name):
    Draft202012Validator.check_schema(editor_schemas()[name])


@pytest.mark.parametrize("file", KINDS)
def test_what_the_engine_reads_is_accepted(mini_site, file):
    validator(KINDS[file]).validate(fields(mini_site.read(file)))


@pytest.mark.parametrize("file", KINDS)
def test_unknown_fields_are_refused(mini_site, file):
    data = fields(mini_site.read(file))
    record = data if file.endswith(".md") else next(iter(data.values()))
    record["no-such-field"] = 1
    assert not validator(KINDS[file]).is_valid(data)


def records() -> list[Path]:
    found = [
        path
        for folder in ("claims", "studies", "caveats")
        for path in sorted((ROOT / "docs" / folder).glob("*.md"))
        if path.stem != "index"
    ]
    return found + [ROOT / "references" / f"{n}.yml" for n in ("topics", "sponsors", "appraisals")]


def test_the_real_base_is_accepted():
    kinds = {"claims": "claim", "studies": "study", "caveats": "caveat"}
    validators = {kind: validator(kind) for kind in {*kinds.values(), *KINDS.values()}}
    for path in records():
        kind = kinds.get(path.parent.name, path.stem)
        faults = list(validators[kind].iter_errors(fields(path.read_text("utf-8"))))
        assert not faults, f"{path.relative_to(ROOT)}: {faults[0].message}"


def test_the_command_writes_them(mini_site: MiniSite):
    done = mini_site.run("-m", "claimbase.cli", "schema", "out")
    assert done.returncode == 0, done.stderr
    written = {path.name: json.loads(path.read_text()) for path in mini_site.root.glob("out/*")}
    assert written == editor_schemas()


def test_the_repository_holds_them_as_they_are():
    folder = ROOT / "schemas"
    for name, schema in editor_schemas().items():
        assert json.loads((folder / name).read_text("utf-8")) == schema, "run claimbase schema"


def test_the_container_has_the_extensions_that_the_folder_suggests():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    suggested = json.loads((ROOT / ".vscode/extensions.json").read_text("utf-8"))
    assert container["customizations"]["vscode"]["extensions"] == suggested["recommendations"]
