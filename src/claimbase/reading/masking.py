"""Hides what of a page is no prose behind spaces of the same length: the rest keeps its place."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

_FENCE = re.compile(r"^(?P<lead>[ \t>]*)(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_FENCE_END = re.compile(r"^[ \t>]*(?P<mark>`{3,}|~{3,})[ \t]*$")
# "``*" and not "`+": what each choice begins with is looked for many times as fast.
_OPENING = re.compile(r"\\[\[\]\\`*_<>@!]|<!--|``*")
_BACKTICKS = re.compile("``*")
_EMPTY_LINE = re.compile(r"\n(?=[ \t]*\n)")
_COMMENT_END = re.compile(r"--!?>")
_CONTAINER = re.compile(
    r"^(?P<indent> *)(?:[-*+]|\d+[.)]|(?P<titled>!!!|\?\?\?\+?|===!?\+?)|\[\^[^\]]+\]:|:)(?: |$)"
)
_QUOTE = re.compile(r"^(?:[ \t]*>)+ ?")
_QUOTED = re.compile(r"^[ \t]*(?:>|$)")


def mask(text: str) -> str:
    """Return the text with code, comments and escaped marks replaced by spaces."""
    lines = text.split("\n")
    masked = list(lines)
    for start, end in _code_lines(lines):
        for number in range(start, end):
            masked[number] = " " * len(lines[number])
    result = "\n".join(masked)
    pieces, position = [], 0
    for start, end in _hidden(result):
        pieces += [result[position:start], re.sub(r"[^\n]", " ", result[start:end])]
        position = end
    return "".join([*pieces, result[position:]])


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches that are escapes, comments or code spans: whichever opens first.

    A comment ends where a browser ends it, which may be earlier than it looks.
    """
    position, comments_end = 0, True
    spans = _CodeSpans(text)
    while opening := _OPENING.search(text, position):
        end: int | None = opening.end()
        if opening[0] == "<!--":
            closing = _COMMENT_END.search(text, opening.start() + 2) if comments_end else None
            comments_end = closing is not None
            end = closing.end() if closing else None
        elif opening[0].startswith("`"):
            end = spans.end(opening)
        position = end or opening.end()
        if end:
            yield opening.start(), end


class _CodeSpans:
    """Where code spans end: at the next run of as many backticks in the same paragraph."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _runs(self) -> dict[int, list[int]]:
        """Where runs of backticks begin, by their length."""
        runs: dict[int, list[int]] = {}
        for run in _BACKTICKS.finditer(self.text):
            runs.setdefault(len(run[0]), []).append(run.start())
        return runs

    @cached_property
    def _breaks(self) -> list[int]:
        """Where paragraphs end."""
        return [found.start() for found in _EMPTY_LINE.finditer(self.text)]

    def end(self, opening: re.Match[str]) -> int | None:
        """Return where the span ends that a run of backticks opens, or None if it opens none."""
        runs = self._runs.get(len(opening[0]), [])
        following = bisect_right(runs, opening.start())
        if following == len(runs):
            return None
        closing = runs[following]
        paragraph = bisect_right(self._breaks, opening.end() - 1)
        if paragraph < len(self._breaks) and self._breaks[paragraph] < closing:
            return None
        return closing + len(opening[0])


def _fence_ends(lines: list[str]) -> dict[str, list[int]]:
    """Return the numbers of the lines that end fenced code, by what opens it."""
    ends: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        if found := _FENCE_END.match(line):
            ends.setdefault(found["mark"], []).append(number)
    return ends


def _code_lines(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of lines that are fenced or indented code."""
    number, total, content, blank = 0, len(lines), 0, True
    ends: dict[str, list[int]] | None = None
    while number < total:
        line = lines[number]
        fence = _FENCE.match(line)
        if fence and not ("`" in fence["info"] and fence["mark"][0] == "`"):
            ends = _fence_ends(lines) if ends is None else ends
            closing = ends.get(fence["mark"], [])
            following = bisect_right(closing, number)
            if following < len(closing):
                end = closing[following] + 1
                yield number, end
                number, blank = end, False
                continue
        stripped = line.lstrip()
        indent = len(line[: len(line) - len(stripped)].expandtabs(4))
        if not stripped:
            blank = True
        else:
            if indent < content:
                content = indent - indent % 4
            container = _CONTAINER.match(line)
            if blank and indent >= content + 4:
                yield number, number + 1
            elif stripped.startswith(">") and _QUOTED.match(line):
                stop = next((i for i in range(number, total) if not _QUOTED.match(lines[i])), total)
                quote = [_QUOTE.sub("", quoted) for quoted in lines[number:stop]]
                yield from ((number + start, number + end) for start, end in _code_lines(quote))
                number, blank = stop, not lines[stop - 1].strip()
                continue
            else:
                if container:
                    content = len(container["indent"]) + 4
                # Below a title a paragraph begins; elsewhere the next line continues one.
                blank = bool(container and container["titled"])
        number += 1
