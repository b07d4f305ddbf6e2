"""Diagnostics: one thing wrong each, with its place and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic matters. ``off`` silences a check in the settings."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OFF = "off"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of one line of a file.

    ``file`` is relative to the base's root, with forward slashes; ``line`` and ``column`` count
    from 1, ``column`` in characters; ``length`` is the number of characters meant, 0 for a point.
    Line 0 means the file as a whole.
    """

    file: str
    line: int = 0
    column: int = 1
    length: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing wrong: a documented code, where it is, what is wrong and what would be right."""

    code: str
    place: Place
    message: str
    help: str
    severity: Severity = Severity.ERROR
