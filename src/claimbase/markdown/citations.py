"""Numbers a page's citations and draws its references, when the page is whole.

Until then each citation is a token that holds the source's key, and the references are one token:
nothing before needs to know numbers, and a builder that holds all its pages holds little. Tokens
stand between the control characters that Python-Markdown sets its own in, which it takes out of
what authors write.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from markdown.util import ETX, STX

from claimbase.pages.links import Links
from claimbase.pages.render import Renderer

_CITE = re.compile(f"{STX}cite:([^{ETX}]*){ETX}")
_LIST = re.compile(f"{STX}references:(cited|all){ETX}")


def cite(key: str) -> str:
    """Return the token for a citation of a source."""
    return f"{STX}cite:{key}{ETX}"


def references(*, everything: bool) -> str:
    """Return the token for the sources that the page cites, or for all there are."""
    return f"{STX}references:{'all' if everything else 'cited'}{ETX}"


def number(renderer: Renderer, links: Links, text: str) -> str:
    """Return a page with its citations numbered by first appearance, and its references listed.

    Args:
        renderer: Draws the references.
        links: Links from the page, as it is built.
        text: The page's HTML with tokens.
    """
    page = _Page(renderer, links)
    return _LIST.sub(page.references, _CITE.sub(page.cite, text)) if STX in text else text


def name(renderer: Renderer, text: str) -> str:
    """Return text with its citations by name, for where no references stand to number by."""
    if STX not in text:
        return text
    return _LIST.sub("", _CITE.sub(lambda token: renderer.cited(unescape(token[1])).name, text))


@dataclass(slots=True)
class _Numbered:
    """A source on the page, its number, and how often it is cited.

    ``before`` and ``after`` are what stands around that in each of its citations.
    """

    number: int
    before: str
    after: str
    times: int = 0


class _Page:
    def __init__(self, renderer: Renderer, links: Links) -> None:
        self.renderer = renderer
        self.sources = renderer.ledger.sources
        self.links = links
        self.numbered: dict[str, _Numbered] = {}

    def cite(self, token: re.Match[str]) -> str:
        key = unescape(token[1])
        item = self.numbered.get(key)
        if item is None:
            if key not in self.sources:
                return f'<span class="cb-unknown">@{escape(key)}: unknown source</span>'
            item = self._number(key)
        item.times += 1
        return f"{item.before}{item.times}{item.after}"

    def references(self, token: re.Match[str]) -> str:
        if token[1] == "all":
            for key in sorted(self.sources.keys() - self.numbered.keys()):
                self._number(key)
        return "".join(
            f'<li id="ref-{item.number}">{self._reference(key, item)}</li>'
            for key, item in self.numbered.items()
        )

    def _number(self, key: str) -> _Numbered:
        number, cited = len(self.numbered) + 1, self.renderer.cited(key)
        before = (
            f'<a aria-label="Reference {number}: {cited.name}" class="cb-cite" '
            f'href="#ref-{number}" id="cite-{number}-'
        )
        after = f'" role="doc-noteref">{number}</a>{cited.mark}'
        item = self.numbered[key] = _Numbered(number, before, after)
        return item

    def _reference(self, key: str, item: _Numbered) -> str:
        drawn = [self.renderer.reference_line(self.sources[key], self.links)]
        several = item.times > 1
        drawn += (_back(item.number, time, several=several) for time in range(1, item.times + 1))
        return " ".join(drawn)


@lru_cache(maxsize=1024)
def _back(number: int, time: int, *, several: bool) -> str:
    """Return the link from a reference back to one of its citations: the same on every page."""
    mark = f"↩<sup>{time}</sup>" if several else "↩"
    return (
        f'<a class="cb-back" role="doc-backlink" href="#cite-{number}-{time}" '
        f'aria-label="Back to citation {time} of reference {number}">{mark}</a>'
    )
