"""Folders and files put in place whole: what goes wrong leaves the old as it was."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path


def beside(final: Path, why: str) -> Path:
    """Return an empty place beside a folder, to put together there what shall replace it.

    It is hidden, and on the same disk. What a run that was cut off has left there is taken away.
    """
    place = final.with_name(f".{final.name}.{why}")
    shutil.rmtree(place, ignore_errors=True)
    return place


def write(folder: Path, files: Iterable[tuple[str, str | bytes]]) -> int:
    """Write files, given with their paths below a folder, and return how many there are."""
    count = 0
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        count += 1
    return count


def put(new: Path, final: Path) -> None:
    """Put a folder in the place of another.

    Like MkDocs, leave hidden files of the other alone: it may be a checkout of its own.
    """
    old = beside(final, "old")
    if not final.exists():
        new.replace(final)
        return
    final.replace(old)
    try:
        new.replace(final)
    except BaseException:
        old.replace(final)
        raise
    for hidden in old.glob(".*"):
        if not (final / hidden.name).exists():
            hidden.replace(final / hidden.name)
    shutil.rmtree(old, ignore_errors=True)


def replace(path: Path, text: str) -> None:
    """Replace a file's text in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
