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
    """A source on the page, its number, and how often it is cited."""

    number: int
    times: int = 0


class _Page:
    def __init__(self, renderer: Renderer, links: Links) -> None:
        self.renderer = renderer
        self.sources = renderer.ledger.sources
        self.links = links
        self.numbered: dict[str, _Numbered] = {}

    def cite(self, token: re.Match[str]) -> str:
        key = unescape(token[1])
        source = self.sources.get(key)
        if source is None:
            return f'<span class="cb-unknown">@{escape(key)}: unknown source</span>'
        item = self._numbered(key)
        item.times += 1
        note = ""
        if not source.state.supports:
            state = words.STATES[source.state]
            note = f'<span class="cb-status cb-status--{source.state.value}"> {state}</span>'
        return (
            f'<a aria-label="Reference {item.number}: {_name(self.renderer, key)}" class="cb-cite" '
            f'href="#ref-{item.number}" id="cite-{item.number}-{item.times}" role="doc-noteref">'
            f"{item.number}</a>{note}"
        )

    def references(self, token: re.Match[str]) -> str:
        if token[1] == "all":
            for key in sorted(self.sources):
                self._numbered(key)
        return "".join(
            f'<li id="ref-{item.number}">{self._reference(key, item)}</li>'
            for key, item in self.numbered.items()
        )

    def _numbered(self, key: str) -> _Numbered:
        return self.numbered.setdefault(key, _Numbered(len(self.numbered) + 1))

    def _reference(self, key: str, item: _Numbered) -> str:
        drawn = self.renderer.reference_line(self.sources[key], self.links)
        for time in range(1, item.times + 1):
            mark = f"↩<sup>{time}</sup>" if item.times > 1 else "↩"
            drawn += (
                f' <a class="cb-back" role="doc-backlink" href="#cite-{item.number}-{time}" '
                f'aria-label="Back to citation {time} of reference {item.number}">{mark}</a>'
            )
        return drawn
