"""Plain data to typed records, with a diagnostic for each field that does not fit."""

import difflib
import json
import types
import typing
from enum import Enum
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from claimbase.model.diagnostic import Place
from claimbase.reading.problems import MALFORMED_FIELD, MISSING_FIELD, UNKNOWN_FIELD, Problems
from claimbase.reading.yaml import Tree

T = TypeVar("T", bound=BaseModel)

_EXAMPLES = {
    "reviewed": "reviewed: 2026-11-21",
    "history": "history:\n    - {date: 2026-11-21, kind: published, change: First published.}",
    "topics": "topics: [a-topic]",
    "as-of": "as-of: 2024-08-08",
    "date": "date: 2026-11-21",
    "status": "status: {state: current}",
    "kind": "kind: trial-report",
}


def validate(
    model: type[T], tree: Tree, problems: Problems, path: tuple[str | int, ...] = ()
) -> T | None:
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


def _report(
    model: type[BaseModel], tree: Tree, path: tuple[str | int, ...], fault: Any, problems: Problems
) -> None:
    # pydantic names the key of a mapping in the location with a "[key]" suffix part.
    location = tuple(part for part in fault["loc"] if part != "[key]")
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
            f"add it, for example {_EXAMPLES.get(name, name + ': …')}",
        )
    else:
        problems.add(
            MALFORMED_FIELD,
            tree.place(*full),
            f"{'.'.join(map(str, location)) or 'this'}: {_message(fault)}",
            _remedy(fault),
        )


def _message(fault: Any) -> str:
    given = fault.get("input")
    shown = f' (it is "{given}")' if isinstance(given, str | int | float) else ""
    words = {
        "enum": "not one of the allowed values",
        "literal_error": "not one of the allowed values",
        "string_type": "this must be text",
        "int_type": "this must be a whole number",
        "float_type": "this must be a number",
        "bool_type": "this must be true or false",
        "list_type": "this must be a list",
        "dict_type": "this must be a set of fields",
        "model_type": "this must be a set of fields",
        "string_too_short": "this must not be empty",
        "too_short": "too few items",
        "string_pattern_mismatch": "not written as an id",
    }
    text = words.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return text + shown


def _remedy(fault: Any) -> str:
    context = fault.get("ctx", {})
    kind = fault["type"]
    if kind in ("enum", "literal_error"):
        allowed = [
            word.strip("' ") for word in context["expected"].replace(" or ", ", ").split(",")
        ]
        listed = f"allowed: {', '.join(filter(None, allowed))}"
        match = nearest(str(fault.get("input")), allowed)
        return f'did you mean "{match}"? {listed}' if match else listed
    if kind == "string_pattern_mismatch":
        if "/" in context.get("pattern", ""):
            return "write study/outcome, both in lower case with hyphens"
        return "write lower case words joined by hyphens, such as functional-unblinding"
    if kind == "list_type":
        return "write [one, two], or a line with a hyphen for each item"
    if kind in ("dict_type", "model_type"):
        return "write name: value lines, indented, or {name: value}"
    if kind == "string_type":
        return "put it in quotes if it is meant as text"
    return "see the reference of fields in the Contribute section"


def _fields_at(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """Return the names of the fields allowed at a location inside a model."""
    current: Any = model
    for part in location:
        if isinstance(current, type) and issubclass(current, BaseModel):
            info = next((f for f in current.model_fields.values() if f.alias == part), None)
            current = _record_in(info.annotation) if info else None
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [f.alias or name for name, f in current.model_fields.items()]
    return []


def _record_in(annotation: Any) -> Any:
    """Return the record type inside an annotation such as ``list[Record] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | Enum):
        return annotation
    if typing.get_origin(annotation) is not None or isinstance(annotation, types.UnionType):
        for inner in typing.get_args(annotation):
            found = _record_in(inner)
            if isinstance(found, type) and issubclass(found, BaseModel):
                return found
    return None
