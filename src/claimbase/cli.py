"""The command line: ``claimbase check``, ``claimbase explain``, ``claimbase schema``."""

import json
import sys
from pathlib import Path

import click

from claimbase import __version__
from claimbase.base import read_base
from claimbase.checks import RULES, run
from claimbase.checks.report import FORMATS, render
from claimbase.checks.rule import Rule
from claimbase.exporting.schemas import editor_schemas
from claimbase.ledger import Ledger, Standing, link
from claimbase.model.diagnostic import Diagnostic, Severity
from claimbase.reading.problems import Problems
from claimbase.reading.validate import did_you_mean
from claimbase.settings import load_settings

_CONFIG = click.option(
    "--config",
    "-f",
    "config_file",
    default="mkdocs.yml",
    type=click.Path(path_type=Path),
    help="The site's configuration; its folder is the base.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Read, check and explain a base of claims."""


def load(config_file: Path) -> tuple[Ledger | None, list[Diagnostic]]:
    """Return the ledger of a base and all that is wrong with it; no ledger without settings."""
    problems = Problems()
    settings = load_settings(config_file.resolve(), problems)
    if settings is None:
        return None, list(problems)
    ledger = link(read_base(settings, problems))
    return ledger, run(ledger)


@main.command()
@_CONFIG
@click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print: for people, for programs, or as annotations on GitHub.",
)
def check(config_file: Path, style: str) -> None:
    """Check the whole base and print all that is wrong with it.

    Exits with 1 if there is an error.
    """
    ledger, found = load(config_file)
    root = config_file.resolve().parent
    printed = render(found, style, root)
    if printed:
        click.echo(printed)
    if style == "text" and ledger is not None:
        click.echo(
            f"{len(ledger.claims)} claims, {len(ledger.sources)} sources, "
            f"{len(ledger.studies)} studies, {len(ledger.caveats)} caveats, "
            f"{len(ledger.base.pages)} pages read."
        )
    if any(diagnostic.severity is Severity.ERROR for diagnostic in found):
        sys.exit(1)


@main.command()
@_CONFIG
@click.argument("name")
def explain(config_file: Path, name: str) -> None:
    """Say what a check's code means, or why a claim or a source stands as it does."""
    rule = next((r for r in RULES.values() if name.casefold() in (r.code.casefold(), r.name)), None)
    if rule is not None:
        click.echo(_about_rule(rule))
        return
    ledger, found = load(config_file)
    if ledger is None:
        raise click.ClickException(render(found, "text", config_file.resolve().parent))
    if name in ledger.claims:
        click.echo(_about_claim(ledger, name))
    elif name in ledger.sources:
        click.echo(_about_source(ledger, name))
    else:
        known = [*RULES, *(r.name for r in RULES.values()), *ledger.claims, *ledger.sources]
        remedy = did_you_mean(name, known, "give a check's code, a claim's id or a source's key")
        raise click.ClickException(f'there is no check, claim or source "{name}"; {remedy}')


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="schemas")
def schema(folder: Path) -> None:
    """Write the JSON Schemas of front matter and tables to FOLDER, for editors."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in editor_schemas().items():
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"{len(editor_schemas())} schemas written to {folder}.")


def _about_rule(rule: Rule) -> str:
    return f"{rule.code} {rule.name} ({rule.severity.value})\n\n{rule.documentation}"


def _about_claim(ledger: Ledger, claim_id: str) -> str:
    filed = ledger.claims[claim_id]
    claim = filed.record
    lines = [
        claim.claim,
        f"in {filed.file}",
        f"standing: {ledger.standing(claim_id).name.lower()}",
        f"rests on: {ledger.independence(claim)}",
    ]
    for evidence in claim.evidence:
        source = ledger.sources.get(evidence.source)
        state = f" [{source.state.value}]" if source else " [unknown]"
        lines.append(f"  {evidence.relation.value}: {evidence.source}{state}")
    lines += [
        f"  falls if {key} falls"
        for key in ledger.supporting_sources(claim)
        if ledger.standing(claim_id, frozenset({key})) is Standing.FALLEN
    ]
    return "\n".join(lines)


def _about_source(ledger: Ledger, key: str) -> str:
    source = ledger.sources[key]
    fallen, weakened = ledger.falls_with(key)
    lines = [f"{key}: {source.csl.get('title', '')}", f"status: {source.state.value}"]
    lines += [
        f"  {dependant.claim.id}: {dependant.link.relation.value}"
        for dependant in ledger.dependants(key)
    ]
    lines.append(f"if it falls, these fall: {', '.join(fallen) or 'none'}")
    lines.append(f"if it falls, these are weakened: {', '.join(weakened) or 'none'}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
