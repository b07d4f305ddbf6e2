"""CB505: tables that would not stand on the page as they were meant."""

import re
from collections.abc import Iterator
from itertools import accumulate

from claimbase.checks.rule import Fault, rule
from claimbase.ledger import Ledger
from claimbase.reading.pages import BLOCK, HEADING
from claimbase.reading.passages import NO_PROSE, TABLE_RULE

_BAR = re.compile(r"(?<!\\)\|")


@rule("CB505", "broken-table")
def broken_table(ledger: Ledger) -> Iterator[Fault]:
    r"""A table would not stand on the page as it was meant.

    A table is a head, a line of hyphens and rows, each with the same number of cells, after an
    empty line. Without the line of hyphens, or right below a paragraph, it stands there as text
    with bars; of a row that is too long, the last cells are lost.

    **To mend it** leave a line empty before the head, write a line such as `| --- | --- |` below
    it, and write `\|` for a bar inside a cell.
    """
    for page in ledger.base.pages.values():
        faults = list(_faults(page.masked)) if "|" in page.masked else []
        if faults:
            lines = page.body.split("\n")
            starts = [0, *accumulate(len(line) + 1 for line in lines)]
            for number, message, remedy in faults:
                indent = len(lines[number]) - len(lines[number].lstrip())
                end = starts[number] + len(lines[number])
                yield page.place_of(starts[number] + indent, end), message, remedy


def _faults(masked: str) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong with a page's tables: the number of the line, what, and what to do."""
    lines = [line.lstrip(" \t>") for line in masked.split("\n")]
    number = 0
    while number < len(lines):
        start = number
        is_table = bool(lines[number]) and TABLE_RULE.match(_at(lines, number + 1))
        if not is_table and not lines[number].startswith("|"):
            number += 1
            continue
        while _at(lines, number):
            number += 1
        if not is_table:
            yield (
                start,
                "this looks like a table, and has no line of hyphens below its head",
                "write a line such as | --- | --- | below the head",
            )
            continue
        if start and _is_text(lines[start - 1]):
            yield (
                start,
                "this table begins right below a paragraph, and would be part of it",
                "leave the line before it empty",
            )
        head = _cells(lines[start])
        for row in range(start + 1, number):
            if _cells(lines[row]) != head and not BLOCK.match(lines[row]):
                yield (
                    row,
                    f"this row has {_cells(lines[row])} cells, and the head of its table {head}",
                    r"give each row as many cells as the head; write \| for a bar inside a cell",
                )


def _at(lines: list[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""


def _is_text(line: str) -> bool:
    return bool(line) and not any(kind.match(line) for kind in (HEADING, BLOCK, NO_PROSE))


def _cells(line: str) -> int:
    return len(_BAR.findall(re.sub(r"^\||(?<!\\)\|$", "", line.strip()))) + 1
