"""``claimbase check``: all that is wrong with a base, or with a change to it."""

import sys
from collections import Counter
from pathlib import Path

import click

from claimbase.checks import run
from claimbase.checks.report import FORMATS, fingerprint, render
from claimbase.cli import common
from claimbase.ledger import Ledger
from claimbase.model.diagnostic import Diagnostic, Severity


@click.command()
@common.config
@click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="text",
    help="How to print: for people, for programs, or as annotations on GitHub.",
)
@click.option(
    "--since",
    "branch",
    metavar="BRANCH",
    help="Only what a change is to answer for: faults that are new since the work left BRANCH or "
    "stand on lines that were changed, claims that changed without a word in their history, and "
    "records that are gone without a redirect.",
)
def check(config_file: Path, style: str, branch: str | None) -> None:
    """Check the whole base, or a change to it, and print all that is wrong.

    Exits with 1 if there is an error.
    """
    ledger, found = common.load(config_file)
    root = config_file.parent
    if branch is not None and ledger is not None:
        found = _since(ledger, branch, config_file)
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
    # A branch without a base yet is an empty one: all is new.
    ledger.before, known = common.load_before(config_file, ledger, branch)
    found = [(fingerprint(each, ledger.settings.root), each) for each in run(ledger)]
    # Of several that are alike none can be told to be the new one.
    count = Counter(mark for mark, _ in found)
    return [diagnostic for mark, diagnostic in found if count[mark] > known[mark]]
