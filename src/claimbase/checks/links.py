"""The checks CB1xx: names that must lead to something."""

from collections.abc import Container, Iterable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from claimbase.base import Filed
from claimbase.checks.rule import Fault, Where, rule
from claimbase.ledger import Ledger
from claimbase.model.claim import ClaimBase, Conclusion, Popular
from claimbase.model.diagnostic import Place
from claimbase.reading.pages import Citation, ClaimUse
from claimbase.reading.validate import did_you_mean

if TYPE_CHECKING:
    from claimbase.model.source import Appraisal
    from claimbase.model.study import Study


def _unknown(
    ledger: Ledger,
    what: str,
    known: Iterable[str],
    used: Iterable[tuple[str, Where]],
    otherwise: str,
    *,
    table: str = "",
) -> Iterator[Fault]:
    if table in ledger.base.unread:
        return
    names = sorted(known)
    # A record that is there but could not be read has its own diagnostic.
    there: Container[str] = set(names) | ledger.base.broken
    for name, where in used:
        if name not in there:
            yield where(), f'there is no {what} "{name}"', did_you_mean(name, names, otherwise)


@rule("CB101", "unknown-claim")
def unknown_claim(ledger: Ledger) -> Iterator[Fault]:
    """A link, a block or a record names a claim that does not exist.

    **To mend it** correct the id, or write the claim in `docs/claims/`.
    """

    def used() -> Iterator[tuple[str, Where]]:
        for page in ledger.base.pages.values():
            yield from ((use.id, _of(use)) for use in page.claim_uses)
            yield from ((claim_id, _at(place)) for claim_id, place in page.claims_shown)
        for filed in ledger.claims.values():
            yield from _listed(filed.record.related, filed, "related")
            if isinstance(filed.record, Popular):
                yield from _listed(filed.record.measured_against, filed, "measured-against")

    return _unknown(ledger, "claim", ledger.claims, used(), "write it in docs/claims/")


def _listed(
    names: Iterable[str], filed: Filed[Any], field: str, *below: str
) -> Iterator[tuple[str, Where]]:
    for position, name in enumerate(names):
        yield name, partial(filed.place, field, position, *below)


def _of(used: ClaimUse | Citation) -> Where:
    return lambda: used.place


def _at(place: Place) -> Where:
    return lambda: place


def _key_of(row: "Filed[Appraisal]") -> Where:
    return lambda: row.tree.key_place(row.path) or row.place()


@rule("CB102", "unknown-source")
def unknown_source(ledger: Ledger) -> Iterator[Fault]:
    """A citation or a record names a key that no bibliography holds.

    On the page the key stays visible, so that nothing vanishes from the sentence.

    **To mend it** correct the key, or add the entry to a `.bib` file in `references/`.
    """

    def used() -> Iterator[tuple[str, Where]]:
        for page in ledger.base.pages.values():
            yield from ((citation.cite.key, _of(citation)) for citation in page.citations)
        for filed in ledger.claims.values():
            linked = (link.source for link in filed.record.evidence)
            yield from _listed(linked, filed, "evidence", "source")
        for study in ledger.studies.values():
            yield from _listed(study.record.reports, study, "reports")
            for name, outcome in study.record.outcomes.items():
                yield outcome.source, partial(study.place, "outcomes", name, "source")
        for key, row in ledger.base.appraisals.items():
            yield key, _key_of(row)
        for rows in ledger.base.tables.values():
            for listed in rows.values():
                yield from _listed(listed.record.sources, listed, "sources")

    return _unknown(
        ledger,
        "source with the key",
        ledger.sources,
        used(),
        "add its entry to references/",
        table=".bib",
    )


@rule("CB103", "unknown-study")
def unknown_study(ledger: Ledger) -> Iterator[Fault]:
    """A record names a study, or an outcome of a study, that does not exist.

    **To mend it** correct the name, or add the study or the outcome in `docs/studies/`.
    """

    def used() -> Iterator[tuple[str, Where]]:
        for result, where in _results(ledger):
            yield result.partition("/")[0], where
        for study in ledger.studies.values():
            if study.record.follows:
                yield study.record.follows, partial(study.place, "follows")
        for row in ledger.base.appraisals.values():
            yield from _listed(row.record.pools, row, "pools")

    yield from _unknown(ledger, "study", ledger.studies, used(), "write it in docs/studies/")
    for result, where in _results(ledger):
        study_id, _, outcome = result.partition("/")
        study = ledger.studies.get(study_id)
        if study and outcome not in study.record.outcomes:
            known = list(study.record.outcomes)
            yield (
                where(),
                f'the study "{study_id}" has no outcome "{outcome}"',
                did_you_mean(outcome, known, f"its outcomes: {', '.join(known) or 'none'}"),
            )


def _results(ledger: Ledger) -> Iterator[tuple[str, Where]]:
    """Yield every result that a claim is bound to or a picture draws, with its place."""
    for filed in ledger.claims.values():
        for position, link in enumerate(filed.record.evidence):
            if link.result:
                yield link.result, partial(filed.place, "evidence", position, "result")
    for page in ledger.base.pages.values():
        for block in page.blocks:
            for name, value, place in block.options:
                if name in ("result", "results"):
                    yield from ((result, _at(place)) for result in value.split())


@rule("CB104", "unknown-arm")
def unknown_arm(ledger: Ledger) -> Iterator[Fault]:
    """An outcome gives numbers for an arm that the study does not have.

    **To mend it** use one of the study's arms, or add the arm under `arms`.
    """
    for study in ledger.studies.values():
        known = list(study.record.arms)
        for name, outcome in study.record.outcomes.items():
            for arm in outcome.arms:
                if arm not in known:
                    yield (
                        study.tree.key_place(("outcomes", name, "arms", arm))
                        or study.place("outcomes", name),
                        f'there is no arm "{arm}"',
                        did_you_mean(arm, known, f"its arms: {', '.join(known) or 'none'}"),
                    )


@rule("CB105", "unknown-caveat")
def unknown_caveat(ledger: Ledger) -> Iterator[Fault]:
    """A claim or a study carries a caveat that does not exist.

    **To mend it** correct the id, or write the caveat in `docs/caveats/`.
    """

    def used() -> Iterator[tuple[str, Where]]:
        records: list[Filed[ClaimBase | Study]] = [
            *ledger.claims.values(),
            *ledger.studies.values(),
        ]
        for filed in records:
            yield from _listed(filed.record.caveats, filed, "caveats")

    return _unknown(ledger, "caveat", ledger.caveats, used(), "write it in docs/caveats/")


@rule("CB106", "unknown-topic")
def unknown_topic(ledger: Ledger) -> Iterator[Fault]:
    """A record or a page is filed under a topic that does not exist.

    **To mend it** correct the id, or add the topic to `references/topics.yml`.
    """

    def used() -> Iterator[tuple[str, Where]]:
        records: list[Filed[ClaimBase | Study]] = [
            *ledger.claims.values(),
            *ledger.studies.values(),
        ]
        for filed in records:
            yield from _listed(filed.record.topics, filed, "topics")
        for info in ledger.base.infos.values():
            yield from _listed(info.record.topics, info, "topics")

    otherwise = "add it to references/topics.yml"
    return _unknown(ledger, "topic", ledger.topics, used(), otherwise, table="topics.yml")


@rule("CB107", "unknown-sponsor")
def unknown_sponsor(ledger: Ledger) -> Iterator[Fault]:
    """A study or a sponsor names a sponsor that does not exist.

    Independence is counted by sponsors, so each has one id.

    **To mend it** correct the id, or add the sponsor to `references/sponsors.yml`.
    """

    def used() -> Iterator[tuple[str, Where]]:
        for study in ledger.studies.values():
            yield from _listed(study.record.sponsors, study, "sponsors")
        for sponsor in ledger.sponsors.values():
            if sponsor.record.succeeds:
                yield sponsor.record.succeeds, partial(sponsor.place, "succeeds")

    otherwise = "add it to references/sponsors.yml"
    return _unknown(ledger, "sponsor", ledger.sponsors, used(), otherwise, table="sponsors.yml")


@rule("CB111", "unknown-jurisdiction")
def unknown_jurisdiction(ledger: Ledger) -> Iterator[Fault]:
    """A claim names a jurisdiction that does not exist.

    **To mend it** correct the id, or add the place to `references/jurisdictions.yml`.
    """
    used = (
        (filed.record.jurisdiction, partial(filed.place, "jurisdiction"))
        for filed in ledger.claims.values()
        if filed.record.jurisdiction
    )
    known = ledger.base.tables["jurisdictions"]
    return _unknown(ledger, "jurisdiction", known, used, "add it to references/jurisdictions.yml")


@rule("CB110", "unknown-outcome-kind")
def unknown_outcome_kind(ledger: Ledger) -> Iterator[Fault]:
    """A conclusion names a kind of outcome that does not exist.

    Kinds of outcomes are the columns of the evidence map.

    **To mend it** correct the id, or add the kind to `references/outcome-kinds.yml`.
    """
    used = (
        (filed.record.outcome_kind, partial(filed.place, "outcome-kind"))
        for filed in ledger.claims.values()
        if isinstance(filed.record, Conclusion) and filed.record.outcome_kind
    )
    return _unknown(
        ledger,
        "kind of outcome",
        ledger.base.outcome_kinds,
        used,
        "add it to references/outcome-kinds.yml",
        table="outcome-kinds.yml",
    )


@rule("CB108", "unknown-topic-page")
def unknown_topic_page(ledger: Ledger) -> Iterator[Fault]:
    """A topic names a page that does not exist.

    **To mend it** give the page's path below `docs/`, such as `evidence/sleep.md`.
    """
    known = [ledger.settings.below_docs(name) for name in ledger.base.pages]
    used = [
        (topic.record.page, partial(topic.place, "page"))
        for topic in ledger.topics.values()
        # A page that could not be read is there all the same.
        if topic.record.page and PurePosixPath(topic.record.page).stem not in ledger.base.broken
    ]
    return _unknown(ledger, "page", known, used, "give its path below docs/")


_FORWARD = "take out the link that points forward in time"


@rule("CB109", "circular-succession")
def circular_succession(ledger: Ledger) -> Iterator[Fault]:
    """A study follows itself, or a sponsor continues itself, directly or by way of others.

    Independence counts a study with those that follow it, and a sponsor with those that continue
    it, as one. A circle has no first.

    **To mend it** take out the `follows` or `succeeds` that points forward in time.
    """
    follows = {name: study.record.follows for name, study in ledger.studies.items()}
    for name, study in ledger.studies.items():
        if _returns(name, follows):
            yield study.place("follows"), f'the study "{name}" follows itself', _FORWARD
    succeeds = {name: sponsor.record.succeeds for name, sponsor in ledger.sponsors.items()}
    for name, sponsor in ledger.sponsors.items():
        if _returns(name, succeeds):
            yield sponsor.place("succeeds"), f'the sponsor "{name}" continues itself', _FORWARD


def _returns(start: str, before: dict[str, str | None]) -> bool:
    """Whether going back from one name leads to it again."""
    seen: set[str] = set()
    current = before[start]
    while current in before and current not in seen and current != start:
        seen.add(current)
        current = before[current]
    return current == start
