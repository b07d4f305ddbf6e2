"""What a reviewer is told of a change: `claimbase changes`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from claimbase.cli import main
from tests.mini import (
    APPRAISALS,
    BIB,
    CAVEAT,
    CONCLUDES,
    CONCLUSION,
    CONFIG,
    FACT,
    FILES,
    FINDING,
    PAGE,
    POPULAR,
    STUDY,
    TOPICS,
    Change,
    add,
    day,  # noqa: F401
    drop,
    edit,
    git,
    put,
    write,
)
from tests.test_since import FIRST, GONE, RATED, REDIRECTS, SURER, UNRATED, entry

NOTHING = "# What changed\n\nNo claim changed.\n"
RETRACTED = edit(
    APPRAISALS,
    "{state: current, looked-up: 2026-01-10}",
    "{state: retracted, date: 2026-01-20, notice: 10.1234/gone, looked-up: 2026-01-31}",
)


def changes(root: Path, *changed: Change, branch: str = "main") -> str:
    write(root, *changed)
    for each in changed:
        if each.new is None:
            (root / each.file).unlink(missing_ok=True)
    arguments = ["changes", "--config", str(root / CONFIG), "--since", branch]
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    "changed",
    [
        (),
        (edit(CONCLUSION, CONCLUDES, f'"{CONCLUDES}"'),),
        # A day on which a source was looked up is no news.
        (edit(APPRAISALS, "looked-up: 2026-01-10", "looked-up: 2026-01-31"),),
    ],
)
def test_nothing_changed(base, changed):
    assert changes(base, *changed) == NOTHING


def test_a_claim_rated_anew_with_its_reason(base):
    told = changes(base, *RATED, edit(CONCLUSION, FIRST, entry("certainty")))
    assert "- `balm-sleep` (moderate certainty): " in told
    assert f"    - wording: “{CONCLUDES}” → “{SURER}”\n" in told
    assert "    - certainty: “low” → “moderate”\n" in told
    assert "    - changed: reasons for the certainty" in told
    assert "    - reason (certainty, 2026-01-30): A second trial agrees.\n" in told
    assert "no reason given" not in told


def test_a_verdict_changed_without_a_reason(base):
    told = changes(base, edit(POPULAR, "verdict: overstated", "verdict: unsupported"))
    assert "    - verdict: “overstated” → “unsupported”\n    - **no reason given**\n" in told


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (edit(CONCLUSION, "relation: qualified-by", "relation: disputed-by"),
         "evidence: `hill2022teas` qualified-by → disputed-by"),
        (edit(FINDING, "locator: table 2", "locator: table 3"),
         "evidence: locator of `green2021balm`"),
        (edit(FINDING, "caveats: [small-sample]", "caveats: []"),
         "caveat taken out: `small-sample`"),
        (edit(FACT, "as-of: 2025-06", "as-of: 2025-07"), "changed: as-of"),
        (edit(FACT, "names it", "has it"), "changed: text"),
        (edit(CONCLUSION, "could taste what", "tasted what"),
         "changed: reasons for the certainty"),
        (edit(FACT, "evidence:\n", "evidence:\n  - {source: hill2022teas, relation: background}\n"),
         "evidence added: background `hill2022teas`"),
        (edit(POPULAR, "  - {source: hill2022teas, relation: background}\n", "  []\n"),
         "evidence taken out: background `hill2022teas`"),
    ],
)  # fmt: skip
def test_what_else_changed_in_a_claim(base, changed, line):
    assert f"    - {line}\n" in changes(base, changed)


def test_claims_that_come_and_go(base):
    new = FILES[FACT].replace("since 1998", "from 1998 on")
    told = changes(base, *GONE, put("docs/claims/balm-food.md", new))
    assert "## Claims added\n\n- `balm-food` (as of June 2025): Balm tea has been" in told
    assert "## Claims that are gone\n\n- `balm-sold` (" in told
    assert "**Nothing leads on from it.**" in told
    merged = put(REDIRECTS, "claims/balm-sold: claims/balm-sleep\n")
    assert "1998. → `claims/balm-sleep`\n" in changes(base, *GONE, merged)


def test_a_claim_renamed(base):
    moved = put("docs/claims/balm-food.md", FILES[FACT].replace("since 1998.", "from 1998 on."))
    led = put(REDIRECTS, "claims/balm-sold: claims/balm-food\n")
    told = changes(base, *GONE, moved, led)
    assert "- `balm-sold` → `balm-food` (as of June 2025): " in told
    assert "Claims added" not in told
    assert "Claims that are gone" not in told


def test_a_retraction_and_each_claim_that_it_touches(base):
    told = changes(base, RETRACTED)
    states = "- `green2021balm`: current → **retracted**, 2026-01-20, 10.1234/gone: Balm tea and"
    assert states in told
    assert "    - `balm-sleep` (supported-by, now **fallen**): " in told
    assert "    - `balm-1-onset` (supported-by, now **fallen**): " in told
    assert "    - `popular-balm-cures` (measured against what rests on it, now **fallen**)" in told
    assert "    - standing: stands → **fallen**\n" in told


def test_sources_studies_and_caveats(base):
    told = changes(
        base,
        add(BIB, "@misc{new2025, title = {New}, year = {2025}, url = {https://a.example/n}}\n"),
        edit(APPRAISALS, "kind: systematic-review", "kind: narrative-review"),
        edit(STUDY, "mean-change: -12.0", "mean-change: -11.0"),
        edit(CAVEAT, "Few people", "Very few people"),
        put("docs/caveats/short.md", FILES[CAVEAT].replace("Small sample", "Short")),
    )
    assert "No claim changed." in told
    assert "- changed: `hill2022teas`: kind\n" in told
    assert "- added: `new2025` (organisation page, current): New\n" in told
    assert "    - result `onset`, of `balm-1-onset`, `balm-sleep`\n" in told
    assert "- added: `short`: Few people took part" in told
    assert "    - wording: “Few people took part" in told
    assert "    - carried by 2 claims\n" in told


def test_what_cannot_be_read_is_said_and_is_not_gone(base):
    told = changes(base, edit(FACT, "as-of: 2025-06", "as-of: 2025-13"))
    assert "These cannot be read, and are left out: `balm-sold`." in told
    assert "Claims that are gone" not in told


@pytest.mark.parametrize(("file", "name"), [(BIB, ".bib"), (APPRAISALS, "appraisals.yml")])
def test_an_unread_table_of_sources_takes_nothing_with_it(base, file, name):
    told = changes(base, put(file, b"\xff\xfe"))
    assert told == NOTHING.replace(
        "No claim", f"These cannot be read, and are left out: `{name}`.\n\nNo claim"
    )


def test_what_could_not_be_read_before_is_said(base):
    git(base, "checkout", "--quiet", "main")
    write(base, put(FACT, "---\n[\n---\n"))
    git(base, "commit", "--quiet", "--all", "-m", "Spoil it")
    git(base, "checkout", "--quiet", "-B", "change")
    told = changes(base)
    assert "These could not be read before, and pass for new: `balm-sold`." in told


def test_a_claim_that_loses_its_rating_with_its_type(base):
    told = changes(base, UNRATED)
    assert "    - certainty: “low” → “none”\n    - **no reason given**\n" in told
    assert "    - type: conclusion → fact\n" in told


def test_a_check_that_is_turned_off(base):
    off = "review-months: 6\n      severity: {CB601: off}"
    told = changes(base, edit(CONFIG, "review-months: 12", off))
    assert "## Settings\n\n- severity of `CB601`: as it comes → off\n" in told
    assert "- changed: review-months\n" in told


def test_text_of_a_change_is_no_markup(base):
    text = "Balm <img src=x> [a](https://b.example) @tea ![c](d) `e` *f* www.g.example \\u202e"
    new = FILES[FACT].replace(
        "claim: Balm tea has been sold as a food in Norland since 1998.",
        f'claim: "{text} | g\\n\\n# Heading\\n- item"',
    )
    told = changes(base, put("docs/claims/balm-new.md", new))
    shown = told.split("## Claims added\n\n")[1]
    assert shown.count("\n") == 1
    assert r"\<img src=x\>" in shown
    assert r"\[a\](https\://b.example) @" in shown
    assert "@tea" not in shown
    assert r"\!\[c\](d) \`e\` \*f\* www\.g.example" in shown
    assert "\u202e" not in shown
    assert r"\| g \# Heading - item" in shown


def test_a_name_of_a_change_is_no_markup(base):
    told = changes(base, put("docs/claims/a`<b>.md", FILES[FACT]))
    assert "- `a'<b>` (" in told


def page_lines(told: str) -> list[str]:
    return told.partition("## Pages\n\n")[2].partition("\n\n")[0].splitlines()


MORE = """
## What it is

A herb of the mint family [@hill2022teas, p. 1].

## How it is drunk

[It has been sold since 1998](claim:balm-sold).
"""


def test_a_page_whose_text_changed(base):
    dropped = "- It has been [sold as a food since 1998](claim:balm-sold) [see @norland1998law].\n"
    changed = put(PAGE, FILES[PAGE].replace(dropped, "").replace("title: Balm tea", "title: Balm"))
    assert page_lines(changes(base, changed)) == [
        "- changed: `evidence/sleep.md`: Balm and sleep",
        "    - no longer leans on `balm-sold`",
        "    - no longer cites `norland1998law`",
        "    - text changed under “Balm tea and sleep”",
        "    - fields: title",
    ]


def test_parts_of_a_page_come_and_go(base):
    git(base, "checkout", "--quiet", "main")
    write(base, add(PAGE, MORE))
    git(base, "commit", "--quiet", "--all", "-m", "More")
    git(base, "checkout", "--quiet", "-B", "change")
    changed = MORE.replace("What it is", "What *balm* is").replace("It has", "Balm has")
    assert page_lines(
        changes(base, add(PAGE, f"{changed}\n/// claim | popular-balm-cures\n///\n"))
    ) == [
        "- changed: `evidence/sleep.md`: Balm tea and sleep",
        "    - text changed under “How it is drunk”",
        r"    - new part: “What \*balm\* is”",
        "    - part taken out: “What it is”",
    ]


def test_pages_come_and_go_and_move(base):
    moved = FILES[PAGE].replace("goes further", "goes much further")
    told = changes(
        base,
        drop(PAGE),
        put("docs/concepts/balm.md", moved),
        put("docs/new.md", "# New @tea\n" + MORE),
        edit(TOPICS, "evidence/sleep.md", "concepts/balm.md"),
    )
    assert page_lines(told) == [
        "- added: `new.md`: New @\u200btea (leans on 1 claim, cites 1 source)",
        "- moved: `evidence/sleep.md` → `concepts/balm.md`: Balm tea and sleep",
        "    - text changed under “Balm tea and sleep”",
    ]
    (base / "docs/concepts/balm.md").unlink()
    assert "- gone: `evidence/sleep.md`: Balm tea and sleep" in changes(base, drop(PAGE))
    assert "    - changed: `sleep`: Sleep: page (“evidence/sleep.md” → “concepts/balm.md”)" in told


def test_a_page_that_follows_a_renamed_claim_leans_on_the_same(base):
    told = changes(
        base,
        drop(FACT),
        edit(PAGE, "(claim:balm-sold)", "(claim:balm-food)"),
        put("docs/claims/balm-food.md", FILES[FACT]),
        put(REDIRECTS, "claims/balm-sold: claims/balm-food\n"),
    )
    assert "leans on" not in told
    assert "- `redirects.yml`\n    - added: `claims/balm-sold`: `claims/balm-food`\n" in told


def test_a_page_that_cannot_be_read_is_not_gone(base):
    told = changes(base, put(PAGE, b"\xff\xfe"))
    assert "These cannot be read, and are left out: `sleep`." in told
    assert "## Pages" not in told
    told = changes(base, put(PAGE, FILES[PAGE].replace("title: Balm tea", "titel: Balm tea")))
    assert "## Pages" not in told


COUNTRIES = "references/jurisdictions.yml"
NORLAND = """xn:
  name: Norland
  access: trials-only
  legal-status: Controlled.
  route: Clinical trials.
  last-confirmed: 2026-01-20
  sources: [norland1998law]
"""


def test_rows_of_tables(base):
    git(base, "checkout", "--quiet", "main")
    other = NORLAND.replace("xn:", "xs:").replace("Norland", "Sorland")
    write(base, put(COUNTRIES, NORLAND + other))
    git(base, "add", ".")
    git(base, "commit", "--quiet", "--all", "-m", "Countries")
    git(base, "checkout", "--quiet", "-B", "change")
    changed = NORLAND.replace("trials-only", "prescriber-scheme").replace(
        "[nor", "[hill2022teas, nor"
    )
    third = NORLAND.replace("xn:", "xo:").replace("Norland", '"Ostland <b>"')
    told = changes(base, put(COUNTRIES, changed + third))
    assert told == NOTHING + (
        "\n## Tables\n\n- `jurisdictions.yml`\n"
        "    - changed: `xn`: Norland: access (“trials-only” → “prescriber-scheme”), sources\n"
        "    - added: `xo`: Ostland \\<b\\>\n"
        "    - gone: `xs`: Sorland\n"
    )
    # What cannot be read is not gone.
    told = changes(
        base, put(COUNTRIES, NORLAND + other.replace("access: trials-only", "access: no"))
    )
    assert "## Tables" not in told
    told = changes(base, put(COUNTRIES, "[\n"))
    assert "These cannot be read, and are left out: `jurisdictions.yml`." in told
    assert "## Tables" not in told


def test_more_than_is_shown_is_cut(base):
    for number in range(100):
        write(base, put(f"docs/claims/balm-{number + 10}.md", FILES[FACT]))
    arguments = ["changes", "--config", str(base / CONFIG), "--limit", "5000"]
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert len(done.output.encode()) <= 5000
    whole = changes(base)
    *kept, note = done.output.rstrip("\n").split("\n")
    left = sum(1 for line in whole.split("\n")[len(kept) - 1 :] if line)
    assert whole.startswith("\n".join(kept[:-1]))
    command = "`claimbase changes --since main`"
    assert note == f"**{left} more lines are not shown here.** {command} prints them all."


def test_without_a_base_before(base):
    git(base, "checkout", "--quiet", "--orphan", "empty")
    git(base, "rm", "--quiet", "--cached", "-r", ".")
    git(base, "commit", "--quiet", "--allow-empty", "-m", "Nothing")
    assert (
        changes(base, branch="empty")
        == "There was no base before that can be read: all of it is new.\n"
    )


def test_a_branch_that_is_not_there(base):
    arguments = ["changes", "--config", str(base / CONFIG), "--since", "nowhere"]
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code == 1
    assert "cannot compare with nowhere" in done.output
