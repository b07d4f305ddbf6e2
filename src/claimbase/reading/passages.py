"""Passages: the paragraphs, list items and table rows of a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from claimbase.model.diagnostic import Place
from claimbase.reading.grammar import CITATION, CLAIM_LINK, parse_citation
from claimbase.reading.pages import BLOCK, HEADING, NO_SOURCE, Page

_ITEM = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)])[ \t]+")
_RULE = re.compile(r"^ {0,3}(?:=+|-+|\*[ *]*\*|_[ _]*_)[ \t]*$")
TABLE_RULE = re.compile(r"^[ \t]*(?=.*\|)\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
"""The line of hyphens between a table's head and its rows."""
NO_PROSE = re.compile(
    r"^[ \t]*(?:!!!|\?\?\?\+?|===!?\+?)[ \t]|^ {0,3}(?:\*\[[^\]]+\]|\[(?!\^)[^\]]+\]):[ \t]*\S"
)
"""The title of an admonition or a tab, a link's or an abbreviation's definition."""
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)(\{[^}]*\})?")
_WORDS = re.compile(r"\w\W+\w")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, list item or table row.

    Attributes:
        page: The page that it stands on.
        text: What is written.
        start: Where its first word begins, as an offset in the page's body.
        sourced: Whether it carries a claim or a citation.
        excused: Whether it needs none.
    """

    page: Page
    text: str
    start: int
    sourced: bool
    excused: bool

    @property
    def place(self) -> Place:
        """Where its first line stands."""
        return self.page.place_of(self.start, self.start + len(self.text))


@dataclass
class _Splitter:
    """Collects the lines of each passage; a passage is a list of line numbers."""

    lines: list[str]
    passages: list[list[int]] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    in_options: bool = False
    in_table: bool = False

    def close(self) -> None:
        if self.open:
            self.passages.append(self.open)
            self.open = []

    def read(self) -> list[list[int]]:
        for number, line in enumerate(self.lines):
            block = BLOCK.match(line)
            if block:
                self.close()
                self.in_options = bool(block["name"])
            elif not (self.in_options and line.startswith("    ")):
                self.in_options = False
                self.take(number, line)
        self.close()
        return self.passages

    def take(self, number: int, line: str) -> None:
        if not line.strip(" \t>") or HEADING.match(line) or NO_PROSE.match(line):
            self.close()
            self.in_table = False
        elif _RULE.match(line):
            # One line with a rule under it is a heading; several are a paragraph.
            if len(self.open) == 1:
                self.open = []
            self.close()
        elif TABLE_RULE.match(line):
            if not self.open and self.passages and self.passages[-1] == [number - 1]:
                self.passages.pop()  # the table's head
            self.open = self.open[:-1]
            self.close()
            self.in_table = True
        elif self.in_table or line.lstrip().startswith("|"):
            self.close()
            self.open = [number]
            self.close()
        else:
            if _ITEM.match(line):
                self.close()
            self.open.append(number)


def passages(page: Page) -> Iterator[Passage]:
    """Yield a page's passages in order; headings, code and pictures are none."""
    lines, shown = page.masked.split("\n"), page.body.split("\n")
    starts = [0]
    for line in shown:
        starts.append(starts[-1] + len(line) + 1)
    groups = _Splitter(lines).read()
    for position, numbers in enumerate(groups):
        start, end = starts[numbers[0]], starts[numbers[-1]] + len(shown[numbers[-1]])
        text = page.masked[start:end]
        if not _WORDS.search(_IMAGE.sub("", text) if "![" in text else text):
            continue
        following = lines[groups[position + 1][0]] if position + 1 < len(groups) else ""
        first = shown[numbers[0]]
        indent = len(first) - len(first.lstrip())
        yield Passage(
            page=page,
            text=page.body[start + indent : end],
            start=start + indent,
            sourced=_sourced(text),
            excused=_marked(text) or _leads_in(text, following),
        )


def _sourced(text: str) -> bool:
    return bool(CLAIM_LINK.search(text)) or any(
        parse_citation(match["body"]) for match in CITATION.finditer(text)
    )


def _marked(text: str) -> bool:
    return "no-source" in text and bool(NO_SOURCE.search(text))


def _leads_in(text: str, following: str) -> bool:
    """Whether a text ends in a colon before items, which carry their own sources."""
    is_item = bool(_ITEM.match(following)) or following.lstrip().startswith("|")
    return is_item and text.rstrip().rstrip("*_").endswith(":")
