"""A folder of pages that any builder with the Markdown extension can build.

MkDocs adds what the ledger adds to pages by a plugin, while it builds. Zensical runs extensions of
Python-Markdown and no such plugins, so for it each page is written whole before it builds:
records with their parts around the prose, and the pages that no file holds.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import chain
from typing import Any

from claimbase.base import PAGE_SUFFIXES
from claimbase.exporting.data import data_files
from claimbase.exporting.feeds import feed_files
from claimbase.ledger import Ledger
from claimbase.pages.links import Links, card, claim_page
from claimbase.pages.lists import further_pages
from claimbase.pages.records import GeneratedPage, description, generated_pages, wrap
from claimbase.pages.render import Renderer
from claimbase.settings import Settings

STYLE, SCRIPT = "claimbase.css", "claimbase.js"
"""The style and the script of what the ledger draws, below ``assets/``."""

_PRINTED = ("title", "subtitle", "description", "status")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


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
    for file in sorted(docs.rglob("*")):
        path = file.relative_to(docs).as_posix()
        if file.is_file() and file.suffix not in PAGE_SUFFIXES and not _is_hidden(path):
            yield path, file.read_bytes()
    for path, generated in all_pages(renderer, more).items():
        if generated is None:
            yield path, _whole(ledger, path).encode()
        else:
            front = _front({"description": generated.description})
            yield path, f"{front}{generated.markdown}".encode()
    yield from made_files(ledger)
    for path, text in cards(renderer):
        yield path, text.encode()


def all_pages(
    renderer: Renderer, more: Iterable[GeneratedPage] = ()
) -> dict[str, GeneratedPage | None]:
    """Return the path of every page below docs, with the page itself where no file holds it.

    Args:
        renderer: Knows the ledger.
        more: Further pages that no file holds.
    """
    ledger = renderer.ledger
    paths = [ledger.settings.below_docs(name) for name in ledger.base.pages]
    pages: dict[str, GeneratedPage | None] = {p: None for p in paths if not _is_hidden(p)}
    for generated in chain(generated_pages(ledger), further_pages(renderer), more):
        pages.setdefault(generated.path, generated)
    return pages


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def made_files(ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    """Yield the files that pages need or may link to, with their paths: assets, data and feeds."""
    for name in assets(ledger.settings):
        yield f"assets/{name}", asset(name)
    for path, text in chain(data_files(ledger), feed_files(ledger)):
        yield path, text.encode()


def in_the_way(ledger: Ledger, path: str) -> str | None:
    """Return what is wrong if a file of the base stands where the site has one that is made."""
    if not (ledger.settings.docs / path).exists():
        return None
    return f"{ledger.docs_name}/{path}: the site has a file of its own there: name it otherwise."


def cards(renderer: Renderer) -> Iterator[tuple[str, str]]:
    """Yield the cards of claims, with their paths in the site."""
    ledger = renderer.ledger
    for claim_id, filed in ledger.claims.items():
        links = Links(claim_page(claim_id), ledger.settings, built=True)
        yield card(claim_id), renderer.html("card", links, filed=filed)


def assets(settings: Settings) -> tuple[str, ...]:
    """Return the names of the files that the engine adds to a site's ``assets/``."""
    return (STYLE, SCRIPT, *(("search.css", "search.js") if settings.options.search else ()))


def asset(name: str) -> bytes:
    """Return such a file."""
    return (files("claimbase.pages") / "assets" / name).read_bytes()


def _whole(ledger: Ledger, path: str) -> str:
    """Return a page with what the ledger adds around its prose.

    Most fields of a record are in the page by then; other pages keep theirs.
    """
    page = ledger.base.pages[f"{ledger.docs_name}/{path}"]
    sentence = description(ledger, path)
    fields = dict(page.front.data or {}) if page.front else {}
    if sentence:
        fields = {k: v for k, v in fields.items() if k == "title"} | {"description": sentence}
    return _front(fields) + wrap(ledger, path, page.body)


def as_html(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return as HTML those fields of a page's front matter that themes print as they are."""
    return {name: html.escape(str(fields[name])) for name in _PRINTED if fields.get(name)}


def _front(fields: dict[str, Any]) -> str:
    """Return front matter. JSON is YAML with few special cases."""
    lines = [f"{name}: {_json(value)}\n" for name, value in {**fields, **as_html(fields)}.items()]
    return f"---\n{''.join(lines)}---\n" if lines else ""


def _json(value: Any) -> str:
    """Return a value as JSON that YAML reads alike.

    YAML joins no surrogates to one character, and ends lines where JSON does not.
    """
    text = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
