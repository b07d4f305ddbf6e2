"""What names a source: a DOI, a PubMed number, a trial's number or an address."""

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>?#]+", re.ASCII)
_NCT = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
_PMID = re.compile(
    r"(?:pmid:?\s*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/)?"
    r"(\d{1,9})/?(?:\?\S*)?",
    re.IGNORECASE,
)
_NEITHER = (
    '"{}" is neither a DOI (10.…/…), nor a PubMed number, nor an NCT number, nor an address '
    "(https://…)"
)


class Naming(StrEnum):
    """The ways to name a source."""

    DOI = "DOI"
    PMID = "PMID"
    TRIAL = "NCT"
    ADDRESS = "URL"


class Name(NamedTuple):
    """A way to name a source, and the name."""

    naming: Naming
    text: str


def identify(text: str) -> Name:
    """Return what a text names: a DOI (bare, with ``doi:``, in an address), a PMID and so on.

    Raises:
        ValueError: It is none of them.
    """
    text = text.strip()
    if not text.isprintable():
        raise ValueError(_NEITHER.format(text))
    if pmid := _PMID.fullmatch(text):
        return Name(Naming.PMID, pmid[1])
    try:
        host = urlsplit(text).netloc.casefold()
    except ValueError:  # such as brackets that hold no address of the internet's
        host = ""
    number = _NCT.search(text)
    if number and (not host or host.endswith("clinicaltrials.gov")):
        return Name(Naming.TRIAL, number[0].upper())
    # Publishers put the DOI into addresses, and more behind it: "/doi/10.1056/x/full".
    if doi := _DOI.search(unquote(text)):
        return Name(Naming.DOI, _trimmed(doi[0]) if host else doi[0].rstrip(".,;"))
    if text.casefold().startswith(("http://", "https://")) and "." in host and " " not in text:
        return Name(Naming.ADDRESS, text)
    raise ValueError(_NEITHER.format(text))


def _trimmed(doi: str) -> str:
    doi = doi.rstrip(".,;)/")
    return re.sub(r"(?<=.)/(?:full|abstract|pdf|epdf|html|meta|fulltext)$", "", doi)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one, but for http or https, ``www.`` and a slash at the end."""
    return _bare(one) == _bare(other)


def _bare(address: str) -> str:
    parts = urlsplit(address.strip())
    query = f"?{parts.query}" if parts.query else ""
    return parts.netloc.casefold().removeprefix("www.") + parts.path.rstrip("/") + query
