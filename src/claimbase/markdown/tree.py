"""Draws claim links, citations, records and the reference list into a page's tree."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markdown.treeprocessors import Treeprocessor

from claimbase.markdown.blocks import BLOCK
from claimbase.model.claim import Conclusion, Popular
from claimbase.pages import links as paths
from claimbase.pages import words
from claimbase.reading.grammar import CLAIM_SCHEME, parse_citation

if TYPE_CHECKING:
    from markdown import Markdown

    from claimbase.ledger import Use
    from claimbase.markdown.extension import ClaimbaseExtension
    from claimbase.model.source import Source

CITE = "data-claimbase-cite"
"""Attribute of a placeholder that holds a bracket's citations as written."""


@dataclass
class _Numbered:
    """A source cited on the page, its number, and the anchors of its citations."""

    source: Source
    number: int
    anchors: list[str] = field(default_factory=list)


class ClaimbaseTreeprocessor(Treeprocessor):
    """Replaces the placeholders, in the order in which a reader meets them."""

    def __init__(self, md: Markdown, extension: ClaimbaseExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: ET.Element) -> None:
        """Draw what the page refers to, then its references."""
        _Page(self.extension, root).draw()


class _Page:
    """One page's drawing: numbers are given by first appearance."""

    def __init__(self, extension: ClaimbaseExtension, root: ET.Element) -> None:
        self.renderer = extension.renderer
        self.ledger = extension.renderer.ledger
        self.links = extension.links
        self.root = root
        self.cited: dict[str, _Numbered] = {}
        self.lists: list[ET.Element] = []

    def draw(self) -> None:
        # Listed first, because drawing changes the tree.
        for element in list(self.root.iter()):
            if element.get(CITE) is not None:
                self._citation(element)
            elif element.tag == "a" and str(element.get("href", "")).startswith(CLAIM_SCHEME):
                self._claim_link(element)
            elif element.get(BLOCK) is not None:
                self._block(element)
        self._references()

    def _claim_link(self, element: ET.Element) -> None:
        claim_id = str(element.get("href"))[len(CLAIM_SCHEME) :]
        filed = self.ledger.claims.get(claim_id)
        if filed is None:
            element.tag = "span"
            element.attrib.clear()
            element.set("class", "cb-unknown")
            _append_text(element, f" [unknown claim: {claim_id}]")
            return
        element.set("href", self.links.to(paths.claim_page(claim_id)))
        element.set("class", "cb-claim")
        element.set("data-cb-card", self.links.asset(card_path(claim_id)))
        if isinstance(filed.record, Conclusion | Popular):
            # Inside the link: what is announced and clicked is phrase and standing together. The
            # space is in the mark, where it is read and copied but never underlined.
            mark = words.mark(filed.record)
            span = ET.SubElement(
                element,
                "span",
                {"class": f"cb-mark cb-mark--{mark.tone}", "data-search-exclude": ""},
            )
            span.text = f" {mark.words}"

    def _citation(self, element: ET.Element) -> None:
        cites = parse_citation(str(element.get(CITE))) or []
        element.attrib.clear()
        element.set("class", "cb-cites")
        element.set("data-search-exclude", "")
        element.text = "["
        for position, cite in enumerate(cites):
            if position:
                _append_text(element, "; ")
            if cite.prefix:
                _append_text(element, f"{cite.prefix} ")
            source = self.ledger.sources.get(cite.key)
            if source is None:
                unknown = ET.SubElement(element, "span", {"class": "cb-unknown"})
                unknown.text = f"@{cite.key}: unknown source"
            else:
                self._cite(element, source)
            if cite.locator:
                _append_text(element, f", {cite.locator}")
        _append_text(element, "]")

    def _cite(self, parent: ET.Element, source: Source) -> None:
        item = self.cited.setdefault(source.key, _Numbered(source, len(self.cited) + 1))
        anchor = f"cite-{item.number}-{len(item.anchors) + 1}"
        item.anchors.append(anchor)
        short = self.renderer.short(source.key)
        link = ET.SubElement(
            parent,
            "a",
            {
                "id": anchor,
                "class": "cb-cite",
                "role": "doc-noteref",
                "href": f"#ref-{item.number}",
                "aria-label": f"Reference {item.number}: {short}",
            },
        )
        link.text = str(item.number)
        if not source.state.supports:
            state = words.STATES[source.state]
            link.set("aria-label", f"Reference {item.number}: {short}, {state}")
            note = ET.SubElement(
                parent, "span", {"class": f"cb-status cb-status--{source.state.value}"}
            )
            note.text = f" {state}"

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
            if options.get("scope") == "all":
                for key in sorted(self.ledger.sources):
                    source = self.ledger.sources[key]
                    self.cited.setdefault(key, _Numbered(source, len(self.cited) + 1))
            self.lists.append(element)
        else:
            self._fill(element, self._drawn(name, argument, options))

    def _drawn(self, name: str, argument: str, options: dict[str, str]) -> str:
        """Return a block's content as XHTML."""
        ledger, draw = self.ledger, self.renderer.html
        if name == "record":
            kind, _, record_id = argument.partition(" ")
            return self._record(kind, record_id)
        if name == "claim":
            return "".join(
                draw("claim", self.links, filed=ledger.claims[claim_id])
                if claim_id in ledger.claims
                else f'<p class="cb-unknown">[unknown claim: {html.escape(claim_id)}]</p>'
                for claim_id in argument.split()
            )
        if name in ledger.base.tables:
            rows = [
                row
                for row in ledger.base.tables[name].values()
                if all(
                    words.phrase(getattr(row.record, option, "")) in _any_of(value)
                    for option, value in options.items()
                )
            ]
            return draw(f"table_{name}", self.links, rows=rows)
        if name == "claims":
            chosen = self.renderer.select(options)
            return draw("claims", self.links, claims=chosen, style=options.get("as", "list"))
        if name == "studies":
            topic = options.get("topic")
            studies = [
                filed
                for _, filed in sorted(ledger.studies.items())
                if not topic or topic in filed.record.topics
            ]
            return draw("studies", self.links, studies=studies)
        if name == "caveats":
            caveats = sorted(ledger.caveats.values(), key=lambda filed: filed.record.name)
            return draw("caveats", self.links, caveats=caveats)
        sources = sorted(
            (
                source
                for source in ledger.sources.values()
                if options.get("kind", source.appraisal.kind.value) == source.appraisal.kind.value
                and options.get("status", source.state.value) == source.state.value
            ),
            key=lambda source: (self.renderer.short(source.key).lower(), source.key),
        )
        return draw("sources", self.links, sources=sources)

    def _record(self, kind: str, record_id: str) -> str:
        ledger, draw = self.ledger, self.renderer.html
        what, _, part = kind.partition("-")
        if what == "page":
            return draw("page_foot", self.links, filed=ledger.base.infos[record_id])
        if what == "source":
            fallen, weakened = ledger.falls_with(record_id)
            place = ledger.base.entries[record_id].place
            return draw(
                "source",
                self.links,
                source=ledger.sources[record_id],
                fallen=[ledger.claims[name] for name in fallen],
                weakened=[ledger.claims[name] for name in weakened],
                uses=one_a_page(ledger.source_uses(record_id)),
                file=place.file,
                line=place.line,
            )
        if what == "claim":
            filed = ledger.claims[record_id]
            uses = [use for use in ledger.claim_uses(record_id) if use.page != filed.file]
            return draw(f"claim_{part}", self.links, filed=filed, uses=one_a_page(uses))
        if what == "study":
            name = "study" if part == "head" else "study_foot"
            return draw(name, self.links, filed=ledger.studies[record_id])
        name = "caveat" if part == "head" else "caveat_foot"
        return draw(
            name,
            self.links,
            filed=ledger.caveats[record_id],
            claims=ledger.claims_with_caveat(record_id),
        )

    def _references(self) -> None:
        """Draw the references where the page asks for them, else at its end."""
        if not self.cited:
            return
        asked = bool(self.lists)
        if not asked:
            self.lists.append(
                ET.SubElement(self.root, "div", {"class": "cb-block cb-block--bibliography"})
            )
        content = self.renderer.html(
            "references", self.links, items=list(self.cited.values()), heading=not asked
        )
        self._fill(self.lists[0], content)

    def _fill(self, element: ET.Element, xhtml: str) -> None:
        drawn = ET.fromstring(f"<div>{xhtml}</div>")  # noqa: S314  (our own templates' output)
        element.text = drawn.text
        element.extend(drawn)


def _any_of(value: str) -> list[str]:
    """Return the values that an option allows; a comma stands between several."""
    return [words.phrase(part.strip()) for part in value.split(",")]


def card_path(claim_id: str) -> str:
    """Return the path in the built site of a claim's card."""
    return f"claims/{claim_id}/card.html"


def one_a_page(uses: list[Use]) -> list[Use]:
    """Return the first use on each page."""
    first: dict[str, Use] = {}
    for use in uses:
        first.setdefault(use.page, use)
    return list(first.values())


def _append_text(element: ET.Element, text: str) -> None:
    """Add text at an element's end."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
