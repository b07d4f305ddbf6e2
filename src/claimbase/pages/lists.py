"""Lists that grow with the base, cut into parts, so that no page grows with it.

The first part stands where the list was asked for, each further one on a page of its own below
that: ``topics/sleep/``, then ``topics/sleep/page-2/``.
"""

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

from claimbase.base import INDEXES
from claimbase.ledger import Dependant, Ledger, Use
from claimbase.model.claim import Relation
from claimbase.pages import links, words
from claimbase.pages.records import GeneratedPage, heading
from claimbase.pages.render import Renderer

LENGTH = 200
"""Items in a part."""

_FURTHER = re.compile(r"(?:(?P<of>.+)/)?page-(?P<number>[1-9]\d*)\.md")


@dataclass(frozen=True)
class Part:
    """Part of a list.

    Attributes:
        items: What it holds.
        number: Which part it is, from 1.
        total: How many items the whole list has.
        pages: Of every part: its page below docs, and from what to what it reaches, if that says
            more than its number.
    """

    items: Sequence[Any]
    number: int
    total: int
    pages: tuple[tuple[str, str], ...]

    def of(self, kind: str) -> list[Any]:
        """Return the items of a kind, where a list holds several."""
        return self._kinds.get(kind, [])

    @cached_property
    def _kinds(self) -> dict[str, list[Any]]:
        kinds: dict[str, list[Any]] = {}
        for item in self.items:
            kinds.setdefault(kind_of(item), []).append(item)
        return kinds


def is_further(ledger: Ledger, path: str) -> bool:
    """Return whether a page below docs holds a further part of a list, and is no file's."""
    return bool(_FURTHER.fullmatch(path)) and f"{ledger.docs_name}/{path}" not in ledger.base.pages


def part_of(ledger: Ledger, page: str, items: Sequence[Any], label: Callable[[Any], str]) -> Part:
    """Return the part of a list that a page shows.

    Args:
        ledger: The ledger.
        page: The page's path below docs.
        items: The whole list.
        label: What stands for an item where a part says from what to what it reaches.
    """
    further = _FURTHER.fullmatch(page) if is_further(ledger, page) else None
    number = int(further["number"]) if further else 1
    first = _first(ledger, further["of"] or "") if further else page
    pages = []
    for start in range(0, len(items), LENGTH):
        ends = (label(items[start]), label(items[min(start + LENGTH, len(items)) - 1]))
        reach = " to ".join(dict.fromkeys(end for end in ends if end))
        pages.append((_path(first, start // LENGTH + 1), reach))
    shown = items[(number - 1) * LENGTH : number * LENGTH]
    return Part(shown, number, len(items), tuple(pages))


def _path(first: str, number: int) -> str:
    if number == 1:
        return first
    folder, name = posixpath.split(first.removesuffix(".md"))
    below = folder if name in INDEXES else posixpath.join(folder, name)
    return posixpath.join(below, f"page-{number}.md")


def _first(ledger: Ledger, of: str) -> str:
    """Return the page on which a list begins whose further parts are in a folder."""
    indexes = (posixpath.join(of, f"{name}.md") for name in INDEXES)
    known = (index for index in indexes if f"{ledger.docs_name}/{index}" in ledger.base.pages)
    return next(known, f"{of}.md")


# --- The lists -----------------------------------------------------------------------------------


def items_of(renderer: Renderer, name: str, options: Mapping[str, str]) -> Sequence[Any]:
    """Return the records that a block lists.

    Args:
        renderer: Chooses claims, and knows the short names of sources.
        name: The block's name, one of ``LABELS``.
        options: The options below the name.
    """
    ledger = renderer.ledger
    if name == "claims":
        return renderer.select(options)
    if name == "studies":
        topic = options.get("topic")
        studies = (filed for _, filed in sorted(ledger.studies.items()))
        return [filed for filed in studies if not topic or topic in filed.record.topics]
    if name == "caveats":
        return sorted(ledger.caveats.values(), key=lambda filed: filed.record.name)
    if name == "glossary":
        rows = ledger.base.tables["glossary"].values()
        return sorted(rows, key=lambda row: row.record.name.lower())
    return sorted(
        (
            source
            for source in ledger.sources.values()
            if options.get("kind", source.appraisal.kind.value) == source.appraisal.kind.value
            and options.get("status", source.state.value) == source.state.value
        ),
        key=lambda source: (renderer.short(source.key).lower(), source.key),
    )


def on_topic(renderer: Renderer, topic_id: str) -> list[Any]:
    """Return the claims on a topic, by type, and then its studies."""
    studies = [s for s in renderer.ledger.studies.values() if topic_id in s.record.topics]
    return [*renderer.select({"topic": topic_id}), *studies]


def leaning_on(ledger: Ledger, key: str) -> list[Dependant | Use]:
    """Return the claims that lean on a source, by relation, then the other pages that cite it.

    The studies that it reports have a list of their own.
    """
    order = list(Relation)
    dependants = sorted(ledger.dependants(key), key=lambda d: order.index(d.link.relation))
    listed = {dependant.claim.file for dependant in dependants}
    listed |= {ledger.studies[study_id].file for study_id in ledger.studies_reported_by(key)}
    return [*dependants, *(use for use in ledger.source_uses(key) if use.page not in listed)]


def used_on(ledger: Ledger, claim_id: str) -> list[Use]:
    """Return the pages on which a claim is used, but for its own."""
    file = ledger.claims[claim_id].file
    return [use for use in ledger.claim_uses(claim_id) if use.page != file]


def _initial(text: str) -> str:
    return text.lstrip("\"'“‘([")[:1].upper()


def kind_of(item: Any) -> str:
    """Return what an item is called in a list of several kinds."""
    if isinstance(item, Dependant):
        return words.RELATIONS[item.link.relation].lower()
    if isinstance(item, Use):
        return "pages"
    return words.PLURALS.get(getattr(item.record, "type", ""), "studies")


LABELS: dict[str, Callable[[Renderer, Any], str]] = {
    "claims": lambda _, item: kind_of(item),
    "studies": lambda _, item: item.record.name,
    "caveats": lambda _, item: _initial(item.record.name),
    "glossary": lambda _, item: _initial(item.record.name),
    "sources": lambda renderer, item: _initial(renderer.short(item.key)),
}
"""The blocks that list records, and what stands for an item of each."""


# --- Their further pages -------------------------------------------------------------------------


def further_pages(renderer: Renderer) -> Iterator[GeneratedPage]:
    """Yield the pages of the further parts of all lists."""
    by_page: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for path, title, markdown, length in _lists(renderer):
        if length > LENGTH:
            by_page[path].append((title, markdown, ceil(length / LENGTH)))
    for path, parts in by_page.items():
        title, last = parts[0][0], max(last for _, _, last in parts)
        for number in range(2, last + 1):
            name = f"Page {number} of {last}: {title}"
            shown = [markdown for _, markdown, last in parts if number <= last]
            yield GeneratedPage(
                _path(path, number), "\n\n".join([heading(name), *shown, ""]), name, f"{name}.", ""
            )


def _lists(renderer: Renderer) -> Iterator[tuple[str, str, str, int]]:
    """Yield every list: the page it begins on, its title, its Markdown, and its length."""
    ledger = renderer.ledger
    for topic in ledger.topics.values():
        yield (
            links.topic_page(topic.id),
            topic.record.name,
            f"/// record | topic-head {topic.id}\n///",
            len(on_topic(renderer, topic.id)),
        )
    for id_, caveat in ledger.caveats.items():
        block = _block("claims", {"caveat": id_})
        length = len(ledger.claims_with_caveat(id_))
        yield links.caveat_page(id_), caveat.record.name, block, length
    for id_, study in ledger.studies.items():
        block = _block("claims", {"study": id_})
        yield links.study_page(id_), study.record.name, block, len(ledger.claims_of_study(id_))
    for id_, claim in ledger.claims.items():
        block = f"/// record | claim-uses {id_}\n///"
        yield links.claim_page(id_), claim.record.headline, block, len(used_on(ledger, id_))
    for key in ledger.sources:
        block = f"/// record | source-uses {key}\n///"
        yield links.source_page(key), renderer.short(key), block, len(leaning_on(ledger, key))
    for kind in dict.fromkeys(s.appraisal.kind for s in ledger.sources.values()):
        options = {"kind": kind.value}
        block, length = _block("sources", options), len(items_of(renderer, "sources", options))
        yield links.kind_page(kind.value), f"Sources: {words.phrase(kind)}", block, length
    for file, page in ledger.base.pages.items():
        path = ledger.settings.below_docs(file)
        for use in page.blocks:
            if use.name in LABELS:
                options = {name: value.strip("\"'") for name, value, _ in use.options}
                length = len(items_of(renderer, use.name, options))
                yield path, ledger.page_title(path), _block(use.name, options), length


def _block(name: str, options: Mapping[str, str]) -> str:
    lines = "".join(f"    {option}: {json.dumps(value)}\n" for option, value in options.items())
    return f"/// {name}\n{lines}///"
