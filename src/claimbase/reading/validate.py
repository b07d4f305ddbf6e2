"""Plain data to typed records, with a diagnostic for each field that does not fit."""

import difflib
import json
import re
import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from claimbase.model.diagnostic import Place
from claimbase.reading.problems import MALFORMED_FIELD, MISSING_FIELD, UNKNOWN_FIELD, Problems
from claimbase.reading.yaml import Tree, Way

T = TypeVar("T", bound=BaseModel)

_EXAMPLES = {
    "reviewed": "reviewed: 2026-11-21",
    "history": "history:\n    - {date: 2026-11-21, kind: published, change: First published.}",
    "topics": "topics: [a-topic]",
    "as-of": "as-of: 2024-08-08",
    "date": "date: 2026-11-21",
}
_SHOWN = 60
"""How many characters of a wrong value a message repeats."""


def validate(model: type[T], tree: Tree, problems: Problems, path: Way = ()) -> T | None:
    """Return the data at ``path`` of a tree as a record, or None with all its faults reported."""
    data: Any = tree.data
    for part in path:
        data = data[part]
    try:
        # JSON mode: strict about types, yet takes words for enumerations and dates.
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            _report(model, tree, path, fault, problems)
    return None


def nearest(word: str, known: typing.Iterable[str]) -> str | None:
    """Return the known word that is most like this one, or None if none is."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: typing.Iterable[str], otherwise: str) -> str:
    """Return the remedy for an unknown name: the nearest real one, else what to do."""
    match = nearest(word, known)
    return f'did you mean "{match}"?' if match else otherwise


def _report(model: type[BaseModel], tree: Tree, path: Way, fault: Any, problems: Problems) -> None:
    location = tuple(fault["loc"])
    # Of a key, pydantic gives the way to its value and then "[key]"; of a number that may be
    # whole or not, the way and then each kind it is not.
    is_key = location[-1:] == ("[key]",)
    if location[-1:] == ("int",):
        return
    if is_key or location[-1:] == ("float",):
        location = location[:-1]
    full = path + location
    name = str(location[-1]) if location else ""
    kind = fault["type"]
    if kind == "extra_forbidden":
        known = _fields_at(model, location[:-1])
        problems.add(
            UNKNOWN_FIELD,
            tree.key_place(full) or tree.place(*full),
            f'there is no field "{name}" here',
            did_you_mean(name, known, f"fields here: {', '.join(known)}"),
        )
    elif kind == "missing":
        parent = tree.key_place(full[:-1]) if len(full) > 1 else None
        where = parent or Place(tree.file, tree.place().line)
        problems.add(
            MISSING_FIELD,
            where,
            f'the field "{name}" is missing',
            _example(model, location),
        )
    else:
        problems.add(
            MALFORMED_FIELD,
            (tree.key_place(full) if is_key else None) or tree.place(*full),
            f"{_spoken(location) or 'this'}: {_message(fault)}",
            _remedy(fault),
        )


def _spoken(location: tuple[Any, ...]) -> str:
    """Return the way to a value in words; people count from one."""
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in location)


def _message(fault: Any) -> str:
    given, context = fault.get("input"), fault.get("ctx", {})
    text = " ".join(str(given).split()) if isinstance(given, str | int | float) else ""
    shown = f' (it is "{text[:_SHOWN]}{"…" if len(text) > _SHOWN else ""}")' if text else ""
    words = {
        "enum": "not one of the allowed values",
        "literal_error": "not one of the allowed values",
        "string_type": "this must be text",
        "int_type": "this must be a whole number",
        "float_type": "this must be a number",
        "finite_number": "this must be a number",
        "bool_type": "this must be true or false",
        "list_type": "this must be a list",
        "dict_type": "this must be a set of fields",
        "model_type": "this must be a set of fields",
        "string_too_short": "this must not be empty",
        "too_short": "too few items",
        "too_long": "too many items",
        "string_pattern_mismatch": "not written as an id",
        "greater_than_equal": f"this must be {context.get('ge')} or more",
        "less_than_equal": f"this must be {context.get('le')} or less",
    }
    return (words.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")) + shown


def _remedy(fault: Any) -> str:
    context = fault.get("ctx", {})
    kind = fault["type"]
    if kind in ("enum", "literal_error"):
        allowed = re.findall("'([^']*)'", context["expected"])
        listed = f"allowed: {', '.join(allowed)}"
        match = nearest(str(fault.get("input")), allowed)
        return f'did you mean "{match}"? {listed}' if match else listed
    if kind == "string_pattern_mismatch":
        if "/" in context.get("pattern", ""):
            return "write study/outcome, both in lower case with hyphens"
        return "write lower case words joined by hyphens, such as functional-unblinding"
    remedies = {
        "list_type": "write [one, two], or a line with a hyphen for each item",
        "dict_type": "write name: value lines, indented, or {name: value}",
        "model_type": "write name: value lines, indented, or {name: value}",
        "string_type": "put it in quotes if it is meant as text",
        "string_too_short": "write what is meant, or take the field out",
        "too_short": f"give at least {context.get('min_length')}",
        "too_long": f"give at most {context.get('max_length')}",
        "int_type": "write it in digits, without quotes or a decimal point",
        "float_type": "write it in digits, without quotes, with a point for decimals",
        "bool_type": "write true or false, without quotes",
        # Dates are the only values that are looked at more closely than their kind.
        "value_error": "write a day of the calendar, such as 2026-11-21",
    }
    return remedies.get(kind, "write a value of the kind that this field holds")


def _example(model: type[BaseModel], location: tuple[Any, ...]) -> str:
    """Return what to write for a missing field."""
    name = str(location[-1])
    for kind in _kinds(_annotation_at(model, location)):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return f"add it; it is one of: {', '.join(member.value for member in kind)}"
    return f"add it, for example {_EXAMPLES.get(name, name + ': …')}"


def _fields_at(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """Return the names of the fields allowed at a location inside a model."""
    for kind in _kinds(_annotation_at(model, location)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return [f.alias or name for name, f in kind.model_fields.items()]
    return []


def _annotation_at(model: type[BaseModel], location: tuple[Any, ...]) -> Any:
    """Return the annotation of what stands at a location inside a model, or None."""
    current: Any = model
    for part in location:
        current = next((step for kind in _kinds(current) for step in _steps(kind, part)), None)
    return current


def _steps(kind: Any, part: str | int) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from (f.annotation for f in kind.model_fields.values() if f.alias == part)
    elif typing.get_origin(kind) in (list, dict):
        yield typing.get_args(kind)[-1]


def _kinds(annotation: Any) -> Iterator[Any]:
    """Yield the types that an annotation allows: ``list[Id] | None`` allows two."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _kinds(typing.get_args(annotation)[0])
    elif origin in (typing.Union, types.UnionType):
        for inner in typing.get_args(annotation):
            yield from _kinds(inner)
    else:
        yield annotation
