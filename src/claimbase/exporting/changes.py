"""What a change to a base does to its claims and all around them, as Markdown for reviewers."""

from collections.abc import Container, Iterator

from claimbase.base import CAVEATS, CLAIMS, STUDIES, Filed
from claimbase.checks.since import (
    SOURCES,
    changed_fields,
    differences,
    exchanges,
    name_now,
    new_entries,
    pairs,
)
from claimbase.exporting.page_changes import page_changes
from claimbase.exporting.quoting import address, code, plain
from claimbase.exporting.table_changes import table_changes
from claimbase.ledger import Ledger, Standing
from claimbase.model.caveat import Caveat
from claimbase.model.claim import ClaimBase, EvidenceLink
from claimbase.model.source import Source
from claimbase.model.study import Study
from claimbase.pages import words


def changes(before: Ledger, now: Ledger) -> str:
    """Return what became of the claims between two states of a base, and of all around them."""
    of_claims = (
        ("Claims added", (f"- {line}" for line in _added(before, now, CLAIMS))),
        ("Claims that are gone", (f"- {line}" for line in _gone(before, now, CLAIMS))),
        ("Claims that changed", _changed_claims(before, now)),
    )
    of_sources = (
        ("Sources whose status changed", _changed_states(before, now)),
        ("Sources", _sources(before, now)),
    )
    of_others = (
        *(of_sources if _knows_sources(now) else ()),
        ("Studies", _studies(before, now)),
        ("Caveats", _caveats(before, now)),
        ("Pages", page_changes(before, now)),
        ("Tables", table_changes(before, now)),
        ("Settings", _settings(before, now)),
    )
    claims, others = (
        [f"## {title}\n\n{lines}" for title, found in told if (lines := "\n".join(found))]
        for told in (of_claims, of_others)
    )
    parts = ["# What changed", *(claims or ["No claim changed."]), *others]
    if names := _unread(now):
        parts.insert(1, f"These cannot be read, and are left out: {names}.")
    if names := _unread(before):
        parts.insert(1, f"These could not be read before, and pass for new: {names}.")
    return "\n\n".join(parts) + "\n"


def _knows_sources(ledger: Ledger) -> bool:
    return ledger.base.unread.isdisjoint((".bib", "appraisals.yml"))


def _unread(ledger: Ledger) -> str:
    return ", ".join(code(name) for name in sorted(ledger.base.broken | ledger.base.unread))


def _added(before: Ledger, now: Ledger, folder: str) -> Iterator[str]:
    known = {new.id for _, new in pairs(before, now, folder)}
    for name, filed in sorted(now.shelves[folder].items()):
        if name not in known:
            yield _record(filed)


def _gone(before: Ledger, now: Ledger, folder: str) -> Iterator[str]:
    known = {old.id for old, _ in pairs(before, now, folder)}
    for name, filed in sorted(before.shelves[folder].items()):
        if name not in known and name not in now.base.broken:
            yield f"{_record(filed)} {_leads_to(now, f'{folder}/{name}')}"


def _comings_and_goings(before: Ledger, now: Ledger, folder: str) -> Iterator[str]:
    yield from (f"- added: {line}" for line in _added(before, now, folder))
    yield from (f"- gone: {line}" for line in _gone(before, now, folder))


def _leads_to(now: Ledger, address: str) -> str:
    target = now.base.redirects.get(address)
    return f"→ {code(target)}" if target else "**Nothing leads on from it.**"


def _record(filed: Filed[ClaimBase | Study | Caveat]) -> str:
    record = filed.record
    if isinstance(record, ClaimBase):
        return f"{code(filed.id)} ({words.mark(record).words}): {plain(record.headline)}"
    return f"{code(filed.id)}: {plain(record.title if isinstance(record, Study) else record.says)}"


def _changed_claims(before: Ledger, now: Ledger) -> Iterator[str]:
    for old, new in sorted(pairs(before, now, CLAIMS), key=lambda pair: pair[1].id):
        was, is_ = before.standing(old.id), now.standing(new.id)
        lines = list(_claim_changes(old, new))
        if was is not is_ and _knows_sources(now):
            lines.append(f"standing: {was.name.lower()} → **{is_.name.lower()}**")
        if lines:
            yield _renamed(old, new) + _record(new)
            yield from (f"    - {line}" for line in lines)


def _claim_changes(old: Filed[ClaimBase], new: Filed[ClaimBase]) -> Iterator[str]:
    yield from _told(old, new)
    told = {field[0] for field, *_ in differences(old.record, new.record)} - {"certainty"}
    was, is_ = (str(getattr(filed.record, "type", "")) for filed in (old, new))
    if was != is_:
        yield f"type: {was} → {is_}"
    yield from _evidence(old.record.evidence, new.record.evidence)
    yield from _caveat_links(old.record.caveats, new.record.caveats)
    yield from _rest(old, new, told | {"type", "evidence", "caveats"})


def _told(
    old: Filed[ClaimBase] | Filed[Caveat], new: Filed[ClaimBase] | Filed[Caveat]
) -> Iterator[str]:
    """Yield what must not change in silence, and the reasons that the history gives."""
    silent = False
    for field, _, was, is_ in differences(old.record, new.record):
        silent = True
        name = "wording" if field[0] in ("claim", "says") else words.phrase(field[0])
        yield f"{name}: “{plain(was)}” → “{plain(is_)}”"
    silent = silent or any(exchanges(old.record, new.record))
    for entry in new_entries(old.record, new.record):
        silent = False
        yield f"reason ({entry.kind.value}, {entry.date}): {plain(entry.change)}"
    if silent:
        yield "**no reason given**"


def _evidence(old: list[EvidenceLink], new: list[EvidenceLink]) -> Iterator[str]:
    gone = [link for link in old if link not in new]
    for link in new:
        if link in old:
            continue
        was = next((other for other in gone if other.source == link.source), None)
        if was is None:
            yield f"evidence added: {link.relation.value} {code(link.source)}"
            continue
        gone.remove(was)
        if was.relation is not link.relation:
            relations = f"{was.relation.value} → {link.relation.value}"
            yield f"evidence: {code(link.source)} {relations}"
        if fields := [name for name in changed_fields(was, link) if name != "relation"]:
            yield f"evidence: {', '.join(fields)} of {code(link.source)}"
    for link in gone:
        yield f"evidence taken out: {link.relation.value} {code(link.source)}"


def _caveat_links(old: list[str], new: list[str]) -> Iterator[str]:
    yield from (f"caveat added: {code(name)}" for name in new if name not in old)
    yield from (f"caveat taken out: {code(name)}" for name in old if name not in new)


def _rest(
    old: Filed[ClaimBase | Study | Caveat],
    new: Filed[ClaimBase | Study | Caveat],
    told: Container[str] = (),
) -> Iterator[str]:
    """Yield the names of the fields that changed and are not told in full."""
    fields = changed_fields(old.record, new.record)
    fields = [name for name in fields if name not in told and name != "history"]
    # Its level is told in full, so what is left are its reasons.
    fields = ["reasons for the certainty" if name == "certainty" else name for name in fields]
    if old.body != new.body:
        fields.append("text")
    if fields:
        yield f"changed: {', '.join(fields)}"


def _renamed(old: Filed[object], new: Filed[object]) -> str:
    return "- " if old.id == new.id else f"- {code(old.id)} → "


def _source_pairs(before: Ledger, now: Ledger) -> Iterator[tuple[Source, Source]]:
    for key, old in sorted(before.sources.items()):
        new = now.sources.get(key)
        new = new or now.sources.get(name_now(now, before.sources, SOURCES, key))
        if new is not None:
            yield old, new


def _changed_states(before: Ledger, now: Ledger) -> Iterator[str]:
    for old, new in _source_pairs(before, now):
        if old.state is new.state:
            continue
        status = new.appraisal.status
        since = f", {status.date}" if status.date else ""
        notice = f", {address(status.notice)}" if status.notice else ""
        states = f"{words.STATES[old.state]} → **{words.STATES[new.state]}**"
        yield f"- {code(new.key)}: {states}{since}{notice}: {_title(new)}"
        yield from (f"    - {line}" for line in _touched(now, new.key))


def _touched(ledger: Ledger, key: str) -> Iterator[str]:
    relations = {each.claim.id: each.link.relation.value for each in ledger.dependants(key)}
    claims = ledger.touched_by(key)
    for name in claims:
        relation = relations.get(name, "measured against what rests on it")
        standing = ledger.standing(name)
        falls = "" if standing is Standing.STANDS else f", now **{standing.name.lower()}**"
        yield f"{code(name)} ({relation}{falls}): {plain(ledger.claims[name].record.headline)}"
    if not claims:
        yield "no claim refers to it"


def _title(source: Source) -> str:
    return plain(str(source.csl.get("title") or source.key))


def _sources(before: Ledger, now: Ledger) -> Iterator[str]:
    known: set[str] = set()
    for old, new in _source_pairs(before, now):
        known |= {old.key, new.key}
        fields = [n for n in changed_fields(old.appraisal, new.appraisal) if n != "status"]
        if old.csl | {"id": ""} != new.csl | {"id": ""}:
            fields.append("reference")
        if fields or old.key != new.key:
            name = code(new.key) if old.key == new.key else f"{code(old.key)} → {code(new.key)}"
            yield f"- changed: {name}{': ' if fields else ''}{', '.join(fields)}"
    for key in sorted(now.sources.keys() - known):
        source = now.sources[key]
        about = f"{words.phrase(source.appraisal.kind)}, {words.STATES[source.state]}"
        yield f"- added: {code(key)} ({about}): {_title(source)}"
    for key in sorted(before.sources.keys() - known):
        title = _title(before.sources[key])
        yield f"- gone: {code(key)}: {title} {_leads_to(now, f'{SOURCES}/{key}')}"


def _studies(before: Ledger, now: Ledger) -> Iterator[str]:
    yield from _comings_and_goings(before, now, STUDIES)
    for old, new in pairs(before, now, STUDIES):
        lines = list(_rest(old, new, {"outcomes"}))
        results = old.record.outcomes | new.record.outcomes
        for name in results:
            if old.record.outcomes.get(name) != new.record.outcomes.get(name):
                bound = _bound(now, f"{new.id}/{name}")
                lines.append(f"result {code(name)}, {f'of {bound}' if bound else 'of no claim'}")
        if lines:
            yield _renamed(old, new) + _record(new)
            yield from (f"    - {line}" for line in lines)


def _bound(ledger: Ledger, result: str) -> str:
    """Return the claims bound to a study's result."""
    return ", ".join(
        code(name)
        for name, filed in sorted(ledger.claims.items())
        if any(link.result == result for link in filed.record.evidence)
    )


def _caveats(before: Ledger, now: Ledger) -> Iterator[str]:
    yield from _comings_and_goings(before, now, CAVEATS)
    for old, new in pairs(before, now, CAVEATS):
        lines = [*_told(old, new), *_rest(old, new, {"says"})]
        if lines:
            yield _renamed(old, new) + _record(new)
            yield from (f"    - {line}" for line in lines)
            count = len(now.claims_with_caveat(new.id))
            yield f"    - carried by {count} {'claim' if count == 1 else 'claims'}"


def shortened(text: str, limit: int, whole: str) -> str:
    """Return as many lines of what `changes` said as fit, and how to see the whole of it.

    Args:
        text: What `changes` returned.
        limit: How many bytes there may be.
        whole: The command that prints all.
    """
    if len(text.encode()) <= limit:
        return text
    lines = text.split("\n")
    note = "\n**{} more lines are not shown here.** {} prints them all.\n".format
    room = limit - len(note(len(lines), code(whole)).encode())
    for kept, line in enumerate(lines):
        room -= len(line.encode()) + 1
        if room < 0:
            left = sum(1 for line in lines[kept:] if line)
            return "\n".join([*lines[:kept], note(left, code(whole))])
    return text


def _settings(before: Ledger, now: Ledger) -> Iterator[str]:
    """Yield what the settings of the checks say now: a change must not turn its own judge off."""
    was, is_ = before.settings.options, now.settings.options
    for name in dict.fromkeys((*was.severity, *is_.severity)):
        old, new = was.severity.get(name), is_.severity.get(name)
        if old is not new:
            levels = " → ".join(each.value if each else "as it comes" for each in (old, new))
            yield f"- severity of {code(name)}: {levels}"
    if fields := [name for name in changed_fields(was, is_) if name != "severity"]:
        yield f"- changed: {', '.join(fields)}"
