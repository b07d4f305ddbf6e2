"""What a run found, as Markdown for the people who judge it: each claim touched, by name."""

import datetime as dt
from collections.abc import Iterable, Iterator

from claimbase.exporting.quoting import address, code, plain
from claimbase.ledger import Ledger
from claimbase.watching.watch import Change, Findings, Remark, TrialNews


def render(ledger: Ledger, findings: Findings, day: dt.date) -> str:
    """Return the report on a run."""
    parts = [f"# What changed, {day.isoformat()}", _summary(findings)]
    if findings.changes:
        parts.append("## Sources that changed")
        parts += ["\n".join(_change(ledger, change)) for change in findings.changes]
    if findings.news:
        parts.append("## Trials that moved on")
        parts.append("No page was changed. Look at each record, and mend the page.")
        parts += ["\n".join(_news(ledger, news)) for news in findings.news]
    if findings.remarks:
        parts.append("## For a person to judge")
        parts.append("\n".join(_listed(findings.remarks)))
    if findings.missed:
        parts.append("## Not looked up")
        parts.append(
            "There was no answer, or one that leaves a doubt. A source's look-up day changes only "
            "when every service asked has answered."
        )
        parts.append("\n".join(_listed(findings.missed)))
    return "\n\n".join(parts) + "\n"


def _summary(findings: Findings) -> str:
    missed = len({remark.key for remark in findings.missed})
    return (
        f"{_count(len(findings.confirmed), 'source')} looked up, "
        f"{len(findings.changes)} of them changed; {_count(len(findings.news), 'trial')} moved on; "
        f"{_count(missed, 'record')} not looked up; {_count(len(findings.silent), 'source')} "
        "without a number that a service knows."
    )


def _change(ledger: Ledger, change: Change) -> Iterator[str]:
    source, event = change.source, change.found.event
    title = plain(str(source.csl.get("title", "")))
    yield f"### {code(source.key)}: {change.was.state.value} → {change.found.state.value}"
    yield ""
    yield f"{title} ({address(source.url)})" if source.url else title
    yield ""
    if event is not None:
        notice = f", {address(event.notice)}" if event.notice else ""
        yield f"- {plain(event.word)}, {event.date or 'no date given'}, by {event.by}{notice}"
    for other in change.events:
        if other is not event:
            yield f"- before or beside it: {plain(str(other))}"
    if change.row.forget_because and change.was.because:
        because = plain(change.was.because)
        yield f"- taken out of the row, as it told of the former state: “{because}”"
    yield from _touched(ledger, change)


def _touched(ledger: Ledger, change: Change) -> Iterator[str]:
    key = change.source.key
    told = set(change.fallen) | set(change.weakened)
    yield from (f"- **falls:** {_claim(ledger, name)}" for name in change.fallen)
    yield from (f"- **weakened:** {_claim(ledger, name)}" for name in change.weakened)
    for dependant in ledger.dependants(key):
        if dependant.claim.id not in told:
            told.add(dependant.claim.id)
            yield f"- {dependant.link.relation.value}: {_claim(ledger, dependant.claim.id)}"
    for study in ledger.studies_reported_by(key):
        yield f"- reports the study {code(study)}"
    pages = dict.fromkeys(use.page for use in ledger.source_uses(key))
    if pages:
        yield f"- cited in {', '.join(map(code, pages))}"
    if not told and not pages:
        yield "- no claim and no page refers to it"


def _news(ledger: Ledger, news: TrialNews) -> Iterator[str]:
    record = f"[{news.trial}](https://clinicaltrials.gov/study/{news.trial})"
    yield f"### {code(news.study.id)}: {plain(news.study.record.name)} ({record})"
    yield ""
    yield from (f"- {plain(text)}" for text in news.news)
    for name in ledger.claims_of_study(news.study.id):
        yield f"- rests on it: {_claim(ledger, name)}"


def _claim(ledger: Ledger, name: str) -> str:
    return f"{code(name)} ({plain(ledger.claims[name].record.headline)})"


def _listed(remarks: Iterable[Remark]) -> list[str]:
    return [f"- {code(remark.key)}: {plain(remark.text)}" for remark in remarks]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
