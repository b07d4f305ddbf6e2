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
@click.option(
    "--limit",
    type=click.IntRange(min=1000),
    metavar="BYTES",
    help="Stop before this many, and say what is left out. GitHub shows 1 MiB.",
)
def changes(config_file: Path, branch: str, limit: int | None) -> None:
    """Say what changed since the work left a branch, as Markdown.

    Claims added, gone, reworded or rated anew, with the reasons that their history gives; sources
    whose status changed, with each claim that this touches; studies and caveats; pages that came,
    went, moved or lean on other claims; rows of tables; settings.
    """
    ledger, _ = common.load_or_stop(config_file)
    before, _ = common.load_before(config_file, ledger, branch)
    if before is None:
        click.echo("There was no base before that can be read: all of it is new.")
    else:
        text = exporting.changes(before, ledger)
        if limit is not None:
            text = exporting.shortened(text, limit, f"claimbase changes --since {branch}")
        click.echo(text, nl=False)
