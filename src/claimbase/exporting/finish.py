"""What a built page still gets, whoever built it, and what a site gets at its end.

For search: marks in the page and the quick index; for paper: notes; for machines: JSON-LD, Open
Graph and each page's Markdown; for safety: a policy that lets no script in but the page's own.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from claimbase.exporting import linked_data, paper, policy, search, social
from claimbase.exporting.docs import all_pages
from claimbase.exporting.finder import Entry
from claimbase.exporting.folder import write
from claimbase.exporting.plain import plain_files
from claimbase.pages.links import Links, address, html_file
from claimbase.pages.records import GeneratedPage
from claimbase.pages.render import Renderer
from claimbase.settings import Settings

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')
_SECTION = re.compile(r'<h2\b[^>]*? id="(?P<id>[^"]+)"[^>]*>(?P<text>.*?)</h2>', re.DOTALL)
# What holds a further such element goes after it.
_ASIDE = re.compile(
    r'<(?P<tag>a|span|sup)\b[^>]* (?:class="(?:headerlink|cb-(?:cites|mark|status))\b|id="fnref)'
    r"[^>]*>(?:(?!</?(?P=tag)\b).)*</(?P=tag)>",
    re.DOTALL,
)
_BUTTON = re.compile(
    r'<a\b(?=[^>]*\bclass="md-content__button\b)[^>]*\bhref="(?P<address>[^"]*)"[^>]*>.*?</a>',
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>")

Pages: TypeAlias = Mapping[str, tuple[str, GeneratedPage | None]]
"""Pages by their files in a built site: their paths below docs, and those that no file holds."""


@dataclass
class Finish:
    """Finishes pages one by one, then their site.

    ``locked`` says whether pages get a policy for their scripts. A server that adds scripts of its
    own afterwards cannot have one.
    """

    renderer: Renderer
    locked: bool = True
    _hashes: set[str] = field(default_factory=set)
    _entries: list[Entry] = field(default_factory=list)
    _texts: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def page(
        self,
        path: str,
        page: str,
        *,
        title: str,
        sentence: str,
        headings: Iterable[tuple[str, str]],
    ) -> str:
        """Return a built page, finished.

        Args:
            path: The page's path below docs.
            page: The page's HTML.
            title: Its title.
            sentence: Its description; may be empty.
            headings: Ids and texts of its sections.
        """
        ledger = self.renderer.ledger
        settings = ledger.settings
        # Out of the site's own pages "Home" says nothing.
        title = settings.site_name if not address(path) else title
        source = ledger.base.pages.get(f"{ledger.docs_name}/{path}")
        if source is not None:
            self._texts[path] = (title, sentence, source.text)
        if settings.options.search:
            page = search.mark_page(ledger, path, page)
            url = address(path, directories=settings.directory_urls)
            found = search.entry(
                ledger, path, url, title=title, sentence=sentence, headings=headings
            )
            self._entries += [found] if found else []
        page = self.lock(paper.with_notes(self.renderer, path, page))
        data = linked_data.script(linked_data.page_data(ledger, path, title, sentence))
        shown = social.meta(settings, path, title, sentence)
        return page.replace("</head>", f"{shown}{data}</head>", 1)

    def lock(self, page: str) -> str:
        """Return a page with the policy for its scripts."""
        if not self.locked:
            return page
        hashes = policy.inline_hashes(page)
        self._hashes |= hashes
        # The policy comes before the first script, or it would not hold for it.
        return page.replace("<head>", f"<head>{policy.meta(hashes)}", 1)

    def site(self, site: Path) -> None:
        """Write what belongs to the whole site, once its pages are there.

        Raises:
            RuntimeError: Search would not find all that there is.
        """
        ledger = self.renderer.ledger
        write(site, plain_files(ledger, self._texts))
        if ledger.settings.options.search:
            write(site, search.search_files(ledger, self._entries))
            search.index(site, self._entries)
        (site / social.IMAGE).write_bytes(social.image(ledger.settings))
        # For hosts that read it (Netlify, Cloudflare Pages); others are told in the README.
        sent = "".join(f"  {n}: {v}\n" for n, v in policy.headers(self._hashes).items())
        write(site, [("_headers", f"/*\n{sent}")])


def outline(page: str, settings: Settings) -> tuple[str, str, list[tuple[str, str]]]:
    """Return a built page's title, its description, and ids and texts of its sections.

    They are taken from the HTML, for builders that tell them in no other way. Marks beside the
    words of a heading are left out; a description that is the site's is none of the page.
    """
    title = html.unescape(_found(_TITLE, page)).removesuffix(f" - {settings.site_name}")
    sentence = html.unescape(_found(_DESCRIPTION, page))
    headings = [(found["id"], _words(found["text"])) for found in _SECTION.finditer(page)]
    return title, "" if sentence == settings.site_description else sentence, headings


def _words(heading: str) -> str:
    while (less := _ASIDE.sub("", heading)) != heading:
        heading = less
    return " ".join(html.unescape(_TAG.sub("", heading)).split())


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    return found[1] if found else ""


def with_edit_link(generated: GeneratedPage, settings: Settings, page: str) -> str:
    """Return the HTML of a page that no file holds with edit links to what it shows.

    The builder takes it for a file of its own, and its links would lead nowhere.
    """
    links = Links(generated.path, settings)
    right = links.edit(generated.file, generated.line) if generated.file else None

    def button(match: re.Match[str]) -> str:
        wrong = match["address"]
        if not wrong.endswith(f"/{generated.path}"):
            return match[0]
        # The theme has two: one to edit the file, one to see it as it is.
        shown = right and right.replace("/edit/", "/raw/", 1) if "/raw/" in wrong else right
        return match[0].replace(wrong, html.escape(shown), 1) if shown else ""

    return _BUTTON.sub(button, page)


def built_pages(renderer: Renderer, site: Path, more: Iterable[GeneratedPage] = ()) -> Pages:
    """Return the pages of a built site by their files in it.

    Args:
        renderer: Knows the ledger.
        site: The site's folder.
        more: Further pages that no file holds.

    Raises:
        RuntimeError: A page is not there, and the configuration leaves none out.
    """
    settings = renderer.ledger.settings
    pages = {
        html_file(path, directories=settings.directory_urls): (path, generated)
        for path, generated in all_pages(renderer, more).items()
    }
    config = settings.config_tree.data if settings.config_tree else {}
    some_left_out = bool(config.get("exclude_docs") or config.get("draft_docs"))
    missing = [
        path
        for file, (path, generated) in pages.items()
        if not (site / file).is_file() and not (some_left_out and generated is None)
    ]
    if missing:
        raise RuntimeError(f"{len(missing)} pages are not built, {missing[0]} for one")
    return pages


def finish_site(renderer: Renderer, site: Path, built: Pages) -> None:
    """Finish the pages of a site in their place, and then the site.

    Args:
        renderer: Knows the ledger.
        site: The site's folder.
        built: Its pages, as ``built_pages`` returns them.

    Raises:
        RuntimeError: The site is finished already, or search would not find all that there is.
    """
    settings = renderer.ledger.settings
    finishing = Finish(renderer)
    for file in sorted(site.rglob("*.html")):
        name = file.relative_to(site).as_posix()
        # No builder touches what is HTML already.
        if (settings.docs / name).exists() or not file.is_file():
            continue
        page = file.read_text(encoding="utf-8")
        if policy.is_locked(page):
            raise RuntimeError("it is finished already: build it again first")
        if name in built:
            path, generated = built[name]
            title, sentence, headings = outline(page, settings)
            page = finishing.page(path, page, title=title, sentence=sentence, headings=headings)
            page = with_edit_link(generated, settings, page) if generated else page
        else:
            page = finishing.lock(page)
        file.write_text(page, encoding="utf-8", newline="\n")
    finishing.site(site)
