"""What a page on paper needs: the claims behind its links, as notes at its end.

On a screen a link shows a card; paper shows none. The notes are in the page from the start, for a
page may be printed without script, and the style shows them in print alone.
"""

from claimbase.pages.links import Links
from claimbase.pages.render import Renderer

_CLAIM_LINK = '<a class="cb-claim" data-cb-card="" href="'


def with_notes(renderer: Renderer, path: str, page: str) -> str:
    """Return a built page with its claim links numbered, and a note for each claim.

    Args:
        renderer: Draws the notes.
        path: The page's path below docs.
        page: The page's HTML.
    """
    numbers: dict[str, int] = {}
    first, *others = page.split(_CLAIM_LINK)
    pieces = [first]
    for other in others:
        address, quote, behind = other.partition('"')
        claim_id = address.removesuffix("/").removesuffix(".html").rpartition("/")[2]
        # An author can make any link look like one.
        if claim_id in renderer.ledger.claims:
            note = numbers.setdefault(claim_id, len(numbers) + 1)
            quote = f'" data-cb-note="{note}"'
        pieces += [_CLAIM_LINK, address, quote, behind]
    before, end, after = "".join(pieces).rpartition("</article>")
    if not numbers or not end:
        return page
    links = Links(path, renderer.ledger.settings, built=True)
    notes = renderer.html("paper", links, notes=[renderer.note(claim_id) for claim_id in numbers])
    return f"{before}{notes}{end}{after}"
