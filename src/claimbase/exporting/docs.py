"""A folder of pages that any builder with the Markdown extension can build.

MkDocs adds what the ledger adds to pages by a plugin, while it builds. Zensical runs extensions of
Python-Markdown and no such plugins, so for it each page is written whole before it builds:
records with their parts around the prose, and the pages that no file holds.
"""

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import chain

from claimbase.base import PAGE_SUFFIXES
from claimbase.exporting.data import data_files
from claimbase.exporting.feeds import feed_files
from claimbase.ledger import Ledger
from claimbase.pages.links import Links, card, claim_page
from claimbase.pages.lists import further_pages
from claimbase.pages.records import GeneratedPage, description, generated_pages, wrap
from claimbase.pages.render import Renderer

ASSETS = ("claimbase.css", "claimbase.js")
"""The style and the script of what the ledger draws, below ``assets/``."""


def docs_files(
    renderer: Renderer, more: Iterable[GeneratedPage] = ()
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the folder, with its path below it.

    Hidden files are left out, as builders leave them out.

    Args:
        renderer: Draws the cards and knows the ledger.
        more: Further pages that no file holds.
    """
    ledger = renderer.ledger
    docs = ledger.settings.docs
    written = set()
    for file in sorted(docs.rglob("*")):
        path = file.relative_to(docs).as_posix()
        if file.is_file() and not any(part.startswith(".") for part in path.split("/")):
            written.add(path)
            page = file.suffix in PAGE_SUFFIXES
            yield path, _whole(ledger, path).encode() if page else file.read_bytes()
    for generated in chain(generated_pages(ledger), further_pages(renderer), more):
        if generated.path not in written:
            front = _front(generated.description)
            yield generated.path, f"{front}{generated.markdown}".encode()
    for name in ASSETS:
        yield f"assets/{name}", asset(name)
    for path, text in beside_pages(renderer):
        yield path, text.encode()


def beside_pages(renderer: Renderer) -> Iterator[tuple[str, str]]:
    """Yield the files of a site that are no pages, with their paths: cards, data and feeds."""
    ledger = renderer.ledger
    for claim_id, filed in ledger.claims.items():
        links = Links(claim_page(claim_id), ledger.settings, built=True)
        yield card(claim_id), renderer.html("card", links, filed=filed)
    yield from data_files(ledger)
    yield from feed_files(ledger)


def asset(name: str) -> bytes:
    """Return a file that the engine adds to a site's ``assets/``."""
    return (files("claimbase.pages") / "assets" / name).read_bytes()


def _whole(ledger: Ledger, path: str) -> str:
    """Return a page with what the ledger adds around its prose.

    The fields of a record are in the page by then; other pages keep their front matter.
    """
    page = ledger.base.pages[f"{ledger.docs_name}/{path}"]
    body = wrap(ledger, path, page.body)
    sentence = description(ledger, path)
    return f"{_front(sentence) if sentence else page.text.removesuffix(page.body)}{body}"


def _front(sentence: str) -> str:
    # JSON is YAML, and has no special cases.
    return f"---\ndescription: {json.dumps(sentence, ensure_ascii=False)}\n---\n"
