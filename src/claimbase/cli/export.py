"""``claimbase export`` and ``claimbase schema``: files for other programs."""

import json
import sys
from pathlib import Path

import click

from claimbase.checks.report import render
from claimbase.cli import common
from claimbase.exporting.data import data_files
from claimbase.exporting.schemas import editor_schemas
from claimbase.model.diagnostic import Severity


@click.command()
@common.config
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(config_file: Path, folder: Path) -> None:
    """Write the data files (JSON, CSV, BibTeX, RIS) to FOLDER, without building the site.

    Nothing is written of a base with errors.
    """
    ledger, found = common.load_or_stop(config_file)
    errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
    if errors:
        click.echo(render(errors, "text", ledger.settings.root), err=True)
        sys.exit(1)
    count = 0
    for name, text in data_files(ledger):
        path = folder / name.removeprefix("data/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        count += 1
    click.echo(f"{count} files written to {folder}.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="schemas")
def schema(folder: Path) -> None:
    """Write the JSON Schemas of front matter and tables to FOLDER, for editors."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in editor_schemas().items():
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"{len(editor_schemas())} schemas written to {folder}.")
