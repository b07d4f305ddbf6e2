"""What tests share: a small base to change and build, the real site, a server, a browser on it.

A missing browser fails its tests. It never skips them: a skipped test looks like a passed one.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from scripts.browser import HELP, find
from tests.mini import CONFIG, git, write
from tests.minisite import ROOT, MiniSite, lay_out

# Elsewhere properties are tried on new examples each time; a shared run tries the same ones, so
# that it fails for what a change did and for nothing else.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

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


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The base on a branch `change` that left `main`."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "site"
    write(root)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "Base")
    git(root, "checkout", "--quiet", "-b", "change")
    return root


@pytest.fixture
def mini_site(tmp_path: Path) -> MiniSite:
    """The small base in a folder of its own, for a test to change and build."""
    return lay_out(tmp_path / "mini")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> MiniSite:
    """The small base, built strictly with all there is, for tests that only look at it."""
    site = lay_out(tmp_path_factory.mktemp("built") / "mini")
    site.edit(CONFIG, "search: false", "search: true")
    site.build("--strict")
    return site


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


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, and give its address with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def served_site(site: Path) -> Iterator[str]:
    """The address of the real site, with a slash at its end."""
    with served(site) as address:
        yield address


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
        context.set_default_timeout(10_000)
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
