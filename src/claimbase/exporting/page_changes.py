"""What a change to a base does to its pages of prose, as Markdown for those who review it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TypeAlias

from claimbase.base import CLAIMS, is_record
from claimbase.checks.since import SOURCES, changed_fields, name_now
from claimbase.exporting.quoting import code, plain
from claimbase.ledger import Ledger
from claimbase.model.page import PageInfo
from claimbase.reading.pages import HEADING, Page

_Pages: TypeAlias = Mapping[str, Page]


def page_changes(before: Ledger, now: Ledger) -> Iterator[str]:
    """Yield a line for each page that came, went, moved or says something else, and how."""
    was, is_ = _pages(before), _pages(now)
    gone = {name: page for name, page in was.items() if name not in is_}
    new = {name: page for name, page in is_.items() if name not in was}
    moved = _moved(gone, new)
    for name in sorted(new.keys() - moved.values()):
        claims, sources = _claims(new[name]), _sources(new[name])
        leans = f"leans on {_count(claims, 'claim')}, cites {_count(sources, 'source')}"
        yield f"- added: {code(name)}: {plain(new[name].title)} ({leans})"
    for name in sorted(gone.keys() - moved.keys()):
        if PurePosixPath(name).stem not in now.base.broken:
            yield f"- gone: {code(name)}: {plain(gone[name].title)}"
    for name in sorted((was.keys() & is_.keys()) | moved.keys()):
        to = moved.get(name, name)
        lines = list(_told(before, now, was[name], is_[to]))
        if to != name:
            yield f"- moved: {code(name)} → {code(to)}: {plain(is_[to].title)}"
        elif lines:
            yield f"- changed: {code(name)}: {plain(is_[to].title)}"
        yield from (f"    - {line}" for line in lines)


def _pages(ledger: Ledger) -> dict[str, Page]:
    """Return the pages that hold no record, by their path below the folder of pages."""
    pages = {ledger.settings.below_docs(name): page for name, page in ledger.base.pages.items()}
    return {name: page for name, page in pages.items() if not is_record(PurePosixPath(name))}


def _moved(gone: _Pages, new: _Pages) -> dict[str, str]:
    """Return where pages went: to the new page that holds most of their lines, half or more."""
    holders = defaultdict(set)
    for name, page in new.items():
        for line in _lines(page):
            holders[line].add(name)
    found: dict[str, str] = {}
    for name, page in sorted(gone.items()):
        lines = _lines(page)
        shared = Counter(holder for line in lines for holder in holders.get(line, ()))
        for other, count in shared.most_common():
            if (
                2 * count >= max(len(lines), len(_lines(new[other])))
                and other not in found.values()
            ):
                found[name] = other
                break
    return found


def _lines(page: Page) -> set[str]:
    return {line.strip() for line in page.body.split("\n")} - {""}


def _told(before: Ledger, now: Ledger, old: Page, new: Page) -> Iterator[str]:
    """Yield what is different in a page. What has a new name is what it was."""
    for what, folder, known, was, is_ in (
        ("leans on", CLAIMS, before.claims, _claims(old), _claims(new)),
        ("cites", SOURCES, before.sources, _sources(old), _sources(new)),
    ):
        named = {name_now(now, known, folder, name) or name for name in was}
        for word, names in (("now", is_ - named), ("no longer", named - is_)):
            if names:
                yield f"{word} {what} {', '.join(map(code, sorted(names)))}"
    parts_then, parts_now = _sections(old), _sections(new)
    for word, headings in (
        (
            "text changed under",
            [h for h in parts_now if parts_then.get(h, parts_now[h]) != parts_now[h]],
        ),
        ("new part:", [h for h in parts_now if h not in parts_then]),
        ("part taken out:", [h for h in parts_then if h not in parts_now]),
    ):
        if headings:
            yield f"{word} {', '.join(f'“{plain(h)}”' if h else 'no heading' for h in headings)}"
    info_then, info_now = _info(before, old), _info(now, new)
    if info_then and info_now and (fields := changed_fields(info_then, info_now)):
        yield f"fields: {', '.join(fields)}"


def _info(ledger: Ledger, page: Page) -> PageInfo | None:
    """Return what a page's front matter says, or None if it says something that cannot be read."""
    if page.front is None or page.front.data is None:
        return PageInfo()
    filed = ledger.base.infos.get(page.file)
    return filed.record if filed else None


def _sections(page: Page) -> dict[str, str]:
    """Return a page's text by the heading it stands under, empty above the first."""
    found: dict[str, str] = {}
    heading = ""
    for line, shown in zip(page.body.split("\n"), page.masked.split("\n"), strict=True):
        if match := HEADING.match(shown):
            heading = match["text"]
            found.setdefault(heading, "")
        elif line.strip():
            found[heading] = f"{found.get(heading, '')}{line.rstrip()}\n"
    return found


def _claims(page: Page) -> set[str]:
    return {use.id for use in page.claim_uses} | {name for name, _ in page.claims_shown}


def _sources(page: Page) -> set[str]:
    return {citation.cite.key for citation in page.citations}


def _count(names: Collection[str], what: str) -> str:
    return f"{len(names)} {what}{'' if len(names) == 1 else 's'}"
