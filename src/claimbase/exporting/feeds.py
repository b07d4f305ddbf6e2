"""Atom feeds (RFC 4287): new and changed claims, and changes of standing alone."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from claimbase.ledger import Ledger
from claimbase.model.claim import Change
from claimbase.model.source import State
from claimbase.pages import links, words

_ATOM = "http://www.w3.org/2005/Atom"
_LIMIT = 100
# What moves how far a reader may lean on a claim.
_STANDING = {Change.CERTAINTY, Change.VERDICT}


@dataclass(frozen=True, slots=True)
class _Entry:
    date: str
    id: str
    title: str
    text: str
    address: str


def feed_files(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield each feed's path in the site and its text."""
    claims = list(_claims(ledger, set(Change) - {Change.REVIEWED}))
    standing = [*_claims(ledger, _STANDING), *_sources(ledger)]
    yield "feeds/claims.xml", _feed(ledger, "feeds/claims.xml", "New and changed claims", claims)
    yield (
        "feeds/standing.xml",
        _feed(ledger, "feeds/standing.xml", "Changes of certainty, verdict or status", standing),
    )


def _claims(ledger: Ledger, kinds: set[Change]) -> Iterator[_Entry]:
    for claim_id, filed in ledger.claims.items():
        for number, entry in enumerate(filed.record.history):
            if entry.kind in kinds:
                address = links.public_address(ledger.settings, links.claim_page(claim_id))
                yield _Entry(
                    entry.date.isoformat(),
                    f"{address}#history-{number + 1}",
                    f"{words.title(entry.kind)}: {filed.record.headline}",
                    f"{entry.change} ({words.mark(filed.record).words})",
                    address,
                )


def _sources(ledger: Ledger) -> Iterator[_Entry]:
    for key, source in ledger.sources.items():
        status = source.appraisal.status
        if status.state is State.CURRENT or not status.date:
            continue
        # A feed needs a day; a month or a year counts from its first.
        date = (status.date + "-01-01")[: len("2024-08-08")]
        address = links.public_address(ledger.settings, links.source_page(key))
        title = str(source.csl.get("title") or key)
        yield _Entry(
            date,
            f"{address}#status-{status.state.value}",
            f"{words.title(words.STATES[status.state])}: {title}",
            status.because or "",
            address,
        )


def _feed(ledger: Ledger, path: str, title: str, entries: list[_Entry]) -> str:
    settings = ledger.settings
    latest = sorted(entries, key=lambda e: (e.date, e.id), reverse=True)[:_LIMIT]
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _child(feed, "title", f"{settings.site_name}: {title}")
    address = f"{settings.site_url.rstrip('/')}/{path}"
    _child(feed, "id", address)
    _child(feed, "link", href=address, rel="self")
    _child(feed, "link", href=settings.site_url or "/")
    _child(feed, "updated", _moment(latest[0].date if latest else "1970-01-01"))
    author = _child(feed, "author")
    _child(author, "name", settings.site_name)
    for item in latest:
        entry = _child(feed, "entry")
        _child(entry, "title", item.title)
        _child(entry, "id", item.id)
        _child(entry, "link", href=item.address)
        _child(entry, "updated", _moment(item.date))
        _child(entry, "summary", item.text)
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, "unicode") + "\n"


def _child(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def _moment(date: str) -> str:
    return dt.datetime.fromisoformat(date).replace(tzinfo=dt.UTC).isoformat()
