"""``claimbase watch``: what has become of the sources and the trials."""

import datetime as dt
import sys
from pathlib import Path

import click

from claimbase.base import Base
from claimbase.cli import common
from claimbase.exporting.folder import replace
from claimbase.watching.memory import Memory
from claimbase.watching.report import render
from claimbase.watching.rows import NotWrittenError, write_changes
from claimbase.watching.watch import Findings, ask, compare, questions


@click.command()
@common.config
@common.asking
@click.argument("keys", nargs=-1)
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(0, 36_500),
    help="Ask only about sources that were not looked up in the last DAYS days.",
    metavar="DAYS",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PATH",
    help="Write the report to this file.",
)
@click.option("--dry-run", is_flag=True, help="Report, and leave the appraisals as they are.")
def watch(
    config_file: Path,
    keys: tuple[str, ...],
    days: int | None,
    report: Path | None,
    dry_run: bool,
    contact: str | None,
    timeout: float,
    pause: float | None,
    **addresses: str,
) -> None:
    """Ask what has become of the sources and the trials since they were looked up.

    Every DOI is asked about at Crossref (Retraction Watch's records included), every PubMed number
    at PubMed, every NCT number at ClinicalTrials.gov. Changes and the day are written to
    appraisals.yml, and only where an answer leaves no doubt; the rest is in the report, with the
    claims that each change touches. With KEYS, only these sources are looked at.

    A run that is cut off goes on where it stopped, if it is started again on the same day. Exits
    with 1 if nothing was answered at all.
    """
    ledger, _ = common.load_or_stop(config_file)
    if unknown := sorted(set(keys) - set(ledger.sources)):
        raise click.UsageError(f"there is no source {', '.join(unknown)}")
    day = common.clock_day()
    before = None if days is None else day - dt.timedelta(days=days)
    asked = questions(ledger, keys, before)
    settings = ledger.settings
    services = common.services(settings, contact, **addresses)
    if not services.contact:
        click.echo('No contact is set (option "contact" of claimbase in mkdocs.yml).', err=True)
    memory = Memory(settings.cache / "watch.json")
    with (
        common.client(settings, services.contact, timeout, pause) as client,
        click.progressbar(length=len(asked), label="Asking", file=sys.stderr) as bar,
    ):
        answers = ask(asked, client, services, memory=memory, day=day, told=bar.update)
    findings = compare(ledger, answers, day, keys)
    if not dry_run:
        _write(ledger.base, findings)
    text = render(ledger, findings, day)
    if report is None:
        click.echo(text, nl=False)
    else:
        replace(report, text)
        click.echo(text.split("\n\n")[1])
    if asked and all(isinstance(answer, str) for answer in answers.values()):
        raise click.ClickException("Nothing was answered. Is there a connection?")


def _write(base: Base, findings: Findings) -> None:
    if not findings.rows:
        return
    try:
        write_changes(base.settings.references / "appraisals.yml", findings.rows)
    except NotWrittenError as error:
        raise click.ClickException(str(error)) from None
