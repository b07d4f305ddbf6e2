"""Records as HTML, by templates.

Every template yields well-formed XHTML, so that its result can join a Markdown page's tree and
be numbered, linked and listed with the rest.
"""

import html
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any, Self

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemBytecodeCache,
    PackageLoader,
    StrictUndefined,
    Template,
)
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from claimbase.base import Filed
from claimbase.citing.csl import Reference, format_references
from claimbase.citing.export import to_csl_json, to_ris
from claimbase.ledger import Ledger, Use
from claimbase.model.claim import ClaimBase, Popular, Relation
from claimbase.model.diagnostic import Diagnostic
from claimbase.model.source import Source
from claimbase.pages import links as paths
from claimbase.pages import words
from claimbase.pages.links import Links
from claimbase.reading.problems import UNREADABLE
from claimbase.settings import Settings, setting_place

# Characters that XML cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


class StyleError(ValueError):
    """A citation style that cannot be used; ``fault`` says where it is named."""

    def __init__(self, fault: Diagnostic) -> None:
        super().__init__(f"{fault.place}: {fault.message}")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Cited:
    """What citations of a source say, as HTML: its short name, and a mark behind its number.

    Both tell of a status that takes its support away; else there is no mark.
    """

    name: str
    mark: str


@dataclass
class Renderer:
    """Draws records of a ledger. ``references`` holds each source's formatted reference."""

    ledger: Ledger
    references: Mapping[str, Reference]
    _templates: dict[str, Template] = field(default_factory=dict)
    _cited: dict[str, Cited] = field(default_factory=dict)
    _lines: dict[tuple[str, str], str] = field(default_factory=dict)
    _notes: dict[str, Markup] = field(default_factory=dict)
    _uses: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Ledger) -> Self:
        """Return what draws the records of a ledger, in its citation style.

        Raises:
            StyleError: The style cannot be used.
        """
        settings = ledger.settings
        items = [source.csl for source in ledger.sources.values()]
        try:
            return cls(ledger, format_references(items, settings.style, settings.cache))
        except (OSError, ValueError) as error:
            said = f"style: this cannot be used: {getattr(error, 'strerror', None) or error}"
        place = setting_place(settings, "style")
        raise StyleError(Diagnostic(UNREADABLE, place, said, "name a CSL 1.0.2 file"))

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=PackageLoader("claimbase.pages"),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_clean,
            bytecode_cache=compiled_templates(self.ledger.settings),
        )
        environment.globals.update(
            ledger=self.ledger,
            paths=paths,
            words=words,
            Relation=Relation,
            reference=self.reference,
            short=self.short,
            use_list=self.use_list,
            ris=lambda source: to_ris(source.csl),
            csl_json=_csl_json,
        )
        environment.filters["frozen"] = frozenset
        return environment

    def html(self, template: str, links: Links, **values: Any) -> str:
        """Return what a template draws for one page."""
        if template not in self._templates:
            self._templates[template] = self._environment.get_template(f"{template}.html")
        return self._templates[template].render(links=links, **values)

    def reference(self, key: str) -> Markup:
        """Return a source's formatted reference."""
        found = self.references.get(key)
        return Markup(found.html) if found else Markup.escape(key)  # noqa: S704  (our own XHTML)

    def reference_line(self, source: Source, links: Links) -> str:
        """Return a reference with its addresses, its status and the way to its page.

        It is the same from all pages as deep.
        """
        key = (links.root, source.key)
        if key not in self._lines:
            template = self._environment.get_template("reference.html")
            about = links.to(paths.source_page(source.key))
            drawn = template.render(source=source, about=about)
            self._lines[key] = " ".join(drawn.split())
        return self._lines[key]

    def cited(self, key: str) -> Cited:
        """Return what citations of a source say; one that is not known goes by its key."""
        if key not in self._cited:
            source, name, mark = self.ledger.sources.get(key), html.escape(self.short(key)), ""
            if source and not source.state.supports:
                status = words.STATES[source.state]
                name += f", {status}"
                mark = f'<span class="cb-status cb-status--{source.state.value}"> {status}</span>'
            self._cited[key] = Cited(name, mark)
        return self._cited[key]

    def use_list(self, uses: Iterable[Use], links: Links) -> Markup:
        """Return links to the pages that refer to a record, as a list.

        An item is the same on all pages as deep. By a template, lists so long would be a third of
        the work on a source's page.
        """
        items = []
        for use in uses:
            key = (links.root, use.page)
            if key not in self._uses:
                address, title = escape(links.use(use)), escape(_clean(use.title))
                self._uses[key] = f'<li><a href="{address}">{title}</a></li>\n'
            items.append(self._uses[key])
        return Markup(f"<ul>\n{''.join(items)}</ul>\n")  # noqa: S704  (escaped)

    def note(self, claim_id: str) -> Markup:
        """Return a claim as a note on paper: the same on every page."""
        if claim_id not in self._notes:
            template = self._environment.get_template("note.html")
            drawn = template.render(filed=self.ledger.claims[claim_id])
            self._notes[claim_id] = Markup(drawn.strip())  # noqa: S704  (our own XHTML)
        return self._notes[claim_id]

    def short(self, key: str) -> str:
        """Return a source's short name: "Green 2021"."""
        found = self.references.get(key)
        return found.short if found else key

    def select(self, options: Mapping[str, str]) -> list[Filed[ClaimBase]]:
        """Return the claims that a ``/// claims`` block's options choose, best known first."""
        tests: dict[str, Callable[[Filed[ClaimBase], str], bool]] = {
            "topic": lambda filed, value: value in filed.record.topics,
            "type": lambda filed, value: getattr(filed.record, "type", "") == value,
            "certainty": lambda filed, value: _level(filed.record) == value,
            "verdict": lambda filed, value: _verdict(filed.record) == value,
            "source": lambda filed, value: any(
                link.source == value for link in filed.record.evidence
            ),
            "study": lambda filed, value: filed.id in self.ledger.claims_of_study(value),
            "caveat": lambda filed, value: value in filed.record.caveats,
            "retracted": lambda filed, _: bool(self.ledger.rests_on_retracted(filed.record)),
        }
        chosen: Iterable[Filed[ClaimBase]] = self.ledger.claims.values()
        for name, value in options.items():
            if name in tests and value:
                test = tests[name]
                chosen = [
                    filed for filed in chosen if any(test(filed, part) for part in value.split())
                ]
        return sorted(chosen, key=_order)


class _Compiled(FileSystemBytecodeCache):
    """Templates as they are compiled, in a folder; one that is damaged is compiled again."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # noqa: BLE001  (unpickling damaged bytes raises nearly anything)
            bucket.reset()


def compiled_templates(settings: Settings) -> BytecodeCache | None:
    """Return where templates are kept as they are compiled, if the folder can be written."""
    # Jinja marks them with the version of Python, and not with its own.
    folder = settings.cache / "templates" / f"jinja-{version('jinja2')}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return _Compiled(str(folder)) if os.access(folder, os.W_OK) else None


def _csl_json(source: Source) -> str:
    """Return a source as a CSL-JSON list, which is what reference managers import."""
    return json.dumps([to_csl_json(source.csl)], ensure_ascii=False, indent=2)


_TYPE_ORDER = ("conclusion", "finding", "fact", "popular")


def _order(filed: Filed[ClaimBase]) -> tuple[int, str]:
    return _TYPE_ORDER.index(getattr(filed.record, "type", "popular")), filed.id


def _level(claim: ClaimBase) -> str:
    certainty = getattr(claim, "certainty", None)
    return certainty.level.value if certainty else ""


def _verdict(claim: ClaimBase) -> str:
    return claim.verdict.value if isinstance(claim, Popular) else ""


def _clean(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    return _CONTROL.sub("", value) if isinstance(value, str) else value
