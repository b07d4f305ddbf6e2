"""How long a build takes, beside stock mkdocs-bibtex and plain Material on the same pages.

Run it with ``make bench``. README.md beside this file says what is compared, and what the figures
mean.
"""

import argparse
import calendar
import contextlib
import gzip
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import synthetic

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".cache/bench"
LOCK = ROOT / "requirements/site.txt"
STYLE = ROOT / "references/style.csl"
CACHE = ".cache/claimbase"
"""The engine's formatted references, below a base."""

FIRST, AGAIN, BIBTEX, PLAIN = BUILDERS = (
    "claimbase, first build",
    "claimbase, next build",
    "mkdocs-bibtex",
    "plain Material",
)
TARGETS = {"time / bibtex": 0.5, "time / plain": 1.6, "memory / plain": 1.5}
FIXED_TARGET, PAGE_TARGET = 1.5, 3.0
"""Seconds, and milliseconds a page."""

WARM_UP_PAGES = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """One build: seconds on the clock, seconds of processor, highest memory (MB of 10^6 bytes)."""

    seconds: float
    processor: float
    memory: float


@dataclass
class Measured:
    """All builds of one base by one builder.

    Attributes:
        costs: One a round.
        pages: HTML pages written, hover cards and the error page not among them.
        site_mb: Size of the site, in MB of 10^6 bytes.
        page_kb: Median size of a prose page when compressed, in KB of 10^3 bytes.
    """

    costs: list[Cost] = field(default_factory=list)
    pages: int = 0
    site_mb: float = 0
    page_kb: float = 0

    def median(self, what: str) -> float:
        """Return the median over the rounds."""
        return median(float(getattr(cost, what)) for cost in self.costs)

    def ratio(self, other: "Measured", what: str) -> float:
        """Return the median of the rounds' ratios: what slows the machine slows both sides."""
        pairs = zip(self.costs, other.costs, strict=True)
        return median(float(getattr(mine, what) / getattr(theirs, what)) for mine, theirs in pairs)

    def excess(self, other: "Measured") -> float:
        """Return the median over the rounds of the seconds beyond another's."""
        pairs = zip(self.costs, other.costs, strict=True)
        return median(mine.seconds - theirs.seconds for mine, theirs in pairs)


@dataclass
class Size:
    """The results for one number of Markdown pages."""

    pages: int
    claims: int
    sources: int
    by: dict[str, Measured]

    @property
    def ratios(self) -> dict[str, dict[str, float]]:
        """What the engine's builds cost, the first and the next, where the peers cost 1."""
        bibtex, plain = self.by[BIBTEX], self.by[PLAIN]
        return {
            name: {
                "time / bibtex": self.by[name].ratio(bibtex, "seconds"),
                "time / plain": self.by[name].ratio(plain, "seconds"),
                "processor / bibtex": self.by[name].ratio(bibtex, "processor"),
                "processor / plain": self.by[name].ratio(plain, "processor"),
                "memory / plain": self.by[name].ratio(plain, "memory"),
                "time a page / plain": self.by[name].ratio(plain, "seconds")
                * (plain.pages / self.by[name].pages),
            }
            for name in (FIRST, AGAIN)
        }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description="Time builds of synthetic bases.")
    parser.add_argument(
        "--pages", type=int, nargs="+", default=[200, 1000], help="Markdown pages (200 1000)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="builds by each builder (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all results here too")
    options = parser.parse_args()
    if min(options.pages) < WARM_UP_PAGES or options.rounds < 1:
        parser.error(f"a base has {WARM_UP_PAGES} pages or more, and there is one round at least")
    peers = peer_python()
    sizes = []
    # All is deleted at the end, and nothing before: ext4 without a journal passes over what was
    # deleted within the last minutes, one by one, and so each build would pay for those before it.
    with tempfile.TemporaryDirectory(dir=WORK) as name:
        folder = Path(name)
        # Nobody's first build pays for byte code and cold disks.
        measure(folder / "warm-up", WARM_UP_PAGES, 1, peers)
        for pages in sorted(set(options.pages)):
            sizes.append(measure(folder / str(pages), pages, options.rounds, peers))
            report(sizes[-1])
    own = {name: own_cost(sizes, name) for name in (FIRST, AGAIN)} if len(sizes) > 1 else {}
    if own:
        report_own_cost(own)
    if options.json:
        options.json.write_text(as_json(sizes, own, peers), encoding="utf-8")


def peer_python() -> Path:
    """Return the Python of the peers' own environment, which is made where it is missing.

    It holds the versions that the site is built with, and not this engine.
    """
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    folder = WORK / f"peers-{digest}-{platform.python_version()}"
    python = folder / "bin/python"
    done = folder / "installed"
    if not done.exists():
        say(f"Installing the peers from {LOCK.relative_to(ROOT)}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        install = [*pip, "install", "--quiet", "--quiet", "--require-hashes"]
        subprocess.run([*install, "--requirement", str(LOCK)], check=True)
        done.touch()
    return python


def measure(folder: Path, pages: int, rounds: int, peers: Path) -> Size:
    """Build one base, made in a folder, by every builder in turn, several times over."""
    base = synthetic.invent(pages)
    roots = {name: folder / name.split(",")[0].replace(" ", "-") for name in BUILDERS}
    synthetic.write_engine(base, roots[FIRST], STYLE)
    synthetic.write_bibtex(base, roots[BIBTEX])
    synthetic.write_plain(base, roots[PLAIN])
    by = {name: Measured() for name in BUILDERS}
    for number in range(rounds):
        for name in BUILDERS:
            if pages > WARM_UP_PAGES:
                say(f"{pages} pages, round {number + 1} of {rounds}: {name}")
            site = roots[name] / "site"
            if site.exists():
                site.rename(roots[name] / f"site before {name}, round {number + 1}")
            if name == FIRST:
                shutil.rmtree(roots[name] / CACHE, ignore_errors=True)
            python = Path(sys.executable) if name in (FIRST, AGAIN) else peers
            by[name].costs.append(build(python, roots[name]))
            by[name].pages = len([*site.rglob("index.html")])
    for name, measured in by.items():
        weigh(roots[name] / "site", measured)
    return Size(pages, len(base.claims), len(base.sources), by)


def build(python: Path, root: Path) -> Cost:
    """Build the site of a folder in a process of its own.

    Raises:
        SystemExit: The build failed; the message is the end of its output.
    """
    environment = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "SOURCE_DATE_EPOCH": str(calendar.timegm(synthetic.DAY.timetuple())),
    }
    # The peers were installed with their byte code; the engine, where it is edited, makes its own.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    output = root / "build.log"
    command = [str(python), "-m", "mkdocs", "build", "--quiet", "--strict"]
    with output.open("wb") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = "\n".join(output.read_text("utf-8", "replace").splitlines()[-20:])
        raise SystemExit(f"{said}\nA build failed: {root.name}")
    # Kilobytes of 1,024 bytes, but on macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)


def weigh(site: Path, measured: Measured) -> None:
    """Note how large a site and its prose pages are."""
    measured.site_mb = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    prose = [path.read_bytes() for path in site.glob("evidence/*/*/index.html")]
    if prose:
        measured.page_kb = median(len(gzip.compress(page)) for page in prose) / 1e3


def own_cost(sizes: list[Size], name: str) -> tuple[float, float]:
    """Return what the engine adds to plain Material: seconds for any base, milliseconds a page.

    The line through the smallest and the largest base.
    """
    small, large = (size.by[name].excess(size.by[PLAIN]) for size in (sizes[0], sizes[-1]))
    slope = (large - small) / (sizes[-1].pages - sizes[0].pages)
    return small - slope * sizes[0].pages, slope * 1e3


def report(size: Size) -> None:
    """Print what one base costs."""
    print(
        f"\n{size.pages} Markdown pages ({size.claims} claims among them), "
        f"{size.sources} sources; medians of {len(size.by[PLAIN].costs)}"
    )
    columns = ("time", "processor", "memory", "HTML pages", "each", "site", "page, gz")
    table("", columns)
    for name, measured in size.by.items():
        seconds = measured.median("seconds")
        row = (
            f"{seconds:.2f} s",
            f"{measured.median('processor'):.2f} s",
            f"{measured.median('memory'):.0f} MB",
            f"{measured.pages:,}",
            f"{seconds / measured.pages * 1e3:.1f} ms",
            f"{measured.site_mb:.1f} MB",
            f"{measured.page_kb:.1f} KB",
        )
        table(name, row)
    ratios = size.ratios
    print("\nMedian ratio of the rounds (a page: an HTML page written)")
    table("", ("first build", "next build", "target"))
    for what in ratios[FIRST]:
        target = f"≤ {TARGETS[what]}" if what in TARGETS else ""
        table(what, (f"{ratios[FIRST][what]:.2f}", f"{ratios[AGAIN][what]:.2f}", target))


def report_own_cost(own: dict[str, tuple[float, float]]) -> None:
    """Print what the engine adds to plain Material."""
    print("\nAdded to plain Material")
    table("", ("first build", "next build", "target"))
    fixed, page = zip(*(own[name] for name in (FIRST, AGAIN)), strict=True)
    table("for any base", (*(f"{cost:.2f} s" for cost in fixed), f"≤ {FIXED_TARGET} s"))
    table("a Markdown page", (*(f"{cost:.1f} ms" for cost in page), f"≤ {PAGE_TARGET:g} ms"))


def table(head: str, cells: Iterable[str]) -> None:
    """Print one row."""
    print(f"{head:<24}" + "".join(f"{cell:>13}" for cell in cells).rstrip())


def as_json(sizes: list[Size], own: dict[str, tuple[float, float]], peers: Path) -> str:
    """Return all results, with what they depend on."""
    listed = subprocess.run(
        [peers, "-m", "pip", "list", "--format", "json"], check=True, capture_output=True
    )
    versions = {item["name"]: item["version"] for item in json.loads(listed.stdout)}
    names = ("mkdocs", "mkdocs-material", "mkdocs-bibtex", "Markdown")
    results = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "versions": {name: versions.get(name) for name in names},
        "sizes": [asdict(size) | {"ratios": size.ratios} for size in sizes],
        "own_cost": {
            name: {"fixed_s": fixed, "page_ms": page} for name, (fixed, page) in own.items()
        },
    }
    return json.dumps(results, indent=1, ensure_ascii=False) + "\n"


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
