"""The extension's entry: what it registers with Python-Markdown, and in which order."""

import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.util import STX

from claimbase.base import read_base
from claimbase.ledger import link
from claimbase.markdown import citations
from claimbase.markdown.blocks import RecordBlocks
from claimbase.markdown.tree import (
    BODY,
    CITE,
    CITES,
    ClaimbaseTreeprocessor,
    HeadingTreeprocessor,
    append_text,
)
from claimbase.pages.links import Links
from claimbase.pages.render import Renderer
from claimbase.reading.grammar import CITATION, parse_citation
from claimbase.reading.masking import mask
from claimbase.reading.pages import NO_SOURCE
from claimbase.reading.problems import Problems
from claimbase.settings import load_settings

_MARKUP = re.compile(r"[\\`*_&<~^=+\x02:]")
_INNER_BLOCK = re.compile(
    r"^[ \t]*(?:(?:[>*+:-]|\d+[.)]|\[\^[^\]\n]*\]:)[ \t]*)+(?P<slash>/)//", re.MULTILINE
)
_ZENSICAL = "rendering_context"


class ClaimbaseExtension(Extension):
    """Ties Markdown to a ledger.

    Used by a builder's adapter, it is given a renderer and told the page before each conversion;
    the adapter then asks for ``numbered`` pages when it writes them. Used alone, it reads the base
    that ``config`` names on first use, numbers as it converts, and asks the parser for the page:
    Zensical keeps it there, others set ``page``.

    Args:
        renderer: Draws the records; None to read the base from ``config``.
        late: Whether the pages converted are numbered later.
        config: The site's configuration file, ``mkdocs.yml`` unless given.
        page: The path below docs of the page that is converted next.
    """

    def __init__(
        self, renderer: Renderer | None = None, *, late: bool = False, **kwargs: Any
    ) -> None:
        self.config = {
            "config": ["mkdocs.yml", "The site's configuration; its folder is the base."],
            "page": ["index.md", "The path below docs of the page that is converted."],
        }
        super().__init__(**kwargs)
        self._renderer = renderer
        self.late = late
        self.page = str(self.getConfig("page"))
        self._parser: Markdown | None = None

    @property
    def renderer(self) -> Renderer:
        """What draws the records.

        Raises:
            ValueError: The configuration or the style cannot be used; the message says why.
        """
        if self._renderer is None:
            self._renderer = renderer_of(Path(os.path.realpath(str(self.getConfig("config")))))
        return self._renderer

    @property
    def links(self) -> Links:
        """Links from the page that is converted, for what its builder sees."""
        return Links(self._told or self.page, self.renderer.ledger.settings)

    @property
    def built(self) -> Links:
        """Links from the page, for what its builder does not see.

        Zensical sees all: it looks for links in the HTML, and others in Python-Markdown's tree.
        """
        return replace(self.links, built=self._told is None)

    @property
    def _told(self) -> str | None:
        """The path below docs of the page that Zensical converts: it keeps that in the parser."""
        if self._parser is None or _ZENSICAL not in self._parser.preprocessors:
            return None
        context: Any = self._parser.preprocessors[_ZENSICAL]
        return str(context.page.path)

    def numbered(self, text: str) -> str:
        """Return the HTML of the page with its citations numbered and its references listed."""
        return citations.number(self.renderer, self.built, text)

    def named(self, text: str) -> str:
        """Return HTML in which citations that stand outside a page's own text are names."""
        return citations.name(self.renderer, text)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        """Register the processors.

        Marks come out first, before code and HTML; citations go between escapes and links, so
        that code is already safe and a link's text still whole; records join the tree after inline
        processing and before the table of contents reads the headings. Citations are numbered
        last of all, in the order in which they come to stand.
        """
        md.registerExtension(self)
        self._parser = md
        md.ESCAPED_CHARS.append("@")
        md.preprocessors.register(_Marks(self, md), "claimbase-marks", 28)
        md.inlinePatterns.register(_Citation(CITATION.pattern, md), "claimbase-citation", 178)
        md.treeprocessors.register(ClaimbaseTreeprocessor(md, self), "claimbase", 7)
        md.treeprocessors.register(HeadingTreeprocessor(md), "claimbase-headings", -2)
        if not self.late:
            md.postprocessors.register(_Numbers(self, md), "claimbase-numbers", 0)
        RecordBlocks().extendMarkdown(md)


@cache
def renderer_of(config_file: Path) -> Renderer:
    """Return what draws the records of the base that a configuration file belongs to.

    Raises:
        ValueError: The configuration or the style cannot be used; the message says why.
    """
    problems = Problems()
    settings = load_settings(config_file, problems)
    if settings is None:
        raise ValueError("; ".join(f"{p.place}: {p.message} ({p.help})" for p in problems))
    ledger = link(read_base(settings, problems))
    return Renderer.of(ledger)


class _Marks(Preprocessor):
    """Takes out ``{ .no-source }`` marks and turns bibliography commands into blocks."""

    def __init__(self, extension: ClaimbaseExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        commands = self.extension.renderer.ledger.settings.bibliography_commands
        marks = ("no-source", *commands)
        inner = "///" in text and _INNER_BLOCK.search(text)
        if not any(mark in text for mark in marks) and not inner:
            return lines
        hidden = mask(text)
        edits = [(m.start(), m.end(), "") for m in NO_SOURCE.finditer(hidden)]
        for match in _command(*commands).finditer(text):
            # An escape, as commands begin with one, is hidden in part; code is as a whole.
            if hidden[match.start() : match.end()].strip():
                scope = "\n    scope: all" if match["all"] else ""
                edits.append((match.start(), match.end(), f"/// bibliography{scope}\n///"))
        # The checks read no block that begins behind the mark of a quote or an item: it is not
        # drawn either, but shown as it is written.
        edits += [
            (m.start("slash"), m.end("slash"), "&#47;") for m in _INNER_BLOCK.finditer(hidden)
        ]
        pieces, position = [], 0
        for start, end, new in sorted(edits):
            pieces += [text[position:start], new]
            position = end
        return "".join([*pieces, text[position:]]).split("\n")


@cache
def _command(own: str, every: str) -> re.Pattern[str]:
    """Return what matches a line that asks for the references of the page, or for all."""
    return re.compile(
        rf"^[ ]{{0,3}}(?:(?P<all>{re.escape(every)})|{re.escape(own)})[ \t]*$", re.MULTILINE
    )


class _Citation(InlineProcessor):
    """Turns a bracket with citations into an element with a placeholder for each key.

    The words around the keys stay text, so that code, emphasis and entities in them are read.
    """

    def handleMatch(  # type: ignore[override]  # noqa: N802  (Python-Markdown's name)
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        del data
        cites = parse_citation(m["body"])
        # Code in a key has been set aside by now, and is no key.
        if cites is None or any(STX in cite.key for cite in cites):
            return None, None, None
        element = ET.Element(CITES, {BODY: m["body"]})
        if not any(_MARKUP.search(cite.prefix + cite.locator) for cite in cites):
            # Most citations hold no markup, and looking for it costs more than all the rest.
            return element, m.start(0), m.end(0)
        element.text = "["
        for position, cite in enumerate(cites):
            before = "; " if position else ""
            append_text(element, f"{before}{cite.prefix} " if cite.prefix else before)
            ET.SubElement(element, "span", {CITE: cite.key})
            if cite.locator:
                append_text(element, f", {cite.locator}")
        append_text(element, "]")
        return element, m.start(0), m.end(0)


class _Numbers(Postprocessor):
    def __init__(self, extension: ClaimbaseExtension, md: Markdown) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, text: str) -> str:
        return self.extension.numbered(text)


def makeExtension(**kwargs: Any) -> ClaimbaseExtension:  # noqa: N802  (Python-Markdown's name)
    """Return the extension, as Python-Markdown asks for it by name."""
    return ClaimbaseExtension(**kwargs)
