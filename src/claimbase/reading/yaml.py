"""YAML with the place of every field.

PyYAML's parser gives events, which carry marks; they are put together here, no deeper than any
record goes. (Its composer recurses in C: a file of open brackets would end the process.) Scalars
are resolved by the core schema of YAML 1.2 (so ``no`` is a word and ``2024-08-08`` stays as
written; the models read dates).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import yaml

from claimbase.model.diagnostic import Place
from claimbase.reading.problems import BAD_YAML, DUPLICATE_FIELD, Problems
from claimbase.reading.text import CONTROL, control

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 50
_INT = re.compile(r"^[-+]?\d+$")
_FLOAT = re.compile(r"^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_Event = Any  # one of PyYAML's, whose stubs take its marks for optional

Way = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""


@dataclass(slots=True)
class _Places:
    """Where the key and the value of each path stand."""

    keys: dict[Way, Place] = field(default_factory=dict)
    values: dict[Way, Place] = field(default_factory=dict)


@dataclass(slots=True)
class Tree:
    """What a YAML text holds: plain data, and the place of each key and value.

    Little is ever at fault: the text is read again for its places when one is asked for.

    Attributes:
        data: The plain data.
        file: The file's name.
        text: What was read.
        first_line: The line of the file on which the text starts.
    """

    data: Any
    file: str
    text: str = ""
    first_line: int = 1
    _places: _Places | None = None

    def place(self, *path: str | int) -> Place:
        """Return where a value stands, or the nearest thing around it that is there."""
        values = self._noted().values
        for end in range(len(path), -1, -1):
            found = values.get(path[:end]) if end == len(path) else self.key_place(path[:end])
            if found:
                return found
        return Place(self.file, 1)

    def key_place(self, path: Way) -> Place | None:
        """Return where the key of a value stands; for a list's item, the item."""
        places = self._noted()
        return places.keys.get(path) or places.values.get(path)

    def _noted(self) -> _Places:
        if self._places is None:
            self._places = _Places()
            tree = Tree(None, self.file, self.text, self.first_line, self._places)
            again = _Builder(tree, Problems(), self._places)
            # As far as it can be read: a field that is given twice may stand above what cannot.
            with suppress(yaml.YAMLError, _TooDeepError):
                again.document(yaml.parse(self.text, Loader=_LOADER))
        return self._places


def read_yaml(name: str, text: str, problems: Problems, first_line: int = 1) -> Tree | None:
    """Read one YAML document; report what is wrong with it and return None if it cannot be read.

    Args:
        name: The file's name for diagnostics.
        text: The document.
        problems: Where faults are reported.
        first_line: The line of the file on which ``text`` starts.
    """
    tree = Tree(None, name, text, first_line)
    builder = _Builder(tree, problems)
    try:
        builder.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.add(
            BAD_YAML,
            builder.place(mark.index, mark.index) if mark else Place(name, first_line),
            f"this is not YAML: {error.problem or error.context or 'it cannot be read'}",
            "look at this line and the one before it: a text with a colon followed by a space "
            "goes in quotes, and indentation is in spaces",
        )
        return None
    except yaml.reader.ReaderError as error:
        # Its position counts bytes or characters, depending on the parser.
        at = text.find(chr(error.character)) if isinstance(error.character, int) else 0
        problems.add(
            BAD_YAML,
            builder.place(max(at, 0), max(at, 0) + 1),
            f"this is not YAML: {error.reason}",
            "remove characters that are not text",
        )
        return None
    except _TooDeepError as error:
        problems.add(
            BAD_YAML, error.place, f"this is nested more than {_MAX_DEPTH} deep", "flatten it"
        )
        return None
    return tree


class _TooDeepError(Exception):
    """Data goes deeper than any record does."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


class _Builder:
    """Turns events into plain data, and notes their places where that is asked."""

    def __init__(self, tree: Tree, problems: Problems, places: _Places | None = None) -> None:
        self.tree = tree
        self.problems = problems
        self.places = places
        # YAML ends lines at some characters that end no line of a file as editors count them.
        self.starts = [0, *(match.end() for match in re.finditer("\n", tree.text))]
        self.events: Iterator[_Event] = iter(())
        self.end = 0

    def document(self, events: Iterator[_Event]) -> None:
        """Fill the tree from the one document that the events hold."""
        if self.places:
            self.places.values[()] = Place(self.tree.file, self.tree.first_line)
        self.events = events
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self.tree.data is not None:
                    self.report(event, "a second document starts here", "keep one document a file")
                    return
                self.tree.data = self.build(next(events), ())

    def place(self, start: int, end: int) -> Place:
        """Return where a stretch of the text stands, up to the end of its first line."""
        line = bisect_right(self.starts, start) - 1
        last = line + 1 == len(self.starts)
        line_end = len(self.tree.text) if last else self.starts[line + 1] - 1
        return Place(
            self.tree.file,
            self.tree.first_line + line,
            start - self.starts[line] + 1,
            max(min(end, line_end) - start, 0),
        )

    def place_of(self, event: _Event) -> Place:
        return self.place(event.start_mark.index, event.end_mark.index)

    def report(self, event: _Event, message: str, help_: str) -> None:
        self.problems.add(BAD_YAML, self.place_of(event), message, help_)

    def build(self, event: _Event, path: Way) -> Any:
        """Return the data that begins with an event."""
        if self.places:
            self.places.values[path] = self.place_of(event)
        if len(path) > _MAX_DEPTH:
            raise _TooDeepError(self.place_of(event))
        if isinstance(event, yaml.AliasEvent):
            # Files here are short, and aliases of aliases can blow up.
            self.report(event, "aliases (*name) are not read here", "write the value out")
            return None
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
            if isinstance(value, str) and (found := CONTROL.search(value)):
                name = control(found[0])
                self.report(event, f"this stands for {name}", "take the escape out")
                return CONTROL.sub("", value)
            return value
        data: Any
        if isinstance(event, yaml.MappingStartEvent):
            data = {}
            for key in self.until(yaml.MappingEndEvent):
                self.field(key, path, data)
        else:
            data = []
            for item in self.until(yaml.SequenceEndEvent):
                data.append(self.build(item, (*path, len(data))))
        if self.places:
            self.places.values[path] = self.place(event.start_mark.index, self.end)
        return data

    def until(self, closing: type[yaml.Event]) -> Iterator[_Event]:
        """Yield what a collection holds; ``end`` is where it ends, once it does."""
        for event in self.events:
            self.end = event.end_mark.index
            if isinstance(event, closing):
                return
            yield event

    def field(self, event: _Event, path: Way, result: dict[str, Any]) -> None:
        """Add the field whose key an event begins, unless it has none or is there already."""
        if not isinstance(event, yaml.ScalarEvent):
            self.report(event, "a field's name is a word", "write name: value")
            self.aside(event)
            self.aside(next(self.events))
        elif event.value in result:
            place = self.place_of(event)
            first = self.tree.key_place((*path, event.value)) or place
            self.problems.add(
                DUPLICATE_FIELD,
                place,
                f'the field "{event.value}" is given twice (first on line {first.line})',
                "keep one of the two",
            )
            self.aside(next(self.events))
        else:
            key = (*path, event.value)
            if self.places:
                self.places.keys[key] = self.place_of(event)
            result[event.value] = self.build(next(self.events), key)

    def aside(self, event: _Event) -> None:
        """Read past a value that is not kept."""
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if not depth:
                return
            if depth > _MAX_DEPTH:  # the deeper it goes, the longer the parser takes
                raise _TooDeepError(self.place_of(event))
            event = next(self.events)


def _scalar(event: yaml.ScalarEvent) -> Any:
    value = str(event.value)
    if event.style in ("'", '"', "|", ">"):  # quoted or a block: text as it stands
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INT.match(value) and len(value) < 19:
        return int(value)
    if _FLOAT.match(value):
        return float(value)
    return value
