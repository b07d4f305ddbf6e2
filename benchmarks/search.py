"""Measure the search of the site, and Material's own on the same pages in the same run.

    python -m benchmarks.search [--large 10000] [--base FOLDER]

Both sites are built, served with compression and asked the judged queries of
``tests/search/queries.tsv`` in one browser. Bytes are counted by the server, so that what workers
load is in them. The last part invents a large site to show what a first search costs there.
"""

import argparse
import gzip
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from playwright.sync_api import Browser, Page, sync_playwright

from claimbase.exporting.finder import PRIORS, Entry, finder_files
from claimbase.exporting.search import index
from scripts.browser import HELP, find

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".cache/bench-search"
QUERIES = ROOT / "tests/search/queries.tsv"
FIRST = "ecstasy deaths"
"""The first search whose bytes are counted."""
PAGE = "evidence/ptsd/"
"""The page on which a reader turns to search."""
NOTHING = "-"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Query:
    """A judged query.

    Attributes:
        text: What is typed.
        kind: What it tests: words, question, synonym, typo…
        answers: Addresses below the site that answer it; none if nothing should be found.
        held_out: Whether the search was made without looking at it.
    """

    text: str
    kind: str
    answers: frozenset[str]
    held_out: bool

    def rank(self, found: list[str]) -> int | None:
        """Return the place of the first answer among what was found, from 1, or None."""
        if not self.answers:
            return None if found else 1
        return next((at for at, url in enumerate(found, 1) if url in self.answers), None)


def read_queries(path: Path = QUERIES) -> list[Query]:
    """Read the judged queries. Every second one is held out."""
    lines = path.read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [
        Query(text, kind, frozenset() if answers == NOTHING else frozenset(answers.split()), odd)
        for (text, kind, answers), odd in zip(
            rows, (n % 2 == 1 for n in range(len(rows))), strict=True
        )
    ]


@dataclass(frozen=True, slots=True)
class Score:
    """How well queries were answered: shares of them, and the mean of one over the rank."""

    queries: int
    success_1: float
    success_3: float
    reciprocal: float

    def __str__(self) -> str:
        return (
            f"success@1 {self.success_1:.3f}  success@3 {self.success_3:.3f}  "
            f"MRR {self.reciprocal:.3f}  ({self.queries} queries)"
        )


def score(ranks: list[int | None]) -> Score:
    """Return the score of the ranks at which answers were found."""
    count = len(ranks)
    return Score(
        count,
        sum(rank == 1 for rank in ranks) / count,
        sum(rank is not None and rank <= 3 for rank in ranks) / count,
        sum(1 / rank for rank in ranks if rank) / count,
    )


class _Handler(SimpleHTTPRequestHandler):
    """Serves files compressed as hosts do, and counts the bytes of what it sends."""

    protocol_version = "HTTP/1.1"
    sent: dict[str, int]

    def do_GET(self) -> None:  # the name is the library's
        """Answer one request."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        packed = path.suffix in {".html", ".js", ".css", ".json", ".svg", ".xml"}
        data = gzip.compress(data, 6) if packed else data
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(data)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)
        self.sent[self.path] = self.sent.get(self.path, 0) + len(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@dataclass
class Served:
    """A served folder: its address, and the bytes sent by path."""

    address: str
    sent: dict[str, int] = field(default_factory=dict)

    def take(self) -> int:
        """Return the bytes sent since the last time."""
        total = sum(self.sent.values())
        self.sent.clear()
        return total


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve a folder for as long as the context lasts."""
    served = Served("")
    handler = type("Handler", (_Handler,), {"sent": served.sent})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    served.address = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


def build(config: Path, site: Path) -> float:
    """Build a site and return the seconds it took."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config), "-d", str(site)],
        cwd=config.parent,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )
    return time.perf_counter() - start


def stock_config(root: Path) -> Path:
    """Write a copy of the site's set-up with Material's search in the place of ours."""
    base = WORK / "stock"
    for name in ("docs", "references"):
        shutil.copytree(root / name, base / name)
    config = yaml.safe_load((root / "mkdocs.yml").read_text("utf-8"))
    del config["theme"]["custom_dir"]
    for plugin in config["plugins"]:
        if isinstance(plugin, dict) and "claimbase" in plugin:
            plugin["claimbase"]["search"] = False
    config["plugins"].append("search")
    (base / "docs/search.md").write_text("# Search\n", "utf-8")
    path = base / "mkdocs.yml"
    path.write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    return path


OURS = """async (query) => {
  const { found } = await claimbaseFind.results(query, { limit: 10 });
  return found.map(({ u }) => u || "./");
}"""
STOCK = """async (query) => {
  const input = document.querySelector(".md-search__input");
  const list = document.querySelector(".md-search-result__list");
  input.value = query;
  let last = performance.now();
  const watch = new MutationObserver(() => { last = performance.now(); });
  const all = { childList: true, subtree: true, characterData: true };
  watch.observe(document.querySelector(".md-search-result"), all);
  input.dispatchEvent(new Event("keyup", { bubbles: true }));
  const start = performance.now();
  while (performance.now() - Math.max(last, start) < 120) {
    await new Promise((done) => setTimeout(done, 20));
  }
  watch.disconnect();
  const items = [...list.querySelectorAll(".md-search-result__item")];
  return items.map((item) => item.querySelector("a")?.href).filter(Boolean);
}"""
# From a keystroke to the change of the list that follows it, letter by letter.
KEYSTROKES = """async ([box, list, event]) => {
  const input = document.querySelector(box);
  const times = [];
  for (const word of ["oxytocin", "heart valves", "australia", "suicidal thoughts", "sertraline"]) {
    for (let end = 3; end <= word.length; end++) {
      input.value = word.slice(0, end);
      const start = performance.now();
      const changed = new Promise((done) => {
        const end = (time) => { watch.disconnect(); done(time); };
        const watch = new MutationObserver(() => end(performance.now() - start));
        const all = { childList: true, subtree: true, characterData: true };
        watch.observe(document.querySelector(list), all);
        setTimeout(end, 1500, null);
      });
      input.dispatchEvent(new Event(event, { bubbles: true }));
      const time = await changed;
      if (time !== null) times.push(time);
      await new Promise((done) => setTimeout(done, 120));
    }
  }
  return times;
}"""


def below(address: str, url: str) -> str:
    """Return a result's address below the site, without query and anchor."""
    return re.sub(r"[?#].*", "", url.removeprefix(address)) or "./"


def turn_to_search(page: Page, box: str, results: str, *, query: str = FIRST) -> None:
    """Focus the box, type the query and wait for results."""
    page.focus(box)
    page.keyboard.type(query, delay=60)
    page.wait_for_selector(results, timeout=30_000)
    page.wait_for_load_state("networkidle")


def measure(browser: Browser, site: Path, *, ours: bool) -> None:
    """Print quality, bytes and times of one search."""
    box, results, listing, event = (
        (".cb-find__box", "[data-result]", "form.cb-find", "input")
        if ours
        else (".md-search__input", ".md-search-result__item", ".md-search-result", "keyup")
    )
    with serve(site) as served:
        page = browser.new_page()
        page.goto(served.address + PAGE)
        page.wait_for_load_state("networkidle")
        needless = [path for path in served.sent if "search" in path or "pagefind" in path]
        print(
            f"  on a page view     {sum(served.sent[p] for p in needless) / 1000:8.1f} kB of search"
        )
        served.take()
        turn_to_search(page, box, results)
        print(f"  a first search     {served.take() / 1000:8.1f} kB more")
        page.evaluate(KEYSTROKES, [box, listing, event])
        times: list[float] = page.evaluate(KEYSTROKES, [box, listing, event])
        worst = sorted(times)[int(0.95 * len(times))]
        print(f"  a keystroke, warm  {median(times):8.0f} ms, 95th percentile {worst:.0f} ms")
        if ours:
            page.goto(f"{served.address}search/")
            page.wait_for_selector("[data-ready]")
        queries = read_queries()
        ranks = []
        for query in queries:
            found: list[str] = page.evaluate(OURS if ours else STOCK, query.text)
            ranks.append(query.rank([below(served.address, url) for url in found]))
        for name, keep in (("all", (True, False)), ("held out", (True,))):
            some = [r for r, q in zip(ranks, queries, strict=True) if q.held_out in keep]
            print(f"  {name:9} {score(some)}")
        page.close()


def large_site(pages: int) -> Path:
    """Invent a site: its words are as many, and as unevenly used, as in real texts."""
    site = WORK / "large"
    dice = random.Random(1)  # noqa: S311  (no secrets here)
    syllables = [
        a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "in")
    ]
    words = ["".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(40_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    ranks = [rank for rank in PRIORS if rank != "index"]
    topics = [f"topic {number}" for number in range(40)]
    entries = []
    for number in range(pages):
        said = dice.choices(words, weights, k=220)
        rank = ranks[number % len(ranks)]
        kind = rank if rank in ("page", "study", "caveat", "source", "term") else "claim"
        facets = (("kind", kind), ("topic", dice.choice(topics)), ("topic", dice.choice(topics)))
        title = " ".join(said[:6])
        text = " ".join(said[30:])
        summary = " ".join(said[6:30])
        entry = Entry(f"p/{number}/", title, kind, rank, summary=summary, text=text, facets=facets)
        entries.append(entry)
        spans = "".join(f'<span data-pagefind-filter="{n}:{v}"></span>' for n, v in facets)
        page = site / entry.url / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(
            f"<!doctype html><html lang=en><title>{title}</title><article data-pagefind-body>"
            f"<div hidden>{spans}</div><h1>{title}</h1><p>{summary}<p>{text}</article>"
        )
    for path, content in finder_files(entries, []):
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    index(site, entries)
    (site / "assets").mkdir()
    for name in ("claimbase.js", "search.js", "search.css"):
        shutil.copy(ROOT / "src/claimbase/pages/assets" / name, site / "assets" / name)
    (site / "index.html").write_text(
        "<!doctype html><html lang=en><title>Large</title><form class=cb-find action=/search/>"
        "<input class=cb-find__box name=q></form><script src=assets/claimbase.js></script>"
    )
    return site


def measure_large(browser: Browser, pages: int) -> None:
    """Print what a first search costs on a large site, and how long a keystroke takes."""
    start = time.perf_counter()
    site = large_site(pages)
    print(f"An invented site of {pages} pages ({time.perf_counter() - start:.0f} s to make)")
    words = (site / "p/0/index.html").read_text().partition("<h1>")[2].split()[:3]
    with serve(site) as served:
        page = browser.new_page()
        page.goto(served.address)
        served.take()
        turn_to_search(page, ".cb-find__box", "[data-result]", query=" ".join(words))
        print(f"  a first search     {served.take() / 1000:8.1f} kB")
        page.close()


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description="Measure the search, and Material's beside it.")
    parser.add_argument(
        "--large", type=int, default=10_000, help="pages of the invented site (10000)"
    )
    parser.add_argument("--base", type=Path, default=ROOT, help="folder of mkdocs.yml")
    arguments: Any = parser.parse_args()
    browser_path = find()
    if browser_path is None:
        sys.exit(HELP)
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        print("This site's search")
        build(arguments.base / "mkdocs.yml", WORK / "site")
        start = time.perf_counter()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pagefind",
                "--site",
                WORK / "site",
                "--output-path",
                WORK / "again",
            ],
            check=True,
            capture_output=True,
        )
        print(f"  Pagefind's index   {time.perf_counter() - start:8.1f} s")
        measure(browser, WORK / "site", ours=True)
        print("Material's search")
        build(stock_config(arguments.base), WORK / "stock-site")
        measure(browser, WORK / "stock-site", ours=False)
        if arguments.large:
            measure_large(browser, arguments.large)
        browser.close()


if __name__ == "__main__":
    main()
