"""Pages for programs that read text: ``llms.txt`` and each page's Markdown."""

from collections.abc import Iterator, Mapping

from claimbase.ledger import Ledger
from claimbase.pages import links


def plain_files(
    ledger: Ledger, pages: Mapping[str, tuple[str, str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield ``llms.txt`` (https://llmstxt.org) and the Markdown of each page, by path in the site.

    Args:
        ledger: The ledger.
        pages: Title, description and Markdown of each page by its path below docs.
    """
    settings = ledger.settings
    lines = [f"# {settings.site_name}", ""]
    if settings.site_description:
        lines += [f"> {settings.site_description}", ""]
    lines += [
        "Each claim has a page with its sources, certainty and caveats; data/ has all as JSON.",
        "",
        "## Pages",
        "",
    ]
    for path in sorted(pages):
        title, description, text = pages[path]
        plain = markdown_path(path)
        yield plain, text
        if path.split("/")[0] not in ("claims", "studies", "caveats", "sources"):
            address = settings.site_url.rstrip("/") + "/" + plain
            lines.append(f"- [{title}]({address})" + (f": {description}" if description else ""))
    yield "llms.txt", "\n".join(lines) + "\n"


def markdown_path(path: str) -> str:
    """Return where a page's Markdown stands in the site: beside the page."""
    return f"{links.address(path)}index.md"
