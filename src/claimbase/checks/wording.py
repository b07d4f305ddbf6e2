"""CB401 to CB409: whether sentences say no more than the evidence does."""

import re
from collections.abc import Iterator

from claimbase.checks import numbers
from claimbase.checks.rule import Fault, rule
from claimbase.ledger import Ledger
from claimbase.model.claim import ClaimBase, Conclusion, Finding, Level, Popular, Verdict
from claimbase.model.diagnostic import Place

# GRADE guideline 26 (Santesso et al. 2020): the words that inform of each certainty.
_HEDGES: dict[Level, re.Pattern[str]] = {
    Level.MODERATE: re.compile(r"\b(probably|likely)\b", re.IGNORECASE),
    Level.LOW: re.compile(r"\b(may|might)\b", re.IGNORECASE),
    Level.VERY_LOW: re.compile(r"\bvery uncertain\b", re.IGNORECASE),
}
_WANTED = {
    Level.HIGH: 'no hedge ("reduces", "causes")',
    Level.MODERATE: '"probably" or "likely"',
    Level.LOW: '"may"',
    Level.VERY_LOW: '"very uncertain"',
}
_HYPE = re.compile(
    r"\b(cures?|cured|curing|breakthroughs?|game[- ]chang\w+|miracles?|miraculous|revolution\w*|"
    r"groundbreaking|guarantees?|guaranteed|proven|proves?|undeniabl[ey]|unprecedented|"
    r"remarkabl[ey]|astonishing|dramatic(?:ally)?|wonder drug|magic|life-changing|"
    r"devastating|horrific|deadly|toxic cocktail)\b",
    re.IGNORECASE,
)
_PROGRAMME = re.compile(r"breakthrough[- ](?:therapy|designation|status)", re.IGNORECASE)
_EFFECT = re.compile(
    r"\b(reduces?|lowers?|improves?|increases?|raises?|prevents?|helps?|works|heals?|eases?|"
    r"relieves?|treats|leads? to|results? in|causes?|is effective|are effective|"
    r"is safe|more effective|better than|worse than)\b",
    re.IGNORECASE,
)
_ANY_HEDGE = re.compile(
    r"\b(may|might|could|probably|likely|uncertain|unclear|unknown|whether|if|not known|"
    r"no evidence|little evidence|not shown|suggests?)\b|\?",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(
    r"\b(claims?|claimed|claiming|say|says|said|saying|heard|hear|called|calls?|described|"
    r"reported|states?|stated|sentence|idea|belief|believe|often|popular|whether|if|not|no|"
    r"never|argue|argues|argued|overstat\w+|myth|headline|verdict|checked|only|"
    r"may|might|uncertain|unproven)\b|[?\"“”‘]",
    re.IGNORECASE,
)


@rule("CB401", "wording-certainty")
def wording_certainty(ledger: Ledger) -> Iterator[Fault]:
    """A conclusion's wording does not fit its certainty.

    The words are those of GRADE guideline 26:

    | certainty | the sentence says |
    | --- | --- |
    | high | "reduces", "causes": no hedge |
    | moderate | "probably", "likely" |
    | low | "may" |
    | very low | "very uncertain" |

    **To mend it** reword the sentence. If the sentence is right, the certainty is not.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        if not isinstance(claim, Conclusion):
            continue
        level = claim.certainty.level
        wanted = _HEDGES.get(level)
        place = filed.place("claim")
        if wanted and not wanted.search(claim.claim):
            yield (
                place,
                f"the certainty is {_spoken(level)}, and the wording does not say so",
                f"use {_WANTED[level]}",
            )
        for other, hedge in _HEDGES.items():
            match = hedge.search(claim.claim)
            # "It is very uncertain whether … may" is one hedge, not two.
            if match and other is not level and not (wanted and level is Level.VERY_LOW):
                yield (
                    place,
                    f'"{match[0]}" says {_spoken(other)} certainty, and it is {_spoken(level)}',
                    f"use {_WANTED[level]}",
                )


@rule("CB402", "wording-hype")
def wording_hype(ledger: Ledger) -> Iterator[Fault]:
    """A sentence uses words that sell or frighten.

    "Cure", "breakthrough", "proven", "miracle", "deadly" and their like, in a claim's own words or
    in text tied to a claim. A popular claim is quoted as it is heard, and a word in quotation
    marks is somebody else's, so both are left alone; the name of a regulator's programme
    ("breakthrough therapy") is a name.

    **To mend it** say what was measured, and by how much.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        field = "fair-wording" if isinstance(claim, Popular) else "claim"
        text = claim.fair_wording if isinstance(claim, Popular) else claim.claim
        yield from _hype(text, filed.place(field))
    for page in ledger.base.pages.values():
        for use in page.claim_uses:
            yield from _hype(use.text, use.text_place)


def _hype(text: str, place: Place) -> Iterator[Fault]:
    plain = re.sub(r"[\"“‘][^\"”’]*[\"”’]", lambda m: " " * len(m[0]), text)
    plain = re.sub(
        r"breakthrough[- ](?:therapy|designation|status)", "", plain, flags=re.IGNORECASE
    )
    for match in _HYPE.finditer(plain):
        yield place, f'"{match[0]}" sells or frightens', "say what was measured, and by how much"


@rule("CB403", "wording-verdict")
def wording_verdict(ledger: Ledger) -> Iterator[Fault]:
    """A popular claim's fair wording does not fit its verdict.

    For a claim that is overstated, unsupported or contradicted the fair wording says less than the
    claim: it differs from it, and it holds a negation or a limit.

    **To mend it** write in one sentence what would be fair to say.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        if not isinstance(claim, Popular) or claim.verdict is Verdict.SUPPORTED:
            continue
        same = _bare(claim.fair_wording) == _bare(claim.claim)
        limited = _ANY_HEDGE.search(claim.fair_wording) or re.search(
            r"\b(no|not|none|never|nor|neither|only|but|few|fewer|less|small|some|however|although|"
            r"though|except|without|limited|in part|partly|yet|cannot|rather|while|than|"
            r"lacks?|lacking|missing|refused|declined|mixed|disputed|differs?|depends?|remains?|"
            r"up to|at most|one|two|three|early|most|many|both|mainly|after|before|"
            r"animals?|healthy)\b",
            claim.fair_wording,
            re.IGNORECASE,
        )
        if same or not limited:
            yield (
                filed.place("fair-wording"),
                f"the verdict is {claim.verdict.value}, and the fair wording says no less",
                "say what holds and what does not",
            )


@rule("CB404", "text-stronger-than-claim")
def text_stronger_than_claim(ledger: Ledger) -> Iterator[Fault]:
    """Text tied to a claim says more than the claim.

    Text tied to a conclusion of moderate, low or very low certainty that speaks of an effect needs
    a hedge ("may", "probably", "uncertain"). Text tied to a popular claim that is not supported
    must not repeat it as if it were true.

    **To mend it** put the claim's hedge into the text, or say whose claim it is.
    """
    for page in ledger.base.pages.values():
        for use in page.claim_uses:
            filed = ledger.claims.get(use.id)
            if filed is None:
                continue
            claim = filed.record
            if (
                isinstance(claim, Conclusion)
                and claim.certainty.level is not Level.HIGH
                and _EFFECT.search(use.text)
                and not _ANY_HEDGE.search(use.text)
                and not re.search(r"\b(no|not|neither|nor)\b", use.text, re.IGNORECASE)
            ):
                yield (
                    use.text_place,
                    f"this is surer than a claim of {_spoken(claim.certainty.level)} certainty",
                    f"use {_WANTED[claim.certainty.level]}",
                )
            if (
                isinstance(claim, Popular)
                and claim.verdict is not Verdict.SUPPORTED
                and len(use.text.split()) > 3
                and not _ATTRIBUTION.search(use.text)
            ):
                yield (
                    use.text_place,
                    f"this text repeats a claim that is {claim.verdict.value.replace('-', ' ')}",
                    "say whose claim it is, or use its fair wording",
                )


@rule("CB405", "number-not-in-claim")
def number_not_in_claim(ledger: Ledger) -> Iterator[Fault]:
    """A figure in text tied to a claim is not a figure of the claim.

    It must stand in the claim's sentence, in a result that its evidence is bound to, or in a
    finding's `numbers`. Numbers in names (CAPS-5, phase 3) and dates are left alone.

    **To mend it** correct the figure, or tie the text to the claim that holds it.
    """
    for page in ledger.base.pages.values():
        for use in page.claim_uses:
            filed = ledger.claims.get(use.id)
            if filed is None or _waits_for_study(ledger, filed.record):
                continue
            allowed = numbers.of_claim(ledger, filed.record)
            for figure in numbers.figures(use.text):
                if figure.value not in allowed:
                    shown = use.text[figure.start : figure.end]
                    yield (
                        _inside(use.text_place, use.text, figure),
                        f'{shown} is not a number of the claim "{use.id}"',
                        f"its numbers: {_listed(allowed)}",
                    )


@rule("CB406", "number-not-in-result")
def number_not_in_result(ledger: Ledger) -> Iterator[Fault]:
    """A figure in a finding's sentence is in no result that it is bound to.

    **To mend it** correct the figure, bind the result that holds it, or give it under `numbers`
    with what it is a figure of.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        if not isinstance(claim, Finding) or _waits_for_study(ledger, claim):
            continue
        if not claim.numbers and not ledger.results(claim):
            continue
        allowed = numbers.of_results(ledger, claim)
        for figure in numbers.figures(claim.claim):
            if figure.value not in allowed:
                yield (
                    filed.place("claim"),
                    f"{claim.claim[figure.start : figure.end]} is in no result of this finding",
                    f"its results hold: {_listed(allowed)}",
                )


def _waits_for_study(ledger: Ledger, claim: ClaimBase) -> bool:
    """Whether a result could not be read; its own diagnostic comes first."""
    return any(
        link.result and link.result.partition("/")[0] in ledger.base.broken
        for link in claim.evidence
    )


def _inside(place: Place, text: str, figure: numbers.Figure) -> Place:
    """Return where a figure stands inside a text's place; text may run over lines."""
    before = text[: figure.start]
    lines = before.count("\n")
    column = figure.start - (before.rfind("\n") + 1) + 1
    return Place(
        place.file,
        place.line + lines,
        column + (place.column - 1 if not lines else 0),
        figure.end - figure.start,
    )


def _listed(values: set[str]) -> str:
    ordered = sorted(values, key=float)
    shown = ", ".join(ordered[:20]) + (" …" if len(ordered) > 20 else "")
    return shown or "none"


def _spoken(level: Level) -> str:
    return level.value.replace("-", " ")


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
