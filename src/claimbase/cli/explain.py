"""``claimbase explain``: what a check means, and why a claim or a source stands as it does."""

from pathlib import Path

import click

from claimbase.checks import RULES
from claimbase.checks.rule import Rule
from claimbase.cli import common
from claimbase.ledger import Ledger, Standing
from claimbase.reading.validate import did_you_mean


@click.command()
@common.config
@click.argument("name")
def explain(config_file: Path, name: str) -> None:
    """Say what a check's code means, or why a claim stands as it does and what falls with a source.

    NAME is a check's code or name, the id of a claim, a study or a caveat, or a source's key.
    """
    rule = next((r for r in RULES.values() if name.casefold() in (r.code.casefold(), r.name)), None)
    if rule is not None:
        click.echo(_about_rule(rule))
        return
    ledger, _ = common.load_or_stop(config_file)
    if name in ledger.claims:
        click.echo(_about_claim(ledger, name))
    elif name in ledger.sources:
        click.echo(_about_source(ledger, name))
    elif name in ledger.studies:
        study = ledger.studies[name]
        click.echo(f"{study.record.name}: {study.record.title}\nin {study.file}")
        click.echo(_claims(ledger, "rest on it", ledger.claims_of_study(name)))
    elif name in ledger.caveats:
        caveat = ledger.caveats[name]
        click.echo(f"{caveat.record.says}\nin {caveat.file}")
        carrying = [claim.id for claim in ledger.claims_with_caveat(name)]
        click.echo(_claims(ledger, "carry it", carrying))
    elif name in ledger.base.broken:
        raise click.ClickException(f'"{name}" cannot be read; claimbase check says why')
    else:
        checks = (each for rule in RULES.values() for each in (rule.code, rule.name))
        known = [*checks, *ledger.claims, *ledger.sources, *ledger.studies, *ledger.caveats]
        remedy = did_you_mean(name, known, "give a check's code, a record's id or a source's key")
        raise click.ClickException(f'there is no check, record or source "{name}"; {remedy}')


def _claims(ledger: Ledger, what: str, names: list[str]) -> str:
    lines = [f"  {name}: {ledger.claims[name].record.headline}" for name in names]
    return "\n".join([f"claims that {what}: {len(names)}", *lines])


def _about_rule(rule: Rule) -> str:
    return f"{rule.code} {rule.name} ({rule.severity.value})\n\n{rule.documentation}"


def _about_claim(ledger: Ledger, claim_id: str) -> str:
    filed = ledger.claims[claim_id]
    claim = filed.record
    lines = [
        claim.headline,
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
