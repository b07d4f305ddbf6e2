"""What each block draws, as HTML."""

from collections import Counter
from collections.abc import Callable, Container, Mapping
from functools import partial

from claimbase.pages import lists, words
from claimbase.pages.debt import debt_of
from claimbase.pages.figures import FIGURES, figure
from claimbase.pages.links import Links
from claimbase.pages.lists import Part, part_of
from claimbase.pages.render import Renderer
from claimbase.settings import today

_WHOLE = ("evidence-map", "risk-of-bias", "independence")
"""Blocks that a template draws from the ledger alone."""


def draw_block(
    renderer: Renderer, links: Links, name: str, argument: str, options: Mapping[str, str]
) -> str:
    """Return a block's content as HTML.

    Args:
        renderer: Draws the templates.
        links: Links from the page that the block stands on.
        name: The block's name, one of ``BLOCKS`` or ``record``.
        argument: What stands behind the bar, or nothing.
        options: The options below the name.
    """
    ledger = renderer.ledger
    if name == "record":
        kind, _, record_id = argument.partition(" ")
        return _record(renderer, links, kind, record_id)
    if name == "claim":
        return "".join(_claim(renderer, links, claim_id) for claim_id in argument.split())
    if name in lists.LABELS:
        part = _part(renderer, links, name, options)
        return renderer.html(name, links, part=part, style=options.get("as", "list"))
    if name in ledger.base.tables:
        return _table(renderer, links, name, options)
    if name in _WHOLE:
        return renderer.html(name.replace("-", "_"), links, topic=options.get("topic", ""))
    if name in FIGURES:
        drawn = figure(ledger, name, options)
        return renderer.html("figure", links, figure=drawn) if drawn else ""
    return _LISTS[name](renderer, links, options)


def _review_debt(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    del options
    debt = debt_of(renderer.ledger, today())
    return renderer.html("review_debt", links, debt=debt, most=lists.LENGTH)


def _claim(renderer: Renderer, links: Links, claim_id: str) -> str:
    filed = renderer.ledger.claims.get(claim_id)
    if filed is None:
        return renderer.html("unknown", links, what="claim", name=claim_id)
    return renderer.html("claim", links, filed=filed)


def _table(renderer: Renderer, links: Links, name: str, options: Mapping[str, str]) -> str:
    rows = [
        row
        for row in renderer.ledger.base.tables[name].values()
        if all(
            words.phrase(getattr(row.record, option, "")) in _any_of(value)
            for option, value in options.items()
        )
    ]
    return renderer.html(f"table_{name}", links, rows=rows)


def _any_of(value: str) -> list[str]:
    """Return the values that an option allows; a comma stands between several."""
    return [words.phrase(part.strip()) for part in value.split(",")]


# Lists


def _part(renderer: Renderer, links: Links, name: str, options: Mapping[str, str]) -> Part:
    label = partial(lists.LABELS[name], renderer)
    return part_of(renderer.ledger, links.page, lists.items_of(renderer, name, options), label)


def _topics(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    del options
    counts = {topic: len(renderer.select({"topic": topic})) for topic in renderer.ledger.topics}
    return renderer.html("topics", links, counts=counts)


def _source_kinds(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    del options
    counts = Counter(source.appraisal.kind for source in renderer.ledger.sources.values())
    return renderer.html("source_kinds", links, counts=counts)


_LISTS: dict[str, Callable[[Renderer, Links, Mapping[str, str]], str]] = {
    "topics": _topics,
    "source-kinds": _source_kinds,
    "review-debt": _review_debt,
}

# Records: the parts of a page around a record's prose


def _record(renderer: Renderer, links: Links, kind: str, record_id: str) -> str:
    what, _, part = kind.partition("-")
    ledger = renderer.ledger
    shelves: dict[str, Container[str]] = {
        "claim": ledger.claims,
        "study": ledger.studies,
        "caveat": ledger.caveats,
        "source": ledger.sources,
        "topic": ledger.topics,
        "term": ledger.base.tables["glossary"],
        "page": ledger.base.infos,
    }
    if record_id not in shelves.get(what, ()):
        return renderer.html("unknown", links, what="record", name=f"{kind} {record_id}".strip())
    if what == "source":
        return _source(renderer, links, "source" if part == "head" else f"source_{part}", record_id)
    if what == "topic":
        return _topic(renderer, links, record_id)
    if what == "claim":
        uses = part_of(ledger, links.page, lists.used_on(ledger, record_id), lambda _: "")
        return renderer.html(f"claim_{part}", links, filed=ledger.claims[record_id], part=uses)
    if what in ("study", "caveat"):
        filed = (ledger.studies if what == "study" else ledger.caveats)[record_id]
        claims = _part(renderer, links, "claims", {what: record_id})
        return renderer.html(f"{what}_{part}", links, filed=filed, part=claims)
    if what == "term":
        return renderer.html("term", links, row=ledger.base.tables["glossary"][record_id])
    return renderer.html("page_foot", links, filed=ledger.base.infos[record_id])


def _source(renderer: Renderer, links: Links, template: str, key: str) -> str:
    ledger = renderer.ledger
    fallen, weakened = ledger.falls_with(key)
    place = ledger.base.entries[key].place
    return renderer.html(
        template,
        links,
        source=ledger.sources[key],
        fallen=[ledger.claims[name] for name in fallen],
        weakened=[ledger.claims[name] for name in weakened],
        part=part_of(ledger, links.page, lists.leaning_on(ledger, key), lists.kind_of),
        most=lists.LENGTH,
        file=place.file,
        line=place.line,
    )


def _topic(renderer: Renderer, links: Links, topic_id: str) -> str:
    ledger = renderer.ledger
    part = part_of(ledger, links.page, lists.on_topic(renderer, topic_id), lists.kind_of)
    return renderer.html("topic", links, topic=ledger.topics[topic_id], part=part)
