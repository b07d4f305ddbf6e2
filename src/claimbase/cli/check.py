"""``claimbase check``: all that is wrong with a base, or with a change to it."""

import sys
import tempfile
from pathlib import Path

import click

from claimbase.checks import run
from claimbase.checks.report import FORMATS, render
from claimbase.cli import common
from claimbase.ledger import Ledger
from claimbase.model.diagnostic import Diagnostic, Severity
from claimbase.reading import revision


@click.command()
@common.config
@click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print: for people, for programs, or as annotations on GitHub.",
)
@click.option(
    "--since",
    "branch",
    metavar="BRANCH",
    help="Only what a change is to answer for: faults in files that differ from BRANCH, faults "
    "elsewhere that BRANCH does not have, claims that changed without a word in their history, "
    "and records that are gone without a redirect.",
)
def check(config_file: Path, style: str, branch: str | None) -> None:
    """Check the whole base, or a change to it, and print all that is wrong.

    Exits with 1 if there is an error.
    """
    ledger, found = common.load(config_file)
    root = config_file.resolve().parent
    if branch is not None and ledger is not None:
        try:
            found = _since(ledger, branch, config_file)
        except revision.GitError as error:
            raise click.ClickException(f"cannot compare with {branch}: {error}") from None
    printed = render(found, style, root)
    if printed:
        click.echo(printed)
    if style == "text" and ledger is not None:
        click.echo(
            f"{len(ledger.claims)} claims, {len(ledger.sources)} sources, "
            f"{len(ledger.studies)} studies, {len(ledger.caveats)} caveats, "
            f"{len(ledger.base.pages)} pages read."
        )
    if any(diagnostic.severity is Severity.ERROR for diagnostic in found):
        sys.exit(1)


def _since(ledger: Ledger, branch: str, config_file: Path) -> list[Diagnostic]:
    """Return the diagnostics that a change since a branch is to answer for."""
    root = ledger.settings.root
    commit = revision.fork_point(root, branch)
    changed = revision.changed_files(root, commit)
    with tempfile.TemporaryDirectory() as folder:
        revision.lay_out(root, commit, Path(folder))
        # A branch without a base yet is an empty one: all is new.
        ledger.before, known = common.load(Path(folder).resolve() / config_file.name)
    old = {(diagnostic.code, diagnostic.place.file, diagnostic.message) for diagnostic in known}
    return [
        diagnostic
        for diagnostic in run(ledger)
        if diagnostic.place.file in changed
        or (diagnostic.code, diagnostic.place.file, diagnostic.message) not in old
    ]
