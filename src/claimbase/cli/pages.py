"""``claimbase pages``: the pages for another builder than MkDocs."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from claimbase.checks.report import render
from claimbase.citing.csl import format_references
from claimbase.cli import common
from claimbase.cli.reference import whole_manual
from claimbase.exporting.docs import docs_files
from claimbase.model.diagnostic import Severity
from claimbase.pages.render import Renderer


@click.command()
@common.config
@click.option("--replace", is_flag=True, help="Replace what FOLDER holds.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def pages(config_file: Path, folder: Path, *, replace: bool) -> None:
    """Write every page whole to FOLDER, for a builder that runs no MkDocs plugins.

    It holds the pages with what the ledger adds, and all other files of the docs folder. The
    builder needs the Markdown extension "claimbase". Nothing is written of a base with errors.
    """
    ledger, found = common.load_or_stop(config_file)
    errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
    if errors:
        click.echo(render(errors, "text", ledger.settings.root), err=True)
        sys.exit(1)
    target = folder.resolve()
    settings = ledger.settings
    if any(
        target == kept or target in kept.parents or kept in target.parents
        for kept in (settings.docs, settings.references)
    ):
        raise click.ClickException(f"{folder} holds what the base is read from: name another.")
    if target.exists() and any(target.iterdir()) and not replace:
        raise click.ClickException(f"{folder} is not empty: say --replace, or name another.")
    items = [source.csl for source in ledger.sources.values()]
    renderer = Renderer(ledger, format_references(items, settings.style, settings.cache))
    manual = whole_manual() if settings.options.manual else ()
    try:
        count = _write(target, docs_files(renderer, manual))
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}.") from None
    click.echo(f"{count} files written to {folder}.")


def _write(target: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files beside a folder and then put them in its place; return how many there are."""
    new = target.with_name(f".{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    count = 0
    for name, content in files:
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    shutil.rmtree(target, ignore_errors=True)
    new.replace(target)
    return count
