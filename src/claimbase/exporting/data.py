"""``data/``: claims, sources and studies as JSON, CSV, BibTeX and RIS.

The shapes are versioned (``SCHEMA_VERSION``) and described in ``data/*.schema.json``.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from claimbase.base import Filed
from claimbase.citing.export import to_ris
from claimbase.ledger import Ledger, Standing
from claimbase.model.claim import (
    CLAIM_TYPES,
    ClaimBase,
    Conclusion,
    Fact,
    Level,
    Popular,
    Relation,
    Verdict,
)
from claimbase.model.source import State
from claimbase.pages import links
from claimbase.pages.figures import figures

SCHEMA_VERSION = "1.0.0"
"""Changes with the shapes: a new field raises the second number, a changed one the first."""

_COLUMNS = (
    "id",
    "type",
    "statement",
    "topics",
    "certainty",
    "verdict",
    "standing",
    "sources",
    "studies",
    "sponsors",
    "caveats",
    "reviewed",
    "url",
)


def data_files(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Yield each data file's path in the site and its text."""
    claims = [_claim(ledger, ledger.claims[name]) for name in sorted(ledger.claims)]
    yield "data/claims.json", _json(claims)
    yield "data/claims.csv", _csv(claims)
    yield "data/sources.json", _json([_source(ledger, key) for key in sorted(ledger.sources)])
    yield "data/studies.json", _json([_study(ledger, key) for key in sorted(ledger.studies)])
    sources = [ledger.sources[key] for key in sorted(ledger.sources)]
    yield "data/references.bib", "\n\n".join(source.entry.strip() for source in sources) + "\n"
    yield "data/references.ris", "\n".join(to_ris(source.csl) for source in sources)
    for figure in figures(ledger):
        yield figure.file, figure.csv
    for name, schema in schemas().items():
        yield f"data/{name}.schema.json", _json(schema)


def _claim(ledger: Ledger, filed: Filed[ClaimBase]) -> dict[str, Any]:
    claim = filed.record
    independence = ledger.independence(claim)
    item: dict[str, Any] = {
        "id": filed.id,
        "type": getattr(claim, "type", ""),
        "statement": claim.claim,
        "topics": claim.topics,
        "certainty": None,
        "verdict": None,
        "standing": ledger.standing(filed.id).name.lower(),
        "independence": {
            "sources": len(independence.sources),
            "studies": len(independence.studies),
            "sponsors": len(independence.sponsors),
        },
        "evidence": [
            {
                "relation": link.relation.value,
                "source": link.source,
                "locator": link.locator,
                "result": link.result,
                "study": link.result.partition("/")[0]
                if link.result
                else next(iter(ledger.studies_reported_by(link.source)), None),
                "note": link.note,
            }
            for link in claim.evidence
        ],
        "caveats": claim.caveats,
        "reviewed": claim.reviewed.isoformat(),
        "url": links.public_address(ledger.settings, links.claim_page(filed.id)),
    }
    if isinstance(claim, Conclusion):
        item["certainty"] = {
            "level": claim.certainty.level.value,
            "start": claim.certainty.start.value,
            "because": {
                domain.value: {"steps": reason.steps, "why": reason.why}
                for domain, reason in claim.certainty.because.items()
            },
        }
        item["pico"] = claim.pico.model_dump(by_alias=True)
    if isinstance(claim, Fact):
        item["as-of"] = claim.as_of
    if isinstance(claim, Popular):
        item["verdict"] = claim.verdict.value
        item["fair-wording"] = claim.fair_wording
        item["measured-against"] = claim.measured_against
    return item


def _source(ledger: Ledger, key: str) -> dict[str, Any]:
    """Return a CSL-JSON item; what CSL has no field for is under ``custom``."""
    source = ledger.sources[key]
    appraisal = source.appraisal
    status = appraisal.status
    return {
        **source.csl,
        "id": key,
        "custom": {
            "kind": appraisal.kind.value,
            "preprint": appraisal.preprint,
            "seen": appraisal.seen.value,
            "status": {
                "state": status.state.value,
                "date": status.date,
                "notice": status.notice,
                "looked-up": status.looked_up.isoformat() if status.looked_up else None,
            },
            "funding": appraisal.funding,
            "competing-interests": appraisal.competing_interests,
            "claims": sorted({d.claim.id for d in ledger.dependants(key)}),
            "studies": ledger.studies_reported_by(key),
            "url": links.public_address(ledger.settings, links.source_page(key)),
        },
    }


def _study(ledger: Ledger, study_id: str) -> dict[str, Any]:
    study = ledger.studies[study_id].record
    return {
        "id": study_id,
        **study.model_dump(mode="json", by_alias=True, exclude={"history"}),
        "claims": ledger.claims_of_study(study_id),
        "url": links.public_address(ledger.settings, links.study_page(study_id)),
    }


def _csv(claims: Iterable[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for item in claims:
        certainty = item["certainty"] or {}
        independence = item["independence"]
        row = [
            item["id"],
            item["type"],
            item["statement"],
            " ".join(item["topics"]),
            certainty.get("level", ""),
            item["verdict"] or "",
            item["standing"],
            independence["sources"],
            independence["studies"],
            independence["sponsors"],
            " ".join(item["caveats"]),
            item["reviewed"],
            item["url"],
        ]
        writer.writerow([_inert(value) for value in row])
    return out.getvalue()


def _inert(value: object) -> object:
    """Keep a spreadsheet from reading a text as a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")):
        return f"'{value}"
    return value


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def _values(kind: type[StrEnum]) -> list[str]:
    return [each.value for each in kind]


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas of the exported lists, by name."""
    text: dict[str, Any] = {"type": "string"}
    maybe: dict[str, Any] = {"type": ["string", "null"]}
    texts: dict[str, Any] = {"type": "array", "items": text}
    count: dict[str, Any] = {"type": "integer", "minimum": 0}
    day: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    claim = {
        "type": "object",
        "additionalProperties": False,
        "required": [
            "id",
            "type",
            "statement",
            "topics",
            "certainty",
            "verdict",
            "standing",
            "independence",
            "evidence",
            "caveats",
            "reviewed",
            "url",
        ],
        "properties": {
            "id": text,
            "type": {"enum": list(CLAIM_TYPES)},
            "statement": text,
            "topics": texts,
            "certainty": {
                "type": ["object", "null"],
                "required": ["level", "start", "because"],
                "properties": {
                    "level": {"enum": _values(Level)},
                    "start": {"enum": ["high", "low"]},
                    "because": {"type": "object"},
                },
            },
            "verdict": {"enum": [*_values(Verdict), None]},
            "standing": {"enum": [level.name.lower() for level in reversed(Standing)]},
            "independence": {
                "type": "object",
                "required": ["sources", "studies", "sponsors"],
                "properties": {"sources": count, "studies": count, "sponsors": count},
            },
            "evidence": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["relation", "source", "locator", "result", "study", "note"],
                    "properties": {
                        "relation": {"enum": _values(Relation)},
                        "source": text,
                        "locator": maybe,
                        "result": maybe,
                        "study": maybe,
                        "note": maybe,
                    },
                },
            },
            "caveats": texts,
            "reviewed": day,
            "url": text,
            "pico": {"type": "object"},
            "as-of": text,
            "fair-wording": text,
            "measured-against": texts,
        },
    }
    source = {
        "type": "object",
        "required": ["id", "type", "custom"],
        "properties": {
            "id": text,
            "type": text,
            "custom": {
                "type": "object",
                "required": ["kind", "status", "seen", "claims", "studies", "url"],
                "properties": {
                    "status": {
                        "type": "object",
                        "required": ["state", "date", "notice", "looked-up"],
                        "properties": {"state": {"enum": _values(State)}},
                    }
                },
            },
        },
    }
    study = {
        "type": "object",
        "required": ["id", "name", "design", "arms", "outcomes", "sponsors", "claims", "url"],
        "properties": {
            "id": text,
            "name": text,
            "arms": {"type": "object"},
            "outcomes": {"type": "object"},
            "sponsors": texts,
            "claims": texts,
            "url": text,
        },
    }
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": name,
            "version": SCHEMA_VERSION,
            "type": "array",
            "items": items,
        }
        for name, items in (("claims", claim), ("sources", source), ("studies", study))
    }
