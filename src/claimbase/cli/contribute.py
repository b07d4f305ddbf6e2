"""``claimbase cite`` and ``claimbase new``: adding to a base."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import click

from claimbase.base import CAVEATS, CLAIMS, STUDIES, is_record
from claimbase.checks.report import as_text
from claimbase.cli import common
from claimbase.contributing import cite as citing
from claimbase.contributing import drafts
from claimbase.contributing.identify import identify
from claimbase.contributing.reference import Reference
from claimbase.ledger import Ledger
from claimbase.model.claim import CLAIM_TYPES, Domain, Level, Relation, Verdict
from claimbase.model.source import Seen, SourceKind, State
from claimbase.model.study import Design, Masking, StudyStatus
from claimbase.watching.rows import yaml_date

_KINDS = click.Choice([kind.value for kind in SourceKind])
_SEEN = click.Choice([seen.value for seen in Seen])
_no_input = click.option(
    "--no-input", is_flag=True, help="Ask nothing; what is missing is left for the checks to name."
)


@click.command()
@common.config
@common.asking
@click.argument("name", metavar="DOI|PMID|NCT|URL")
@click.option("--key", help="The key, in place of one made of author, year and title.")
@click.option("--kind", type=_KINDS, help="What the source is, in place of a guess.")
@click.option(
    "--seen",
    type=_SEEN,
    default=Seen.RECORD.value,
    help="How close to the source you got.",
)
@click.option("--title", help="The title, for a web page that does not tell it.")
@click.option(
    "--bib", type=click.Path(path_type=Path, dir_okay=False), help="The .bib file to write to."
)
def cite(
    config_file: Path,
    name: str,
    key: str | None,
    kind: str | None,
    seen: str,
    title: str | None,
    bib: Path | None,
    contact: str | None,
    timeout: float,
    pause: float | None,
    **addresses: str,
) -> None:
    """Cite a source: fetch its record, write its BibTeX entry and an appraisal to complete.

    A DOI is looked up at Crossref, a PubMed number at PubMed, an NCT number at ClinicalTrials.gov;
    a web page is read for a DOI or for its title. A source that is there already is refused, and a
    retraction is noticed.
    """
    ledger, _ = common.load_or_stop(config_file)
    settings = ledger.settings
    try:
        named = identify(name)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        services = common.services(settings, contact, **addresses)
        with common.client(settings, services.contact, timeout, pause) as client:
            found = citing.look_up(named, ledger, client, services)
    except citing.NotCitedError as error:
        raise click.ClickException(str(error)) from None
    title = title or found.reference.title
    if not title:
        raise click.ClickException("The record has no title; give one with --title.")
    fields = {"title": title, **found.reference.fields} | {"title": title}
    found = replace(found, reference=replace(found.reference, fields=fields))
    guessed = found.reference.kind or SourceKind.ORGANISATION_PAGE
    chosen = SourceKind(kind) if kind else guessed
    _write_source(ledger, found, kind=chosen, seen=seen, key=key, bib=bib)
    if kind is None:
        click.echo(f'To complete: kind (a guess: "{guessed.value}").')
    missing = ["funding", "competing-interests"]
    if seen == Seen.RECORD.value:
        missing.insert(0, 'seen (once you have read more than the record, "abstract" or so)')
    click.echo(f"To complete: {', '.join(missing)}.")


def _write_source(
    ledger: Ledger,
    found: citing.Found,
    *,
    kind: SourceKind,
    seen: str,
    key: str | None,
    bib: Path | None = None,
) -> None:
    try:
        cited = citing.write(
            ledger, found, day=common.clock_day(), kind=kind, seen=seen, key=key, bibliography=bib
        )
    except citing.NotCitedError as error:
        raise click.ClickException(str(error)) from None
    click.echo(cited.entry)
    click.echo(
        f"Written to {cited.bibliography.name} and appraisals.yml: cite it as [@{cited.key}]"
    )
    state = found.outcome.state if found.outcome else State.CURRENT
    if state is not State.CURRENT and found.outcome is not None:
        loud = click.style(f"It is {state.value.upper()}", fg="red", bold=not state.supports)
        click.echo(f"{loud}: {found.outcome.event}", err=True)
        if not state.supports:
            click.echo("No claim may lean on it; it can be named as background.", err=True)
    for remark in found.remarks:
        click.echo(f"Note: {remark}", err=True)
    if not found.asked:
        click.echo("It was not looked up: nothing is known of what became of it.", err=True)


@click.group()
def new() -> None:
    """Draft a new record: a claim, a study, a caveat, a source or a page.

    Each asks for what it needs (all of it can be given as options), writes the file, and says what
    the checks still miss in it.
    """


class _Asker:
    """Asks for what was not given, unless it must not ask."""

    def __init__(self, *, silent: bool) -> None:
        self.silent = silent

    def text(self, given: str | None, question: str, *, needed: bool = True) -> str:
        if given is not None or self.silent:
            return given or ""
        return str(click.prompt(question, default=None if needed else "", show_default=False))

    def choice(self, given: str | None, question: str, values: Iterable[str]) -> str:
        if given is not None or self.silent:
            return given or ""
        return str(click.prompt(question, type=click.Choice(list(values))))

    def several(self, given: tuple[str, ...], question: str, *, needed: bool = False) -> list[str]:
        """Ask for words, parted by spaces or commas."""
        if given or self.silent:
            return list(given)
        answer = self.text(None, f"{question} (several: parted by spaces)", needed=needed)
        return answer.replace(",", " ").split()

    def lines(self, given: tuple[str, ...], question: str) -> list[str]:
        """Ask for texts until an empty one."""
        found = list(given)
        while not given and not self.silent and (answer := self.text(None, question, needed=False)):
            found.append(answer)
        return found


def _base_for(config_file: Path, where: str) -> Ledger:
    """Return the base for a draft; nobody is asked a dozen things for one that cannot be."""
    ledger, _ = common.load_or_stop(config_file)
    try:
        drafts.free(ledger, where)
    except drafts.NotDraftedError as error:
        raise click.ClickException(str(error)) from None
    return ledger


def _write(ledger: Ledger, config_file: Path, draft: drafts.Draft) -> None:
    """Write a draft, and say what the checks find in it."""
    try:
        path = drafts.write(ledger, draft)
    except drafts.NotDraftedError as error:
        raise click.ClickException(str(error)) from None
    root = ledger.settings.root
    file = path.relative_to(root).as_posix()
    click.echo(f"Written: {file}")
    _, found = common.load(config_file)
    mine = [diagnostic for diagnostic in found if diagnostic.place.file == file]
    for diagnostic in mine:
        click.echo("\n" + as_text(diagnostic, root))
    click.echo("\nStill to do: the above." if mine else "The checks find nothing wrong with it.")


def _values(values: Iterable[Any]) -> list[str]:
    return [value.value for value in values]


@new.command("claim")
@common.config
@click.argument("claim_id", metavar="ID")
@click.option("--type", "kind", type=click.Choice(list(CLAIM_TYPES)), help="The type of claim.")
@click.option("--claim", "sentence", help="The sentence that could be wrong.")
@click.option("--topic", "topics", multiple=True, help="A topic it is filed under.")
@click.option("--supported-by", multiple=True, metavar="KEY[, LOCATOR]", help="A source for it.")
@click.option("--disputed-by", multiple=True, metavar="KEY[, LOCATOR]", help="One against it.")
@click.option("--qualified-by", multiple=True, metavar="KEY[, LOCATOR]", help="One that limits it.")
@click.option("--background", multiple=True, metavar="KEY[, LOCATOR]", help="One beside it.")
@click.option("--result", metavar="STUDY/OUTCOME", help="The result that the first source holds.")
@click.option("--caveat", "caveats", multiple=True, help="A caveat that it carries.")
@click.option("--population", help="Of a conclusion: who was studied.")
@click.option("--intervention", help="Of a conclusion: what they were given.")
@click.option("--comparator", help="Of a conclusion: what others were given.")
@click.option("--outcome", help="Of a conclusion: what was measured.")
@click.option(
    "--start",
    type=click.Choice(["high", "low"]),
    help="Of a conclusion: where the rating starts (high for randomised trials).",
)
@click.option(
    "--because",
    multiple=True,
    metavar="'DOMAIN STEPS WHY'",
    help="Of a conclusion: what moved the rating, such as 'imprecision -1 Only 60 people.'",
)
@click.option("--as-of", help="Of a fact: the day, month or year for which it holds.")
@click.option("--verdict", type=click.Choice(_values(Verdict)), help="Of a popular claim.")
@click.option("--fair-wording", help="Of a popular claim: what would be fair to say.")
@click.option("--measured-against", multiple=True, metavar="ID", help="Of a popular claim.")
@click.option("--body", help="The reasoning, as Markdown with citations.")
@_no_input
def new_claim(config_file: Path, claim_id: str, no_input: bool, **given: Any) -> None:
    """Draft a claim under ID, such as balm-sleep."""
    where = f"claims/{claim_id}.md"
    ledger = _base_for(config_file, where)
    asker = _Asker(silent=no_input)
    kind = asker.choice(given["kind"], "Type of claim", CLAIM_TYPES)
    front: dict[str, Any] = {
        "type": kind,
        "claim": asker.text(given["sentence"], "The sentence that could be wrong"),
        "topics": asker.several(given["topics"], _known("Topics", ledger.topics), needed=True),
    }
    part = _PARTS.get(kind)
    front |= part(asker, given) if part else {}
    links: list[dict[str, str]] = []
    for relation in Relation:
        texts = asker.lines(
            given[relation.value.replace("-", "_")],
            f"A source it is {relation.value.replace('-', ' ')}, as KEY, LOCATOR (empty: no more)"
            if relation is not Relation.BACKGROUND
            else "A source beside it (empty: no more)",
        )
        result = given["result"] if relation is Relation.SUPPORTED_BY else None
        if relation is Relation.SUPPORTED_BY and kind == "finding" and texts:
            result = asker.text(result, "The result, as STUDY/OUTCOME (empty: none)", needed=False)
        links += drafts.evidence(relation, texts, result)
    front["evidence"] = links
    front["caveats"] = asker.several(given["caveats"], "Caveats")
    body = asker.text(given["body"], "The reasoning, in a sentence with a citation", needed=False)
    keys = "; ".join(f"@{link['source']}" for link in links[:1])
    front |= drafts.dated(common.clock_day())
    draft = drafts.Draft(where, front, body or (f"See [{keys}]." if keys else ""))
    _write(ledger, config_file, draft)


def _conclusion(asker: _Asker, given: dict[str, Any]) -> dict[str, Any]:
    pico = {
        "population": asker.text(given["population"], "Who was studied"),
        "intervention": asker.text(given["intervention"], "What they were given"),
        "comparator": asker.text(given["comparator"], "What others were given"),
        "outcome": asker.text(given["outcome"], "What was measured"),
    }
    start = asker.choice(given["start"], "Where the rating starts", ["high", "low"])
    question = f"What moved it, as DOMAIN STEPS WHY (empty: no more; {', '.join(_values(Domain))})"
    try:
        reasons = dict(map(drafts.parse_reason, asker.lines(given["because"], question)))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    found: dict[str, Any] = {"pico": {name: value for name, value in pico.items() if value}}
    if start:
        found["certainty"] = drafts.certainty(Level(start), reasons)
        click.echo(f"The certainty comes to: {found['certainty']['level']}")
    return found


def _fact(asker: _Asker, given: dict[str, Any]) -> dict[str, Any]:
    date = asker.text(given["as_of"], "As of (2026, 2026-11 or 2026-11-21)")
    return {"as-of": yaml_date(date) if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", date) else date}


def _popular(asker: _Asker, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "verdict": asker.choice(given["verdict"], "Verdict", _values(Verdict)),
        "fair-wording": asker.text(given["fair_wording"], "What would be fair to say"),
        "measured-against": asker.several(
            given["measured_against"], "Claims it is held against", needed=True
        ),
    }


_PARTS: dict[str, Callable[[_Asker, dict[str, Any]], dict[str, Any]]] = {
    "conclusion": _conclusion,
    "fact": _fact,
    "popular": _popular,
}
"""What a type of claim has beyond the others."""


@new.command("study")
@common.config
@click.argument("study_id", metavar="ID")
@click.option("--name", help="The name it goes by.")
@click.option("--title", help="What it is, in a line.")
@click.option("--design", type=click.Choice(_values(Design)), help="How it was done.")
@click.option("--masking", type=click.Choice(_values(Masking)), help="Who did not know the arm.")
@click.option("--status", type=click.Choice(_values(StudyStatus)), help="Where it stands.")
@click.option("--registration", multiple=True, help="A registry number.")
@click.option("--topic", "topics", multiple=True, help="A topic it is filed under.")
@click.option("--population", help="Who was studied.")
@click.option("--n", type=int, help="How many people.")
@click.option("--sponsor", "sponsors", multiple=True, help="A sponsor's id.")
@click.option("--report", "reports", multiple=True, metavar="KEY", help="A source that reports it.")
@click.option("--body", help="What it was, as Markdown with citations.")
@_no_input
def new_study(config_file: Path, study_id: str, no_input: bool, **given: Any) -> None:
    """Draft a study under ID, such as balm-1. Arms and outcomes are added in the file."""
    where = f"studies/{study_id}.md"
    ledger = _base_for(config_file, where)
    asker = _Asker(silent=no_input)
    name = asker.text(given["name"], "The name it goes by")
    front: dict[str, Any] = {
        "name": name,
        "title": asker.text(given["title"], "What it is, in a line"),
        "design": asker.choice(given["design"], "Design", _values(Design)),
        "masking": asker.choice(given["masking"], "Who did not know the arm", _values(Masking)),
        "status": asker.choice(given["status"], "Status", _values(StudyStatus)),
        "registration": asker.several(given["registration"], "Registry numbers"),
        "topics": asker.several(given["topics"], _known("Topics", ledger.topics), needed=True),
        "population": asker.text(given["population"], "Who was studied"),
        "n": given["n"],
        "sponsors": asker.several(
            given["sponsors"], _known("Sponsors", ledger.sponsors), needed=True
        ),
        "reports": asker.several(given["reports"], "Keys of the sources that report it"),
    }
    cited = "".join(f" [@{key}]" for key in front["reports"][:1])
    body = asker.text(given["body"], "What it was, in a sentence", needed=False)
    front |= drafts.dated(common.clock_day())
    draft = drafts.Draft(where, front, body or f"{front['title']}{cited}.")
    _write(ledger, config_file, draft)


@new.command("caveat")
@common.config
@click.argument("caveat_id", metavar="ID")
@click.option("--name", help="Its name.")
@click.option("--says", help="The sentence that travels with a claim.")
@click.option("--domain", type=click.Choice(_values(Domain)), help="The GRADE domain it is of.")
@click.option("--body", help="Why it matters, as Markdown with citations.")
@_no_input
def new_caveat(config_file: Path, caveat_id: str, no_input: bool, **given: Any) -> None:
    """Draft a caveat under ID, such as small-sample."""
    where = f"caveats/{caveat_id}.md"
    ledger = _base_for(config_file, where)
    asker = _Asker(silent=no_input)
    front: dict[str, Any] = {
        "name": asker.text(given["name"], "Its name"),
        "says": asker.text(given["says"], "The sentence that travels with a claim"),
        "domain": given["domain"],
    }
    body = asker.text(given["body"], "Why it matters, in a sentence", needed=False)
    front |= drafts.dated(common.clock_day())
    _write(ledger, config_file, drafts.Draft(where, front, body))


@new.command("page")
@common.config
@click.argument("path", metavar="PATH")
@click.option("--title", help="Its title.")
@click.option("--description", help="What it is about, in a sentence for search engines.")
@click.option("--topic", "topics", multiple=True, help="A topic it is about.")
@click.option("--body", help="Its text, as Markdown with claim links and citations.")
@_no_input
def new_page(config_file: Path, path: str, no_input: bool, **given: Any) -> None:
    """Draft a page at PATH below the folder of pages, such as evidence/sleep.md."""
    path = path.removesuffix(".md") + ".md"
    folder, _, name = path.removesuffix(".md").partition("/")
    if is_record(PurePosixPath(path)):
        kind = {CLAIMS: "claim", STUDIES: "study", CAVEATS: "caveat"}[folder]
        raise click.UsageError(f"{folder}/ holds records: claimbase new {kind} {name} drafts one")
    ledger = _base_for(config_file, path)
    asker = _Asker(silent=no_input)
    title = asker.text(given["title"], "Title")
    day = common.clock_day()
    front: dict[str, Any] = {
        "title": title,
        "description": asker.text(given["description"], "What it is about, in a sentence"),
        "topics": asker.several(given["topics"], _known("Topics", ledger.topics)),
        "reviewed": day,
    }
    body = asker.text(given["body"], "First paragraph, with a claim or a citation", needed=False)
    _write(ledger, config_file, drafts.Draft(path, front, f"# {title}\n\n{body}"))
    click.echo(f'For the menu, add "{path}" under nav in {config_file.name}.')


@new.command("source")
@common.config
@click.option("--key", help="The key, in place of one made of author, year and title.")
@click.option("--type", "kind_of_entry", default="online", help="BibTeX's type.")
@click.option("--title", help="Its title.")
@click.option("--author", "authors", multiple=True, help='"Family, Given", or a body\'s name.')
@click.option("--year", help="The year it was published.")
@click.option("--url", help="Where it is.")
@click.option("--doi", help="Its DOI; but then `claimbase cite` does all this.")
@click.option("--organization", help="Who published it.")
@click.option("--kind", type=_KINDS, help="What it is.")
@click.option("--seen", type=_SEEN, help="How close to it you got.")
@_no_input
def new_source(config_file: Path, no_input: bool, **given: Any) -> None:
    """Write a source that no service has a record of: a law, a report, a page."""
    ledger, _ = common.load_or_stop(config_file)
    asker = _Asker(silent=no_input)
    fields = {
        "title": asker.text(given["title"], "Title"),
        "organization": given["organization"] or "",
        "year": asker.text(given["year"], "Year (empty: not known)", needed=False),
        "url": "" if given["doi"] else asker.text(given["url"], "Address"),
        "doi": given["doi"] or "",
    }
    authors = asker.lines(given["authors"], "Author, as Family, Given, or a body (empty: no more)")
    people = tuple(
        (family.strip(), name.strip())
        for family, _, name in (author.partition(",") for author in authors)
    )
    kind = asker.choice(given["kind"], "What it is", _KINDS.choices)
    seen = asker.choice(given["seen"], "How close to it you got", _SEEN.choices)
    if not fields["title"] or not kind:
        raise click.UsageError("A source needs at least --title and --kind.")
    reference = Reference(
        given["kind_of_entry"], {name: text for name, text in fields.items() if text}, people
    )
    found = citing.Found(reference)
    level = seen or Seen.RECORD.value
    _write_source(ledger, found, kind=SourceKind(kind), seen=level, key=given["key"])


def _known(question: str, names: Iterable[str]) -> str:
    listed = ", ".join(sorted(names))
    return f"{question} (known: {listed})" if listed and len(listed) < 300 else question
