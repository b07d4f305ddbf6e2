"""The words in which the ledger's terms are shown to readers."""

import datetime as dt
from dataclasses import dataclass

from claimbase.model.claim import ClaimBase, Conclusion, Fact, Finding, Popular, Relation
from claimbase.model.source import Seen, State
from claimbase.model.study import Measure

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

RELATIONS = {
    Relation.SUPPORTED_BY: "Supported by",
    Relation.DISPUTED_BY: "Disputed by",
    Relation.QUALIFIED_BY: "Qualified by",
    Relation.BACKGROUND: "Background",
}

STATES = {
    State.CURRENT: "current",
    State.CORRECTED: "corrected",
    State.CONCERN: "expression of concern",
    State.RETRACTED: "retracted",
    State.REINSTATED: "reinstated",
    State.SUPERSEDED: "superseded",
}

SEEN = {
    Seen.FULL_TEXT: "the full text",
    Seen.ABSTRACT: "the abstract",
    Seen.REGISTRY: "its registration",
    Seen.SECONDARY: "other sources that report it",
    Seen.RECORD: "its bibliographic record only",
}

TYPES = {
    "conclusion": "Conclusion",
    "finding": "Finding: what one report says",
    "fact": "Dated fact",
    "popular": "Popular claim, checked",
}

PLURALS = {
    "conclusion": "conclusions",
    "finding": "findings",
    "fact": "facts",
    "popular": "popular claims",
}
"""Types of claims, several of them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a claim: a tone for its look, and the words it always carries."""

    tone: str
    words: str


def mark(claim: ClaimBase) -> Mark:
    """Return the mark of a claim: its certainty, its verdict, or what type it is."""
    if isinstance(claim, Conclusion):
        level = claim.certainty.level.value
        return Mark(level, f"{level.replace('-', ' ')} certainty")
    if isinstance(claim, Popular):
        return Mark(claim.verdict.value, claim.verdict.value.replace("-", " "))
    if isinstance(claim, Fact):
        return Mark("fact", f"as of {date(claim.as_of)}")
    assert isinstance(claim, Finding)  # noqa: S101  (the four types are all there are)
    return Mark("finding", "finding")


def date(value: dt.date | str) -> str:
    """Return an ISO day, month or year in words: ``2024-08-08`` is "8 August 2024"."""
    parts = str(value).split("-")
    words = [parts[0]]
    if len(parts) > 1:
        words.insert(0, MONTHS[int(parts[1]) - 1])
    if len(parts) > 2:
        words.insert(0, str(int(parts[2])))
    return " ".join(words)


def measure(value: Measure) -> str:
    """Return the name of an effect measure, with a capital: "Cohen's d", "Risk ratio"."""
    return {Measure.COHENS_D: "Cohen's d", Measure.HEDGES_G: "Hedges' g"}.get(value, title(value))


def phrase(value: object) -> str:
    """Return a term of the model as words: ``risk-of-bias`` is "risk of bias"."""
    return str(getattr(value, "value", value)).replace("-", " ")


def title(value: object) -> str:
    """Return a term of the model as words with a capital."""
    words = phrase(value)
    return words[:1].upper() + words[1:]


def number(value: float | None) -> str:
    """Return a number as readers write it, with a true minus sign and no needless zeros."""
    if value is None:
        return ""
    text = f"{value:,.10g}" if isinstance(value, int) or abs(value) >= 1000 else f"{value:.10g}"
    return text.replace("-", "−")
