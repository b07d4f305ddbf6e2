"""Synthetic bases: invented from end to end, and the same each time for a number of pages.

A base is written once, in the engine's Markdown. What the other builders read is derived from
that text by two substitutions, so that all of them build the same files with the same prose.
"""

import datetime as dt
import itertools
import posixpath
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

DAY = dt.date(2026, 1, 15)
"""The day of the builds: it keeps the bases from growing stale."""

CITATIONS, CITED, CLAIM_LINKS = 30, 24, 10
"""On every page: citations, the sources that they name, and links to claims."""

_PART = 20
"""Pages in a part of the navigation."""

_TOPICS, _SPONSORS = 6, 4
_REVIEWED = {
    "reviewed": DAY,
    "history": [{"date": DAY, "kind": "published", "change": "First published."}],
}
_CLAIM_TYPES = ("finding", "conclusion", "finding", "fact", "finding", "conclusion", "popular")
_CITATION = re.compile(r"\[(@[\w-]+(?:; @[\w-]+)*)\]")
_CLAIM_LINK = re.compile(r"\]\(claim:([\w-]+)\)")

_SURNAMES = (
    *("Aalto", "Almeida", "Banerjee", "Castillo", "Dubois", "Eriksen", "Fontaine", "Grabowska"),
    *("Hoffmann", "Ivanova", "Jansen", "Kovács", "Lindqvist", "Moreau", "Nakamura", "O'Brien"),
    *("Pereira", "Quispe", "Rossi", "Sørensen", "Tanaka", "Urquhart", "Vasquez", "Weber"),
    *("Xu", "Yamada", "Zhang", "Adeyemi", "Bergström", "Chaudhry", "Díaz", "Fischer"),
)
_GIVEN = (
    *("Anna B.", "Carlos", "Dieter M.", "Elif", "Frances J.", "Goran", "Hana", "Ilse T."),
    *("Jean-Paul", "Kofi A.", "Laura", "Mikkel R.", "Noor", "Olga P.", "Priya", "Rafael S."),
)
_JOURNALS = (
    *("Annals of Invented Trials", "Journal of Synthetic Evidence", "Quarterly of Mock Medicine"),
    *("Proceedings on Imagined Cohorts", "The Placeholder Review", "Archives of Made-up Methods"),
)
_TREATMENTS = (
    *("guided walking", "daily writing", "evening light", "paced breathing"),
    *("group singing", "shared cooking", "cold bathing", "sleep scheduling"),
)
_COMPARATORS = ("usual care", "a waiting list", "a reading list", "quiet rest", "a weekly call")
_OUTCOMES = ("the sleep score", "the fatigue score", "the worry score", "the pain score")
_PEOPLE = (
    *("night nurses", "older adults", "students", "people with desk work", "carers"),
    *("retired teachers", "shift workers", "new parents", "office cleaners", "bus drivers"),
)
_WORDINGS = {
    "high": "{treatment} lowers {outcome} in {people}",
    "moderate": "{treatment} probably lowers {outcome} in {people}",
    "low": "{treatment} may lower {outcome} in {people}",
    "very-low": "it is very uncertain whether {treatment} lowers {outcome} in {people}",
}
"""By certainty, from the surest down, a step of GRADE apart."""

_CAVEATS = (
    ("Few people", "Few people took part, so chance could explain much of a difference."),
    ("Known arm", "Most people could tell which group they were in, and scores rest on reports."),
    ("Short follow-up", "Nobody was asked again after half a year."),
    ("Single sponsor", "One body started and paid all of the studies."),
    ("Unequal loss", "More people left one group than the other."),
    ("Narrow groups", "Those who took part differ from those who would be treated."),
)
_TIED = (
    "Over the period that the registers cover, {claim} {cites}.",
    "Once everyone who started is counted, {claim} {cites}.",
    "Where the same scale was used throughout, {claim} {cites}.",
    "Read beside the protocol and its amendments, {claim} {cites}.",
    "In the groups that were followed to the end, {claim} {cites}.",
    "Put in absolute terms for readers, {claim} {cites}.",
)
_PLAIN = (
    "The reports describe in some detail who was invited, who declined, and why {cites}.",
    "Raters came from outside the clinics and saw no notes from the sessions {cites}.",
    "How the missing visits were handled changes the picture less than one might fear {cites}.",
    "The protocol was registered before the first person was enrolled, and later amended {cites}.",
    "Costs were counted from the view of the clinic and leave out the time of families {cites}.",
    "No report says what people expected on the day they were told of their group {cites}.",
)
_SUBJECTS = (
    *("Daily routine", "First visits", "Change over time", "Who takes part", "What was measured"),
    *("Who stops early", "Costs and time", "What people say", "Long follow-up", "Open questions"),
)

Record: TypeAlias = dict[str, Any]
Question: TypeAlias = tuple[str, str, str, str]
"""Treatment, outcome, comparator and people."""


@dataclass
class Base:
    """What a base holds.

    Attributes:
        claims, studies, caveats: Front matter by id.
        phrases: By claim, the words that pages tie to it.
        prose: By path below docs, the title of each page that is no record.
        bodies: By path below docs, the Markdown of each page below its title.
        sources: By key, the BibTeX entry.
        names: By key, what plain text calls the source.
    """

    claims: dict[str, Record] = field(default_factory=dict)
    studies: dict[str, Record] = field(default_factory=dict)
    caveats: dict[str, Record] = field(default_factory=dict)
    phrases: dict[str, str] = field(default_factory=dict)
    prose: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def records(self) -> Iterator[tuple[str, Record, str]]:
        """The path, the front matter and the title of every record that is a page."""
        for name, claim in self.claims.items():
            yield f"claims/{name}.md", claim, claim["claim"]
        for folder, records in (("studies", self.studies), ("caveats", self.caveats)):
            for name, record in records.items():
                yield f"{folder}/{name}.md", record, record["name"]


# --- Inventing -----------------------------------------------------------------------------------


class _Deck:
    """Deals cards in random order, every card once before any comes again."""

    def __init__(self, cards: Iterable[str], chance: random.Random) -> None:
        self.cards, self.chance = list(cards), chance
        self.left: list[str] = []

    def deal(self, count: int, but: str = "") -> list[str]:
        """Return the next cards; one that is not wanted is passed over."""
        dealt: list[str] = []
        while len(dealt) < count:
            self.left = self.left or self.chance.sample(self.cards, len(self.cards))
            card = self.left.pop()
            if card != but:
                dealt.append(card)
        return dealt

    def one(self) -> str:
        """Return the next card."""
        return self.deal(1)[0]


def invent(pages: int) -> Base:
    """Return a base of so many Markdown files and, for every two of them, one source (400 at most).

    A fifth of the pages are claims, one in 20 is a study, 3 in 100 are caveats, the rest is prose.

    Raises:
        ValueError: Fewer than 20 pages are asked for, too few for one record of each kind.
    """
    if pages < 20:
        raise ValueError("a base has at least 20 pages")
    chance = random.Random(pages)  # noqa: S311  (the same base each time is the aim)
    base = Base()
    _add_sources(base, min(pages // 2, 400), chance)
    sources = _Deck(base.sources, chance)
    _add_caveats(base, max(pages * 3 // 100, 1))
    _add_studies(base, pages // 20, sources, chance)
    _add_claims(base, pages // 5, sources, chance)
    _add_prose(base, pages - len([*base.records]))
    claims = _Deck(base.claims, chance)
    for path in [*base.prose, *(path for path, _, _ in base.records)]:
        linked = claims.deal(CLAIM_LINKS, but=Path(path).stem)
        cited = sources.deal(CITED)
        cited += chance.choices(cited, k=CITATIONS - CITED)
        chance.shuffle(cited)
        phrases = [f"[{base.phrases[name]}](claim:{name})" for name in linked]
        base.bodies[path] = _body(phrases, cited, chance)
    return base


def _add_sources(base: Base, count: int, chance: random.Random) -> None:
    for number in range(1, count + 1):
        people = chance.sample(_SURNAMES, chance.choice((1, 2, 3, 5, 8)))
        year = chance.randint(2005, 2025)
        fields: dict[str, object] = {
            "author": " and ".join(f"{name}, {chance.choice(_GIVEN)}" for name in people),
            "title": f"{chance.choice(_TREATMENTS).capitalize()} or {chance.choice(_COMPARATORS)} "
            f"for {chance.choice(_PEOPLE)}: report {number} of an imagined register",
            "year": year,
            # The prefix that Crossref keeps for examples.
            "doi": f"10.5555/synthetic.{number:04}",
        }
        kind = "article"
        if number % 10:
            fields["journal"] = chance.choice(_JOURNALS)
            fields["volume"] = chance.randint(1, 90)
            fields["number"] = chance.randint(1, 12)
            fields["pages"] = f"{number * 10}--{number * 10 + chance.randint(3, 9)}"
        else:
            kind = "techreport"
            fields["institution"] = "Bureau of Imagined Health"
        key = re.sub(r"[^a-z]", "", people[0].lower()) + f"{year}n{number}"
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        base.sources[key] = f"@{kind}{{{key},\n{lines}}}\n"
        base.names[key] = f"{people[0]} {year}"


def _add_caveats(base: Base, count: int) -> None:
    for number in range(1, count + 1):
        name, says = _CAVEATS[number % len(_CAVEATS)]
        base.caveats[f"caveat-{number}"] = {"name": f"{name} ({number})", "says": says, **_REVIEWED}


def _filing(base: Base, chance: random.Random) -> Record:
    return {
        "topics": [f"topic-{chance.randint(1, _TOPICS)}"],
        "caveats": [f"caveat-{chance.randint(1, len(base.caveats))}"],
        **_REVIEWED,
    }


def _add_studies(base: Base, count: int, sources: _Deck, chance: random.Random) -> None:
    for pair in itertools.islice(itertools.product("ABCDEFGHJKLMNPQRSTUVWXYZ", repeat=2), count):
        name = f"Trial {''.join(pair)}"
        sizes = {"treated": chance.randint(20, 150), "compared": chance.randint(20, 150)}
        report, outcome = sources.one(), chance.choice(_OUTCOMES)
        base.studies[name.replace(" ", "-").lower()] = {
            "name": name,
            "title": f"{chance.choice(_TREATMENTS).capitalize()} for {chance.choice(_PEOPLE)}",
            "design": "randomised-trial",
            "masking": "assessor",
            "status": "completed",
            "population": f"Imagined {chance.choice(_PEOPLE)} who answered a letter",
            "n": sum(sizes.values()),
            "arms": {
                "treated": {"name": "Treatment", "n": sizes["treated"]},
                "compared": {"name": "Comparison", "n": sizes["compared"], "control": True},
            },
            "sponsors": [f"sponsor-{chance.randint(1, _SPONSORS)}"],
            "reports": [report, sources.one()],
            "outcomes": {
                f"week-{week}": _outcome(outcome, week, sizes, report, chance)
                for week in (6, 12, 26)
            },
            **_filing(base, chance),
        }


def _outcome(
    outcome: str, week: int, sizes: dict[str, int], report: str, chance: random.Random
) -> Record:
    treated = round(-8 - 5 * chance.random(), 1)
    compared = round(-2 - 5 * chance.random(), 1)
    difference = round(treated - compared, 1)
    return {
        "name": f"Change in {outcome}",
        "measure": f"{outcome.removeprefix('the ').capitalize()} (0 to 40), mean change",
        "direction": "lower-is-better",
        "at": f"week {week}",
        "analysed": "everyone-randomised",
        "arms": {
            arm: {"n": sizes[arm], "mean-change": change, "ci": _around(change, 2)}
            for arm, change in (("treated", treated), ("compared", compared))
        },
        "effects": [
            {"measure": "mean-difference", "value": difference, "ci": _around(difference, 3)}
        ],
        "source": report,
        "locator": "table 2",
        "risk-of-bias": {
            "randomisation": "low",
            "measurement": "some-concerns",
            "overall": "some-concerns",
            "why": "People knew their group, and the scores rest on what they report.",
            "by": "nobody, as all of this is invented",
        },
    }


def _around(value: float, width: float) -> list[float]:
    return [round(value - width, 1), round(value + width, 1)]


def _add_claims(base: Base, count: int, sources: _Deck, chance: random.Random) -> None:
    results = _Deck(
        (f"{name}/{week}" for name, study in base.studies.items() for week in study["outcomes"]),
        chance,
    )
    every = itertools.product(_TREATMENTS, _OUTCOMES, _COMPARATORS, _PEOPLE)
    kinds = itertools.cycle(_CLAIM_TYPES)
    for number, question in enumerate(chance.sample([*every], count), start=1):
        kind = next(kinds)
        if kind == "finding":
            phrase, claim = _finding(base, results.one())
        elif kind == "conclusion":
            phrase, claim = _conclusion(base, question, results.deal(2), sources, chance)
        elif kind == "fact":
            phrase, claim = _fact(question, sources, chance)
        else:
            phrase, claim = _popular(question, [*base.claims][-3:])
        name = f"{kind}-{number:03}"
        base.claims[name] = {"type": kind, **claim, **_filing(base, chance)}
        base.phrases[name] = phrase


def _finding(base: Base, result: str) -> tuple[str, Record]:
    study_id, _, week = result.partition("/")
    study = base.studies[study_id]
    outcome = study["outcomes"][week]
    treated, compared = (-arm["mean-change"] for arm in outcome["arms"].values())
    fell = f"the score fell by {treated:g} points with the treatment and {compared:g} without"
    return fell, {
        "claim": f"In {study['name']} ({study['n']} people) {fell} at {outcome['at']}.",
        "evidence": [_evidence(outcome["source"], result=result)],
    }


def _conclusion(
    base: Base, question: Question, results: list[str], sources: _Deck, chance: random.Random
) -> tuple[str, Record]:
    treatment, outcome, comparator, people = question
    level = chance.choice([*_WORDINGS])
    says = _WORDINGS[level].format(treatment=treatment, outcome=outcome, people=people)
    steps = -[*_WORDINGS].index(level)
    evidence = [_evidence(sources.one()), _evidence(sources.one(), "qualified-by")]
    for result in results:
        study_id, _, week = result.partition("/")
        source = base.studies[study_id]["outcomes"][week]["source"]
        evidence.append(_evidence(source, result=result))
    return says, {
        "claim": f"{_sentence(says)}, compared with {comparator}.",
        "pico": {
            "population": f"Imagined {people}",
            "intervention": _sentence(treatment),
            "comparator": _sentence(comparator),
            "outcome": _sentence(outcome),
        },
        "certainty": {
            "level": level,
            "start": "high",
            "because": {
                "risk-of-bias": {"steps": max(steps, -2), "why": "People knew their group."},
                "imprecision": {"steps": min(steps + 2, 0), "why": "Few people took part."},
            },
        },
        "evidence": evidence,
    }


def _fact(question: Question, sources: _Deck, chance: random.Random) -> tuple[str, Record]:
    treatment, _, _, people = question
    says = f"the register listed {chance.randint(20, 900)} courses of {treatment} for {people}"
    return says, {
        "claim": f"{_sentence(says)}.",
        "as-of": "2025-06",
        "evidence": [_evidence(source) for source in sources.deal(2)],
    }


def _popular(question: Question, measures: list[str]) -> tuple[str, Record]:
    treatment, _, _, people = question
    return f"people say that {treatment} works for all {people}", {
        "claim": f"{_sentence(treatment)} works for all {people}.",
        "verdict": "overstated",
        "fair-wording": f"{_sentence(treatment)} may help some {people}, but not all.",
        "measured-against": measures,
    }


def _evidence(source: str, relation: str = "supported-by", **more: str) -> Record:
    return {"source": source, "relation": relation, "locator": "table 2", **more}


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _add_prose(base: Base, count: int) -> None:
    base.prose["index.md"] = "An invented base"
    for number in range(count - 1):
        part, place = number // _PART + 1, number % _PART + 1
        title = f"{_SUBJECTS[place % len(_SUBJECTS)]}, part {part}, page {place}"
        base.prose[f"evidence/part-{part:02}/page-{place:02}.md"] = title


def _body(phrases: list[str], cited: list[str], chance: random.Random) -> str:
    """Return about 300 words in six passages under three headings, with a list and a table."""
    tied, keys = iter(phrases), iter(cited)

    def say(sentence: str, citations: int = 1) -> str:
        marks = [f"@{next(keys)}" for _ in range(citations)]
        between = chance.choice(("; ", "] ["))
        claim = next(tied) if "{claim}" in sentence else ""
        return sentence.format(claim=claim, cites=f"[{between.join(marks)}]")

    def paragraph() -> str:
        first, last = chance.sample(_TIED, 2)
        return f"{say(first, 2)} {say(chance.choice(_PLAIN))} {say(last, 2)}"

    def items() -> Iterator[str]:
        for sentence in chance.sample(_TIED, 2):
            yield f"- {say(sentence, 2)}"
        for sentence in chance.sample(_PLAIN, 2):
            yield f"- {say(sentence)}"

    def rows() -> Iterator[str]:
        yield "| measure | people | weeks | report |"
        yield "| --- | --- | --- | --- |"
        for outcome in _OUTCOMES:
            people, weeks = chance.randint(20, 200), chance.randint(2, 60)
            yield say(f"| {outcome} | {people} | {weeks} | {{cites}} |")

    passages = [
        paragraph(),
        "## What was done",
        paragraph(),
        "### Where reports differ",
        "The reports differ in these respects:",
        "\n".join(items()),
        paragraph(),
        "## What was counted",
        "\n".join(rows()),
        paragraph(),
    ]
    return "\n\n".join(passages) + "\n"


# --- Writing -------------------------------------------------------------------------------------


def write_engine(base: Base, root: Path, style: Path) -> None:
    """Write a base for this engine, with a citation style, below an empty folder."""
    _write_pages(base, root, lambda _, body: body, front=True)
    _write_config(
        base, root, [{"bibtex": {"bib_dir": "references"}}, {"claimbase": {"search": False}}]
    )
    _write_bibliography(base, root)
    first = next(path for path in base.prose if path != "index.md")
    tables: dict[str, Record] = {
        "appraisals": {
            key: {
                "kind": "trial-report",
                "status": {"state": "current", "looked-up": DAY},
                "seen": "full-text",
                "funding": "Imagined funds.",
            }
            for key in base.sources
        },
        "topics": {
            f"topic-{number}": {"name": f"Topic {number}", "description": "None.", "page": first}
            for number in range(1, _TOPICS + 1)
        },
        "sponsors": {
            f"sponsor-{number}": {"name": f"Sponsor {number}"} for number in range(1, _SPONSORS + 1)
        },
    }
    for name, table in tables.items():
        _write(root / f"references/{name}.yml", _yaml(table))
    _write(root / "references/style.csl", style.read_text("utf-8"))


def write_bibtex(base: Base, root: Path) -> None:
    """Write a base for mkdocs-bibtex: the same citations, claim links as links between pages."""
    _write_pages(base, root, _link_pages)
    _write_config(base, root, [{"bibtex": {"bib_dir": "references"}}])
    _write_bibliography(base, root)


def write_plain(base: Base, root: Path) -> None:
    """Write a base for Material alone: citations as plain text, claim links between pages."""

    def name(citation: re.Match[str]) -> str:
        return f"({'; '.join(base.names[key[1:]] for key in citation[1].split('; '))})"

    _write_pages(base, root, lambda path, body: _CITATION.sub(name, _link_pages(path, body)))
    _write_config(base, root, [])


def _link_pages(path: str, body: str) -> str:
    way = posixpath.relpath("claims", posixpath.dirname(path) or ".")
    return _CLAIM_LINK.sub(rf"]({way}/\1.md)", body)


def _write_pages(
    base: Base, root: Path, turn: Callable[[str, str], str], *, front: bool = False
) -> None:
    """Write all pages. The engine gives records their titles; elsewhere a heading does."""
    for path, title in base.prose.items():
        _write(root / "docs" / path, f"# {title}\n\n{turn(path, base.bodies[path])}")
    for path, record, title in base.records:
        head = f"---\n{_yaml(record)}---\n" if front else f"# {title}\n\n"
        _write(root / "docs" / path, head + turn(path, base.bodies[path]))


def _write_bibliography(base: Base, root: Path) -> None:
    _write(root / "references/library.bib", "\n".join(base.sources.values()))


def _write_config(base: Base, root: Path, plugins: Sequence[str | Record]) -> None:
    parts = itertools.groupby(
        (path for path in base.prose if path != "index.md"), key=posixpath.dirname
    )
    config = {
        "site_name": "An invented base",
        "site_url": "https://example.org/",
        "theme": {
            "name": "material",
            "font": False,
            "features": ["navigation.prune", "navigation.footer"],
        },
        "plugins": plugins,
        "markdown_extensions": [
            *("abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables"),
            {"toc": {"permalink": True}},
            *("pymdownx.blocks.admonition", "pymdownx.blocks.details", "pymdownx.superfences"),
        ],
        "nav": [
            {"Home": "index.md"},
            {
                "Evidence": [
                    {f"Part {number}": [*paths]} for number, (_, paths) in enumerate(parts, start=1)
                ]
            },
        ],
        "not_in_nav": "/claims/*\n/studies/*\n/caveats/*\n/sources/*\n/contribute/checks/*\n",
    }
    _write(root / "mkdocs.yml", _yaml(config))


class _Dumper(yaml.SafeDumper):
    """Writes what occurs twice twice: front matter knows no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return that nothing is to be given as an alias."""
        del data
        return True


def _yaml(data: object) -> str:
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
