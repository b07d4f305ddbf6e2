"""What services say of a work, as a BibTeX entry and the beginning of an appraisal."""

import html
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any

from claimbase.model.source import SourceKind
from claimbase.reading.bibtex import Entry, read_bibliography
from claimbase.reading.problems import Problems
from claimbase.watching import trials
from claimbase.watching.crossref import partial_date
from claimbase.watching.pubmed import Article

_TYPES = {
    "journal-article": "article",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-chapter": "incollection",
    "book-section": "incollection",
    "reference-entry": "incollection",
    "proceedings-article": "inproceedings",
    "posted-content": "misc",
    "report": "techreport",
    "dissertation": "phdthesis",
    "dataset": "misc",
}
_KINDS = {
    "book": SourceKind.BOOK,
    "book-chapter": SourceKind.BOOK,
    "dataset": SourceKind.DATASET,
    "edited-book": SourceKind.BOOK,
    "monograph": SourceKind.BOOK,
    "reference-book": SourceKind.BOOK,
}
_PUBMED_KINDS = (
    ("Retraction Notice", SourceKind.NOTICE),
    ("Retraction of Publication", SourceKind.NOTICE),
    ("Published Erratum", SourceKind.NOTICE),
    ("Expression of Concern", SourceKind.NOTICE),
    ("Clinical Trial Protocol", SourceKind.PROTOCOL),
    ("Practice Guideline", SourceKind.GUIDELINE),
    ("Guideline", SourceKind.GUIDELINE),
    ("Systematic Review", SourceKind.SYSTEMATIC_REVIEW),
    ("Meta-Analysis", SourceKind.SYSTEMATIC_REVIEW),
    ("Randomized Controlled Trial", SourceKind.TRIAL_REPORT),
    ("Clinical Trial", SourceKind.TRIAL_REPORT),
    ("Case Reports", SourceKind.CASE_REPORT),
    ("Observational Study", SourceKind.OBSERVATIONAL_STUDY),
    ("Review", SourceKind.NARRATIVE_REVIEW),
    ("Editorial", SourceKind.COMMENTARY),
    ("Comment", SourceKind.COMMENTARY),
    ("Letter", SourceKind.COMMENTARY),
    ("News", SourceKind.NEWS),
)
"""PubMed's publication types, the most telling first."""
_TITLES = (
    (r"\bprotocol\b", SourceKind.PROTOCOL),
    (r"\bsystematic review|meta-analysis", SourceKind.SYSTEMATIC_REVIEW),
    (
        r"^(?:retraction|correction|erratum|expression of concern|author correction)\b",
        SourceKind.NOTICE,
    ),
    (r"\brandomi[sz]ed\b.*\btrial\b", SourceKind.TRIAL_REPORT),
    (r"\bfollow-up\b", SourceKind.FOLLOW_UP_REPORT),
    (r"\bcase report\b", SourceKind.CASE_REPORT),
    (r"\bguidelines?\b", SourceKind.GUIDELINE),
    (r"\breview\b", SourceKind.NARRATIVE_REVIEW),
)
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls, and what turns the direction of the text after it."""
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_CAPITALS = re.compile(r"(?<!\\)\b\w*[^\W_][A-Z]\w*")
_VERBATIM = frozenset(("doi", "url", "pmid"))
_SMALL = re.compile(
    r"a|an|and|are|as|at|by|can|do|does|effects?|for|from|how|in|into|is|its|of|on|or|the|to|trial|"
    r"using|versus|what|whether|with"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A work to be cited.

    ``fields`` are BibTeX fields in plain text, in the order they are written; ``people`` are
    (family, given), or (name, "") for a body. ``kind`` is a guess from what the service says.
    """

    type: str
    fields: Mapping[str, str]
    people: tuple[tuple[str, str], ...] = ()
    kind: SourceKind | None = None
    preprint: bool = False

    @property
    def title(self) -> str:
        """The title, plain."""
        return self.fields.get("title", "")


def from_crossref(message: Mapping[str, Any]) -> Reference:
    """Return the reference in a record of Crossref's."""
    kind = str(message.get("type", ""))
    type_ = _TYPES.get(kind, "misc")
    title, subtitle = _first(message, "title"), _first(message, "subtitle")
    if subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title}: {subtitle}"
    container = _first(message, "container-title")
    date = partial_date(message.get("issued")) or ""
    preprint = kind == "posted-content" and message.get("subtype", "preprint") == "preprint"
    issuer = _text(message.get("publisher"))
    institution = message.get("institution")
    if preprint and isinstance(institution, list) and institution:
        issuer = _text(institution[0].get("name")) if isinstance(institution[0], dict) else issuer
    fields = {
        "title": title,
        "journal" if type_ == "article" else "booktitle": container,
        "publisher": issuer if type_ != "article" else "",
        "year": date[:4],
        "volume": _text(message.get("volume")),
        "number": _text(message.get("issue")),
        "pages": _text(message.get("page") or message.get("article-number")),
        "doi": str(message["DOI"]),
        "note": "Preprint" if preprint else "",
    }
    return Reference(
        type_,
        _filled(fields),
        tuple(_crossref_people(message)),
        _KINDS.get(kind) or _kind_of_title(title),
        preprint,
    )


def from_pubmed(article: Article) -> Reference:
    """Return the reference in a record of PubMed's."""
    kind = next((kind for word, kind in _PUBMED_KINDS if word in article.types), None)
    fields = {
        "title": _text(article.title),
        "journal": article.journal,
        "year": article.year,
        "volume": article.volume,
        "number": article.issue,
        "pages": article.pages,
        "doi": article.doi,
        "pmid": article.pmid,
    }
    return Reference(
        "article", _filled(fields), article.authors, kind or _kind_of_title(article.title)
    )


def from_trial(study: dict[str, Any]) -> Reference:
    """Return the reference in a trial's record."""
    identification = trials.module(study, "identificationModule")
    sponsor = trials.module(study, "sponsorCollaboratorsModule").get("leadSponsor")
    number = identification["nctId"]
    state = trials.module(study, "statusModule")
    updated = trials.day(state, "lastUpdatePostDateStruct") or ""
    title = _text(identification.get("officialTitle") or identification.get("briefTitle"))
    fields = {
        "title": f"{title}, {number}" if title else number,
        "organization": "ClinicalTrials.gov",
        "year": updated[:4],
        "url": f"https://clinicaltrials.gov/study/{number}",
    }
    body = _text(sponsor.get("name")) if isinstance(sponsor, dict) else ""
    return Reference(
        "misc", _filled(fields), ((body, ""),) if body else (), SourceKind.REGISTRATION
    )


def with_pubmed(reference: Reference, article: Article) -> Reference:
    """Return a reference with what PubMed adds: its number, and what sort of work it is."""
    kind = next((kind for word, kind in _PUBMED_KINDS if word in article.types), None)
    return replace(
        reference,
        fields={**reference.fields, "pmid": article.pmid},
        kind=kind or reference.kind,
    )


def make_key(reference: Reference, taken: Container[str]) -> str:
    """Return a key as "green2021balm": first author, year, first telling word of the title."""
    who = reference.people[0][0] if reference.people else reference.fields.get("organization", "")
    who = who or reference.fields.get("publisher", "")
    words = re.findall(r"[a-z0-9]+", _ascii(reference.title))
    word = next((word for word in words if not _SMALL.fullmatch(word) and len(word) > 2), "")
    name = "".join(re.findall(r"[a-z0-9]+", _ascii(who))[:1] if " " in who else [_letters(who)])
    key = f"{name or 'anonymous'}{reference.fields.get('year', '')}{word}"
    letters = (f"{key}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")
    numbered = (f"{key}-{number}" for number in count(2))
    return next(choice for choice in chain([key], letters, numbered) if choice not in taken)


def to_bibtex(reference: Reference, key: str) -> str:
    """Return a reference as a BibTeX entry.

    Raises:
        ValueError: The entry would not be read as it was meant.
    """
    lines = []
    if reference.people:
        lines.append(f"  author = {{{' and '.join(_person(*each) for each in reference.people)}}}")
    for name, value in reference.fields.items():
        shown = value.replace(" ", "") if name in _VERBATIM else _latex(value, name)
        lines.append(f"  {name} = {{{shown}}}")
    # A control character would keep the whole file from being read, and act on the terminal.
    body = _UNSEEN.sub("", ",\n".join(lines))
    text = f"@{reference.type}{{{key},\n{body}\n}}\n"
    problems = Problems()
    entries = read_bibliography("the new entry", text, problems)
    if problems or [entry.key for entry in entries] != [key] or not _reads(entries[0], reference):
        said = problems[0].message if problems else "it would be read as something else"
        raise ValueError(f"no entry can be made of this record: {said}")
    return text


def _reads(entry: Entry, reference: Reference) -> bool:
    def bare(text: str) -> str:
        return re.sub(r"\W+", "", text).casefold()

    title = str(entry.csl.get("title", ""))
    doi = str(entry.csl.get("DOI", ""))
    return bare(title) == bare(reference.title) and doi == reference.fields.get("doi", "")


def insert_entry(text: str, entry: str, key: str) -> str:
    """Return a bibliography with an entry more: at its place in the alphabet, or at the end."""
    entries = read_bibliography("", text, Problems())
    keys = [old.key for old in entries]
    later = [old for old in entries if old.key > key] if keys == sorted(keys) else []
    if not later:
        return text.rstrip("\n") + "\n\n" + entry if text.strip() else entry
    lines = text.splitlines(keepends=True)
    at = later[0].place.line - 1
    # The key may stand on a line below the "@".
    while at > 0 and not lines[at].lstrip().startswith("@"):
        at -= 1
    return "".join(lines[:at]) + entry + "\n" + "".join(lines[at:])


def _first(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    return _text(value[0]) if isinstance(value, list) and value else ""


def _text(value: Any) -> str:
    """Return plain text of what may hold tags and entities."""
    if not isinstance(value, str):
        return ""
    return " ".join(html.unescape(re.sub(r"</?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>", "", value)).split())


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _crossref_people(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    people = message.get("author") or message.get("editor")
    for person in people if isinstance(people, list) else []:
        if isinstance(person, dict):
            family = _text(person.get("family"))
            yield (
                (family, _text(person.get("given"))) if family else (_text(person.get("name")), "")
            )


def _kind_of_title(title: str) -> SourceKind | None:
    return next((kind for word, kind in _TITLES if re.search(word, title, re.IGNORECASE)), None)


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()


def _letters(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]+", _ascii(text)))


def _person(family: str, given: str) -> str:
    if not given:
        return f"{{{_escaped(family)}}}"
    return f"{_escaped(family)}, {_escaped(given)}"


def _latex(text: str, name: str) -> str:
    if name == "pages":
        return re.sub(r"\s*[-–—]+\s*", "--", _escaped(text))
    if name not in ("title", "booktitle"):
        return _escaped(text)
    # Capitals inside a word are its own, and braces keep them: {UNESCO}, {McCutcheon}.
    return _CAPITALS.sub(lambda found: f"{{{found[0]}}}", _escaped(text))


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
