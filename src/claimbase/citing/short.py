"""Short names of sources, for tables and chart labels."""

from collections.abc import Mapping
from typing import Any

from claimbase.reading.csl import ET_AL, SHORT_AUTHOR

_LONGEST_TITLE = 40


def short_name(item: Mapping[str, Any]) -> str:
    """Return a CSL item's short name: "Green 2021", "Green & Brown 2021", "WHO 2024".

    The bibliography's own short name goes first (``shortauthor``, for bodies known by their
    initials). Three or more authors are named by the first, as reviews of trials do. Without
    authors the name is the publisher's or the journal's, or else the beginning of the title. It
    says what a source is at a glance; it need not be unique.
    """
    people = item.get("author") or item.get("editor") or []
    custom = item.get("custom", {})
    more = custom.get(ET_AL, ())
    if custom.get(SHORT_AUTHOR):
        who = str(custom[SHORT_AUTHOR])
    elif not people:
        who = str(item.get("publisher") or item.get("container-title") or "")
        who = who or _beginning(str(item.get("title", ""))) or str(item.get("id", ""))
    elif len(people) == 2 and "author" not in more:
        who = " & ".join(_surname(person) for person in people)
    else:
        who = _surname(people[0])
    return f"{who} {_year(item)}"


def _surname(person: Mapping[str, str]) -> str:
    if person.get("literal"):
        return person["literal"]
    parts = (person.get("non-dropping-particle"), person.get("family") or person.get("given"))
    return " ".join(part for part in parts if part)


def _beginning(title: str) -> str:
    if len(title) <= _LONGEST_TITLE:
        return title
    return title[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:–—") + "…"


def _year(item: Mapping[str, Any]) -> str:
    issued = item.get("issued", {})
    if parts := issued.get("date-parts"):
        return str(parts[0][0])
    return str(issued.get("literal") or "n.d.")
