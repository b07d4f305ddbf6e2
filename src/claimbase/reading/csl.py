"""BibTeX and biblatex fields to CSL-JSON, the record that references are made from.

The mapping sets biblatex's data model (of which BibTeX's fields are older names) beside the CSL
1.0.2 specification, and adds what Zotero, Better BibTeX, JabRef and publishers are seen to write.
Notes, keywords and abstracts stay behind: they are the keeper's, not the reference's.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from claimbase.reading.dates import month_and_year, parse_date
from claimbase.reading.latex import to_address, to_unicode
from claimbase.reading.names import parse_names

Complain = Callable[[str, str, str], None]
"""Told of a field that cannot be read: its name, what is wrong with it, what would be right."""

ADDRESSES = frozenset(("doi", "eprint", "file", "howpublished", "pmcid", "pmid", "url"))
"""Fields in which ``~`` and ``--`` mean themselves."""

ET_AL = "et-al"
SHORT_AUTHOR = "short-author"
"""In an item's ``custom``: the name variables whose list goes on ("and others")."""

_TYPES = {
    name: kind
    for kind, names in (
        ("article", "preprint"),
        ("article-journal", "article suppperiodical review"),
        ("book", "book mvbook collection mvcollection manual proceedings mvproceedings"),
        ("book", "reference mvreference"),
        ("chapter", "inbook incollection bookinbook suppbook suppcollection"),
        ("dataset", "dataset"),
        ("entry-encyclopedia", "inreference"),
        ("graphic", "image artwork"),
        ("legal_case", "jurisdiction"),
        ("legislation", "legislation legal"),
        ("manuscript", "unpublished"),
        ("motion_picture", "video movie"),
        ("pamphlet", "booklet"),
        ("paper-conference", "inproceedings conference"),
        ("patent", "patent"),
        ("periodical", "periodical"),
        ("personal_communication", "letter"),
        ("report", "report techreport"),
        ("software", "software"),
        ("song", "audio music"),
        ("standard", "standard"),
        ("thesis", "thesis phdthesis mastersthesis"),
        ("webpage", "online electronic www webpage"),
    )
    for name in names.split()
}
_NAMES = {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "container-author": "bookauthor",
}
_TEXTS = {
    "collection-title": "series",
    "container-title-short": "shortjournal",
    "edition": "edition",
    "event-place": "venue",
    "event-title": "eventtitle",
    "chapter-number": "chapter",
    "ISBN": "isbn",
    "ISSN": "issn",
    "number-of-pages": "pagetotal",
    "number-of-volumes": "volumes",
    "publisher-place": "location address",
    "status": "pubstate",
    "title-short": "shorttitle",
    "version": "version",
}
_DATES = {
    "accessed": "urldate lastchecked lastaccessed urlaccessdate",
    "event-date": "eventdate",
    "original-date": "origdate",
}
_GENRES = {
    "phdthesis": "PhD thesis",
    "mastersthesis": "Master's thesis",
    "mathesis": "Master's thesis",
    "bathesis": "Bachelor's thesis",
    "candthesis": "Candidate thesis",
    "techreport": "Technical report",
    "resreport": "Research report",
}
_LANGUAGES = {
    name: code
    for code, names in (
        ("en", "english american usenglish british ukenglish australian canadian newzealand"),
        ("de", "german ngerman austrian naustrian swissgerman nswissgerman"),
        ("fr", "french francais acadian canadien"),
        ("es", "spanish"),
        ("it", "italian"),
        ("nl", "dutch"),
        ("pt", "portuguese brazilian portuges brazil"),
        ("sv", "swedish"),
        ("da", "danish"),
        ("nb", "norwegian norsk"),
        ("fi", "finnish"),
        ("cs", "czech"),
        ("pl", "polish"),
        ("ru", "russian"),
        ("ja", "japanese"),
        ("he", "hebrew"),
    )
    for name in names.split()
}
_PREPRINT_SERVERS = re.compile(
    r"(?:\w+rxiv|arxiv|osf|psyarxiv|research ?square|preprints(?:\.org)?|ssrn)\b", re.IGNORECASE
)
_MAY_BE_PREPRINTS = ("", "article", "article-journal", "report", "webpage")
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII)
_RESOLVER = re.compile(r"^(?:https?://)?(?:(?:dx|www)\.)?doi\.org/|^doi:\s*", re.IGNORECASE)
_SERVERS = {"pmid": ("pubmed", "pmid"), "pmcid": ("pmc", "pmcid")}
_IN_NOTE = re.compile(r"\b(PMID|PMCID):\s*((?:PMC)?\d+)")
_FINAL_STOP = re.compile(r"(?<!\.)(?<![.\s][A-Za-z])\.$")
_RANGE = re.compile(r"\b([A-Za-z]*\d+[A-Za-z]*)\s*(?:-{1,3}|[‐‑‒–—−])\s*([A-Za-z]*\d+[A-Za-z]*)\b")


def decode_field(name: str, raw: str) -> str:
    """Return a field's plain text; addresses and identifiers keep ``~``, ``--`` and quotes."""
    return to_address(raw) if name in ADDRESSES else to_unicode(raw)


def to_csl(
    key: str, kind: str, raw: Mapping[str, str], fields: Mapping[str, str], complain: Complain
) -> dict[str, Any]:
    """Return an entry as a CSL-JSON item.

    Args:
        key: The entry's key, the item's ``id``.
        kind: The entry's type in lower case, such as ``article``.
        raw: Field name in lower case to its value in LaTeX (names are split before decoding).
        fields: The same, decoded.
        complain: Told of each value that cannot be read. Such a value is left out.

    Returns:
        The item. All its texts are plain; ``custom["et-al"]`` lists the name variables whose list
        goes on ("and others"), ``custom["short-author"]`` is the short name of who wrote it.
    """
    item: dict[str, Any] = {"id": key, "type": _TYPES.get(kind, "")}
    for variable, names in _TEXTS.items():
        _set(item, variable, _first(fields, names))
    _titles(item, fields)
    _people(item, raw, fields, complain)
    _dates(item, fields, complain)
    _identifiers(item, fields, complain)
    _numbers(item, fields)
    _set(item, "genre", _GENRES.get(fields.get("type", kind), fields.get("type")))
    _set(item, "publisher", _publisher(kind, fields))
    language = _first(fields, "langid language")
    _set(item, "language", _LANGUAGES.get(language.casefold(), language))
    _settle_type(item, fields)
    return item


def _set(item: dict[str, Any], variable: str, value: Any) -> None:
    if value:
        item[variable] = value


def _first(fields: Mapping[str, str], names: str) -> str:
    return next((fields[name] for name in names.split() if fields.get(name)), "")


def _titles(item: dict[str, Any], fields: Mapping[str, str]) -> None:
    def whole(title: str, subtitle: str) -> str:
        main, rest = (_FINAL_STOP.sub("", fields.get(name, "")) for name in (title, subtitle))
        return f"{main}{' ' if main[-1] in '?!:' else ': '}{rest}" if main and rest else main

    _set(item, "title", whole("title", "subtitle"))
    journal = "journaltitle" if fields.get("journaltitle") else "journal"
    container = whole(journal, "journalsubtitle") or whole("booktitle", "booksubtitle")
    if not container and item["type"] == "webpage":
        container = fields.get("titleaddon", "")
    _set(item, "container-title", container or whole("maintitle", "mainsubtitle"))


def _people(
    item: dict[str, Any], raw: Mapping[str, str], fields: Mapping[str, str], complain: Complain
) -> None:
    unfinished = []
    for variable, name in _NAMES.items():
        found = parse_names(raw.get(name, ""))
        _set(item, variable, found.names)
        if found.more:
            unfinished.append(variable)
        if found.fault:
            complain(
                name,
                f'"{to_unicode(found.fault)}" is not one name',
                'separate names with " and ", and put an organisation in braces',
            )
    short = fields.get("shortauthor")
    custom = {ET_AL: unfinished, SHORT_AUTHOR: short}
    _set(item, "custom", {name: value for name, value in custom.items() if value})


def _dates(item: dict[str, Any], fields: Mapping[str, str], complain: Complain) -> None:
    def read(name: str) -> dict[str, Any]:
        date = parse_date(fields.get(name, ""))
        if date is None:
            complain(
                name,
                f'"{fields[name]}" is not a date that can be read',
                "write 2024-08-08, 2024-08 or 2024, and leave the field out where none is known",
            )
        return date or {}

    issued = read("date") or read("year")
    if "date" not in fields and fields.get("month") and "date-parts" in issued:
        exact = month_and_year(fields["month"], fields.get("day", ""), fields["year"])
        if exact is None:
            complain(
                "month",
                f'"{fields["month"]}" is not a month that can be read',
                "write jan, January or 1",
            )
        issued = exact or issued
    _set(item, "issued", issued)
    for variable, names in _DATES.items():
        name = next((name for name in names.split() if fields.get(name)), "")
        _set(item, variable, read(name))


def _identifiers(item: dict[str, Any], fields: Mapping[str, str], complain: Complain) -> None:
    eprint, server = fields.get("eprint", ""), _first(fields, "eprinttype archiveprefix").casefold()
    url = fields.get("url", "") or fields.get("howpublished", "")
    doi = _RESOLVER.sub("", fields.get("doi", "")).strip().rstrip(".,;")
    if doi and not _DOI.fullmatch(doi):
        complain("doi", f'"{doi}" is not a DOI', "write it as 10.1234/abcd.5678")
        doi = ""
    elif not doi:
        guesses = (eprint, _RESOLVER.sub("", url) if _RESOLVER.match(url) else "")
        doi = next((guess for guess in guesses if _DOI.fullmatch(guess)), "")
    _set(item, "DOI", doi)
    if url.casefold().startswith(("http://", "https://")):
        item["URL"] = "%20".join(url.split())
    elif fields.get("url"):
        complain("url", f'"{url}" is not an address', "begin it with https://")
    elif server == "arxiv" and eprint:
        item["URL"] = f"https://arxiv.org/abs/{eprint}"
    noted = {name.casefold(): value for name, value in _IN_NOTE.findall(fields.get("note", ""))}
    for name, pattern, prefix, example in (
        ("pmid", r"(\d{1,9})", "", "12345678"),
        ("pmcid", r"(?:PMC)?(\d{1,9})", "PMC", "PMC1234567"),
    ):
        value = fields.get(name) or (eprint if server in _SERVERS[name] else noted.get(name, ""))
        if found := re.fullmatch(pattern, value, re.ASCII | re.IGNORECASE):
            item[name.upper()] = prefix + found[1]
        elif value:
            complain(name, f'"{value}" is not a {name.upper()}', f"write it as {example}")


def _numbers(item: dict[str, Any], fields: Mapping[str, str]) -> None:
    def ranged(value: str) -> str:
        return _RANGE.sub(r"\1–\2", value)

    _set(item, "volume", ranged(fields.get("volume", "")))
    if item["type"] in ("article-journal", "periodical"):
        _set(item, "issue", ranged(_first(fields, "number issue")))
    elif item.get("collection-title") and item["type"] in ("book", "chapter", "paper-conference"):
        _set(item, "collection-number", fields.get("number"))
    else:
        _set(item, "number", fields.get("number"))
    pages = _first(fields, "pages eid articleno")
    _set(item, "page", ranged(re.sub(r"^pp?\.\s*", "", pages)))


def _publisher(kind: str, fields: Mapping[str, str]) -> str:
    body = "institution school organization"
    named = _first(
        fields, f"{body} publisher" if "report" in kind or "thesis" in kind else f"publisher {body}"
    )
    published = fields.get("howpublished", "")
    return named or ("" if "://" in published else published)


def _settle_type(item: dict[str, Any], fields: Mapping[str, str]) -> None:
    """Decide what the entry's type alone leaves open: preprints, magazines, things of no type."""
    container, publisher = item.get("container-title", ""), item.get("publisher", "")
    server = _PREPRINT_SERVERS.match(
        container or publisher or _first(fields, "eprinttype archiveprefix")
    )
    said = re.match(r"preprint\b[\s,:;]*(.*)", publisher, re.IGNORECASE)
    is_preprint = item["type"] == "article" or item.get("genre", "").casefold() == "preprint"
    if (is_preprint or said or server) and item["type"] in _MAY_BE_PREPRINTS:
        item.update({"type": "article", "genre": "Preprint"})
        item.pop("container-title", None)
        item.pop("publisher", None)
        named = server[0] if server else said[1] if said else publisher or container
        _set(item, "publisher", named)
    elif item["type"] == "article-journal" and fields.get("entrysubtype") in (
        "magazine",
        "newspaper",
    ):
        item["type"] = f"article-{fields['entrysubtype']}"
    elif item["type"] == "chapter" and "container-title" not in item:
        item["type"] = "book"
    elif item["type"] == "manuscript" and "event-title" in item:
        item["type"] = "speech"
    elif not item["type"]:
        item["type"] = "webpage" if "URL" in item and "DOI" not in item else "document"
