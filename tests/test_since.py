"""What a change has to answer for: `check --since`, history, and addresses that lead on."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from claimbase.cli import main
from tests.mini import (
    BIB,
    CAVEAT,
    CONCLUDES,
    CONCLUSION,
    CONFIG,
    FACT,
    FAIR,
    FILES,
    PAGE,
    POPULAR,
    TOPICS,
    Change,
    add,
    day,  # noqa: F401
    drop,
    edit,
    git,
    put,
    read,
    write,
)

REDIRECTS = "references/redirects.yml"
FIRST = "  - {date: 2026-01-15, kind: published, change: First published.}\n"
SURER = CONCLUDES.replace("may shorten", "probably shortens")


def check(root: Path, branch: str = "main") -> Result:
    arguments = ["check", "--config", str(root / CONFIG), "--since", branch]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def change(root: Path, *changes: Change) -> Result:
    """Lay the base out changed, and check it."""
    write(root, *changes)
    for each in changes:
        if each.new is None:
            (root / each.file).unlink(missing_ok=True)
    return check(root)


def entry(kind: str, why: str = "A second trial agrees.") -> str:
    return f"{FIRST}  - {{date: 2026-01-30, kind: {kind}, change: {why}}}\n"


UNRATED = put(
    CONCLUSION,
    re.sub(
        r"type: conclusion(.*)pico:.*?evidence:",
        r"type: fact\1as-of: 2025-06\nevidence:",
        FILES[CONCLUSION],
        flags=re.DOTALL,
    ),
)
RATED = (
    edit(CONCLUSION, "level: low", "level: moderate"),
    edit(
        CONCLUSION,
        "    risk-of-bias: {steps: -1, why: Everyone could taste what they drank.}\n",
        "",
    ),
    edit(CONCLUSION, CONCLUDES, SURER),
)


def test_no_change_is_no_fault(base):
    done = check(base)
    assert done.exit_code == 0
    assert done.output.startswith("Nothing wrong.")


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        (RATED, f"{CONCLUSION}:3:8: error CB601: claim changed from “{CONCLUDES}”"),
        (RATED, f"{CONCLUSION}:11:10: error CB601: certainty changed from “low” to “moderate”"),
        (
            (*RATED, edit(CONCLUSION, FIRST, entry("wording"))),
            f"{CONCLUSION}:11:10: error CB601: certainty changed",
        ),
        (
            (edit(POPULAR, "verdict: overstated", "verdict: unsupported"),),
            f"{POPULAR}:5:10: error CB601: verdict changed from “overstated” to “unsupported”",
        ),
        (
            (edit(POPULAR, FAIR, f"{FAIR} So far."),),
            f"{POPULAR}:6:15: error CB601: fair wording changed",
        ),
        ((edit(FACT, "since 1998.", "from 1998 on."),), f"{FACT}:3:8: error CB601: claim changed"),
        ((UNRATED,), f"{CONCLUSION}:2:1: error CB601: certainty changed from “low” to “none”"),
        ((edit(CAVEAT, "Few people", "Very few people"),), f"{CAVEAT}:3:7: error CB601: says"),
    ],
)
def test_a_change_without_a_reason_is_refused(base, changes, at):
    done = change(base, *changes)
    assert at in done.output
    assert done.exit_code == 1


@pytest.mark.parametrize(
    "changes",
    [
        (*RATED, edit(CONCLUSION, FIRST, entry("certainty"))),
        (
            edit(POPULAR, "verdict: overstated", "verdict: unsupported"),
            edit(POPULAR, FIRST, entry("verdict")),
        ),
        (edit(FACT, "since 1998.", "from 1998 on."), edit(FACT, FIRST, entry("wording"))),
        (edit(CAVEAT, "Few people", "Very few people"), edit(CAVEAT, FIRST, entry("wording"))),
        (edit(CONCLUSION, "who sleep badly", "who sleep ill"),),
        (edit(CONCLUSION, "One trial only", "A single trial"),),
        (edit(PAGE, "goes further", "goes much further"),),
        (
            edit(CONCLUSION, CONCLUDES, f'"{CONCLUDES}"'),
            edit(CONCLUSION, "type: conclusion", "type: conclusion # as before"),
        ),
    ],
)
def test_a_change_with_its_reason_or_of_other_things_passes(base, changes):
    done = change(base, *changes)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Nothing wrong.")


def test_history_is_not_rewritten(base):
    done = change(base, edit(FACT, "First published.", "Published."))
    assert f"{FACT}:10:1: error CB603" in done.output
    assert '"First published."' in done.output
    assert done.exit_code == 1


def test_history_is_not_rewritten_under_another_name(base):
    text = FILES[FACT].replace("First published.", "Published.")
    moved = (*GONE, put("docs/claims/balm-food.md", text))
    done = change(base, *moved, put(REDIRECTS, "claims/balm-sold: claims/balm-food\n"))
    assert "docs/claims/balm-food.md:10:1: error CB603" in done.output


GONE = (
    drop(FACT),
    edit(PAGE, "- It has been [sold as a food since 1998](claim:balm-sold)", "- It is sold"),
    edit(CONCLUSION, "[balm-1-onset, balm-sold]", "[balm-1-onset]"),
)


def test_an_id_that_goes_leads_on(base):
    done = change(base, *GONE)
    assert f'{FACT}: error CB602: "claims/balm-sold" is gone' in done.output
    assert done.exit_code == 1
    done = change(base, *GONE, put(REDIRECTS, "claims/balm-sold: claims/balm-sleep\n"))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("file", "address"),
    [
        (CAVEAT, "caveats/small-sample"),
        ("docs/studies/balm-1.md", "studies/balm-1"),
        ("references/library.bib", "sources/hill2022teas"),
    ],
)
def test_other_records_lead_on_too(base, file, address):
    text = FILES[file]
    if file.endswith(".bib"):
        done = change(base, put(file, text.replace("hill2022teas", "hill2022tea")))
    else:
        done = change(base, drop(file))
    assert f'error CB602: "{address}" is gone' in done.output


def test_a_record_that_cannot_be_read_is_not_gone(base):
    done = change(base, edit(FACT, "as-of: 2025-06", "as-of: 2025-13"))
    assert "CB007" in done.output
    assert "CB602" not in done.output


def test_sources_of_a_bibliography_that_cannot_be_read_are_not_gone(base):
    done = change(base, put(BIB, b"\xff\xfe"))
    assert "CB001" in done.output
    assert "CB602" not in done.output


def test_links_that_lead_out_of_the_repository_are_passed_by(base):
    (base / "docs" / "out.txt").symlink_to("/etc/hosts")
    git(base, "add", ".")
    git(base, "commit", "--quiet", "-m", "Link")
    (base / "docs" / "out.txt").unlink()
    assert check(base, "HEAD").output.startswith("Nothing wrong.")


def test_a_renamed_claim_is_still_the_same_claim(base):
    text = FILES[FACT].replace("since 1998.", "from 1998 on.")
    moved = (*GONE, put("docs/claims/balm-food.md", text.replace("[balm-sleep]", "[balm-sleep]")))
    done = change(base, *moved, put(REDIRECTS, "claims/balm-sold: claims/balm-food\n"))
    assert "docs/claims/balm-food.md:3:8: error CB601: claim changed" in done.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("claims/old: claims/balm-slep", '"claims/balm-slep" is not there'),
        ("claims/balm-sold: claims/balm-sleep", '"claims/balm-sold" is a record that is there'),
        ("old: claims/balm-sleep", '"old" is not the address of a record'),
        ("claims/old: [claims/balm-sleep]", "a redirect leads from one record to another"),
    ],
)
def test_redirects_lead_somewhere(tmp_path, line, said):
    write(tmp_path, put(REDIRECTS, f"claims/older: claims/balm-sleep\n{line}\n"))
    _, found = read(tmp_path)
    assert [said in d.message for d in found] == [True]
    assert [(d.place.file, d.place.line) for d in found] == [(REDIRECTS, 2)]


def test_a_redirect_from_a_record_that_is_there_hides_no_change(base):
    done = change(
        base,
        edit(FACT, "since 1998.", "from 1998 on."),
        put("docs/claims/balm-new.md", FILES[FACT]),
        put(REDIRECTS, "claims/balm-sold: claims/balm-new\n"),
    )
    assert f"{FACT}:3:8: error CB601: claim changed" in done.output


def test_redirects_that_are_sound_pass(tmp_path):
    good = "claims/old: claims/balm-sleep\nsources/a2020: sources/hill2022teas\n"
    write(tmp_path, put(REDIRECTS, good))
    assert read(tmp_path)[1] == []


# Which faults a change answers for


def on_main(base: Path, *faults: Change) -> None:
    """Commit faults to `main`, and start the work from there."""
    git(base, "checkout", "--quiet", "main")
    write(base, *faults)
    git(base, "commit", "--quiet", "-am", "A fault")
    git(base, "checkout", "--quiet", "-B", "change")


def test_old_faults_are_not_the_changes(base):
    old = edit(TOPICS, "sleep.md", "slep.md")
    on_main(base, old)
    done = change(base, old, edit(PAGE, "goes", "reaches"))
    assert done.output.startswith("Nothing wrong.")
    # So, too, where they moved in a file that is changed.
    done = change(base, put(TOPICS, "# Teas\n" + FILES[TOPICS].replace("sleep.md", "slep.md")))
    assert done.output.startswith("Nothing wrong.")
    # On a line that is changed they are.
    done = change(base, edit(TOPICS, "sleep.md", "slep.md # sleep"))
    assert "CB108" in done.output


def test_an_old_fault_that_is_copied_is_a_new_one(base):
    line = "It has been sold for years.\n"
    on_main(base, add(PAGE, f"\n{line}"))
    assert check(base).output.startswith("Nothing wrong.")
    done = change(base, add(PAGE, f"\n{line}\n{line}"))
    assert done.output.count("CB501") == 2


def test_a_fault_that_a_change_makes_elsewhere_is_told(base):
    done = change(base, drop(FACT), put(REDIRECTS, "claims/balm-sold: claims/balm-sleep\n"))
    assert f'{CONCLUSION}:20:25: error CB101: there is no claim "balm-sold"' in done.output
    assert f"{PAGE}:" in done.output


def test_new_files_count_before_they_are_added(base):
    done = change(base, put("docs/claims/balm-new.md", "---\ntype: fact\n---\n"))
    assert "docs/claims/balm-new.md" in done.output
    assert done.exit_code == 1


def test_what_happened_on_the_branch_since_is_not_the_changes(base):
    """The branch moved on: what it changed is compared with where the work left it."""
    git(base, "checkout", "--quiet", "main")
    write(base, edit(FACT, "since 1998.", "from 1998 on."))
    git(base, "commit", "--quiet", "-am", "Moved on")
    git(base, "checkout", "--quiet", "change")
    assert check(base).output.startswith("Nothing wrong.")


def test_a_base_in_a_folder_of_a_repository(base, tmp_path):
    inner = base / "inner"
    write(inner)
    git(base, "add", ".")
    git(base, "commit", "--quiet", "-m", "Another base")
    write(inner, edit(FACT, "since 1998.", "from 1998 on."))
    done = check(inner, "HEAD")
    assert f"{FACT}:3:8: error CB601" in done.output


@pytest.mark.parametrize("branch", ["nowhere", "--output=x", "-h"])
def test_a_branch_that_is_not_there(base, branch):
    done = check(base, branch)
    assert done.exit_code in (1, 2)
    assert "Traceback" not in done.output
    assert "cannot compare" in done.output or "Error" in done.output


def test_a_clone_without_the_commit_in_common(base, tmp_path):
    for branch in ("main", "change"):
        git(base, "checkout", "--quiet", branch)
        git(base, "commit", "--quiet", "--allow-empty", "-m", f"More on {branch}")
    address = base.as_uri()
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", address, "shallow")
    done = check(tmp_path / "shallow", "origin/main")
    assert "git fetch --unshallow" in done.output


def test_without_a_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    write(tmp_path)
    assert "cannot compare with main" in check(tmp_path).output


def test_without_a_base_before_all_is_new(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "Nothing")
    write(tmp_path, edit(TOPICS, "sleep.md", "slep.md"))
    assert "CB108" in check(tmp_path).output
