"""``claimbase export`` and ``claimbase schema``: files for other programs."""

import json
from pathlib import Path

import click

from claimbase.cli import common
from claimbase.exporting import folder as folders
from claimbase.exporting.data import data_files
from claimbase.exporting.schemas import editor_schemas


@click.command()
@common.config
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(config_file: Path, folder: Path) -> None:
    """Write the data files (JSON, CSV, BibTeX, RIS) to FOLDER, without building the site.

    Nothing is written of a base with errors.
    """
    files = data_files(common.sound_or_stop(config_file))
    count = folders.write(folder, ((name.removeprefix("data/"), text) for name, text in files))
    click.echo(f"{count} files written to {folder}.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="schemas")
def schema(folder: Path) -> None:
    """Write the JSON Schemas of front matter and tables to FOLDER, for editors."""
    texts = (
        (name, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        for name, content in editor_schemas().items()
    )
    click.echo(f"{folders.write(folder, texts)} schemas written to {folder}.")
