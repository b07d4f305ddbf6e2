"""Numbers in sentences, and where each may come from."""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import chain

from claimbase.ledger import Ledger
from claimbase.model.claim import ClaimBase, Finding, Popular
from claimbase.model.study import ArmResult, Outcome

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SPELT = {word: value for value, word in enumerate(_ONES)}
_SPELT |= {word: 10 * value for value, word in enumerate(_TENS, start=2)}
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_FRACTIONS = {
    "half of": 50,
    "half the": 50,
    "a third of": 33,
    "one third": 33,
    "two thirds": 67,
    "a quarter of": 25,
    "one quarter": 25,
    "three quarters": 75,
}
_CLOSE = 4
"""How many percentage points a fraction in words may lie from the figure it stands for."""

_S = "[ \u00a0\u2009\u202f]"
_DASH = "[-\u2010\u2011\u2013]"
_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:uary|ruary|ch|il|ust|ember|ober)?"
)
_UNIT = r"(?:mg|mcg|µg|μg|ug|g|kg|ng|ml|mL|l|L|nmol|h|hrs?|min|d|wks?|yr?s?|mmHg|bpm|x|pp)\b"
_COUNTED = (
    r"people|persons?|participants|patients|adults|children|men|women|users|volunteers|veterans|"
    r"subjects|respondents|cases|deaths|events|points|sessions|doses|tablets|pills|hours|days|"
    r"weeks|months|times|dollars|euros|pounds"
)

_DATE = re.compile(
    rf"\b\d{{1,2}}(?:{_S}?(?:and|to|{_DASH}){_S}?\d{{1,2}})?{_S}{_MONTH}\b(?:{_S}\d{{4}})?|"
    rf"\b{_MONTH}\.?{_S}(?:\d{{1,2}}(?:{_S}?{_DASH}{_S}?\d{{1,2}})?,{_S}?)?\d{{4}}\b|"
    r"\b(?:19|20)\d{2}-\d{2}(?:-\d{2})?\b"
)
# From here on most patterns are held to text in lower case (``_lower``): with the flag for either
# case they take twice as long, and they look at every text that is tied to a claim.

# A year stands alone, or after a word that only a time follows.
_YEAR = re.compile(
    rf"\b(?:in|since|until|during|before|after|by|early|late|mid){_S}(?:19|20)\d{{2}}\b|"
    r"(?<![\w.,$€£])(?<!= )(?:19|20)\d{2}\b"
    rf"(?!{_S}?%|[.,]\d|{_S}{_UNIT.lower()}|{_S}(?:\w+{_S})?(?:{_COUNTED})\b)"
)
_ONE_NAME = (
    r"phase|version|release|part|table|figure|fig\.|article|art\.|section|sec\.|schedule|title|"
    r"chapter|class|type|appendix|annex|order|no\.|nr\.|number|nda|pmid|step|criterion|question|"
    r"stage|grade|level|cohort|group|arm|study|trial|experiment|session|page|p\.|box|footnote|"
    r"item|module|rule|form|dsm|icd|volume|vol\.|issue|model|option|reference"
)
_NAMED = re.compile(
    rf"\b(?:{_ONE_NAME}){_S}(?:\d+(?:\.\d+)*(?:(?:/|{_DASH})\d+)*|(?:{'|'.join(_ONES)})\b)|"
    rf"\b(?:phases|parts|tables|figures|articles|sections|schedules|chapters|sessions|pages|pp\.)"
    rf"{_S}\d+(?:(?:{_S}?(?:and|or|to|,|/|{_DASH}){_S}?)\d+)*|"
    r"[§#][ ]?\d+(?:\.\d+)*|\b\d+[ ](?:cfr|usc|u\.s\.c\.)(?:[ ]§?[ ]?[\d.]+)?|"
    # Chemical names: 3,4-methylenedioxy…, 5-HT, 5-MeO-DMT, 5-hydroxy…
    rf"\b\d{{1,2}}(?:,\d{{1,2}}){{1,5}}{_DASH}[a-z]\w*|"
    rf"\b\d+{_DASH}(?:hydroxy|methyl|methoxy|ethyl|chloro|fluoro|bromo|amino)\w*|"
    # The level of an interval; the two as a pronoun; two-sided.
    rf"\b\d{{2}}(?:\.\d)?{_S}?(?:%|per{_S}?cent){_S}?-?(?:ci|cri|confidence|credible|interval|"
    r"limits|prediction)|"
    r"\bthe[ ]two(?=[.,;:)]|$|[ ](?:is|are|was|were|did|do|had|have|and|of)\b)|"
    r"\btwo-(?:sided|tailed|way)\b"
)
_COMPOUND = re.compile(rf"\b\d+{_DASH}[A-Z][A-Za-z]*[A-Z\d]\w*")
_WORD_NUMBER = (
    rf"(?:{'|'.join(_TENS)})(?:{_DASH}(?:{'|'.join(_ONES[1:10])}))?|"
    rf"{'|'.join(word for word in _ONES if word != 'one')}|"
    # Alone, "one" is more often a pronoun.
    rf"one(?={_S}(?:{'|'.join(_SCALES)})\b)"
)
# Of 100 people: a denominator is no figure of its own.
_DENOMINATOR = re.compile(
    rf"(?:\d|\b(?:{_WORD_NUMBER}|one))(?:{_S}[a-z]+)?{_S}(?:of|in|per)(?:{_S}every)?{_S}"
    rf"(?P<hundred>100|1(?:,|{_S})?000|10(?:,|{_S})?000|100(?:,|{_S})?000)\b(?![.,]\d)"
)
_SCALE = rf"(?:{_S}(?P<scale>{'|'.join(_SCALES)})\b)?"
_NUMBER = re.compile(
    # What belongs to a name (BALM1, ISI-7) or to a longer number is none.
    rf"(?<![\w.])(?<![A-Za-z]{_DASH})"
    r"(?P<number>\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3}){1,9}+(?:\.\d++)?|\d{1,30}+(?:\.\d++)?|\.\d++)"
    rf"(?!\.?\d)(?:(?={_UNIT})|(?![^\W\d]))(?i:{_SCALE})"
)
_WORD = re.compile(
    rf"\b(?P<number>{_WORD_NUMBER})\b(?![- ](?:thirds?|quarters?|fifths?|tenths?)\b){_SCALE}"
)
_FRACTION = re.compile(
    rf"(?<!than )(?<!over )(?<!under )\b(?P<number>{'|'.join(_FRACTIONS)})\b".replace(
        "one ", "one[- ]"
    )
    .replace("two ", "two[- ]")
    .replace("three ", "three[- ]")
)
# Most texts hold none, and to find that out by the patterns above costs more.
_ANY = re.compile(rf"\d|\b(?:{_WORD_NUMBER}|half|thirds?|quarters?)\b")
_NOUN = re.compile(
    rf"{_S}(?:[\w-]+{_S}){{0,3}}?(?:(?P<studies>trials|studies|reviews|papers|reports|sources)|"
    r"(?P<arms>groups|arms))\b",
    re.IGNORECASE,
)


# Where one part of a sentence ends and the next may speak of another group.
_PART = re.compile(
    r"[,;:.()–—](?!\d)|"
    r"\b(?:and|or|but|against|versus|vs|than|compared|while|whereas|instead|rather|from|to)\b",
    re.IGNORECASE,
)
_REACH = 300
"""How many characters a part of a sentence may have on either side of a figure."""
_OPENED, _CLOSED = re.compile(r"\([^()\w]*$"), re.compile(r"^[^()\w]*\)")
# A placebo-controlled trial is no arm.
_DESIGN = re.compile(rf"\b\w+(?:{_DASH}\w+)*{_DASH}controlled\b")
_SMALL_WORDS = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "same",
        "the",
        "to",
        "with",
    )
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text: its canonical form, and where it stands.

    ``of`` is what it counts where that is "studies" or "arms". ``about`` is a fraction in words,
    which stands for a figure near its ``value``, a percentage.
    """

    value: str
    start: int
    end: int
    of: str = ""
    about: bool = False

    def is_in(self, known: AbstractSet[str]) -> bool:
        """Whether one of the known figures is this one. Counts are known as "2 studies"."""
        if self.about:
            return any(
                abs(Decimal(other) - Decimal(self.value)) <= _CLOSE for other in plain(known)
            )
        return self.value in known or f"{self.value} {self.of}" in known


# One sentence is read by several checks, and text tied to a claim often repeats its words.
@lru_cache(maxsize=2048)
def figures(text: str) -> tuple[Figure, ...]:
    """Return the figures in a text, in order; those in names and dates are none.

    Signs are dropped, since a fall of 23.7 is written both with and without a minus.
    """
    if not _ANY.search(_lower(text)):
        return ()
    left = _struck(text, _DATE.finditer(text))
    left = _struck(left, _NAMED.finditer(_lower(left)))
    left = _struck(left, _COMPOUND.finditer(left))
    left = _struck(left, _YEAR.finditer(_lower(left)))
    left = _struck(left, _DENOMINATOR.finditer(_lower(left)), "hundred")
    return tuple(sorted(_figures(left), key=lambda figure: figure.start))


def _lower(text: str) -> str:
    """Return a text in lower case, letter for letter: this capital alone would become two."""
    return text.replace("\u0130", "i").lower()


def _struck(text: str, matches: Iterable[re.Match[str]], group: str | int = 0) -> str:
    """Return a text with what was found in it, or a group of that, struck out letter for letter."""
    pieces, position = [], 0
    for match in matches:
        start, end = match.span(group)
        pieces += [text[position:start], re.sub(r"\w", "_", text[start:end])]
        position = end
    return "".join([*pieces, text[position:]])


def _figures(text: str) -> Iterator[Figure]:
    lower = _lower(text)
    for match in chain(_NUMBER.finditer(text), _WORD.finditer(lower)):
        noun = _NOUN.match(text, match.end())
        value = _worth(match["number"]) * _SCALES.get((match["scale"] or "").lower(), 1)
        of = (noun.lastgroup or "") if noun else ""
        yield Figure(canonical(value), match.start(), match.end(), of)
    for match in _FRACTION.finditer(lower):
        percent = _FRACTIONS[match["number"].replace("-", " ")]
        yield Figure(str(percent), match.start(), match.end(), about=True)


def _worth(number: str) -> Decimal:
    """Return what a number in digits or words is worth."""
    if number[-1].isdecimal():
        return Decimal(re.sub(r"[,\u00a0\u2009\u202f]", "", number))
    return Decimal(sum(_SPELT[part] for part in re.split(_DASH, number)))


def canonical(number: str | float | Decimal) -> str:
    """Return a number without separators, sign and trailing zeros: ``1,040.50`` is ``1040.5``."""
    text = (
        re.sub(r"[-\u2212\u2013,\u00a0\u2009\u202f]", "", number) if isinstance(number, str) else ""
    )
    value = Decimal(text) if text else Decimal(str(number))
    return format(abs(value).normalize(), "f")


def roundings(number: float | Decimal, *, percent: bool = False) -> Iterator[str]:
    """Yield a number as it is and rounded, to no fewer than two digits: 26.94, 26.9 and 27.

    A percentage may be rounded to a whole one even below ten.
    """
    exact = abs(Decimal(str(number)))
    yield canonical(exact)
    for places in range(-int(exact.as_tuple().exponent) - 1, -1, -1):
        rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if rounded and (percent or rounded.adjusted() + places >= 1):
            yield canonical(rounded)


def plain(known: Iterable[str]) -> list[str]:
    """Return the figures that are not counts of studies or arms, from the smallest up."""
    return sorted((value for value in known if " " not in value), key=Decimal)


def of_text(*texts: str | None) -> set[str]:
    """Return the figures that texts hold, as they stand and rounded."""
    found = (figure for text in texts if text for figure in figures(text) if not figure.about)
    return {value for figure in found for value in roundings(Decimal(figure.value))}


def of_outcome(outcome: Outcome) -> set[str]:
    """Return every figure that a study's outcome holds, as it stands and rounded."""
    return _of_no_arm(outcome).union(*map(_of_arm, outcome.arms.values()))


class Arms:
    """The figures of the arms that a claim's results are of.

    A text gives one arm's figure to another only where it is plain: the part of the sentence names
    one arm of a study, and the figure is held by another arm of that study and by nothing else
    that the claim is bound to.
    """

    def __init__(self, ledger: Ledger, claim: ClaimBase) -> None:
        self._shared = _of_no_outcome(ledger, claim)
        self._held: dict[str, dict[str, set[str]]] = {}
        self._names: dict[str, dict[str, str]] = {}
        for name, outcome in ledger.results(claim):
            study = name.partition("/")[0]
            arms = ledger.studies[study].record.arms
            names = self._names[study] = {arm: arms[arm].name for arm in arms}
            held = self._held.setdefault(study, {arm: set() for arm in names})
            self._shared |= _of_no_arm(outcome)
            for arm in outcome.arms.keys() & names.keys():
                held[arm] |= _of_arm(outcome.arms[arm])
        self._told = {
            study: {arm: _tells(names, arm) for arm in names}
            for study, names in self._names.items()
        }

    def exchanged(self, text: str, figure: Figure) -> tuple[str, str] | None:
        """Return what is wrong, and what to do, if a text gives a figure to the wrong arm."""
        if figure.is_in(self._shared):
            return None
        part = _part_around(text, figure)
        wrong = None
        for study, held in self._held.items():
            holders = [arm for arm, values in held.items() if figure.is_in(values)]
            if not holders:
                continue
            named = [arm for arm, telling in self._told[study].items() if telling & part]
            if len(named) != 1 or named[0] in holders:
                return None
            names = self._names[study]
            holder = " or ".join(sorted(f'"{names[arm]}"' for arm in holders))
            wrong = (
                f'{figure.value} is a number of {holder}, not of "{names[named[0]]}"',
                "give each group its own number",
            )
        return wrong


def _part_around(text: str, figure: Figure) -> set[str]:
    """Return the words of the part of a sentence that a figure stands in."""
    before = text[max(0, figure.start - _REACH) : figure.start]
    after = text[figure.end : figure.end + _REACH]
    opened, closed = _OPENED.search(before), _CLOSED.search(after)
    if opened and closed:
        # A figure alone in brackets, "41 of 53 (77%) with tea", is of the part around them.
        before, after = before[: opened.start()], after[closed.end() :]
    part = f"{_PART.split(before)[-1]} {_PART.split(after)[0]}".lower()
    return set(re.findall(r"\w+", _DESIGN.sub(" ", part)))


def _tells(names: Mapping[str, str], arm: str) -> set[str]:
    """Return the words of an arm's name that tell it from the other arms."""
    others = {word for other in names if other != arm for word in _words(names[other])}
    return _words(names[arm]) - others


def _words(name: str) -> set[str]:
    return {word for word in re.findall(r"\w+", name.lower()) if word not in _SMALL_WORDS}


def _of_arm(result: ArmResult) -> set[str]:
    exact = [result.events, result.mean, result.mean_change, result.median, *(result.ci or [])]
    found = {text for value in exact if value is not None for text in roundings(value)}
    percents = [result.percent]
    if result.n and result.events is not None:
        percents.append(round(100 * result.events / result.n, 1))
    return found | {t for v in percents if v is not None for t in roundings(v, percent=True)}


def _of_no_arm(outcome: Outcome) -> set[str]:
    """Return the figures of an outcome that are not one arm's: counts, effects, its description."""
    counts = [arm.n for arm in outcome.arms.values() if arm.n is not None]
    spreads = [arm.sd for arm in outcome.arms.values() if arm.sd is not None]
    effects = [value for e in outcome.effects for value in (e.value, *(e.ci or []))]
    exact = [*counts, sum(counts), *spreads, *effects]
    found = {text for value in exact for text in roundings(value)}
    texts = [outcome.at, outcome.name, outcome.measure, outcome.note]
    return found | of_text(*texts, *(effect.p for effect in outcome.effects))


def of_claim(ledger: Ledger, claim: ClaimBase) -> set[str]:
    """Return every figure that a text tied to a claim may hold."""
    texts = [claim.claim]
    if isinstance(claim, Popular):
        texts += [claim.fair_wording, *claim.heard_as]
    return of_text(*texts) | of_results(ledger, claim)


def of_results(ledger: Ledger, claim: ClaimBase) -> set[str]:
    """Return the figures of the results a claim is bound to, of its studies and its numbers."""
    found = _of_no_outcome(ledger, claim)
    for _, outcome in ledger.results(claim):
        found |= of_outcome(outcome)
    return found


def _of_no_outcome(ledger: Ledger, claim: ClaimBase) -> set[str]:
    """Return the figures of a claim that no outcome holds: its studies' sizes, and its numbers."""
    found: set[str] = set()
    for name, _ in ledger.results(claim):
        study = ledger.studies[name.partition("/")[0]].record
        found |= {canonical(n) for n in (study.n, *(arm.n for arm in study.arms.values())) if n}
        found.add(f"{len(study.arms)} arms")
    if isinstance(claim, Finding):
        for number in claim.numbers:
            scale = next((_SCALES[word] for word in number.of.split() if word in _SCALES), 1)
            found |= {*roundings(number.value), *roundings(number.value * scale)}
            found |= {canonical(number.n)} if number.n is not None else set()
            found |= of_text(number.of, number.arm, number.at)
    independence = ledger.independence(claim)
    found |= {f"{len(independence.sources)} studies", f"{len(independence.studies)} studies"}
    return found
