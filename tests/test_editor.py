"""What waits for those who open the repository in an editor: extension, task, container, hook."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Error

from tests import mini
from tests.minisite import ROOT

EXTENSION = ".vscode/extensions/pages"


def stored(path: str) -> Any:
    return json.loads((ROOT / path).read_text("utf-8"))


def recommended() -> list[str]:
    return list(stored(".vscode/extensions.json")["recommendations"])


def test_the_extension_stands_on_one_that_the_folder_suggests():
    about = stored(f"{EXTENSION}/package.json")
    assert set(about["extensionDependencies"]) <= set(recommended())
    assert (ROOT / EXTENSION / about["main"]).is_file()


def test_the_extension_knows_where_the_records_lie():
    script = (ROOT / EXTENSION / "extension.js").read_text("utf-8")
    kinds = re.findall(r'filesOf\("(\w+)"\)', script)
    assert kinds
    schemas = stored(".vscode/settings.json")["yaml.schemas"]
    assert {f"./schemas/{kind}.schema.json" for kind in kinds} <= set(schemas)


def test_the_extension_is_javascript(browser):
    # The browser reads it as Node does, and is there wherever the tests run.
    reader = browser.new_page()
    scripts = sorted((ROOT / EXTENSION).glob("*.js"))
    assert scripts
    for script in scripts:
        reader.evaluate("text => { new Function('require', 'module', text) }", script.read_text())
    with pytest.raises(Error, match="SyntaxError"):
        reader.evaluate("text => { new Function(text) }", "const = 1;")
    reader.close()


def test_the_container_has_the_extensions_that_the_folder_suggests():
    container = stored(".devcontainer/devcontainer.json")
    assert container["customizations"]["vscode"]["extensions"] == recommended()


def test_the_task_reads_what_the_checks_print():
    task = stored(".vscode/tasks.json")["tasks"][0]
    pattern = task["problemMatcher"]["pattern"]
    reports = sorted((ROOT / "tests/golden/diagnostics").glob("*.txt"))
    assert reports
    for report in reports:
        first = re.match(pattern["regexp"], report.read_text("utf-8").split("\n")[0])
        assert first, report
        assert first[pattern["severity"]] in ("error", "warning")
        assert first[pattern["line"]].isdecimal()


def hooks() -> Any:
    return yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))


def commit_hook(base: Path) -> subprocess.CompletedProcess[str]:
    """Run the hook that stands before a commit, as pre-commit does."""
    (entry,) = (hook["entry"] for hook in hooks()["repos"][0]["hooks"] if hook["id"] == "claims")
    (base / ".venv").mkdir(exist_ok=True)
    if not (base / ".venv/bin").exists():
        (base / ".venv/bin").symlink_to(Path(sys.executable).parent)
    return subprocess.run(shlex.split(entry), cwd=base, capture_output=True, text=True, check=False)


def test_a_commit_is_held_to_what_is_staged(base):
    page = base / mini.FINDING
    right = page.read_text("utf-8")
    wrong = right.replace("type: finding", "type: fining")
    page.write_text(wrong, "utf-8")
    assert commit_hook(base).returncode == 0
    mini.git(base, "add", "docs")
    page.write_text(right, "utf-8")
    done = commit_hook(base)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{mini.FINDING}:2:7: error CB")


def test_a_merge_is_held_to_the_same_as_a_commit():
    """Git asks another hook, and pre-commit installs none but the first unless it is told."""
    config = hooks()
    stages = {stage for hook in config["repos"][0]["hooks"] for stage in hook.get("stages", ())}
    assert {"pre-commit", "pre-merge-commit"} == set(config["default_stages"])
    assert set(config["default_install_hook_types"]) == stages | set(config["default_stages"])


def test_the_copy_goes_away_and_nothing_else(base, monkeypatch):
    mine = base.parent / "of"
    mine.write_text("mine")
    copies = base.parent / "of course"
    copies.mkdir()
    monkeypatch.setenv("TMPDIR", str(copies))
    assert commit_hook(base).returncode == 0
    assert mine.exists()
    assert not list(copies.iterdir())
