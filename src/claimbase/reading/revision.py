"""What git knows of a base: how it was where the work on it left a branch."""

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

# What it means that git says nothing: of the commands here, only merge-base does so.
_NOTHING_IN_COMMON = "they have no commit in common (in a shallow clone, git fetch --unshallow)"


class GitError(Exception):
    """Git could not tell."""


def fork_point(root: Path, branch: str) -> str:
    """Return the commit at which the work in a folder left a branch.

    Raises:
        GitError: The folder is in no repository, or there is no such branch.
    """
    return _git(root, "merge-base", "--end-of-options", branch, "HEAD").decode().strip()


def lay_out(root: Path, commit: str, target: Path) -> None:
    """Write a folder's files as they were at a commit into another folder.

    Links that lead out of it are left out.
    """
    if not _git(root, "ls-tree", "--name-only", commit):
        return
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", commit))) as archive:
        archive.extractall(target, filter=_inside)  # noqa: S202  (it is filtered)


def _inside(member: tarfile.TarInfo, target: str) -> tarfile.TarInfo | None:
    try:
        return tarfile.data_filter(member, target)
    except tarfile.FilterError:
        return None


def _git(root: Path, *arguments: str) -> bytes:
    program = shutil.which("git")
    if program is None:
        raise GitError("git was not found")
    done = subprocess.run([program, "-C", root, *arguments], capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise GitError(said or _NOTHING_IN_COMMON)
    return done.stdout
