"""What has changed since each source and each trial was last looked up."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from claimbase.base import Filed
from claimbase.ledger import Ledger
from claimbase.model.source import Source, SourceStatus
from claimbase.model.study import Study, StudyStatus
from claimbase.watching import crossref, pubmed, trials
from claimbase.watching.accounts import Account, DoubtError, Event, Outcome, merge, outcome, stands
from claimbase.watching.asking import Client, NotAnsweredError
from claimbase.watching.memory import Memory, Remembered
from claimbase.watching.rows import RowChange

CROSSREF, PUBMED, TRIALS = "Crossref", "PubMed", "ClinicalTrials.gov"

_NUMBER = re.compile(r"\bNCT\d{8}\b")
_REGISTRY = re.compile(
    r"^https?://(?:www\.|classic\.)?clinicaltrials\.gov/\S*?(NCT\d{8})\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services are, and who asks them."""

    crossref: str = crossref.ADDRESS
    pubmed: str = pubmed.ADDRESS
    trials: str = trials.ADDRESS
    contact: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """One record of one service."""

    service: str
    number: str

    def __str__(self) -> str:
        return f"{self.service} {self.number}"


@dataclass(frozen=True, slots=True)
class Change:
    """A source that is no longer what its row says, and what is written of it."""

    source: Source
    found: Outcome
    was: SourceStatus
    row: RowChange
    events: tuple[Event, ...]
    fallen: tuple[str, ...] = ()
    weakened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialNews:
    """A study whose registry record says something that its page does not."""

    study: Filed[Study]
    trial: str
    news: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a source that a person must judge; nothing was concluded from it."""

    key: str
    text: str


@dataclass
class Findings:
    """What a run found out.

    Attributes:
        changes: Sources whose state changed.
        news: Trials that moved on.
        remarks: What a person must judge.
        missed: What was asked and not answered, or answered in a way that leaves a doubt.
        rows: What is to be written, by key.
        confirmed: Sources that every service asked answered for.
        silent: Sources that no service can be asked about.
    """

    changes: list[Change] = field(default_factory=list)
    news: list[TrialNews] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    missed: list[Remark] = field(default_factory=list)
    rows: dict[str, RowChange] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)


Answers = dict[Question, Account | str]
"""An account, or in words why there is none."""


def questions_on(source: Source) -> list[Question]:
    """Return the records that tell what has become of a source."""
    found = []
    if source.doi:
        found.append(Question(CROSSREF, source.doi))
    if pmid := source.csl.get("PMID"):
        found.append(Question(PUBMED, str(pmid)))
    if number := _REGISTRY.match(str(source.csl.get("URL", ""))):
        found.append(Question(TRIALS, number[1].upper()))
    return found


def numbers_of(study: Study) -> list[str]:
    """Return a study's numbers at ClinicalTrials.gov."""
    return _NUMBER.findall(" ".join(study.registration))


def questions(
    ledger: Ledger, keys: Iterable[str] = (), before: dt.date | None = None
) -> list[Question]:
    """Return what is to be asked, each question once, service by service.

    Args:
        ledger: The base.
        keys: Only these sources (and no study), if any are named.
        before: Only sources that were not looked up on this day or later.
    """
    wanted = set(keys)
    found: dict[Question, None] = {}
    for source in _due(ledger, wanted, before):
        found |= dict.fromkeys(questions_on(source))
    if not wanted:
        for study in ledger.studies.values():
            found |= {Question(TRIALS, number): None for number in numbers_of(study.record)}
    return sorted(found)


def _due(ledger: Ledger, wanted: set[str], before: dt.date | None) -> Iterator[Source]:
    for key, source in sorted(ledger.sources.items()):
        looked_up = source.appraisal.status.looked_up
        fresh = before is not None and looked_up is not None and looked_up >= before
        if key in wanted if wanted else not fresh:
            yield source


def ask(
    asked: Sequence[Question],
    client: Client,
    services: Services,
    *,
    memory: Memory,
    day: dt.date,
    told: Callable[[int], None] = lambda _: None,
) -> Answers:
    """Ask the services, remembering each answer at once.

    What was answered on the same day is taken from memory, so that a run that was cut off goes on
    where it stopped. ``told`` is called with the number of questions done.
    """
    answers: Answers = {}
    left = []
    for question in asked:
        known = memory.get(str(question))
        if known is not None and known.day == day:
            answers[question] = known.account
        else:
            left.append(question)
    told(len(answers))
    asker = _Asker(client, services, memory, day)
    for question in (question for question in left if question.service != PUBMED):
        answers[question] = asker.one(question)
        told(1)
    several = [question for question in left if question.service == PUBMED]
    for start in range(0, len(several), pubmed.BATCH):
        batch = several[start : start + pubmed.BATCH]
        answers |= asker.articles(batch)
        told(len(batch))
    return answers


@dataclass(slots=True)
class _Asker:
    client: Client
    services: Services
    memory: Memory
    day: dt.date

    def one(self, question: Question) -> Account | str:
        """Ask for a record that is asked for by itself."""
        known = self.memory.get(str(question))
        stamps = known.stamps if known else None
        try:
            if question.service == CROSSREF:
                answer = crossref.fetch(
                    self.client, question.number, address=self.services.crossref, stamps=stamps
                )
                content = crossref.account(answer.content) if answer.content else None
            else:
                answer = trials.fetch(
                    self.client, question.number, address=self.services.trials, stamps=stamps
                )
                content = trials.account(answer.content) if answer.content else None
        except (NotAnsweredError, DoubtError) as error:
            return str(error)
        if content is None:
            if known is None:
                return "answered that nothing changed, but nothing was known"
            content = known.account
        self.remember({question: content}, answer.stamps.etag, answer.stamps.modified)
        return content

    def articles(self, batch: Sequence[Question]) -> Answers:
        """Ask for several records of PubMed at once."""
        try:
            found = pubmed.fetch(
                self.client,
                [question.number for question in batch],
                address=self.services.pubmed,
                contact=self.services.contact,
            )
        except NotAnsweredError as error:
            return {question: str(error) for question in batch}
        answers: Answers = {}
        good: dict[Question, Account] = {}
        for question in batch:
            article = found.get(question.number)
            if article is None:
                answers[question] = "does not know it"
                continue
            try:
                good[question] = answers[question] = pubmed.account(article)
            except DoubtError as error:
                answers[question] = str(error)
        self.remember(good)
        return answers

    def remember(
        self, accounts: dict[Question, Account], etag: str = "", modified: str = ""
    ) -> None:
        self.memory.put(
            {
                str(question): Remembered(
                    account=account, day=self.day, etag=etag, modified=modified
                )
                for question, account in accounts.items()
            }
        )


def compare(ledger: Ledger, answers: Answers, day: dt.date, keys: Iterable[str] = ()) -> Findings:
    """Return what the answers mean for the base.

    A source counts as looked up on ``day`` if every service that knows it gave an answer that
    leaves no doubt. News that one of them gave without doubt is kept also where another failed.
    """
    findings = Findings()
    wanted = set(keys)
    for key, source in sorted(ledger.sources.items()):
        if wanted and key not in wanted:
            continue
        asked = questions_on(source)
        if not asked:
            findings.silent.append(key)
        elif any(question in answers for question in asked):
            _source(ledger, source, {q: answers[q] for q in asked if q in answers}, day, findings)
    for study in ledger.studies.values():
        for number in numbers_of(study.record):
            _trial(study, number, answers.get(Question(TRIALS, number)), findings)
    return findings


def _source(
    ledger: Ledger, source: Source, given: Answers, day: dt.date, findings: Findings
) -> None:
    accounts: dict[str, Account] = {}
    for question, answer in given.items():
        if isinstance(answer, str):
            findings.missed.append(Remark(source.key, f"{question}: {answer}"))
        elif answer.doi and source.doi and answer.doi != source.doi:
            text = f"{question}: it is the record of another DOI, {answer.doi}"
            findings.missed.append(Remark(source.key, text))
        else:
            accounts[question.service] = answer
    if not accounts:
        return
    none = Account()
    events = merge(accounts.get(CROSSREF, none).events, accounts.get(PUBMED, none).events)
    try:
        found = outcome(events)
    except DoubtError as error:
        findings.missed.append(Remark(source.key, str(error)))
        return
    whole = len(accounts) == len(given)
    if source.key not in ledger.base.appraisals:
        findings.remarks.append(
            Remark(source.key, f"has no appraisal; services say: {found.state.value}")
        )
        return
    if whole:
        findings.confirmed.append(source.key)
    status, event = source.appraisal.status, found.event
    if event is None or stands(status, found):
        if found.state is not status.state:
            said = str(event) if event else "nothing"
            text = f"is {status.state.value} here; the services say: {said}. The row was kept."
            findings.remarks.append(Remark(source.key, text))
        if whole:
            findings.rows[source.key] = RowChange(looked_up=day)
        return
    row = RowChange(
        looked_up=day if whole else None,
        state=found.state,
        date=event.date,
        notice=event.notice,
        forget_because=found.state is not status.state or event.notice != status.notice,
    )
    findings.rows[source.key] = row
    fallen, weakened = ([], []) if found.state.supports else ledger.falls_with(source.key)
    findings.changes.append(
        Change(source, found, status, row, tuple(events), tuple(fallen), tuple(weakened))
    )


def _trial(
    study: Filed[Study], number: str, answer: Account | str | None, findings: Findings
) -> None:
    if isinstance(answer, str):
        findings.missed.append(Remark(study.id, f"{TRIALS} {number}: {answer}"))
    if not isinstance(answer, Account) or answer.trial is None:
        return
    trial, record = answer.trial, study.record
    reviewed = record.reviewed.isoformat()
    news = []
    settled = record.status in (StudyStatus.COMPLETED, StudyStatus.STOPPED)
    unsure = trial.status is StudyStatus.UNKNOWN and settled
    if trial.status is not None and trial.status is not record.status and not unsure:
        news.append(f"the registry says {trial.word}, the page says {record.status.value}")
    if trial.results and trial.results > reviewed:
        news.append(f"results were posted on {trial.results}, after the page's last review")
    elif trial.results and not record.outcomes:
        news.append(f"results were posted on {trial.results}, and the page has none")
    if not news and trial.updated and trial.updated > reviewed:
        news.append(f"the record was changed on {trial.updated}, after the page's last review")
    if news:
        findings.news.append(TrialNews(study, number, tuple(news)))
