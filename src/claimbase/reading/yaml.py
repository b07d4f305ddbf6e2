"""YAML with the place of every field.

PyYAML composes the nodes, which carry marks; scalars are then resolved by the core schema of
YAML 1.2 (so ``no`` is a word and ``2024-08-08`` stays as written; the models read dates).
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from claimbase.model.diagnostic import Place
from claimbase.reading.problems import BAD_YAML, DUPLICATE_FIELD, Problems

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"^[-+]?\d+$")
_FLOAT = re.compile(r"^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

Path = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""


@dataclass(slots=True)
class Tree:
    """What a YAML text holds: plain data, and the place of each key and value.

    ``keys`` and ``values`` map a value's path to where its key and its value stand.
    """

    data: Any
    file: str
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)

    def place(self, *path: str | int) -> Place:
        """Return where a value stands, or the nearest thing around it that is there."""
        for end in range(len(path), -1, -1):
            found = self.values.get(path[:end]) if end == len(path) else self.key_place(path[:end])
            if found:
                return found
        return Place(self.file, 1)

    def key_place(self, path: Path) -> Place | None:
        """Return where the key of a value stands; for a list's item, the item."""
        return self.keys.get(path) or self.values.get(path)


def read_yaml(name: str, text: str, problems: Problems, first_line: int = 1) -> Tree | None:
    """Read one YAML document; report what is wrong with it and return None if it cannot be read.

    Args:
        name: The file's name for diagnostics.
        text: The document.
        problems: Where faults are reported.
        first_line: The line of the file on which ``text`` starts.
    """
    tree = Tree(None, name)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        problems.add(
            BAD_YAML,
            Place(name, line, (mark.column if mark else 0) + 1),
            f"this is not YAML: {error.problem or error.context or 'it cannot be read'}",
            "look at this line and the one before it: a text with a colon followed by a space "
            "goes in quotes, and indentation is in spaces",
        )
        return None
    except (yaml.YAMLError, RecursionError) as error:
        reason = str(error).split("\n")[0] if isinstance(error, yaml.YAMLError) else "too deep"
        problems.add(
            BAD_YAML,
            Place(name, first_line),
            f"this is not YAML: {reason}",
            "remove characters that are not text",
        )
        return None
    if node is None:
        tree.values[()] = Place(name, first_line)
        return tree
    lines = text.split("\n")
    try:
        tree.data = _Builder(tree, lines, first_line, problems).build(node, ())
    except RecursionError:
        problems.add(BAD_YAML, Place(name, first_line), "the data is nested too deep", "flatten it")
        return None
    return tree


class _Builder:
    """Turns nodes into plain data, noting places on the way."""

    def __init__(self, tree: Tree, lines: list[str], first_line: int, problems: Problems) -> None:
        self.tree = tree
        self.lines = lines
        self.first_line = first_line
        self.problems = problems
        self.seen: set[int] = set()

    def place(self, node: yaml.Node) -> Place:
        start, end = node.start_mark, node.end_mark
        if end.line == start.line:
            length = end.column - start.column
        else:
            line = self.lines[start.line] if start.line < len(self.lines) else ""
            length = len(line) - start.column
        return Place(self.tree.file, self.first_line + start.line, start.column + 1, max(length, 0))

    def build(self, node: yaml.Node, path: Path) -> Any:
        place = self.tree.values[path] = self.place(node)
        if id(node) in self.seen:
            # An alias repeats a node. Files here are short, and nested aliases can blow up.
            self.problems.add(
                BAD_YAML, place, "aliases (*name) are not read here", "write the value out"
            )
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
        return _scalar(node)

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self.place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.add(BAD_YAML, place, "a field's name is a word", "write name: value")
                continue
            key = key_node.value
            if key in result:
                first = self.tree.keys[(*path, key)]
                self.problems.add(
                    DUPLICATE_FIELD,
                    place,
                    f'the field "{key}" is given twice (first on line {first.line})',
                    "keep one of the two",
                )
                continue
            self.tree.keys[(*path, key)] = place
            result[key] = self.build(value_node, (*path, key))
        return result


def _scalar(node: yaml.Node) -> Any:
    value = str(node.value)
    if getattr(node, "style", None):  # quoted or a block: text as it stands
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INT.match(value) and len(value) < 19:
        return int(value)
    if _FLOAT.match(value):
        return float(value)
    return value
