"""Sources: a bibliography entry and its appraisal."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from claimbase.model.record import Day, Id, PartialDate, Record, Sentence


class SourceKind(StrEnum):
    """What a source is."""

    TRIAL_REPORT = "trial-report"
    SECONDARY_ANALYSIS = "secondary-analysis"
    FOLLOW_UP_REPORT = "follow-up-report"
    OBSERVATIONAL_STUDY = "observational-study"
    LABORATORY_STUDY = "laboratory-study"
    ANIMAL_STUDY = "animal-study"
    QUALITATIVE_STUDY = "qualitative-study"
    CASE_REPORT = "case-report"
    MODELLING_STUDY = "modelling-study"
    SYSTEMATIC_REVIEW = "systematic-review"
    NARRATIVE_REVIEW = "narrative-review"
    GUIDELINE = "guideline"
    TECHNOLOGY_ASSESSMENT = "technology-assessment"
    REGULATOR_DOCUMENT = "regulator-document"
    LAW = "law"
    REGISTRATION = "registration"
    PROTOCOL = "protocol"
    NOTICE = "notice"
    COMMENTARY = "commentary"
    DATASET = "dataset"
    BOOK = "book"
    ORGANISATION_PAGE = "organisation-page"
    PRESS_RELEASE = "press-release"
    NEWS = "news"


class State(StrEnum):
    """What has become of a source since it was published (Crossref ``updated-by``)."""

    CURRENT = "current"
    CORRECTED = "corrected"
    CONCERN = "concern"
    RETRACTED = "retracted"
    REINSTATED = "reinstated"
    SUPERSEDED = "superseded"

    @property
    def supports(self) -> bool:
        """Whether a claim may lean on a source in this state."""
        return self not in (State.CONCERN, State.RETRACTED)


class Seen(StrEnum):
    """How close to the source whoever appraised it got."""

    FULL_TEXT = "full-text"
    ABSTRACT = "abstract"
    REGISTRY = "registry"
    SECONDARY = "secondary"
    RECORD = "record"


class SourceStatus(Record):
    """A source's state. ``looked_up`` is the last day it was checked; absent: never."""

    state: State
    date: PartialDate | None = None
    notice: Sentence | None = None
    because: Sentence | None = None
    looked_up: Day | None = None


class Appraisal(Record):
    """What this base knows of a source beyond its reference.

    ``added`` is the day it entered the base; absent: with the first publication.
    """

    kind: SourceKind
    status: SourceStatus
    seen: Seen
    preprint: bool = False
    funding: Sentence | None = None
    competing_interests: Sentence | None = None
    pools: list[Id] = []
    added: Day | None = None
    note: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One bibliography entry: its key, its CSL-JSON record and its appraisal.

    ``csl`` is a CSL-JSON item (https://docs.citationstyles.org); ``entry`` is the entry's text
    as the bibliography holds it, for copying.
    """

    key: str
    csl: dict[str, Any]
    entry: str
    appraisal: Appraisal
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """The state its appraisal gives."""
        return self.appraisal.status.state

    @property
    def doi(self) -> str | None:
        """Its DOI in lower case without a resolver's address."""
        value = self.csl.get("DOI")
        return str(value).lower() if value else None

    @property
    def url(self) -> str | None:
        """Where a reader finds it: the DOI's address, else its own, else PubMed's."""
        if self.doi:
            return f"https://doi.org/{self.csl['DOI']}"
        if self.csl.get("URL"):
            return str(self.csl["URL"])
        if self.csl.get("PMID"):
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.csl['PMID']}/"
        return None

    @property
    def year(self) -> int | None:
        """The year it was issued, where known."""
        parts = self.csl.get("issued", {}).get("date-parts", [[None]])
        year = parts[0][0] if parts and parts[0] else None
        return int(year) if year is not None else None
