"""Crossref's REST API: what was registered of a DOI, and what updates it.

``GET /works/{doi}`` answers ``{"status": "ok", "message-type": "work", "message": {…}}``. Notices
about a work are in ``message.updated-by``, Retraction Watch's among them::

    {"DOI": "10.5555/notice", "type": "retraction", "label": "Retraction",
     "source": "retraction-watch", "record-id": "20946",
     "updated": {"date-parts": [[2019, 7, 26]], "date-time": …, "timestamp": …}}
"""

import json
import re
from typing import Any
from urllib.parse import quote

from claimbase.model.source import State
from claimbase.watching.accounts import Account, DoubtError, Event
from claimbase.watching.asking import Answer, Client, Stamps

ADDRESS = "https://api.crossref.org"
PAUSE = 0.2

_STATES = {
    "addendum": State.CORRECTED,
    "clarification": State.CORRECTED,
    "correction": State.CORRECTED,
    "corrigendum": State.CORRECTED,
    "erratum": State.CORRECTED,
    "expression-of-concern": State.CONCERN,
    "new-edition": State.SUPERSEDED,
    "new-version": State.SUPERSEDED,
    "reinstatement": State.REINSTATED,
    "removal": State.RETRACTED,
    "retraction": State.RETRACTED,
    "withdrawal": State.RETRACTED,
}
"""Crossref's types of update and Retraction Watch's. A partial retraction is not among them: how
much of a claim it touches takes a person to tell."""

_DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)


def fetch(
    client: Client, doi: str, *, address: str = ADDRESS, stamps: Stamps | None = None
) -> Answer[dict[str, Any]]:
    """Return the record of a work, as registered.

    Raises:
        NotAnsweredError: There is no answer to go by.
        DoubtError: The record is that of another DOI.
    """
    answer = client.ask(
        f"{address}/works/{quote(doi, safe='')}", _message, stamps=stamps, pause=PAUSE
    )
    if answer.content is not None:
        found = str(answer.content["DOI"])
        if found.casefold() != doi.casefold():
            raise DoubtError(f"answered with the record of another work, {found}")
    return answer


def _message(body: bytes) -> dict[str, Any]:
    data = json.loads(body)
    message = data.get("message") if isinstance(data, dict) else None
    if not isinstance(message, dict) or not isinstance(message.get("DOI"), str):
        raise ValueError("it is not a record of a work")
    if not isinstance(message.get("updated-by", []), list):
        raise ValueError("its updates are not a list")
    return message


def account(message: dict[str, Any]) -> Account:
    """Return what a record says has become of the work.

    Raises:
        DoubtError: There is an update of a sort that is not known here.
    """
    events = tuple(_event(update, message["DOI"]) for update in message.get("updated-by", []))
    return Account(events=events, doi=message["DOI"].lower())


def _event(update: Any, doi: str) -> Event:
    if not isinstance(update, dict):
        raise DoubtError("an update is not a record")
    word = re.sub(r"[\s_]+", "-", str(update.get("type", "")).strip().casefold())
    date = partial_date(update.get("updated"))
    if word not in _STATES:
        when = f" of {date}" if date else ""
        raise DoubtError(f'there is an update{when} of a sort not known here: "{word}"')
    notice = str(update.get("DOI", "")).strip()
    if not _DOI.fullmatch(notice) or (notice.casefold() == doi.casefold() and date):
        notice = ""
    elif notice:
        notice = f"https://doi.org/{notice}"
    # A change without a date or a notice of its own is at least announced in the record.
    if not notice and not date:
        notice = f"{ADDRESS}/works/{doi}"
    by = "Retraction Watch" if update.get("source") == "retraction-watch" else "Crossref"
    return Event(
        state=_STATES[word], date=date, notice=notice or None, word=word.replace("-", " "), by=by
    )


def partial_date(value: Any) -> str | None:
    """Return Crossref's ``{"date-parts": [[2019, 7, 26]]}`` as 2019-07-26, as far as it goes."""
    try:
        parts = [int(part) for part in value["date-parts"][0][:3] if part is not None]
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    if not parts or not 1400 < parts[0] < 2200:
        return None
    return "-".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])])
