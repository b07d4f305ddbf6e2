"""Writing into the table of appraisals: a row at a time, and nothing but what is meant.

A row that changes goes through ruamel.yaml, which keeps comments, quotes and order; every other
row keeps its bytes. What comes out is read back before it replaces the file, and the file is
replaced in one step, so that a run that is cut off leaves the old one or the new one.
"""

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from claimbase.exporting.folder import replace
from claimbase.model.source import State
from claimbase.reading.problems import Problems
from claimbase.reading.yaml import read_yaml

_ORDER = ("state", "date", "notice", "because", "looked-up")
_ROW = re.compile(r"^(?![\s#])(?P<key>[^\n]+?):[ \t]*(?:[#{\n]|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RowChange:
    """What to write into a row's status; None leaves a field as it is.

    ``state`` comes with ``date`` and ``notice``, which then replace the row's. ``because`` goes if
    ``forget_because``: it says why the source was in its former state.
    """

    looked_up: dt.date | None = None
    state: State | None = None
    date: str | None = None
    notice: str | None = None
    forget_because: bool = False


class NotWrittenError(Exception):
    """The table could not be changed as meant, and was not."""


def write_changes(path: Path, changes: Mapping[str, RowChange]) -> None:
    """Change rows of a table of appraisals.

    Raises:
        NotWrittenError: A row is not there, or the outcome would not be what was meant. The file
            is as it was.
    """
    text = _text(path)
    before = _data(text)
    meant = {key: _changed(before.get(key), key, change) for key, change in changes.items()}
    after = text
    # From the last row up: what stands above keeps its place.
    for row in sorted(_rows(text, changes), key=lambda span: -span[0]):
        start, end, key = row
        after = after[:start] + _rewritten(text[start:end], key, changes[key]) + after[end:]
    if _data(after) != before | meant:
        raise NotWrittenError(f"{path.name} would not read as meant; nothing was written")
    if after != text:
        replace(path, after)


def insert_row(path: Path, key: str, row: Mapping[str, Any]) -> None:
    """Add a row: at its place in the alphabet if the rows are in order, else at the end.

    Raises:
        NotWrittenError: The key is there already, or the outcome would not be what was meant.
    """
    text = _text(path) if path.exists() else ""
    before = _data(text)
    if key in before:
        raise NotWrittenError(f'{path.name} has a row "{key}" already')
    shown = _dump({key: dict(row)})
    starts = [(found["key"], found.start()) for found in _ROW.finditer(text)]
    keys = [name for name, _ in starts]
    later = [start for name, start in starts if name > key] if keys == sorted(keys) else []
    if later:
        after = text[: later[0]] + shown + text[later[0] :]
    else:
        after = text + ("" if not text or text.endswith("\n") else "\n") + shown
    if _data(after) != before | _data(shown):
        raise NotWrittenError(f"{path.name} would not read as meant; nothing was written")
    replace(path, after)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotWrittenError(f"{path.name} cannot be read: {error}") from None


def _data(text: str) -> dict[str, Any]:
    problems = Problems()
    tree = read_yaml("", text, problems)
    if tree is None or problems or not isinstance(tree.data, dict | None):
        raise NotWrittenError("the table cannot be read; see claimbase check")
    return tree.data or {}


def _rows(text: str, keys: Mapping[str, object]) -> list[tuple[int, int, str]]:
    """Return where the rows with these keys begin and end."""
    starts = [(found.start(), found["key"].strip("\"'")) for found in _ROW.finditer(text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    spans = [
        (start, end, key) for (start, key), end in zip(starts, ends, strict=True) if key in keys
    ]
    if missing := set(keys) - {key for _, _, key in spans}:
        raise NotWrittenError(f"there is no row for {', '.join(sorted(missing))}")
    return spans


def _changed(row: Any, key: str, change: RowChange) -> dict[str, Any]:
    """Return a row's data as it is meant to be."""
    if not isinstance(row, dict) or not isinstance(row.get("status"), dict):
        raise NotWrittenError(f"there is no row for {key}, or it has no status")
    status = dict(row["status"])
    _apply(status, change)
    return row | {"status": _plain(status)}


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in value.items()}


def _apply(status: Any, change: RowChange) -> None:
    fields: dict[str, Any] = {}
    if change.state is not None:
        status["state"] = change.state.value
        fields = {"date": yaml_date(change.date), "notice": change.notice}
    if change.state is not None and change.forget_because:
        fields["because"] = None
    if change.looked_up is not None:
        fields["looked-up"] = change.looked_up
    for name, value in fields.items():
        if value is None:
            status.pop(name, None)
        elif name in status or not isinstance(status, CommentedMap):
            status[name] = value
        else:
            before = [field for field in _ORDER[: _ORDER.index(name)] if field in status]
            status.insert(list(status).index(before[-1]) + 1 if before else 0, name, value)


def yaml_date(text: str | None) -> dt.date | int | str | None:
    """Return a date as the value that YAML writes without quotes."""
    if text and text.isdecimal():
        return int(text)
    try:
        return dt.date.fromisoformat(text) if text and len(text) > len("2024-08") else text
    except ValueError:
        return text


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000
    return yaml


def _rewritten(row: str, key: str, change: RowChange) -> str:
    # What stands between two rows is a comment on the next, and stays out of this.
    body = re.sub(r"(?:^(?:#[^\n]*|[ \t]*)\n)+\Z", "", row, flags=re.MULTILINE)
    yaml = _yaml()
    if re.search(r"^ +- ", body, re.MULTILINE):
        yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    try:
        data = yaml.load(body)
        _apply(data[key]["status"], change)
        yaml.dump(data, out)
    except (YAMLError, LookupError, TypeError, ValueError):
        # A day that is none, or a key that is a number: the checks read these as they are written.
        remedy = "mend what claimbase check says of it; a key that is a number goes in quotes"
        raise NotWrittenError(f"the row of {key} cannot be rewritten: {remedy}") from None
    written = out.getvalue()
    if "\r\n" in body:
        written = written.replace("\r\n", "\n").replace("\n", "\r\n")
    return written + row[len(body) :]


def _dump(data: Any) -> str:
    out = io.StringIO()
    _yaml().dump(data, out)
    return out.getvalue()
