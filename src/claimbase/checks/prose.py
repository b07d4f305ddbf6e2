"""CB501 to CB509: what pages may hold."""

import re
from collections.abc import Iterator

from claimbase.checks.rule import Fault, rule
from claimbase.ledger import Ledger
from claimbase.reading.grammar import BLOCKS, CLAIM_SCHEME
from claimbase.reading.passages import passages
from claimbase.reading.text import name_of
from claimbase.reading.validate import did_you_mean

_SCHEME = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):")


@rule("CB501", "unsourced-paragraph")
def unsourced_paragraph(ledger: Ledger) -> Iterator[Fault]:
    """A paragraph carries neither a claim nor a citation.

    On the pages that the settings name (`sourced`), each paragraph, list item and table row ties
    what it says to a claim or a source. A lead-in that ends in a colon before a list needs none.

    **To mend it** tie a phrase to a claim with `[text](claim:ID)`, cite with `[@key]`, or, if it
    states nothing that could be wrong, end it with `{ .no-source }`.
    """
    settings = ledger.settings
    docs = name_of(settings.root, settings.docs)
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
    """A page holds raw HTML that the site does not allow.

    Pages are Markdown, so that a script or a tracker cannot enter with a pull request. Tags that
    the site needs are listed in the settings (`html`).

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


@rule("CB503", "link-scheme")
def link_scheme(ledger: Ledger) -> Iterator[Fault]:
    """A link's address begins with a scheme that the site does not allow.

    `javascript:` and `data:` can run code; `http:` can be read and changed on its way.

    **To mend it** use `https:`, or a path to a page of this site.
    """
    allowed = {scheme.lower() for scheme in ledger.settings.options.schemes}
    for page in ledger.base.pages.values():
        for target, place in page.links:
            match = _SCHEME.match(target)
            if not match or target.startswith(CLAIM_SCHEME):
                continue
            if match["scheme"].lower() not in allowed:
                yield (
                    place,
                    f'the scheme "{match["scheme"]}:" is not allowed in links',
                    f"allowed: {', '.join(sorted(allowed))}",
                )


@rule("CB504", "broken-block")
def broken_block(ledger: Ledger) -> Iterator[Fault]:
    """A block of this engine is called by a name or with an argument that it does not have.

    **To mend it** see the reference of blocks.
    """
    for page in ledger.base.pages.values():
        for block in page.blocks:
            spec = BLOCKS.get(block.name)
            if spec is None:
                continue
            if spec.argument != bool(block.argument):
                yield (
                    block.place,
                    f'"{block.name}" {"needs an" if spec.argument else "takes no"} argument',
                    f"write /// {block.name}{' | ID' if spec.argument else ''}",
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


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
