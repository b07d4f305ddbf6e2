"""The checks CB4xx: whether sentences say no more than the evidence does."""

import re
from collections.abc import Iterator
from functools import lru_cache

from claimbase.base import Filed
from claimbase.checks import numbers
from claimbase.checks.rule import Fault, rule
from claimbase.ledger import Ledger
from claimbase.model.claim import ClaimBase, Conclusion, Finding, Level, Popular, Verdict
from claimbase.model.diagnostic import Place
from claimbase.reading.pages import ClaimUse

# GRADE guideline 26 (Santesso et al. 2020): the words that inform of each certainty. "More likely"
# compares, and "May 2024" is a month.
_MAY = r"(?:(?<!\d )(?<!in )(?<!of )(?<!since )[Mm]ay(?!,? \d)|[Mm]ight)"
_LIKELY = r"(?<!more )(?<!less )(?<!most )(?<!least )(?<!as )(?<!equally )likely"
_HEDGES: dict[Level, re.Pattern[str]] = {
    Level.MODERATE: re.compile(rf"\b(?:probably|{_LIKELY})\b", re.IGNORECASE),
    Level.LOW: re.compile(rf"\b{_MAY}\b"),
    Level.VERY_LOW: re.compile(r"\bvery uncertain\b", re.IGNORECASE),
}
_OTHER_HEDGE = re.compile(
    r"\b(?:possibly|perhaps|presumably|(?:appears?|seems?)(?= to\b))\b", re.IGNORECASE
)
_WANTED = {
    Level.HIGH: 'no hedge ("reduces", "causes")',
    Level.MODERATE: '"probably" or "likely"',
    Level.LOW: '"may"',
    Level.VERY_LOW: '"very uncertain"',
}
_HEDGED_VERB = re.compile(r"\b(?:may|might|probably|likely)\b (?P<verb>[a-z]{4,})\b")
# In text tied to a conclusion: the words that are weak enough for each certainty.
_UNSURE = r"uncertain|unclear|unknown|unsure|whether|not known|no evidence|little evidence"
_WEAK_ENOUGH = {
    Level.MODERATE: re.compile(
        rf"\b(?:(?i:probably|{_LIKELY}|suggests?|could|{_UNSURE})|{_MAY})\b|\?"
    ),
    Level.LOW: re.compile(rf"\b(?:(?i:suggests?|could|{_UNSURE})|{_MAY})\b|\?"),
    Level.VERY_LOW: re.compile(rf"\b(?i:{_UNSURE})\b|\?"),
}
# Of text in lower case: without regard to case so many words take four times as long.
_HYPE = re.compile(
    r"\b(?:cures?|cured|curing|breakthroughs?|game[- ]chang\w+|miracles?|miraculous|revolution\w*|"
    r"groundbreaking|guarantees?|guaranteed|proven|proves?|undeniabl[ey]|unprecedented|"
    r"remarkabl[ey]|astonishing|dramatic(?:ally)?|wonder drug|magic(?! mushroom)|life-changing|"
    r"devastating|horrific|deadly|toxic cocktail)\b"
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)")
_PROGRAMME = re.compile(r"breakthrough[- ](?:therapy|designation|status)", re.IGNORECASE)
# A negation reaches over a few words: "not a proven cure", "no study shows that it improves".
_NEGATED = re.compile(
    r"(?:\b(?:no|not|never|nor|neither|nobody|none|nothing|without|cannot)|n['’]t)\b"
    r"(?:\W+\w+){0,5}\W*$",
    re.IGNORECASE,
)
_REACH = 200
"""Characters; a few words have no more."""
_DOUBTED = re.compile(rf"\b(?:{_UNSURE})\b[^,]*$", re.IGNORECASE)
_EFFECT = re.compile(
    r"\b(?:reduc(?:es?|ing)|lowers?|improv(?:es?|ing)|increases?|raises?|prevents?|helps?|works|"
    r"heals?|eases?|relieves?|treats|cures?|leads? to|results? in|causes?|(?:is|are) effective|"
    r"prolongs|lessens|decreases|worsens|boosts|halves|doubles|protects|alleviates|"
    r"(?:is|are) safe|more effective|better than|worse than)\b",
    re.IGNORECASE,
)
_PAST_EFFECT = re.compile(
    r"\b(?:reduced|lowered|improved|increased|raised|prevented|helped|worked|healed|eased|relieved|"
    r"led to|resulted in|caused|(?:was|were) (?:effective|safe))\b",
    re.IGNORECASE,
)
# What was seen in studies may be told in the past tense.
_REPORTED = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|reviews?|analys[ei]s|meta-analys[ei]s|found|reported|recorded|"
    r"rated|measured|people|participants|patients|volunteers|scores?)\b",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(
    r"\b(?:claims?|claimed|claiming|say|says|said|saying|heard|hear|called|calls?|described|"
    r"reported|states?|stated|sentence|idea|belief|believe|advice|often|popular|whether|"
    r"argue|argues|argued|overstat\w+|contradict\w*|refut\w*|untrue|false|wrong|myth|headlines?|"
    r"verdict|checked)\b|[?\"“”‘]",
    re.IGNORECASE,
)
# Words that take something back, unless the claim itself has them.
_LIMIT = re.compile(
    r"\b(?:no|not|none|never|nor|neither|nothing|nobody|cannot|without|only|but|although|though|"
    r"however|while|whereas|yet|except|unless|than|rather|may|might|could|probably|likely|"
    r"uncertain|unclear|unknown|unproven|whether|less|fewer|few|some|mixed|disputed|disagree|"
    r"part|partly|limited|missing|lacks?|if|up to|at most)\b",
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
        if wanted and not wanted.search(claim.claim):
            yield (
                filed.place("claim"),
                f"the certainty is {_spoken(level)}, and the wording does not say so",
                f"use {_WANTED[level]}",
            )
        elif level is not Level.VERY_LOW:  # "It is very uncertain whether … may" is one hedge
            for other, hedge in _HEDGES.items():
                if other is not level and (match := hedge.search(claim.claim)):
                    yield (
                        _spot(filed, "claim", claim.claim, match),
                        f'"{match[0]}" says {_spoken(other)} certainty, and it is {_spoken(level)}',
                        f"use {_WANTED[level]}",
                    )
            if match := _OTHER_HEDGE.search(claim.claim):
                yield (
                    _spot(filed, "claim", claim.claim, match),
                    f'"{match[0]}" says no certainty that GRADE knows, and it is {_spoken(level)}',
                    f"use {_WANTED[level]}",
                )


@rule("CB402", "wording-hype")
def wording_hype(ledger: Ledger) -> Iterator[Fault]:
    """A sentence uses words that sell or frighten.

    "Cure", "breakthrough", "proven", "miracle", "deadly" and their like, in a claim's own words or
    in text tied to a claim. Left alone are popular claims, which are quoted as they are heard,
    words in quotation marks, which are somebody else's, words that are negated ("not a cure"), and
    the name of a regulator's programme ("breakthrough therapy").

    **To mend it** say what was measured, and by how much.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        field = "fair-wording" if isinstance(claim, Popular) else "claim"
        text = claim.fair_wording if isinstance(claim, Popular) else claim.claim
        for match in _hype(text):
            yield _spot(filed, field, text, match), *_sells(match)
    for use, claim in _uses(ledger):
        if not isinstance(claim, Popular):
            for match in _hype(use.text):
                yield _inside(use.text_place, use.text, *match.span()), *_sells(match)


def _hype(text: str) -> Iterator[re.Match[str]]:
    plain = text.lower()
    if not _HYPE.search(plain):
        return
    for pattern in (_QUOTED, _PROGRAMME):
        plain = pattern.sub(lambda match: " " * len(match[0]), plain)
    for match in _HYPE.finditer(plain):
        if not _is_negated(plain, match):
            yield match


def _is_negated(text: str, match: re.Match[str]) -> bool:
    return bool(_NEGATED.search(text, max(0, match.start() - _REACH), match.start()))


def _sells(match: re.Match[str]) -> tuple[str, str]:
    return f'"{match[0]}" sells or frightens', "say what was measured, and by how much"


@rule("CB403", "wording-verdict")
def wording_verdict(ledger: Ledger) -> Iterator[Fault]:
    """A popular claim's fair wording does not fit its verdict.

    Unless the claim is supported, the fair wording says less than the claim: it differs from it,
    and it holds a negation, a limit, a hedge or a figure.

    **To mend it** write in one sentence what would be fair to say.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        if not isinstance(claim, Popular) or claim.verdict is Verdict.SUPPORTED:
            continue
        fair = claim.fair_wording
        limited = _LIMIT.search(fair) or numbers.figures(fair)
        if _bare(fair) == _bare(claim.claim) or not limited:
            yield (
                filed.place("fair-wording"),
                f"the verdict is {claim.verdict.value}, and the fair wording says no less",
                "say what holds and what does not",
            )


@rule("CB404", "text-stronger-than-claim")
def text_stronger_than_claim(ledger: Ledger) -> Iterator[Fault]:
    """Text tied to a claim says more than the claim.

    Text tied to a conclusion that speaks of an effect needs a hedge at least as weak as the
    conclusion's: "probably" will do for moderate certainty, "may" for low, "uncertain" for very
    low. What was seen in studies may be told in the past tense. Text tied to a popular claim that
    is not supported must not repeat it as if it were true. Words right before the text count:
    "it is unclear whether", "shops often say that".

    **To mend it** put the claim's hedge into the text, or say whose claim it is.
    """
    for use, claim in _uses(ledger):
        if isinstance(claim, Conclusion) and (match := _too_sure(claim, use.text)):
            if _DOUBTED.search(_before(use)):
                continue
            level = claim.certainty.level
            yield (
                _inside(use.text_place, use.text, *match.span()),
                f'"{match[0]}" is surer than a claim of {_spoken(level)} certainty',
                f"use {_WANTED[level]}",
            )
        if (
            isinstance(claim, Popular)
            and _repeats(claim, use.text)
            and not _ATTRIBUTION.search(_before(use))
        ):
            yield (
                use.text_place,
                f"this text repeats a claim that is {claim.verdict.value.replace('-', ' ')}",
                "say whose claim it is, or use its fair wording",
            )


def _before(use: ClaimUse) -> str:
    """Return the words of the same sentence right before a text that is tied to a claim."""
    body, bracket = use.page.body, use.start - 1
    near = max(0, bracket - 82)  # what a sentence ends with, and 80 characters of the next
    line = body.rfind("\n", near, bracket)
    start = body.rfind("\n", near, max(line, near)) + 1
    return re.split(r"[.;:!?](?:\s|$)", body[max(near, start) : bracket])[-1][-80:]


def _too_sure(claim: Conclusion, text: str) -> re.Match[str] | None:
    """Return the word by which a text is surer than a conclusion."""
    level = claim.certainty.level
    if level is Level.HIGH or _WEAK_ENOUGH[level].search(text):
        return None
    if level is not Level.MODERATE and (match := _HEDGES[Level.MODERATE].search(text)):
        return match
    match = _EFFECT.search(text) or _own_verb(claim.claim, text)
    if not match and not _REPORTED.search(text):
        match = _PAST_EFFECT.search(text)
    return None if match and _is_negated(text, match) else match


def _own_verb(sentence: str, text: str) -> re.Match[str] | None:
    """Return the verb that a sentence has after "may" where a text has it without."""
    found = _HEDGED_VERB.search(sentence)
    if not found:
        return None
    stem = re.escape(found["verb"].removesuffix("s").removesuffix("e"))
    return re.search(rf"\b{stem}e?s\b", text, re.IGNORECASE)


def _repeats(claim: Popular, text: str) -> bool:
    """Whether a text gives a popular claim as if it were true; two words are only a label."""
    if claim.verdict is Verdict.SUPPORTED or len(text.split()) < 3 or _ATTRIBUTION.search(text):
        return False
    return not set(_LIMIT.findall(text.lower())) - set(_LIMIT.findall(claim.claim.lower()))


@rule("CB405", "number-not-in-claim")
def number_not_in_claim(ledger: Ledger) -> Iterator[Fault]:
    """A figure in text tied to a claim is not a figure of the claim.

    It must stand in the claim's sentence, in a result that its evidence is bound to, or in a
    finding's `numbers`. Numbers in names (ISI-7, phase 3) and dates are left alone. Where a part
    of a sentence names one arm of a study only, the figure must not be another arm's.

    **To mend it** correct the figure, or tie the text to the claim that holds it.
    """
    known: dict[str, tuple[set[str], numbers.Arms]] = {}
    # Pages often tie a claim's own words to it, and those are looked at once.
    found: dict[tuple[str, str], list[tuple[numbers.Figure, str, str]]] = {}
    for use, claim in _uses(ledger):
        tied = (use.id, use.text)
        if tied not in found:
            waits = _waits_for_study(ledger, claim)
            figures = () if waits else numbers.figures(use.text)
            if figures and use.id not in known:
                known[use.id] = numbers.of_claim(ledger, claim), numbers.Arms(ledger, claim)
            found[tied] = [
                (figure, *fault)
                for figure in figures
                if (fault := _strange(use, figure, *known[use.id]))
            ]
        for figure, message, help_text in found[tied]:
            yield _inside(use.text_place, use.text, figure.start, figure.end), message, help_text


def _strange(
    use: ClaimUse, figure: numbers.Figure, allowed: set[str], arms: numbers.Arms
) -> tuple[str, str] | None:
    if figure.is_in(allowed):
        return arms.exchanged(use.text, figure)
    shown = use.text[figure.start : figure.end]
    return f'{shown} is not a number of the claim "{use.id}"', f"its numbers: {_listed(allowed)}"


@rule("CB406", "number-not-in-result")
def number_not_in_result(ledger: Ledger) -> Iterator[Fault]:
    """A figure in a finding's sentence is in no result that it is bound to, or another arm's.

    **To mend it** correct the figure, bind the result that holds it, or give it under `numbers`
    with what it is a figure of.
    """
    for filed in ledger.claims.values():
        claim = filed.record
        if not isinstance(claim, Finding) or _waits_for_study(ledger, claim):
            continue
        if not claim.numbers and not ledger.results(claim):
            continue
        allowed, arms = numbers.of_results(ledger, claim), numbers.Arms(ledger, claim)
        for figure in numbers.figures(claim.claim):
            if not figure.is_in(allowed):
                shown = claim.claim[figure.start : figure.end]
                yield (
                    _spot(filed, "claim", claim.claim, figure),
                    f"{shown} is in no result of this finding",
                    f"its results hold: {_listed(allowed)}",
                )
            elif exchanged := arms.exchanged(claim.claim, figure):
                yield _spot(filed, "claim", claim.claim, figure), *exchanged


def _waits_for_study(ledger: Ledger, claim: ClaimBase) -> bool:
    """Whether a result is not there or could not be read; its own diagnostic comes first."""
    return any(link.result and ledger.outcome(link.result) is None for link in claim.evidence)


def _uses(ledger: Ledger) -> Iterator[tuple[ClaimUse, ClaimBase]]:
    """Yield each text that is tied to a claim, with the claim."""
    for page in ledger.base.pages.values():
        for use in page.claim_uses:
            if use.id in ledger.claims:
                yield use, ledger.claims[use.id].record


def _spot(
    filed: Filed[ClaimBase], field: str, text: str, found: re.Match[str] | numbers.Figure
) -> Place:
    """Return where a part of a field's text stands, or the whole field if it is not verbatim."""
    place = filed.place(field)
    start, end = found.span() if isinstance(found, re.Match) else (found.start, found.end)
    line = _lines(filed.page.text)[place.line - 1] if filed.page else ""
    at = line.find(text, place.column - 1)
    return place if at < 0 else Place(place.file, place.line, at + start + 1, end - start)


# A sentence can have many faults.
@lru_cache(maxsize=1)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def _inside(place: Place, text: str, start: int, end: int) -> Place:
    """Return where a part of a text stands that begins at a place and may run over lines."""
    lines = text.count("\n", 0, start)
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    return Place(
        place.file,
        place.line + lines,
        column + (place.column - 1 if not lines else 0),
        end - start,
    )


def _listed(values: set[str]) -> str:
    ordered = numbers.plain(values)
    shown = ", ".join(ordered[:20]) + (" …" if len(ordered) > 20 else "")
    return shown or "none"


def _spoken(level: Level) -> str:
    return level.value.replace("-", " ")


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
