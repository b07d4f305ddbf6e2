"""Find a Chromium for the tests, or bring one.

Run as a command, it says nothing when there is one, installs one when there is none, and explains
itself when it cannot.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

HELP = """\
The tests need Chromium or Chrome, and none was found or could be installed.
Install one (on Debian: apt install chromium), or name it: CHROMIUM=/path/to/chrome make test"""


def find() -> Path | None:
    """Return the first browser that runs.

    In this order: the one named by the variable CHROMIUM, an installed one, Playwright's own.
    """
    return next((path for path in _candidates() if _runs(path)), None)


def install() -> Path | None:
    """Bring a browser: Playwright's own, else the package of a Debian-like system.

    Returns:
        The browser, or None when neither way led to one that runs.
    """
    steps = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if shutil.which("apt-get") and (root := _as_root()) is not None:
        apt = [*root, "apt-get", "--quiet", "--yes"]
        packages = ["chromium", "fonts-liberation"]
        steps.append([[*apt, "update"], [*apt, "install", "--no-install-recommends", *packages]])
    for commands in steps:
        if all(_succeeds(command) for command in commands) and (path := find()):
            return path
    return None


def _candidates() -> Iterator[Path]:
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        if name and (found := shutil.which(name)):
            yield Path(found)

    # Asked last: it starts Playwright's driver.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    if own.exists():
        yield own


def _runs(path: Path) -> bool:
    """Tell whether a browser starts. Some are stubs that only say what to install."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _as_root() -> list[str] | None:
    """Return what to put before a command to run it as root, or None when that can't be done."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds(["sudo", "--non-interactive", "true"]):
        return ["sudo", "--non-interactive"]
    return None


def _succeeds(command: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=900,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> None:
    """Make sure that there is a browser."""
    if find():
        return
    print("No Chromium or Chrome here: installing one for the tests.")
    if not install():
        sys.exit(HELP)


if __name__ == "__main__":
    main()
