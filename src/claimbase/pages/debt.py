"""Review debt: what nobody has looked at for too long."""

import datetime as dt
from dataclasses import dataclass

from claimbase.base import Filed
from claimbase.ledger import Ledger
from claimbase.model.caveat import Caveat
from claimbase.model.claim import ClaimBase
from claimbase.model.page import PageInfo
from claimbase.model.source import Source
from claimbase.model.study import Study

_LOOK_UP_DAYS = 183
"""Half a year: after that a source's status counts as not looked up."""


@dataclass(frozen=True)
class Debt:
    """What is due on a day.

    Attributes:
        records: Claims, studies and caveats past their review.
        pages: Pages past their next review.
        new: Sources that came after the last review of a claim they belong to, with the claim.
        never: Sources whose status was never looked up.
        stale: Sources whose status was last looked up more than half a year ago.
    """

    day: dt.date
    records: list[Filed[ClaimBase | Study | Caveat]]
    pages: list[Filed[PageInfo]]
    new: list[tuple[Source, Filed[ClaimBase]]]
    never: list[Source]
    stale: list[Source]


def debt_of(ledger: Ledger, day: dt.date) -> Debt:
    """Return the review debt of a base on a day."""
    months = ledger.settings.options.review_months
    looked_up = [(source, source.appraisal.status.looked_up) for source in ledger.sources.values()]
    new = [
        (source, dependant.claim)
        for source in ledger.sources.values()
        for dependant in ledger.dependants(source.key)
        if source.appraisal.added and source.appraisal.added > dependant.claim.record.reviewed
    ]
    return Debt(
        day=day,
        records=[
            filed
            for filed in ledger.reviewed_records
            if (day - filed.record.reviewed).days > months * 30.5
        ],
        pages=[
            info
            for info in ledger.base.infos.values()
            if info.record.next_review and info.record.next_review < day
        ],
        new=new,
        never=[source for source, when in looked_up if when is None],
        stale=[source for source, when in looked_up if when and (day - when).days > _LOOK_UP_DAYS],
    )
