"""ClinicalTrials.gov's API, version 2: where a trial stands and whether it has posted results.

``GET /studies/{number}`` answers ``{"protocolSection": {"identificationModule": {"nctId": …},
"statusModule": {"overallStatus": …, "resultsFirstPostDateStruct": {"date": …},
"lastUpdatePostDateStruct": {"date": …}}, …}, "hasResults": …}``.
"""

import json
from typing import Any

from claimbase.model.study import StudyStatus
from claimbase.watching.accounts import Account, DoubtError, Trial
from claimbase.watching.asking import Answer, Client, Stamps

ADDRESS = "https://clinicaltrials.gov/api/v2"
PAUSE = 1.3
"""About fifty questions a minute are allowed."""

_STATUSES = {
    "NOT_YET_RECRUITING": StudyStatus.PLANNED,
    "RECRUITING": StudyStatus.RECRUITING,
    "ENROLLING_BY_INVITATION": StudyStatus.RECRUITING,
    "ACTIVE_NOT_RECRUITING": StudyStatus.ACTIVE,
    "COMPLETED": StudyStatus.COMPLETED,
    "SUSPENDED": StudyStatus.STOPPED,
    "TERMINATED": StudyStatus.STOPPED,
    "WITHDRAWN": StudyStatus.STOPPED,
    "UNKNOWN": StudyStatus.UNKNOWN,
    # Expanded access and withheld records: treatment, or nothing said, and no trial's status.
    "AVAILABLE": None,
    "TEMPORARILY_NOT_AVAILABLE": None,
    "NO_LONGER_AVAILABLE": None,
    "APPROVED_FOR_MARKETING": None,
    "WITHHELD": None,
}


def fetch(
    client: Client, number: str, *, address: str = ADDRESS, stamps: Stamps | None = None
) -> Answer[dict[str, Any]]:
    """Return a trial's record.

    Raises:
        NotAnsweredError: There is no answer to go by.
        DoubtError: The record is that of another trial.
    """
    answer = client.ask(
        f"{address}/studies/{number}",
        _study,
        parameters={"format": "json"},
        stamps=stamps,
        pause=PAUSE,
    )
    if answer.content is not None:
        found = module(answer.content, "identificationModule")["nctId"]
        if found != number:
            raise DoubtError(f"answered with the record of another trial, {found}")
    return answer


def _study(body: bytes) -> dict[str, Any]:
    data = json.loads(body)
    if not isinstance(data, dict) or not isinstance(data.get("protocolSection"), dict):
        raise ValueError("it is not a record of a trial")
    if not isinstance(module(data, "identificationModule").get("nctId"), str):
        raise ValueError("it has no number")
    if not isinstance(module(data, "statusModule").get("overallStatus"), str):
        raise ValueError("it has no status")
    return data


def module(study: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a part of a trial's protocol, empty if it is not there."""
    found = study["protocolSection"].get(name)
    return found if isinstance(found, dict) else {}


def account(study: dict[str, Any]) -> Account:
    """Return where a trial stands.

    Raises:
        DoubtError: Its status is none that is known here.
    """
    state = module(study, "statusModule")
    word = state["overallStatus"]
    if word not in _STATUSES:
        raise DoubtError(f'the trial has a status that is not known here: "{word}"')
    return Account(
        trial=Trial(
            number=module(study, "identificationModule")["nctId"],
            status=_STATUSES[word],
            word=word.replace("_", " ").lower(),
            results=day(state, "resultsFirstPostDateStruct"),
            updated=day(state, "lastUpdatePostDateStruct"),
        )
    )


def day(state: dict[str, Any], name: str) -> str | None:
    """Return the date in one of the status module's date structures."""
    found = state.get(name)
    date = found.get("date") if isinstance(found, dict) else None
    return date if isinstance(date, str) else None
