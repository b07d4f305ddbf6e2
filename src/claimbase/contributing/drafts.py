"""New records as files: what is known of them in the right fields, in the usual order."""

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from claimbase.base import CAVEATS, CLAIMS, STUDIES
from claimbase.exporting.folder import replace
from claimbase.ledger import Ledger
from claimbase.model.claim import Change, Domain, Level, Relation
from claimbase.model.record import ID_PATTERN
from claimbase.reading.text import name_of


class NotDraftedError(Exception):
    """The record cannot be made under this name; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file to be: its path below the folder of pages, its fields and its prose."""

    path: str
    front: Mapping[str, Any]
    body: str

    @property
    def text(self) -> str:
        """The file's text. Fields without a value are left out, for the checks to ask for."""
        yaml = YAML()
        yaml.width = 100_000
        # One day in two fields is written twice, not as a reference to itself.
        yaml.representer.ignore_aliases = lambda _: True
        yaml.indent(mapping=2, sequence=4, offset=2)
        out = io.StringIO()
        kept = {
            name: value for name, value in self.front.items() if value not in (None, "", [], {})
        }
        yaml.dump(_styled(kept), out)
        return f"---\n{out.getvalue()}---\n{self.body.strip()}\n"


def evidence(
    relation: Relation, texts: Sequence[str], result: str | None = None
) -> list[dict[str, str]]:
    """Return evidence links; a text is a key, or a key and a locator: "green2021, table 2"."""
    links = []
    for text in texts:
        key, _, locator = (part.strip() for part in text.partition(","))
        link = {"source": key.removeprefix("@"), "relation": relation.value, "locator": locator}
        links.append({name: value for name, value in link.items() if value})
    if links and result:
        links[0]["result"] = result
    return links


def certainty(start: Level, because: Mapping[Domain, tuple[int, str]]) -> dict[str, Any]:
    """Return a certainty with the level that its start and its steps make."""
    return {
        "level": start.moved(sum(steps for steps, _ in because.values())).value,
        "start": start.value,
        "because": {
            domain.value: {"steps": steps, "why": why} for domain, (steps, why) in because.items()
        },
    }


def parse_reason(text: str) -> tuple[Domain, tuple[int, str]]:
    """Read "risk-of-bias -1 Everyone could taste it" as a domain, its steps and why.

    Raises:
        ValueError: It is not written so.
    """
    found = re.fullmatch(r"\s*([a-z-]+)[\s:=]+([+-]?[0-2])[\s:,]+(\S.*?)\s*", text)
    domains = [domain.value for domain in Domain]
    if not found or found[1] not in domains:
        raise ValueError(
            f'"{text}" is not a reason; write a domain, its steps and why, such as '
            f'"risk-of-bias -1 Most people guessed their arm." Domains: {", ".join(domains)}'
        )
    return Domain(found[1]), (int(found[2]), found[3])


def dated(day: dt.date) -> dict[str, Any]:
    """Return the fields that say when a record was made."""
    entry = {"date": day, "kind": Change.PUBLISHED.value, "change": "First published."}
    return {"reviewed": day, "history": [entry]}


def write(ledger: Ledger, draft: Draft) -> Path:
    """Write a draft and return its path.

    Raises:
        NotDraftedError: Nothing may be written there.
    """
    path = free(ledger, draft.path)
    replace(path, draft.text)
    return path


def free(ledger: Ledger, where: str) -> Path:
    """Return the file for a path below the folder of pages, if a draft may be written there.

    Raises:
        NotDraftedError: Its name is no id, is taken, or was once that of another record.
    """
    path = ledger.settings.docs / where
    folder, _, name = where.removesuffix(".md").partition("/")
    if folder in (CLAIMS, STUDIES, CAVEATS):
        if not re.match(ID_PATTERN, name):
            raise NotDraftedError(
                f'"{name}" is not written as an id: lower case words joined by hyphens'
            )
        if f"{folder}/{name}" in ledger.base.redirects:
            raise NotDraftedError(f'"{name}" was the id of another record, and is not used again')
    elif not re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)*", where.removesuffix(".md")):
        raise NotDraftedError(f'"{where}" is not a path such as evidence/sleep.md')
    if path.exists():
        raise NotDraftedError(f"{name_of(ledger.settings.root, path)} is there already")
    return path


def _styled(value: Any, *, depth: int = 0) -> Any:
    """Return data laid out as records are: short maps and lists on one line, the rest below."""
    if isinstance(value, Mapping):
        shown = CommentedMap((name, _styled(item, depth=depth + 1)) for name, item in value.items())
        if depth >= 2 and not any(isinstance(item, Mapping) for item in value.values()):
            shown.fa.set_flow_style()
        return shown
    if isinstance(value, list):
        items = CommentedSeq(_styled(item, depth=2) for item in value)
        if not any(isinstance(item, Mapping) for item in value):
            items.fa.set_flow_style()
        return items
    return value
