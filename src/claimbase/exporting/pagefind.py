"""Pagefind's files in one order, so that the same site gives the same bytes.

Pagefind writes facets and their values as they come out of a hash table, in another order each
time. Its files are gzipped CBOR (RFC 8949) behind a mark; of CBOR it uses numbers, text and lists.
"""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

_MARK = b"pagefind_dcd"
_NUMBER, _TEXT, _LIST = 0, 3, 4


def settle(folder: Path) -> None:
    """Put the facets of an index in alphabetical order.

    Args:
        folder: The ``pagefind`` folder of a built site.

    Raises:
        ValueError: The index is not written as it was in Pagefind 1.5.
    """
    entry_file = folder / "pagefind-entry.json"
    entry = json.loads(entry_file.read_text("utf-8"))
    for code, language in entry["languages"].items():
        meta_file = folder / f"pagefind.{language['hash']}.pf_meta"
        meta = _load(meta_file)
        facets = _list_at(meta, 3)
        renamed = [(str(name), _settle_facet(folder, code, str(stem))) for name, stem in facets]
        facets[:] = [[name, stem] for name, stem in sorted(renamed)]
        meta_file.unlink()
        data = _dump(meta)
        language["hash"] = f"{code}_{_digest(data, 10)}"
        (folder / f"pagefind.{language['hash']}.pf_meta").write_bytes(data)
    entry_file.write_text(json.dumps(entry, ensure_ascii=False), "utf-8", newline="\n")


def _settle_facet(folder: Path, code: str, stem: str) -> str:
    """Sort a facet's values and return the new stem of its file."""
    file = folder / "filter" / f"{stem}.pf_filter"
    facet = _load(file)
    _list_at(facet, 1).sort(key=str)
    data = _dump(facet)
    file.unlink()
    settled = f"{code}_{_digest(data, 7)}"
    (folder / "filter" / f"{settled}.pf_filter").write_bytes(data)
    return settled


def _list_at(value: Any, position: int) -> list[Any]:
    found = value[position] if isinstance(value, list) and len(value) > position else None
    if isinstance(found, list):
        return found
    raise ValueError("Pagefind's index is not written as it was in 1.5")


def _digest(data: bytes, length: int) -> str:
    return hashlib.sha256(data).hexdigest()[:length]


def _load(file: Path) -> Any:
    data = gzip.decompress(file.read_bytes()).removeprefix(_MARK)
    value, end = _read(data, 0)
    if end != len(data):
        raise ValueError(f"{file.name} goes on after its end")
    return value


def _dump(value: Any) -> bytes:
    return gzip.compress(_MARK + _written(value), mtime=0)


def _read(data: bytes, at: int) -> tuple[Any, int]:
    """Return the value that begins at a place, and where the next one begins."""
    kind, size, at = data[at] >> 5, data[at] & 31, at + 1
    if size >= 24:
        width = 1 << (size - 24)
        size, at = int.from_bytes(data[at : at + width], "big"), at + width
    if kind == _NUMBER:
        return size, at
    if kind == _TEXT:
        return data[at : at + size].decode(), at + size
    if kind != _LIST:
        raise ValueError(f"a value of the kind {kind} was not expected")
    items: list[Any] = []
    for _ in range(size):
        item, at = _read(data, at)
        items.append(item)
    return items, at


def _written(value: Any) -> bytes:
    if isinstance(value, int):
        return _head(_NUMBER, value)
    if isinstance(value, str):
        return _head(_TEXT, len(value.encode())) + value.encode()
    return _head(_LIST, len(value)) + b"".join(map(_written, value))


def _head(kind: int, size: int) -> bytes:
    if size < 24:
        return bytes([kind << 5 | size])
    code, width = next((c, 1 << (c - 24)) for c in range(24, 28) if size < 1 << (8 << (c - 24)))
    return bytes([kind << 5 | code]) + size.to_bytes(width, "big")
