"""The engine serves any base of claims: it knows nothing of what this one is about."""

import re

import claimbase
from tests.minisite import ROOT

# Names of the field, of who is active in it, and of its records. (Maps are also YAML's.)
NAMES = re.compile(
    r"(?i:mdma|midomafetamine|e[cx][sc]?tasy|psychedelic|psilocybin|ptsd|caps-5|\bcapp\b|mapp-?\d|"
    r"lykos|resilient pharma|reschedul|mitchell|s41591|215455)|\bMAPS\b"
)


def test_it_names_nothing_of_this_field():
    folder = ROOT / "src" / claimbase.__name__
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert len(files) > 80
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted(files)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if NAMES.search(f"{path.name} {line}")
    ]
    assert found == []
