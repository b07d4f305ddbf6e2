"""What several commands share."""

import datetime as dt
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from claimbase import __version__
from claimbase.base import read_base
from claimbase.checks import run
from claimbase.checks.report import Fingerprint, fingerprint, render
from claimbase.ledger import Ledger, link
from claimbase.model.diagnostic import Diagnostic, Severity
from claimbase.reading import revision
from claimbase.reading.problems import Problems
from claimbase.settings import Settings, load_settings
from claimbase.watching import crossref, pubmed, trials
from claimbase.watching.asking import Client
from claimbase.watching.watch import Services

F = TypeVar("F", bound=Callable[..., Any])


def _nearest(context: click.Context, option: click.Parameter, given: Path) -> Path:
    """Return the configuration that is meant where none is named: here, or in a folder above."""
    if context.get_parameter_source(str(option.name)) is ParameterSource.DEFAULT:
        folders = (given.parent, *given.parent.parents)
        return next(
            (folder / given.name for folder in folders if (folder / given.name).is_file()), given
        )
    return given


config = click.option(
    "--config",
    "-f",
    "config_file",
    default="mkdocs.yml",
    type=click.Path(path_type=Path, resolve_path=True),
    callback=_nearest,
    help="The site's configuration, here or in a folder above; its folder is the base.",
)


def load(config_file: Path) -> tuple[Ledger | None, list[Diagnostic]]:
    """Return the ledger of a base and all that is wrong with it; no ledger without settings."""
    problems = Problems()
    # Unlike Path.resolve, this bears a link that leads to itself.
    settings = load_settings(Path(os.path.realpath(config_file)), problems)
    if settings is None:
        return None, list(problems)
    ledger = link(read_base(settings, problems))
    return ledger, run(ledger)


def load_before(
    config_file: Path, ledger: Ledger, branch: str
) -> tuple[Ledger | None, Counter[Fingerprint]]:
    """Return a base as it was where the work on it left a branch, and what was wrong with it then.

    A branch without a base yet has no ledger.

    Raises:
        ClickException: There is no such branch, or no repository.
    """
    root = ledger.settings.root
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        try:
            revision.lay_out(root, revision.fork_point(root, branch), folder)
        except revision.GitError as error:
            raise click.ClickException(f"cannot compare with {branch}: {error}") from None
        before, found = load(folder / config_file.name)
        return before, Counter(fingerprint(diagnostic, folder) for diagnostic in found)


def load_or_stop(config_file: Path) -> tuple[Ledger, list[Diagnostic]]:
    """Return the ledger of a base, as `load` does; without settings, say why and exit."""
    ledger, found = load(config_file)
    if ledger is None:
        click.echo(render(found, "text", config_file.parent), err=True)
        sys.exit(1)
    return ledger, found


def sound_or_stop(config_file: Path) -> Ledger:
    """Return the ledger of a base without errors; else print them and exit."""
    ledger, found = load_or_stop(config_file)
    errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
    if errors:
        click.echo(render(errors, "text", ledger.settings.root), err=True)
        sys.exit(1)
    return ledger


def clock_day() -> dt.date:
    """Return the day it is (UTC), whatever day a build is dated: what is done is done today."""
    return dt.datetime.now(tz=dt.UTC).date()


def asking(command: F) -> F:
    """Add the options of commands that ask the services."""
    for option in (
        click.option(
            "--contact",
            envvar="CLAIMBASE_CONTACT",
            show_envvar=True,
            help="Where the services can write to, in place of the one that the settings name.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(0, 3600, min_open=True),
            default=20.0,
            envvar="CLAIMBASE_TIMEOUT",
            show_envvar=True,
            help="Seconds without a byte after which a connection is given up.",
        ),
        click.option(
            "--pause",
            type=click.FloatRange(0, 3600),
            envvar="CLAIMBASE_PAUSE",
            show_envvar=True,
            help="Seconds between two questions to one service, in place of its own pace.",
        ),
        click.option(
            "--crossref",
            default=crossref.ADDRESS,
            envvar="CLAIMBASE_CROSSREF",
            show_envvar=True,
            help="Where Crossref's REST API is.",
        ),
        click.option(
            "--pubmed",
            default=pubmed.ADDRESS,
            envvar="CLAIMBASE_PUBMED",
            show_envvar=True,
            help="Where PubMed's E-utilities are.",
        ),
        click.option(
            "--trials",
            default=trials.ADDRESS,
            envvar="CLAIMBASE_TRIALS",
            show_envvar=True,
            help="Where version 2 of ClinicalTrials.gov's API is.",
        ),
    ):
        command = option(command)
    return command


def services(settings: Settings, contact: str | None, **addresses: str) -> Services:
    """Return the services at their addresses, with who asks them."""
    return Services(
        **{name: address.rstrip("/") for name, address in addresses.items()},
        contact=contact or settings.options.contact or "",
    )


def client(settings: Settings, contact: str, timeout: float, pause: float | None) -> Client:
    """Return a client that says who asks: the engine, the site and a contact."""
    about = [settings.site_url, f"mailto:{contact}" if "@" in contact else contact]
    shown = "; ".join(part for part in about if part)
    return Client(
        f"claimbase/{__version__}" + (f" ({shown})" if shown else ""), timeout=timeout, pause=pause
    )
