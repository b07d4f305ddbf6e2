"""Prove the built site page by page: nobody shut out, valid HTML, little to download.

Run it with ``make quality``. Every page is opened in a real browser, from a server that compresses
as hosts do, and looked at light and dark, on a desktop and on a phone.
"""

import argparse
import asyncio
import gzip
import hashlib
import json
import mimetypes
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, async_playwright

from scripts.browser import HELP, find

PAGE_LIMIT = 110 * 1024
"""Bytes, compressed, that the first view of a page may cost, its HTML included."""

SCRIPT_LIMIT = 8 * 1024
OWN_SCRIPT = "assets/claimbase.js"

MODES = [
    (device, size, scheme)
    for device, size in (("desktop", (1280, 900)), ("phone", (390, 844)))
    for scheme in ("default", "slate")
]
"""Light and dark, by their names in the theme. They are set and not emulated, for the theme's
script takes a moment to hear from the system."""

VNU = "26.9.27"
VNU_JAR = "22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47"
"""The Nu Html Checker: the version of the npm package, and the SHA-256 of the file in it."""

THEME_ERRORS = {
    "the boxes that open the drawer and the menus say autocomplete": (
        "Attribute “autocomplete” is only allowed when the input type is"
    ),
    "labels in the navigation have an empty tabindex": (
        "Bad value “” for attribute “tabindex” on element “label”"
    ),
    "the button of the menu points at a box that a page without one lacks": (
        "The value of the “for” attribute of the “label” element must be the ID of a non-hidden"
    ),
}
"""What is wrong in the pages of Material 9.8.1 itself. Nothing else is forgiven."""


@dataclass
class Report:
    """What was found.

    Attributes:
        violations: By axe's rule: where (page, mode, and the first element).
        complaints: What pages wrote to the console as errors, requests to other hosts, cookies.
        weights: By page: the compressed bytes of its first view.
    """

    violations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    complaints: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)


class Files:
    """The files of a site as a host sends them, compressed once and kept."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.sent: dict[str, tuple[bytes, str, bool]] = {}

    def get(self, address: str) -> tuple[bytes, str, bool] | None:
        """Return the body, its type, and whether it is compressed; None if there is no such file.

        Args:
            address: An address in the site, from its slash on.
        """
        path = unquote(urlsplit(address).path)
        if path not in self.sent:
            file = self.site / path.lstrip("/")
            file = file / "index.html" if path.endswith("/") else file
            if not file.is_file():
                return None
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            packed = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml"))
            body = file.read_bytes()
            self.sent[path] = (gzip.compress(body) if packed else body, kind, packed)
        return self.sent[path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, files: Files, *args: Any) -> None:
        self.files = files
        super().__init__(*args)

    def do_GET(self) -> None:
        found = self.files.get(self.path)
        body, kind, packed = found or (b"Not here.", "text/plain", False)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if packed else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(files: Files, port: int = 0) -> Iterator[str]:
    """Serve a site, and yield its address without a slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def pages_of(site: Path) -> list[str]:
    """Return the addresses of all whole pages; cards are fragments that pages show."""
    found = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted("/" + p.removesuffix("index.html") for p in found if not p.endswith("card.html"))


async def _look(browser: Browser, home: str, files: Files, work: list[str], report: Report) -> None:
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    at = ""

    def complain(what: str) -> None:
        report.complaints.append(f"{at}: {what}")

    page.on("console", lambda m: complain(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complain(str(error)))
    page.on(
        "request", lambda r: None if r.url.startswith((home, "data:", "blob:")) else complain(r.url)
    )
    while work:
        at = work.pop()
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(home + at)
        loaded = await page.evaluate("performance.getEntriesByType('resource').map((r) => r.name)")
        loaded = {urlsplit(name).path for name in loaded if name.startswith(home)}
        report.weights[at] = sum(len(sent[0]) for a in {at, *loaded} if (sent := files.get(a)))
        await page.evaluate(Axe().axe_script)
        for device, (width, height), scheme in MODES:
            await page.set_viewport_size({"width": width, "height": height})
            # The page hears of its new size with the next frame.
            await page.evaluate(
                "new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)))"
            )
            await page.evaluate("(s) => { document.body.dataset.mdColorScheme = s }", scheme)
            found = await page.evaluate("axe.run({resultTypes: ['violations']})")
            for violation in found["violations"]:
                first = violation["nodes"][0]["html"][:120].replace("\n", " ")
                where = f"{at} ({device}, {scheme}; {len(violation['nodes'])}): {first}"
                report.violations[violation["id"]].append(where)
    if await context.cookies():
        report.complaints.append("A page set a cookie.")
    await context.close()


async def look(site: Path, pages: list[str], workers: int) -> Report:
    """Open pages in a browser, several at a time.

    Args:
        site: The folder of a built site.
        pages: Addresses in it.
        workers: How many to look at together.
    """
    path = find()
    if path is None:
        sys.exit(HELP)
    report, files = Report(), Files(site)
    with serving(files) as home:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            work = pages[::-1]
            await asyncio.gather(
                *(_look(browser, home, files, work, report) for _ in range(workers))
            )
            await browser.close()
    return report


def checker(cache: Path) -> Path | None:
    """Return the HTML checker, brought once by npm and known by its hash; None without Java."""
    if not shutil.which("java"):
        return None
    jar = cache / f"vnu-{VNU}.jar"
    if not jar.exists() and shutil.which("npm"):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                ["npm", "pack", "--silent", f"vnu-jar@{VNU}"],
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            (packed,) = Path(folder).glob("*.tgz")
            with tarfile.open(packed) as archive:
                member = archive.extractfile("package/build/dist/vnu.jar")
                body = member.read() if member else b""
        if hashlib.sha256(body).hexdigest() != VNU_JAR:
            sys.exit(f"vnu-jar {VNU} is not the file that is pinned here.")
        cache.mkdir(parents=True, exist_ok=True)
        jar.write_bytes(body)
    return jar if jar.exists() else None


def html_errors(jar: Path, site: Path, pages: list[str]) -> tuple[list[str], dict[str, int]]:
    """Return what the checker says of pages, and how often each error of the theme was seen."""
    files = [str(site / (p[1:] + "index.html" if p.endswith("/") else p[1:])) for p in pages]
    done = subprocess.run(
        ["java", "-Xss8m", "-jar", str(jar), "--format", "json", "--exit-zero-always", *files],
        capture_output=True,
        text=True,
        check=True,
    )
    errors, forgiven = [], dict.fromkeys(THEME_ERRORS, 0)
    for message in json.loads(done.stderr)["messages"]:
        if message["type"] == "info":
            continue
        text = message["message"]
        known = next((n for n, start in THEME_ERRORS.items() if text.startswith(start)), None)
        if known:
            forgiven[known] += 1
        else:
            name = message["url"].partition(str(site))[2]
            errors.append(f"{name}:{message.get('lastLine', '?')}: {text}")
    return errors, forgiven


def main() -> None:
    """Check a built site; the status is 1 if anything is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else ""
    )
    parser.add_argument("site", type=Path, nargs="?", default=Path("site"))
    parser.add_argument("--only", default="", help="pages whose address begins like this")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--serve", type=int, metavar="PORT", help="only serve the site, compressed")
    options = parser.parse_args()
    site = options.site.resolve()
    if options.serve:
        with serving(Files(site), options.serve) as home:
            print(home)
            threading.Event().wait()
    pages = [page for page in pages_of(site) if page.startswith("/" + options.only.lstrip("/"))]
    if not pages:
        sys.exit(f"No pages in {site}. Build the site first.")
    report = asyncio.run(look(site, pages, options.workers))
    wrong = [f"console or network: {c}" for c in report.complaints]
    for rule, places in sorted(report.violations.items()):
        wrong.append(f"axe, {rule}: {len(places)}")
        wrong += [f"    {place}" for place in sorted(places)[:20]]
    heavy = sorted(report.weights, key=lambda p: -report.weights[p])
    wrong += [
        f"too heavy: {page} costs {report.weights[page]} bytes, more than {PAGE_LIMIT}"
        for page in heavy
        if report.weights[page] > PAGE_LIMIT
    ]
    script = (site / OWN_SCRIPT).stat().st_size
    if script > SCRIPT_LIMIT:
        wrong.append(f"{OWN_SCRIPT} has {script} bytes, more than {SCRIPT_LIMIT}")
    jar = checker(Path(".cache"))
    if jar:
        errors, forgiven = html_errors(jar, site, pages)
        wrong += [f"HTML: {error}" for error in errors]
        for name, count in forgiven.items():
            print(f"Forgiven, for it is the theme's: {name} ({count} times)")
    else:
        print("HTML was not checked: that needs Java, and npm once.")
    print(f"{len(pages)} pages, {len(MODES)} modes; own script {script} bytes")
    for page in heavy[:5]:
        print(f"heaviest: {report.weights[page] / 1024:.1f} KB {page}")
    print("\n".join(wrong) or "Nothing wrong.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
