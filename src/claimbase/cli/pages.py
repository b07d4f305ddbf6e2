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
from claimbase.exporting.docs import all_pages, docs_files
from claimbase.exporting.finish import Finish, outline, with_edit_link
from claimbase.model.diagnostic import Severity
from claimbase.pages.links import address
from claimbase.pages.records import GeneratedPage
from claimbase.pages.render import Renderer, StyleError


@click.command()
@common.config
@click.option("--replace", is_flag=True, help="Replace what FOLDER holds.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def pages(config_file: Path, folder: Path, *, replace: bool) -> None:
    """Write every page whole to FOLDER, for a builder that runs no MkDocs plugins.

    It holds the pages with what the ledger adds, and all other files of the docs folder. The
    builder needs the Markdown extension "claimbase". Nothing is written of a base with errors.
    """
    renderer = _renderer(config_file)
    settings = renderer.ledger.settings
    target = Path(os.path.realpath(folder))
    if any(
        target == kept or target in kept.parents or kept in target.parents
        for kept in (settings.docs, settings.references)
    ):
        raise click.ClickException(f"{folder} holds what the base is read from: name another.")
    if target.exists() and any(target.iterdir()) and not replace:
        raise click.ClickException(f"{folder} is not empty: say --replace, or name another.")
    new = _beside(target)
    try:
        shutil.rmtree(new, ignore_errors=True)
        count = _write(new, docs_files(renderer, _manual(renderer)))
        _put(new, target)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}.") from None
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
    new = _beside(target)
    shutil.rmtree(new, ignore_errors=True)
    try:
        shutil.copytree(target, new)
        _finish(renderer, new)
        _put(new, target)
    except RuntimeError as error:
        raise click.ClickException(f"{site}: {error}") from None
    except OSError as error:
        raise click.ClickException(f"{site} cannot be written: {error.strerror}.") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    click.echo(f"{site} is finished.")


def _finish(renderer: Renderer, site: Path) -> None:
    """Finish the pages of a site in their place.

    Raises:
        RuntimeError: A page is not there, or the site is finished already.
    """
    settings = renderer.ledger.settings
    finishing = Finish(renderer)
    files = {
        site / _file(address(path, directories=settings.directory_urls)): (path, generated)
        for path, generated in all_pages(renderer, _manual(renderer)).items()
    }
    missing = [path for file, (path, _) in files.items() if not file.is_file()]
    if missing:
        raise RuntimeError(f"{len(missing)} pages are not built, {missing[0]} for one")
    for file in sorted(site.rglob("*.html")):
        page = file.read_text(encoding="utf-8")
        if "Content-Security-Policy" in page.partition("</head>")[0]:
            raise RuntimeError("it is finished already: build it again first")
        if file in files:
            path, generated = files[file]
            title, sentence, headings = outline(page, settings)
            page = finishing.page(path, page, title=title, sentence=sentence, headings=headings)
            page = with_edit_link(generated, settings, page) if generated else page
        else:
            page = finishing.lock(page)
        file.write_text(page, encoding="utf-8", newline="\n")
    finishing.site(site)


def _file(url: str) -> str:
    return f"{url}index.html" if not url or url.endswith("/") else url


def _renderer(config_file: Path) -> Renderer:
    """Return what draws the records of a base, or stop with what is wrong with it."""
    ledger, found = common.load_or_stop(config_file)
    errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
    if errors:
        click.echo(render(errors, "text", ledger.settings.root), err=True)
        sys.exit(1)
    try:
        return Renderer.of(ledger)
    except StyleError as error:
        click.echo(render([error.fault], "text", ledger.settings.root), err=True)
        sys.exit(1)


def _manual(renderer: Renderer) -> Iterable[GeneratedPage]:
    return whole_manual() if renderer.ledger.settings.options.manual else ()


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.new")


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files below a folder, and return how many there are."""
    count = 0
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    return count


def _put(new: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    new.replace(target)
