"""Studies: one investigation each, however many papers report it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, TypeAlias, TypeVar

from pydantic import Field

from claimbase.model.claim import HistoryEntry
from claimbase.model.record import Day, Id, PartialDate, Record, Sentence

_T = TypeVar("_T")


class Design(StrEnum):
    """How a study was done."""

    RANDOMISED_TRIAL = "randomised-trial"
    CROSSOVER_TRIAL = "crossover-trial"
    OPEN_LABEL_TRIAL = "open-label-trial"
    NON_RANDOMISED_TRIAL = "non-randomised-trial"
    FOLLOW_UP = "follow-up"
    COHORT = "cohort"
    CASE_CONTROL = "case-control"
    CROSS_SECTIONAL = "cross-sectional"
    CASE_SERIES = "case-series"
    REGISTER = "register"
    QUALITATIVE = "qualitative"
    ANIMAL = "animal"
    MODEL = "model"


class Masking(StrEnum):
    """Who was meant not to know the arm."""

    NONE = "none"
    ASSESSOR = "assessor"
    PARTICIPANT = "participant"
    DOUBLE = "double"
    NOT_REPORTED = "not-reported"


class StudyStatus(StrEnum):
    """Where a study stands."""

    PLANNED = "planned"
    RECRUITING = "recruiting"
    ACTIVE = "active"
    COMPLETED = "completed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Analysed(StrEnum):
    """Whom a result counts."""

    RANDOMISED = "everyone-randomised"
    TREATED = "everyone-treated"
    RATED = "rated-at-this-visit"
    COMPLETERS = "completers"
    NOT_REPORTED = "not-reported"


class Direction(StrEnum):
    """Which way of the scale is good for the person."""

    LOWER_IS_BETTER = "lower-is-better"
    HIGHER_IS_BETTER = "higher-is-better"
    NEITHER = "neither"


class Measure(StrEnum):
    """What an effect estimate is."""

    MEAN_DIFFERENCE = "mean-difference"
    STANDARDISED_MEAN_DIFFERENCE = "standardised-mean-difference"
    COHENS_D = "cohens-d"
    HEDGES_G = "hedges-g"
    RISK_RATIO = "risk-ratio"
    ODDS_RATIO = "odds-ratio"
    HAZARD_RATIO = "hazard-ratio"
    RISK_DIFFERENCE = "risk-difference"
    CORRELATION = "correlation"

    @property
    def is_ratio(self) -> bool:
        """Whether it says how many times as large: always above 0, and 1 for no difference."""
        return self in (Measure.RISK_RATIO, Measure.ODDS_RATIO, Measure.HAZARD_RATIO)


class Judgement(StrEnum):
    """A risk-of-bias judgement of RoB 2."""

    LOW = "low"
    SOME_CONCERNS = "some-concerns"
    HIGH = "high"


Interval: TypeAlias = Annotated[list[float], Field(min_length=2, max_length=2)]
"""A 95 % confidence interval, lower limit first."""


class Arm(Record):
    """A group of people and what they were given. ``n`` counts people allocated to it."""

    name: Sentence
    n: Annotated[int, Field(ge=0)] | None = None
    control: bool = False


class ArmResult(Record):
    """One arm's numbers on one outcome, in the units of the outcome's measure."""

    n: Annotated[int, Field(ge=0)] | None = None
    events: Annotated[int, Field(ge=0)] | None = None
    percent: Annotated[float, Field(ge=0, le=100)] | None = None
    mean: float | None = None
    mean_change: float | None = None
    median: float | None = None
    sd: Annotated[float, Field(ge=0)] | None = None
    ci: Interval | None = None


class Effect(Record):
    """A contrast between arms. ``by`` says who computed it when the report does not give it."""

    measure: Measure
    value: float
    ci: Interval | None = None
    p: Sentence | None = None
    by: Sentence | None = None


class RiskOfBias(Record):
    """RoB 2 judgements on one result; ``by`` says whose they are."""

    randomisation: Judgement | None = None
    deviations: Judgement | None = None
    missing_data: Judgement | None = None
    measurement: Judgement | None = None
    selection: Judgement | None = None
    overall: Judgement
    why: Sentence
    by: Sentence


class Outcome(Record):
    """One outcome at one time point, with the numbers of each arm."""

    name: Sentence
    measure: Sentence | None = None
    direction: Direction
    at: Sentence
    analysed: Analysed
    primary: bool = False
    arms: Annotated[dict[Id, ArmResult], Field(min_length=1)]
    effects: list[Effect] = []
    source: Sentence
    locator: Sentence
    risk_of_bias: RiskOfBias | None = None
    note: Sentence | None = None


class Study(Record):
    """One investigation: design, people, arms, sponsor, outcomes and the papers that report it."""

    name: Sentence
    title: Sentence
    design: Design
    masking: Masking
    status: StudyStatus
    status_as_of: PartialDate | None = None
    registration: list[Sentence] = []
    topics: Annotated[list[Id], Field(min_length=1)]
    population: Sentence
    n: Annotated[int, Field(ge=0)] | None = None
    setting: Sentence | None = None
    period: Sentence | None = None
    arms: dict[Id, Arm] = {}
    sponsors: Annotated[list[Id], Field(min_length=1)]
    funding: Sentence | None = None
    reports: list[Sentence] = []
    follows: Id | None = None
    outcomes: dict[Id, Outcome] = {}
    caveats: list[Id] = []
    reviewed: Day
    history: Annotated[list[HistoryEntry], Field(min_length=1)]

    @property
    def headline(self) -> str:
        """What it is known by where it stands alone."""
        return self.name

    def by_arm(self, values: Mapping[str, _T]) -> list[tuple[str, _T]]:
        """Return what each arm has under the arm's name, control groups first.

        That is the usual order of summary-of-findings tables: what to expect without the
        treatment, and then what the treatment adds.
        """
        arms = {id_: self.arms.get(id_) or Arm(name=id_) for id_ in values}
        order = sorted(values, key=lambda id_: not arms[id_].control)
        return [(arms[id_].name, values[id_]) for id_ in order]
