"""PubMed's E-utilities: an article's record, with the notices that NLM has linked to it.

``GET efetch.fcgi?db=pubmed&id=1,2&retmode=xml`` answers a ``PubmedArticleSet``. Notices are in each
article's ``CommentsCorrectionsList``, with a ``RefType`` such as ``RetractionIn``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from claimbase.model.source import State
from claimbase.reading.dates import parse_date
from claimbase.watching.accounts import Account, DoubtError, Event
from claimbase.watching.asking import Client

ADDRESS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
PAUSE = 0.4
"""NCBI allows three questions a second."""
BATCH = 50
"""Articles asked for in one question."""

_STATES = {
    "CorrectedandRepublishedIn": State.CORRECTED,
    "ErratumIn": State.CORRECTED,
    "ExpressionOfConcernIn": State.CONCERN,
    "RetractedandRepublishedIn": State.RETRACTED,
    "RetractionIn": State.RETRACTED,
    "UpdateIn": State.SUPERSEDED,
}
_NO_NEWS = frozenset(
    (
        "AssociatedDataset",
        "AssociatedPublication",
        "Cites",
        "CommentIn",
        "CommentOn",
        "CorrectedandRepublishedFrom",
        "ErratumFor",
        "ExpressionOfConcernFor",
        "OriginalReportIn",
        "RepublishedFrom",
        "RepublishedIn",
        "ReprintIn",
        "ReprintOf",
        "RetractedandRepublishedFrom",
        "RetractionOf",
        "SummaryForPatientsIn",
        "UpdateOf",
    )
)
"""Links that say nothing against the article: to what it comments on, cites or repeats."""
_RETRACTED = "Retracted Publication"
_DOI = re.compile(r"\bdoi:\s*(10\.\d{4,9}/\S+?)[.;,]?(?=\s|$)", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"\b((?:19|20)\d\d)(?: ([A-Z][a-z]{2})(?:-[A-Z][a-z]{2})?(?: (\d{1,2}))?)?\b")


@dataclass(frozen=True, slots=True)
class Article:
    """A record as PubMed gives it. Authors are (family, given), or (name, "") for a body."""

    pmid: str
    doi: str
    title: str
    authors: tuple[tuple[str, str], ...]
    journal: str
    year: str
    volume: str
    issue: str
    pages: str
    types: tuple[str, ...]
    events: tuple[Event, ...]
    doubt: str


def fetch(
    client: Client, pmids: Sequence[str], *, address: str = ADDRESS, contact: str = ""
) -> dict[str, Article]:
    """Return the articles' records by PMID. Those that PubMed does not have are left out.

    Raises:
        NotAnsweredError: There is no answer to go by.
    """
    parameters = {"db": "pubmed", "id": ",".join(pmids), "retmode": "xml", "tool": "claimbase"}
    if "@" in contact:
        parameters["email"] = contact
    answer = client.ask(
        f"{address}/efetch.fcgi", _articles, parameters=parameters, pause=PAUSE
    ).content
    return {article.pmid: article for article in answer or [] if article.pmid in pmids}


def account(article: Article) -> Account:
    """Return what a record says has become of the article.

    Raises:
        DoubtError: It is linked to something of a sort that is not known here.
    """
    if article.doubt:
        raise DoubtError(article.doubt)
    return Account(events=article.events, doi=article.doi.lower() or None)


def _articles(body: bytes) -> list[Article]:
    try:
        # expat itself refuses entities that blow up, and no external ones are fetched.
        root = ET.fromstring(body)  # noqa: S314
    except ET.ParseError as error:
        raise ValueError(f"it is not XML ({error})") from None
    if root.tag != "PubmedArticleSet":
        raise ValueError(f"it is not a set of articles but <{root.tag}>")
    found = [_article(element) for element in root.iter("PubmedArticle")]
    return found + [_article(element) for element in root.iter("PubmedBookArticle")]


def _article(element: ET.Element) -> Article:
    def text(path: str) -> str:
        found = element.find(f".//{path}")
        return " ".join("".join(found.itertext()).split()) if found is not None else ""

    pmid = text("PMID")
    types = tuple("".join(kind.itertext()) for kind in element.iter("PublicationType"))
    events, doubt = [], ""
    for link in element.iterfind(".//CommentsCorrectionsList/CommentsCorrections"):
        kind = link.get("RefType", "")
        if kind in _STATES:
            events.append(_event(link, kind))
        elif kind not in _NO_NEWS:
            doubt = f'it is linked to something of a sort not known here: "{kind}"'
    if _RETRACTED in types and not any(event.state is State.RETRACTED for event in events):
        notice = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
        events.append(Event(state=State.RETRACTED, notice=notice, word="retraction", by="PubMed"))
    return Article(
        pmid=pmid,
        doi=_own_doi(element),
        title=text("ArticleTitle").rstrip("."),
        authors=tuple(
            (
                author.findtext("LastName") or author.findtext("CollectiveName") or "",
                author.findtext("ForeName") or author.findtext("Initials") or "",
            )
            for author in element.iterfind(".//AuthorList/Author")
        ),
        journal=text("Journal/Title"),
        year=(text("JournalIssue/PubDate/Year") or text("JournalIssue/PubDate/MedlineDate"))[:4],
        volume=text("JournalIssue/Volume"),
        issue=text("JournalIssue/Issue"),
        pages=text("MedlinePgn"),
        types=types,
        events=tuple(events),
        doubt=doubt,
    )


def _own_doi(element: ET.Element) -> str:
    """Return the article's DOI; the references below it have DOIs of their own."""
    for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId"):
        for number in element.iterfind(path):
            if number.get("IdType") == "doi" and number.text:
                return number.text.strip()
    return ""


def _event(link: ET.Element, kind: str) -> Event:
    """Read a link. Its date stands in words: "N Engl J Med. 2020 Jun 25;382(26):2582"."""
    source = link.findtext("RefSource") or ""
    pmid = (link.findtext("PMID") or "").strip()
    doi = _DOI.search(source)
    if doi:
        notice = f"https://doi.org/{doi[1]}"
    else:
        notice = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else " ".join(source.split())
    words = re.sub(r"(?<!^)([A-Z])", lambda found: f" {found[1].lower()}", kind.removesuffix("In"))
    return Event(
        state=_STATES[kind],
        date=_date(source),
        notice=notice or None,
        word=words.lower(),
        by="PubMed",
    )


def _date(source: str) -> str | None:
    found = _DATE.search(source)
    if not found:
        return None
    year, month, day = found.groups()
    date = parse_date(" ".join(part for part in (day, month, year) if part)) or parse_date(year)
    parts = (date or {}).get("date-parts", [[]])[0]
    return "-".join(f"{part:02}" for part in parts) or None
