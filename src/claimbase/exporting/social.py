"""Open Graph (https://ogp.me): what other sites show beside a link to a page."""

import hashlib
import html
from contextlib import suppress

from claimbase.pages import links
from claimbase.settings import Settings

IMAGE = "assets/preview.png"


def meta(settings: Settings, path: str, title: str, description: str) -> str:
    """Return a page's Open Graph elements."""
    root = settings.site_url.rstrip("/")
    properties = {
        "og:type": "article",
        "og:site_name": settings.site_name,
        "og:title": title,
        "og:description": description or settings.site_description,
        "og:url": links.public_address(settings, path),
        "og:image": f"{root}/{IMAGE}",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": f"{settings.site_name}. {settings.site_description}",
    }
    elements = (
        f'<meta property="{name}" content="{html.escape(value)}">'
        for name, value in properties.items()
    )
    return "".join(elements) + '<meta name="twitter:card" content="summary_large_image">'


def image(settings: Settings) -> bytes:
    """Return the picture of the site, drawn once for its words and kept in the cache."""
    words = f"{settings.site_name}\n{settings.site_description}"
    kept = settings.cache / f"preview-{hashlib.sha256(words.encode()).hexdigest()[:16]}.png"
    with suppress(OSError):
        return kept.read_bytes()
    # Imported here: a warm build need not pay for the charting library.
    from claimbase.drawing.preview import preview  # noqa: PLC0415

    drawn = preview(settings.site_name, settings.site_description)
    # A folder that cannot be written only costs time.
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(drawn)
    return drawn
