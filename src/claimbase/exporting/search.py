"""What search needs: facets on pages, what each page is about, Pagefind's index, and the guard.

Pagefind (https://pagefind.app) finds words and their beginnings in the whole text. It knows no
synonyms and no misspellings, and what it loads grows with the site; the quick index
(``claimbase.exporting.finder``) goes before it.
"""

import html
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from claimbase.base import CAVEATS, CLAIMS, INDEXES, STUDIES
from claimbase.citing.short import short_name
from claimbase.exporting.finder import Entry, finder_files, plain
from claimbase.exporting.pagefind import settle
from claimbase.ledger import Ledger
from claimbase.model.claim import Conclusion, Popular
from claimbase.model.source import State
from claimbase.model.study import Study
from claimbase.pages import words
from claimbase.pages.lists import is_further
from claimbase.pages.records import TERMS
from claimbase.reading.pages import Page

SEARCH_PAGE = "search.md"
_IN_BRACKETS = re.compile(r" \([^()]*\)$")
_INTERACTIONS = re.compile(r"^/{3,} interactions\b", re.MULTILINE)
_CLOSED = re.compile(r"</(?:t[hd]|dt|dd|summary|figcaption|legend)>(?=<)")
_LEFT_OUT = (
    ".headerlink",
    ".md-content__button",
    ".cb-cites",
    ".cb-mark",
    ".cb-status",
    ".cb-furniture",
    ".cb-references",
    ".cb-history",
    ".cb-cite-this",
    ".cb-list",
    "details > pre",
)
"""Marks, furniture and lists of other records: words that the page is not about."""


def facets(ledger: Ledger, path: str) -> list[tuple[str, str]]:
    """Return the facets of a page as pairs of name and value, by which searches are narrowed."""
    folder, _, name = path.partition("/")
    record_id = name.removesuffix(".md")
    if folder == CLAIMS and record_id in ledger.claims:
        return list(_claim_facets(ledger, record_id))
    if folder == STUDIES and record_id in ledger.studies:
        topics = ledger.studies[record_id].record.topics
        return [("kind", "study"), *_topics(ledger, topics)]
    if folder == CAVEATS and record_id in ledger.caveats:
        return [("kind", "caveat")]
    if folder == TERMS and record_id in ledger.base.tables["glossary"]:
        return [("kind", "term")]
    source = ledger.source_at(record_id) if folder == "sources" else None
    if source is not None:
        return [("kind", "source"), ("source status", words.STATES[source.state])]
    info = ledger.base.infos.get(f"{ledger.docs_name}/{path}")
    return [("kind", "page"), *_topics(ledger, info.record.topics if info else [])]


def _claim_facets(ledger: Ledger, claim_id: str) -> Iterator[tuple[str, str]]:
    claim = ledger.claims[claim_id].record
    yield "kind", "claim"
    yield from _topics(ledger, claim.topics)
    yield "claim type", str(getattr(claim, "type", ""))
    if isinstance(claim, Conclusion):
        yield "certainty", words.phrase(claim.certainty.level)
    if isinstance(claim, Popular):
        yield "verdict", words.phrase(claim.verdict)
    states = {
        words.STATES[ledger.sources[link.source].state]
        for link in claim.evidence
        if link.source in ledger.sources
    }
    for state in sorted(states):
        yield "source status", state
    if claim.jurisdiction:
        place = ledger.base.tables["jurisdictions"].get(claim.jurisdiction)
        yield "jurisdiction", place.record.name if place else claim.jurisdiction


def _topics(ledger: Ledger, topics: list[str]) -> Iterator[tuple[str, str]]:
    for topic in topics:
        if topic in ledger.topics:
            yield "topic", ledger.topics[topic].record.name


def mark_page(ledger: Ledger, path: str, page: str) -> str:
    """Return a built page with what Pagefind reads: its body, its facets, its mark.

    The page of the search itself and the further pages of lists are left out.

    Raises:
        RuntimeError: The theme's article is not where it was; search would find nothing.
    """
    if path == SEARCH_PAGE or is_further(ledger, path):
        return page
    opening = re.search(r"<article\b[^>]*>", page)
    if opening is None:
        raise RuntimeError(f"{path}: the theme's <article> is gone, and search depends on it")
    spans = "".join(
        f'<span data-pagefind-filter="{html.escape(f"{name}:{value}")}"></span>'
        for name, value in facets(ledger, path)
    )
    spans += "".join(
        f'<span data-pagefind-meta="{html.escape(f"{name}:{value}")}"></span>'
        for name, value in _shown(ledger, path)
    )
    # What stands in neighbouring cells would be one word to Pagefind.
    page = _CLOSED.sub(r"\g<0> ", page)
    tag = opening[0].replace("<article", "<article data-pagefind-body", 1)
    return page.replace(opening[0], f"{tag}<div hidden data-pagefind-ignore>{spans}</div>", 1)


def _shown(ledger: Ledger, path: str) -> Iterator[tuple[str, str]]:
    """Yield what a result shows of a page beside its title, as pairs of name and value."""
    kind = dict(facets(ledger, path))["kind"]
    yield "kind", kind
    if kind == "claim":
        claim = ledger.claims[path.partition("/")[2].removesuffix(".md")].record
        yield "type", str(getattr(claim, "type", ""))
        yield "mark", words.mark(claim).words
        yield "caveats", str(len(claim.caveats))
    elif path.startswith(_TOPICS):
        yield "mark", "topic"


def entry(
    ledger: Ledger,
    path: str,
    url: str,
    *,
    title: str,
    sentence: str,
    headings: Iterable[tuple[str, str]],
) -> Entry | None:
    """Return what the quick index holds of a page.

    The page of the search itself and the further pages of lists are left out.

    Args:
        ledger: The ledger.
        path: The page's path below docs.
        url: Its address, relative to the site.
        title: Its title.
        sentence: Its description.
        headings: Ids and texts of its sections.
    """
    if path == SEARCH_PAGE or is_further(ledger, path):
        return None
    found = tuple(facets(ledger, path))
    kind = dict(found)["kind"]
    record_id = path.partition("/")[2].removesuffix(".md")
    file = ledger.base.pages.get(f"{ledger.docs_name}/{path}")
    text = file.text if file else ""
    if kind == "claim":
        claim = ledger.claims[record_id].record
        heard = (*claim.heard_as, claim.fair_wording) if isinstance(claim, Popular) else ()
        rank = str(getattr(claim, "type", ""))
        mark, caveats = words.mark(claim).words, len(claim.caveats)
        return Entry(
            url, claim.headline, kind, rank, mark, caveats, terms=heard, text=text, facets=found
        )
    if kind == "study":
        study = ledger.studies[record_id].record
        names = (record_id, *study.registration)
        return Entry(
            url,
            study.name,
            kind,
            kind,
            names=names,
            rows=tuple(dict.fromkeys(_results_of(ledger, study))),
            headings=tuple(headings),
            summary=study.title,
            text=text,
            facets=found,
        )
    source = ledger.source_at(record_id) if kind == "source" else None
    if source is not None:
        mark = "" if source.state is State.CURRENT else words.STATES[source.state]
        label = short_name(source.csl)
        names = (label, source.key, source.doi or "")
        return Entry(url, title, kind, kind, mark, names=names, summary=label, facets=found)
    if kind == "term":
        term = ledger.base.tables["glossary"][record_id].record
        return Entry(
            url, term.name, kind, kind, names=tuple(term.also), summary=term.means, facets=found
        )
    if kind == "caveat":
        return Entry(url, title, kind, kind, summary=sentence, text=text, facets=found)
    rank = "index" if path.startswith(_INDEXES) else "page"
    # A section goes by the name of the page that opens it.
    opens = rank == "page" and record_id in INDEXES
    return Entry(
        url,
        title,
        kind,
        rank,
        # A topic often has the title of the page on it.
        mark="topic" if path.startswith(_TOPICS) else "",
        names=(*_places_of(ledger, path), *((title,) if opens else ())),
        headings=() if rank == "index" else tuple(headings),
        terms=tuple(_terms_of(ledger, path)),
        rows=tuple(_rows_on(ledger, file)),
        summary=sentence,
        text=text,
        facets=found,
    )


_TOPICS = "topics/"
_INDEXES = tuple(
    f"{folder}/"
    for folder in (
        *(CLAIMS, STUDIES, CAVEATS, TERMS, "sources", "topics"),
        *("contribute/checks", "contribute/reference"),
    )
)
"""Folders whose pages of their own list records, or are for those who write."""


def _terms_of(ledger: Ledger, path: str) -> Iterator[str]:
    """Yield the names of the terms that a page explains."""
    for row in ledger.base.tables["glossary"].values():
        if row.record.page == path:
            yield row.record.name
            yield from row.record.also


def _rows_on(ledger: Ledger, page: Page | None) -> Iterator[str]:
    """Yield the names in the table of interactions, for the page that shows it."""
    if page is not None and any(block.name == "interactions" for block in page.blocks):
        for row in ledger.base.tables["interactions"].values():
            yield row.record.name
            yield from row.record.also


def _results_of(ledger: Ledger, study: Study) -> Iterator[str]:
    """Yield what a study measured, and by which terms of the glossary its groups are compared."""
    yield from (outcome.name for outcome in study.outcomes.values())
    effects = (effect for outcome in study.outcomes.values() for effect in outcome.effects)
    measures = {plain(words.measure(effect.measure)) for effect in effects}
    yield from (name for other, name in _names(ledger) if plain(other) in measures)


def _places_of(ledger: Ledger, path: str) -> Iterator[str]:
    """Yield the names of the places that a page is on."""
    for row in ledger.base.tables["jurisdictions"].values():
        if row.record.page == path:
            yield row.record.name
            yield from row.record.also


def search_files(ledger: Ledger, entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Yield the files of the quick index, with their paths below the site.

    Raises:
        RuntimeError: It would not hold every record of the ledger once.
    """
    entries = list(entries)
    counts = Counter(entry.kind for entry in entries)
    for kind, records in (
        ("claim", ledger.claims),
        ("study", ledger.studies),
        ("caveat", ledger.caveats),
        ("source", ledger.sources),
        ("term", ledger.base.tables["glossary"]),
    ):
        if counts[kind] != len(records):
            raise RuntimeError(
                f"search would find {counts[kind]} pages of the kind {kind}, "
                f"and the ledger has {len(records)}"
            )
    yield from finder_files(entries, _names(ledger))


def _names(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield the other names of terms, drugs and places with the names they go by here."""
    for table in ("glossary", "interactions", "jurisdictions"):
        for row in ledger.base.tables[table].values():
            name = _IN_BRACKETS.sub("", row.record.name)
            yield from ((other, name) for other in row.record.also)


def index(site: Path, entries: Iterable[Entry]) -> None:
    """Index a built site with Pagefind.

    Args:
        site: The site's folder; the index goes to ``pagefind/`` in it.
        entries: The pages that should be in the index.

    Raises:
        RuntimeError: Pagefind fails, or the index holds other pages or facets than it should.
    """
    entries = list(entries)
    shutil.rmtree(site / "pagefind", ignore_errors=True)
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--force-language", "en"]
    command += ["--exclude-selectors", ", ".join(_LEFT_OUT)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"Pagefind failed: {run.stdout}{run.stderr}")
    found = json.loads((site / "pagefind" / "pagefind-entry.json").read_text("utf-8"))
    pages = sum(language["page_count"] for language in found["languages"].values())
    if pages != len(entries):
        raise RuntimeError(f"the search index holds {pages} pages, and the site has {len(entries)}")
    expected = {name for entry in entries for name, _ in entry.facets}
    filters = len(list((site / "pagefind" / "filter").glob("*.pf_filter")))
    if filters != len(expected):
        raise RuntimeError(f"the search index holds {filters} facets, and pages {len(expected)}")
    settle(site / "pagefind")
    for unused in site.glob("pagefind/pagefind-*ui.*"):
        unused.unlink()
