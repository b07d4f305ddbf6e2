"""Addresses inside the site, from one page to another."""

import posixpath
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import quote, urlencode

from claimbase.base import INDEXES, PAGE_SUFFIXES
from claimbase.ledger import Use, slug
from claimbase.settings import Settings


def claim_page(claim_id: str) -> str:
    """Return the path of a claim's page below docs."""
    return f"claims/{claim_id}.md"


def card(claim_id: str) -> str:
    """Return the path in the built site of a claim's card; claimbase.js finds it by this too."""
    return f"claims/{claim_id}/card.html"


def study_page(study_id: str) -> str:
    """Return the path of a study's page below docs."""
    return f"studies/{study_id}.md"


def caveat_page(caveat_id: str) -> str:
    """Return the path of a caveat's page below docs."""
    return f"caveats/{caveat_id}.md"


def source_page(key: str) -> str:
    """Return the path of a source's page below docs."""
    return f"sources/{slug(key)}.md"


def kind_page(kind: str) -> str:
    """Return the path of the page that lists the sources of a kind, below docs."""
    return f"sources/kinds/{kind}.md"


def topic_page(topic_id: str) -> str:
    """Return the path of a topic's page below docs."""
    return f"topics/{topic_id}.md"


def term_page(term_id: str) -> str:
    """Return the path of a glossary term's page below docs."""
    return f"glossary/{term_id}.md"


def check_page(code: str) -> str:
    """Return the path of a check's page below docs."""
    return f"contribute/checks/{code.lower()}.md"


@cache
def address(path: str, *, directories: bool = True) -> str:
    """Return the address of a page below the site.

    ``claims/x.md`` is ``claims/x/``, or ``claims/x.html`` where pages are not directories.
    """
    stem, suffix = posixpath.splitext(path)
    stem = stem if suffix in PAGE_SUFFIXES else path
    folder, name = posixpath.split(stem)
    if name in INDEXES:
        stem = posixpath.join(folder, "index")
        if directories:
            return f"{folder}/" if folder else ""
    return f"{stem}/" if directories else f"{stem}.html"


def html_file(path: str, *, directories: bool = True) -> str:
    """Return the file of a page in the built site."""
    url = address(path, directories=directories)
    return f"{url}index.html" if not url or url.endswith("/") else url


@cache
def _quoted(path: str, *, directories: bool) -> str:
    """Return a page's address as it stands in links: made once, and written on many pages."""
    return quote(address(path, directories=directories))


def public_address(settings: Settings, path: str) -> str:
    """Return a page's full public address, or its path in the site if no address is set."""
    below = address(path, directories=settings.directory_urls)
    return f"{settings.site_url.rstrip('/')}/{below}"


@dataclass(frozen=True)
class Links:
    """Links from one page. Paths end in ``.md``: the site builder resolves and validates them.

    Attributes:
        page: The page's path below docs.
        settings: The site's addresses.
        built: Whether to give addresses of the built site instead, for fragments that the
            builder does not see.
    """

    page: str
    settings: Settings
    built: bool = False

    def to(self, path: str) -> str:
        """Return the way from this page to another."""
        if self.built:
            return self.root + _quoted(path, directories=self.settings.directory_urls)
        return self.root + quote(path)

    def asset(self, path: str) -> str:
        """Return the way from this page to a file of the site that is no page."""
        return self.root + quote(path)

    @cached_property
    def root(self) -> str:
        """The way from this page up to the site's root; a site may live below a host's."""
        page = self.page
        if self.built:
            page = address(page, directories=self.settings.directory_urls)
        return "../" * page.count("/") or "./"

    def use(self, use: Use) -> str:
        """Return the way to a page that refers to a record."""
        return self.to(self.settings.below_docs(use.page))

    def edit(self, file: str, line: int = 0) -> str | None:
        """Return the address where a file of the repository is edited, if there is one."""
        repo = self.settings.repo_url
        if not repo:
            return None
        branch = self.settings.edit_uri.split("/")[1] if "/" in self.settings.edit_uri else "main"
        return f"{repo}/edit/{branch}/{quote(file)}" + (f"#L{line}" if line else "")

    def correct(self, what: str) -> str | None:
        """Return the address of a new issue that names the record to correct."""
        repo = self.settings.repo_url
        if not repo:
            return None
        body = (
            f"Record: {what}\n\nWhat is wrong:\n\nWhat would be right:\n\n"
            "Source (DOI, PubMed or address):\n"
        )
        query = urlencode({"title": f"Correct {what}", "body": body})
        return f"{repo}/issues/new?{query}"

    def propose(self, what: str) -> str | None:
        """Return the address of a new issue that proposes evidence on something."""
        repo = self.settings.repo_url
        if not repo:
            return None
        body = f"On: {what}\n\nStudy (DOI, PubMed or registration):\n\nWhat it found:\n"
        return f"{repo}/issues/new?{urlencode({'title': f'Evidence on {what}', 'body': body})}"

    def public(self, path: str) -> str:
        """Return the page's full public address, or its path in the site if none is set."""
        return public_address(self.settings, path)
