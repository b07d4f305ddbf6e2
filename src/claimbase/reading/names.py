"""Name lists as BibTeX writes them, turned into CSL names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from claimbase.reading.latex import to_unicode

_TOKEN = re.compile(r"\\.|[{}]|,|\s+(?:and\s+)*", re.IGNORECASE | re.DOTALL)
_OTHERS = re.compile(r"others|(?:et|&) al(?:ia|ii)?\.?|et\.? al\.?", re.IGNORECASE)
_EXTENDED = re.compile(r"\s*([a-z-]+)\s*=\s*(.*)", re.DOTALL)


@dataclass(slots=True)
class Names:
    """A list of names.

    ``names`` are CSL names; ``more`` says that the list goes on ("and others"); ``fault`` is the
    first name that looks like several.
    """

    names: list[dict[str, str]] = field(default_factory=list)
    more: bool = False
    fault: str = ""


def parse_names(text: str) -> Names:
    """Read a BibTeX name list, still in LaTeX: ``von Last, Jr, First and {A Body} and others``."""
    result = Names()
    for parts in _split(text):
        if len(parts) == 1 and _OTHERS.fullmatch(to_unicode(" ".join(parts[0]))):
            result.more = True
            continue
        if len(parts) > 3 and not _is_extended(parts):
            result.fault = result.fault or ", ".join(" ".join(part) for part in parts)
        if name := _name(parts):
            result.names.append(name)
    return result


def _split(text: str) -> Iterator[list[list[str]]]:
    """Give each name as its parts (between commas), each part as its words.

    Braces hold together what they enclose, however deep; words keep their braces.
    """
    text = f" {text} "  # so that an "and" too many at either end is seen
    name: list[list[str]] = [[]]
    depth = start = 0
    for found in _TOKEN.finditer(text):
        mark = found.group()
        if mark in "{}":
            depth = max(0, depth + (1 if mark == "{" else -1))
        elif depth == 0 and mark[0] != "\\":
            if word := text[start : found.start()]:
                name[-1].append(word)
            start = found.end()
            if mark == ",":
                name.append([])
            elif mark.strip():
                yield name
                name = [[]]
    if word := text[start:]:
        name[-1].append(word)
    yield name


def _name(parts: list[list[str]]) -> dict[str, str] | None:
    if _is_extended(parts):
        return _extended(parts)
    parts = [part for part in parts if part]
    if not parts:
        return None
    if len(parts) == 1:
        return _first_last(parts[0])
    if len(parts) > 3:
        return {"literal": to_unicode(", ".join(" ".join(part) for part in parts))}
    return _person(parts[0], parts[-1], parts[1] if len(parts) == 3 else [])


def _first_last(words: list[str]) -> dict[str, str] | None:
    """Read "First von Last", or the whole name of a body in one pair of braces."""
    if len(words) == 1:
        text = to_unicode(words[0])
        return {"literal": text} if text else None
    start = next((i for i, word in enumerate(words) if i and _is_particle(word)), len(words) - 1)
    return _person(words[start:], words[:start], [])


def _person(last: list[str], first: list[str], suffix: list[str]) -> dict[str, str] | None:
    start = next((i for i, word in enumerate(last) if not _is_particle(word)), len(last) - 1)
    return _filled(
        {
            "family": " ".join(last[start:]),
            "given": " ".join(first),
            "non-dropping-particle": " ".join(last[:start]),
            "suffix": " ".join(suffix),
        }
    )


def _filled(name: dict[str, str]) -> dict[str, str] | None:
    decoded = {part: text for part, latex in name.items() if (text := to_unicode(latex))}
    if set(decoded) == {"given"}:
        return {"literal": decoded["given"]}
    return decoded or None


def _is_particle(word: str) -> bool:
    """Whether a word is a particle such as "van": it begins in lower case, outside braces."""
    return word[0] != "{" and to_unicode(word)[:1].islower()


def _is_extended(parts: list[list[str]]) -> bool:
    """Whether a name is in biblatex's long form, ``family=Kolk, given=Bessel, prefix=van der``."""
    found = _EXTENDED.match(" ".join(parts[0]))
    return found is not None and found[1] in ("family", "given", "prefix", "suffix")


def _extended(parts: list[list[str]]) -> dict[str, str] | None:
    given = {}
    for part in parts:
        if found := _EXTENDED.match(" ".join(part)):
            given[found[1]] = found[2]
    return _filled(
        {
            "family": given.get("family", ""),
            "given": given.get("given", ""),
            "non-dropping-particle": given.get("prefix", ""),
            "suffix": given.get("suffix", ""),
        }
    )
