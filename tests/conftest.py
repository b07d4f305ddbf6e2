"""What tests share: a small base to change and build, the real site, a server, a browser on it.

A missing browser fails its tests. It never skips them: a skipped test looks like a passed one.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from scripts.browser import HELP, find

ROOT = Path(__file__).parents[1]
TEA = Path(__file__).parent / "data" / "tea"

# The sandbox needs rights that containers do not give, and the rest calls home.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

DEVICES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 900}},
}

Device = Literal["phone", "desktop"]
OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class MiniBase:
    """A copy of the base in ``data/tea``: four claims, a study, a caveat, four sources."""

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

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a stretch of a file that must be there."""
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a Python module in it: ``run("mkdocs", "build")``."""
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, *arguments: str, **environment: str) -> str:
        """Build its site and return what was logged; the build must succeed."""
        done = self.run("mkdocs", "build", *arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def fail(self, *arguments: str, **environment: str) -> str:
        """Build its site and return what was logged; the build must fail."""
        done = self.run("mkdocs", "build", *arguments, **environment)
        assert done.returncode != 0, done.stdout + done.stderr
        return done.stdout + done.stderr


def copy_of_tea(root: Path) -> MiniBase:
    """Copy the base to a folder that does not exist yet."""
    shutil.copytree(TEA, root)
    shutil.copy(ROOT / "references" / "style.csl", root / "references" / "style.csl")
    return MiniBase(root)


@pytest.fixture
def tea(tmp_path: Path) -> MiniBase:
    """A base of its own for the test."""
    return copy_of_tea(tmp_path / "tea")


@pytest.fixture(scope="session")
def built_tea(tmp_path_factory: pytest.TempPathFactory) -> MiniBase:
    """The base as it is, built strictly, for tests that only look at it."""
    base = copy_of_tea(tmp_path_factory.mktemp("built") / "tea")
    base.build("--strict")
    return base


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser of the tests."""
    path = find()
    if path is None:
        pytest.fail(HELP, pytrace=False)
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """A running browser, one for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the real site, built once."""
    folder = tmp_path_factory.mktemp("site")
    build = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if build.returncode:
        pytest.fail(f"The site does not build:\n{build.stdout}{build.stderr}", pytrace=False)
    return folder


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: what goes wrong is told by the browser."""


@pytest.fixture(scope="session")
def served_site(site: Path) -> Iterator[str]:
    """The address of the real site, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=site))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What pages complained of: requests to other hosts, answers of 400 and up, errors.

    Anything left in the list fails the test, so one that provokes a complaint looks at it and
    clears the list.
    """
    found: list[str] = []
    yield found
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.fixture
def page(browser: Browser, served_site: str, complaints: list[str]) -> Iterator[OpenPage]:
    """Open a page of the site in a browser of its own: `page("claims/some-id/", "phone")`.

    The device is `desktop` or `phone`; more keywords go to Playwright's `Browser.new_context`
    (`color_scheme="dark"`, `java_script_enabled=False`, `reduced_motion="reduce"`).
    """
    contexts: list[BrowserContext] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith((served_site, "data:", "blob:")):
            route.continue_()
        else:
            complaints.append(f"request to another host: {route.request.url}")
            route.abort()

    def open_page(path: str = "", device: Device = "desktop", **options: Any) -> Page:
        context = browser.new_context(
            **{"base_url": served_site, "service_workers": "block", **DEVICES[device], **options}
        )
        contexts.append(context)
        context.route("**/*", guard)
        context.on(
            "response",
            lambda response: (
                complaints.append(f"{response.status} for {response.url}")
                if response.status >= 400
                else None
            ),
        )
        context.on(
            "console",
            lambda message: (
                complaints.append(f"console: {message.text}") if message.type == "error" else None
            ),
        )
        context.on("weberror", lambda error: complaints.append(f"uncaught: {error.error}"))
        page = context.new_page()
        page.goto(urljoin(served_site, path))
        return page

    yield open_page
    for context in contexts:
        context.close()
