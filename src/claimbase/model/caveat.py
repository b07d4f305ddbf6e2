"""Caveats: reusable reasons to be careful."""

from typing import Annotated

from pydantic import Field

from claimbase.model.claim import Domain, HistoryEntry
from claimbase.model.record import Day, Record, Sentence


class Caveat(Record):
    """A reason to be careful. ``says`` is the one sentence that travels with a claim."""

    name: Sentence
    says: Sentence
    domain: Domain | None = None
    reviewed: Day
    history: Annotated[list[HistoryEntry], Field(min_length=1)]

    @property
    def headline(self) -> str:
        """What it is known by where it stands alone."""
        return self.name
