"""The command line. ``claimbase --help`` lists the commands; each has help of its own."""

from typing import Any

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


class _Commands(click.Group):
    """Commands whose trouble with files and folders is told without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # somebody read enough, which click knows how to end
            raise
        except OSError as error:
            file = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{file}{error.strerror or error}") from None


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "show_default": True}
)
@click.version_option(__version__)
def main() -> None:
    """Read, check, extend and watch a base of claims."""


for _command in (changes, check, cite, explain, export, finish, new, pages, schema, watch):
    main.add_command(_command)
