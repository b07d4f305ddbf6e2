"""The quick index: what each page is about, in small files of which a search loads a few.

Pagefind searches the whole text, but what it loads for a first search grows with the site. So the
pages' titles, names, headings, summaries and most telling words are kept in an index of its own,
cut like the volumes of an encyclopedia. The list of pages for a word ends with the best 300: it
is long only for words that are everywhere, and those say little about where to go.

Words are compared by their stems, in which British and American spellings are one. The script of
the search holds the same rules; the tests hold the two together.
"""

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files as package_files

WORD = re.compile(r"[a-z0-9]+")
_BRITISH = (
    (re.compile(r"[ao]e"), "e"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?<=..)our(?=.)|(?<=...)our$"), "or"),
    (re.compile(r"(?<=...)([iy])s(?=(?:e|ed|es|ing|er|ers|ations?)$)"), r"\1z"),
    (re.compile(r"(?<=..)tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=..)mme(?=s?$)"), "m"),
    (re.compile(r"(?<=..)ens(?=es?$)"), "enc"),
    (re.compile(r"ogue(?=s?$)"), "og"),
)
_INFLECTIONS = ("ies", "ing", "es", "ed", "s", "y", "e")
_SUFFIXES = (
    "ically",
    "ations",
    "ation",
    "ities",
    "ments",
    "ment",
    "ness",
    "ably",
    "able",
    "ible",
    "ancy",
    "ency",
    "ance",
    "ence",
    "ists",
    "ist",
    "ants",
    "ant",
    "ents",
    "ent",
    "ives",
    "ive",
    "ions",
    "ion",
    "ical",
    "ally",
    "ity",
    "ful",
    "al",
    "ly",
    "ic",
)
_WHOLE = ("communit", "critical", "experiment", "importan")
"""Beginnings that are stems as they are: "critical" is no form of "critic"."""
_DOUBLED = re.compile(r"([b-df-hj-np-rtv-z])\1$")

_ENGLISH = json.loads((package_files("claimbase.exporting") / "english.json").read_text("utf-8"))
STOP_WORDS = frozenset(_ENGLISH["stop"])
"""Words that questions are made of, and that say nothing about the answer."""

WEIGHTS = {
    "names": 6.0,
    "title": 5.0,
    "terms": 2.2,
    "headings": 2.2,
    "summary": 2.4,
    "rows": 1.2,
    "text": 0.8,
}
PRIORS = {
    "page": 1.25,
    "conclusion": 1.1,
    "popular": 1.0,
    "term": 1.0,
    "fact": 0.85,
    "finding": 0.7,
    "caveat": 0.8,
    "study": 0.75,
    "index": 0.6,
    "source": 0.4,
}
"""How far a kind of page answers a question, where two match alike."""

_OF_RANK = {"names", "terms", "headings", "text"}
_LENGTH, _SATURATION = 0.6, 4.0
_LONGEST = 300
"""Pages listed for a word, the best first."""
_TELLING = {"page": 100, "conclusion": 25, "popular": 25}
_TELLING_OTHERS = 18
"""How many of the words of its text stand for a page."""
_A_FILE_OF_TERMS = 6000
"""Characters from which on the next stem goes to the next file."""
_WORDS_OF_LETTER = 1500
_A_FILE = 8
"""Pages whose titles share a file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as search knows it.

    Attributes:
        url: Its address, relative to the site.
        title: What results show; of a claim, its sentence.
        kind: As in the facets: page, claim, study, source, term or caveat.
        rank: Its key in ``PRIORS``: the kind, or the type of a claim.
        mark: The words of its mark, or nothing.
        caveats: How many a claim carries.
        names: Other names for what it is about.
        terms: What it explains as well, or how else it is said.
        rows: Names in a table that it holds, of drugs or outcomes. A long table says no less of
            each of them.
        headings: Ids and texts of its sections.
        summary: A sentence or two on what it says.
        text: Its prose as written, from which its most telling words are taken.
        facets: Pairs of name and value.
    """

    url: str
    title: str
    kind: str
    rank: str
    mark: str = ""
    caveats: int = 0
    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    headings: tuple[tuple[str, str], ...] = ()
    summary: str = ""
    text: str = ""
    facets: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Term:
    """A stem: its words, and its pages by weight."""

    words: Counter[str] = field(default_factory=Counter)
    pages: dict[int, float] = field(default_factory=dict)


def plain(text: str) -> str:
    """Return a text in lower case without accents and apostrophes."""
    folded = unicodedata.normalize("NFKD", text.lower())
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.sub(r"['’]s?\b", "", kept)


def tokens(text: str) -> list[str]:
    """Return the words of a text."""
    return WORD.findall(plain(text))


def stem(word: str) -> str:
    """Return what a word has in common with its forms and spellings: an index key, not a word."""
    if not word.isalpha() or len(word) < 4:
        return word
    for whole in _WHOLE:
        if word.startswith(whole):
            return whole
    for pattern, instead in _BRITISH:
        word = pattern.sub(instead, word)
    for _ in range(3):
        shorter = _shorter(word)
        if shorter == word:
            break
        word = shorter
    return _DOUBLED.sub(r"\1", word)


def _shorter(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word.removesuffix(suffix)
    for suffix in _INFLECTIONS:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            if suffix == "s" and word[-2] in "sui":
                continue
            return _DOUBLED.sub(r"\1", word.removesuffix(suffix))
    return word


def stems(text: str) -> list[str]:
    """Return the stems of a text's words."""
    return [stem(word) for word in tokens(text)]


def phrase(text: str) -> str:
    """Return a text as the key under which names are kept: its stems."""
    return " ".join(stems(text))


def finder_files(
    entries: Iterable[Entry], names: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield the files of the quick index, with their paths below the site.

    ``search/index.json`` says what there is; ``search/terms/`` holds stems with their pages and
    other names, ``search/words/`` the words that may be meant when one is misspelt,
    ``search/pages/`` what results show, ``search/facets.json`` the facets of every page.
    ``search/offline.js`` is all of this in one script, for a site read from a disk.

    Args:
        entries: The pages.
        names: Pairs of a name and the name it also goes by on this site.
    """
    order = list(PRIORS)
    pages = sorted(entries, key=lambda entry: (order.index(entry.rank), entry.url))
    terms, known = _terms(pages)
    volumes = list(_volumes(_term_rows(terms, known, _other_names(names))))
    words = _words(terms, known)
    data: dict[str, object] = {
        "index": {
            "pages": len(pages),
            "a-file": _A_FILE,
            "ranks": _ranks(pages),
            "volumes": [min(volume, default="") for volume in volumes],
            "stop": sorted(STOP_WORDS),
            # "us" is a name, but not in "help us".
            "no-name-after": _ENGLISH["no-name-after"],
            "letters": "".join(sorted(words)),
        },
        "facets": _facets(pages),
    }
    data |= {f"terms/{number}": volume for number, volume in enumerate(volumes)}
    data |= {f"words/{letter}": some for letter, some in words.items()}
    for start in range(0, len(pages), _A_FILE):
        some = pages[start : start + _A_FILE]
        data[f"pages/{start // _A_FILE}"] = [_record(entry) for entry in some]
    texts = {name: _json(value) for name, value in data.items()}
    for name, text in texts.items():
        yield f"search/{name}.json", text
    everything = ",".join(f"{_json(name)}:{text}" for name, text in texts.items())
    yield "search/offline.js", f"claimbaseSearch={{{everything}}}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _terms(pages: list[Entry]) -> tuple[dict[str, _Term], Counter[str]]:
    """Return the stems with their pages, and how many pages' texts hold each word."""
    known: Counter[str] = Counter()
    texts = [Counter(tokens(_prose(entry.text))) for entry in pages]
    for text in texts:
        known.update(set(text))
    fields = [
        _fields(entry, text, known, len(pages)) for entry, text in zip(pages, texts, strict=True)
    ]
    mean = _mean_lengths(pages, fields)
    terms: dict[str, _Term] = defaultdict(_Term)
    for number, (entry, by_field) in enumerate(zip(pages, fields, strict=True)):
        weights: Counter[str] = Counter()
        for name, counts in by_field.items():
            long = 1 - _LENGTH + _LENGTH * counts.total() / mean[name, entry.rank]
            if name == "rows":
                long = 1.0
            for word, count in counts.items():
                key = stem(word)
                weights[key] += WEIGHTS[name] * min(count, 3) / long  # type: ignore[assignment]
                # Names in the titles of sources are no corrections of other words.
                terms[key].words[word] += entry.kind != "source"
        for key, weight in weights.items():
            terms[key].pages[number] = PRIORS[entry.rank] * weight / (weight + _SATURATION)
    return terms, known


def _mean_lengths(
    pages: list[Entry], fields: list[dict[str, Counter[str]]]
) -> dict[tuple[str, str], float]:
    """Return how many words a field of a page of each rank has, on average.

    What some ranks do not have is compared within the rank, the rest with all pages.
    """
    lengths: dict[tuple[str, str], list[int]] = defaultdict(list)
    for entry, by_field in zip(pages, fields, strict=True):
        for name, counts in by_field.items():
            for rank in (entry.rank,) if name in _OF_RANK else PRIORS:
                lengths[name, rank].append(counts.total())
    return {key: max(1.0, sum(some) / len(some)) for key, some in lengths.items()}


def _fields(
    entry: Entry, text: Counter[str], known: Counter[str], pages: int
) -> dict[str, Counter[str]]:
    telling = _TELLING.get(entry.rank, _TELLING_OTHERS)
    best = sorted(
        (word for word in text if word not in STOP_WORDS and len(word) > 2),
        key=lambda word: (-text[word] * math.log(1 + pages / known[word]), word),
    )[:telling]
    found = {
        "names": Counter(word for name in entry.names for word in tokens(name)),
        "title": Counter(tokens(entry.title)),
        "terms": Counter(word for name in entry.terms for word in tokens(name)),
        "rows": Counter(word for name in entry.rows for word in tokens(name)),
        "headings": Counter(word for _, heading in entry.headings for word in tokens(heading)),
        "summary": Counter(tokens(entry.summary)),
        "text": Counter({word: text[word] for word in best}),
    }
    for name, counts in found.items():
        # "Who should not take part" and "What is not known" are nothing else.
        if name == "title" and entry.rank in ("page", "popular"):
            continue
        for word in STOP_WORDS & counts.keys():
            del counts[word]
    return found


_MARKUP = re.compile(r"\]\([^)]*\)|\[@[^\]]*\]|^///.*$|^    \w+:.*$|`[^`]*`", re.MULTILINE)


def _prose(text: str) -> str:
    """Return what is read of a page's Markdown: no addresses, citations or commands."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, count=1, flags=re.DOTALL)
    return _MARKUP.sub(" ", body)


def _other_names(names: Iterable[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Return for each name, as a phrase, the phrases to look for as well, with their weights."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for group in _ENGLISH["alike"]:
        phrases = [phrase(name) for name in group]
        for one in phrases:
            found[one] |= {other: 0.65 for other in phrases if other != one}
    for name, term in names:
        one, other = phrase(name), phrase(term)
        # A name with nothing else to look for is still one that this site knows.
        found[other] |= {}
        if one and one != other:
            found[one][other] = 0.8
    return found


def _term_rows(
    terms: dict[str, _Term], known: Counter[str], names: dict[str, dict[str, float]]
) -> dict[str, dict[str, object]]:
    """Return what the files say of each stem.

    ``d``: on how many pages it is; ``p``: pages and weights, in 79ths, the best first; ``n``: names
    that begin with it, and what else to look for. A stem without pages occurs in texts alone.
    """
    rows: dict[str, dict[str, object]] = {stem(word): {"d": 0} for word in known}
    for key, term in terms.items():
        best = sorted(term.pages.items(), key=lambda item: (-item[1], item[0]))[:_LONGEST]
        flat = [value for page, weight in best for value in (page, max(1, round(79 * weight)))]
        rows[key] = {"d": len(term.pages), "p": flat}
    for name, others in names.items():
        first = name.partition(" ")[0]
        listed = rows.setdefault(first, {"d": 0, "x": 1}).setdefault("n", {})
        assert isinstance(listed, dict)  # noqa: S101  (set on the line above)
        listed[name] = others
    return rows


def _volumes(rows: dict[str, dict[str, object]]) -> Iterator[dict[str, dict[str, object]]]:
    """Cut the stems, in their order, into files."""
    volume: dict[str, dict[str, object]] = {}
    size = 0
    for key, row in sorted(rows.items()):
        if size > _A_FILE_OF_TERMS:
            yield volume
            volume, size = {}, 0
        volume[key] = row
        size += len(_json(row)) + len(key)
    yield volume


def _words(terms: dict[str, _Term], known: Counter[str]) -> dict[str, list[str]]:
    """Return the words by first letter, the frequent first."""
    count: Counter[str] = Counter()
    for term in terms.values():
        count.update(term.words)
    for word, pages in known.items():
        if pages > 2:
            count[word] += pages
    found: dict[str, list[str]] = defaultdict(list)
    for word, _ in sorted(count.items(), key=lambda item: (-item[1], item[0])):
        if (
            count[word]
            and len(word) > 3
            and word.isalpha()
            and len(found[word[0]]) < _WORDS_OF_LETTER
        ):
            found[word[0]].append(word)
    return found


def _ranks(pages: list[Entry]) -> dict[str, list[int]]:
    """Return for each rank the numbers of its first page and of the one after its last."""
    counts = Counter(entry.rank for entry in pages)
    found, start = {}, 0
    for rank in PRIORS:
        found[rank] = [start, start + counts[rank]]
        start += counts[rank]
    return found


def _record(entry: Entry) -> dict[str, object]:
    record = {
        "u": entry.url,
        "t": entry.title,
        "k": entry.kind,
        "r": entry.rank if entry.rank != entry.kind else "",
        "m": entry.mark,
        "c": entry.caveats,
        "s": entry.summary if entry.summary != entry.title else "",
        "h": [list(heading) for heading in entry.headings] if entry.rank == "page" else [],
    }
    # The address of the home page is empty, and is still its address.
    return {name: value for name, value in record.items() if value or name == "u"}


def _facets(pages: list[Entry]) -> dict[str, object]:
    """Return the facets' values, the sets of them that pages have, and each page's set."""
    values = sorted({pair for entry in pages for pair in entry.facets})
    number = {pair: at for at, pair in enumerate(values)}
    sets: dict[tuple[int, ...], int] = {}
    of_page = [
        sets.setdefault(tuple(sorted(number[pair] for pair in entry.facets)), len(sets))
        for entry in pages
    ]
    return {"values": values, "sets": list(sets), "pages": of_page}
