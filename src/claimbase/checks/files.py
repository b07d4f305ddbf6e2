"""The checks CB0xx: files that cannot be read as what they should be."""

from collections.abc import Iterator

from claimbase.checks.rule import RULES, Fault, rule
from claimbase.ledger import Ledger, slug
from claimbase.reading import problems
from claimbase.reading.validate import did_you_mean
from claimbase.settings import setting_place


def _found(ledger: Ledger, code: str) -> Iterator[Fault]:
    for problem in ledger.base.problems:
        if problem.code == code:
            yield problem.place, problem.message, problem.help


@rule(problems.UNREADABLE, "unreadable-file")
def unreadable_file(ledger: Ledger) -> Iterator[Fault]:
    """A file cannot be read as UTF-8 text.

    The file is missing, larger than 50 MB, not UTF-8, or holds control characters, as pictures
    and programs do. Nothing in it was used.

    **To mend it** save the file as UTF-8 text, or take it out of the folder.
    """
    return _found(ledger, problems.UNREADABLE)


@rule(problems.BAD_YAML, "bad-yaml")
def bad_yaml(ledger: Ledger) -> Iterator[Fault]:
    """Front matter or a table is not YAML.

    The place given is where reading stopped; the fault is often on the line before it. Usual
    causes: a text with a colon and a space that is not in quotes, a tab, a bracket or quote that
    is not closed, an alias.

    **To mend it** put the text in quotes: `claim: "Trial 2: the result"`.
    """
    return _found(ledger, problems.BAD_YAML)


@rule(problems.BAD_FRONT_MATTER, "bad-front-matter")
def bad_front_matter(ledger: Ledger) -> Iterator[Fault]:
    """A page that needs front matter has none, or does not close it.

    Pages in `claims/`, `studies/` and `caveats/` begin with a line of three hyphens, then fields,
    then three hyphens again.

    **To mend it** add or close the front matter. The reference of fields shows each kind.
    """
    return _found(ledger, problems.BAD_FRONT_MATTER)


@rule(problems.BAD_BIBTEX, "bad-bibtex")
def bad_bibtex(ledger: Ledger) -> Iterator[Fault]:
    """A bibliography entry is not BibTeX.

    The entry is left out; the others are read. Usual causes: a brace that is not closed, a comma
    missing between two fields, an entry without a key.

    **To mend it** export the entry again from the reference manager, or close the brace.
    """
    return _found(ledger, problems.BAD_BIBTEX)


@rule(problems.UNKNOWN_FIELD, "unknown-field")
def unknown_field(ledger: Ledger) -> Iterator[Fault]:
    """A record has a field that its kind does not have.

    Unknown fields are refused, so that a misspelt one cannot be lost in silence.

    **To mend it** use the field that the message names, or take the field out.
    """
    return _found(ledger, problems.UNKNOWN_FIELD)


@rule(problems.MISSING_FIELD, "missing-field")
def missing_field(ledger: Ledger) -> Iterator[Fault]:
    """A record lacks a field that its kind needs.

    **To mend it** add the field. The message shows how it is written.
    """
    return _found(ledger, problems.MISSING_FIELD)


@rule(problems.MALFORMED_FIELD, "malformed-field")
def malformed_field(ledger: Ledger) -> Iterator[Fault]:
    """A field's value is not of the kind that the field holds.

    A date that is no day of the calendar, a word that is not among the allowed ones, text where a
    number belongs.

    **To mend it** write one of the values that the message allows.
    """
    return _found(ledger, problems.MALFORMED_FIELD)


@rule(problems.DUPLICATE_FIELD, "duplicate-field")
def duplicate_field(ledger: Ledger) -> Iterator[Fault]:
    """A field, or a row of a table, is given twice in one place.

    YAML readers keep one of the two in silence; here neither is lost without a word.

    **To mend it** keep the one that is right.
    """
    return _found(ledger, problems.DUPLICATE_FIELD)


@rule(problems.DUPLICATE_KEY, "duplicate-key")
def duplicate_key(ledger: Ledger) -> Iterator[Fault]:
    """Two bibliography entries have one key.

    **To mend it** delete one if both are the same work, else give one another key.
    """
    return _found(ledger, problems.DUPLICATE_KEY)


@rule(problems.BAD_ID, "bad-id")
def bad_id(ledger: Ledger) -> Iterator[Fault]:
    """A record's id is not written as ids are.

    The id is the file's name without `.md`, or the row's key: lower case letters and digits in
    words joined by hyphens. It stands in addresses, so it never changes once published. A record's
    file stands directly in `claims/`, `studies/` or `caveats/`.

    **To mend it** rename the file or the row, or move the file.
    """
    return _found(ledger, problems.BAD_ID)


@rule("CB011", "duplicate-id")
def duplicate_id(ledger: Ledger) -> Iterator[Fault]:
    """Two things would have one address or one id.

    Two bibliography keys that differ only in case or punctuation would share a page, and two
    records of one kind cannot share an id.

    **To mend it** rename one of the two.
    """
    first: dict[str, str] = {}
    for key, entry in ledger.base.entries.items():
        other = first.setdefault(slug(key), key)
        if other != key:
            yield (
                entry.place,
                f'the keys "{other}" and "{key}" would have the same address',
                "give one of the two another key",
            )


@rule("CB012", "unknown-setting")
def unknown_setting(ledger: Ledger) -> Iterator[Fault]:
    """The settings name a check that does not exist.

    **To mend it** use a code (`CB204`) or a name (`retracted-support`) from the list of checks.
    """
    names = {entry.name for entry in RULES.values()} | set(RULES)
    for name in ledger.settings.options.severity:
        if name not in names:
            yield (
                setting_place(ledger.settings, "severity", name),
                f'there is no check "{name}"',
                did_you_mean(name, names, "see the list of checks"),
            )
