"""Folders that are read whole: what is in them, and what of it nobody could see."""

import os
from collections.abc import Iterator
from pathlib import Path

from claimbase.reading.problems import UNREADABLE, Problems
from claimbase.reading.text import place_of_file


def below(root: Path, folder: Path, problems: Problems) -> Iterator[Path]:
    """Yield all that is below a folder, and report what hides any of it.

    Folders that may not be read do, and links to others: who reads them might go in circles, or
    find what nobody checked.

    Args:
        root: The base's root; diagnostics name files relative to it.
        folder: The folder. One that is not there holds nothing.
        problems: Where it is reported.
    """

    def report(path: Path, message: str, remedy: str) -> None:
        problems.add(UNREADABLE, place_of_file(root, path), message, remedy)

    def unread(error: OSError) -> None:
        said = f"the folder cannot be read: {error.strerror}"
        report(Path(error.filename), said, "check that you may read it")

    if not folder.is_dir():
        return
    for place, folders, files in os.walk(folder, onerror=unread):
        for path in (Path(place, name) for name in (*folders, *files)):
            if path.is_symlink() and not path.is_file():
                what = "another folder" if path.is_dir() else "what is not there, or no file"
                report(path, f"this is a link to {what}", "put what is meant in its place")
            else:
                yield path
