"""One source in the formats that reference managers read."""

from collections.abc import Iterator, Mapping
from typing import Any

_RIS_TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK",
    "chapter": "CHAP",
    "dataset": "DATA",
    "entry-encyclopedia": "ENCYC",
    "graphic": "ART",
    "legal_case": "CASE",
    "legislation": "STAT",
    "manuscript": "UNPB",
    "motion_picture": "VIDEO",
    "pamphlet": "PAMP",
    "paper-conference": "CPAPER",
    "patent": "PAT",
    "periodical": "SER",
    "personal_communication": "PCOMM",
    "report": "RPRT",
    "software": "COMP",
    "song": "SOUND",
    "speech": "SLIDE",
    "standard": "STAND",
    "thesis": "THES",
    "webpage": "ELEC",
}
_RIS_TEXTS = (
    ("T2", "container-title"),
    ("T3", "collection-title"),
    ("VL", "volume"),
    ("IS", "issue"),
    ("M1", "number"),
    ("ET", "edition"),
    ("PB", "publisher"),
    ("CY", "publisher-place"),
    ("SN", "ISSN"),
    ("SN", "ISBN"),
    ("DO", "DOI"),
    ("UR", "URL"),
    ("AN", "PMID"),
    ("C2", "PMCID"),
    ("LA", "language"),
)
"""Tags and CSL variables, in the order they are written."""


def to_bibtex(raw: str) -> str:
    """Return an entry as its bibliography has it, on lines of its own."""
    return "\n".join(line.rstrip() for line in raw.strip().splitlines()) + "\n"


def to_csl_json(csl: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item for a CSL-JSON list, its fields in a fixed order: id, type, then the rest."""
    rest = sorted(name for name in csl if name not in ("id", "type"))
    return {name: csl[name] for name in ("id", "type", *rest)}


def to_ris(csl: Mapping[str, Any]) -> str:
    """Return a CSL item as a RIS record: one ``TAG  - value`` a line, ended by ``ER``."""
    lines = [("TY", _RIS_TYPES.get(str(csl.get("type")), "GEN")), ("ID", csl["id"])]
    lines += _people(csl)
    lines.append(("TI", csl.get("title")))
    lines += _dates(csl)
    first, _, last = str(csl.get("page", "")).partition("–")
    lines += [("SP", first), ("EP", last)]
    lines += [(tag, csl.get(variable)) for tag, variable in _RIS_TEXTS]
    # A line break in a value would begin another line of the record.
    texts = [(tag, " ".join(str(value).split())) for tag, value in lines if value]
    return "".join(f"{tag}  - {text}\n" for tag, text in texts if text) + "ER  - \n"


def _people(csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for tag, variable in (("AU", "author"), ("A2", "editor"), ("A4", "translator")):
        for person in csl.get(variable, ()):
            particle = person.get("non-dropping-particle", "")
            last = f"{particle} {person.get('family', '')}".strip()
            parts = (last, person.get("given"), person.get("suffix"))
            yield tag, person.get("literal") or ", ".join(part for part in parts if part)


def _dates(csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for variable, tags in (("issued", ("PY", "DA")), ("accessed", ("Y2",))):
        for parts in csl.get(variable, {}).get("date-parts", ())[:1]:
            year, *rest = (f"{part:02}" for part in parts)
            for tag in tags:
                yield tag, year if tag == "PY" else "/".join((year, *rest))
