"""Pages as schema.org sees them (https://schema.org), in JSON-LD.

``ClaimReview`` is for claims in circulation that this base checks. Its own claims are ``Claim``:
marking one's own statements as fact-checked is what the vocabulary forbids.
"""

import json
from typing import Any

from claimbase.base import CLAIMS, Filed
from claimbase.ledger import Ledger
from claimbase.model.claim import ClaimBase, Popular, Relation, Verdict
from claimbase.model.source import Source, SourceKind, State
from claimbase.pages import links, words

_RATINGS = {
    Verdict.CONTRADICTED: 1,
    Verdict.UNSUPPORTED: 2,
    Verdict.OVERSTATED: 3,
    Verdict.PARTLY_SUPPORTED: 4,
    Verdict.SUPPORTED: 5,
}
_ARTICLES = {
    SourceKind.TRIAL_REPORT,
    SourceKind.SECONDARY_ANALYSIS,
    SourceKind.FOLLOW_UP_REPORT,
    SourceKind.OBSERVATIONAL_STUDY,
    SourceKind.LABORATORY_STUDY,
    SourceKind.ANIMAL_STUDY,
    SourceKind.QUALITATIVE_STUDY,
    SourceKind.CASE_REPORT,
    SourceKind.MODELLING_STUDY,
    SourceKind.SYSTEMATIC_REVIEW,
    SourceKind.NARRATIVE_REVIEW,
    SourceKind.COMMENTARY,
    SourceKind.PROTOCOL,
}


def page_data(ledger: Ledger, path: str, title: str, description: str) -> dict[str, Any]:
    """Return a page's JSON-LD: the page, and the record that it is about.

    Args:
        ledger: The ledger.
        path: The page's path below docs.
        title: The page's title.
        description: A sentence on the page; may be empty.
    """
    settings = ledger.settings
    folder, _, name = path.partition("/")
    record_id = name.removesuffix(".md")
    page: dict[str, Any] = {
        "@type": "MedicalWebPage",
        "@id": links.public_address(settings, path),
        "url": links.public_address(settings, path),
        "name": title,
        "inLanguage": "en",
        "isPartOf": {
            "@type": "WebSite",
            "name": settings.site_name,
            "url": settings.site_url,
        },
    }
    if description:
        page["description"] = description
    reviewed = _reviewed(ledger, path, folder, record_id)
    if reviewed:
        page["lastReviewed"] = reviewed
    graph = [page]
    if folder == CLAIMS and record_id in ledger.claims:
        graph.append(_claim(ledger, ledger.claims[record_id]))
    if folder == "sources":
        source = ledger.source_at(record_id)
        if source is not None:
            graph.append(article(ledger, source))
    return {"@context": "https://schema.org", "@graph": graph}


def script(data: dict[str, Any]) -> str:
    """Return JSON-LD as a script element that no text in it can close."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/ld+json">{safe}</script>'


def _reviewed(ledger: Ledger, path: str, folder: str, record_id: str) -> str | None:
    filed: Filed[Any] | None = ledger.shelves.get(folder, {}).get(record_id)
    if filed is None:
        filed = ledger.base.infos.get(f"{ledger.docs_name}/{path}")
    day = filed.record.reviewed if filed else None
    return day.isoformat() if day else None


def _claim(ledger: Ledger, filed: Filed[ClaimBase]) -> dict[str, Any]:
    claim = filed.record
    address = links.public_address(ledger.settings, links.claim_page(filed.id))
    publisher = {
        "@type": "Organization",
        "name": ledger.settings.site_name,
        "url": ledger.settings.site_url,
    }
    cited = [
        article(ledger, ledger.sources[link.source])
        for link in ledger.links(claim, Relation.SUPPORTED_BY, Relation.DISPUTED_BY)
        if link.source in ledger.sources
    ]
    item: dict[str, Any] = {
        "@type": "Claim",
        "@id": f"{address}#claim",
        "text": claim.claim,
        "appearance": {"@id": address},
    }
    if cited:
        item["citation"] = cited
    if not isinstance(claim, Popular):
        return item
    return {
        "@type": "ClaimReview",
        "@id": f"{address}#review",
        "url": address,
        "claimReviewed": claim.claim,
        "datePublished": claim.reviewed.isoformat(),
        "author": publisher,
        "reviewBody": claim.fair_wording,
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": _RATINGS[claim.verdict],
            "bestRating": 5,
            "worstRating": 1,
            "alternateName": words.title(claim.verdict),
        },
    }


def article(ledger: Ledger, source: Source) -> dict[str, Any]:
    """Return a source as schema.org's work, with what has become of it."""
    scholarly = source.appraisal.kind in _ARTICLES
    item: dict[str, Any] = {
        "@type": "ScholarlyArticle" if scholarly else "CreativeWork",
        "name": str(source.csl.get("title") or source.key),
        "mainEntityOfPage": links.public_address(ledger.settings, links.source_page(source.key)),
    }
    if source.url:
        item["url"] = source.url
    if source.doi:
        item["identifier"] = f"doi:{source.doi}"
    if source.year:
        item["datePublished"] = str(source.year)
    if source.state is not State.CURRENT:
        item["creativeWorkStatus"] = words.title(words.STATES[source.state])
    return item
