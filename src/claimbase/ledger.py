"""The ledger: every record linked both ways, and what follows from the links."""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache, cached_property
from typing import Any, TypeVar

from claimbase.base import CAVEATS, CLAIMS, STUDIES, Base, Filed
from claimbase.model.caveat import Caveat
from claimbase.model.claim import (
    ClaimBase,
    Conclusion,
    EvidenceLink,
    Finding,
    Popular,
    Relation,
)
from claimbase.model.source import Appraisal, Seen, Source, SourceKind, SourceStatus, State
from claimbase.model.study import Outcome, Study
from claimbase.model.tables import Sponsor, Topic
from claimbase.settings import Settings

T = TypeVar("T")


class Standing(IntEnum):
    """What is left of a claim's support. Removing support never raises it."""

    FALLEN = 0
    WEAKENED = 1
    STANDS = 2


@dataclass(frozen=True, slots=True)
class Independence:
    """How many separate pieces of evidence support a claim.

    Papers on one study, and follow-ups of its participants, are one study; a body and those
    that continue it are one sponsor. Sources that report no study in this base (reviews,
    documents) count as sources alone.
    """

    sources: tuple[str, ...]
    studies: tuple[str, ...]
    sponsors: tuple[str, ...]

    def __str__(self) -> str:
        if not self.studies:
            return f"{len(self.sources)} {'source' if len(self.sources) == 1 else 'sources'}"
        return ", ".join(
            f"{len(items)} {one if len(items) == 1 else many}"
            for items, one, many in (
                (self.sources, "source", "sources"),
                (self.studies, "study", "studies"),
                (self.sponsors, "sponsor", "sponsors"),
            )
        )


@dataclass(frozen=True, slots=True)
class Dependant:
    """A claim that refers to a source, and how."""

    claim: Filed[ClaimBase]
    link: EvidenceLink


@dataclass(frozen=True, slots=True)
class Use:
    """A page that refers to a record."""

    page: str
    title: str


def _lists() -> defaultdict[str, list[str]]:
    return defaultdict(list)


@dataclass
class Backlinks:
    """What refers to what, by the id or key referred to.

    Attributes:
        dependants: Source to the claims whose evidence names it.
        reporting: Source to the studies it reports or pools.
        claim_uses: Claim to the pages that link to it.
        source_uses: Source to the pages that cite it.
        measured: Claim to the popular claims measured against it.
        bound: Study to the claims bound to it.
        with_caveat: Caveat to the claims that carry it.
        by_result: Result to the claims bound to it.
        related: Claim to the claims that name it as related.
    """

    dependants: defaultdict[str, list[Dependant]] = field(default_factory=lambda: defaultdict(list))
    reporting: defaultdict[str, list[str]] = field(default_factory=_lists)
    claim_uses: defaultdict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    source_uses: defaultdict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    measured: defaultdict[str, list[str]] = field(default_factory=_lists)
    bound: defaultdict[str, list[str]] = field(default_factory=_lists)
    with_caveat: defaultdict[str, list[Filed[ClaimBase]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    by_result: defaultdict[str, list[str]] = field(default_factory=_lists)
    related: defaultdict[str, list[str]] = field(default_factory=_lists)


@dataclass
class Ledger:
    """All records of a base, by id, with their links followed in both directions."""

    settings: Settings
    base: Base
    claims: dict[str, Filed[ClaimBase]]
    studies: dict[str, Filed[Study]]
    caveats: dict[str, Filed[Caveat]]
    topics: dict[str, Filed[Topic]]
    sponsors: dict[str, Filed[Sponsor]]
    sources: dict[str, Source]
    back: Backlinks = field(default_factory=Backlinks)
    before: "Ledger | None" = None
    """The same base as it was, when a change to it is being checked."""

    @property
    def docs_name(self) -> str:
        """The folder of the pages, relative to the root."""
        return self.settings.docs_name

    # Looking up

    @property
    def shelves(self) -> dict[str, Mapping[str, Filed[Any]]]:
        """The records that are pages, by their folder and id."""
        return {CLAIMS: self.claims, STUDIES: self.studies, CAVEATS: self.caveats}

    def page_title(self, path: str) -> str:
        """Return the title of a page by its path below docs, or the path if there is none.

        A record's page is known by what the record says or is called.
        """
        file = f"{self.docs_name}/{path}"
        page = self.base.pages.get(file)
        return self._names.get(file, page.title) if page else path

    @cached_property
    def _names(self) -> dict[str, str]:
        return {filed.file: filed.record.headline for filed in self.reviewed_records}

    def outcome(self, result: str) -> Outcome | None:
        """Return the outcome that ``study/outcome`` names, or None if there is none."""
        study_id, _, outcome_id = result.partition("/")
        study = self.studies.get(study_id)
        return study.record.outcomes.get(outcome_id) if study else None

    @cached_property
    def _by_slug(self) -> dict[str, Source]:
        return {slug(key): source for key, source in self.sources.items()}

    def source_at(self, name: str) -> Source | None:
        """Return the source whose key stands in addresses as ``name``, or None."""
        return self._by_slug.get(name)

    def results(self, claim: ClaimBase) -> list[tuple[str, Outcome]]:
        """Return the study results that a claim's evidence is bound to, by name."""
        found = []
        for link in claim.evidence:
            outcome = self.outcome(link.result) if link.result else None
            if link.result and outcome:
                found.append((link.result, outcome))
        return found

    def links(self, claim: ClaimBase, *relations: Relation) -> list[EvidenceLink]:
        """Return a claim's evidence links with one of the relations."""
        return [link for link in claim.evidence if link.relation in relations]

    @property
    def reviewed_records(self) -> list[Filed[ClaimBase | Study | Caveat]]:
        """All records that carry a review date and a history."""
        return [*self.claims.values(), *self.studies.values(), *self.caveats.values()]

    # Looking back

    def dependants(self, key: str) -> list[Dependant]:
        """Return the claims that refer to a source, in order of their ids."""
        return self.back.dependants.get(key, [])

    def studies_reported_by(self, key: str) -> list[str]:
        """Return the studies that a source reports or pools."""
        return self.back.reporting.get(key, [])

    def claim_uses(self, claim_id: str) -> list[Use]:
        """Return the pages that link to a claim, each once."""
        return self.back.claim_uses.get(claim_id, [])

    def source_uses(self, key: str) -> list[Use]:
        """Return the pages that cite a source, each once."""
        return self.back.source_uses.get(key, [])

    def measured_against(self, claim_id: str) -> list[str]:
        """Return the popular claims that are measured against a claim."""
        return self.back.measured.get(claim_id, [])

    def claims_of_study(self, study_id: str) -> list[str]:
        """Return the claims bound to a study's results or supported by its reports."""
        return self.back.bound.get(study_id, [])

    def claims_with_caveat(self, caveat_id: str) -> list[Filed[ClaimBase]]:
        """Return the claims that carry a caveat."""
        return self.back.with_caveat.get(caveat_id, [])

    # What follows

    def supporting_sources(
        self, claim: ClaimBase, without: frozenset[str] = frozenset()
    ) -> list[str]:
        """Return the sources that hold a claim up, those set aside or retracted left out."""
        seen: dict[str, None] = {}
        for link in self.links(claim, Relation.SUPPORTED_BY):
            source = self.sources.get(link.source)
            if source and source.state.supports and link.source not in without:
                seen[link.source] = None
        return list(seen)

    def independence(self, claim: ClaimBase) -> Independence:
        """Return what separate evidence supports a claim."""
        sources = self.supporting_sources(claim)
        studies: dict[str, None] = {}
        sponsors: dict[str, None] = {}
        for study_id in self._studies_behind(claim, sources):
            studies[self.first_study(study_id)] = None
            for sponsor in self.studies[study_id].record.sponsors:
                sponsors[self.first_sponsor(sponsor)] = None
        return Independence(tuple(sources), tuple(studies), tuple(sponsors))

    def studies_behind(self, link: EvidenceLink) -> list[str]:
        """Return the studies that an evidence link leans on.

        A link to one result leans on that study alone, whatever else its source reports or pools.
        """
        bound = (link.result or "").partition("/")[0]
        return [bound] if bound in self.studies else self.studies_reported_by(link.source)

    def _studies_behind(self, claim: ClaimBase, sources: Container[str]) -> Iterator[str]:
        """Yield the studies whose results support a claim."""
        for link in self.links(claim, Relation.SUPPORTED_BY):
            if link.source in sources:
                yield from self.studies_behind(link)

    def first_study(self, study_id: str) -> str:
        """Return the study whose participants this one follows, or itself."""
        return _first(study_id, lambda i: self.studies[i].record.follows, self.studies)

    def first_sponsor(self, sponsor_id: str) -> str:
        """Return the earliest body that a sponsor continues, or itself."""
        return _first(sponsor_id, lambda i: self.sponsors[i].record.succeeds, self.sponsors)

    def standing(self, claim_id: str, without: frozenset[str] = frozenset()) -> Standing:
        """Return what is left of a claim when some sources are set aside.

        A popular claim stands as well as the claims that it is measured against, of which another
        popular claim is none; any other stands by its own supporting sources. Retracted and
        concerned sources never support.
        """
        filed = self.claims.get(claim_id)
        if filed is None or not isinstance(filed.record, Popular):
            return self._own_standing(claim_id, without)
        parts = [self._own_standing(other, without) for other in filed.record.measured_against]
        if not any(parts):
            return Standing.FALLEN
        return Standing.STANDS if min(parts) is Standing.STANDS else Standing.WEAKENED

    def _own_standing(self, claim_id: str, without: frozenset[str]) -> Standing:
        filed = self.claims.get(claim_id)
        if filed is None or isinstance(filed.record, Popular):
            return Standing.FALLEN
        claim = filed.record
        named = {link.source for link in self.links(claim, Relation.SUPPORTED_BY)}
        left = set(self.supporting_sources(claim, without))
        if not left:
            return Standing.FALLEN
        return Standing.STANDS if left == named else Standing.WEAKENED

    def falls_with(self, key: str) -> tuple[list[str], list[str]]:
        """Return the claims that fall, and those only weakened, if a source falls."""
        fallen: list[str] = []
        weakened: list[str] = []
        without = frozenset({key})
        for claim_id in self.touched_by(key):
            before, after = self.standing(claim_id), self.standing(claim_id, without)
            if after < before:
                (weakened if after else fallen).append(claim_id)
        return fallen, weakened

    def touched_by(self, key: str) -> list[str]:
        """Return the claims that name a source, and those measured against them, in order."""
        direct = {dependant.claim.id for dependant in self.dependants(key)}
        measured = {popular for claim_id in direct for popular in self.measured_against(claim_id)}
        return sorted(direct | measured)

    def conclusions_on(self, topic: str, outcome_kind: str) -> list[Filed[ClaimBase]]:
        """Return the conclusions on a topic and a kind of outcome: a cell of the evidence map."""
        return [
            filed
            for filed in self.claims.values()
            if isinstance(filed.record, Conclusion)
            and filed.record.outcome_kind == outcome_kind
            and topic in filed.record.topics
        ]

    def studies_by_sponsor(self) -> dict[str, list[str]]:
        """Return each first sponsor's studies, the sponsor with most of them first."""
        found: dict[str, list[str]] = {}
        for study_id, filed in self.studies.items():
            for sponsor in dict.fromkeys(map(self.first_sponsor, filed.record.sponsors)):
                found.setdefault(sponsor, []).append(study_id)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))

    def claims_of_studies(self, study_ids: list[str]) -> list[str]:
        """Return the claims bound to any of the studies."""
        return sorted({claim for name in study_ids for claim in self.claims_of_study(name)})

    def rests_on_retracted(self, claim: ClaimBase) -> list[str]:
        """Return the retracted or concerned sources that a claim's evidence names at all."""
        return [
            link.source
            for link in claim.evidence
            if link.source in self.sources and not self.sources[link.source].state.supports
        ]

    def same_evidence(self, claim_id: str) -> list[str]:
        """Return other claims bound to the same results or named as related, in order."""
        claim = self.claims[claim_id].record
        found = {*claim.related, *self.back.related.get(claim_id, [])}
        for link in claim.evidence:
            found.update(self.back.by_result.get(link.result or "", []))
        return sorted((found & self.claims.keys()) - {claim_id})


def link(base: Base) -> Ledger:
    """Return the ledger of a base. Links that lead nowhere are left to the checks."""
    ledger = Ledger(
        settings=base.settings,
        base=base,
        claims=base.claims,
        studies=base.studies,
        caveats=base.caveats,
        topics=base.topics,
        sponsors=base.sponsors,
        sources=_sources(base),
    )
    _link_studies(ledger)
    _link_claims(ledger)
    _link_pages(ledger)
    _link_tables(ledger)
    return ledger


def _link_tables(ledger: Ledger) -> None:
    pages = {name: use for use, name in _tables_shown(ledger)}
    for name, rows in ledger.base.tables.items():
        if name in pages:
            for key in dict.fromkeys(key for row in rows.values() for key in row.record.sources):
                _append_once(ledger.back.source_uses[key], pages[name])


def _tables_shown(ledger: Ledger) -> Iterator[tuple[Use, str]]:
    """Yield the pages on which a block draws a table, with the table's name."""
    for page in ledger.base.pages.values():
        for block in page.blocks:
            if block.name in ledger.base.tables:
                yield Use(page.file, page.title), block.name


def _link_studies(ledger: Ledger) -> None:
    for study in ledger.studies.values():
        for key in _reports(study.record):
            _append_once(ledger.back.reporting[key], study.id)
    for source in ledger.sources.values():
        for study_id in source.appraisal.pools:
            if study_id in ledger.studies:
                _append_once(ledger.back.reporting[source.key], study_id)


def _link_claims(ledger: Ledger) -> None:
    for filed in sorted(ledger.claims.values(), key=lambda f: f.id):
        for evidence in filed.record.evidence:
            ledger.back.dependants[evidence.source].append(Dependant(filed, evidence))
            if evidence.result:
                ledger.back.by_result[evidence.result].append(filed.id)
        for caveat in filed.record.caveats:
            ledger.back.with_caveat[caveat].append(filed)
        for study_id in _studies_of(ledger, filed.record):
            _append_once(ledger.back.bound[study_id], filed.id)
        for other in filed.record.related:
            ledger.back.related[other].append(filed.id)
        if isinstance(filed.record, Popular):
            for other in filed.record.measured_against:
                ledger.back.measured[other].append(filed.id)


def _link_pages(ledger: Ledger) -> None:
    for page in ledger.base.pages.values():
        use = Use(page.file, ledger.page_title(ledger.settings.below_docs(page.file)))
        claims = [*(use.id for use in page.claim_uses), *(id_ for id_, _ in page.claims_shown)]
        for claim_id in dict.fromkeys(claims):
            ledger.back.claim_uses[claim_id].append(use)
        for key in dict.fromkeys(citation.cite.key for citation in page.citations):
            ledger.back.source_uses[key].append(use)


def _append_once(items: list[T], item: T) -> None:
    if item not in items:
        items.append(item)


def _reports(study: Study) -> Iterator[str]:
    yield from study.reports
    for outcome in study.outcomes.values():
        yield outcome.source


def _studies_of(ledger: Ledger, claim: ClaimBase) -> Iterator[str]:
    for evidence in claim.evidence:
        if evidence.result:
            yield evidence.result.partition("/")[0]
        elif isinstance(claim, Finding | Conclusion) and evidence.relation is Relation.SUPPORTED_BY:
            yield from ledger.studies_reported_by(evidence.source)


def _first(start: str, before: Callable[[str], str | None], known: Container[str]) -> str:
    current, seen = start, {start}
    while current in known:
        previous = before(current)
        if previous is None or previous in seen:
            break
        seen.add(previous)
        current = previous
    return current


# A source without an appraisal is reported by a check; until then it is taken as it is.
_NOT_APPRAISED = Appraisal.model_construct(
    kind=SourceKind.ORGANISATION_PAGE,
    status=SourceStatus.model_construct(
        state=State.CURRENT, date=None, notice=None, because=None, looked_up=None
    ),
    seen=Seen.RECORD,
    preprint=False,
    funding=None,
    competing_interests=None,
    pools=[],
    note=None,
)


def _sources(base: Base) -> dict[str, Source]:
    found = {}
    for key, entry in base.entries.items():
        filed = base.appraisals.get(key)
        found[key] = Source(
            key, entry.csl, entry.raw, filed.record if filed else _NOT_APPRAISED, entry.fields
        )
    return found


@cache
def slug(key: str) -> str:
    """Return a key as it stands in addresses: lower case letters, digits, ``_`` and ``-``."""
    return re.sub(r"[^a-z0-9_]+", "-", key.lower()).strip("-") or "source"
