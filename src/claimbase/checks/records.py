"""The checks CB2xx: what each kind of record needs to be whole."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from claimbase.base import Filed
from claimbase.checks.rule import Fault, Where, rule
from claimbase.ledger import Ledger
from claimbase.model.claim import (
    ClaimBase,
    Conclusion,
    Domain,
    Fact,
    Finding,
    Popular,
    Relation,
)
from claimbase.model.diagnostic import Place, Severity
from claimbase.settings import today

_RAISING = (Domain.LARGE_EFFECT, Domain.DOSE_RESPONSE, Domain.PLAUSIBLE_CONFOUNDING)


def evidence_place(filed: Filed[ClaimBase]) -> Place:
    """Return where a claim's evidence stands, or its type if it has none."""
    return filed.tree.key_place(("evidence",)) or filed.place("type")


@rule("CB201", "missing-part")
def missing_part(ledger: Ledger) -> Iterator[Fault]:
    """A claim lacks a part that its type requires.

    | type | needs |
    | --- | --- |
    | conclusion | a supporting source and at least one caveat |
    | finding | a supporting source with a locator, bound to a study's result or with `numbers` |
    | fact | a supporting source |
    | popular | claims to measure it against |

    **To mend it** add the part. A finding is bound with `result: study/outcome`.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        supports = ledger.links(claim, Relation.SUPPORTED_BY)
        if not isinstance(claim, Popular) and not supports:
            yield (
                evidence_place(filed),
                "no source supports this claim",
                "add an evidence link with relation: supported-by",
            )
        if isinstance(claim, Conclusion) and not claim.caveats:
            yield (
                filed.place("type"),
                "a conclusion carries at least one caveat, and this one has none",
                "add caveats: [id] with what a reader must not miss",
            )
        if isinstance(claim, Finding) and supports:
            if not claim.numbers and not any(link.result for link in supports):
                yield (
                    evidence_place(filed),
                    "this finding is bound to no result",
                    "add result: study/outcome to its evidence, or numbers: with what each is",
                )
            for position, link in enumerate(claim.evidence):
                if link.relation is Relation.SUPPORTED_BY and not link.locator:
                    yield (
                        filed.place("evidence", position),
                        f'where in "{link.source}" this finding stands is missing',
                        "add locator: the page, table or section",
                    )


@rule("CB202", "no-dissent")
def no_dissent(ledger: Ledger) -> Iterator[Fault]:
    """A conclusion neither gives a source that disputes or qualifies it nor says one was sought.

    A reader must be able to see the other side, or that somebody looked for it and when.

    **To mend it** add an evidence link with `disputed-by` or `qualified-by`, or
    `looked-for-dissent: {date: 2026-11-21, where: "PubMed, terms …"}`.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        if (
            isinstance(claim, Conclusion)
            and claim.looked_for_dissent is None
            and not ledger.links(claim, Relation.DISPUTED_BY, Relation.QUALIFIED_BY)
        ):
            yield (
                evidence_place(filed),
                "dissent is neither given nor looked for",
                "add a link with disputed-by or qualified-by, or looked-for-dissent: {date, where}",
            )


@rule("CB203", "certainty-steps")
def certainty_steps(ledger: Ledger) -> Iterator[Fault]:
    """A certainty does not follow from its start and its steps.

    GRADE starts at high for randomised trials and low for observational studies; each domain
    lowers or raises the rating by the steps given. The sum, held between very-low and high, is
    the level. Only large-effect, dose-response and plausible-confounding raise a rating, and they
    never lower one.

    **To mend it** correct the steps or the level.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        if not isinstance(claim, Conclusion):
            continue
        certainty = claim.certainty
        steps = sum(reason.steps for reason in certainty.because.values())
        level = certainty.start.moved(steps)
        if level is not certainty.level:
            yield (
                filed.place("certainty", "level"),
                (
                    f"{certainty.start.value} and the steps given ({steps:+d}) make "
                    f"{level.value}, not {certainty.level.value}"
                ),
                "correct the level, or the steps under because",
            )
        for domain, reason in certainty.because.items():
            if reason.steps * (1 if domain in _RAISING else -1) < 0:
                yield (
                    filed.place("certainty", "because", domain.value, "steps"),
                    f"{domain.value} never {'lowers' if domain in _RAISING else 'raises'} a rating",
                    "correct the sign",
                )


@rule("CB204", "unappraised-source")
def unappraised_source(ledger: Ledger) -> Iterator[Fault]:
    """A bibliography entry has no appraisal.

    The appraisal says what kind of source it is, what has become of it and who paid for it.

    **To mend it** add a row under the entry's key to `references/appraisals.yml`.
    """
    if "appraisals.yml" in ledger.base.unread:
        return
    for key, entry in ledger.base.entries.items():
        if key not in ledger.base.appraisals and key not in ledger.base.broken:
            yield (
                entry.place,
                f'the source "{key}" has no appraisal',
                "add it to references/appraisals.yml: kind, status, seen",
            )


@rule("CB205", "no-address")
def no_address(ledger: Ledger) -> Iterator[Fault]:
    """A source has neither a DOI, nor a PubMed number, nor a public address.

    A reader must be able to go and look.

    **To mend it** add `doi`, `pmid` or `url` to the entry.
    """
    for key, source in ledger.sources.items():
        if source.url is None:
            yield (
                ledger.base.entries[key].place,
                f'the source "{key}" has no DOI and no address',
                "add doi, pmid or url to its entry",
            )


@rule("CB206", "same-doi")
def same_doi(ledger: Ledger) -> Iterator[Fault]:
    """Two bibliography entries have one DOI.

    They are one source, and counting both would make a claim look better supported than it is.

    **To mend it** keep one entry and cite it everywhere.
    """
    first: dict[str, str] = {}
    for key, source in ledger.sources.items():
        if source.doi and first.setdefault(source.doi, key) != key:
            entry = ledger.base.entries[key]
            other = ledger.base.entries[first[source.doi]]
            yield (
                entry.field_places.get("doi", entry.place),
                f'"{key}" and "{other.key}" ({other.place}) have the same DOI',
                "keep one of the two entries",
            )


@rule("CB207", "stale-review", Severity.WARNING)
def stale_review(ledger: Ledger) -> Iterator[Fault]:
    """A record was last reviewed longer ago than the settings allow.

    The age is taken on the day of the build (`SOURCE_DATE_EPOCH` where it is set). A page is stale
    once the day of its `next-review` has passed.

    **To mend it** check the record against its sources and what has come since, set `reviewed`
    to the day of the check, and add an entry to its history.
    """
    day = today()
    months = ledger.settings.options.review_months
    for filed in ledger.reviewed_records:
        reviewed = filed.record.reviewed
        if is_stale(reviewed, day, months):
            yield (
                filed.place("reviewed"),
                f"last reviewed on {reviewed.isoformat()}, more than {months} months ago",
                "check it again and set reviewed to the day of the check",
            )

    for info in ledger.base.infos.values():
        due = info.record.next_review
        if due and due < day:
            yield (
                info.place("next-review"),
                f"this page was due for review on {due.isoformat()}",
                "check it again and set reviewed and next-review",
            )


@rule("CB208", "date-to-come")
def date_to_come(ledger: Ledger) -> Iterator[Fault]:
    """A review, a change, a look-up or a fact is dated after the day of the build.

    **To mend it** give the day on which it was done, or on which it was so.
    """
    # A day's grace: contributors live east of the clock that builds.
    latest = (today() + dt.timedelta(days=1)).isoformat()
    for date, where in _dates(ledger):
        if str(date) > latest[: len(str(date))]:
            yield where(), f"{date} is still to come", "give the day on which it was so"


def _dates(ledger: Ledger) -> Iterator[tuple[dt.date | str, Where]]:
    """Yield every date of what has been, whole or partial, with its place."""
    for filed in ledger.reviewed_records:
        yield filed.record.reviewed, partial(filed.place, "reviewed")
        for position, entry in enumerate(filed.record.history):
            yield entry.date, partial(filed.place, "history", position, "date")
    for claim in ledger.claims.values():
        if isinstance(claim.record, Fact):
            yield claim.record.as_of, partial(claim.place, "as-of")
        if isinstance(claim.record, Conclusion) and (looked := claim.record.looked_for_dissent):
            yield looked.date, partial(claim.place, "looked-for-dissent", "date")
    for row in ledger.base.appraisals.values():
        for name in ("looked-up", "date"):
            if date := getattr(row.record.status, name.replace("-", "_")):
                yield date, partial(row.place, "status", name)
    for info in ledger.base.infos.values():
        if info.record.reviewed:
            yield info.record.reviewed, partial(info.place, "reviewed")


@rule("CB209", "unused-claim", Severity.WARNING)
def unused_claim(ledger: Ledger) -> Iterator[Fault]:
    """A claim is used nowhere: no page links to it and no claim is measured against it.

    **To mend it** link to it from the page that it belongs to, or delete it.
    """
    related = {name for filed in ledger.claims.values() for name in filed.record.related}
    for claim_id, filed in ledger.claims.items():
        uses = [use for use in ledger.claim_uses(claim_id) if use.page != filed.file]
        if not uses and not ledger.measured_against(claim_id) and claim_id not in related:
            yield (
                filed.place("claim"),
                f'the claim "{claim_id}" is used nowhere',
                f"link to it from a page with [text](claim:{claim_id})",
            )


@rule("CB210", "unused-source", Severity.WARNING)
def unused_source(ledger: Ledger) -> Iterator[Fault]:
    """A source is used nowhere: no claim, study or page refers to it.

    **To mend it** cite it where it belongs, or delete its entry and its appraisal.
    """
    reports = {
        key
        for study in ledger.studies.values()
        for key in (
            *study.record.reports,
            *(outcome.source for outcome in study.record.outcomes.values()),
        )
    }
    for key, entry in ledger.base.entries.items():
        if not (ledger.dependants(key) or ledger.source_uses(key) or key in reports):
            yield (
                entry.place,
                f'the source "{key}" is used nowhere',
                f"cite it with [@{key}], or delete the entry and its appraisal",
            )


def is_stale(reviewed: dt.date, day: dt.date, months: int) -> bool:
    """Whether a review is, on a day, as many months of the calendar old, or older."""
    passed = (day.year - reviewed.year) * 12 + day.month - reviewed.month
    return passed - (day.day < reviewed.day) >= months
