"""Every rule, with inputs that break it and near misses that do not.

Each case spoils the base of `tests.mini` a little. «Guillemets» mark where the fault is to be
found; the check must find that, there, and nothing else.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from claimbase.checks import RULES
from claimbase.checks.report import as_text, render
from claimbase.model.diagnostic import Diagnostic, Place, Severity
from tests.mini import (
    APPRAISALS,
    BIB,
    CAVEAT,
    CONCLUDES,
    CONCLUSION,
    CONFIG,
    FACT,
    FAIR,
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
KINDS = "symptoms:\n  name: Symptoms\n  description: What people feel.\n"

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
        "a control character in the bibliography",
        edit(BIB, "Teas and sleep: a review", "Teas and \x02sleep: a review"),
        at=f"{BIB}:11:1",
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
        edit(FACT, "claim: Balm tea has", "claim: Balm«»: tea has"),
    ),
    wrong("CB002", "a tab", edit(TOPICS, "  name: Sleep", "«»\tname: Sleep")),
    wrong("CB002", "an alias", edit(SPONSORS, "Board\n", "Board\n  note: «*a»\n")),
    wrong(
        "CB002",
        "an escape for a control character",
        edit(TOPICS, "description: Teas and sleep.", 'description: «"Teas\\x03 and sleep."»'),
    ),
    wrong("CB002", "a table within a table's key", add(TOPICS, "? «[»a, b]\n: c\n")),
    fine("a colon in quotes", edit(TOPICS, "Teas and sleep.", '"Teas: and sleep."')),
    wrong("CB003", "a claim without front matter", put("docs/claims/x.md", "«»# A title\n")),
    wrong("CB003", "front matter without an end", put("docs/claims/x.md", "«---»\ntype: fact\n")),
    wrong("CB003", "an empty claim", put("docs/claims/x.md", "«»")),
    fine("an index of claims", put("docs/claims/index.md", "# Claims\n")),
    fine("an index by another name", put("docs/claims/README.md", "# Claims\n")),
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
        "CB010",
        "a record that no link would lead to",
        put("docs/caveats/few-people.markdown", FILES[CAVEAT]),
        at="docs/caveats/few-people.markdown",
    ),
    wrong(
        "CB011",
        "two keys with one address",
        add(BIB, source("tea:one") + source("«tea-one»", "url = {https://a.example}")),
        add(APPRAISALS, appraisal("tea:one") + appraisal("tea-one")),
        page("Both say so [@tea:one; @tea-one]."),
    ),
    wrong(
        "CB010",
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
    wrong(
        "CB110",
        "a kind of outcome",
        put("references/outcome-kinds.yml", KINDS),
        edit(CONCLUSION, "topics: [sleep]", "topics: [sleep]\noutcome-kind: «symptons»"),
    ),
    fine(
        "a kind of outcome that is there",
        put("references/outcome-kinds.yml", KINDS),
        edit(CONCLUSION, "topics: [sleep]", "topics: [sleep]\noutcome-kind: symptoms"),
    ),
    wrong(
        "CB111",
        "a jurisdiction",
        edit(CONCLUSION, "topics: [sleep]", "topics: [sleep]\njurisdiction: «atlantis»"),
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
        edit(FINDING, "{source: green2021balm", "«{source: green2021balm"),
        edit(FINDING, "locator: table 2, result: balm-1/onset}", "result: balm-1/onset}»"),
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
    fine(
        "a rating at the floor",
        edit(CONCLUSION, "level: low", "level: very-low"),
        edit(CONCLUSION, "bias: {steps: -1", "bias: {steps: -2"),
        edit(CONCLUSION, "imprecision: {steps: -1", "imprecision: {steps: -2"),
        edit(CONCLUSION, "Balm tea may shorten", "It is very uncertain whether balm tea shortens"),
        edit(PAGE, "Balm tea may shorten", "It is uncertain whether balm tea shortens"),
    ),
    wrong(
        "CB204",
        "an entry without appraisal",
        add(BIB, source("«new2020»")),
        page("It is so [@new2020]."),
    ),
    wrong(
        "CB205",
        "an entry without address",
        add(BIB, source("«new2020»", "publisher = {Press}")),
        add(APPRAISALS, appraisal("new2020")),
        page("It is so [@new2020]."),
    ),
    fine(
        "an entry with a number of PubMed",
        add(BIB, source("new2020", "pmid = {123456}")),
        add(APPRAISALS, appraisal("new2020")),
        page("It is so [@new2020]."),
    ),
    wrong(
        "CB206",
        "one DOI, written in two ways",
        add(BIB, source("new2020", "doi = {«https://doi.org/10.1234/GREEN.2021»}")),
        add(APPRAISALS, appraisal("new2020")),
        page("It is so [@new2020]."),
    ),
    wrong(
        "CB207",
        "a review of long ago",
        edit(FACT, "reviewed: 2026-01-15", "reviewed: «2025-02-01»"),
    ),
    fine(
        "a review of almost a year ago", edit(FACT, "reviewed: 2026-01-15", "reviewed: 2025-02-02")
    ),
    wrong(
        "CB208", "a review to come", edit(FACT, "reviewed: 2026-01-15", "reviewed: «2026-02-03»")
    ),
    wrong("CB208", "a change to come", edit(FACT, "{date: 2026-01-15", "{date: «2026-03-01»")),
    wrong("CB208", "a fact to come", edit(FACT, "as-of: 2025-06", "as-of: «2027»")),
    wrong("CB208", "a look-up to come", edit(APPRAISALS, "2026-01-10", "«2026-04-01»")),
    fine("a review of tomorrow", edit(FACT, "reviewed: 2026-01-15", "reviewed: 2026-02-02")),
    fine("a fact of this year", edit(FACT, "as-of: 2025-06", "as-of: 2026")),
    wrong(
        "CB209",
        "a claim that only its own page names",
        put(
            "docs/claims/balm-grows.md",
            FILES[FACT]
            .replace("claim: Balm tea has", "claim: «Balm tea has")
            .replace("since 1998.", "since 1998.»")
            + "See [this](claim:balm-grows).\n",
        ),
    ),
    fine(
        "a claim that a block shows",
        put("docs/claims/balm-grows.md", FILES[FACT]),
        plain("/// claim | balm-grows\n///"),
    ),
    wrong(
        "CB210",
        "an entry that nobody cites",
        add(BIB, source("«new2020»")),
        add(APPRAISALS, appraisal("new2020")),
    ),
    fine("an entry that a page cites", *NEW_SOURCE, page("It is so [@new2020].")),
]

EVIDENCE = [
    wrong(
        "CB301",
        "a retracted source that qualifies",
        edit(CONCLUSION, "{source: hill2022teas", "{source: «hill2022teas»"),
        edit(
            APPRAISALS,
            "review\n  status: {state: current}",
            "review\n  status: {state: retracted, date: 2025-05}",
        ),
    ),
    wrong(
        "CB302 CB301",
        "the only source of a fact is under concern",
        edit(FACT, "evidence:\n", "«evidence»:\n"),
        edit(FACT, "{source: norland1998law", "{source: «norland1998law»"),
        edit(
            APPRAISALS,
            "law\n  status: {state: current}",
            "law\n  status: {state: concern, notice: a note}",
        ),
    ),
    fine(
        "a retracted source in the background",
        edit(CONCLUSION, "relation: qualified-by", "relation: background"),
        edit(CONCLUSION, "caveats:", "looked-for-dissent: {date: 2026-01-10, where: x}\ncaveats:"),
        edit(
            APPRAISALS,
            "review\n  status: {state: current}",
            "review\n  status: {state: retracted, date: 2025-05}",
        ),
    ),
    wrong(
        "CB303",
        "a correction without date or notice",
        edit(
            APPRAISALS,
            "review\n  status: {state: current}",
            "review\n  status: «{state: corrected}»",
        ),
    ),
    fine(
        "a correction with a date",
        edit(
            APPRAISALS,
            "review\n  status: {state: current}",
            "review\n  status: {state: corrected, date: 2023}",
        ),
    ),
    wrong("CB304", "limits in the wrong order", edit(STUDY, "[-15.1, -8.9]", "«[-8.9, -15.1]»")),
    wrong("CB304", "an estimate outside its interval", edit(STUDY, "[-6.4, -0.6]", "«[-3, -0.6]»")),
    wrong(
        "CB304",
        "more events than people",
        edit(
            STUDY,
            "tea: {n: 30, mean-change: -12.0, ci",
            "tea: {n: 30, events: «31», mean-change: -12.0, ci",
        ),
    ),
    wrong(
        "CB304",
        "more people than the arm has",
        edit(STUDY, "tea: {n: 30, mean", "tea: {n: «31», mean"),
    ),
    wrong(
        "CB304",
        "a percentage of other events",
        edit(STUDY, "tea: {n: 30, mean", "tea: {n: 30, events: 15, percent: «53», mean"),
    ),
    wrong(
        "CB304",
        "a ratio below zero",
        edit(
            STUDY,
            '      - {measure: mean-difference, value: -8.5, ci: [-12.9, -4.1], p: "<0.001"}',
            "      - «{measure: risk-ratio, value: -8.5}»\n"
            "      - {measure: mean-difference, value: -8.5, ci: [-12.9, -4.1]}",
        ),
    ),
    fine(
        "a percentage rounded",
        edit(STUDY, "tea: {n: 30, mean", "tea: {n: 30, events: 20, percent: 67, mean"),
    ),
    wrong(
        "CB305",
        "a fact at second hand",
        put("docs/caveats/secondary-source.md", FILES[CAVEAT]),
        edit(FACT, "type: fact", "type: «fact»"),
        edit(
            APPRAISALS,
            "law\n  status: {state: current}\n  seen: full-text",
            "law\n  status: {state: current}\n  seen: secondary",
        ),
    ),
    fine(
        "a fact at second hand that says so",
        put("docs/caveats/secondary-source.md", FILES[CAVEAT]),
        edit(FACT, "related:", "caveats: [secondary-source]\nrelated:"),
        edit(
            APPRAISALS,
            "law\n  status: {state: current}\n  seen: full-text",
            "law\n  status: {state: current}\n  seen: secondary",
        ),
    ),
    wrong(
        "CB306",
        "a popular claim measured against itself",
        edit(POPULAR, "against: [balm-sleep]", "against: [balm-sleep, «popular-balm-cures»]"),
    ),
]


def rated(level: str, sentence: str) -> tuple[Change, ...]:
    """The conclusion with this rating and this sentence, and nothing on the page about it."""
    steps = {"high": 0, "moderate": -1, "low": -2}.get(level, -3)
    return (
        edit(CONCLUSION, "level: low", f"level: {level}"),
        edit(
            CONCLUSION, "    risk-of-bias: {steps: -1,", f"    indirectness: {{steps: {steps // 2},"
        ),
        edit(
            CONCLUSION, "imprecision: {steps: -1,", f"imprecision: {{steps: {steps - steps // 2},"
        ),
        edit(
            CONCLUSION,
            CONCLUDES,
            sentence,
        ),
        edit(PAGE, "[Balm tea may shorten the time to fall asleep](claim:balm-sleep)", "Balm tea"),
    )


WORDING = [
    *(
        fine(f"{level}: {sentence}", *rated(level, sentence))
        for level, sentence in [
            ("high", "Balm tea shortens the time to fall asleep."),
            ("high", "Balm tea does not shorten the night."),
            ("high", "Since May 2024 balm tea has helped people sleep."),
            ("moderate", "Balm tea probably shortens the time to fall asleep."),
            ("moderate", "Balm tea likely makes little difference to dreams."),
            ("low", "Balm tea may shorten the time to fall asleep."),
            ("low", "People given balm tea may be more likely to sleep through."),
            ("low", "Waking at night might be less likely with balm tea."),
            ("very-low", "It is very uncertain whether balm tea shortens the night."),
            ("very-low", "Balm tea may help sleep, but the evidence is very uncertain."),
        ]
    ),
    *(
        wrong("CB401", f"{level}: {sentence}", *rated(level, sentence))
        for level, sentence in [
            ("high", "Balm tea «probably» shortens the time to fall asleep."),
            ("high", "Balm tea «may» shorten the time to fall asleep."),
            ("high", "Balm tea «appears» to shorten the time to fall asleep."),
            ("moderate", "«Balm tea shortens the time to fall asleep.»"),
            ("moderate", "«People given balm tea are more likely to sleep through.»"),
            ("moderate", "Balm tea probably helps and «may» shorten the night."),
            ("low", "«Balm tea shortens the time to fall asleep.»"),
            ("low", "«Since May 2024 balm tea has helped people sleep.»"),
            ("low", "Balm tea may help and «probably» does."),
            ("low", "The effect of balm tea may exist but is «very uncertain»."),
            ("very-low", "«Balm tea may shorten the time to fall asleep.»"),
            ("very-low", "«Balm tea shortens the time to fall asleep.»"),
        ]
    ),
    wrong(
        "CB402",
        "a claim that sells",
        edit(FACT, "Balm tea has been", "Balm tea, a «miracle», has been"),
    ),
    wrong("CB402", "a text that sells", page("It is [a «breakthrough» tea](claim:balm-sold).")),
    wrong(
        "CB402",
        "a fair wording that sells",
        edit(POPULAR, "but has", "a «dramatic» fall, but has"),
    ),
    *(
        fine(f"not selling: {text}", page(f"[{text}](claim:{claim})."))
        for text, claim in [
            ("It is not a cure", "balm-sold"),
            ("Nobody has proven this", "balm-sold"),
            ("A food, not a guaranteed remedy", "balm-sold"),
            ('Sold as a "miracle"', "balm-sold"),
            ("Sold as “a wonder drug, it’s magic”", "balm-sold"),
            ("It had a breakthrough therapy designation", "balm-sold"),
            ("The claim that it cures", "popular-balm-cures"),
        ]
    ),
    wrong(
        "CB403",
        "a fair wording that is the claim",
        edit(
            POPULAR,
            FAIR,
            "«Balm tea helps insomnia for good.»",
        ),
    ),
    fine(
        "the same wording of a claim that is supported",
        edit(POPULAR, "verdict: overstated", "verdict: supported"),
        edit(
            POPULAR,
            FAIR,
            "Balm tea helps insomnia for good.",
        ),
    ),
    *(
        wrong("CB404", f"{text} ({claim})", page(f"[{text}](claim:{claim})."))
        for text, claim in [
            ("Balm tea «reduces» waking", "balm-sleep"),
            ("Balm tea «probably» shortens the time", "balm-sleep"),
            ("Balm tea «improved» sleep", "balm-sleep"),
            ("Balm tea «helps», but not everyone", "balm-sleep"),
            ("Taking it «leads to» sleep,\nnot to dreams", "balm-sleep"),
            ("«Balm tea cures insomnia»", "popular-balm-cures"),
            ("«Insomnia is cured by it»", "popular-balm-cures"),
        ]
    ),
    *(
        fine(f"{text} ({claim})", page(f"[{text}](claim:{claim})."))
        for text, claim in [
            ("May reduce waking", "balm-sleep"),
            ("the time to fall asleep", "balm-sleep"),
            ("It is unclear whether it improves sleep", "balm-sleep"),
            ("No study shows that it improves sleep", "balm-sleep"),
            ("In the trial sleep improved more with balm tea", "balm-sleep"),
            ("Does it help?", "balm-sleep"),
            ("a cure", "popular-balm-cures"),
            ("Balm tea “cures insomnia”", "popular-balm-cures"),
            ("Balm tea does not cure insomnia", "popular-balm-cures"),
            ("Balm tea is often sold for insomnia", "popular-balm-cures"),
        ]
    ),
    wrong(
        "CB404",
        "a negative claim repeated",
        edit(POPULAR, "claim: Balm tea cures insomnia.", "claim: Balm tea is not addictive."),
        page("[«Balm tea is not addictive»](claim:popular-balm-cures)."),
    ),
]


def numbers(text: str, claim: str = "balm-1-onset") -> Change:
    return page(f"[{text}](claim:{claim}).")


NUMBERS = [
    *(
        wrong("CB405", text, numbers(text))
        for text in [
            "asleep «9.5» minutes sooner",
            "asleep «85» minutes sooner",
            "a fall of «16» minutes",
            "a fall of 12 minutes in «31» people",
            "a fall of 12 minutes among\n«300» people",
            "a fall of 12 minutes at week «6»",
            "a fall of «12.5» minutes",
            "a fall of «20»–«31» minutes",
            "a fall of 12 (interval 8.9 to «15.9»)",
            "a fall of 12 minutes (n = «35»)",
            "a difference of 8.5 minutes (p < «0.01»)",
            "a dose of «120»mg",
            "a dose of «1.5» mg/kg",
            "«thirty-five» people",
            "«two» weeks",
            "«two thirds» of people",
            "«1,060» people",
            "«5 million» people",
            "phase 3 and «104» people",
            "«2000» people",
            "«33» of 100 people",
        ]
    ),
    *(
        fine(text, numbers(text))
        for text in [
            "asleep 8.5 minutes sooner",
            "a fall of 12.0 minutes (−12.0)",
            "12 minutes in 30 people, 3.5 in another 30",
            "60 people in two groups, in one study",
            "a difference of 8.5 (95 % CI 4.1 to 12.9)",
            "a difference of 8.5 (95% confidence interval 4.1–12.9, p < 0.001)",
            "between 4.1 and 13 minutes",
            "four weeks, week 4, a 4-week trial",
            "BALM-1 in 2021, published on 8 May 2021 and in June 2022",
            "a phase 3 trial, phases 2 and 3, table 2, ISI-7, the 1st and the 2nd week",
            "the 1990s, under the Tea Act 1971",
            "3,4-dihydroxy and 5-HT2A and 5-hydroxytryptophan",
            "both, and not one of them",
        ]
    ),
    fine(
        "half of them",
        numbers("half of them", "balm-grows"),
        put(
            "docs/claims/balm-grows.md",
            FILES[FINDING].replace(
                "evidence:", "numbers: [{value: 52, of: percent of people asleep}]\nevidence:"
            ),
        ),
    ),
    fine(
        "a number in words in another way",
        put("docs/claims/balm-grows.md", FILES[FACT].replace("since 1998", "by 5 million people")),
        numbers("five million, 5,000,000 or 5 million people", "balm-grows"),
    ),
    *(
        wrong("CB405", f"another group's: {text}", numbers(text))
        for text in [
            "a fall of «3.5» minutes with balm tea",
            "a fall of 12 minutes with balm tea and of «12» with hot water",
            "with hot water «8.9» to 15.1 minutes",
            "minutes («12») with hot water",
        ]
    ),
    *(
        fine(f"each group's own: {text}", numbers(text))
        for text in [
            "a fall of 12 minutes with balm tea and of 3.5 with hot water",
            "more than with hot water: 12 minutes",
            "in this hot-water-controlled trial people gained 12 minutes",
            "8.5 minutes more with balm tea",
            "30 people with hot water",
        ]
    ),
    fine(
        "a number given for the group that another result gives for the other",
        put(
            "docs/claims/balm-grows.md",
            FILES[FINDING].replace(
                "evidence:", "numbers: [{value: 3.5, of: minutes in the first week}]\nevidence:"
            ),
        ),
        numbers("3.5 minutes with balm tea in the first week", "balm-grows"),
    ),
    fine(
        "a number of a group that in another study is named otherwise",
        put(
            "docs/studies/balm-2.md",
            FILES[STUDY]
            .replace("BALM-1", "BALM-2")
            .replace("name: Balm tea,", "name: Strong balm tea,")
            .replace("name: Hot water,", "name: Weak balm tea,")
            .replace("-12.0", "-14.0")
            .replace("-15.1", "-17.1"),
        ),
        put(
            "docs/claims/balm-grows.md",
            FILES[FINDING].replace(
                "evidence:\n",
                "evidence:\n  - {source: green2021balm, relation: supported-by, locator: table 3, "
                "result: balm-2/onset}\n",
            ),
        ),
        numbers("12 and 14 minutes with balm tea in two studies", "balm-grows"),
    ),
    fine(
        "a part in words that fits its own group too",
        edit(STUDY, "mean-change: -12.0, ci: [-15.1, -8.9]", "percent: 52"),
        edit(STUDY, "mean-change: -3.5, ci: [-6.4, -0.6]", "percent: 50"),
        edit(
            FINDING,
            "fell asleep 12 minutes sooner with balm tea, 3.5 with hot water",
            "slept well in half of cases with balm tea",
        ),
        edit(PAGE, "people fell asleep 12 minutes sooner with balm tea", "half the people slept"),
    ),
    *(
        wrong("CB406", text, edit(FINDING, "fell asleep 12 minutes sooner with balm tea", text))
        for text in [
            "fell asleep «14» minutes sooner with balm tea",
            "fell asleep «12.1» minutes sooner with balm tea",
            "fell asleep «twenty» minutes sooner with balm tea",
            "fell asleep «45» percent sooner with balm tea",
        ]
    ),
    *(
        fine(text, edit(FINDING, "fell asleep 12 minutes sooner with balm tea", text))
        for text in [
            "fell asleep twelve minutes sooner with balm tea",
            "fell asleep 12.0 minutes sooner with balm tea",
            "(ISI-7, phase 3, table 2, 2021) fell asleep 12 minutes sooner with balm tea",
        ]
    ),
]

PROSE = [
    wrong(
        "CB604",
        "a redirect to nowhere",
        put("references/redirects.yml", "claims/old: «claims/balm-slep»\n"),
    ),
    wrong("CB501", "a paragraph", page("«Balm tea is good for everyone.»")),
    wrong(
        "CB501",
        "an item of a list",
        page("- [Sold](claim:balm-sold).\n«- Good for everyone.»"),
    ),
    wrong(
        "CB501",
        "a row of a table",
        page("| tea | says |\n| --- | --- |\n«| balm | good for all |»"),
    ),
    wrong(
        "CB501",
        "a row of a bare table",
        page("tea | says\n--- | ---\nbalm | [sold](claim:balm-sold)\n«mint | good for all»"),
    ),
    wrong(
        "CB501",
        "a paragraph before a rule",
        page("«Balm tea is good for everyone,»\nand always was.\n---"),
    ),
    wrong("CB501", "a quotation", page("«> Good for everyone.»\n>\n> [Sold](claim:balm-sold).")),
    *(
        fine(f"no source needed: {text}", page(text))
        for text in [
            "Which tea is which. { .no-source }",
            "What is known:\n\n- [sold](claim:balm-sold)",
            "## A heading of many words",
            "A heading with a rule\n---",
            "A heading with a rule\n====",
            "![A picture of a tea pot](pot.png)",
            "```\nsome code of many words\n```",
            "| tea | says |\n| --- | --- |\n| balm | [sold](claim:balm-sold) |",
            '!!! note "A title of words"\n    [Sold](claim:balm-sold).',
        ]
    ),
    fine("a page that needs no sources", plain("Balm tea is good for everyone.")),
    *(
        wrong("CB502", text, plain(text))
        for text in [
            "A «<br>» break",
            "«<script src=x>» here",
            '«<img src=x onerror="alert(1 < 2)">»',
            "«<x_y onclick=alert(1)>» here",
            "«<svg/onload=alert(1)>»",
            "`<!--` «<i onclick=x>» `-->`",
            "<!--> «<script>» -->",
            "<!-- a --!> «<script>» -->",
            "«<claim:balm-sold>»",
            '[x](https://a.example){ «onclick»="alert(1)" }',
            '![x](a.png){: «style»="position:fixed" }',
            "Text\n{ #id .class «src»=x title=y }",
            "/// note | Title\n    «attrs»: {onclick: x}\n\nText.\n///",
        ]
    ),
    *(
        fine(f"no HTML: {text}", plain(text))
        for text in [
            "a < b and b > a, p <0.001, <3",
            "`<b>` and ``<i>``",
            "<https://example.org/a?b=c>",
            "<us@example.org>",
            "<!-- a note to authors -->",
            "\\<b>",
            "    <b>code</b>",
            '[x](https://a.example){ .button #id title="A b" data-preview="" }',
        ]
    ),
    fine(
        "HTML that the site allows",
        edit(CONFIG, "months: 12", "months: 12\n      html: [kbd]"),
        plain("<kbd>A</kbd>"),
    ),
    *(
        wrong("CB503", text, plain(text))
        for text in [
            "[x](«http://a.example»)",
            "[x](«javascript:alert(1»))",
            "[x](«JavaScript:x»)",
            "[x](\n«javascript:x»)",
            "[x](«java&#115;cript:x»)",
            "[x](«javascript&colon;x»)",
            "[x](«data:text/html,hi»)",
            '![x](«http://a.example/a.png» "title")',
            "[x][r]\n\n[r]: «ftp://a.example»",
            "> [x][r]\n>\n> [r]: «ftp://a.example»",
            "<«http://a.example»>",
            "[balm][r]\n\n[r]: «claim:balm-sold»",
        ]
    ),
    *(
        fine(f"a link: {text}", plain(text))
        for text in [
            "[x](https://a.example) [y](mailto:a@b.example) [z](tel:+1)",
            '[x](evidence/sleep.md) [y](#here) [z](evidence/sleep.md "a: title")',
            "`[x](http://a.example)`",
            "A note[^1]\n\n[^1]: Note: this is none.",
        ]
    ),
    *(
        wrong("CB504", text, plain(text))
        for text in [
            "/// «claim»\n///",
            "/// caveats | «balm-sold»\n///",
            "/// «cliams»\n///",
            "/// claims\n    «topics»: sleep\n///",
            "/// claims\n    «topic»:\n///",
            "/// claims\n    «topic»: slep\n///",
            "/// claims\n    «certainty»: low lowish\n///",
            "/// claims\n«»    just words\n///",
            "/// sources\n    «status»: gone\n///",
        ]
    ),
    *(
        wrong("CB505", text, plain(text))
        for text in [
            "«| a | b |»\n| c | d |",
            "«| a | b |»",
            "| a | b |\n«| --- |»\n| c | d |",
            "| a | b |\n| --- | --- |\n«| c | d | e |»\n| f | g |",
            "| a | b |\n| --- | --- |\n«| c |»",
            "Text\n«| a | b |»\n| --- | --- |\n| c | d |",
            "> | a | b |\n> | --- | --- |\n«> | c | d | e |»",
        ]
    ),
    *(
        fine(f"a table: {text}", plain(text))
        for text in [
            "| a | b |\n| :-- | --: |\n| c | d |\n| e | |",
            "a | b\n--- | ---\nc | d",
            "| a |\n| --- |\n| b \\| c `d|e` |",
            "## A heading\n| a | b |\n| --- | --- |",
            "!!! note\n    | a | b |\n    | --- | --- |\n    | c | d |",
            "    | code | only |\n\n```\n| code |\n```",
            "Either a | b, or c.",
        ]
    ),
    *(
        fine(f"a block: {text}", plain(text))
        for text in [
            "/// claims\n    topic: sleep\n    certainty: low very-low\n    as: table\n///",
            "/// note | A title\n    type: x\n\nText.\n///",
            "/// sources\n    status: retracted\n///",
        ]
    ),
]

CASES = [*FILES_AND_FIELDS, *NAMES, *RECORDS, *EVIDENCE, *WORDING, *NUMBERS, *PROSE]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_finds_that_and_nothing_else(case: Case, tmp_path: Path) -> None:
    places = write(tmp_path, *case.changes)
    _, found = read(tmp_path)
    if case.at:
        assert [(d.code, str(d.place)) for d in found] == [(case.codes, case.at)]
    else:
        codes = case.codes.split()
        if len(codes) == 1:
            codes *= len(places)
        expected = sorted(zip(codes, places, strict=True), key=lambda pair: pair[1])
        assert [(d.code, d.place) for d in found] == expected
    for diagnostic in found:
        assert diagnostic.message
        assert diagnostic.help


def test_the_base_is_sound(tmp_path: Path) -> None:
    write(tmp_path)
    _, found = read(tmp_path)
    assert found == []


# These compare a base with what it was: tests/test_since.py breaks them.
BY_COMPARISON = {"CB601", "CB602", "CB603"}


@pytest.mark.parametrize("code", [code for code in RULES if code not in BY_COMPARISON])
def test_every_rule_is_broken_by_a_case(code: str) -> None:
    assert any(code in case.codes.split() for case in CASES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_every_rule_says_how_to_mend(rule) -> None:
    assert re.fullmatch(r"CB\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.summary.endswith(".")
    assert "**To mend it** " in rule.documentation


def test_names_of_rules_are_their_own() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


# How diagnostics are told

GOLD = {
    "bad-yaml": "CB002: a colon in a text without quotes",
    "bad-bibtex": "CB004: a brace that is not closed",
    "unknown-field": "CB005: a field inside a list",
    "malformed-field": "CB007: a relation of none",
    "unknown-claim": "CB101: in a link",
    "unknown-study": "CB103: an outcome of it",
    "certainty-steps": "CB203: a bias that raises a rating",
    "lost-support": "CB302 CB301: the only source of a fact is under concern",
    "wording-certainty": "CB401: low: Balm tea may help and «probably» does.",
    "number-not-in-claim": "CB405: a fall of «20»–«31» minutes",
    "unsourced-paragraph": "CB501: a row of a table",
    "raw-html": 'CB502: «<img src=x onerror="alert(1 < 2)">»',
}
"""Golden files and the cases that they tell. UPDATE_GOLDEN=1 writes them anew."""


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
    assert text + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GOLD)
def test_tells_it_to_people(name: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.id == GOLD[name])
    write(tmp_path, *case.changes)
    golden(f"{name}.txt", render(read(tmp_path)[1], "text", tmp_path))


@pytest.mark.parametrize("style", ["json", "github"])
def test_tells_it_to_programs(style: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        edit(FACT, "as-of: 2025-06", "as-of: 2025: June"),
        edit(FINDING, "[small-sample]", "[small-samples]"),
        edit(TOPICS, "sleep.md", "slep.md"),
        add(BIB, source("new2020", "title = {100%}")),
        add(APPRAISALS, appraisal("new2020")),
    )
    _, found = read(tmp_path)
    golden(f"all.{style}", render(found, style, tmp_path))
    if style == "json":
        assert [item["code"] for item in json.loads(render(found, style, tmp_path))] == [
            d.code for d in found
        ]


def told(tmp_path: Path, line: str, column: int, length: int) -> list[str]:
    (tmp_path / "page.md").write_text(f"# Title\n{line}\n", encoding="utf-8")
    place = Place("page.md", 2, column, length)
    text = as_text(Diagnostic("CB000", place, "It is wrong", "right it"), tmp_path)
    return text.split("\n")[1:3]


def test_the_caret_stands_under_wide_characters(tmp_path: Path) -> None:
    assert told(tmp_path, "日本 tea", 4, 3) == ["  2 | 日本 tea", "    |      ^^^"]
    assert told(tmp_path, "tea 日本", 5, 2) == ["  2 | tea 日本", "    |     ^^^^"]
    assert told(tmp_path, "the\u0301 tea", 6, 3) == ["  2 | the\u0301 tea", "    |     ^^^"]


def test_the_caret_stays_within_the_line(tmp_path: Path) -> None:
    assert told(tmp_path, "tea", 4, 0) == ["  2 | tea", "    |    ^"]
    assert told(tmp_path, "tea", 2, 99) == ["  2 | tea", "    |  ^^"]
    assert told(tmp_path, "a\ttea", 3, 3) == ["  2 | a tea", "    |   ^^^"]


def test_a_long_line_is_shown_around_the_place(tmp_path: Path) -> None:
    shown, caret = told(tmp_path, "x" * 5000 + "tea" + "y" * 5000, 5001, 3)
    assert len(shown) < 120
    start = caret.index("^")
    assert shown[start : start + 3] == "tea"
    assert caret.endswith("^^^")


def test_a_line_is_shown_as_it_is_now(tmp_path: Path) -> None:
    """While a site is served, files change between two builds."""
    assert told(tmp_path, "old tea", 1, 3)[0].endswith("old tea")
    assert told(tmp_path, "new green tea", 1, 3)[0].endswith("new green tea")


def test_a_place_that_is_not_there_is_told_without_a_line(tmp_path: Path) -> None:
    problem = Diagnostic("CB000", Place("gone.md", 3, 1), "It is wrong", "right it")
    assert as_text(problem, tmp_path) == "gone.md:3:1: error CB000: It is wrong\n  help: right it"


def test_severities_are_chosen_in_the_settings(tmp_path: Path) -> None:
    fault = edit(FINDING, "[small-sample]", "[small-samples]")
    for chosen, severity in (
        ("CB105: warning", Severity.WARNING),
        ("unknown-caveat: note", Severity.NOTE),
        ("CB105: off", None),
    ):
        setting = edit(CONFIG, "months: 12", f"months: 12\n      severity: {{{chosen}}}")
        write(tmp_path, fault, setting)
        _, found = read(tmp_path)
        assert [d.severity for d in found] == ([severity] if severity else [])


def test_all_faults_are_told_in_one_run(tmp_path: Path) -> None:
    """A file that cannot be read, and faults in others, are told together."""
    write(
        tmp_path,
        put("docs/evidence/picture.md", b"\x89PNG\0"),
        edit(FACT, "as-of: 2025-06", "as-of: 2025-13"),
        edit(POPULAR, "verdict: overstated", "verdict: untrue"),
        edit(CONCLUSION, "level: low", "level: high"),
        edit(TOPICS, "sleep.md", "slep.md"),
        add(BIB, "\n@misc{open,\n  title = {Never closed\n"),
        page("[Balm tea cures](claim:balm-slep) [@nobody2020] <br>\n\nAnd more."),
    )
    _, found = read(tmp_path)
    assert {d.code for d in found} >= {
        "CB001",
        "CB004",
        "CB007",
        "CB101",
        "CB102",
        "CB108",
        "CB203",
        "CB401",
        "CB501",
        "CB502",
    }
    assert [d.place for d in found] == sorted(d.place for d in found)
