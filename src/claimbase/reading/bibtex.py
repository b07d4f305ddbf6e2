"""Bibliographies: BibTeX and biblatex files as reference managers and publishers export them.

The reader is our own because diagnostics need the line and column of each field. bibtexparser 2.1
knows the line of a field's equals sign only, and at a brace that is not closed it drops the entry
with a log message. This one takes a file as it comes, reports every fault with its place, mends
what has one meaning (a missing comma) and leaves out no entry but the broken one.
"""

import calendar
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from claimbase.model.diagnostic import Place
from claimbase.reading.csl import decode_field, to_csl
from claimbase.reading.problems import (
    BAD_BIBTEX,
    DUPLICATE_FIELD,
    DUPLICATE_KEY,
    MALFORMED_FIELD,
    Problems,
)

_START = re.compile(r"(?<![\w.])@[ \t]*([A-Za-z][\w-]*)\s*([{(])")
_LINE_START = re.compile(r"^[ \t]*@[ \t]*[A-Za-z][\w-]*\s*[{(]", re.MULTILINE)
_NO_BRACE = re.compile(
    r"^[ \t]*(@(?:article|book|misc|online|report|techreport|incollection|inproceedings|thesis|"
    r"phdthesis|dataset|software))\b(?!\s*[{(])",
    re.MULTILINE | re.IGNORECASE,
)
_LEFT_OVER = re.compile(r"[\s,]*([A-Za-z][\w-]*)\s*=\s*[{\"\d]")
_SPACE = re.compile(r"\s*")
_SEPARATORS = re.compile(r"[\s,]*")
_KEY = re.compile(r"[^\s,{}()\"#%=\\]+")
_NAME = re.compile(r"([^\s,{}()\"#%=\\@]+)\s*=\s*")
_BARE = re.compile(r"[^\s,{}()\"#%=\\@]+")
_AFTER = re.compile(r"\s*(?:[,#})]|[^\s,{}()\"#%=\\@]+\s*=)")
_BRACES = (re.compile("[{}]"), re.compile(r"\\.|[{}]", re.DOTALL))
_QUOTES = (re.compile('[{}"]'), re.compile(r'\\.|[{}"]', re.DOTALL))
"""What may end a value: BibTeX's rule, by which a backslash changes nothing, then another."""

_MONTHS = {name[:3].casefold(): name for name in calendar.month_name if name}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a bibliography.

    ``type`` and the names of ``fields`` are in lower case. ``csl`` is a CSL-JSON item, ``raw`` the
    entry's text as the file has it, but for ``@string`` abbreviations, which are spelt out.
    ``fields`` are all its fields as plain text (also those that a reference has no use for:
    keywords, note). ``place`` is the key's, ``field_places`` are the values'.
    """

    key: str
    type: str
    csl: dict[str, Any]
    raw: str
    fields: dict[str, str]
    place: Place
    field_places: dict[str, Place]


def read_bibliography(name: str, text: str, problems: Problems) -> list[Entry]:
    """Read the entries of a bibliography, in the order of the file.

    Args:
        name: The file's name for diagnostics.
        text: What the file holds; any text will do.
        problems: Where faults are reported. An entry that is broken or repeats a key is left out;
            a field that cannot be read is left out of ``csl``.
    """
    found = _Reader(name, text, problems).read()
    by_key = {entry.key.casefold(): entry for entry in reversed(found)}
    entries: list[Entry] = []
    for entry in found:
        first = by_key[entry.key.casefold()]
        if first is not entry:
            problems.add(
                DUPLICATE_KEY,
                entry.place,
                f'the key "{entry.key}" is already used in {first.place}'
                + (f' as "{first.key}"' if first.key != entry.key else ""),
                "give one of the two another key, or delete it if both are the same source",
            )
            continue
        parent = by_key.get(entry.values.get("crossref", "").casefold())
        entries.append(entry.finish(parent.values if parent else {}, problems))
    return entries


@dataclass(slots=True)
class _Draft:
    """An entry as it stands in the file: its values still in LaTeX."""

    key: str
    type: str
    place: Place
    raw: str = ""
    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    spelt_out: list[tuple[int, int, str]] = field(default_factory=list)

    def finish(self, parent: Mapping[str, str], problems: Problems) -> Entry:
        """Decode it. ``parent`` are the values of the entry that ``crossref`` names."""
        inherited = {("booktitle" if name == "title" else name): parent[name] for name in parent}
        values = inherited | self.values
        fields = {name: decode_field(name, value) for name, value in values.items()}

        def complain(name: str, message: str, help_: str) -> None:
            place = self.places.get(name, self.place)
            problems.add(MALFORMED_FIELD, place, f"{name}: {message}", help_)

        csl = to_csl(self.key, self.type, values, fields, complain)
        return Entry(self.key, self.type, csl, self.raw, fields, self.place, self.places)


class _BrokenError(Exception):
    """The entry being read cannot be: where, what, and what would be right."""

    def __init__(self, offset: int, message: str, help_: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.help = help_


class _Reader:
    """Goes through the text once. Positions are offsets; ``place`` turns them into lines."""

    def __init__(self, name: str, text: str, problems: Problems) -> None:
        self.name = name
        self.text = text.removeprefix("\ufeff")
        self.problems = problems
        self.macros = dict(_MONTHS)
        self.entries: list[_Draft] = []
        self.lines = [0, *(found.end() for found in re.finditer("\n", self.text))]
        self.blocks = [found.start() for found in _LINE_START.finditer(self.text)]
        self.comments_close = True
        self.last_value = 0
        self.abbreviated = False

    def read(self) -> list[_Draft]:
        end = 0
        while start := _START.search(self.text, end):
            self.between(end, start.start())
            try:
                end = self.block(start)
            except _BrokenError as broken:
                self.report(broken.offset, str(broken), broken.help)
                end = self.next_block(start.end())
        self.between(end, len(self.text))
        return self.entries

    def place(self, offset: int, length: int = 0) -> Place:
        line = bisect_right(self.lines, offset)
        return Place(self.name, line, offset - self.lines[line - 1] + 1, length)

    def next_block(self, position: int) -> int:
        """Return where the next line starts that begins a block: no value goes on past it."""
        index = bisect_right(self.blocks, position)
        return self.blocks[index] if index < len(self.blocks) else len(self.text)

    def report(self, offset: int, message: str, help_: str, length: int = 0) -> None:
        self.problems.add(BAD_BIBTEX, self.place(offset, length), message, help_)

    def between(self, start: int, end: int) -> None:
        """Free text between entries says nothing, unless it looks like part of one."""
        if self.entries and (left := _LEFT_OVER.match(self.text, start, end)):
            self.report(
                left.start(1),
                f'the field "{left[1]}" stands outside any entry: '
                f'"{self.entries[-1].key}" was closed before it',
                "look for a closing brace too many in the lines before it",
            )
        for found in _NO_BRACE.finditer(self.text, start, end):
            self.report(
                found.start(1),
                f"{found[1]} is not followed by an opening brace",
                f"write {found[1]}{{key, field = {{value}}, ...}}",
                len(found[1]),
            )

    def block(self, start: re.Match[str]) -> int:
        """Read the block that begins with ``start`` and return where it ends."""
        kind, close = start[1].casefold(), "}" if start[2] == "{" else ")"
        if kind == "comment":
            return self.comment(start.end() - 1)
        if kind == "preamble":
            return self.closed(self.value(self.skip(start.end()))[1], close, "@preamble")
        if kind == "string":
            return self.macro(self.skip(start.end()), close)
        return self.entry(start, kind, close)

    def skip(self, position: int, pattern: re.Pattern[str] = _SPACE) -> int:
        found = pattern.match(self.text, position)
        return found.end() if found else position

    def comment(self, start: int) -> int:
        """A comment ends with its brace where it has one (JabRef's do), or else with its line."""
        if self.text[start] == "{" and self.comments_close:
            if end := self.closing(start, _BRACES[0], len(self.text)):
                return end
            self.comments_close = False
        end = self.text.find("\n", start)
        return end if end >= 0 else len(self.text)

    def macro(self, position: int, close: str) -> int:
        name = _NAME.match(self.text, position)
        if not name:
            raise _BrokenError(
                position, "@string holds no name", '@string{jop = "Journal of Psychopharmacology"}'
            )
        value, end = self.value(name.end())
        self.macros[name[1].casefold()] = value
        return self.closed(end, close, "@string")

    def closed(self, position: int, close: str, what: str) -> int:
        position = self.skip(position, _SEPARATORS)
        if not self.text.startswith(close, position):
            raise _BrokenError(position, f"{what} is not closed", f'close it with "{close}"')
        return position + 1

    def entry(self, start: re.Match[str], kind: str, close: str) -> int:
        draft, position = self.key(start, kind, close)
        while True:
            position = self.skip(position, _SEPARATORS)
            if self.text.startswith(close, position):
                break
            position = self.field(draft, position)
            after = self.skip(position)
            if not self.text.startswith((",", close), after) and _NAME.match(self.text, after):
                last = list(draft.places)[-1]
                self.report(position, f'a comma is missing after the field "{last}"', "add it")
        draft.raw = self.spelt_out(start.start(), position + 1, draft)
        self.entries.append(draft)
        return position + 1

    def spelt_out(self, start: int, end: int, draft: _Draft) -> str:
        """Return an entry's text with abbreviations in full, so that it can stand by itself."""
        parts = []
        for first, last, full in draft.spelt_out:
            parts += [self.text[start:first], full]
            start = last
        return "".join([*parts, self.text[start:end]])

    def key(self, start: re.Match[str], kind: str, close: str) -> tuple[_Draft, int]:
        position = self.skip(start.end())
        found = _KEY.match(self.text, position)
        after = self.skip(found.end()) if found else position
        if not found or self.text.startswith("=", after):
            raise _BrokenError(
                position,
                f"this @{kind} has no key",
                f"write the key first: @{kind}{start[2]}green2021balm, ...",
            )
        key = found.group()
        if not self.text.startswith((",", close), after):
            if not _NAME.match(self.text, after):
                raise _BrokenError(
                    found.end(),
                    f'the key "{key}" is followed by neither a comma nor the end of the entry',
                    "put a comma after the key; a key holds no spaces, quotes or braces",
                )
            self.report(found.end(), f'a comma is missing after the key "{key}"', "add it")
        return _Draft(key, kind, self.place(position, len(key))), after

    def field(self, draft: _Draft, position: int) -> int:
        found = _NAME.match(self.text, position)
        if not found:
            raise self.not_a_field(draft, position)
        name = found[1].casefold()
        self.abbreviated = False
        value, end = self.value(found.end(), name)
        if self.abbreviated:
            draft.spelt_out.append((found.end(), end, f"{{{value}}}"))
        if name in draft.values:
            self.problems.add(
                DUPLICATE_FIELD,
                self.place(position, len(name)),
                f'"{draft.key}" has the field "{name}" twice '
                f"(first on line {draft.places[name].line})",
                "keep one of the two; the first is used",
            )
        else:
            inside = found.end() + (self.text[found.end()] in '{"')
            line_end = self.text.find("\n", inside, end)
            length = (line_end if line_end >= 0 else max(inside, end - 1)) - inside
            draft.values[name] = value
            draft.places[name] = self.place(inside, length)
        return end

    def not_a_field(self, draft: _Draft, position: int) -> _BrokenError:
        last = f'after the field "{list(draft.places)[-1]}"' if draft.places else "after its key"
        if position >= len(self.text) or _START.match(self.text, position):
            return _BrokenError(
                self.last_value or position,
                f'the entry "{draft.key}" is not closed {last}',
                "close it; if it looks closed, a brace before that is opened and not closed",
            )
        return _BrokenError(
            position,
            f'in the entry "{draft.key}", {last}, comes something that is not a field',
            "write field = {value}, with a comma between fields",
        )

    def value(self, position: int, name: str = "") -> tuple[str, int]:
        """Return a value, its parts joined, and where it ends."""
        parts = []
        self.last_value = position
        while True:
            first = self.text[position : position + 1]
            if first in ("{", '"'):
                end = self.delimited(position, _BRACES if first == "{" else _QUOTES)
                parts.append(self.text[position + 1 : end - 1])
            elif found := _BARE.match(self.text, position):
                end = found.end()
                parts.append(self.expanded(found, name))
            else:
                raise _BrokenError(
                    position,
                    f'the field "{name}" has no value' if name else "a value is missing",
                    "put the value in braces, or delete the field",
                )
            after = self.skip(end)
            if not self.text.startswith("#", after):
                return "".join(parts), end
            position = self.skip(after + 1)

    def expanded(self, found: re.Match[str], name: str) -> str:
        """Return what a number or a macro stands for."""
        word = found.group()
        if word.isdecimal() or (name == "month" and word.casefold() not in self.macros):
            return word
        if word.casefold() not in self.macros:
            self.problems.add(
                MALFORMED_FIELD,
                self.place(found.start(), len(word)),
                f'{name}: no @string before this line defines "{word}"',
                "put the value in braces, or define the abbreviation above",
            )
        self.abbreviated |= word.casefold() in self.macros and word.casefold() not in _MONTHS
        return self.macros.get(word.casefold(), word)

    def delimited(self, position: int, patterns: tuple[re.Pattern[str], ...]) -> int:
        """Return where a value in braces or quotes ends, its delimiter included."""
        limit = self.next_block(position)
        ends = [end for pattern in patterns if (end := self.closing(position, pattern, limit))]
        for end in ends:
            if _AFTER.match(self.text, end):
                return end
        if ends:
            return ends[0]
        mark = self.text[position]
        raise _BrokenError(
            position,
            f"the {'brace' if mark == '{' else 'quote'} that opens here is never closed",
            "close it, and check that the braces inside it come in pairs",
        )

    def closing(self, position: int, pattern: re.Pattern[str], limit: int) -> int:
        """Return where the delimiter at ``position`` is closed, after what does it; 0 if never."""
        depth = 0
        quoted = self.text[position] == '"'
        for found in pattern.finditer(self.text, position + 1, limit):
            mark = found.group()
            if mark == "{":
                depth += 1
            elif mark == '"' or (mark == "}" and depth == 0 and not quoted):
                if depth == 0:
                    return found.end()
            elif mark == "}":
                depth -= 1
        return 0
