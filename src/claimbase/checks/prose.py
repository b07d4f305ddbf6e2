"""The checks CB5xx, but for that of tables: what pages may hold."""

import re
from collections.abc import Iterable, Iterator

from claimbase.checks.rule import Fault, rule
from claimbase.ledger import Ledger
from claimbase.model.claim import CLAIM_TYPES, Level, Verdict
from claimbase.model.source import SourceKind, State
from claimbase.reading.grammar import BLOCKS, CLAIM_SCHEME
from claimbase.reading.pages import BlockUse
from claimbase.reading.passages import passages
from claimbase.reading.validate import did_you_mean, nearest

_ATTRIBUTES = re.compile(
    r"align|class|colspan|dir|download|height|hreflang|id|lang|loading|markdown|rel|reversed|role|"
    r"rowspan|scope|start|target|title|width|(?:data|aria)-.*"
)
"""What may stand in braces besides ``.class`` and ``#id``: nothing here loads or runs anything."""


@rule("CB501", "unsourced-paragraph")
def unsourced_paragraph(ledger: Ledger) -> Iterator[Fault]:
    """A paragraph carries neither a claim nor a citation.

    On the pages that the settings name (`sourced`), each paragraph, list item and table row ties
    what it says to a claim or a source. A lead-in that ends in a colon before a list needs none.

    **To mend it** tie a phrase to a claim with `[text](claim:ID)`, cite with `[@key]`, or, if it
    states nothing that could be wrong, end it with `{ .no-source }`.
    """
    settings = ledger.settings
    docs = settings.docs_name
    folders = tuple(f"{docs}/{folder.strip('/')}/" for folder in settings.options.sourced)
    for page in ledger.base.pages.values():
        if page.file.startswith(folders):
            for passage in passages(page):
                if not passage.sourced and not passage.excused:
                    yield (
                        passage.place,
                        "this passage carries neither a claim nor a citation",
                        "add [text](claim:ID) or [@key], or end it with { .no-source }",
                    )


@rule("CB502", "raw-html")
def raw_html(ledger: Ledger) -> Iterator[Fault]:
    """A page holds raw HTML, or sets an attribute, that the site does not allow.

    Pages are Markdown, so that a script or a tracker cannot enter with a pull request. Tags that
    the site needs are listed in the settings (`html`). Attributes in braces are held to those
    that can neither load nor run anything; `data-` and `aria-` attributes are among these.

    **To mend it** write it in Markdown; in code, put it between backticks.
    """
    allowed = set(ledger.settings.options.html)
    listed = f"; allowed: {', '.join(sorted(allowed))}" if allowed else ""
    for page in ledger.base.pages.values():
        for tag, place in page.tags:
            if tag not in allowed:
                yield (
                    place,
                    f"the HTML tag <{tag}> is not allowed here",
                    f"write it in Markdown{listed}",
                )
        for name, place in page.attributes:
            if not _ATTRIBUTES.fullmatch(name):
                yield (
                    place,
                    f'the HTML attribute "{name}" is not allowed here',
                    "take it out; .class, #id and title are allowed",
                )


@rule("CB503", "link-scheme")
def link_scheme(ledger: Ledger) -> Iterator[Fault]:
    """A link's address begins with a scheme that the site does not allow.

    `javascript:` and `data:` can run code; `http:` can be read and changed on its way. `claim:` is
    read in one form only, `[text](claim:ID)`, so that the text can be held to the claim.

    **To mend it** use `https:`, or a path to a page of this site.
    """
    allowed = {scheme.lower() for scheme in ledger.settings.options.schemes}
    for page in ledger.base.pages.values():
        tied = {use.id_start - len(CLAIM_SCHEME) for use in page.claim_uses}
        for target in page.links:
            scheme = target.scheme
            if f"{scheme}:" == CLAIM_SCHEME:
                if target.start not in tied:
                    yield target.place, "this link to a claim is not read", "write [text](claim:ID)"
            elif scheme and scheme not in allowed:
                yield (
                    target.place,
                    f'the scheme "{scheme}:" is not allowed in links',
                    f"allowed: {', '.join(sorted(allowed))}",
                )


@rule("CB504", "broken-block")
def broken_block(ledger: Ledger) -> Iterator[Fault]:
    """A block of this engine is written in a way that it does not have.

    Its name is misspelt, its argument is missing or one too many, or an option or its value is
    unknown. Such a block would stand on the page as it is written, or show nothing.

    **To mend it** see the reference of blocks.
    """
    known = _values(ledger)
    for page in ledger.base.pages.values():
        for block in page.blocks:
            yield from _block(block, known)


def _block(block: BlockUse, known: dict[tuple[str, str], Iterable[str]]) -> Iterator[Fault]:
    spec = BLOCKS.get(block.name)
    if spec is None:
        # Other extensions have blocks too, so only what looks like one of ours is looked at.
        if match := nearest(block.name, BLOCKS):
            yield block.place, f'there is no block "{block.name}"', f'did you mean "{match}"?'
        return
    if spec.argument != bool(block.argument):
        yield (
            block.place,
            f'"{block.name}" {"needs an" if spec.argument else "takes no"} argument',
            f"write /// {block.name}{' | ID' if spec.argument else ''}",
        )
    given = {name for name, _, _ in block.options}
    for name in spec.needs:
        if name not in given:
            yield (
                block.place,
                f'the block "{block.name}" needs the option "{name}"',
                f"add a line below it, indented by four spaces: {name}: …",
            )
    for name, value, place in block.options:
        if name not in spec.options:
            yield (
                place,
                f'the block "{block.name}" has no option "{name}"',
                did_you_mean(name, spec.options, f"its options: {_named(spec.options)}"),
            )
        elif not value:
            yield place, f'the option "{name}" is empty', "give a value, or take it out"
        elif (block.name, name) in known:
            values = list(known[block.name, name])
            for word in value.split():
                if word not in values:
                    yield (
                        place,
                        f'the option "{name}" knows no "{word}"',
                        did_you_mean(word, values, f"it knows: {_named(values[:20])}"),
                    )


def _values(ledger: Ledger) -> dict[tuple[str, str], Iterable[str]]:
    """Return what an option of a block may hold, for those that hold names."""
    return {
        ("claims", "topic"): ledger.topics,
        ("claims", "type"): CLAIM_TYPES,
        ("claims", "certainty"): Level,
        ("claims", "verdict"): Verdict,
        ("claims", "source"): ledger.sources,
        ("claims", "study"): ledger.studies,
        ("claims", "caveat"): ledger.caveats,
        ("claims", "as"): ("list", "table"),
        ("studies", "topic"): ledger.topics,
        ("sources", "kind"): SourceKind,
        ("sources", "status"): State,
        ("bibliography", "scope"): ("page", "all"),
    }


def _named(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
