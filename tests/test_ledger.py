"""What follows from the links: independence, standing, and what falls with a source."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbase.base import Base, Filed
from claimbase.ledger import Ledger, Standing, link, slug
from claimbase.model.claim import CLAIM_TYPES, ClaimBase
from claimbase.model.source import Appraisal, State
from claimbase.pages.debt import debt_of
from claimbase.reading.bibtex import read_bibliography
from claimbase.reading.problems import Problems
from claimbase.reading.yaml import Tree
from claimbase.settings import Options, Settings, today
from tests.mini import (
    APPRAISALS,
    BIB,
    CONCLUSION,
    FACT,
    FILES,
    FINDING,
    PAGE,
    POPULAR,
    SPONSORS,
    STUDY,
    Change,
    add,
    day,  # noqa: F401
    edit,
    put,
    read,
    spoken,
    write,
)

RETRACTED = "{state: retracted, date: 2025-05, notice: 10.1234/notice}"


def ledger_of(root: Path, *changes: Change) -> Ledger:
    write(root, *changes)
    return read(root)[0]


def paper(key: str, kind: str = "trial-report", more: str = "") -> tuple[str, str]:
    """A bibliography entry and its appraisal."""
    entry = (
        f"\n@misc{{{key},\n  title = {{T}},\n  year = {{2020}},\n  doi = {{10.1234/{key}}}\n}}\n"
    )
    row = f"{key}:\n  kind: {kind}\n  status: {{state: current}}\n  seen: full-text\n{more}"
    return entry, row


def papers(*pairs: tuple[str, str]) -> tuple[Change, Change]:
    return (
        add(BIB, "".join(entry for entry, _ in pairs)),
        add(APPRAISALS, "".join(row for _, row in pairs)),
    )


def supported_by(*sources: str) -> Change:
    """Let the conclusion rest on these sources, bound to no result."""
    links = "".join(f"  - {{source: {key}, relation: supported-by}}\n" for key in sources)
    old = next(line for line in FILES[CONCLUSION].split("\n") if "supported-by" in line)
    return edit(CONCLUSION, f"{old}\n", links)


def study(number: int, reports: str, sponsors: str = "tea-board", more: str = "") -> Change:
    text = (
        FILES[STUDY]
        .replace("BALM-1", f"BALM-{number}")
        .replace("reports: [green2021balm]", f"reports: [{reports}]\n{more}".rstrip())
        .replace("source: green2021balm", f"source: {reports.split(',', maxsplit=1)[0]}")
        .replace("[tea-board]", f"[{sponsors}]")
    )
    return put(f"docs/studies/balm-{number}.md", text)


def counts(ledger: Ledger, claim_id: str = "balm-sleep") -> tuple[int, int, int]:
    """How many sources, studies and sponsors support a claim."""
    found = ledger.independence(ledger.claims[claim_id].record)
    return len(found.sources), len(found.studies), len(found.sponsors)


# Independence


def test_one_paper_on_one_study(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    assert counts(ledger) == (1, 1, 1)
    spoken = str(ledger.independence(ledger.claims["balm-sleep"].record))
    assert spoken == "1 source, 1 study, 1 sponsor"


def test_two_papers_on_one_study_are_one_study(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path,
        *papers(paper("brown2022balm")),
        edit(STUDY, "[green2021balm]", "[green2021balm, brown2022balm]"),
        supported_by("green2021balm", "brown2022balm"),
    )
    assert counts(ledger) == (2, 1, 1)


def test_a_paper_that_gives_an_outcome_reports_the_study(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path,
        *papers(paper("brown2022balm")),
        edit(STUDY, "source: green2021balm", "source: brown2022balm"),
        supported_by("brown2022balm"),
    )
    assert ledger.studies_reported_by("brown2022balm") == ["balm-1"]
    assert counts(ledger) == (1, 1, 1)


def test_a_follow_up_is_the_same_study(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path,
        *papers(paper("brown2022balm"), paper("white2023balm")),
        study(2, "brown2022balm", more="follows: balm-1\n"),
        study(3, "white2023balm", more="follows: balm-2\n"),
        supported_by("green2021balm", "brown2022balm", "white2023balm"),
    )
    assert ledger.first_study("balm-3") == "balm-1"
    assert counts(ledger) == (3, 1, 1)


def test_a_sponsor_and_its_successors_are_one(tmp_path: Path) -> None:
    sponsors = (
        "tea-board:\n  name: Tea Board\n"
        "herb-tea:\n  name: Herb Tea, made from the board\n  succeeds: tea-board\n"
        "green-herb:\n  name: Green Herb, formerly Herb Tea\n  succeeds: herb-tea\n"
        "college:\n  name: A college\n"
    )
    ledger = ledger_of(
        tmp_path,
        put(SPONSORS, sponsors),
        *papers(paper("brown2022balm"), paper("white2023balm")),
        study(2, "brown2022balm", "herb-tea, green-herb"),
        study(3, "white2023balm", "college"),
        supported_by("green2021balm", "brown2022balm", "white2023balm"),
    )
    assert ledger.first_sponsor("green-herb") == "tea-board"
    assert counts(ledger) == (3, 3, 2)


def test_a_review_counts_the_studies_it_pools(tmp_path: Path) -> None:
    changes = (
        *papers(
            paper("brown2022balm"),
            paper("gray2024review", "systematic-review", "  pools: [balm-1, balm-2]\n"),
        ),
        study(2, "brown2022balm"),
    )
    ledger = ledger_of(tmp_path, *changes, supported_by("gray2024review"))
    assert counts(ledger) == (1, 2, 1)
    ledger = ledger_of(tmp_path, *changes, supported_by("gray2024review", "green2021balm"))
    assert counts(ledger) == (2, 2, 1)


def test_a_link_to_one_result_leans_on_that_study_alone(tmp_path: Path) -> None:
    """A review pools many studies; a finding taken from it on one of them rests on one."""
    ledger = ledger_of(
        tmp_path,
        *papers(
            paper("brown2022balm"),
            paper("gray2024review", "systematic-review", "  pools: [balm-1, balm-2]\n"),
        ),
        study(2, "brown2022balm"),
        edit(FINDING, "{source: green2021balm", "{source: gray2024review"),
    )
    assert counts(ledger, "balm-1-onset") == (1, 1, 1)
    (link,) = ledger.claims["balm-1-onset"].record.evidence
    assert ledger.studies_behind(link) == ["balm-1"]
    assert ledger.studies_reported_by(link.source) == ["balm-1", "balm-2"]


def test_documents_are_sources_without_studies(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    assert counts(ledger, "balm-sold") == (1, 0, 0)


def test_retracted_sources_do_not_count(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path,
        edit(APPRAISALS, "{state: current, looked-up: 2026-01-10}", RETRACTED),
    )
    assert counts(ledger) == (0, 0, 0)


def test_circles_end(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path,
        edit(STUDY, "n: 60", "n: 60\nfollows: balm-1"),
        edit(SPONSORS, "Board\n", "Board\n  succeeds: tea-board\n"),
    )
    assert counts(ledger) == (1, 1, 1)


# Links back


def test_links_are_followed_both_ways(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    dependants = [(d.claim.id, d.link.relation.value) for d in ledger.dependants("hill2022teas")]
    assert dependants == [("balm-sleep", "qualified-by"), ("popular-balm-cures", "background")]
    assert [(u.page, u.title) for u in ledger.claim_uses("balm-sold")] == [
        (PAGE, "Balm tea and sleep")
    ]
    uses = {use.page for use in ledger.source_uses("green2021balm")}
    assert uses == {PAGE, CONCLUSION, FINDING, STUDY}
    assert ledger.measured_against("balm-sleep") == ["popular-balm-cures"]
    assert ledger.claims_of_study("balm-1") == ["balm-1-onset", "balm-sleep"]
    assert [c.id for c in ledger.claims_with_caveat("small-sample")] == [
        "balm-1-onset",
        "balm-sleep",
    ]
    assert ledger.same_evidence("balm-1-onset") == ["balm-sleep"]
    assert ledger.outcome("balm-1/onset") is not None
    assert ledger.outcome("balm-1/gone") is ledger.outcome("gone/onset") is None
    for nothing in (ledger.dependants, ledger.claim_uses, ledger.source_uses):
        assert nothing("gone") == []


@pytest.mark.parametrize(
    ("key", "address"),
    [("Green:2021/a", "green-2021-a"), ("éé", "source"), ("a_b--c.", "a_b-c")],
)
def test_keys_in_addresses(key: str, address: str) -> None:
    assert slug(key) == address


# Standing


def test_a_claim_stands_weakens_and_falls(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path,
        *papers(paper("brown2022balm")),
        supported_by("green2021balm", "brown2022balm"),
    )
    stands = ledger.standing
    both = frozenset({"green2021balm", "brown2022balm"})
    assert stands("balm-sleep") is Standing.STANDS
    assert stands("balm-sleep", frozenset({"green2021balm"})) is Standing.WEAKENED
    assert stands("balm-sleep", both) is Standing.FALLEN
    assert stands("balm-sleep", frozenset({"hill2022teas"})) is Standing.STANDS
    assert stands("popular-balm-cures", frozenset({"green2021balm"})) is Standing.WEAKENED
    assert stands("popular-balm-cures", both) is Standing.FALLEN
    assert stands("gone") is Standing.FALLEN


def test_a_popular_claim_leans_on_all_it_is_measured_against(tmp_path: Path) -> None:
    ledger = ledger_of(
        tmp_path, edit(POPULAR, "[balm-sleep]\nevidence", "[balm-sleep, balm-sold]\nevidence")
    )
    assert ledger.standing("popular-balm-cures") is Standing.STANDS
    fallen, weakened = ledger.falls_with("norland1998law")
    assert (fallen, weakened) == (["balm-sold"], ["popular-balm-cures"])


def test_what_falls_with_a_source(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    fallen = ["balm-1-onset", "balm-sleep", "popular-balm-cures"]
    assert ledger.falls_with("green2021balm") == (fallen, [])
    assert ledger.falls_with("hill2022teas") == ([], [])
    assert ledger.falls_with("gone") == ([], [])


def test_a_retraction_is_felt_where_the_source_was_leaned_on(tmp_path: Path) -> None:
    """One line changes, and every claim that leaned on the source alone has lost its support."""
    write(tmp_path, edit(APPRAISALS, "{state: current, looked-up: 2026-01-10}", RETRACTED))
    ledger, found = read(tmp_path)
    assert spoken(found) == [
        f"{FINDING}:5:1 CB302",
        f"{FINDING}:6:14 CB301",
        f"{CONCLUSION}:16:1 CB302",
        f"{CONCLUSION}:17:14 CB301",
    ]
    assert ledger.standing("balm-sleep") is Standing.FALLEN
    assert ledger.standing("popular-balm-cures") is Standing.FALLEN
    assert ledger.standing("balm-sold") is Standing.STANDS
    assert ledger.rests_on_retracted(ledger.claims["balm-sleep"].record) == ["green2021balm"]


def test_a_retraction_beside_another_source_only_weakens(tmp_path: Path) -> None:
    beside = "  - {source: green2021balm, relation: supported-by}\n"
    write(
        tmp_path,
        edit(APPRAISALS, "{state: current, looked-up: 2026-01-10}", RETRACTED),
        edit(FACT, "evidence:\n", f"evidence:\n{beside}"),
    )
    ledger, found = read(tmp_path)
    assert ledger.standing("balm-sold") is Standing.WEAKENED
    assert [d.code for d in found if d.place.file == FACT] == ["CB301"]


# Properties, over any web of claims and sources

KEYS = ["a", "b", "c", "d"]
NAMES = [f"c{i}" for i in range(6)]

links = st.lists(
    st.tuples(
        st.sampled_from([*KEYS, "unknown"]),
        st.sampled_from(["supported-by", "disputed-by", "qualified-by", "background"]),
    ),
    max_size=4,
)
claims = st.lists(
    st.tuples(links, st.lists(st.sampled_from([*NAMES, "gone"]), max_size=3)),
    min_size=len(NAMES),
    max_size=len(NAMES),
)
states = st.lists(st.sampled_from(list(State)), min_size=len(KEYS), max_size=len(KEYS))


def claim(links: Sequence[tuple[str, str]], measured: Sequence[str]) -> ClaimBase:
    data = {
        "claim": "A claim.",
        "topics": ["t"],
        "reviewed": "2026-01-01",
        "history": [{"date": "2026-01-01", "change": "x"}],
        "evidence": [{"source": source, "relation": relation} for source, relation in links],
    }
    if measured:
        data |= {"type": "popular", "verdict": "overstated", "fair-wording": "x"}
        data |= {"measured-against": list(measured)}
    else:
        data |= {"type": "fact", "as-of": "2020"}
    return CLAIM_TYPES[str(data["type"])].model_validate(data, strict=False)


def web(drawn: list[tuple[list[tuple[str, str]], list[str]]], states: list[State]) -> Ledger:
    options = Options.model_validate({})
    where = Path("nowhere")
    base = Base(Settings(where, where, where, where, options), Problems())
    tree = Tree(None, "f.md")
    for name, (evidence, measured) in zip(NAMES, drawn, strict=True):
        base.claims[name] = Filed(name, claim(evidence, measured), tree)
    text = "".join(f"@misc{{{key}, title = {{T}}}}\n" for key in KEYS)
    for entry, state in zip(read_bibliography("b.bib", text, Problems()), states, strict=True):
        base.entries[entry.key] = entry
        appraisal = Appraisal.model_validate(
            {"kind": "news", "status": {"state": state}, "seen": "abstract"}, strict=False
        )
        base.appraisals[entry.key] = Filed(entry.key, appraisal, tree, (entry.key,))
    return link(base)


def standings(ledger: Ledger, without: frozenset[str] = frozenset()) -> list[Standing]:
    return [ledger.standing(name, without) for name in NAMES]


@settings(max_examples=150, deadline=None)
@given(claims, states, st.sets(st.sampled_from(KEYS)), st.sampled_from(KEYS))
def test_setting_a_source_aside_raises_nothing(
    drawn: list, states: list[State], aside: set[str], key: str
) -> None:
    ledger = web(drawn, states)
    before = standings(ledger, frozenset(aside))
    after = standings(ledger, frozenset(aside | {key}))
    assert all(new <= old for new, old in zip(after, before, strict=True))


@settings(max_examples=150, deadline=None)
@given(claims, states, st.sampled_from(KEYS), st.sampled_from([State.RETRACTED, State.CONCERN]))
def test_a_retraction_raises_nothing(
    drawn: list, states: list[State], key: str, state: State
) -> None:
    before = web(drawn, states)
    changed = [state if k == key else old for k, old in zip(KEYS, states, strict=True)]
    after = web(drawn, changed)
    assert all(new <= old for new, old in zip(standings(after), standings(before), strict=True))
    for name in NAMES:
        record = before.claims[name].record
        assert set(after.supporting_sources(record)) <= set(before.supporting_sources(record))
        counted = [before.independence(record), after.independence(record)]
        assert len(counted[1].sources) <= len(counted[0].sources)
    # Marking a source and setting it aside come to the same.
    assert standings(after) == standings(before, frozenset({key}))


@settings(max_examples=150, deadline=None)
@given(claims, states, st.sampled_from(KEYS))
def test_what_falls_is_what_stands_lower_without(
    drawn: list, states: list[State], key: str
) -> None:
    ledger = web(drawn, states)
    fallen, weakened = ledger.falls_with(key)
    lower = {
        name: after
        for name in NAMES
        if (after := ledger.standing(name, frozenset({key}))) < ledger.standing(name)
    }
    assert set(fallen) == {name for name, after in lower.items() if after is Standing.FALLEN}
    assert set(weakened) == {name for name, after in lower.items() if after is Standing.WEAKENED}


# What is due


@pytest.mark.parametrize(("reviewed", "due"), [("2025-02-01", True), ("2025-02-02", False)])
def test_the_debt_is_what_the_checks_call_stale(
    tmp_path: Path, reviewed: str, *, due: bool
) -> None:
    """The day is 2026-02-01, and a review holds for twelve months."""
    write(tmp_path, edit(FACT, "reviewed: 2026-01-15", f"reviewed: {reviewed}"))
    ledger, found = read(tmp_path)
    assert any(diagnostic.code == "CB207" for diagnostic in found) is due
    assert bool(debt_of(ledger, today()).records) is due
