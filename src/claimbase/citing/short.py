"""Short names of sources, for tables and chart labels."""

import re
from collections.abc import Mapping
from typing import Any

_INITIALS = {
    body: initials
    for initials, body in (
        ("DEA", "drug enforcement administration"),
        ("EMA", "european medicines agency"),
        ("EUDA", "european union drugs agency"),
        ("FDA", "food and drug administration"),
        ("ICER", "institute for clinical and economic review"),
        ("MAPS", "multidisciplinary association for psychedelic studies"),
        ("MAPS PBC", "maps public benefit corporation"),
        ("NICE", "national institute for health and care excellence"),
        ("NIDA", "national institute on drug abuse"),
        ("NIH", "national institutes of health"),
        ("TGA", "therapeutic goods administration"),
        ("UNODC", "united nations office on drugs and crime"),
        ("VA", "department of veterans affairs"),
        ("WHO", "world health organization"),
    )
}
"""Bodies that readers know by their initials. No rule gives these (NICE, EMA, ICER)."""

_COUNTRY = re.compile(r"^(?:the\s+)?(?:u\.?\s?s\.?a?\.?|united states)\s+", re.IGNORECASE)
_LONGEST_TITLE = 40


def short_name(item: Mapping[str, Any]) -> str:
    """Return a CSL item's short name: "Mitchell 2023", "Mitchell & Ot'alora 2023", "FDA 2024".

    Three or more authors are named by the first, as reviews of trials do. Without authors the
    name is the publisher's or the journal's, or else the beginning of the title. It says what a
    source is at a glance; it need not be unique.
    """
    people = item.get("author") or item.get("editor") or []
    more = item.get("custom", {}).get("et-al", ())
    if not people:
        who = _body(str(item.get("publisher") or item.get("container-title") or ""))
        who = who or _beginning(str(item.get("title", ""))) or str(item.get("id", ""))
    elif len(people) == 2 and "author" not in more:
        who = " & ".join(_surname(person) for person in people)
    else:
        who = _surname(people[0])
    return f"{who} {_year(item)}"


def _surname(person: Mapping[str, str]) -> str:
    if person.get("literal"):
        return _body(person["literal"])
    parts = (person.get("non-dropping-particle"), person.get("family") or person.get("given"))
    return " ".join(part for part in parts if part)


def _body(name: str) -> str:
    bare = _COUNTRY.sub("", name)
    return _INITIALS.get(bare.removeprefix("The ").casefold(), name)


def _beginning(title: str) -> str:
    if len(title) <= _LONGEST_TITLE:
        return title
    return title[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:–—") + "…"


def _year(item: Mapping[str, Any]) -> str:
    issued = item.get("issued", {})
    if parts := issued.get("date-parts"):
        return str(parts[0][0])
    return str(issued.get("literal") or "n.d.")
