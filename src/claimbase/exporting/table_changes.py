"""What a change to a base does to the rows of its tables, as Markdown for those who review it."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from claimbase.base import Base, Filed
from claimbase.checks.since import changed_fields
from claimbase.exporting.quoting import code, plain
from claimbase.ledger import Ledger

_SHOWN = 60
"""Up to how many characters both values of a field are told, rather than its name alone."""


def table_changes(before: Ledger, now: Ledger) -> Iterator[str]:
    """Yield a line for each row of a table that came, went or says something else.

    The rows of the bibliography are left to those who tell of sources.
    """
    was, is_ = _tables(before.base), _tables(now.base)
    for name, rows in is_.items():
        file = f"{name}.yml"
        if file not in now.base.unread and (lines := list(_rows(was[name], rows, now.base.broken))):
            yield f"- {code(file)}"
            yield from (f"    - {line}" for line in lines)


def _tables(base: Base) -> dict[str, dict[str, BaseModel | str]]:
    shelves: dict[str, Mapping[str, Filed[BaseModel]]] = {
        "topics": base.topics,
        "sponsors": base.sponsors,
        "outcome-kinds": base.outcome_kinds,
        **base.tables,
    }
    tables: dict[str, dict[str, BaseModel | str]] = {
        name: {key: filed.record for key, filed in rows.items()} for name, rows in shelves.items()
    }
    return tables | {"redirects": dict(base.redirects)}


def _rows(
    was: Mapping[str, BaseModel | str], is_: Mapping[str, BaseModel | str], broken: set[str]
) -> Iterator[str]:
    for key, row in is_.items():
        if key not in was:
            yield f"added: {code(key)}: {_shown(row)}"
        elif row != was[key]:
            yield f"changed: {code(key)}: {_shown(row)}: {', '.join(_fields(was[key], row))}"
    for key, row in was.items():
        if key not in is_ and key not in broken:
            yield f"gone: {code(key)}: {_shown(row)}"


def _shown(row: BaseModel | str) -> str:
    """Return what a row is known by: where it leads, its name, or the first thing it says."""
    if isinstance(row, str):
        return code(row)
    fields = ("name", "event", "document")
    return plain(next(str(getattr(row, name)) for name in fields if hasattr(row, name)))


def _fields(old: BaseModel | str, new: BaseModel | str) -> Iterator[str]:
    if isinstance(old, str) or isinstance(new, str):
        yield f"was {_shown(old)}"
        return
    for name in changed_fields(old, new):
        values = [getattr(row, name.replace("-", "_"), None) for row in (old, new)]
        texts = [value for value in values if isinstance(value, str) and len(value) <= _SHOWN]
        told = f" (“{plain(texts[0])}” → “{plain(texts[1])}”)" if len(texts) == len(values) else ""
        yield f"{name}{told}"
