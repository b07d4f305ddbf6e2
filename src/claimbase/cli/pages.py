"""``claimbase pages`` and ``claimbase finish``: the site by another builder than MkDocs."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from claimbase.checks.report import render
from claimbase.cli import common
from claimbase.cli.reference import whole_manual
from claimbase.exporting.docs import docs_files, in_the_way, made_files
from claimbase.exporting.finish import built_pages, finish_site
from claimbase.exporting.folder import beside, put, write
from claimbase.pages.records import GeneratedPage
from claimbase.pages.render import Renderer, StyleError
from claimbase.settings import Settings


@click.command()
@common.config
@click.option("--replace", is_flag=True, help="Replace what FOLDER holds, except hidden files.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def pages(config_file: Path, folder: Path, *, replace: bool) -> None:
    """Write every page whole to FOLDER, for a builder that runs no MkDocs plugins.

    It holds the pages with what the ledger adds, and all other files of the docs folder. The
    builder needs the Markdown extension "claimbase". Nothing is written of a base with errors.
    """
    renderer = _renderer(config_file)
    settings = renderer.ledger.settings
    for name in renderer.ledger.base.pages:
        if not name.endswith(".md"):
            raise click.ClickException(f"{name}: other builders see no page in it: name it .md.")
    for path, _ in made_files(renderer.ledger):
        if wrong := in_the_way(renderer.ledger, path):
            raise click.ClickException(wrong)
    target = Path(os.path.realpath(folder))
    _guard(folder, target, settings)
    new = beside(target, "new")
    try:
        if target.exists() and any(target.iterdir()) and not replace:
            raise click.ClickException(f"{folder} is not empty: say --replace, or name another.")
        count = write(new, docs_files(renderer, _manual(renderer)))
        put(new, target)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {_why(error)}.") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    click.echo(f"{count} files written to {folder}.")


@click.command()
@common.config
@click.argument("site", type=click.Path(path_type=Path, file_okay=False, exists=True))
def finish(config_file: Path, site: Path) -> None:
    """Add to a site built from such pages what the plugin adds with MkDocs.

    That is the search, the notes for paper, data for machines, edit links and the security policy.
    The site stays as it is if anything goes wrong.
    """
    renderer = _renderer(config_file)
    target = Path(os.path.realpath(site))
    new = beside(target, "new")
    try:
        built = built_pages(renderer, target, _manual(renderer))
        shutil.copytree(target, new)
        finish_site(renderer, new, built)
        put(new, target)
    except RuntimeError as error:
        raise click.ClickException(f"{site}: {error}") from None
    except OSError as error:
        raise click.ClickException(f"{site} cannot be written: {_why(error)}.") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    click.echo(f"{site} is finished.")


def _renderer(config_file: Path) -> Renderer:
    """Return what draws the records of a base, or stop with what is wrong with it."""
    ledger = common.sound_or_stop(config_file)
    try:
        return Renderer.of(ledger)
    except StyleError as error:
        click.echo(render([error.fault], "text", ledger.settings.root), err=True)
        sys.exit(1)


def _manual(renderer: Renderer) -> Iterable[GeneratedPage]:
    return whole_manual() if renderer.ledger.settings.options.manual else ()


def _guard(folder: Path, target: Path, settings: Settings) -> None:
    """Stop before anything is lost that no builder could make again.

    Raises:
        ClickException: The folder holds the base or its history, or lies in them.
    """
    root = settings.root
    base = (settings.docs, settings.references, settings.config_file, root / ".git")
    for kept in (Path(os.path.realpath(path)) for path in base):
        if target == kept or target in kept.parents or kept in target.parents:
            raise click.ClickException(f"{folder} holds what the base is read from: name another.")
    home = Path.home().resolve()
    if target == home or target in home.parents:
        raise click.ClickException(f"{folder} holds your home folder: name another.")


def _why(error: OSError) -> str:
    # Copying a folder gives one error for all its files.
    return error.strerror or str(error)
