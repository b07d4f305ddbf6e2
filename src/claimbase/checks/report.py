"""Diagnostics as people, programs and continuous integration read them."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from claimbase.model.diagnostic import Diagnostic, Place, Severity

FORMATS = ("text", "json", "github")
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_WIDTH = 100

Fingerprint: TypeAlias = tuple[str, ...]


def render(diagnostics: Sequence[Diagnostic], style: str, root: Path) -> str:
    """Return diagnostics in one of the formats; ``root`` is where their files are found."""
    if style == "json":
        return as_json(diagnostics)
    if style == "github":
        return "\n".join(_github(diagnostic) for diagnostic in diagnostics)
    parts = [as_text(diagnostic, root) for diagnostic in diagnostics]
    return "\n\n".join([*parts, summary(diagnostics)])


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """Return how many diagnostics of each severity there are, in words."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    named = [
        f"{counts[severity]} {severity.value}{'' if counts[severity] == 1 else 's'}"
        for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)
        if counts[severity]
    ]
    return ", ".join(named) or "Nothing wrong."


def as_text(diagnostic: Diagnostic, root: Path) -> str:
    """Return one diagnostic with the line it is about and a caret under the place."""
    place = diagnostic.place
    head = f"{place}: {diagnostic.severity.value} {diagnostic.code}: {diagnostic.message}"
    lines = [head]
    source = _lines(root, place)
    if 0 < place.line <= len(source):
        shown, offset = _window(source[place.line - 1], place.column - 1)
        gutter = len(str(place.line))
        carets = "^" * max(1, _width(shown[offset : offset + (place.length or 1)]))
        lines.append(f"  {place.line} | {shown}")
        lines.append(f"  {' ' * gutter} | {' ' * _width(shown[:offset])}{carets}")
    lines.append(f"  help: {diagnostic.help}")
    return "\n".join(lines)


def fingerprint(diagnostic: Diagnostic, root: Path) -> Fingerprint:
    """Return what makes a diagnostic the same one in another revision of its file.

    That is all but its place, and the line that it is about as it is written: a fault moves with
    its line, and one on a line that was changed is a new one.
    """
    place = diagnostic.place
    lines = _lines(root, place)
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    message = re.sub(r":\d+:\d+\b", "", diagnostic.message)
    return diagnostic.code, diagnostic.severity.value, place.file, message, line


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """Return diagnostics as a JSON list of objects, one a diagnostic."""
    return json.dumps(
        [
            {
                "code": d.code,
                "severity": d.severity.value,
                "file": d.place.file,
                "line": d.place.line,
                "column": d.place.column,
                "length": d.place.length,
                "message": d.message,
                "help": d.help,
            }
            for d in diagnostics
        ],
        indent=2,
        ensure_ascii=False,
    )


def _github(diagnostic: Diagnostic) -> str:
    place = diagnostic.place
    where = f"file={_escape(place.file, value=True)}"
    if place.line:
        where += f",line={place.line},col={place.column}"
        if place.length:
            where += f",endColumn={place.column + place.length}"
    help_ = diagnostic.help[:1].upper() + diagnostic.help[1:]
    text = _escape(f"{diagnostic.message}. {help_}")
    return f"::{_GITHUB[diagnostic.severity]} {where},title={diagnostic.code}::{text}"


def _escape(text: str, *, value: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if value else text


def _window(line: str, offset: int) -> tuple[str, int]:
    """Return the part of a long line around a place, and the place's offset in it."""
    offset = min(offset, len(line))
    start = max(0, min(offset - _WIDTH // 3, len(line) - _WIDTH))
    shown = "".join(c if c.isprintable() else " " for c in line[start : start + _WIDTH])
    return shown, offset - start


def _width(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _lines(root: Path, place: Place) -> list[str]:
    """Return the lines of a place's file as they are now: while a site is served, files change.

    What is wrong with a file as a whole may be that it cannot be read, so that is not tried.
    """
    path = root / place.file
    try:
        if not place.line:
            return []
        stamp = path.stat()
        return _lines_at(path, stamp.st_mtime_ns, stamp.st_size)
    except (OSError, ValueError):
        return []


@lru_cache(maxsize=64)
def _lines_at(path: Path, *stamp: int) -> list[str]:
    del stamp
    text = path.read_bytes().decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
