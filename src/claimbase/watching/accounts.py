"""What a service says of a source or a trial, in the words of this base."""

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from claimbase.model.source import SourceStatus, State
from claimbase.model.study import StudyStatus


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(_Fact):
    """Something that happened to a source after it was published.

    ``date`` is a day, a month or a year in ISO 8601; ``notice`` where it is announced; ``word`` the
    service's own name for it, ``by`` who says so.
    """

    state: State
    date: str | None = None
    notice: str | None = None
    word: str
    by: str

    def __str__(self) -> str:
        return f"{self.word}{f' of {self.date}' if self.date else ''} ({self.by})"


class Trial(_Fact):
    """What a registry says of a trial. Days are in ISO 8601; ``word`` is the registry's status."""

    number: str
    status: StudyStatus | None = None
    word: str
    results: str | None = None
    updated: str | None = None


class Account(_Fact):
    """One service's answer about one record."""

    events: tuple[Event, ...] = ()
    trial: Trial | None = None
    doi: str | None = None


class DoubtError(Exception):
    """An answer that could be read in two ways, or that is about something else."""


SEVERITY = {
    State.CURRENT: 0,
    State.REINSTATED: 0,
    State.SUPERSEDED: 1,
    State.CORRECTED: 1,
    State.CONCERN: 2,
    State.RETRACTED: 3,
}
"""How bad a state is. Only a reinstatement lifts a worse one."""


class Outcome(NamedTuple):
    """The state that events lead to, and the event that led there (None: none did)."""

    state: State
    event: Event | None


def outcome(events: Iterable[Event]) -> Outcome:
    """Return what has become of a source, from the earliest event to the latest.

    A correction does not undo a retraction that came before it, nor a concern; a reinstatement
    does. Of two events that lead to the same state the later one is given.

    Raises:
        DoubtError: A reinstatement and a fall cannot be put in order by their dates.
    """
    dated = sorted(events, key=lambda event: (event.date or "", SEVERITY[event.state]))
    lifted = [event for event in dated if event.state is State.REINSTATED]
    for fall in (event for event in dated if SEVERITY[event.state] >= SEVERITY[State.CONCERN]):
        for lift in lifted:
            if not _ordered(fall.date, lift.date):
                raise DoubtError(f"cannot tell which came first: {fall} or {lift}")
    now = Outcome(State.CURRENT, None)
    for event in dated:
        if event.state is State.REINSTATED or SEVERITY[event.state] >= SEVERITY[now.state]:
            now = Outcome(event.state, event)
    return now


def _ordered(one: str | None, other: str | None) -> bool:
    """Whether two dates of unlike precision still have an order: 2019 and 2019-07 have none."""
    return bool(one and other) and not (
        str(one).startswith(str(other)) or str(other).startswith(str(one))
    )


def merge(first: Iterable[Event], second: Iterable[Event]) -> list[Event]:
    """Return the events of two services; where both tell of one kind, the first one's.

    They date the same event with unlike precision, and would otherwise look like two.
    """
    kept = list(first)
    known = {event.state for event in kept}
    return kept + [event for event in second if event.state not in known]


def stands(status: SourceStatus, found: Outcome) -> bool:
    """Whether a row's own state is to be kept beside what the services lead to.

    People know of more than the services do (a guideline that was superseded, a retraction that is
    not registered), so a state is replaced by a worse one or lifted by a reinstatement, and by
    nothing else. Where both are alike, later news of the same kind replaces the older.
    """
    if found.event is None:
        return True
    new, old = found.event.date or "", str(status.date or "")
    if found.state is status.state:
        return new <= old
    if status.state is State.CURRENT:
        return False
    if found.state is State.REINSTATED:
        # What was found is lifted, but perhaps not a fall that only this base knows of.
        return SEVERITY[status.state] < SEVERITY[State.CONCERN] or not old or new <= old
    return SEVERITY[found.state] <= SEVERITY[status.state]
