"""References formatted by a CSL style, once per build, and kept from one build to the next.

citeproc-py is the processor. What it gets wrong (measured on 0.11.1) is put right around it here:
it does not escape text, folds keys to lower case, warns of variables it does not know, fails at
ranges of dates within a year, drops seasons, makes one initial of "JM", takes any hyphen in pages
for a range, and leaves "?." where a title asks a question.
"""

import hashlib
import html
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from typing import Any

from claimbase.citing.short import short_name
from claimbase.reading.latex import UNPRINTABLE

_CACHE_FILE = "references.json"
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_SEASONS = ("Spring", "Summer", "Autumn", "Winter")
_NAME_PARTS = (
    *("family", "given", "suffix", "literal"),
    *("dropping-particle", "non-dropping-particle"),
)
_IDENTIFIERS = ("DOI", "URL", "PMID", "PMCID")
_SHIELD = {"&": "\ue000", "<": "\ue001", ">": "\ue002", "-": "\ue003"}
"""Stand-ins for what the processor would misread, put back when it is done."""

_SHIELD_TEXT = str.maketrans({char: _SHIELD[char] for char in "&<>"})
_SHIELD_PAGES = str.maketrans(_SHIELD)
_UNSHIELD = str.maketrans({stand_in: html.escape(char) for char, stand_in in _SHIELD.items()})
_TAG = re.compile(r"<[^<>]*>")
_STOP_TOO_MANY = re.compile(r"(?<=[?!…])\.(?=\s|<|$)")


@dataclass(frozen=True, slots=True)
class Reference:
    """A formatted reference.

    Attributes:
        key: The source's key.
        html: The reference as an XHTML fragment without its DOI, PubMed numbers and address:
            pages print those as links behind it.
        text: The whole reference as plain text, identifiers included.
        short: A name for tables, such as "Green 2021". Not unique.
    """

    key: str
    html: str
    text: str
    short: str


def format_references(
    items: Sequence[Mapping[str, Any]], style_path: Path, cache_dir: Path | None = None
) -> dict[str, Reference]:
    """Format CSL-JSON items as references.

    Args:
        items: The sources, each with an ``id``; ``custom["et-al"]`` may name the name variables
            whose list goes on.
        style_path: A CSL 1.0.2 style with a bibliography.
        cache_dir: Where formatted references are kept. An entry counts for one record, one style
            and one version of the processor; a damaged file is written anew.

    Returns:
        The references by ``id``, in the order of ``items``.

    Raises:
        OSError: The style cannot be read.
        ValueError: The style is not a CSL style with a bibliography.
    """
    stamp = _stamp(style_path)
    cache_file = cache_dir / _CACHE_FILE if cache_dir else None
    known = _load(cache_file, stamp) if cache_file else {}
    digests = [_digest(item) for item in items]
    formatted = {digest: known[digest] for digest in digests if digest in known}
    processor = None
    for digest, item in zip(digests, items, strict=True):
        if digest not in formatted:
            processor = processor or _Processor(style_path)
            bare = {name: value for name, value in item.items() if name not in _IDENTIFIERS}
            formatted[digest] = (
                processor.render(bare),
                html.unescape(_TAG.sub("", processor.render(item))),
                short_name(item),
            )
    if cache_file and formatted != known:
        _save(cache_file, stamp, formatted)
    return {
        str(item["id"]): Reference(str(item["id"]), *formatted[digest])
        for digest, item in zip(digests, items, strict=True)
    }


class _Processor:
    """citeproc-py with one style loaded. Importing it costs more than a warm build can spend."""

    def __init__(self, style_path: Path) -> None:
        import citeproc  # noqa: PLC0415
        from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

        self.citeproc = citeproc
        self.source = CiteProcJSON
        try:
            self.style = citeproc.CitationStylesStyle(str(style_path), validate=False)
        except (SyntaxError, AttributeError) as error:
            raise ValueError(f"{style_path} is not a CSL style: {error}") from error
        if not self.style.has_bibliography():
            raise ValueError(f"{style_path} has no bibliography")

    def render(self, item: Mapping[str, Any]) -> str:
        """Return an item as an XHTML fragment on one line."""
        cited = self.citeproc.CitationItem("item")
        citation = self.citeproc.Citation([cited])
        citation.bibliography = self.citeproc.CitationStylesBibliography(
            self.style, self.source([self.prepared(item)]), self.citeproc.formatter.html
        )
        text = "".join(str(part) for part in self.style.render_bibliography([cited]))
        return " ".join(_STOP_TOO_MANY.sub("", text.translate(_UNSHIELD)).split())

    def prepared(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return the item as the processor can bear it."""
        result: dict[str, Any] = {"id": "item", "type": str(item.get("type") or "document")}
        for variable, value in item.items():
            name = variable.replace("-", "_")
            if name in self.citeproc.NAMES:
                made: Any = _people(value, goes_on=variable in _unfinished(item))
            elif name in self.citeproc.DATES:
                made = _date(value)
            elif name in self.citeproc.VARIABLES:
                made = _text(value, _SHIELD_PAGES if name == "page" else _SHIELD_TEXT)
            else:
                continue
            if made:
                result[variable] = made
        if result.get("author") == [{"literal": result.get("publisher")}]:
            del result["publisher"]
        return result


def _unfinished(item: Mapping[str, Any]) -> Sequence[str]:
    unfinished: Sequence[str] = item.get("custom", {}).get("et-al", ())
    return unfinished


def _text(value: object, shield: Mapping[int, str]) -> str:
    return UNPRINTABLE.sub("", str(value)).translate(shield).strip()


def _people(people: Sequence[Mapping[str, str]], *, goes_on: bool) -> list[dict[str, str]]:
    result = []
    for person in people:
        shielded = {part: _text(person.get(part, ""), _SHIELD_TEXT) for part in _NAME_PARTS}
        name = {part: text for part, text in shielded.items() if text}
        given = name.get("given", "")
        if given.isalpha() and given.isupper() and len(given) <= 4:
            name["given"] = " ".join(given)
        if whole := name.get("literal") or ("" if name.get("family") else given):
            name = {"literal": whole}
        if name:
            result.append(name)
    return [*result, {"literal": "et al."}] if goes_on else result


def _date(date: Mapping[str, Any]) -> dict[str, Any]:
    """Return a single date as it is, and any other as the words it is printed with."""
    parts = [list(map(int, part)) for part in date.get("date-parts", ()) if part]
    if len(parts) == 1 and not date.get("season") and not date.get("circa"):
        return {"date-parts": parts}
    if not parts:
        literal = _text(date.get("literal", ""), _SHIELD_TEXT)
        return {"literal": literal[0].upper() + literal[1:]} if literal else {}
    words = _words(parts[0])
    if season := date.get("season"):
        words.append(_SEASONS[(int(season) - 1) % 4])
    text = " ".join(words)
    if len(parts) > 1:
        last = _words(parts[1])
        same = sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, last, strict=False))
        )
        text += "–" + " ".join(last[same:] or last)
    return {"literal": f"[ca. {text}]" if date.get("circa") else text}


def _words(parts: list[int]) -> list[str]:
    year, *rest = parts
    return [str(year), *(_MONTHS[(month - 1) % 12] for month in rest[:1]), *map(str, rest[1:2])]


def _stamp(style_path: Path) -> str:
    """Return what a formatted reference depends on besides its record."""
    stamp = hashlib.sha256(style_path.read_bytes())
    for module in ("csl.py", "short.py"):
        stamp.update(Path(__file__).with_name(module).read_bytes())
    stamp.update(version("citeproc-py").encode())
    return stamp.hexdigest()


def _digest(item: Mapping[str, Any]) -> str:
    text = json.dumps(item, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_Cached = dict[str, tuple[str, str, str]]
"""By digest of the record: html, text, short."""


def _load(cache_file: Path, stamp: str) -> _Cached:
    try:
        data = json.loads(cache_file.read_text("utf-8"))
        if data["stamp"] != stamp:
            return {}
        return {
            str(digest): (str(fragment), str(text), str(short))
            for digest, (fragment, text, short) in data["references"].items()
        }
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return {}


def _save(cache_file: Path, stamp: str, references: _Cached) -> None:
    """Write the cache whole or not at all. A folder that cannot be written only costs time."""
    data = json.dumps({"stamp": stamp, "references": references}, ensure_ascii=False)
    try:
        cache_file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cache_file.parent, prefix=cache_file.stem)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(data)
        Path(name).replace(cache_file)
    except OSError:
        return
