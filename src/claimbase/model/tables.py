"""Rows of the small tables that records refer to."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from claimbase.model.record import Id, PartialDate, Record, Sentence


class Topic(Record):
    """A subject that claims are filed under; ``page`` is the page that tells it whole.

    ``condition``: whether it is something that people are treated for, a row of the evidence map.
    """

    name: Sentence
    description: Sentence
    page: Sentence | None = None
    condition: bool = False


class OutcomeKind(Record):
    """A sort of outcome that conclusions are about, a column of the evidence map."""

    name: Sentence
    description: Sentence


class Sponsor(Record):
    """Who started or paid a study. ``succeeds``: an earlier body that it continues."""

    name: Sentence
    succeeds: Id | None = None
    note: Sentence | None = None


class Access(StrEnum):
    """Whether people can be treated outside a trial somewhere."""

    TRIALS_ONLY = "trials-only"
    COMPASSIONATE = "compassionate-use"
    PRESCRIBER_SCHEME = "prescriber-scheme"
    NOT_AVAILABLE = "not-available"
    UNKNOWN = "unknown"


class Jurisdiction(Record):
    """How the law and the regulator of a place stand, on the day it was last confirmed.

    ``also`` are the other words by which people look for the place: "UK", "British".
    """

    name: Sentence
    also: list[Sentence] = []
    access: Access
    legal_status: Sentence
    route: Sentence
    conditions: Sentence | None = None
    since: Sentence | None = None
    last_confirmed: PartialDate
    sources: Annotated[list[Sentence], Field(min_length=1)]
    caveats: list[Sentence] = []
    page: Sentence | None = None


class EventKind(StrEnum):
    """What sort of thing happened."""

    SCIENCE = "science"
    LAW = "law"
    REGULATOR = "regulator"
    COMPANY = "company"
    INTEGRITY = "integrity"
    SOCIETY = "society"


class Event(Record):
    """Something that happened on a day, in a month or in a year."""

    date: PartialDate
    event: Sentence
    kind: EventKind
    place: Sentence
    sources: Annotated[list[Sentence], Field(min_length=1)]


class Danger(StrEnum):
    """How serious an interaction is, from the worst down."""

    LIFE_THREATENING = "life-threatening"
    SERIOUS = "serious"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class Interaction(Record):
    """What happens when the substance meets another agent or a condition."""

    name: Sentence
    also: list[Sentence] = []
    effect: Sentence
    danger: Danger
    evidence: Sentence
    sources: Annotated[list[Sentence], Field(min_length=1)]
    caveat: Sentence | None = None


class Term(Record):
    """A word explained; ``also`` are the other names people use for it."""

    name: Sentence
    means: Sentence
    also: list[Sentence] = []
    sources: list[Sentence] = []
    page: Sentence | None = None


class Help(Record):
    """Where somebody in distress, or looking for care, can turn."""

    name: Sentence
    region: Sentence
    kind: Id
    how: Sentence
    phone: Sentence | None = None
    url: Sentence | None = None
    last_confirmed: PartialDate
    sources: list[Sentence] = []
    note: Sentence | None = None


class GuidelinePosition(Record):
    """What a guideline or an official body says; ``seen`` tells how close to it we got."""

    body: Sentence
    place: Sentence
    year: int | None = None
    document: Sentence
    position: Sentence
    strength: Sentence | None = None
    seen: Sentence
    sources: Annotated[list[Sentence], Field(min_length=1)]
    caveats: list[Sentence] = []
