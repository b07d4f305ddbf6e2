"""The JSON Schemas for editors: what they accept is what the engine reads, and no less."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain
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


def associations() -> dict[str, set[str]]:
    """Return the files that each schema goes with in VS Code, by what the schema is of."""
    settings = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))
    found = {}
    for schema, entry in settings["yaml.schemas"].items():
        assert (ROOT / schema).is_file(), schema
        patterns = [entry] if isinstance(entry, str) else entry
        less = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
        found[Path(schema).name.removesuffix(".schema.json")] = matches(patterns) - matches(less)
    return found


def matches(patterns: Iterable[str]) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for p in patterns for path in ROOT.glob(p)}


def test_each_schema_goes_with_files_of_its_kind():
    found = associations()
    described = {name.removesuffix(".schema.json") for name in editor_schemas()}
    assert found.keys() == described - {"options"}
    folders = {"claim": "claims/", "study": "studies/", "caveat": "caveats/", "page": ""}
    for kind, files in found.items():
        assert files, kind
        place = f"docs/{folders[kind]}" if kind in folders else f"references/{kind}.yml"
        assert all(file.startswith(place) for file in files), kind


def test_each_page_has_one_schema():
    lists = {f"docs/{folder}/index.md" for folder in ("caveats", "claims", "studies")}
    counts = Counter(chain.from_iterable(associations().values()))
    for page in matches(["docs/**/*.md"]):
        assert counts[page] == (page not in lists), page


def test_the_real_base_is_accepted():
    for kind, files in associations().items():
        schema = validator(kind)
        for file in sorted(files):
            faults = list(schema.iter_errors(fields((ROOT / file).read_text("utf-8"))))
            assert not faults, f"{file}: {faults[0].message}"


def test_the_command_writes_them(mini_site: MiniSite):
    done = mini_site.run("-m", "claimbase.cli", "schema", "out")
    assert done.returncode == 0, done.stderr
    written = {path.name: json.loads(path.read_text()) for path in mini_site.root.glob("out/*")}
    assert written == editor_schemas()


def test_the_repository_holds_them_as_they_are():
    folder = ROOT / "schemas"
    for name, schema in editor_schemas().items():
        assert json.loads((folder / name).read_text("utf-8")) == schema, "run claimbase schema"
