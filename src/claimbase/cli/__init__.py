"""The command line. ``claimbase --help`` lists the commands; each has help of its own."""

import click

from claimbase import __version__
from claimbase.cli.changes import changes
from claimbase.cli.check import check
from claimbase.cli.common import load
from claimbase.cli.contribute import cite, new
from claimbase.cli.explain import explain
from claimbase.cli.export import export, schema
from claimbase.cli.pages import finish, pages
from claimbase.cli.watch import watch

__all__ = ["load", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__)
def main() -> None:
    """Read, check, extend and watch a base of claims."""


for _command in (changes, check, cite, explain, export, finish, new, pages, schema, watch):
    main.add_command(_command)
