"""A small base of claims about balm tea, sound as it stands, for tests to spoil.

`write` lays it out in a folder, with changes. A change that is to be found fault with marks the
place with «guillemets», which are taken out again: `marked` tells where they stood.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from claimbase.cli import load
from claimbase.ledger import Ledger
from claimbase.model.diagnostic import Diagnostic, Place

DAY = "1769904000"
"""2026-02-01 as SOURCE_DATE_EPOCH: the day on which the base is read."""

PAGE = "docs/evidence/sleep.md"
CONCLUSION = "docs/claims/balm-sleep.md"
FINDING = "docs/claims/balm-1-onset.md"
FACT = "docs/claims/balm-sold.md"
POPULAR = "docs/claims/popular-balm-cures.md"
STUDY = "docs/studies/balm-1.md"
CAVEAT = "docs/caveats/small-sample.md"
TOPICS = "references/topics.yml"
SPONSORS = "references/sponsors.yml"
BIB = "references/library.bib"
APPRAISALS = "references/appraisals.yml"
CONFIG = "mkdocs.yml"

CONCLUDES = "Balm tea may shorten the time to fall asleep more than hot water does, after 4 weeks."
FAIR = "Balm tea may shorten the time to fall asleep, but has not been tested as a treatment."

_HISTORY = """reviewed: 2026-01-15
history:
  - {date: 2026-01-15, kind: published, change: First published.}
"""

FILES: dict[str, str] = {
    CONFIG: """site_name: Garden teas
plugins:
  - search
  - claimbase:
      review-months: 12
""",
    PAGE: """---
title: Balm tea and sleep
topics: [sleep]
---
# Balm tea and sleep

[Balm tea may shorten the time to fall asleep](claim:balm-sleep) [@green2021balm, table 2].

In one trial [people fell asleep 12 minutes sooner with balm tea](claim:balm-1-onset).

- It has been [sold as a food since 1998](claim:balm-sold) [see @norland1998law].
- [The claim that balm tea cures insomnia](claim:popular-balm-cures) goes further [@hill2022teas].
""",
    CONCLUSION: f"""---
type: conclusion
claim: {CONCLUDES}
topics: [sleep]
pico:
  population: Adults who sleep badly
  intervention: Balm tea in the evening
  comparator: Hot water in the evening
  outcome: Time to fall asleep
certainty:
  level: low
  start: high
  because:
    risk-of-bias: {{steps: -1, why: Everyone could taste what they drank.}}
    imprecision: {{steps: -1, why: 60 people in one trial.}}
evidence:
  - {{source: green2021balm, relation: supported-by, locator: table 2, result: balm-1/onset}}
  - {{source: hill2022teas, relation: qualified-by, note: Only one trial was found.}}
caveats: [small-sample]
related: [balm-1-onset, balm-sold]
{_HISTORY}---
One trial only, in which everyone could taste the tea [@green2021balm, p. 3].
""",
    FINDING: f"""---
type: finding
claim: In BALM-1 people fell asleep 12 minutes sooner with balm tea, 3.5 with hot water.
topics: [sleep]
evidence:
  - {{source: green2021balm, relation: supported-by, locator: table 2, result: balm-1/onset}}
caveats: [small-sample]
related: [balm-sleep]
{_HISTORY}---
Taken from the trial's report [@green2021balm, table 2].
""",
    FACT: f"""---
type: fact
claim: Balm tea has been sold as a food in Norland since 1998.
topics: [sleep]
as-of: 2025-06
evidence:
  - {{source: norland1998law, relation: supported-by}}
related: [balm-sleep]
{_HISTORY}---
The list of foods names it [@norland1998law].
""",
    POPULAR: f"""---
type: popular
claim: Balm tea cures insomnia.
topics: [sleep]
verdict: overstated
fair-wording: {FAIR}
measured-against: [balm-sleep]
evidence:
  - {{source: hill2022teas, relation: background}}
related: [balm-sleep]
{_HISTORY}---
No trial enrolled people with insomnia [@hill2022teas].
""",
    STUDY: f"""---
name: BALM-1
title: A trial of balm tea in adults who sleep badly
design: randomised-trial
masking: none
status: completed
topics: [sleep]
population: Adults who sleep badly
n: 60
arms:
  tea: {{name: Balm tea, n: 30}}
  water: {{name: Hot water, n: 30, control: true}}
sponsors: [tea-board]
reports: [green2021balm]
caveats: [small-sample]
outcomes:
  onset:
    name: Minutes to fall asleep, change
    direction: lower-is-better
    at: week 4
    analysed: everyone-randomised
    primary: true
    arms:
      tea: {{n: 30, mean-change: -12.0, ci: [-15.1, -8.9]}}
      water: {{n: 30, mean-change: -3.5, ci: [-6.4, -0.6]}}
    effects:
      - {{measure: mean-difference, value: -8.5, ci: [-12.9, -4.1], p: "<0.001"}}
    source: green2021balm
    locator: table 2
{_HISTORY}---
Sixty adults drank balm tea or hot water for four weeks [@green2021balm].
""",
    CAVEAT: f"""---
name: Small sample
says: Few people took part, so chance may explain much of the result.
domain: imprecision
{_HISTORY}---
With few people, one more bad night changes the average [@hill2022teas].
""",
    TOPICS: """sleep:
  name: Sleep
  description: Teas and sleep.
  page: evidence/sleep.md
""",
    SPONSORS: """tea-board:
  name: Norland Tea Board
""",
    BIB: """@article{green2021balm,
  author = {Green, Ada and Brown, Ben},
  title = {Balm tea and the time to fall asleep},
  journal = {Journal of Garden Teas},
  year = {2021},
  doi = {10.1234/green.2021}
}

@article{hill2022teas,
  author = {Hill, Cora},
  title = {Teas and sleep: a review},
  journal = {Journal of Garden Teas},
  year = {2022},
  doi = {10.1234/hill.2022}
}

@misc{norland1998law,
  author = {{Norland Food Office}},
  title = {List of foods},
  year = {1998},
  url = {https://food.example/list}
}
""",
    APPRAISALS: """green2021balm:
  kind: trial-report
  status: {state: current, looked-up: 2026-01-10}
  seen: full-text
hill2022teas:
  kind: systematic-review
  status: {state: current}
  seen: abstract
norland1998law:
  kind: law
  status: {state: current}
  seen: full-text
""",
}


@pytest.fixture(autouse=True, scope="module")
def day() -> Iterator[None]:
    """Import it into a module, and its tests run on the day of the base."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", DAY)
        yield


@dataclass(frozen=True)
class Change:
    """One file with a stretch replaced, its whole text replaced, or (no text) removed."""

    file: str
    old: str | None
    new: str | bytes | None

    def apply(self, text: str) -> str | bytes | None:
        if self.old is None or not isinstance(self.new, str):
            return self.new
        assert text.count(self.old) == 1, f"{self.old!r} is {text.count(self.old)}x in {self.file}"
        return text.replace(self.old, self.new)


def edit(file: str, old: str, new: str) -> Change:
    """Replace a stretch that the file holds once."""
    return Change(file, old, new)


def put(file: str, content: str | bytes) -> Change:
    """Give a file this content, whether it was there or not."""
    return Change(file, None, content)


def add(file: str, more: str) -> Change:
    """Put more at a file's end."""
    return Change(file, None, FILES[file] + more)


def drop(file: str) -> Change:
    """Take a file away."""
    return Change(file, None, None)


def write(root: Path, *changes: Change, files: Mapping[str, str] = FILES) -> list[Place]:
    """Lay the base out in a folder and return the places that the changes mark."""
    contents: dict[str, str | bytes | None] = dict(files)
    for change in changes:
        before = contents.get(change.file)
        contents[change.file] = change.apply(before if isinstance(before, str) else "")
    places = []
    for name, content in contents.items():
        if content is None:
            continue
        if isinstance(content, str):
            places += marked(name, content)
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            re.sub("[«»]", "", content).encode() if isinstance(content, str) else content
        )
    return places


def marked(name: str, text: str) -> list[Place]:
    """Return where a text has stretches between guillemets, as if these were not there."""
    places = []
    for number, line in enumerate(text.split("\n"), start=1):
        taken = 0
        for match in re.finditer("«([^«»]*)»?", line):
            column = match.start() - taken + 1
            places.append(Place(name, number, column, len(match[1])))
            taken += len(match[0]) - len(match[1])
    return places


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder, as somebody."""
    identity = ["-c", "user.name=A", "-c", "user.email=a@tea.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *identity, *arguments], check=True, capture_output=True)


def read(root: Path) -> tuple[Ledger, list[Diagnostic]]:
    """Return the ledger of the base in a folder and all that is wrong with it."""
    ledger, found = load(root / CONFIG)
    assert ledger is not None, found
    return ledger, found


def spoken(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Return diagnostics as `file:line:column code`."""
    return [f"{d.place} {d.code}" for d in diagnostics]
