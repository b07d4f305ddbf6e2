"""Numbers a page's citations and draws its references, when the page is whole.

Until then each citation is a token that holds the source's key, and the references are one token:
nothing before needs to know numbers, and a builder that holds all its pages holds little. Tokens
stand between the control characters that Python-Markdown sets its own in, which it takes out of
what authors write.
"""

import re
from dataclasses import dataclass
from html import escape, unescape

from markdown.util import ETX, STX

from claimbase.pages import words
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
    return _LIST.sub("", _CITE.sub(lambda token: _name(renderer, unescape(token[1])), text))


def _name(renderer: Renderer, key: str) -> str:
    """Return a source's short name as HTML, with its status if that takes its support away."""
    source = renderer.ledger.sources.get(key)
    status = f", {words.STATES[source.state]}" if source and not source.state.supports else ""
    return escape(renderer.short(key)) + status


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
        number, state = len(self.numbered) + 1, self.sources[key].state
        before = (
            f'<a aria-label="Reference {number}: {_name(self.renderer, key)}" class="cb-cite" '
            f'href="#ref-{number}" id="cite-{number}-'
        )
        after = f'" role="doc-noteref">{number}</a>'
        if not state.supports:
            said = words.STATES[state]
            after += f'<span class="cb-status cb-status--{state.value}"> {said}</span>'
        item = self.numbered[key] = _Numbered(number, before, after)
        return item

    def _reference(self, key: str, item: _Numbered) -> str:
        drawn = self.renderer.reference_line(self.sources[key], self.links)
        for time in range(1, item.times + 1):
            mark = f"↩<sup>{time}</sup>" if item.times > 1 else "↩"
            drawn += (
                f' <a class="cb-back" role="doc-backlink" href="#cite-{item.number}-{time}" '
                f'aria-label="Back to citation {time} of reference {item.number}">{mark}</a>'
            )
        return drawn
