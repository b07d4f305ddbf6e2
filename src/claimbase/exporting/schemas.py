"""JSON Schemas of the files that contributors write, for editors to complete and check."""

from types import GenericAlias
from typing import Any

from pydantic import TypeAdapter

from claimbase.base import TABLES
from claimbase.model.caveat import Caveat
from claimbase.model.claim import Claim
from claimbase.model.page import PageInfo
from claimbase.model.source import Appraisal
from claimbase.model.study import Study
from claimbase.model.tables import OutcomeKind, Sponsor, Topic
from claimbase.settings import Options


def editor_schemas() -> dict[str, dict[str, Any]]:
    """Return a JSON Schema for each kind of file, by the name of its schema file.

    Front matter is described by ``claim``, ``study``, ``caveat`` and ``page``, a table of rows by
    the table's own name.
    """
    records: dict[str, Any] = {
        "claim": Claim,
        "study": Study,
        "caveat": Caveat,
        "page": PageInfo,
        "options": Options,
    }
    tables: dict[str, Any] = {
        "topics": Topic,
        "sponsors": Sponsor,
        "appraisals": Appraisal,
        "outcome-kinds": OutcomeKind,
        **TABLES,
    }
    schemas = {name: _schema(kind) for name, kind in records.items()}
    schemas |= {name: _schema(GenericAlias(dict, (str, row))) for name, row in tables.items()}
    return {f"{name}.schema.json": schema for name, schema in sorted(schemas.items())}


def _schema(kind: Any) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
