"""Dates as bibliographies write them, turned into CSL dates."""

import calendar
import re
from typing import Any

_ISO = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?(?:[T ]\d\d:.*)?([?~%]?)", re.ASCII)
_YEARS = re.compile(r"(\d{4})\s*[-–—/]+\s*(\d{4})", re.ASCII)
_SLASHED = re.compile(r"(\d{4})/(\d\d?)(?:/(\d\d?))?", re.ASCII)
_UNDATED = re.compile(r"n\.?\s?d\.?|undated|no date|(?:date )?unknown|\[date unknown\]")
_TO_COME = re.compile(
    r"in press|forthcoming|to appear|accepted|submitted|in preparation|under review|ahead of print"
)
_MONTHS = [name.casefold() for name in calendar.month_name]
_SEASONS = {"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}
_CIRCA = frozenset(("ca", "circa", "about"))
_FILLERS = frozenset(("st", "nd", "rd", "th", "of", "the", *"abcdefgh"))
"""Words that say nothing about the date, among them the letter of ``2019a``."""


def parse_date(text: str) -> dict[str, Any] | None:
    """Return a CSL date.

    Args:
        text: ISO 8601 as biblatex takes it (``2024-08-08``, ``2020-01/2020-03``, ``1995~``), a
            year with the usual ornaments (``[2019]``, ``2019a``, ``c2019``, ``2019--2020``), a
            date in English words, or words such as "n.d." and "in press".

    Returns:
        ``{"date-parts": [[2024, 8, 8]]}``, with two lists for a range, with ``season`` or
        ``circa`` where they apply; ``{"literal": "in press"}``; ``{}`` where the text says that
        there is no date; None if it cannot be read.
    """
    text = text.strip().strip("[](). ")
    plain = text.casefold()
    if not text or _UNDATED.fullmatch(plain):
        return {}
    if _TO_COME.fullmatch(plain):
        return {"literal": plain}
    if years := _YEARS.fullmatch(text):
        text = f"{years[1]}/{years[2]}"
    elif slashed := _SLASHED.fullmatch(text):
        text = "-".join(part for part in slashed.groups() if part)
    ends = [_iso(end) for end in text.split("/") if end.strip(". ")]
    if 1 <= len(ends) <= 2 and all(ends):
        return _joined([end for end in ends if end])
    return _worded(plain)


def month_and_year(month: str, day: str, year: str) -> dict[str, Any] | None:
    """Return the CSL date of BibTeX's separate fields, None if the month cannot be read."""
    if month.strip().isdecimal():
        return parse_date("-".join(part.strip() for part in (year, month, day) if part.strip()))
    return _worded(f"{day} {month} {year}".casefold())


def _iso(text: str) -> dict[str, Any] | None:
    found = _ISO.fullmatch(text.strip())
    if not found:
        return None
    year, *rest = (int(part) for part in found.groups()[:3] if part)
    season = rest[0] - 20 if rest and 21 <= rest[0] <= 24 else 0
    date = _valid(year, [] if season else rest)
    if date and season:
        date["season"] = season
    if date and found[4]:
        date["circa"] = True
    return date


def _worded(text: str) -> dict[str, Any] | None:
    """Read "8 August 2024", "Aug 8, 2024", "Jan-Feb 2020", "spring 2020", "ca. 2019", "2019a"."""
    numbers = re.findall(r"\d+", text, re.ASCII)
    years = [number for number in numbers if len(number) == 4]
    days = [int(number) for number in numbers if len(number) <= 2]
    if len(years) != 1 or len(days) > 1 or len(numbers) > 1 + len(days):
        return None
    months, extra = [], {}
    for word in re.findall(r"[^\W\d_]+", text):
        if month := _month(word):
            months.append(month)
        elif word in _SEASONS:
            extra["season"] = _SEASONS[word]
        elif word in _CIRCA:
            extra["circa"] = True
        elif word not in _FILLERS:
            return None
    if len(months) > 2 or (days and len(months) != 1):
        return None
    ends = [_valid(int(years[0]), [month, *days]) for month in months]
    ends = ends or [_valid(int(years[0]), [])]
    if not all(ends):
        return None
    return _joined([end for end in ends if end]) | extra


def _month(word: str) -> int:
    if len(word) < 3:
        return 0
    return next((i for i, name in enumerate(_MONTHS) if i and name.startswith(word[:4])), 0)


def _valid(year: int, rest: list[int]) -> dict[str, Any] | None:
    if not 1 <= year <= 9999 or (rest and not 1 <= rest[0] <= 12):
        return None
    if len(rest) > 1 and not 1 <= rest[1] <= calendar.monthrange(year, rest[0])[1]:
        return None
    return {"date-parts": [[year, *rest]]}


def _joined(ends: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one date for the two ends of a range."""
    parts = [end["date-parts"][0] for end in ends]
    extra = {name: value for end in ends for name, value in end.items() if name != "date-parts"}
    return {"date-parts": parts if len(parts) < 2 or parts[0] != parts[1] else parts[:1], **extra}
