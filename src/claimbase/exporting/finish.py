"""What a built page still gets, whoever built it, and what a site gets at its end.

For search: marks in the page and the quick index; for paper: notes; for machines: JSON-LD, Open
Graph and each page's Markdown; for safety: a policy that lets no script in but the page's own.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from claimbase.exporting import linked_data, paper, policy, search, social
from claimbase.exporting.finder import Entry
from claimbase.exporting.plain import plain_files
from claimbase.pages.links import Links, address
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
        for path, text in plain_files(ledger, self._texts):
            write(site / path, text)
        if ledger.settings.options.search:
            for path, text in search.search_files(ledger, self._entries):
                write(site / path, text)
            search.index(site, self._entries)
        (site / social.IMAGE).write_bytes(social.image(ledger.settings))
        # For hosts that read it (Netlify, Cloudflare Pages); others are told in the README.
        sent = "".join(f"  {n}: {v}\n" for n, v in policy.headers(self._hashes).items())
        write(site / "_headers", f"/*\n{sent}")


def write(path: Path, text: str) -> None:
    """Write a file of the site, and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


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
