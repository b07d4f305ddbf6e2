"""Watching the world: what services say, what is made of it, and what of their faults."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from claimbase.cli import main
from claimbase.model.source import SourceStatus, State
from claimbase.watching.accounts import DoubtError, Event, outcome, stands
from claimbase.watching.asking import Client, NotAnsweredError
from claimbase.watching.rows import NotWrittenError, RowChange, insert_row, write_changes
from tests import services as faults
from tests.mini import (
    APPRAISALS,
    BIB,
    CONFIG,
    FILES,
    STUDY,
    edit,
    put,
    read,
    write,
)
from tests.services import Services, serve, update

GREEN, HILL = "10.1234/green.2021", "10.1234/hill.2022"
DAY = dt.datetime.now(tz=dt.UTC).date().isoformat()

# A base whose three sources are known to the three services, with comments that must stay.
NUMBERED = (
    edit(BIB, "doi = {10.1234/green.2021}", "doi = {10.1234/green.2021},\n  pmid = {111}"),
    edit(BIB, "https://food.example/list", "https://clinicaltrials.gov/study/NCT00000001"),
    edit(STUDY, "masking: none", "masking: none\nregistration: [NCT00000001]"),
    put(
        APPRAISALS,
        """# What is known of each source.
green2021balm:  # the only trial
  kind: trial-report
  status: {state: current, looked-up: 2026-01-10}
  seen: full-text
# Reviews
hill2022teas:
  kind: systematic-review
  status:
    state: current   # so far
  seen: abstract
  note: 'In quotes: as it was.'
norland1998law:
  kind: law
  status: {state: current}
  seen: full-text
""",
    ),
)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve() as running:
        for name in ("CROSSREF", "PUBMED", "TRIALS"):
            monkeypatch.setenv(f"CLAIMBASE_{name}", running.address)
        monkeypatch.setenv("CLAIMBASE_PAUSE", "0")
        monkeypatch.setenv("CLAIMBASE_TIMEOUT", "0.2")
        running.work(GREEN)
        running.work(HILL)
        running.article("111", doi=GREEN)
        running.study("NCT00000001")
        yield running


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting takes no time in tests, and is written down."""
    found: list[float] = []
    monkeypatch.setattr("claimbase.watching.asking.pause_for", found.append)
    return found


@pytest.fixture(autouse=True)
def base(tmp_path: Path, waits: list[float]) -> Path:
    write(tmp_path, *NUMBERED)
    return tmp_path


def watch(root: Path, *arguments: str) -> Result:
    config = ["--config", str(root / CONFIG)]
    return CliRunner().invoke(main, ["watch", *config, *arguments], catch_exceptions=False)


def rows(root: Path) -> dict[str, SourceStatus]:
    ledger, _ = read(root)
    return {key: source.appraisal.status for key, source in ledger.sources.items()}


def text(root: Path) -> str:
    return (root / APPRAISALS).read_text("utf-8")


def test_a_contact_in_other_letters_is_written_in_those_of_a_header(base, services):
    write(base, *NUMBERED, edit(CONFIG, "months: 12", 'months: 12\n      contact: "Zoë\\n ☺"'))
    assert watch(base).exit_code == 0
    assert services.headers[0]["User-Agent"].endswith(r"(Zo\xeb \u263a)")


@pytest.mark.parametrize(
    "option", ["--timeout=0", "--timeout=inf", "--pause=-1", "--older-than=1e9"]
)
def test_numbers_that_are_none_of_seconds_or_days(base, services, option):
    done = watch(base, option)
    assert done.exit_code == 2
    assert "Invalid value" in done.output


# What became of a source


def event(state: State, date: str | None = None) -> Event:
    return Event(state=state, date=date, word=state.value, by="Crossref")


C, K, R, I, S = (  # noqa: E741
    State.CORRECTED,
    State.CONCERN,
    State.RETRACTED,
    State.REINSTATED,
    State.SUPERSEDED,
)


@pytest.mark.parametrize(
    ("events", "state", "date"),
    [
        ([], State.CURRENT, None),
        ([(C, "2020-01-02")], C, "2020-01-02"),
        ([(C, "2021"), (C, "2020-01-02")], C, "2021"),
        ([(R, "2020-01-02"), (C, "2021-03-04")], R, "2020-01-02"),
        ([(K, "2020-01-02"), (C, "2021-03-04")], K, "2020-01-02"),
        ([(K, "2020-01-02"), (R, "2021-03-04")], R, "2021-03-04"),
        ([(R, "2020-01-02"), (I, "2021-03-04")], I, "2021-03-04"),
        ([(I, "2021-03-04"), (R, "2022-03-04")], R, "2022-03-04"),
        ([(R, "2020-01-02"), (I, "2021-03-04"), (C, "2022-01-01")], C, "2022-01-01"),
        ([(R, None), (C, "2021-03-04")], R, None),
        ([(S, "2020"), (R, "2021")], R, "2021"),
        ([(R, "2019-07-26"), (R, "2019-07-26")], R, "2019-07-26"),
    ],
)
def test_events_lead_to_a_state(events, state, date):
    for order in (events, events[::-1]):
        found = outcome([event(*item) for item in order])
        assert found.state is state
        assert (found.event.date if found.event else None) == date


@pytest.mark.parametrize(("fall", "lift"), [("2019", "2019-07"), (None, "2020"), ("2020", "2020")])
def test_a_reinstatement_that_cannot_be_put_in_order_is_a_doubt(fall, lift):
    with pytest.raises(DoubtError):
        outcome([event(R, fall), event(I, lift)])


@pytest.mark.parametrize(
    ("row", "row_date", "events", "kept"),
    [
        (State.CURRENT, None, [], True),
        (State.CURRENT, None, [(C, "2020")], False),
        (R, "2020", [], True),
        (R, "2020", [(C, "2021")], True),
        (R, "2020-01-01", [(R, "2020-01-01")], True),
        (C, "2020", [(C, "2020-05-06")], False),
        (C, "2020-05-06", [(C, "2020-05-06")], True),
        (C, "2020", [(R, "2021")], False),
        (R, "2020", [(R, "2020"), (I, "2021")], False),
        (R, "2022", [(R, "2020"), (I, "2021")], True),
        (State.CURRENT, None, [(R, "2020"), (I, "2021")], False),
        (S, "2020", [(C, "2021")], True),
    ],
)
def test_a_row_of_ones_own_gives_way_to_worse_news_only(row, row_date, events, kept):
    status = SourceStatus.model_construct(
        state=row, date=row_date, notice=None, because=None, looked_up=None
    )
    assert stands(status, outcome([event(*item) for item in events])) is kept


# A run


def test_what_is_as_it_was_is_looked_up_and_no_more(base, services):
    before = text(base)
    done = watch(base)
    assert done.exit_code == 0, done.output
    assert "3 sources looked up, 0 of them changed" in done.output
    status = rows(base)
    assert {each.looked_up.isoformat() for each in status.values()} == {DAY}
    assert all(each.state is State.CURRENT for each in status.values())
    # Comments, quotes and order stay; only the three status lines differ.
    changed = [line for line in text(base).splitlines() if line not in before.splitlines()]
    assert changed == [
        f"  status: {{state: current, looked-up: {DAY}}}",
        f"    looked-up: {DAY}",
        f"  status: {{state: current, looked-up: {DAY}}}",
    ]
    assert services.headers[0]["User-Agent"].startswith("claimbase/")


def test_a_retraction_is_written_and_names_the_claims_it_touches(base, services):
    services.work(
        GREEN,
        update("retraction", "2025-06-07", "10.1234/notice"),
        update("retraction", "2025-06-07", "10.1234/notice", "retraction-watch"),
    )
    done = watch(base, "--report", str(base / "report.md"))
    assert done.exit_code == 0, done.output
    status = rows(base)["green2021balm"]
    assert status.state is State.RETRACTED
    assert status.date == "2025-06-07"
    assert status.notice == "https://doi.org/10.1234/notice"
    assert status.looked_up.isoformat() == DAY
    report = (base / "report.md").read_text("utf-8")
    assert "### `green2021balm`: current → retracted" in report
    assert "- **falls:** `balm-1-onset`" in report
    assert "- **falls:** `balm-sleep`" in report
    assert "- **falls:** `popular-balm-cures`" in report
    assert "docs/evidence/sleep.md" in report
    # The checks now refuse what leans on it, so the change cannot pass unseen.
    assert "CB301" in {diagnostic.code for diagnostic in read(base)[1]}


HOSTILE = "# Mended <img src=x> [a](https://b.example) @tea #7 `c` **d** www.e.example ![f](g)"
MARKUP = re.compile(r"(?<!\\)[<\[*`]|(?<!\\)://|@(?!\u200b)|#(?=\d)|www\.")


def test_text_of_others_is_no_markup_in_the_report(base, services):
    """The report becomes a pull request's text, where it could name people or lead astray."""
    because = f'because: "- {HOSTILE}"'
    corrected = f"{{state: corrected, date: 2024, notice: seen, {because}}}\n  seen: abstract"
    appraisals = FILES[APPRAISALS].replace("{state: current}\n  seen: abstract", corrected)
    title = r"= [c](http://d.example) @e \#8"
    write(
        base,
        edit(BIB, "doi = {10.1234/green.2021}", "doi = {10.1234/green.2021},\n  pmid = {111}"),
        edit(BIB, "Balm tea and the time to fall asleep", title),
        NUMBERED[2],
        put(APPRAISALS, appraisals),
    )
    services.work(HILL, update("retraction", "2025-06-07", "10.1234/x)@tea<img>#9[y](z)"))
    services.article("111", f"RetractionIn|1. {HOSTILE}|", doi=GREEN)
    services.study("NCT00000001", "RECRUITING", resultsFirstPostDateStruct=f"2027 {HOSTILE}")
    report = watch(base).output
    for start in (
        r"\= \[c\](http\://d.example) @",
        "- retraction, no date given, by PubMed, 1\\. ",
        "- retraction, 2025-06-07, by Crossref, https\\://doi.org/10.1234/x)@",
        "- taken out of the row, as it told of the former state: “\\- ",
        "- results were posted on 2027 ",
    ):
        line = next(line for line in report.splitlines() if line.startswith(start))
        # What stands after the last bracket of the line is the source's own address.
        text = line.removeprefix("- ").partition(" (<https://doi.org/")[0]
        assert MARKUP.search(text) is None, text


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("correction", C),
        ("erratum", C),
        ("expression_of_concern", K),
        ("Expression of concern", K),
        ("withdrawal", R),
        ("removal", R),
        ("new_version", S),
        ("Reinstatement", I),
    ],
)
def test_crossrefs_words_are_understood(base, services, kind, state):
    services.work(HILL, update(kind, "2025-06", "10.1234/notice"))
    watch(base)
    status = rows(base)["hill2022teas"]
    assert (status.state, status.date) == (state, "2025-06")
    assert status.notice == "https://doi.org/10.1234/notice"


def test_pubmed_knows_of_what_crossref_does_not(base, services):
    services.article(
        "111",
        "Cites|Another. 1999|9",
        "ExpressionOfConcernIn|J Teas. 2025 Jun 7;8(1):2. doi: 10.1234/concern.|222",
        doi=GREEN,
    )
    watch(base)
    status = rows(base)["green2021balm"]
    assert (status.state, status.date) == (State.CONCERN, "2025-06-07")
    assert status.notice == "https://doi.org/10.1234/concern"


def test_pubmed_may_know_no_more_than_that_it_was_retracted(base, services):
    services.article("111", types=("Retracted Publication",), doi=GREEN)
    watch(base)
    status = rows(base)["green2021balm"]
    assert (status.state, status.date) == (R, None)
    assert status.notice == "https://pubmed.ncbi.nlm.nih.gov/111/"


def test_a_notice_elsewhere_than_in_a_notice_still_has_a_place(base, services):
    services.work(HILL, update("retraction", "", "unavailable", "retraction-watch"))
    watch(base)
    status = rows(base)["hill2022teas"]
    assert status.state is R
    assert status.notice.endswith(f"/works/{HILL}")
    assert "CB303" not in {diagnostic.code for diagnostic in read(base)[1]}


def test_the_former_reason_goes_with_the_former_state(base, services):
    row = "  status: {state: corrected, date: 2024, notice: seen, because: A table was mended.}\n"
    write(
        base,
        *NUMBERED[:3],
        put(
            APPRAISALS,
            FILES[APPRAISALS].replace(
                "  status: {state: current}\n  seen: abstract", f"{row}  seen: abstract"
            ),
        ),
    )
    services.work(HILL, update("retraction", "2025-06-07", "10.1234/notice"))
    done = watch(base)
    assert rows(base)["hill2022teas"].because is None
    assert "A table was mended." in done.output


def test_what_people_know_beyond_the_services_is_kept(base, services):
    write(
        base,
        *NUMBERED[:3],
        put(
            APPRAISALS,
            FILES[APPRAISALS].replace(
                "  status: {state: current}\n  seen: abstract",
                "  status: {state: superseded, date: 2024, notice: a newer one}\n  seen: abstract",
            ),
        ),
    )
    done = watch(base)
    status = rows(base)["hill2022teas"]
    assert (status.state, status.notice) == (State.SUPERSEDED, "a newer one")
    assert status.looked_up.isoformat() == DAY
    assert "## For a person to judge" in done.output


def test_a_trial_that_moved_on_is_told_and_nothing_is_changed(base, services):
    services.study(
        "NCT00000001",
        "TERMINATED",
        resultsFirstPostDateStruct="2026-02-03",
        lastUpdatePostDateStruct="2026-02-04",
    )
    before = (base / STUDY).read_bytes()
    done = watch(base)
    assert "the registry says terminated, the page says completed" in done.output
    assert "results were posted on 2026-02-03" in done.output
    assert "rests on it: `balm-1-onset`" in done.output
    assert (base / STUDY).read_bytes() == before


def test_some_sources_and_dry_runs(base, services):
    before = text(base)
    watch(base, "--dry-run")
    assert text(base) == before
    watch(base, "hill2022teas")
    assert rows(base)["hill2022teas"].looked_up.isoformat() == DAY
    assert rows(base)["norland1998law"].looked_up is None
    assert watch(base, "nobody2020").exit_code == 2


def test_only_what_was_not_looked_up_lately(base, services):
    watch(base)
    (base / ".cache/claimbase/watch.json").unlink()
    services.asked.clear()
    watch(base, "--older-than", "7")
    assert services.asked == ["/studies/NCT00000001"]  # the study's own


# Politeness


def test_the_contact_is_given(base, services):
    write(base, *NUMBERED, edit(CONFIG, "months: 12", "months: 12\n      contact: a@tea.example"))
    watch(base)
    assert services.headers
    assert all("mailto:a@tea.example" in head["User-Agent"] for head in services.headers)


def test_another_contact_is_given_instead(base, services, monkeypatch):
    assert "No contact is set" in watch(base, "--dry-run").stderr
    monkeypatch.setenv("CLAIMBASE_CONTACT", "https://tea.example/issues")
    services.headers.clear()
    yesterday(base)
    assert "No contact is set" not in watch(base).stderr
    assert services.headers
    assert all("(https://tea.example/issues)" in h["User-Agent"] for h in services.headers)


def test_an_interrupted_run_goes_on_where_it_stopped(base, services):
    services.faults[f"/works/{HILL}"] = [faults.drop] * 4
    watch(base)
    assert rows(base)["green2021balm"].looked_up.isoformat() == DAY
    assert rows(base)["hill2022teas"].looked_up is None
    services.asked.clear()
    watch(base)
    assert services.asked == [f"/works/{HILL}"]
    assert rows(base)["hill2022teas"].looked_up.isoformat() == DAY


def test_what_did_not_change_is_not_sent_again(base, services):
    services.etags[f"/works/{HILL}"] = '"v1"'
    services.work(HILL, update("retraction", "2025-06-07", "10.1234/notice"))
    watch(base, "--dry-run")
    yesterday(base)
    services.asked.clear()
    services.headers.clear()
    watch(base)
    asked = dict(zip(services.asked, services.headers, strict=True))
    assert asked[f"/works/{HILL}"]["If-None-Match"] == '"v1"'
    assert rows(base)["hill2022teas"].state is R


def yesterday(base: Path) -> None:
    """Make the memory a day old."""
    path = base / ".cache/claimbase/watch.json"
    data = json.loads(path.read_text("utf-8"))
    for answer in data["answers"].values():
        answer["day"] = "2020-01-01"
    path.write_text(json.dumps(data), "utf-8")


def test_a_memory_that_cannot_be_read_is_forgotten(base, services):
    watch(base)
    (base / ".cache/claimbase/watch.json").write_text("{", "utf-8")
    assert watch(base).exit_code == 0


def test_a_busy_service_is_asked_again_when_it_says(base, services, waits):
    path = f"/works/{HILL}"
    services.faults[path] = [faults.busy(429, "7"), faults.busy(503), faults.busy(500)]
    watch(base, "hill2022teas")
    assert services.asked == [path] * 4
    assert waits == [7, 2, 4]
    assert rows(base)["hill2022teas"].looked_up.isoformat() == DAY


def test_a_service_that_asks_for_hours_is_left_alone(base, services, waits):
    services.faults[f"/works/{GREEN}"] = [faults.busy(429, "7200")]
    done = watch(base)
    assert services.asked.count(f"/works/{HILL}") == 0
    assert waits == []
    assert "asked to come back in 7200 seconds" in done.output
    assert rows(base)["hill2022teas"].looked_up is None
    assert rows(base)["norland1998law"].looked_up.isoformat() == DAY


def test_a_date_to_come_back_is_understood(services, waits):
    services.faults["/x"] = [faults.busy(429, "Wed, 21 Oct 2015 07:28:00 GMT"), faults.says(b"ok")]
    with Client("test", pause=0) as client:
        assert client.ask(f"{services.address}/x", bytes.decode).content == "ok"
    assert waits == [0]


def test_there_is_a_pause_between_two_questions(services, waits):
    services.pages |= {"/a": "", "/b": ""}
    with Client("test") as client:
        client.ask(f"{services.address}/a", len, pause=5)
        client.ask(f"{services.address}/b", len, pause=5)
    assert len(waits) == 1
    assert 4 < waits[0] <= 5


def test_a_service_that_is_down_is_given_up(services, waits):
    with Client("test", pause=0, timeout=0.1) as client:
        for number in range(7):
            services.faults[f"/{number}"] = [faults.drop] * 9
            with pytest.raises(NotAnsweredError):
                client.ask(f"{services.address}/{number}", len)
    assert len(services.asked) == 5 * 4


# Faults: nothing lost, nothing falsely marked

BAD = {
    "not JSON": faults.says(b"<html>Bad gateway</html>"),
    "half a JSON": faults.cut_unannounced,
    "cut": faults.cut,
    "hang": faults.hang,
    "drop": faults.drop,
    "500": faults.busy(500),
    "no message": faults.says(b'{"status": "ok"}'),
    "a list": faults.says(b"[]"),
    "nothing": faults.says(b""),
    "not text": faults.says(b"\xff\xfe\x00"),
    "too deep": faults.says(b"[" * 100_000),
    "updates that are none": faults.says(
        json.dumps({"message": {"DOI": HILL, "updated-by": "retraction"}}).encode()
    ),
}


@pytest.mark.parametrize("fault", BAD.values(), ids=BAD)
def test_what_is_no_answer_changes_nothing(base, services, fault):
    before = text(base)
    services.work(HILL, update("retraction", "2025-06-07", "10.1234/notice"))
    services.faults[f"/works/{HILL}"] = [fault] * 9
    done = watch(base, "hill2022teas")
    assert text(base) == before
    assert f"`hill2022teas`: Crossref {HILL}: " in done.output
    assert done.exit_code == 1  # nothing at all was answered


@pytest.mark.parametrize("fault", BAD.values(), ids=BAD)
def test_a_fault_that_passes_costs_nothing(base, services, fault):
    services.work(HILL, update("retraction", "2025-06-07", "10.1234/notice"))
    services.faults[f"/works/{HILL}"] = [fault]
    done = watch(base, "hill2022teas")
    assert done.exit_code == 0
    assert rows(base)["hill2022teas"].state is R


@pytest.mark.parametrize("fault", BAD.values(), ids=BAD)
def test_the_same_holds_for_pubmed_and_the_registry(base, services, fault):
    services.faults["/efetch.fcgi"] = [fault] * 9
    services.faults["/studies/NCT00000001"] = [fault] * 9
    done = watch(base)
    status = rows(base)
    assert status["green2021balm"].looked_up.isoformat() == "2026-01-10"
    assert status["norland1998law"].looked_up is None
    assert status["hill2022teas"].looked_up.isoformat() == DAY
    assert "`green2021balm`: PubMed 111: " in done.output
    assert "`balm-1`: ClinicalTrials.gov NCT00000001: " in done.output
    assert done.exit_code == 0


def test_news_of_one_service_is_not_lost_with_another(base, services):
    services.work(GREEN, update("retraction", "2025-06-07", "10.1234/notice"))
    services.faults["/efetch.fcgi"] = [faults.busy(500)] * 9
    watch(base)
    status = rows(base)["green2021balm"]
    assert status.state is R
    assert status.looked_up.isoformat() == "2026-01-10"


def other_work(services: Services) -> None:
    services.works[HILL] = {"DOI": "10.1234/other", "updated-by": [update("retraction", "2025")]}


def other_trial(services: Services) -> None:
    services.studies["NCT00000001"]["protocolSection"]["identificationModule"]["nctId"] = "NCT9"


def unknown_update(services: Services) -> None:
    services.work(HILL, update("apotheosis", "2025", "10.1234/notice"))


def part_retracted(services: Services) -> None:
    services.work(HILL, update("partial_retraction", "2025", "10.1234/notice"))


def unknown_status(services: Services) -> None:
    services.study("NCT00000001", "FROZEN")


def other_article(services: Services) -> None:
    services.article("111", "RetractionIn|J. 2025|9", doi="10.1234/other")


def no_article(services: Services) -> None:
    del services.articles["111"]


def unknown_link(services: Services) -> None:
    services.article("111", "FrownedUponIn|J. 2025|9", doi=GREEN)


@pytest.mark.parametrize(
    ("spoil", "key", "said"),
    [
        (other_work, "hill2022teas", "the record of another work, 10.1234/other"),
        (unknown_update, "hill2022teas", 'not known here: "apotheosis"'),
        (part_retracted, "hill2022teas", 'not known here: "partial-retraction"'),
        (other_trial, "norland1998law", "the record of another trial, NCT9"),
        (unknown_status, "norland1998law", "a status that is not known here"),
        (other_article, "green2021balm", "the record of another DOI, 10.1234/other"),
        (no_article, "green2021balm", "does not know it"),
        (unknown_link, "green2021balm", 'not known here: "FrownedUponIn"'),
    ],
)
def test_an_answer_that_leaves_a_doubt_changes_nothing(base, services, spoil, key, said):
    before = rows(base)[key]
    spoil(services)
    done = watch(base)
    assert done.exit_code == 0
    assert rows(base)[key] == before
    assert said in done.output


def test_a_doi_that_crossref_does_not_know_is_not_looked_up(base, services):
    del services.works[HILL]
    done = watch(base)
    assert rows(base)["hill2022teas"].looked_up is None
    assert f"Crossref {HILL}: does not know it" in done.output
    assert services.asked.count(f"/works/{HILL}") == 1


def test_what_services_write_is_no_markup(base, services):
    services.works[HILL] = {"DOI": "10.1/<img src=x>@everyone"}
    output = watch(base).output
    assert "<img" not in output.replace("\\<", "")
    assert "@everyone" not in output


# Writing


def test_rows_that_do_not_change_keep_their_bytes(tmp_path):
    path = tmp_path / "appraisals.yml"
    odd = "# top\n\na:   # one\n  kind:  law\n  status:   { state: current }\n  seen: 'abstract'\n"
    note = "  note: >-\n    long\n    text\n"
    row = f"b:\n  kind: law\n  status:\n    state: current\n  seen: full-text\n{note}"
    path.write_text(odd + row + "\n# the end\n", "utf-8")
    write_changes(path, {"b": RowChange(dt.date(2026, 1, 2), R, "2025", "https://doi.org/10.1/x")})
    after = path.read_text("utf-8")
    assert after.startswith(odd)
    assert after.endswith("\n# the end\n")
    assert (
        "b:\n  kind: law\n  status:\n    state: retracted\n    date: 2025\n"
        "    notice: https://doi.org/10.1/x\n    looked-up: 2026-01-02\n  seen: full-text\n"
        "  note: >-\n    long\n    text\n"
    ) in after


def test_a_report_that_cannot_be_written_is_told_before_anything_is_asked(base, services):
    done = watch(base, "--report", str(base / "docs"))
    assert done.exit_code == 2
    assert "is a directory" in done.output
    assert services.times == []


@pytest.mark.parametrize("content", ["a: [", "a: {kind: law}\n", "b: {}\n", "- a\n"])
def test_a_table_that_is_not_as_expected_is_left_alone(tmp_path, content):
    path = tmp_path / "appraisals.yml"
    path.write_text(content, "utf-8")
    with pytest.raises(NotWrittenError):
        write_changes(path, {"a": RowChange(dt.date(2026, 1, 2))})
    assert path.read_text("utf-8") == content
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".app")] == []


@pytest.mark.parametrize(
    "content",
    ["2020: {status: {state: current}}\n", "'2020': {status: {state: x, date: 2020-13-45}}\n"],
)
def test_a_row_that_cannot_be_rewritten_is_left_alone(tmp_path, content):
    path = tmp_path / "appraisals.yml"
    path.write_text(content, "utf-8")
    with pytest.raises(NotWrittenError, match="the row of 2020 cannot be rewritten: mend"):
        write_changes(path, {"2020": RowChange(dt.date(2026, 1, 2))})
    assert path.read_text("utf-8") == content


def test_a_row_is_added_in_order(tmp_path):
    path = tmp_path / "appraisals.yml"
    path.write_text("# top\na: {kind: law}\nc: {kind: law}\n", "utf-8")
    insert_row(path, "b", {"kind": "news"})
    assert path.read_text("utf-8") == "# top\na: {kind: law}\nb:\n  kind: news\nc: {kind: law}\n"
    with pytest.raises(NotWrittenError):
        insert_row(path, "b", {"kind": "news"})


def test_watching_needs_a_base(tmp_path_factory):
    done = watch(tmp_path_factory.mktemp("empty"))
    assert done.exit_code == 1
    assert "mkdocs.yml" in done.output


def test_the_engine_says_so_if_nothing_is_to_be_asked(base, services):
    source = "\n@misc{soon2030,\n  title = {Soon},\n  url = {https://a.example}\n}\n"
    write(
        base,
        *NUMBERED[3:],
        put(BIB, source),
        put(APPRAISALS, "soon2030: {kind: news, status: {state: current}, seen: record}\n"),
    )
    done = watch(base)
    assert done.exit_code == 0
    assert services.asked == []
    assert "1 source without a number" in done.output
