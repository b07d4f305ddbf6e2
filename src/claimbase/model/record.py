"""What all records share: strictness, identifiers and dates."""

import datetime as dt
import re
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
RESULT_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$"

Id: TypeAlias = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""A record's identifier: the stem of its file, lower case words joined by hyphens."""

ResultRef: TypeAlias = Annotated[str, StringConstraints(pattern=RESULT_PATTERN)]
"""``study/outcome``: one outcome of one study."""

Sentence: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that a person reads; never empty."""

_PARTIAL_DATE = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")


def _partial_date(value: Any) -> Any:
    # YAML reads 2024-08-08 as a date and 2024 as a number; both are dates here.
    if isinstance(value, dt.datetime):
        raise ValueError("give a date without a time")
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _PARTIAL_DATE.match(text):
        raise ValueError("not a date: write 2024, 2024-08 or 2024-08-08")
    if len(text) == len("2024-08-08"):
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError("no such day in the calendar") from None
    return text


PartialDate: TypeAlias = Annotated[
    str,
    BeforeValidator(_partial_date),
    WithJsonSchema({"type": ["string", "integer"], "pattern": _PARTIAL_DATE.pattern}),
]
"""A day, a month or a year in ISO 8601 (``2024-08-08``, ``2024-08``, ``2024``)."""


def _whole_date(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        raise ValueError("give a date without a time")
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError("not a day: write it as 2026-11-21") from None
    return value


Day: TypeAlias = Annotated[dt.date, BeforeValidator(_whole_date)]
"""A day of the calendar."""


def kebab(name: str) -> str:
    """Return the name a field has in files: ``looked_up`` is written ``looked-up``."""
    return name.rstrip("_").replace("_", "-")


class Record(BaseModel):
    """Base of every typed record: unknown fields are refused, values are never coerced."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        alias_generator=kebab,
        validate_by_alias=True,
        validate_by_name=False,
    )
