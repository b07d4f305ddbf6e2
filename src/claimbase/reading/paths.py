"""Paths that settings name: what keeps one from being used is told before anything opens it."""

import os
import stat
from pathlib import Path
from typing import Literal, TypeAlias

Meant: TypeAlias = Literal["folder", "file"]


def fault_of(path: Path, meant: Meant, *, needed: bool = False, within: Path | None) -> str | None:
    """Return what keeps a path from being used, or None.

    Args:
        path: The path.
        meant: What it is to lead to.
        needed: Whether that has to be there already.
        within: A folder that it must not lead out of.
    """
    if within is not None and not _normal(path).is_relative_to(_normal(within)):
        return "this leads out of the folder of the base"
    folder = meant == "folder"
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return f"there is no such {meant}" if needed else None
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        return f"this cannot be opened: {getattr(error, 'strerror', error)}"
    if not (stat.S_ISDIR if folder else stat.S_ISREG)(mode):
        return f"this is not a {meant}"
    if not os.access(path, os.R_OK | (os.X_OK if folder else 0)):
        return "you may not read this"
    return None


def leads_out(root: Path, path: Path) -> bool:
    """Whether a file is a link to one outside the base, which nobody would look for in its pages.

    Args:
        root: The base's root.
        path: The file. A link to one in its own folder or below is right wherever that lies.
    """
    if not path.is_symlink():
        return False
    target = path.resolve()
    return not any(target.is_relative_to(place.resolve()) for place in (root, path.parent))


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path))
