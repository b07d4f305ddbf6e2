"""The checks CB3xx: whether what a claim leans on can bear it."""

import math
from collections.abc import Iterator
from functools import partial

from claimbase.checks.records import evidence_place
from claimbase.checks.rule import Fault, rule
from claimbase.ledger import Ledger, Standing
from claimbase.model.claim import Conclusion, Popular, Relation
from claimbase.model.diagnostic import Severity
from claimbase.model.source import State


@rule("CB301", "retracted-support")
def retracted_support(ledger: Ledger) -> Iterator[Fault]:
    """A claim leans on a source that was retracted or that carries an expression of concern.

    Such a source supports nothing. It may be named as `background`, so that readers see what used
    to lean on it.

    **To mend it** remove the link, or change its relation to `background` and say in a note what
    became of the source.
    """
    for filed in ledger.claims.values():
        for position, link in enumerate(filed.record.evidence):
            source = ledger.sources.get(link.source)
            if source is None or source.state.supports or link.relation is Relation.BACKGROUND:
                continue
            word = "retracted" if source.state is State.RETRACTED else "under concern"
            yield (
                filed.place("evidence", position, "source"),
                f'"{link.source}" is {word} and cannot stand as {link.relation.value}',
                "remove the link, or make it relation: background",
            )


@rule("CB302", "lost-support")
def lost_support(ledger: Ledger) -> Iterator[Fault]:
    """A claim has no support left once retracted and concerned sources are set aside.

    **To mend it** find a source that stands, or withdraw the claim: change its wording to what is
    still known, and say so in its history.
    """
    for claim_id, filed in ledger.claims.items():
        claim = filed.record
        if isinstance(claim, Popular):
            continue
        named = ledger.links(claim, Relation.SUPPORTED_BY)
        known = [link for link in named if link.source in ledger.sources]
        if known and len(known) == len(named) and ledger.standing(claim_id) is Standing.FALLEN:
            what = "conclusion" if isinstance(claim, Conclusion) else "claim"
            yield (
                evidence_place(filed),
                f"this {what} has no support left: every source for it is retracted or in concern",
                "find a source that stands, or change what the claim says",
            )


@rule("CB303", "bare-retraction")
def bare_retraction(ledger: Ledger) -> Iterator[Fault]:
    """A source is marked as changed, but not when or by what notice.

    Retracted, corrected and concerned sources name the date or the notice, so that a reader can
    see it.

    **To mend it** add `date` and `notice` (a DOI or an address) to its status.
    """
    for row in ledger.base.appraisals.values():
        status = row.record.status
        if (
            status.state not in (State.CURRENT, State.SUPERSEDED)
            and not status.date
            and not status.notice
        ):
            yield (
                row.place("status"),
                f'"{row.id}" is {status.state.value}, but neither date nor notice is given',
                "add date: and notice: to its status",
            )


@rule("CB304", "impossible-number")
def impossible_number(ledger: Ledger) -> Iterator[Fault]:
    """A study's numbers contradict themselves.

    An interval whose limits are the wrong way round or that leaves out its estimate, more events
    than people, more people than the arm has, a percentage that is not the events among the people,
    a ratio that is not positive.

    **To mend it** look at the source again.
    """
    for study in ledger.studies.values():
        for name, outcome in study.record.outcomes.items():
            for arm, result in outcome.arms.items():
                where = ("outcomes", name, "arms", arm)
                value = result.mean_change if result.mean is None else result.mean
                if result.ci and not _inside(value, result.ci):
                    yield (
                        study.place(*where, "ci"),
                        f"the interval {result.ci} does not hold the estimate {value}",
                        "the lower limit comes first; check both against the source",
                    )
                allocated = study.record.arms[arm].n if arm in study.record.arms else None
                if allocated is not None and result.n is not None and result.n > allocated:
                    yield (
                        study.place(*where, "n"),
                        f"{result.n} people in a result of an arm of {allocated}",
                        "check both against the source",
                    )
                if result.n is not None and result.events is not None:
                    if result.events > result.n:
                        yield (
                            study.place(*where, "events"),
                            f"{result.events} events among {result.n} people",
                            "check both against the source",
                        )
                    elif (
                        result.n
                        and result.percent is not None
                        and abs(100 * result.events / result.n - result.percent) > 1
                    ):
                        yield (
                            study.place(*where, "percent"),
                            f"{result.events} of {result.n} is not {result.percent} %",
                            "check the three against the source",
                        )
            for position, effect in enumerate(outcome.effects):
                estimate = partial(study.place, "outcomes", name, "effects", position)
                if effect.ci and not _inside(effect.value, effect.ci):
                    yield (
                        estimate(),
                        f"the interval {effect.ci} does not hold the estimate {effect.value}",
                        "the lower limit comes first; check both against the source",
                    )
                if effect.measure.is_ratio and effect.value <= 0:
                    yield estimate(), "a ratio is greater than 0", "check it against the source"


def _inside(value: float | None, interval: list[float]) -> bool:
    low, high = interval
    if not (math.isfinite(low) and math.isfinite(high)) or low > high:
        return False
    return value is None or low <= value <= high


@rule("CB305", "secondary-without-caveat", Severity.WARNING)
def secondary_without_caveat(ledger: Ledger) -> Iterator[Fault]:
    """A claim leans only on sources read at second hand, and does not say so.

    **To mend it** add the caveat `secondary-source`, or read the source itself and set `seen` in
    its appraisal.
    """
    name = "secondary-source"
    if name not in ledger.caveats:
        return
    for filed in ledger.claims.values():
        keys = ledger.supporting_sources(filed.record)
        if (
            keys
            and name not in filed.record.caveats
            and all(
                ledger.sources[key].appraisal.seen.value in ("secondary", "record") for key in keys
            )
        ):
            yield (
                filed.tree.key_place(("caveats",)) or filed.place("type"),
                "every source for this claim was read at second hand",
                "add secondary-source to its caveats",
            )


@rule("CB306", "circular-measure")
def circular_measure(ledger: Ledger) -> Iterator[Fault]:
    """A popular claim is measured against itself, or against another popular claim.

    **To mend it** measure it against conclusions, findings and facts.
    """
    for filed in ledger.claims.values():
        if isinstance(filed.record, Popular):
            for position, name in enumerate(filed.record.measured_against):
                other = ledger.claims.get(name)
                if other and isinstance(other.record, Popular):
                    yield (
                        filed.place("measured-against", position),
                        f'"{name}" is itself a popular claim',
                        "measure against conclusions, findings and facts",
                    )
