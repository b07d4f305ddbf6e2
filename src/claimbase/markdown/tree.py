"""Draws claim links, citations, records and the reference list into a page's tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markdown.treeprocessors import Treeprocessor

from claimbase.markdown.blocks import BLOCK
from claimbase.model.claim import Conclusion, Popular
from claimbase.pages import links as paths
from claimbase.pages import words
from claimbase.pages.figures import FIGURES, figure
from claimbase.reading.grammar import CLAIM_SCHEME

if TYPE_CHECKING:
    from collections.abc import Container

    from markdown import Markdown

    from claimbase.ledger import Use
    from claimbase.markdown.extension import ClaimbaseExtension
    from claimbase.model.source import Source

CITES = "data-claimbase-cites"
"""Attribute of a bracket with citations."""

CITE = "data-claimbase-cite"
"""Attribute of a placeholder in such a bracket: the key cited."""

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_ASIDE = "fnref-claimbase"


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


class HeadingTreeprocessor(Treeprocessor):
    """Ends the disguise of marks and citations in headings.

    Tables of contents, anchors and page titles leave footnote marks out, so until they are made
    what is beside a heading's words passes for one.
    """

    def run(self, root: ET.Element) -> None:
        """Turn the disguised elements into what they are."""
        for element in root.iter("sup"):
            if element.get("id") == _ASIDE:
                element.tag = "span"
                del element.attrib["id"]


class _Page:
    """One page's drawing: numbers are given by first appearance."""

    def __init__(self, extension: ClaimbaseExtension, root: ET.Element) -> None:
        self.renderer = extension.renderer
        self.ledger = extension.renderer.ledger
        self.links = extension.links
        self.root = root
        self.cited: dict[str, _Numbered] = {}
        self.lists: list[ET.Element] = []
        self.anchors: set[str] = set()

    def draw(self) -> None:
        self._take_out_of_links()
        # Listed first, because drawing changes the tree.
        for element in list(self.root.iter()):
            if element.get(CITES) is not None:
                self._cites(element)
            elif element.tag == "a" and str(element.get("href", "")).startswith(CLAIM_SCHEME):
                self._claim_link(element)
            elif element.get(BLOCK) is not None:
                self._block(element)
        self._references()
        for heading in self.root.iter():
            if heading.tag in _HEADINGS:
                for element in heading.iter("span"):
                    if element.get("data-search-exclude") is not None:
                        element.tag = "sup"
                        element.set("id", _ASIDE)

    def _take_out_of_links(self) -> None:
        """Set citations in a link's text behind the link: links cannot hold links."""
        inside = [
            (link, cites)
            for link in self.root.iter("a")
            for cites in link.iter("span")
            if cites.get(CITES) is not None
        ]
        if not inside:
            return
        parents = {child: parent for parent in self.root.iter() for child in parent}
        # The last first: each is set right behind the link, before those that follow it.
        for link, cites in reversed(inside):
            _remove(parents[cites], cites)
            cites.tail, link.tail = link.tail, " "
            parent = parents[link]
            parent.insert(list(parent).index(link) + 1, cites)

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

    def _cites(self, bracket: ET.Element) -> None:
        bracket.attrib.clear()
        bracket.set("class", "cb-cites")
        bracket.set("data-search-exclude", "")
        for element in list(bracket):
            key = element.attrib.pop(CITE, None)
            if key is not None:
                self._cite(bracket, element, key)

    def _cite(self, bracket: ET.Element, element: ET.Element, key: str) -> None:
        source = self.ledger.sources.get(key)
        if source is None:
            element.set("class", "cb-unknown")
            element.text = f"@{key}: unknown source"
            return
        item = self.cited.setdefault(key, _Numbered(source, len(self.cited) + 1))
        anchor = f"cite-{item.number}-{len(item.anchors) + 1}"
        item.anchors.append(anchor)
        element.tag = "a"
        element.text = str(item.number)
        label = f"Reference {item.number}: {self.renderer.short(key)}"
        if not source.state.supports:
            state = words.STATES[source.state]
            label += f", {state}"
            note = ET.Element("span", {"class": f"cb-status cb-status--{source.state.value}"})
            note.text = f" {state}"
            note.tail, element.tail = element.tail, None
            bracket.insert(list(bracket).index(element) + 1, note)
        element.attrib.update(
            {
                "id": anchor,
                "class": "cb-cite",
                "role": "doc-noteref",
                "href": f"#ref-{item.number}",
                "aria-label": label,
            }
        )

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
                else draw("unknown", self.links, what="claim", name=claim_id)
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
        if name in ("evidence-map", "risk-of-bias", "independence"):
            return draw(name.replace("-", "_"), self.links, topic=options.get("topic", ""))
        if name in FIGURES:
            drawn = figure(ledger, name, options)
            return draw("figure", self.links, figure=drawn) if drawn else ""
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
        if name == "topics":
            counts = {topic: len(self.renderer.select({"topic": topic})) for topic in ledger.topics}
            return draw("topics", self.links, counts=counts)
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
        shelves: dict[str, Container[str]] = {
            "page-foot": ledger.base.infos,
            "source-head": ledger.sources,
            "claim-head": ledger.claims,
            "claim-foot": ledger.claims,
            "study-head": ledger.studies,
            "study-foot": ledger.studies,
            "caveat-head": ledger.caveats,
            "caveat-foot": ledger.caveats,
        }
        if record_id not in shelves.get(kind, ()):
            return draw("unknown", self.links, what="record", name=f"{kind} {record_id}".strip())
        if what == "topic":
            topic = ledger.topics[record_id]
            studies = [s for s in ledger.studies.values() if record_id in s.record.topics]
            claims = self.renderer.select({"topic": record_id})
            return draw("topic", self.links, topic=topic, claims=claims, studies=studies)
        if what == "term":
            return draw("term", self.links, row=ledger.base.tables["glossary"][record_id])
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
        for part in drawn.iter():
            # Two blocks may list one record; the first is where its anchor leads.
            anchor = part.get("id")
            if anchor in self.anchors:
                del part.attrib["id"]
            elif anchor:
                self.anchors.add(anchor)
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
