"""What a page on paper needs: the claims behind its links, as notes at its end.

On a screen a link shows a card; paper shows none. The notes are in the page from the start, for a
page may be printed without script, and the style shows them in print alone.
"""

import re

from claimbase.pages.links import Links
from claimbase.pages.render import Renderer

_CLAIM_LINK = re.compile(
    r'<a class="cb-claim" data-cb-card="" href="(?:[^"]*/)?(?P<id>[^"/]+?)(?:/|\.html)"'
)


def with_notes(renderer: Renderer, path: str, page: str) -> str:
    """Return a built page with its claim links numbered, and a note for each claim.

    Args:
        renderer: Draws the notes.
        path: The page's path below docs.
        page: The page's HTML.
    """
    numbers: dict[str, int] = {}

    def number(link: re.Match[str]) -> str:
        note = numbers.setdefault(link["id"], len(numbers) + 1)
        return f'{link[0]} data-cb-note="{note}"'

    page = _CLAIM_LINK.sub(number, page)
    before, end, after = page.rpartition("</article>")
    if not numbers or not end:
        return page
    links = Links(path, renderer.ledger.settings, built=True)
    notes = renderer.html("paper", links, notes=[renderer.note(claim_id) for claim_id in numbers])
    return f"{before}{notes}{end}{after}"
