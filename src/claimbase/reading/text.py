"""Text files as they come: any bytes in, text or a diagnostic out."""

import re
import stat
from pathlib import Path

from claimbase.model.diagnostic import Place
from claimbase.reading.paths import leads_out
from claimbase.reading.problems import UNREADABLE, Problems

MAX_BYTES = 50_000_000

CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
"""Characters that no text holds. Some are marks of ours and of Python-Markdown while we work."""


OUTSIDE = "this is a link to a file outside the base", "put the file itself in its place"
"""What is wrong with a link that leads out, and what to do."""


def read_text(root: Path, path: Path, problems: Problems) -> str | None:
    """Return the file's text without BOM and with plain line ends, or None if it has none.

    Args:
        root: The base's root; diagnostics name files relative to it.
        path: The file.
        problems: Where an unreadable file is reported.
    """
    name = name_of(root, path)
    place = place_of_file(root, path)
    if place.file != name:
        problems.add(UNREADABLE, place, "the file's name is not UTF-8 text", "give it another name")
        return None
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            problems.add(
                UNREADABLE,
                place,
                "this is not a file",  # a pipe, or a link to a device, might never end
                "take it away, or put a file in its place",
            )
            return None
        if leads_out(root, path):
            problems.add(UNREADABLE, place, *OUTSIDE)
            return None
        if found.st_size > MAX_BYTES:
            problems.add(
                UNREADABLE,
                place,
                f"the file is larger than {MAX_BYTES // 1_000_000} MB",
                "split it, or check that it is the file you meant",
            )
            return None
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        problems.add(
            UNREADABLE,
            place,
            f"the file cannot be read: {getattr(error, 'strerror', error)}",
            "check that it exists and that you may read it",
        )
        return None
    return decode(name, data, problems)


def decode(name: str, data: bytes, problems: Problems) -> str | None:
    """Return bytes as text; report bytes that are not UTF-8 text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(
            UNREADABLE,
            Place(name, line),
            f"the file is not UTF-8 text (byte {error.start + 1} is 0x{data[error.start]:02x})",
            "save it as UTF-8",
        )
        return None
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        problems.add(
            UNREADABLE,
            Place(name, line),
            f"the file holds {control(found[0])}, so it is not text",
            "take the character out, or check that it is the file you meant",
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def control(character: str) -> str:
    """Return a control character's name."""
    return (
        "a NUL character" if character == "\0" else f"the control character {ord(character):#04x}"
    )


def name_of(root: Path, path: Path) -> str:
    """Return a file's name relative to the root, with forward slashes."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def place_of_file(root: Path, path: Path) -> Place:
    """Return the place of a file as a whole; what is no text in its name is shown as "?"."""
    return Place(name_of(root, path).encode("utf-8", "replace").decode("utf-8"))
