"""Draws claim links and records into a page's tree, and tokens for citations and references."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE, STX, AtomicString

from claimbase.markdown import citations
from claimbase.markdown.blocks import BLOCK
from claimbase.model.claim import Conclusion, Popular
from claimbase.pages import links as paths
from claimbase.pages import words
from claimbase.pages.blocks import draw_block
from claimbase.reading.grammar import CLAIM_SCHEME, Cite, parse_citation

if TYPE_CHECKING:
    from markdown import Markdown

    from claimbase.markdown.extension import ClaimbaseExtension

CITES = "claimbase-cites"
"""Element for a bracket with citations, until it is drawn."""

BODY = "data-claimbase-cites"
"""Its attribute: what stands in it."""

CITE = "data-claimbase-cite"
"""Attribute of a placeholder in it: the key cited."""

_HEADING = re.compile(r"(<h[23]\b[^>]*>[^<]*</h[23]>)")
_ID = re.compile(r' id="([^"]*)"')
_WRITTEN = re.compile(f"<{CITES} .*?</{CITES}>", re.DOTALL)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_ASIDE = "fnref-claimbase"
_TAKEN = "claimbase-anchors"
_WIDE = 4
"""Columns from which on a table does not fit a phone."""


class ClaimbaseTreeprocessor(Treeprocessor):
    """Replaces the placeholders, in the order in which a reader meets them."""

    def __init__(self, md: Markdown, extension: ClaimbaseExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: ET.Element) -> None:
        """Draw what the page refers to, then its references."""
        _Page(self.extension, self.md, root).draw()


class HeadingTreeprocessor(Treeprocessor):
    """Ends the disguise of marks and citations in headings.

    Tables of contents, anchors and page titles leave footnote marks out, so until they are made
    what is beside a heading's words passes for one. Anchors inside stashed HTML are shown until
    then, so that headings get others and links to them are known to lead somewhere.
    """

    def run(self, root: ET.Element) -> None:
        """Turn the disguised elements into what they are."""
        for taken in root.findall(_TAKEN):
            root.remove(taken)
        for element in root.iter("sup"):
            if element.get("id") == _ASIDE:
                element.tag = "span"
                del element.attrib["id"]


class _Page:
    """One page's drawing."""

    def __init__(self, extension: ClaimbaseExtension, md: Markdown, root: ET.Element) -> None:
        self.md = md
        self.renderer = extension.renderer
        self.ledger = extension.renderer.ledger
        self.links = extension.links
        self.built = extension.built
        self.root = root
        self.cited: set[str] = set()
        self.lists: list[ET.Element] = []
        self.everything = False
        self.anchors: set[str] = set()

    def draw(self) -> None:
        self._take_out_of_links()
        self._take_out_of_attributes()
        self._stack_tables()
        # Listed first, because drawing changes the tree.
        for element in list(self.root.iter()):
            if element.tag == CITES:
                self._cites(element)
            elif element.tag == "a" and str(element.get("href", "")).startswith(CLAIM_SCHEME):
                self._claim_link(element)
            elif element.get(BLOCK) is not None:
                self._block(element)
        self._references()
        if self.anchors:
            taken = ET.SubElement(self.root, _TAKEN)
            for anchor in sorted(self.anchors):
                ET.SubElement(taken, "span", {"id": anchor})
        for heading in self.root.iter():
            if heading.tag in _HEADINGS:
                for element in heading.iter("span"):
                    if element.get("data-search-exclude") is not None:
                        element.tag = "sup"
                        element.set("id", _ASIDE)

    def _take_out_of_links(self) -> None:
        """Set citations in a link's text behind the link: links cannot hold links."""
        inside: dict[ET.Element, ET.Element] = {}
        for link in self.root.iter("a"):
            for cites in link.iter(CITES):
                # An address in a link's text can be a link itself: the outer one counts.
                inside.setdefault(cites, link)
        if not inside:
            return
        parents = {child: parent for parent in self.root.iter() for child in parent}
        # The last first: each is set right behind the link, before those that follow it.
        for cites, link in reversed(inside.items()):
            _remove(parents[cites], cites)
            cites.tail, link.tail = link.tail, " "
            parent = parents[link]
            parent.insert(list(parent).index(link) + 1, cites)

    def _take_out_of_attributes(self) -> None:
        """Leave citations out of a picture's words, titles, and tags and comments in paragraphs."""
        for element in self.root.iter():
            if element.tag in ("a", "img"):
                for name, value in element.items():
                    # A name alone, { download }, has None for a value.
                    if value and STX in value:
                        element.set(name, INLINE_PLACEHOLDER_RE.sub("", value))
        # Python-Markdown stashes such a tag with what it found in it, written out by then.
        stash = self.md.htmlStash.rawHtmlBlocks
        for position, stashed in enumerate(stash):
            if isinstance(stashed, str) and CITES in stashed:
                stash[position] = _WRITTEN.sub("", stashed)

    def _stack_tables(self) -> None:
        """Make rows of wide tables ready to become records on a phone, as those of blocks are."""
        for table in list(self.root.iter("table")):
            labels = [self._label(cell) for cell in table.iterfind("thead/tr/th")]
            if len(labels) < _WIDE:
                continue
            for row in table.iterfind("tbody/tr"):
                for first in row[:1]:
                    first.tag = "th"
                    first.set("scope", "row")
                for cell, label in zip(row[1:], labels[1:], strict=False):
                    cell.set("data-cb-label", label)
            # The table goes into a frame, which takes its place among what is around it.
            inner = ET.Element("table", dict(table.attrib))
            inner.text, inner[:], table[:] = table.text, table[:], [inner]
            table.tag, table.text = "div", None
            table.attrib.clear()
            table.set("class", "cb-stack")

    def _label(self, cell: ET.Element) -> str:
        """Return a cell's words. A tag in them is stashed, and would end the label's quotes."""

        def stashed(placeholder: re.Match[str]) -> str:
            raw = str(self.md.htmlStash.rawHtmlBlocks[int(placeholder[1])])
            return unescape(raw) if raw.startswith("&") else ""

        return " ".join(HTML_PLACEHOLDER_RE.sub(stashed, _words(cell)).split())

    def _claim_link(self, element: ET.Element) -> None:
        claim_id = str(element.get("href"))[len(CLAIM_SCHEME) :]
        filed = self.ledger.claims.get(claim_id)
        if filed is None:
            element.tag = "span"
            element.attrib.clear()
            element.set("class", "cb-unknown")
            append_text(element, f" [unknown claim: {claim_id}]")
            return
        element.set("href", self.links.to(paths.claim_page(claim_id)))
        element.set("class", "cb-claim")
        element.set("data-cb-card", "")
        if isinstance(filed.record, Conclusion | Popular):
            # Inside the link: what is announced and clicked is phrase and standing together. A mark
            # on a line of its own leaves the space behind.
            append_text(element, " ")
            mark = words.mark(filed.record)
            span = ET.SubElement(
                element,
                "span",
                {"class": f"cb-mark cb-mark--{mark.tone}", "data-search-exclude": ""},
            )
            span.text = mark.words

    def _cites(self, bracket: ET.Element) -> None:
        cites = parse_citation(bracket.attrib[BODY]) or ()
        self.cited.update(cite.key for cite in cites)
        bracket.tag = "span"
        bracket.attrib.clear()
        bracket.set("class", "cb-cites")
        bracket.set("data-search-exclude", "")
        if not len(bracket):
            bracket.text = AtomicString(f"[{'; '.join(map(_plain, cites))}]")
            return
        before: ET.Element | None = None
        for element in list(bracket):
            if CITE not in element.attrib:
                before = element
                continue
            text = citations.cite(element.attrib[CITE]) + (element.tail or "")
            bracket.remove(element)
            # Atomic, so that no other extension takes a token for words.
            if before is None:
                bracket.text = AtomicString((bracket.text or "") + text)
            else:
                before.tail = AtomicString((before.tail or "") + text)

    def _block(self, element: ET.Element) -> None:
        name = str(element.get(BLOCK))
        options = dict(element.attrib)
        argument = options.pop("argument", "")
        del options[BLOCK]
        element.attrib.clear()
        element.text = None
        element.tag = "div"
        element.set("class", f"cb-block cb-block--{name}")
        if name == "bibliography":
            self.everything |= options.get("scope") == "all"
            self.lists.append(element)
        else:
            drawn = draw_block(self.renderer, self.built, name, argument, options)
            self._fill(element, drawn)

    def _references(self) -> None:
        """Set the references where the page asks for them, else at its end."""
        listed = self.ledger.sources if self.everything else self.cited
        if not any(key in self.ledger.sources for key in listed):
            return
        attributes = {"class": "cb-references", "role": "doc-endnotes"}
        if self.lists:
            section = ET.SubElement(self.lists[0], "section", attributes)
            section.set("aria-label", "References")
        else:
            block = {"class": "cb-block cb-block--bibliography"}
            section = ET.SubElement(ET.SubElement(self.root, "div", block), "section", attributes)
            section.set("aria-labelledby", "references")
            ET.SubElement(section, "h2", {"id": "references"}).text = "References"
        token = citations.references(everything=self.everything)
        ET.SubElement(section, "ol").text = AtomicString(token)

    def _fill(self, element: ET.Element, drawn: str) -> None:
        """Put HTML into an element: headings into the tree, where they are listed, the rest as is.

        What the builder need not see is stashed, as Python-Markdown does with raw HTML, since
        parsing and writing it again would cost more than drawing it.
        """
        drawn = _ID.sub(self._once, drawn)
        for position, part in enumerate(_HEADING.split(drawn)):
            if position % 2:
                element.append(ET.fromstring(part))  # noqa: S314  (our own templates' output)
            elif part.strip():
                append_text(element, self.md.htmlStash.store(part.strip()))

    def _once(self, match: re.Match[str]) -> str:
        """Two blocks may list one record; the first is where its anchor leads."""
        if match[1] in self.anchors:
            return ""
        self.anchors.add(match[1])
        return match[0]


def _plain(cite: Cite) -> str:
    """Return a citation without markup, as it stands in its bracket."""
    prefix = f"{cite.prefix} " if cite.prefix else ""
    return prefix + citations.cite(cite.key) + (f", {cite.locator}" if cite.locator else "")


def _words(element: ET.Element) -> str:
    """Return an element's words, without citations and markup."""
    inner = (("" if e.tag == CITES else _words(e)) + (e.tail or "") for e in element)
    return (element.text or "") + "".join(inner)


def append_text(element: ET.Element, text: str) -> None:
    """Add text at an element's end."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _remove(parent: ET.Element, child: ET.Element) -> None:
    """Take an element out of the tree, and leave the text behind it."""
    position, tail = list(parent).index(child), child.tail or ""
    parent.remove(child)
    if position:
        parent[position - 1].tail = (parent[position - 1].tail or "").rstrip() + tail
    else:
        parent.text = (parent.text or "").rstrip() + tail
