"""Markdown pages: front matter, and the place of every claim link, citation and paragraph.

Python-Markdown keeps no places, so pages are scanned here. The scan hides what is not prose
(code, comments, escapes) behind spaces of the same length, then reads the rest by the grammar
that the Markdown extension uses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from claimbase.model.diagnostic import Place
from claimbase.reading.grammar import CITATION, CLAIM_LINK, Cite, parse_citation
from claimbase.reading.problems import BAD_FRONT_MATTER, BAD_YAML, Problems
from claimbase.reading.yaml import Tree, read_yaml

NO_SOURCE = re.compile(r"[ \t]*\{:?[ \t]*\.no-source[ \t]*\}")
"""The mark of a paragraph that needs no source."""

_FENCE = re.compile(r"^(?P<lead>[ \t>]*)(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_CODE_SPAN = re.compile(r"(?<![\\`])(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ESCAPE = re.compile(r"\\[\[\]\\`*_<>@]")
_CONTAINER = re.compile(
    r"^(?P<indent> *)(?:[-*+]|\d+[.)]|!!!|\?\?\?\+?|===!?\+?|\[\^[^\]]+\]:|:)(?: |$)"
)
BLOCK = re.compile(
    r"^ {0,3}/{3,}(?:[ \t]+(?P<name>[\w-]+)(?:[ \t]*\|[ \t]*(?P<arg>[^\n]*?))?)?[ \t]*$"
)
"""The first or last line of a block: ``/// name | argument``."""
_OPTION = re.compile(r"^ {4}(?P<name>[\w-]+):[ \t]*(?P<value>.*?)[ \t]*$")
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<text>.*?)[ \t]*#*$")
_LINK = re.compile(r"\]\([ \t]*<?(?P<target>[^)\s>]+)>?")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:[ \t]*<?(?P<target>[^\s>]+)", re.MULTILINE)
_AUTOLINK = re.compile(r"<(?P<target>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\s]*)>")
_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9-]*)(?=[\s/>])[^<>]*>")


@dataclass(frozen=True, slots=True)
class ClaimUse:
    """A phrase tied to a claim."""

    id: str
    text: str
    place: Place
    text_place: Place


@dataclass(frozen=True, slots=True)
class Citation:
    """One key cited."""

    cite: Cite
    place: Place


@dataclass(frozen=True, slots=True)
class BlockUse:
    """A ``/// name | argument`` block; ``options`` are those written below it, with places."""

    name: str
    argument: str
    place: Place
    options: tuple[tuple[str, str, Place], ...] = ()


@dataclass
class Page:
    """One Markdown file: its front matter and what its prose refers to."""

    file: str
    text: str
    front: Tree | None
    body_line: int
    body: str
    masked: str = field(repr=False, default="")

    def __post_init__(self) -> None:
        self.masked = mask(self.body)

    def place_of(self, start: int, end: int) -> Place:
        """Return where a stretch of the body stands, up to the end of its first line."""
        line = self.body.count("\n", 0, start)
        line_start = self.body.rfind("\n", 0, start) + 1
        line_end = self.body.find("\n", start)
        stop = min(end, line_end if line_end >= 0 else len(self.body))
        return Place(self.file, self.body_line + line, start - line_start + 1, stop - start)

    @cached_property
    def title(self) -> str:
        """The front matter's title, else the first heading, else the file's stem."""
        data = self.front.data if self.front else None
        if isinstance(data, dict) and isinstance(data.get("title"), str):
            return str(data["title"])
        for line in self.masked.split("\n"):
            match = HEADING.match(line)
            if match:
                return re.sub(r"[ \t]*\{[^}]*\}$", "", match["text"])
        return self.file.rsplit("/", 1)[-1].removesuffix(".md")

    @cached_property
    def claim_uses(self) -> list[ClaimUse]:
        """Every ``[text](claim:ID)``, in order."""
        return [
            ClaimUse(
                match["id"],
                self.body[match.start("text") : match.end("text")],
                self.place_of(match.start("id"), match.end("id")),
                self.place_of(match.start("text"), match.end("text")),
            )
            for match in CLAIM_LINK.finditer(self.masked)
        ]

    @cached_property
    def citations(self) -> list[Citation]:
        """Every key cited, in order."""
        found = []
        for match in CITATION.finditer(self.masked):
            for cite in parse_citation(match["body"]) or []:
                start = match.start("body") + cite.offset
                found.append(Citation(cite, self.place_of(start, start + len(cite.key))))
        return found

    @cached_property
    def blocks(self) -> list[BlockUse]:
        """Every named block, in order."""
        found, offset = [], 0
        lines = self.masked.split("\n")
        for number, line in enumerate(lines):
            match = BLOCK.match(line)
            if match and match["name"]:
                argument = match["arg"] or ""
                start = offset + (match.start("arg") if argument else match.start("name"))
                place = self.place_of(start, start + len(argument or match["name"]))
                options = tuple(self._options(lines, number + 1, offset + len(line) + 1))
                found.append(BlockUse(match["name"], argument, place, options))
            offset += len(line) + 1
        return found

    def _options(
        self, lines: list[str], number: int, offset: int
    ) -> Iterator[tuple[str, str, Place]]:
        for line in lines[number:]:
            match = _OPTION.match(line)
            if not match:
                return
            place = self.place_of(offset + match.start("name"), offset + match.end("name"))
            yield match["name"], match["value"], place
            offset += len(line) + 1

    @property
    def claims_shown(self) -> list[tuple[str, Place]]:
        """Every claim that a ``/// claim`` block names, with the block's place."""
        return [
            (claim_id, block.place)
            for block in self.blocks
            if block.name == "claim"
            for claim_id in block.argument.split()
        ]

    @cached_property
    def links(self) -> list[tuple[str, Place]]:
        """Every link's target with its place, in order."""
        matches = sorted(
            (
                match
                for pattern in (_LINK, _REFERENCE, _AUTOLINK)
                for match in pattern.finditer(self.masked)
            ),
            key=lambda match: match.start(),
        )
        return [(m["target"], self.place_of(m.start("target"), m.end("target"))) for m in matches]

    @cached_property
    def tags(self) -> list[tuple[str, Place]]:
        """Every raw HTML tag with its place, in order."""
        return [
            (match["name"].lower(), self.place_of(match.start(), match.end()))
            for match in _TAG.finditer(self.masked)
        ]


def read_page(name: str, text: str, problems: Problems) -> Page:
    """Return a page's front matter and body; report front matter that cannot be read."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return Page(name, text, None, 1, text)
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ("---", "..."):
            front = read_yaml(name, "\n".join(lines[1:number]), problems, first_line=2)
            if front and not isinstance(front.data, dict | None):
                problems.add(
                    BAD_YAML, Place(name, 2), "front matter is a set of fields", "write name: value"
                )
                front = None
            return Page(name, text, front, number + 2, "\n".join(lines[number + 1 :]))
    problems.add(
        BAD_FRONT_MATTER,
        Place(name, 1, 1, 3),
        "front matter starts here and does not end",
        "close it with a line of three hyphens",
    )
    return Page(name, text, None, 1, text)


def mask(text: str) -> str:
    """Return the text with code, comments and escaped marks replaced by spaces."""
    lines = text.split("\n")
    masked = list(lines)
    for start, end in _code_lines(lines):
        for number in range(start, end):
            masked[number] = " " * len(lines[number])
    result = "\n".join(masked)
    for pattern in (_COMMENT, _CODE_SPAN, _ESCAPE):
        result = pattern.sub(_blank, result)
    return result


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _code_lines(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of lines that are fenced or indented code."""
    number, total, content, blank = 0, len(lines), 0, True
    while number < total:
        line = lines[number]
        fence = _FENCE.match(line)
        if fence and not ("`" in fence["info"] and fence["mark"][0] == "`"):
            close = re.compile(rf"^[ \t>]*{re.escape(fence['mark'])}[ \t]*$")
            end = next((i for i in range(number + 1, total) if close.match(lines[i])), None)
            if end is not None:
                yield number, end + 1
                number, blank = end + 1, False
                continue
        stripped = line.lstrip(" ")
        indent = len(line) - len(stripped)
        if not stripped:
            blank = True
        else:
            if indent < content:
                content = indent - indent % 4
            container = _CONTAINER.match(line)
            if blank and indent >= content + 4:
                yield number, number + 1
            else:
                if container:
                    content = len(container["indent"]) + 4
                blank = False
        number += 1
