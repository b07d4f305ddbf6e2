"""Every rule, with inputs that break it and near misses that do not.

Each case spoils the base of `tests.mini` a little. «Guillemets» mark where the fault is to be
found; the check must find that, there, and nothing else.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from claimbase.checks import RULES
from claimbase.checks.report import as_json, as_text, render
from claimbase.model.diagnostic import Diagnostic, Place
from tests.mini import (
    APPRAISALS,
    BIB,
    CAVEAT,
    CONCLUSION,
    CONFIG,
    FACT,
    FILES,
    FINDING,
    PAGE,
    POPULAR,
    SPONSORS,
    STUDY,
    TOPICS,
    Change,
    add,
    day,  # noqa: F401
    drop,
    edit,
    put,
    read,
    write,
)

GOLDEN = Path(__file__).parent / "golden" / "diagnostics"


@dataclass(frozen=True)
class Case:
    """A spoilt base and what is to be found wrong with it."""

    codes: str
    name: str
    changes: tuple[Change, ...]
    at: str | None = None

    @property
    def id(self) -> str:
        return f"{self.codes}: {self.name}"


def wrong(codes: str, name: str, *changes: Change, at: str | None = None) -> Case:
    """A base with a fault. `at`: the place, where it cannot be marked.

    Several codes stand in the order of the marks.
    """
    return Case(codes, name, changes, at)


def fine(name: str, *changes: Change) -> Case:
    """A base that looks as if it had a fault, and has none."""
    return Case("", name, changes)


def page(text: str) -> Change:
    """Put one more paragraph on the page, which is one whose passages need sources."""
    return add(PAGE, f"\n{text}\n")


def plain(text: str) -> Change:
    """A page whose passages need no sources."""
    return put("docs/start.md", f"# Start\n\n{text}\n")


def source(key: str, fields: str = "doi = {10.1234/new}", kind: str = "misc") -> str:
    return f"\n@{kind}{{{key},\n  title = {{A title}},\n  year = {{2020}},\n  {fields}\n}}\n"


def appraisal(key: str, status: str = "{state: current}", seen: str = "full-text") -> str:
    return f"{key}:\n  kind: commentary\n  status: {status}\n  seen: {seen}\n"


NEW_SOURCE = (add(BIB, source("new2020")), add(APPRAISALS, appraisal("new2020")))
SECOND_STUDY = FILES[STUDY].replace("name: BALM-1", "name: BALM-2")

FILES_AND_FIELDS = [
    wrong(
        "CB001",
        "a picture under a page's name",
        put("docs/evidence/picture.md", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        at="docs/evidence/picture.md:1:1",
    ),
    wrong(
        "CB001",
        "a NUL on the second line",
        put("docs/evidence/nul.md", b"# Title\na\0b\n"),
        at="docs/evidence/nul.md:2:1",
    ),
    wrong(
        "CB001",
        "Latin-1",
        put("docs/start.md", "# Start\n\ncaf\u00e9\n".encode("latin-1")),
        at="docs/start.md:3:1",
    ),
    fine("a byte order mark", put("docs/start.md", b"\xef\xbb\xbf# Start\n")),
    fine("line ends of Windows", put(FACT, FILES[FACT].replace("\n", "\r\n").encode())),
    fine("line ends of old", put(FACT, FILES[FACT].replace("\n", "\r").encode())),
    wrong(
        "CB002",
        "a colon in a text without quotes",
        edit(FACT, "claim: Balm tea has", "claim: Balm«» : tea has"),
        at=f"{FACT}:3:13",
    ),
    wrong("CB002", "a tab", edit(TOPICS, "  name: Sleep", "«»\tname: Sleep")),
    wrong("CB002", "an alias", edit(FACT, "as-of: 2025-06", "as-of: «*day»")),
    wrong("CB002", "a table within a table's key", add(TOPICS, "? «[»a, b]\n: c\n")),
    fine("a colon in quotes", edit(TOPICS, "Teas and sleep.", '"Teas: and sleep."')),
    wrong("CB003", "a claim without front matter", put("docs/claims/x.md", "«»# A title\n")),
    wrong("CB003", "front matter without an end", put("docs/claims/x.md", "«---»\ntype: fact\n")),
    wrong("CB003", "an empty claim", put("docs/claims/x.md", "«»")),
    fine("an index of claims", put("docs/claims/index.md", "# Claims\n")),
    wrong(
        "CB004",
        "a brace that is not closed",
        add(BIB, "\n@misc{open2020,\n  title = «»{Never closed\n"),
    ),
    wrong("CB004", "an entry without a key", add(BIB, "\n@misc{«»title = {No key}}\n")),
    fine("a comment and a macro", add(BIB, '\n@comment{x}\n@string{j = "Journal"}\n')),
    wrong("CB005", "a field of no record", edit(FACT, "as-of:", "«asof»: 2020\nas-of:")),
    wrong("CB005", "a field of another type", edit(FACT, "as-of:", "«verdict»: supported\nas-of:")),
    wrong(
        "CB005",
        "a field inside a list",
        edit(FACT, "{source: norland1998law,", "{source: norland1998law, «locater»: p. 1,"),
    ),
    wrong(
        "CB005", "a field of a page", edit(PAGE, "topics: [sleep]", "topics: [sleep]\n«tag»: [x]")
    ),
    wrong("CB006", "no verdict", edit(POPULAR, "verdict: overstated\n", ""), at=f"{POPULAR}:2:1"),
    wrong("CB006", "no type", edit(FACT, "type: fact\n", ""), at=f"{FACT}:1:1"),
    wrong(
        "CB006",
        "half a PICO",
        edit(CONCLUSION, "pico:\n", "«pico»:\n"),
        edit(CONCLUSION, "  outcome: Time to fall asleep\n", ""),
    ),
    wrong("CB007", "a month too many", edit(FACT, "as-of: 2025-06", "as-of: «2025-13»")),
    wrong("CB007", "a type of no claim", edit(FACT, "type: fact", "type: «fakt»")),
    wrong("CB007", "text for a number", edit(STUDY, "n: 60", "n: «sixty»")),
    wrong("CB007", "a number without end", edit(STUDY, "value: -8.5", "value: «-1e999»")),
    wrong("CB007", "a relation of none", edit(FACT, "supported-by", "«supports»")),
    wrong(
        "CB007",
        "a domain of none",
        edit(CONCLUSION, "    imprecision:", "    «imprecison»:"),
    ),
    wrong("CB007", "a list of topics that is none", edit(FACT, "[sleep]", "«sleep»")),
    wrong("CB007", "a table that is a list", put(SPONSORS, "«- tea-board»\n")),
    fine("a year", edit(FACT, "as-of: 2025-06", "as-of: 2025")),
    wrong("CB008", "a field twice", edit(FACT, "as-of: 2025-06", "as-of: 2025\n«as-of»: 2024")),
    wrong("CB008", "a row twice", add(SPONSORS, "«tea-board»:\n  name: Another\n")),
    wrong("CB009", "a key twice", add(BIB, source("«hill2022teas»", "doi = {10.1234/other}"))),
    wrong(
        "CB010",
        "a topic with capitals",
        add(TOPICS, "«Good_Sleep»:\n  name: Good sleep\n  description: Text.\n"),
    ),
    wrong(
        "CB010",
        "a record in a folder of its own",
        put("docs/claims/teas/old.md", "# Old\n"),
        at="docs/claims/teas/old.md",
    ),
    wrong(
        "CB010",
        "a file with capitals",
        put("docs/caveats/Few_People.md", FILES[CAVEAT]),
        at="docs/caveats/Few_People.md",
    ),
    wrong(
        "CB011",
        "two keys with one address",
        add(BIB, source("tea:one") + source("«tea-one»", "url = {https://a.example}")),
        add(APPRAISALS, appraisal("tea:one") + appraisal("tea-one")),
        page("Both say so [@tea:one; @tea-one]."),
    ),
    wrong(
        "CB011",
        "two files with one id",
        put("docs/caveats/small-sample.mkd", FILES[CAVEAT]),
        at="docs/caveats/small-sample.mkd",
    ),
    wrong(
        "CB012",
        "a severity for a check that is none",
        edit(CONFIG, "months: 12", "months: 12\n      severity: {«unused-clam»: off}"),
    ),
    fine(
        "severities by code and by name",
        edit(CONFIG, "months: 12", "months: 12\n      severity: {CB209: note, no-dissent: error}"),
    ),
]

NAMES = [
    wrong("CB101", "in a link", page("[Balm tea](claim:«balm-slep») [@hill2022teas].")),
    wrong("CB101", "in a block", page("/// claim | «balm-slep»\n///")),
    wrong("CB101", "as related", edit(FACT, "related: [balm-sleep]", "related: [«balm-slep»]")),
    wrong("CB101", "as a measure", edit(POPULAR, "against: [balm-sleep]", "against: [«balms»]")),
    fine("in code", page("Write `[text](claim:some-id)` [@hill2022teas].")),
    wrong("CB102", "in a citation", page("It is so [see @hill2022teas; @«hil2022teas», p. 2].")),
    wrong("CB102", "as evidence", edit(FACT, "{source: norland1998law", "{source: «norland1998»")),
    wrong("CB102", "as a report", edit(STUDY, "[green2021balm]", "[green2021balm, «green2022»]")),
    wrong("CB102", "of an outcome", edit(STUDY, "source: green2021balm", "source: «green2021»")),
    wrong("CB102", "with an appraisal", add(APPRAISALS, appraisal("«gone2020»"))),
    fine("an address of mail", page("Write to [us@example.org] [@hill2022teas].")),
    wrong("CB103", "in a result", edit(FINDING, "balm-1/onset", "«balm-2/onset»")),
    wrong("CB103", "an outcome of it", edit(FINDING, "balm-1/onset", "«balm-1/on-set»")),
    wrong("CB103", "that it follows", edit(STUDY, "n: 60", "n: 60\nfollows: «balm-0»")),
    wrong(
        "CB103",
        "that a review pools",
        edit(APPRAISALS, "seen: abstract", "seen: abstract\n  pools: [balm-1, «balm-9»]"),
    ),
    wrong("CB104", "an arm", edit(STUDY, "      tea: {n: 30, mean", "      «teas»: {n: 30, mean")),
    wrong("CB105", "a caveat of a claim", edit(FINDING, "[small-sample]", "[«small-samples»]")),
    wrong("CB105", "a caveat of a study", edit(STUDY, "[small-sample]", "[«few»]")),
    wrong("CB106", "a topic of a claim", edit(FACT, "topics: [sleep]", "topics: [sleep, «teas»]")),
    wrong("CB106", "a topic of a page", edit(PAGE, "topics: [sleep]", "topics: [«sleeep»]")),
    wrong("CB107", "a sponsor of a study", edit(STUDY, "[tea-board]", "[«tea-bored»]")),
    wrong(
        "CB107",
        "a sponsor's forerunner",
        edit(SPONSORS, "Board\n", "Board\n  succeeds: «herb-board»\n"),
    ),
    wrong("CB108", "a topic's page", edit(TOPICS, "evidence/sleep.md", "«evidence/slep.md»")),
    wrong("CB109", "a study after itself", edit(STUDY, "n: 60", "n: 60\nfollows: «balm-1»")),
    wrong(
        "CB109 CB109",
        "two sponsors that continue each other",
        put(
            SPONSORS,
            "tea-board:\n  name: Tea Board\n  succeeds: «herb-board»\n"
            "herb-board:\n  name: Herb Board\n  succeeds: «tea-board»\n",
        ),
    ),
    fine(
        "a sponsor that continues another",
        edit(SPONSORS, "Board\n", "Board\n  succeeds: herb-board\nherb-board:\n  name: Herbs\n"),
    ),
]

RECORDS = [
    wrong(
        "CB201",
        "a fact without a source",
        edit(FACT, "evidence:\n", "«evidence»:\n"),
        edit(FACT, "supported-by", "background"),
    ),
    wrong(
        "CB201",
        "a conclusion without caveats",
        edit(CONCLUSION, "type: conclusion", "type: «conclusion»"),
        edit(CONCLUSION, "caveats: [small-sample]\n", ""),
    ),
    wrong(
        "CB201",
        "a finding bound to nothing",
        edit(FINDING, "evidence:\n", "«evidence»:\n"),
        edit(FINDING, ", result: balm-1/onset", ""),
    ),
    wrong(
        "CB201",
        "a finding without a locator",
        edit(
            FINDING,
            "{source: green2021balm, relation: supported-by, locator: table 2,",
            "«{source: green2021balm, relation: supported-by,",
        ),
        at=f"{FINDING}:6:5",
    ),
    fine(
        "a finding with numbers of its own",
        edit(
            FINDING,
            ", result: balm-1/onset}\n",
            "}\nnumbers:\n"
            "  - {value: 12, of: minutes less, n: 30, at: week 4}\n"
            "  - {value: 3.5, of: minutes less, n: 30}\n",
        ),
    ),
    wrong(
        "CB202",
        "neither dissent nor a search for it",
        edit(CONCLUSION, "evidence:\n", "«evidence»:\n"),
        edit(CONCLUSION, "relation: qualified-by", "relation: background"),
    ),
    fine(
        "a search for dissent",
        edit(CONCLUSION, "relation: qualified-by", "relation: background"),
        edit(
            CONCLUSION,
            "caveats:",
            "looked-for-dissent: {date: 2026-01-10, where: Tea Library}\ncaveats:",
        ),
    ),
    wrong(
        "CB203",
        "two steps down from high",
        edit(CONCLUSION, "start: high", "start: low"),
        edit(CONCLUSION, "level: low", "level: «low»"),
    ),
    wrong(
        "CB203",
        "a bias that raises",
        edit(CONCLUSION, "risk-of-bias: {steps: -1,", "risk-of-bias: {steps: «1»,"),
        edit(CONCLUSION, "imprecision: {steps: -1,", "indirectness: {steps: -2,"),
        edit(CONCLUSION, "    indirectness", "    inconsistency"),
    )
    if False
    else wrong(
        "CB203",
        "a bias that raises a rating",
        edit(
            CONCLUSION,
            "    risk-of-bias: {steps: -1, why: Everyone could taste what they drank.}\n"
            "    imprecision: {steps: -1,",
            "    risk-of-bias: {steps: «1», why: Everyone could taste what they drank.}\n"
            "    inconsistency: {steps: -1, why: They differ.}\n"
            "    imprecision: {steps: -2,",
        ),
    ),
]
