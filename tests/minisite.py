"""The small base of `tests.mini` as a whole site: to be changed, built and looked at."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests import mini

ROOT = Path(__file__).parents[1]
STYLE = ROOT / "references" / "style.csl"

HOME = "docs/index.md"

_CHANGES = (
    mini.put(
        mini.CONFIG,
        """site_name: Garden teas
site_url: https://teas.example/
repo_url: https://git.example.org/teas
edit_uri: edit/main/docs/

theme:
  name: material
  font: false
  features: [content.action.edit]

validation:
  anchors: warn

plugins:
  - search
  - claimbase:
      search: false
      manual: true

markdown_extensions:
  - abbr
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - toc:
      permalink: true
  - pymdownx.superfences
""",
    ),
    mini.put(
        HOME,
        """---
title: Home
description: What is known about "balm" tea & sleep.
reviewed: 2026-01-15
---
# Garden teas

[Balm tea may shorten the time to fall asleep](claim:balm-sleep) [@hill2022teas, p. 3].
The world drinks tea [@who:2021.report]. One paper on it was retracted [@bad2019].
""",
    ),
    *(
        mini.put(f"docs/{name}/index.md", f"# All {name}\n\n/// {name}\n///\n")
        for name in ("claims", "studies", "caveats", "sources")
    ),
    mini.edit(
        mini.POPULAR,
        "  - {source: hill2022teas, relation: background}\n",
        "  - {source: hill2022teas, relation: background}\n"
        "  - {source: bad2019, relation: background, note: Often quoted; since retracted.}\n",
    ),
    mini.edit(mini.STUDY, "topics: [sleep]\n", "topics: [sleep]\nregistration: [NCT00000001]\n"),
    mini.edit(
        mini.STUDY,
        "    locator: table 2\n",
        "    locator: table 2\n"
        "    risk-of-bias:\n"
        "      measurement: high\n"
        "      overall: high\n"
        "      why: Everyone could taste what they drank.\n"
        "      by: this site\n",
    ),
    mini.add(
        mini.BIB,
        """
@techreport{who:2021.report,
  title = {Tea in the World},
  author = {{World Health Organization}},
  shortauthor = {{WHO}},
  institution = {World Health Organization},
  year = {2021},
  url = {https://who.example/tea.pdf},
}

@article{bad2019,
  title = {Tea for All},
  author = {Bad, Carl},
  journal = {Journal of Garden Teas},
  year = {2019},
  doi = {10.1234/bad.2019},
}
""",
    ),
    mini.add(
        mini.APPRAISALS,
        """who:2021.report:
  kind: regulator-document
  status: {state: current}
  seen: full-text
bad2019:
  kind: trial-report
  status:
    state: retracted
    date: 2022-03-01
    notice: 10.1234/bad.2019.notice
    because: The data could not be shown.
  seen: abstract
""",
    ),
)


@dataclass(frozen=True)
class MiniSite:
    """A folder that holds the small base, and its site once it is built."""

    root: Path

    @property
    def site(self) -> Path:
        """Where it is built."""
        return self.root / "site"

    def read(self, path: str) -> str:
        """Return what a file holds."""
        return (self.root / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a file, and the folders it needs."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a stretch that the file holds once."""
        text = self.read(path)
        assert text.count(old) == 1, f"{old!r} is {text.count(old)}x in {path}"
        self.write(path, text.replace(old, new))

    def option(self, line: str) -> None:
        """Give our plugin one more option."""
        self.edit(mini.CONFIG, "      search: false\n", f"      search: false\n      {line}\n")

    def plugin(self, lines: str, *, after: bool = False) -> None:
        """Configure another plugin, before ours or after it."""
        place = "\nmarkdown_extensions:\n" if after else "  - claimbase:\n"
        self.edit(mini.CONFIG, place, lines + place)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python in its folder: ``run("-m", "mkdocs", "build")``."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={
                **os.environ,
                "NO_MKDOCS_2_WARNING": "1",
                "NO_COLOR": "1",
                "SOURCE_DATE_EPOCH": mini.DAY,
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, *options: str) -> str:
        """Build the site, which must succeed, and return what was logged."""
        done = self.run("-m", "mkdocs", "build", *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def fail(self, *options: str) -> str:
        """Build the site, which must fail, and return what was logged."""
        done = self.run("-m", "mkdocs", "build", *options)
        assert done.returncode != 0, done.stdout + done.stderr
        return done.stdout + done.stderr


def lay_out(root: Path) -> MiniSite:
    """Write the small base into a folder, ready to be built."""
    mini.write(root, *_CHANGES)
    shutil.copy(STYLE, root / "references" / "style.csl")
    return MiniSite(root)
