"""Measure how easily the first pages read; fail when one of them is too hard.

The pages are ``docs/index.md`` and ``docs/start/*.md``. For each the command prints its words, the
mean length of its sentences and its school grade. A page fails above 18 words a sentence or
above grade 9 (the last is how many years of US school a reader would need).

The grade is that of Flesch and Kincaid: 0.39 × words per sentence + 11.8 × syllables per word
− 15.59 (J. P. Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom, "Derivation of new
readability formulas", Research Branch Report 8-75, Naval Technical Training Command, 1975).

What is counted:

- Paragraphs and list items. Headings, tables and blocks are no sentences; citations and the
  addresses of links are no words.
- A sentence ends at a full stop, a question or an exclamation mark, and where its paragraph or
  list item ends.
- Syllables by rule, from the groups of vowels of English spelling. Held against the CMU Pronouncing
  Dictionary, the rules are right for 96 in 100 words of this site, and their misses nearly cancel.
- Abbreviations, and the names of drugs, therapies and tests that the glossary explains, count as
  words and are left out of the syllables: nobody can write of MDMA without "MDMA".
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from claimbase.reading.grammar import CITATION
from claimbase.reading.pages import NO_SOURCE, read_page
from claimbase.reading.passages import passages
from claimbase.reading.problems import Problems

ROOT = Path(__file__).resolve().parent.parent
MOST_WORDS = 18.0
HIGHEST_GRADE = 9.0

# The entries of references/glossary.yml that are names of drugs, therapies and tests.
NAMES = (
    "bupropion",
    "caps-5",
    "citalopram",
    "duloxetine",
    "emdr",
    "fluoxetine",
    "lithium",
    "lsd",
    "mao-inhibitor",
    "mda",
    "mdma",
    "methamphetamine",
    "methylone",
    "midomafetamine",
    "paroxetine",
    "pcl-5",
    "psilocybin",
    "ritonavir",
    "sertraline",
    "sheehan-disability-scale",
    "snri",
    "ssri",
    "venlafaxine",
)

_ITEM = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)])[ \t]+")
_LINK = re.compile(r"!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\([^)]*\)")
_MARKS = re.compile(r"\{[^{}]*\}|[*_`]")
# Marks that close a quotation or a bracket may follow the full stop.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")
_WORD = re.compile(r"[A-Za-z0-9]+(?:['’.,-][A-Za-z0-9]+)*")
_CAPITALS = re.compile(r"[A-Z0-9]*[A-Z][A-Z0-9]+(?:-\d+)?s?")

_VOWELS = re.compile(r"[aeiouy]+")
# A final e is silent, and so are those of -es and -ed except after the sounds that need them.
_SILENT = re.compile(
    r"(?<=[aeiouy])[^aeiouy]+(?<!l)e$|[aeiouy]le$|(?<=[^aeiouycgsxz])(?<![^aeiouy]l|sh|ch)es$|"
    r"(?<=[^aeioutdy])ed$"
)
# So is an e at the end of a part of a compound: safe-ty, guide-line, some-thing.
_SILENT_INSIDE = re.compile(
    r"(?<=[aeiouy][^aeiouy])e(?=(?:body|ful|less|line|ly|ment|ness|thing|times?|ty|where)s?$)"
)
# Two vowels that are spoken apart: trial, violence, science, actual, being, real, create, trying.
_APART = re.compile(
    r"(?<![cgst])i(?=a(?!ge)|o(?!us|n))|(?<=[^cgstx])i(?=ou|on)|(?<=[bdlnrvx])i(?=e[nt](?!d))|"
    r"(?<=sc)i(?=e)|(?<!q)u(?=a[lt])|(?<=[aeou])(?<!ou)(?=ing)|e(?=a$|al[is])|(?<=\bcr)e(?=at)|y(?=ing)|"
    r"i(?=u[ms])"
)


@dataclass(frozen=True)
class Measure:
    """How a text reads: its words, the mean length of its sentences, and its school grade."""

    words: int
    sentence: float
    grade: float

    @property
    def is_plain(self) -> bool:
        """Whether both figures stay within their limits, as they are printed."""
        return round(self.sentence, 1) <= MOST_WORDS and round(self.grade, 1) <= HIGHEST_GRADE


def syllables(word: str) -> int:
    """Return how many syllables a word has, by the rules of spelling; at least one."""
    parts = re.findall(r"[a-z]+", word.lower().replace("’", "").replace("'", ""))
    return sum(_syllables_of_part(part) for part in parts) or 1


def _syllables_of_part(part: str) -> int:
    spoken = _SILENT_INSIDE.sub("", part)
    count = len(_VOWELS.findall(spoken)) + len(_APART.findall(spoken))
    return max(1, count - bool(_SILENT.search(spoken)))


def sentences(markdown: str) -> list[str]:
    """Return the sentences of a page's paragraphs and list items, without their marks."""
    found: list[str] = []
    for passage in passages(read_page("", markdown, Problems())):
        text = passage.text
        if text.lstrip().startswith("|"):
            continue
        text = NO_SOURCE.sub("", _ITEM.sub("", text))
        text = _LINK.sub(lambda link: link["text"], CITATION.sub("", text))
        text = " ".join(_MARKS.sub("", text).split())
        found += [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    return found


def measure(texts: Iterable[str], names: frozenset[str]) -> Measure:
    """Return how sentences read; the syllables of the words in ``names`` are not counted."""
    spoken = [_WORD.findall(text) for text in texts]
    words = [word for sentence in spoken for word in sentence]
    counted = [word for word in words if not _is_name(word, names)]
    if not counted:
        return Measure(len(words), 0.0, 0.0)
    length = len(words) / len(spoken)
    per_word = sum(map(syllables, counted)) / len(counted)
    return Measure(len(words), length, 0.39 * length + 11.8 * per_word - 15.59)


def _is_name(word: str, names: frozenset[str]) -> bool:
    return bool(_CAPITALS.fullmatch(word)) or word.isdigit() or word.lower() in names


def glossary_names(path: Path) -> frozenset[str]:
    """Return the words, in lower case, of the names of drugs, therapies and tests in a glossary.

    Raises:
        KeyError: A name is no longer in the glossary.
    """
    terms = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = (terms[name] for name in NAMES)
    called = (name for entry in entries for name in (entry["name"], *entry.get("also", ())))
    # Of several words ("magic mushrooms") each is an ordinary one.
    return frozenset(name.lower() for name in called if " " not in name)


def main() -> int:
    """Print a line for each page; return 1 when one of them is too hard."""
    names = glossary_names(ROOT / "references" / "glossary.yml")
    docs = ROOT / "docs"
    hard = False
    print(f"{'page':<42}{'words':>7}{'words per sentence':>20}{'grade':>7}")
    for path in (docs / "index.md", *sorted((docs / "start").glob("*.md"))):
        found = measure(sentences(path.read_text(encoding="utf-8")), names)
        hard = hard or not found.is_plain
        print(
            f"{path.relative_to(ROOT).as_posix():<42}{found.words:>7}{found.sentence:>20.1f}"
            f"{found.grade:>7.1f}{'' if found.is_plain else '  too hard'}"
        )
    return int(hard)


if __name__ == "__main__":
    sys.exit(main())
