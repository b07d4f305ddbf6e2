"""What was answered so far, so that a run can be taken up again and ask only for what changed.

A file in the cache's folder, written anew after each answer: a run that is cut off loses none. It
may be deleted at any time; then everything is asked again.
"""

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from claimbase.exporting.folder import replace
from claimbase.watching.accounts import Account
from claimbase.watching.asking import Stamps

_VERSION = 1
"""Raised when answers come to be read differently, so that old readings are not used again."""


class Remembered(BaseModel):
    """An account, the day it was confirmed, and what to ask with for a newer one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: Account
    day: dt.date
    etag: str = ""
    modified: str = ""

    @property
    def stamps(self) -> Stamps:
        """What the service said of the answer's age."""
        return Stamps(self.etag, self.modified)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = _VERSION
    answers: dict[str, Remembered] = {}


class Memory:
    """Accounts by question, such as ``Crossref 10.5555/12345678``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = _File()
        try:
            found = _File.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return
        if found.version == _VERSION:
            self._file = found

    def get(self, question: str) -> Remembered | None:
        """Return what was last answered to a question."""
        return self._file.answers.get(question)

    def put(self, answers: dict[str, Remembered]) -> None:
        """Remember answers."""
        self._file.answers |= answers
        replace(self.path, self._file.model_dump_json(indent=1) + "\n")
