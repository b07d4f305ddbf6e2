"""``claimbase changes``: what a change does to the claims, for those who review it."""

from pathlib import Path

import click

from claimbase.cli import common
from claimbase.exporting import changes as exporting


@click.command()
@common.config
@click.option(
    "--since",
    "branch",
    metavar="BRANCH",
    default="main",
    help="The branch that the work left.",
)
def changes(config_file: Path, branch: str) -> None:
    """Say what changed in the claims since the work left a branch, as Markdown.

    Claims added, gone, reworded or rated anew, with the reasons that their history gives; sources
    whose status changed, with each claim that this touches; studies and caveats.
    """
    ledger, _ = common.load_or_stop(config_file)
    before, _ = common.load_before(config_file, ledger, branch)
    if before is None:
        click.echo("There was no base before that can be read: all of it is new.")
    else:
        click.echo(exporting.changes(before, ledger), nl=False)
