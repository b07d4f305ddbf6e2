"""Review debt: what nobody has looked at for too long."""

import datetime as dt
from dataclasses import dataclass

from claimbase.base import Filed
from claimbase.checks.records import is_stale
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
    """What is due on a day, the longest waiting first.

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
    sources = ledger.sources.values()
    looked_up = [(s, when) for s in sources if (when := s.appraisal.status.looked_up)]
    looked_up.sort(key=lambda pair: pair[1])
    records = sorted(ledger.reviewed_records, key=lambda filed: filed.record.reviewed)
    pages = [
        (info, when) for info in ledger.base.infos.values() if (when := info.record.next_review)
    ]
    new = [
        (source, dependant.claim)
        for source in ledger.sources.values()
        for dependant in ledger.dependants(source.key)
        if source.appraisal.added and source.appraisal.added > dependant.claim.record.reviewed
    ]
    return Debt(
        day=day,
        records=[f for f in records if is_stale(f.record.reviewed, day, months)],
        pages=[info for info, due in sorted(pages, key=lambda pair: pair[1]) if due < day],
        new=new,
        never=[source for source in sources if source.appraisal.status.looked_up is None],
        stale=[source for source, when in looked_up if (day - when).days > _LOOK_UP_DAYS],
    )
