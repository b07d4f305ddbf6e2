"""Whole pages: what stands around the prose of a record's page, and the pages without prose.

Pages are put together as Markdown with ``record`` blocks, so that any builder that runs the
Markdown extension can render them.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from claimbase.base import CAVEATS, CLAIMS, STUDIES
from claimbase.checks.rule import RULES, Rule
from claimbase.ledger import Ledger
from claimbase.model.claim import Conclusion, Popular
from claimbase.pages import links, words
from claimbase.pages.manual import ManualPage, manual

TERMS = "glossary"
"""The folder of the terms' pages."""


@dataclass(frozen=True, slots=True)
class GeneratedPage:
    """A page that no file in docs holds.

    Attributes:
        path: Its path below docs, ending in ``.md``.
        markdown: Its content.
        title: Its title.
        description: A sentence for search engines.
        file: The file that really holds what it shows, relative to the root.
        line: The line of that file, 0 if the whole file is meant.
    """

    path: str
    markdown: str
    title: str
    description: str
    file: str
    line: int = 0


def heading(text: str) -> str:
    """Return a sentence as a Markdown heading that shows it letter for letter."""
    return "# " + _literal(text)


def _literal(text: str) -> str:
    """Return text as Markdown that shows it letter for letter."""
    escaped = html.escape(" ".join(text.split()), quote=False)
    return re.sub(r"([\\`*_{}\[\]()#+!-])", r"\\\1", escaped)


def wrap(ledger: Ledger, path: str, body: str) -> str:
    """Return the Markdown of a page with what the ledger adds around its prose.

    A record's page gets the record, any other page the dates of its front matter.

    Args:
        ledger: The ledger.
        path: The page's path below docs.
        body: The page's prose.
    """
    folder, record_id = _record_of(path)
    if folder == CLAIMS and record_id in ledger.claims:
        claim = ledger.claims[record_id].record
        reasoning = "Why this rating" if isinstance(claim, Conclusion) else "What it means"
        if isinstance(claim, Popular):
            reasoning = "Why this verdict"
        return _around(claim.headline, "claim", record_id, reasoning, body)
    if folder == STUDIES and record_id in ledger.studies:
        name = ledger.studies[record_id].record.name
        return _around(name, "study", record_id, "About this study", body)
    if folder == CAVEATS and record_id in ledger.caveats:
        name = ledger.caveats[record_id].record.name
        return _around(name, "caveat", record_id, "", body)
    info = ledger.base.infos.get(f"{ledger.docs_name}/{path}")
    if info and info.record.reviewed:
        return f"{body.rstrip()}\n\n/// record | page-foot {info.file}\n///\n"
    return body


def description(ledger: Ledger, path: str) -> str | None:
    """Return the sentence that stands for a record's page in search engines."""
    folder, record_id = _record_of(path)
    if folder == CLAIMS and record_id in ledger.claims:
        claim = ledger.claims[record_id].record
        return f"{claim.headline} ({words.mark(claim).words})"
    if folder == STUDIES and record_id in ledger.studies:
        return ledger.studies[record_id].record.title
    if folder == CAVEATS and record_id in ledger.caveats:
        return ledger.caveats[record_id].record.says
    return None


def _record_of(path: str) -> tuple[str, str]:
    folder, _, name = path.partition("/")
    return folder, name.removesuffix(".md")


def _around(title: str, kind: str, record_id: str, subtitle: str, body: str) -> str:
    prose = body.strip()
    # Prose with sections of its own needs no heading above the first.
    titled = not prose or not subtitle or prose.startswith("## ")
    middle = prose if titled else f"## {subtitle}\n\n{prose}"
    return "\n\n".join(
        part
        for part in (
            heading(title),
            f"/// record | {kind}-head {record_id}\n///",
            middle,
            f"/// record | {kind}-foot {record_id}\n///",
        )
        if part
    )


def generated_pages(ledger: Ledger) -> Iterator[GeneratedPage]:
    """Yield the pages of sources and their kinds, of topics, terms and moved records."""
    for key in sorted(ledger.sources):
        source = ledger.sources[key]
        place = ledger.base.entries[key].place
        title = str(source.csl.get("title") or key)
        yield GeneratedPage(
            links.source_page(key),
            f"{heading(title)}\n\n/// record | source-head {key}\n///\n",
            title,
            f"{words.title(source.appraisal.kind)}, {words.STATES[source.state]}: {title}",
            place.file,
            place.line,
        )
    for kind in dict.fromkeys(source.appraisal.kind for source in ledger.sources.values()):
        title = f"Sources: {words.phrase(kind)}"
        yield GeneratedPage(
            links.kind_page(kind.value),
            f"# {title}\n\n/// sources\n    kind: {kind.value}\n///\n",
            title,
            f"Every source of this kind: {words.phrase(kind)}.",
            "",
        )
    for topic in ledger.topics.values():
        yield GeneratedPage(
            links.topic_page(topic.id),
            f"{heading(topic.record.name)}\n\n/// record | topic-head {topic.id}\n///\n",
            topic.record.name,
            topic.record.description,
            topic.file,
            topic.place().line,
        )
    for row in ledger.base.tables["glossary"].values():
        term = row.record
        yield GeneratedPage(
            links.term_page(row.id),
            f"{heading(term.name)}\n\n/// record | term-head {row.id}\n///\n",
            term.name,
            term.means,
            row.file,
            row.place().line,
        )
    for old, new in ledger.base.redirects.items():
        way = "../" * old.count("/") + f"{new}.md"
        title = _literal(ledger.page_title(f"{new}.md"))
        yield GeneratedPage(
            f"{old}.md",
            f"# Moved\n\nWhat stood here has moved: [{title}]({way})\n",
            "Moved",
            f"This record has moved to {new}.",
            "references/redirects.yml",
        )


def manual_pages(*more: ManualPage) -> Iterator[GeneratedPage]:
    """Yield the pages of the engine's own manual: its checks, its reference, and more."""
    for rule in RULES.values():
        yield GeneratedPage(
            links.check_page(rule.code),
            f"# {rule.code}: {rule.name}\n\n{rule.documentation}\n\n"
            f"Severity unless the settings say else: {rule.severity.value}.\n",
            f"{rule.code}: {rule.name}",
            rule.summary,
            "",
        )
    yield _checks_index(list(RULES.values()))
    for page in manual(*more):
        yield GeneratedPage(page.path, page.markdown, page.title, _plain(page.summary), "")


def _plain(text: str) -> str:
    """Return a Markdown sentence as plain text."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "")


def _checks_index(rules: list[Rule]) -> GeneratedPage:
    rows = [
        f"| [{rule.code}]({rule.code.lower()}.md) | {rule.name} | {rule.severity.value} | "
        f"{rule.summary} |"
        for rule in sorted(rules, key=lambda r: r.code)
    ]
    table = "\n".join(["| code | name | severity | what |", "| --- | --- | --- | --- |", *rows])
    return GeneratedPage(
        "contribute/checks/index.md",
        "# Checks\n\nEverything that `claimbase check` and a strict build look for.\n\n" + table,
        "Checks",
        "Every check of the claims engine, with its code and how to mend what it finds.",
        "",
    )
