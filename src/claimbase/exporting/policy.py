"""The Content-Security-Policy of the built pages: no other host, and no script but our own.

Inline scripts of the theme are allowed by their hashes, so that none can be added unseen.
See https://www.w3.org/TR/CSP3/.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

_DATA = re.compile(r"type=[\"']?(?:application/(?:ld\+)?json|text/plain)", re.IGNORECASE)
_META = '<meta http-equiv="Content-Security-Policy"'


def inline_hashes(html: str) -> set[str]:
    """Return the hashes of the scripts that a page holds in itself; data blocks need none."""
    hashes = set()
    start = html.find("<script")
    while start >= 0:
        opened = html.find(">", start)
        closed = html.find("</script>", opened) if opened >= 0 else -1
        if closed < 0:
            break
        attributes = html[start:opened]
        if "src=" not in attributes and not _DATA.search(attributes):
            hashes.add(_hash(html[opened + 1 : closed]))
        start = html.find("<script", closed)
    return hashes


def policy(hashes: Iterable[str]) -> str:
    """Return the policy for pages whose inline scripts have these hashes.

    WebAssembly and a worker are for search. Styles may be inline: the theme sets some.
    """
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *(f"'{h}'" for h in sorted(hashes))])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
        ]
    )


def meta(hashes: Iterable[str]) -> str:
    """Return the policy as an element for a page's head."""
    return f'{_META} content="{policy(hashes)}">'


def is_locked(page: str) -> bool:
    """Return whether a page has its policy: nothing comes before that in its head."""
    return f"<head>{_META}" in page


def headers(hashes: Iterable[str]) -> dict[str, str]:
    """Return the headers that a host should send with every page."""
    return {
        "Content-Security-Policy": f"{policy(hashes)}; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "interest-cohort=(), geolocation=(), camera=(), microphone=()",
    }


# The theme writes the same few scripts into every page.
@lru_cache(maxsize=256)
def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
