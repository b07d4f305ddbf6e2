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
        text = _own(ledger, path) if generated is None else _made(ledger, generated)
        yield path, text.encode()
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
    """Return what a file holds that ``assets`` names."""
    return (files("claimbase.pages") / "assets" / name).read_bytes()


def _own(ledger: Ledger, path: str) -> str:
    """Return a page that a file holds with what the ledger adds around its prose."""
    page = ledger.base.pages[f"{ledger.docs_name}/{path}"]
    fields = (page.front.data or {}) if page.front else {}
    return _written(front_of(ledger, path, fields)) + wrap(ledger, path, page.body)


def _made(ledger: Ledger, page: GeneratedPage) -> str:
    return _written(front_of(ledger, page.path, {}, page)) + page.markdown


def front_of(
    ledger: Ledger, path: str, fields: Mapping[str, Any], generated: GeneratedPage | None = None
) -> dict[str, Any]:
    """Return the front matter of a page once it is whole.

    Themes print some fields as they are, so these are HTML. Most fields of a record are in the
    page by then; other pages keep theirs.

    Args:
        ledger: The ledger.
        path: The page's path below docs.
        fields: The front matter of its file.
        generated: The page itself, where no file holds it.
    """
    sentence = generated.description if generated else description(ledger, path)
    kept = dict(fields)
    if sentence:
        kept = {k: v for k, v in kept.items() if k == "title"} | {"description": sentence}
    return kept | {name: html.escape(str(kept[name])) for name in _PRINTED if kept.get(name)}


def _written(fields: Mapping[str, Any]) -> str:
    """Return front matter as text. JSON is YAML with few special cases."""
    lines = [f"{name}: {_json(value)}\n" for name, value in fields.items()]
    return f"---\n{''.join(lines)}---\n" if lines else ""


def _json(value: Any) -> str:
    """Return a value as JSON that YAML reads alike.

    YAML joins no surrogates to one character, and ends lines where JSON does not.
    """
    text = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
