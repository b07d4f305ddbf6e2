"""Markdown pages: front matter, and the place of every claim link, citation and paragraph.

Python-Markdown keeps no places, so pages are scanned here. The scan hides what is not prose, then
reads the rest by the grammar that the Markdown extension uses.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from claimbase.model.diagnostic import Place
from claimbase.reading.grammar import CITATION, CLAIM_LINK, Cite, parse_citation
from claimbase.reading.masking import mask
from claimbase.reading.problems import BAD_FRONT_MATTER, BAD_YAML, Problems
from claimbase.reading.yaml import Tree, read_yaml

NO_SOURCE = re.compile(r"[ \t]*\{:?[ \t]*\.no-source[ \t]*\}")
"""The mark of a paragraph that needs no source."""

BLOCK = re.compile(
    r"^ {0,3}/{3,}[ \t]*(?:(?P<name>[\w-]+)(?:[ \t]*\|[ \t]*(?P<arg>[^\n]*?))?)?[ \t]*$"
)
"""The first or last line of a block: ``/// name | argument``."""
_OPTIONS = re.compile(r"^ {4,}\S")
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<text>.*?)[ \t]*#*$")
_LINK = re.compile(r"\]\(\s*<?(?P<target>[^)>\"']*[^)>\"'\s])")
_REFERENCE = re.compile(
    r"^[ \t>*+\d.)-]*\[(?!\^)[^\]\n]+\]:[ \t]*\n?[ \t>]*<?(?P<target>[^\s>]+)", re.MULTILINE
)
_AUTOLINK = re.compile(r"<(?P<target>(?:https?|ftp)://[^<>]*)>", re.IGNORECASE)
_AUTOMAIL = re.compile(r"<[^<> !]+@[^@<> ]+>")
_TAG = re.compile(r"</?(?P<name>[A-Za-z][^\s/<>]*)(?=[\s/>])")
_ATTRIBUTES = re.compile(r"\{:?(?P<list>[^{}\n]*)\}|\b(?P<option>attrs)[\"']?[ \t]*:")
_ATTRIBUTE = re.compile(r"(?:^|[ \t])(?P<name>[^\s=.#][^\s=]*)[ \t]*=")
_SCHEME = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):")
_UNSEEN = re.compile(r"[\x00-\x20]+")


# A page refers to much, and little of that is ever at fault: places are worked out when asked for.


@dataclass(frozen=True, slots=True)
class ClaimUse:
    """A phrase tied to a claim. ``start`` and ``id_start`` are offsets in the page's body."""

    page: "Page"
    id: str
    text: str
    start: int
    id_start: int

    @property
    def place(self) -> Place:
        """Where the id stands."""
        return self.page.place_of(self.id_start, self.id_start + len(self.id))

    @property
    def text_place(self) -> Place:
        """Where the phrase stands."""
        return self.page.place_of(self.start, self.start + len(self.text))


@dataclass(frozen=True, slots=True)
class Citation:
    """One key cited. ``start`` is the key's offset in the page's body."""

    page: "Page"
    cite: Cite
    start: int

    @property
    def place(self) -> Place:
        """Where the key stands."""
        return self.page.place_of(self.start, self.start + len(self.cite.key))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads. ``start`` is the address's offset in the page's body."""

    page: "Page"
    address: str
    start: int

    @property
    def place(self) -> Place:
        """Where the address stands."""
        return self.page.place_of(self.start, self.start + len(self.address))

    @property
    def scheme(self) -> str:
        """The scheme in lower case as a browser reads it, which drops blanks and controls.

        A path has none.
        """
        match = _SCHEME.match(_UNSEEN.sub("", html.unescape(self.address)))
        return match["scheme"].lower() if match else ""


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

    @cached_property
    def masked(self) -> str:
        """The body with code, comments and escaped marks hidden, letter for letter."""
        return mask(self.body)

    def place_of(self, start: int, end: int) -> Place:
        """Return where a stretch of the body stands, up to the end of its first line."""
        line = bisect_right(self._line_starts, start) - 1
        line_start = self._line_starts[line]
        last = line + 1 == len(self._line_starts)
        stop = min(end, len(self.body) if last else self._line_starts[line + 1] - 1)
        return Place(self.file, self.body_line + line, start - line_start + 1, stop - start)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.body))]

    def forget(self) -> None:
        """Let go of what was found in the prose; it is found again when it is asked for.

        Blocks are few, and are asked for again by what draws the pages.
        """
        found = ("claim_uses", "citations", "links", "tags", "attributes")
        for name in ("_line_starts", "masked", *found):
            self.__dict__.pop(name, None)

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
                self,
                match["id"],
                self.body[match.start("text") : match.end("text")],
                match.start("text"),
                match.start("id"),
            )
            for match in CLAIM_LINK.finditer(self.masked)
        ]

    @cached_property
    def citations(self) -> list[Citation]:
        """Every key cited, in order."""
        return [
            Citation(self, cite, match.start("body") + cite.offset)
            for match in CITATION.finditer(self.masked)
            for cite in parse_citation(match["body"]) or []
        ]

    @cached_property
    def blocks(self) -> list[BlockUse]:
        """Every named block, in order."""
        found, offset = [], 0
        shown = self.body.split("\n")
        for number, line in enumerate(self.masked.split("\n")):
            match = BLOCK.match(line)
            if match and match["name"]:
                argument = match["arg"] or ""
                start = offset + (match.start("arg") if argument else match.start("name"))
                place = self.place_of(start, start + len(argument or match["name"]))
                options = tuple(self._options(shown, number + 1))
                found.append(BlockUse(match["name"], argument, place, options))
            offset += len(line) + 1
        return found

    def _options(self, lines: list[str], number: int) -> Iterator[tuple[str, str, Place]]:
        """Yield a block's options; what is indented below its first line is YAML."""
        end = number
        while end < len(lines) and _OPTIONS.match(lines[end]):
            end += 1
        if end == number:
            return
        first_line = self.body_line + number
        tree = read_yaml(self.file, "\n".join(lines[number:end]), Problems(), first_line)
        if tree is None or not isinstance(tree.data, dict):
            yield "", "", Place(self.file, first_line)
            return
        for name, value in tree.data.items():
            words = value if isinstance(value, list) else [value]
            shown = " ".join(str(word) for word in words if word is not None)
            yield name, shown, tree.key_place((name,)) or tree.place()

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
    def links(self) -> list[Target]:
        """Every link's target, in order."""
        patterns = [_LINK, _AUTOLINK]
        if "]:" in self.masked:
            patterns.append(_REFERENCE)
        found = (match for pattern in patterns for match in pattern.finditer(self.masked))
        matches = sorted(found, key=lambda match: match.start())
        return [Target(self, match["target"], match.start("target")) for match in matches]

    @cached_property
    def tags(self) -> list[tuple[str, Place]]:
        """Every raw HTML tag with its place, in order."""
        text, found = self.masked, []
        last = text.rfind(">")
        for match in _TAG.finditer(text):
            links = _AUTOLINK.match(text, match.start()) or _AUTOMAIL.match(text, match.start())
            if match.end() <= last and not links:
                place = self.place_of(match.start(), text.index(">", match.start()) + 1)
                found.append((match["name"].lower(), place))
        return found

    @cached_property
    def attributes(self) -> list[tuple[str, Place]]:
        """Every HTML attribute that the page sets, in braces or by a block's ``attrs``."""
        found: list[tuple[str, Place]] = []
        if "{" not in self.masked and "attrs" not in self.masked:
            return found
        for match in _ATTRIBUTES.finditer(self.masked):
            if match["option"]:
                found.append(("attrs", self.place_of(match.start("option"), match.end("option"))))
            for name in _ATTRIBUTE.finditer(match["list"] or ""):
                start = match.start("list") + name.start("name")
                place = self.place_of(start, start + len(name["name"]))
                found.append((name["name"].lower(), place))
        return found


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
