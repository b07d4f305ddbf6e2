"""The reference of what contributors write, put together from the code that reads it.

Fields come from the models' JSON Schemas, blocks from the grammar, and the Python API from
signatures and docstrings, so that the manual cannot say anything else than the engine.
"""

import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from claimbase.base import TABLES, Base, Filed, read_base
from claimbase.checks import run
from claimbase.ledger import Ledger, link
from claimbase.model.caveat import Caveat
from claimbase.model.claim import CLAIM_TYPES
from claimbase.model.page import PageInfo
from claimbase.model.record import ID_PATTERN, RESULT_PATTERN
from claimbase.model.source import Appraisal
from claimbase.model.study import Study
from claimbase.model.tables import OutcomeKind, Sponsor, Topic
from claimbase.reading.grammar import BLOCKS, BlockSpec
from claimbase.settings import Options, Settings, load_settings

FOLDER = "contribute/reference"

_API: tuple[Any, ...] = (
    load_settings,
    Settings,
    read_base,
    Base,
    Filed,
    link,
    Ledger,
    run,
)
_TABLES: Mapping[str, Any] = MappingProxyType(
    {"topics": Topic, "sponsors": Sponsor, "outcome-kinds": OutcomeKind, **TABLES}
)


@dataclasses.dataclass(frozen=True, slots=True)
class ManualPage:
    """A page of the manual: its file's name, its title, a sentence, and what it says below."""

    name: str
    title: str
    summary: str
    body: str

    @property
    def path(self) -> str:
        """Its path below docs."""
        return f"{FOLDER}/{self.name}.md"

    @property
    def markdown(self) -> str:
        """The whole page."""
        return f"# {self.title}\n\n{self.summary}\n\n{self.body}\n"


def manual(*more: ManualPage) -> Iterator[ManualPage]:
    """Yield the manual's pages, the list of them last.

    Args:
        more: Pages on what stands above this package, such as the command line.
    """
    pages = [
        ManualPage(
            "options",
            "Settings",
            "What `mkdocs.yml` may say of the claims engine, under `plugins` and `claimbase`.",
            _fields(_schema(Options), {}),
        ),
        ManualPage(
            "claims",
            "Fields of claims",
            "What stands between the lines of hyphens in `docs/claims/ID.md`, by type of claim. "
            "Some parts are needed by the type's rules, and not by the field alone: see "
            "[missing parts](../checks/cb201.md).",
            _records(CLAIM_TYPES.values()),
        ),
        ManualPage(
            "studies",
            "Fields of studies",
            "What stands between the lines of hyphens in `docs/studies/ID.md`.",
            _records([Study]),
        ),
        ManualPage(
            "caveats",
            "Fields of caveats",
            "What stands between the lines of hyphens in `docs/caveats/ID.md`.",
            _records([Caveat]),
        ),
        ManualPage(
            "sources",
            "Fields of sources",
            "What `references/appraisals.yml` says of each entry of the bibliography, under the "
            "entry's key.",
            _records([Appraisal]),
        ),
        ManualPage(
            "pages",
            "Fields of pages",
            "What may stand between the lines of hyphens on a page that is no record. "
            "All of it can be left out.",
            _records([PageInfo]),
        ),
        ManualPage(
            "tables",
            "Fields of tables",
            "What each row of the tables in `references/` holds, under the row's id.",
            _tables(),
        ),
        ManualPage(
            "blocks",
            "Blocks",
            "What a page can show of the records. A block's options stand below its first line, "
            "indented by four spaces. A long list goes on on further pages, linked below it.",
            "\n\n".join(_block(name, spec) for name, spec in BLOCKS.items()),
        ),
        *more,
        ManualPage(
            "python",
            "Python API",
            "How a program of yours reads a base: `link(read_base(load_settings(path, problems), "
            "problems))` is the ledger, and `run` tells what is wrong with it.",
            "\n\n".join(_object(thing) for thing in _API),
        ),
    ]
    yield from pages
    rows = [f"| [{page.title}]({page.name}.md) | {_first(page.summary)} |" for page in pages]
    yield ManualPage(
        "index",
        "Reference",
        "What can be written where. These pages are made from the code that reads it.",
        "\n".join(["| page | what |", "| --- | --- |", *rows]),
    )


def _first(text: str) -> str:
    """Return a text's first sentence; a file's name is none's end."""
    return re.split(r"(?<=\.) ", text, maxsplit=1)[0]


def _schema(kind: Any) -> dict[str, Any]:
    return TypeAdapter(kind).json_schema(by_alias=True)


def _records(kinds: Any) -> str:
    """Return a section for each kind of record, and one for each record inside them."""
    sections: dict[str, str] = {}
    inside: dict[str, str] = {}
    for kind in kinds:
        schema = _schema(kind)
        known = schema.get("$defs", {})
        sections[kind.__name__] = _section(kind.__name__, schema, known)
        inside |= {n: _section(n, s, known) for n, s in known.items() if "properties" in s}
    return "\n\n".join([*sections.values(), *(inside[name] for name in sorted(inside))])


def _tables() -> str:
    sections = []
    for name, kind in _TABLES.items():
        schema = _schema(kind)
        about = inspect.getdoc(kind) or ""
        table = _fields(schema, schema.get("$defs", {}))
        sections.append(f"## {name}.yml\n\n{about}\n\n{table}")
    return "\n\n".join(sections)


def _section(name: str, schema: dict[str, Any], known: dict[str, Any]) -> str:
    about = schema.get("description", "")
    return f"## {_spoken(name)}\n\n{about}\n\n{_fields(schema, known)}"


def _fields(schema: dict[str, Any], known: dict[str, Any]) -> str:
    """Return a record's fields as a table."""
    known = schema.get("$defs", known)
    required = schema.get("required", [])
    rows = ["| field | holds | needed |", "| --- | --- | --- |"]
    for name, field in schema["properties"].items():
        holds = _holds(field, known)
        if "description" in field and "$ref" not in field:
            holds = f"{field['description'].rstrip('.')}: {holds}"
        default = field.get("default")
        unless = f"; else `{json.dumps(default)}`" if default not in (None, [], {}, "") else ""
        rows.append(f"| `{name}` | {holds} | {'yes' if name in required else f'no{unless}'} |")
    return "\n".join(rows)


def _holds(field: dict[str, Any], known: dict[str, Any]) -> str:
    """Return in words what a field holds."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        record = known[name]
        if "enum" in record:
            return " or ".join(f"`{value}`" for value in record["enum"])
        words = _spoken(name)
        return f"[{words.lower()}](#{words.lower().replace(' ', '-')})"
    if "anyOf" in field:
        kinds = [kind for kind in field["anyOf"] if kind.get("type") != "null"]
        return " or ".join(dict.fromkeys(_holds(kind, known) for kind in kinds))
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_holds(field.get('items', {}), known)}{_count(field)}"
    if field.get("type") == "object":
        return _set(field, known)
    return _value(field)


def _set(field: dict[str, Any], known: dict[str, Any]) -> str:
    by_id = field.get("patternProperties")
    values = next(iter(by_id.values())) if by_id else field.get("additionalProperties")
    if not isinstance(values, dict):
        return "set of fields"
    names = field.get("propertyNames", {})
    by = _holds(names, known) if "$ref" in names else "id" if by_id else "name"
    return f"set of {_holds(values, known)} by {by}"


def _value(field: dict[str, Any]) -> str:
    kind = field.get("type")
    if isinstance(kind, list):
        return "day, month or year (`2026-11-21`, `2026-11`, `2026`)"
    if kind == "string":
        by_pattern = {ID_PATTERN: "id", RESULT_PATTERN: "`study/outcome`"}
        day = "day (`2026-11-21`)" if field.get("format") == "date" else "text"
        return by_pattern.get(field.get("pattern", ""), day)
    words = {"integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
    return words.get(str(kind), "anything") + _range(field)


def _range(field: dict[str, Any]) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f", {low:g} or more" if low is not None else ""


def _count(field: dict[str, Any]) -> str:
    low, high = field.get("minItems"), field.get("maxItems")
    if low and low == high:
        return f", {low} of them"
    return f", at least {low}" if low else ""


def _block(name: str, spec: BlockSpec) -> str:
    options = spec.needs or spec.options[:1]
    shown = "".join(f"    {option}: …\n" for option in options)
    head = f"/// {name} | ID" if spec.argument else f"/// {name}"
    taken = ", ".join(f"`{o}`{' (needed)' if o in spec.needs else ''}" for o in spec.options)
    listed = f"\n\nOptions: {taken}." if taken else ""
    return f"## {name}\n\n{spec.summary}{listed}\n\n```text\n{head}\n{shown}///\n```"


def _object(thing: Any) -> str:
    """Return a function with its signature, or a class with its fields and public methods."""
    if inspect.isfunction(thing):
        return f"## {thing.__name__}\n\n{_signature(thing)}\n\n{_about(thing)}"
    held = "\n".join(
        f"- `{field.name}`: `{_bare(str(field.type))}`" for field in dataclasses.fields(thing)
    )
    methods = [
        f"### {thing.__name__}.{name}\n\n{_signature(member)}\n\n{_about(member)}"
        for name, member in vars(thing).items()
        if not name.startswith("_") and inspect.isfunction(member)
    ]
    return "\n\n".join([f"## {thing.__name__}", _about(thing), f"Holds:\n\n{held}", *methods])


def _signature(thing: Callable[..., Any]) -> str:
    return f"```text\n{thing.__name__}{_bare(str(inspect.signature(thing)))}\n```"


def _bare(text: str) -> str:
    """Return types without their modules."""
    bare = re.sub(r"\b(?:\w+\.)+(?=\w)|^<class|>$|'", "", text)
    return bare.replace("~", "").replace("+T_co", "Any").replace("T_co", "Any").strip()


def _about(thing: Callable[..., Any]) -> str:
    """Return a docstring as Markdown: a part such as "Args:" becomes a list."""
    text = inspect.getdoc(thing) or ""
    text = re.sub(r"^(Args|Returns|Raises|Attributes):$", r"\1:\n", text, flags=re.MULTILINE)
    return re.sub(r"^    (\w+): ", r"- `\1`: ", text, flags=re.MULTILINE)


def _spoken(name: str) -> str:
    """Return a class's name as words: ``EvidenceLink`` is "Evidence link"."""
    words = re.findall(r"[A-Z][a-z0-9]*", name)
    return " ".join([words[0], *(word.lower() for word in words[1:])])
