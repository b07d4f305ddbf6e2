"""Claims: sentences that could be wrong, of four types."""

import re
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from claimbase.model.record import Day, Id, PartialDate, Record, ResultRef, Sentence

_QUOTED = re.compile('[“"]([^“”"]*)[”"]')


class Relation(StrEnum):
    """What a source does for a claim. Mapped to CiTO at export."""

    SUPPORTED_BY = "supported-by"
    DISPUTED_BY = "disputed-by"
    QUALIFIED_BY = "qualified-by"
    BACKGROUND = "background"


class Level(StrEnum):
    """GRADE certainty of a body of evidence, from the surest down."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very-low"

    def moved(self, steps: int) -> "Level":
        """Return the level so many steps up, or down if there are fewer than none; or the last."""
        levels = list(Level)
        return levels[min(max(levels.index(self) - steps, 0), len(levels) - 1)]


class Verdict(StrEnum):
    """How a claim in circulation stands when it is held against the evidence."""

    SUPPORTED = "supported"
    PARTLY_SUPPORTED = "partly-supported"
    OVERSTATED = "overstated"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


class Domain(StrEnum):
    """GRADE domains: the first five lower a rating, the last three raise it."""

    RISK_OF_BIAS = "risk-of-bias"
    INCONSISTENCY = "inconsistency"
    INDIRECTNESS = "indirectness"
    IMPRECISION = "imprecision"
    PUBLICATION_BIAS = "publication-bias"
    LARGE_EFFECT = "large-effect"
    DOSE_RESPONSE = "dose-response"
    PLAUSIBLE_CONFOUNDING = "plausible-confounding"


class Change(StrEnum):
    """What an entry of a record's history changed."""

    PUBLISHED = "published"
    WORDING = "wording"
    CERTAINTY = "certainty"
    VERDICT = "verdict"
    EVIDENCE = "evidence"
    CAVEATS = "caveats"
    REVIEWED = "reviewed"


class EvidenceLink(Record):
    """What one source says to a claim, and where in the source it says so."""

    source: Sentence
    relation: Relation
    locator: Sentence | None = None
    result: ResultRef | None = None
    note: Sentence | None = None


class HistoryEntry(Record):
    """One change to a record: the day, what changed and why."""

    date: Day
    kind: Change = Change.PUBLISHED
    change: Sentence


class Pico(Record):
    """The question behind a conclusion: population, intervention, comparator, outcome."""

    population: Sentence
    intervention: Sentence
    comparator: Sentence
    outcome: Sentence


class Reason(Record):
    """How far one GRADE domain moved the rating (-2 to 2 levels; 0: looked at, not moved)."""

    steps: Annotated[int, Field(ge=-2, le=2)]
    why: Sentence


class Certainty(Record):
    """GRADE certainty: where the rating started, what moved it, where it ended."""

    level: Level
    start: Literal[Level.HIGH, Level.LOW]
    because: Annotated[dict[Domain, Reason], Field(min_length=1)]


class LookedForDissent(Record):
    """A dated search for sources that dispute or qualify the claim, which found none."""

    date: Day
    where: Sentence


class Number(Record):
    """A figure of a finding that no study table holds."""

    value: int | float
    of: Sentence
    n: int | None = None
    arm: Sentence | None = None
    at: Sentence | None = None


class ClaimBase(Record):
    """What every type of claim has."""

    claim: Sentence
    topics: Annotated[list[Id], Field(min_length=1)]
    evidence: list[EvidenceLink] = []
    caveats: list[Id] = []
    related: list[Id] = []
    reviewed: Day
    history: Annotated[list[HistoryEntry], Field(min_length=1)]
    jurisdiction: Id | None = None

    @property
    def headline(self) -> str:
        """The sentence where it stands alone: as a title, in search, in a citation."""
        return self.claim


class Conclusion(ClaimBase):
    """What a body of evidence says on one question."""

    type: Literal["conclusion"]
    pico: Pico
    outcome_kind: Id | None = None
    certainty: Certainty
    looked_for_dissent: LookedForDissent | None = None


class Finding(ClaimBase):
    """What one study reports."""

    type: Literal["finding"]
    numbers: list[Number] = []


class Fact(ClaimBase):
    """A dated state of the world: law, history, pharmacology, what a document says."""

    type: Literal["fact"]
    as_of: PartialDate


class Popular(ClaimBase):
    """A claim in circulation, held against the conclusions and findings of this base."""

    type: Literal["popular"]
    verdict: Verdict
    fair_wording: Sentence
    measured_against: Annotated[list[Id], Field(min_length=1)]
    heard_as: list[Sentence] = []
    left_out: list[Sentence] = []

    @property
    def headline(self) -> str:
        """The sentence in quotation marks: alone, it would pass for what the base says."""
        whole = _QUOTED.fullmatch(self.claim)
        inside = whole[1] if whole else _QUOTED.sub(r"‘\1’", self.claim)
        return f"“{inside}”"


Claim: TypeAlias = Conclusion | Finding | Fact | Popular

CLAIM_TYPES: dict[str, type[ClaimBase]] = {
    "conclusion": Conclusion,
    "finding": Finding,
    "fact": Fact,
    "popular": Popular,
}
