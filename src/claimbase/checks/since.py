"""CB601 to CB604: whether a change leaves a trace, and every address that was ever given leads on.

All but the last compare a base with what it was, and find nothing where that is not known:
``claimbase check --since BRANCH`` makes it known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from pydantic import BaseModel

from claimbase.base import CAVEATS, CLAIMS, STUDIES, Filed
from claimbase.checks.rule import Fault, rule
from claimbase.ledger import Ledger
from claimbase.model.caveat import Caveat
from claimbase.model.claim import Change, ClaimBase, Conclusion, HistoryEntry, Popular
from claimbase.model.diagnostic import Place
from claimbase.model.record import kebab
from claimbase.reading.validate import did_you_mean

SOURCES = "sources"
_RATINGS = frozenset((Change.CERTAINTY, Change.VERDICT))


@rule("CB601", "change-without-history")
def change_without_history(ledger: Ledger) -> Iterator[Fault]:
    """A claim's words, rating, sources or caveats changed, and its history does not say why.

    Readers of a claim's biography are to find there whatever moved it, so these demand an entry:

    - its wording, its certainty or its verdict changed;
    - a source was added to its evidence or taken out, or does something else for it now (it
      supported the claim, and disputes it). Another locator, result or note demands none;
    - a caveat was added or taken out;
    - the sentence of a caveat changed, which travels with every claim that carries it.

    An entry counts if it is new, and if its `kind` is that of the change: `wording`, `certainty`,
    `verdict`, `evidence` or `caveats`. One on a certainty or a verdict explains new words, other
    sources and one caveat more as well, and one on the evidence a caveat more. A caveat that was
    taken out has an entry of its own. Found only by `claimbase check --since BRANCH`, which knows
    how it was before.

    **To mend it** add to its `history` the day, the kind and the reason:
    `{date: 2026-11-21, kind: certainty, change: "Raised to moderate: a third trial agrees."}`.
    """
    if ledger.before is None:
        return
    before = ledger.before
    for old, new in chain(pairs(before, ledger, CLAIMS), pairs(before, ledger, CAVEATS)):
        entries = {entry.kind for entry in new_entries(old.record, new.record)}
        for field, kind, was, now in differences(old.record, new.record):
            # A rating comes with its words.
            if not entries & ({kind} | (_RATINGS if kind is Change.WORDING else set())):
                name = field[0].replace("-", " ")
                said = f"{name} changed from “{was}” to “{now}”"
                yield _unexplained(new.place(*field), said, kind)
        for path, kind, gone, added in exchanges(old.record, new.record):
            # So it does with its sources, and sources with a caveat; none goes away with them.
            others = _RATINGS if kind is Change.EVIDENCE else _RATINGS | {Change.EVIDENCE}
            if not entries & ({kind} | (set() if kind is Change.CAVEATS and gone else others)):
                place = new.tree.key_place(path) or new.place(*path)
                yield _unexplained(place, f"{path[0]} changed: {_in_words(gone, added)}", kind)


def _unexplained(place: Place, said: str, kind: Change) -> Fault:
    remedy = f"add {{date: …, kind: {kind.value}, change: why}} to its history"
    return place, f"{said}, and the history does not say why", remedy


@rule("CB602", "lost-id")
def lost_id(ledger: Ledger) -> Iterator[Fault]:
    """A claim, study, caveat or source is gone, and nothing leads on from its address.

    Others may have cited the address. A record that was renamed or merged leads to where its
    content is now; one that was withdrawn, to what explains it. Found only by
    `claimbase check --since BRANCH`.

    **To mend it** add a line to `references/redirects.yml`, such as
    `claims/old-id: claims/new-id`, or bring the record back.
    """
    if ledger.before is None:
        return
    now = records(ledger)
    for address, place in records(ledger.before).items():
        if address not in now and address not in ledger.base.redirects:
            folder, _, name = address.partition("/")
            if name in ledger.base.broken or (folder == SOURCES and ".bib" in ledger.base.unread):
                continue
            yield (
                Place(place.file),
                f'"{address}" is gone, and nothing leads on from it',
                f"add {address}: and where it leads to {_redirects(ledger)}",
            )


@rule("CB603", "history-rewritten")
def history_rewritten(ledger: Ledger) -> Iterator[Fault]:
    """An entry of a record's history was changed or taken out.

    The history is what readers go by who saw the record as it was. A record that was renamed keeps
    it. Found only by `claimbase check --since BRANCH`.

    **To mend it** put the entry back as it was, and add one that corrects it.
    """
    if ledger.before is None:
        return
    for old, new in chain.from_iterable(
        pairs(ledger.before, ledger, folder) for folder in ledger.shelves
    ):
        for entry in old.record.history:
            if entry not in new.record.history:
                yield (
                    new.tree.key_place(("history",)) or new.place("history"),
                    f'the entry of {entry.date} was changed or taken out: "{entry.change}"',
                    "put it back, and add an entry that corrects it",
                )


@rule("CB604", "bad-redirect")
def bad_redirect(ledger: Ledger) -> Iterator[Fault]:
    """A redirect leads nowhere, or from a record that is there.

    Each line of `references/redirects.yml` leads from the address of a record that is gone to that
    of one that is there: `claims/old-id: claims/new-id`. Ids are never used again for something
    else.

    **To mend it** name the record where the content is now.
    """
    tree = ledger.base.redirects_tree
    if tree is None:
        return
    now = records(ledger)
    for old, new in ledger.base.redirects.items():
        key = tree.key_place((old,)) or tree.place(old)
        if old.partition("/")[0] not in (CLAIMS, STUDIES, CAVEATS, SOURCES):
            yield key, f'"{old}" is not the address of a record', "write it as claims/old-id"
        elif old in now:
            yield key, f'"{old}" is a record that is there', "take the redirect out"
        if new not in now and new.partition("/")[2] not in ledger.base.broken:
            remedy = did_you_mean(new, now, "name a record that is there: claims/new-id")
            yield tree.place(old), f'"{new}" is not there', remedy


def records(ledger: Ledger) -> dict[str, Place]:
    """Return every record that has an address of its own, as ``folder/id``, and its place."""
    found = {
        f"{folder}/{name}": Place(filed.file)
        for folder, shelf in ledger.shelves.items()
        for name, filed in shelf.items()
    }
    return found | {f"{SOURCES}/{key}": entry.place for key, entry in ledger.base.entries.items()}


def pairs(before: Ledger, now: Ledger, folder: str) -> Iterator[tuple[Filed[Any], Filed[Any]]]:
    """Yield each record of a folder as it was and as it is, under its new name if it has one.

    What a claim as it was refers to goes by its new name too, for to follow it is no change.
    """
    old_shelf, shelf = before.shelves[folder], now.shelves[folder]
    for name, old in old_shelf.items():
        # A redirect from a record that is there must not hide what became of it.
        new = shelf.get(name) or shelf.get(name_now(now, old_shelf, folder, name))
        if new is not None:
            yield _with_names_of_now(before, now, old), new


def _with_names_of_now(before: Ledger, now: Ledger, old: Filed[Any]) -> Filed[Any]:
    claim = old.record
    if not isinstance(claim, ClaimBase) or not now.base.redirects:
        return old

    def named(folder: str, known: Mapping[str, object], name: str) -> str:
        return name_now(now, known, folder, name) or name

    evidence = [
        link.model_copy(update={"source": named(SOURCES, before.sources, link.source)})
        for link in claim.evidence
    ]
    caveats = [named(CAVEATS, before.caveats, name) for name in claim.caveats]
    return replace(old, record=claim.model_copy(update={"evidence": evidence, "caveats": caveats}))


def name_now(ledger: Ledger, before: Mapping[str, object], folder: str, name: str) -> str:
    """Return the name that a record has now; a record that was merged into another has none."""
    folder_now, _, new_name = ledger.base.redirects.get(f"{folder}/{name}", "").partition("/")
    if folder_now != folder:
        return name
    return "" if new_name in before else new_name


def differences(
    old: ClaimBase | Caveat, new: ClaimBase | Caveat
) -> Iterator[tuple[tuple[str, ...], Change, str, str]]:
    """Yield the fields that must not change in silence, with what they were and are."""
    if isinstance(old, Caveat) or isinstance(new, Caveat):
        if isinstance(old, Caveat) and isinstance(new, Caveat) and old.says != new.says:
            yield ("says",), Change.WORDING, old.says, new.says
        return
    if old.claim != new.claim:
        yield ("claim",), Change.WORDING, old.claim, new.claim
    if _level(old) != _level(new):
        yield ("certainty", "level"), Change.CERTAINTY, _level(old), _level(new)
    if _verdict(old) != _verdict(new):
        yield ("verdict",), Change.VERDICT, _verdict(old), _verdict(new)
    if not isinstance(old, Popular) or not isinstance(new, Popular):
        return
    if old.fair_wording != new.fair_wording:
        yield ("fair-wording",), Change.WORDING, old.fair_wording, new.fair_wording


def exchanges(
    old: ClaimBase | Caveat, new: ClaimBase | Caveat
) -> Iterator[tuple[tuple[str | int, ...], Change, list[str], list[str]]]:
    """Yield the lists that must not change in silence, with what was taken out and added.

    The field is that of the first thing added, which stands on a line that changed.
    """
    if isinstance(old, Caveat) or isinstance(new, Caveat):
        return
    evidence = [
        [f"{link.relation.value} {link.source}" for link in each.evidence] for each in (old, new)
    ]
    for name, kind, (was, now) in (
        ("evidence", Change.EVIDENCE, evidence),
        ("caveats", Change.CAVEATS, [old.caveats, new.caveats]),
    ):
        gone = [item for item in was if item not in now]
        added = [item for item in now if item not in was]
        if gone or added:
            yield (name, now.index(added[0])) if added else (name,), kind, gone, added


def _in_words(gone: list[str], added: list[str]) -> str:
    told = ((gone, "taken out"), (added, "added"))
    return "; ".join(f"“{', '.join(items)}” {word}" for items, word in told if items)


def _level(claim: ClaimBase) -> str:
    """Return a claim's certainty; another type of claim has none, and loses or gains it so."""
    return claim.certainty.level.value if isinstance(claim, Conclusion) else "none"


def _verdict(claim: ClaimBase) -> str:
    return claim.verdict.value if isinstance(claim, Popular) else "none"


def changed_fields(old: BaseModel, new: BaseModel) -> list[str]:
    """Return the names that the fields in which two records differ have in files."""
    names = dict.fromkeys((*type(old).model_fields, *type(new).model_fields))
    return [kebab(name) for name in names if getattr(old, name, None) != getattr(new, name, None)]


def new_entries(old: ClaimBase | Caveat, new: ClaimBase | Caveat) -> list[HistoryEntry]:
    """Return the entries of a history that were not there before."""
    return [entry for entry in new.history if entry not in old.history]


def _redirects(ledger: Ledger) -> str:
    return f"{ledger.settings.options.references}/redirects.yml"
