"""What search needs: facets on pages, other names and spellings, and Pagefind's index.

Pagefind (https://pagefind.app) finds words and their beginnings in chunks that it loads as needed.
It knows no synonyms and no misspellings; small files beside its index hold those, split so that
what a first search loads does not grow with the site.
"""

import html
import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from claimbase.base import CAVEATS, CLAIMS, STUDIES
from claimbase.ledger import Ledger
from claimbase.model.claim import Conclusion, Popular
from claimbase.pages import words
from claimbase.pages.records import TERMS

_WORD = re.compile(r"[^\W\d_][\w'-]*[^\W_]", re.UNICODE)
_SHORTEST = 4
"""Shorter words are not corrected: too many others are near them."""


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

    Raises:
        RuntimeError: The theme's article is not where it was; search would find nothing.
    """
    opening = re.search(r"<article\b[^>]*>", page)
    if opening is None:
        raise RuntimeError(f"{path}: the theme's <article> is gone, and search depends on it")
    found = facets(ledger, path)
    kind = dict(found)["kind"]
    spans = "".join(
        f'<span data-pagefind-filter="{html.escape(f"{name}:{value}")}"></span>'
        for name, value in found
    )
    meta = [f"kind:{kind}"]
    record_id = path.partition("/")[2].removesuffix(".md")
    if kind == "claim":
        claim = ledger.claims[record_id].record
        meta.append(f"mark:{words.mark(claim).words}")
        meta.append(f"type:{words.TYPES[getattr(claim, 'type', '')]}")
        meta.append(f"caveats:{len(claim.caveats)}")
    spans += "".join(f'<span data-pagefind-meta="{html.escape(item)}"></span>' for item in meta)
    tag = opening[0].replace("<article", "<article data-pagefind-body", 1)
    return page.replace(opening[0], f"{tag}<div hidden data-pagefind-ignore>{spans}</div>", 1)


def search_files(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield the files beside the index: other names, and the words that may be meant.

    ``search/names.json`` maps each other name of a glossary's term to the term.
    ``search/words/<letter>.json`` lists the words of titles, claims and terms that begin with a
    letter, for misspellings.
    """
    names: dict[str, str] = {}
    for row in ledger.base.tables["glossary"].values():
        for other in row.record.also:
            if other.lower() != row.record.name.lower():
                names.setdefault(other.lower(), row.record.name.lower())
    yield "search/names.json", json.dumps(names, ensure_ascii=False, sort_keys=True)
    shards: dict[str, set[str]] = defaultdict(set)
    for text in _texts(ledger):
        for match in _WORD.finditer(text.lower()):
            if len(match[0]) >= _SHORTEST:
                shards[match[0][0]].add(match[0])
    for letter, found in sorted(shards.items()):
        if letter.isascii():
            yield f"search/words/{letter}.json", json.dumps(sorted(found), ensure_ascii=False)


def _texts(ledger: Ledger) -> Iterator[str]:
    for filed in ledger.claims.values():
        yield filed.record.claim
    for study in ledger.studies.values():
        yield f"{study.record.name} {study.record.title}"
    for row in ledger.base.tables["glossary"].values():
        yield " ".join((row.record.name, row.record.means, *row.record.also))
    for page in ledger.base.pages.values():
        yield page.title


def index(site: Path, expected: int) -> None:
    """Index a built site with Pagefind.

    Args:
        site: The site's folder; the index goes to ``pagefind/`` in it.
        expected: How many pages should be in the index.

    Raises:
        RuntimeError: Pagefind fails, or the index holds another number of pages.
    """
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--force-language", "en"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"Pagefind failed: {run.stdout}{run.stderr}")
    entry = json.loads((site / "pagefind" / "pagefind-entry.json").read_text("utf-8"))
    pages = sum(language["page_count"] for language in entry["languages"].values())
    if pages != expected:
        raise RuntimeError(f"the search index holds {pages} pages, and the site has {expected}")
