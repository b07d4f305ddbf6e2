"""Numbers in sentences, and where each may come from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from claimbase.ledger import Ledger
from claimbase.model.claim import ClaimBase, Finding, Popular
from claimbase.model.study import Outcome

_WORDS = {
    word: str(value)
    for value, word in enumerate(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        start=2,
    )
}
# A number that belongs to a name (CAPS-5, MAPP1, 5-HT, phase 3, DSM-5, NCT0…) is no figure.
_NUMBER = re.compile(
    r"(?<![\w.,/])(?<![A-Za-z]-)(?P<sign>[-\u2212\u2013](?=\d))?"
    r"(?P<digits>\d{1,3}(?:[,\u202f\u00a0]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?![\w]*[A-Za-z]\w*|-[A-Z]|,\d-)"
)
_NAMED = re.compile(
    r"\b(?:phase|phases|version|part|table|tables|figure|fig\.|article|section|schedule|title|"
    r"chapter|class|type|appendix|order|no\.|number|nda|step|day|week|visit|criterion)"
    r"[ \u00a0]\d+(?:(?:[ ]?(?:and|or|to|,|/|\u2013|-)[ ]?)\d+)*",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b\d{1,2}[ \u00a0](?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December)(?:[ \u00a0]\d{4})?\b|"
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"[ \u00a0](?:\d{1,2},[ ]?)?\d{4}\b|\b\d{4}-\d{2}-\d{2}\b"
)
_YEAR = re.compile(
    r"\b(?:in|of|since|by|from|until|to|and|before|after|between|\()[ \u00a0]?(?:19|20)\d{2}s?\b",
    re.IGNORECASE,
)
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b(?![- ](?:thirds?|quarters?|fifths?))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text: its canonical form, and where it stands."""

    value: str
    start: int
    end: int


def figures(text: str) -> Iterator[Figure]:
    """Yield the figures in a text, those in names and dates left out.

    Signs are dropped, since a fall of 23.7 is written both with and without a minus.
    """
    hidden = text
    for pattern in (_DATE, _NAMED, _YEAR):
        hidden = pattern.sub(lambda m: re.sub(r"\d", "_", m[0]), hidden)
    for match in _NUMBER.finditer(hidden):
        yield Figure(canonical(match["digits"]), match.start("digits"), match.end("digits"))
    for match in _WORD.finditer(hidden):
        yield Figure(_WORDS[match[0].lower()], match.start(), match.end())


def canonical(number: str | float) -> str:
    """Return a number without separators, sign and trailing zeros: ``1,040.50`` is ``1040.5``."""
    text = repr(abs(number)) if isinstance(number, float) else str(number)
    text = re.sub(r"[,\u202f\u00a0]", "", text).lstrip("-\u2212\u2013")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("0") or "0" if not text.startswith("0.") else text


def of_outcome(outcome: Outcome) -> set[str]:
    """Return every figure that a study's outcome holds, as written and rounded to whole ones."""
    found: set[str] = set()
    exact: list[float] = []
    texts = [outcome.at, outcome.name, outcome.measure or "", outcome.note or ""]
    for arm in outcome.arms.values():
        exact += [
            value
            for value in (
                arm.n,
                arm.events,
                arm.percent,
                arm.mean,
                arm.mean_change,
                arm.median,
                arm.sd,
                *(arm.ci or []),
            )
            if value is not None
        ]
        if arm.n and arm.events is not None:
            exact.append(round(100 * arm.events / arm.n))
            exact.append(round(100 * arm.events / arm.n, 1))
    total = sum(arm.n for arm in outcome.arms.values() if arm.n)
    exact.append(total)
    for effect in outcome.effects:
        exact += [effect.value, *(effect.ci or [])]
        texts.append(effect.p or "")
    found |= {canonical(value) for value in exact}
    found |= {canonical(round(value)) for value in exact if abs(value) >= 10}
    for text in texts:
        found |= {canonical(number) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
    return found


def of_claim(ledger: Ledger, claim: ClaimBase) -> set[str]:
    """Return every figure that a text tied to a claim may hold."""
    texts = [claim.claim]
    if isinstance(claim, Popular):
        texts.append(claim.fair_wording)
    found = {figure.value for text in texts for figure in figures(text)}
    for text in texts:
        found |= {canonical(number) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
    return found | of_results(ledger, claim)


def of_results(ledger: Ledger, claim: ClaimBase) -> set[str]:
    """Return the figures of the results a claim is bound to, of its studies and its numbers."""
    found: set[str] = set()
    for name, outcome in ledger.results(claim):
        study = ledger.studies[name.partition("/")[0]].record
        found |= of_outcome(outcome)
        found |= {canonical(n) for n in (study.n, *(arm.n for arm in study.arms.values())) if n}
    if isinstance(claim, Finding):
        for number in claim.numbers:
            found.add(canonical(number.value))
            if number.n is not None:
                found.add(canonical(number.n))
            for text in (number.of, number.arm or "", number.at or ""):
                found |= {canonical(part) for part in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
    return found
