"""From a DOI, a PubMed number, a trial's number or an address to a cited source."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from claimbase.contributing.identify import Name, Naming, identify, same_address
from claimbase.contributing.reference import (
    Reference,
    from_crossref,
    from_pubmed,
    from_trial,
    insert_entry,
    make_key,
    to_bibtex,
    with_pubmed,
)
from claimbase.exporting.folder import replace
from claimbase.ledger import Ledger
from claimbase.model.source import Source, SourceKind
from claimbase.reading.problems import Problems
from claimbase.reading.text import read_text
from claimbase.watching import crossref, pubmed, trials
from claimbase.watching.accounts import DoubtError, Outcome, merge, outcome
from claimbase.watching.asking import Client, NotAnsweredError
from claimbase.watching.rows import NotWrittenError, insert_row, yaml_date
from claimbase.watching.watch import Services


class NotCitedError(Exception):
    """The source cannot be cited, or is already; the message says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A work that was found, with what has become of it; ``asked`` are the services that said."""

    reference: Reference
    outcome: Outcome | None = None
    asked: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """What was written where."""

    key: str
    entry: str
    bibliography: Path
    row: dict[str, Any] = field(default_factory=dict)


def look_up(name: Name, ledger: Ledger, client: Client, services: Services) -> Found:
    """Return the work that a name stands for, as its service has it.

    Raises:
        NotCitedError: It is in the base already, or there is no record to go by.
    """
    _refuse_known(ledger, name)
    try:
        if name.naming is Naming.TRIAL:
            study = trials.fetch(client, name.text, address=services.trials).content
            return Found(from_trial(study or {}), outcome(()), ("ClinicalTrials.gov",))
        if name.naming is Naming.ADDRESS:
            return _page(name.text, ledger, client, services)
        if name.naming is Naming.PMID:
            return _article(name.text, ledger, client, services)
        return _work(name.text, client, services)
    except DoubtError as error:
        raise NotCitedError(f"{name.naming} {name.text}: {error}") from None
    except NotAnsweredError as error:
        by_hand = "claimbase new source takes the fields by hand"
        raise NotCitedError(f"{name.naming} {name.text}: {error}; {by_hand}") from None


def _work(doi: str, client: Client, services: Services) -> Found:
    message = crossref.fetch(client, doi, address=services.crossref).content or {}
    return Found(
        from_crossref(message),
        outcome(crossref.account(message).events),
        ("Crossref",),
        tuple(_notices(message)),
    )


def _article(pmid: str, ledger: Ledger, client: Client, services: Services) -> Found:
    found = pubmed.fetch(client, [pmid], address=services.pubmed, contact=services.contact)
    if pmid not in found:
        raise DoubtError("PubMed does not know it")
    article = found[pmid]
    account = pubmed.account(article)
    if not article.doi:
        return Found(from_pubmed(article), outcome(account.events), ("PubMed",))
    _refuse_known(ledger, Name(Naming.DOI, article.doi))
    try:
        message = crossref.fetch(client, article.doi, address=services.crossref).content or {}
        registered = crossref.account(message)
    except (NotAnsweredError, DoubtError) as error:
        # One of two was not asked, so the source does not count as looked up.
        remark = f"Crossref {article.doi}: {error}"
        return Found(from_pubmed(article), outcome(account.events), (), (remark,))
    return Found(
        with_pubmed(from_crossref(message), article),
        outcome(merge(registered.events, account.events)),
        ("Crossref", "PubMed"),
        tuple(_notices(message)),
    )


def _notices(message: dict[str, Any]) -> list[str]:
    updates = message.get("update-to")
    return [
        f"it is itself a notice: {update.get('type', 'update')} of {update.get('DOI', '?')}"
        for update in (updates if isinstance(updates, list) else [])
        if isinstance(update, dict)
    ]


def _page(address: str, ledger: Ledger, client: Client, services: Services) -> Found:
    """Look at a web page: many name their DOI, and all have a title."""
    head = client.ask(address, _read_head, pause=1.0).content or _Head()
    if head.doi:
        _refuse_known(ledger, Name(Naming.DOI, head.doi))
        return _work(head.doi, client, services)
    fields = {"title": head.title, "organization": head.site, "url": address}
    people = ((head.site, ""),) if head.site else ()
    filled = {name: value for name, value in fields.items() if value}
    return Found(Reference("online", filled, people))


class _Head(HTMLParser):
    """What a page says of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, str] = {}
        self.in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_title = tag == "title" and "title" not in self.named
        given = {name: value or "" for name, value in attrs}
        name = given.get("name") or given.get("property") or ""
        if tag == "meta" and name and given.get("content"):
            self.named.setdefault(name.casefold(), " ".join(given["content"].split()))

    def handle_data(self, data: str) -> None:
        if self.in_title and data.strip():
            self.named.setdefault("title", " ".join(data.split()))

    @property
    def doi(self) -> str:
        for name in ("citation_doi", "dc.identifier", "prism.doi"):
            try:
                found = identify(self.named.get(name, ""))
            except ValueError:
                continue
            if found.naming is Naming.DOI:
                return found.text
        return ""

    @property
    def title(self) -> str:
        return self.named.get("og:title") or self.named.get("title", "")

    @property
    def site(self) -> str:
        return self.named.get("og:site_name", "")


def _read_head(body: bytes) -> _Head:
    head = _Head()
    # Older versions of the parser give up at a section that is marked oddly ("<![if"). What was
    # read before it stands.
    with suppress(AssertionError):
        head.feed(body[:500_000].decode("utf-8", "replace"))
    return head


def _refuse_known(ledger: Ledger, *names: Name) -> None:
    """Raise if a source with one of these names is in the base; an empty name is nobody's.

    Raises:
        NotCitedError: It is, under the key that the message gives.
    """
    for key, source in ledger.sources.items():
        for name in names:
            if name.text and _is_named(source, name):
                raise NotCitedError(f"{name.text} is in the base already: cite it as [@{key}]")


def _is_named(source: Source, name: Name) -> bool:
    url = str(source.csl.get("URL", ""))
    match name.naming:
        case Naming.DOI:
            return source.doi == name.text.casefold()
        case Naming.PMID:
            return str(source.csl.get("PMID", "")) == name.text
        case Naming.TRIAL:
            return name.text in url.upper() and "clinicaltrials.gov" in url.casefold()
        case Naming.ADDRESS:
            return bool(url) and same_address(url, name.text)


def write(
    ledger: Ledger,
    found: Found,
    *,
    day: dt.date,
    kind: SourceKind,
    seen: str = "record",
    key: str | None = None,
    bibliography: Path | None = None,
) -> Cited:
    """Write a work's entry and its appraisal.

    Args:
        ledger: The base.
        found: The work.
        day: Today, the day it was looked up.
        kind: What the source is.
        seen: How close to it whoever cites it got.
        key: Its key, in place of one made from author, year and title.
        bibliography: The file to write to, in place of the one with most entries.

    Raises:
        NotCitedError: It is in the base already, the file cannot be read, or the entry could not
            be written. Nothing was.
    """
    fields = found.reference.fields
    _refuse_known(
        ledger,
        Name(Naming.DOI, fields.get("doi", "")),
        Name(Naming.PMID, fields.get("pmid", "")),
        Name(Naming.ADDRESS, fields.get("url", "")),
    )
    taken = {*ledger.base.entries, *ledger.base.appraisals}
    if key in taken:
        raise NotCitedError(f'the key "{key}" is taken')
    key = key or make_key(found.reference, taken)
    path = bibliography or _bibliography(ledger)
    row = _row(found, day, kind, seen)
    table = ledger.settings.references / "appraisals.yml"
    before = _text(ledger, path)
    try:
        entry = to_bibtex(found.reference, key)
        replace(path, insert_entry(before, entry, key))
        try:
            insert_row(table, key, row)
        except NotWrittenError:
            replace(path, before)
            raise
    except (NotWrittenError, ValueError) as error:
        raise NotCitedError(str(error)) from None
    return Cited(key, entry, path, row)


def _text(ledger: Ledger, path: Path) -> str:
    if not path.exists():
        return ""
    problems = Problems()
    text = read_text(ledger.settings.root, path, problems)
    if text is None:
        raise NotCitedError(f"{path.name}: {problems[0].message}; {problems[0].help}")
    return text


def _bibliography(ledger: Ledger) -> Path:
    """Return the file that holds most of the entries."""
    files = [entry.place.file for entry in ledger.base.entries.values()]
    if files:
        return ledger.settings.root / max(sorted(set(files)), key=files.count)
    given = ledger.settings.bibliography
    return given[0] if given else ledger.settings.references / "library.bib"


def _row(found: Found, day: dt.date, kind: SourceKind, seen: str) -> dict[str, Any]:
    state = found.outcome.state.value if found.outcome else "current"
    status: dict[str, Any] = {"state": state}
    event = found.outcome.event if found.outcome else None
    if event is not None:
        status |= {"date": yaml_date(event.date), "notice": event.notice}
    if found.asked:
        status["looked-up"] = day
    row: dict[str, Any] = {
        "kind": kind.value,
        "status": {name: value for name, value in status.items() if value},
        "seen": seen,
    }
    return row | ({"preprint": True} if found.reference.preprint else {})
