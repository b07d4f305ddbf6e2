"""What each block draws, as HTML."""

from collections import Counter
from collections.abc import Callable, Container, Mapping

from claimbase.pages import words
from claimbase.pages.debt import debt_of
from claimbase.pages.figures import FIGURES, figure
from claimbase.pages.links import Links
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
    return renderer.html("review_debt", links, debt=debt_of(renderer.ledger, today()))


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


def _claims(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    chosen = renderer.select(options)
    return renderer.html("claims", links, claims=chosen, style=options.get("as", "list"))


def _studies(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    topic = options.get("topic")
    studies = [
        filed
        for _, filed in sorted(renderer.ledger.studies.items())
        if not topic or topic in filed.record.topics
    ]
    return renderer.html("studies", links, studies=studies)


def _topics(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    del options
    counts = {topic: len(renderer.select({"topic": topic})) for topic in renderer.ledger.topics}
    return renderer.html("topics", links, counts=counts)


def _caveats(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    del options
    caveats = sorted(renderer.ledger.caveats.values(), key=lambda filed: filed.record.name)
    return renderer.html("caveats", links, caveats=caveats)


def _sources(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    sources = sorted(
        (
            source
            for source in renderer.ledger.sources.values()
            if options.get("kind", source.appraisal.kind.value) == source.appraisal.kind.value
            and options.get("status", source.state.value) == source.state.value
        ),
        key=lambda source: (renderer.short(source.key).lower(), source.key),
    )
    return renderer.html("sources", links, sources=sources)


def _source_kinds(renderer: Renderer, links: Links, options: Mapping[str, str]) -> str:
    del options
    counts = Counter(source.appraisal.kind for source in renderer.ledger.sources.values())
    return renderer.html("source_kinds", links, counts=counts)


_LISTS: dict[str, Callable[[Renderer, Links, Mapping[str, str]], str]] = {
    "claims": _claims,
    "studies": _studies,
    "topics": _topics,
    "caveats": _caveats,
    "sources": _sources,
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
        return _source(renderer, links, record_id)
    if what == "topic":
        return _topic(renderer, links, record_id)
    if what == "claim":
        filed = ledger.claims[record_id]
        uses = [use for use in ledger.claim_uses(record_id) if use.page != filed.file]
        return renderer.html(f"claim_{part}", links, filed=filed, uses=uses)
    if what == "study":
        return renderer.html(f"study_{part}", links, filed=ledger.studies[record_id])
    if what == "caveat":
        claims = ledger.claims_with_caveat(record_id)
        caveat = ledger.caveats[record_id]
        return renderer.html(f"caveat_{part}", links, filed=caveat, claims=claims)
    if what == "term":
        return renderer.html("term", links, row=ledger.base.tables["glossary"][record_id])
    return renderer.html("page_foot", links, filed=ledger.base.infos[record_id])


def _source(renderer: Renderer, links: Links, key: str) -> str:
    ledger = renderer.ledger
    fallen, weakened = ledger.falls_with(key)
    place = ledger.base.entries[key].place
    return renderer.html(
        "source",
        links,
        source=ledger.sources[key],
        fallen=[ledger.claims[name] for name in fallen],
        weakened=[ledger.claims[name] for name in weakened],
        uses=ledger.source_uses(key),
        file=place.file,
        line=place.line,
    )


def _topic(renderer: Renderer, links: Links, topic_id: str) -> str:
    ledger = renderer.ledger
    return renderer.html(
        "topic",
        links,
        topic=ledger.topics[topic_id],
        claims=renderer.select({"topic": topic_id}),
        studies=[study for study in ledger.studies.values() if topic_id in study.record.topics],
    )
