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
from claimbase.exporting.docs import all_pages, docs_files, in_the_way, made_files
from claimbase.exporting.finish import Finish, outline, with_edit_link
from claimbase.exporting.folder import beside, put
from claimbase.exporting.policy import is_locked
from claimbase.model.diagnostic import Severity
from claimbase.pages.links import address
from claimbase.pages.records import GeneratedPage
from claimbase.pages.render import Renderer, StyleError
from claimbase.settings import Settings

_Pages = dict[str, tuple[str, GeneratedPage | None]]


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
        count = _write(new, docs_files(renderer, _manual(renderer)))
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
    built = _built(renderer, site)
    new = beside(target, "new")
    try:
        shutil.copytree(target, new)
        _finish(renderer, new, built)
        put(new, target)
    except RuntimeError as error:
        raise click.ClickException(f"{site}: {error}") from None
    except OSError as error:
        raise click.ClickException(f"{site} cannot be written: {_why(error)}.") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    click.echo(f"{site} is finished.")


def _built(renderer: Renderer, site: Path) -> _Pages:
    """Return the pages of a site by their files in it.

    Raises:
        ClickException: A page is not there, and the configuration leaves none out.
    """
    settings = renderer.ledger.settings
    pages = {
        _file(address(path, directories=settings.directory_urls)): (path, generated)
        for path, generated in all_pages(renderer, _manual(renderer)).items()
    }
    config = settings.config_tree.data if settings.config_tree else {}
    some_left_out = bool(config.get("exclude_docs") or config.get("draft_docs"))
    missing = [
        path
        for file, (path, generated) in pages.items()
        if not (site / file).is_file() and not (some_left_out and generated is None)
    ]
    if missing:
        raise click.ClickException(
            f"{site}: {len(missing)} pages are not built, {missing[0]} for one"
        )
    return pages


def _finish(renderer: Renderer, site: Path, built: _Pages) -> None:
    """Finish the pages of a site in their place.

    Raises:
        RuntimeError: The site is finished already, or search would not find all that there is.
    """
    settings = renderer.ledger.settings
    finishing = Finish(renderer)
    for file in sorted(site.rglob("*.html")):
        name = file.relative_to(site).as_posix()
        # No builder touches what is HTML already.
        if (settings.docs / name).exists() or not file.is_file():
            continue
        page = file.read_text(encoding="utf-8")
        if is_locked(page):
            raise RuntimeError("it is finished already: build it again first")
        if name in built:
            path, generated = built[name]
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


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files below a folder, and return how many there are."""
    count = 0
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    return count
