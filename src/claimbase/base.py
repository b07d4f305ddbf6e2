"""The whole base as files give it: every record and page, with the place of each field."""

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from claimbase.model.caveat import Caveat
from claimbase.model.claim import CLAIM_TYPES, ClaimBase
from claimbase.model.diagnostic import Place
from claimbase.model.page import PageInfo
from claimbase.model.record import ID_PATTERN
from claimbase.model.source import Appraisal
from claimbase.model.study import Study
from claimbase.model.tables import (
    Event,
    GuidelinePosition,
    Help,
    Interaction,
    Jurisdiction,
    OutcomeKind,
    Sponsor,
    Term,
    Topic,
)
from claimbase.reading.bibtex import Entry, read_bibliography
from claimbase.reading.folders import below
from claimbase.reading.pages import Page, read_page
from claimbase.reading.paths import leads_out
from claimbase.reading.problems import (
    BAD_FRONT_MATTER,
    BAD_ID,
    DUPLICATE_KEY,
    MALFORMED_FIELD,
    MISSING_FIELD,
    UNREADABLE,
    Problems,
)
from claimbase.reading.text import OUTSIDE, name_of, place_of_file, read_text
from claimbase.reading.validate import nearest, validate
from claimbase.reading.yaml import Tree, Way, read_yaml
from claimbase.settings import Settings

T_co = TypeVar("T_co", covariant=True)
M = TypeVar("M", bound=BaseModel)

CLAIMS, STUDIES, CAVEATS = "claims", "studies", "caveats"
RECORD_FOLDERS = (CLAIMS, STUDIES, CAVEATS)
PAGE_SUFFIXES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
"""What MkDocs takes for pages: none may get past the checks by its name."""
INDEXES = ("index", "README")
"""What the page of a folder itself is called."""


TABLES: dict[str, type[BaseModel]] = {
    "jurisdictions": Jurisdiction,
    "timeline": Event,
    "interactions": Interaction,
    "glossary": Term,
    "help": Help,
    "guidelines": GuidelinePosition,
}
"""The tables that blocks of the same name draw, each a file in the references."""


@dataclass(frozen=True)
class Filed(Generic[T_co]):
    """A record with the file that holds it.

    ``path`` leads to the record inside the tree: empty for a page, the key for a table's row.
    """

    id: str
    record: T_co
    tree: Tree
    path: Way = ()
    page: Page | None = None

    @property
    def file(self) -> str:
        """The file that holds it, relative to the root."""
        return self.tree.file

    def place(self, *path: str | int) -> Place:
        """Return where one of the record's values stands."""
        return self.tree.place(*self.path, *path)

    @property
    def body(self) -> str:
        """The prose below the front matter."""
        return self.page.body.strip() if self.page else ""


@dataclass
class Base:
    """All that was read. What could not be read is in ``problems`` instead.

    ``broken`` names the records that are there and could not be read, ``unread`` the tables (with
    ``.bib`` for a bibliography): what refers to them is not to blame.
    """

    settings: Settings
    problems: Problems
    claims: dict[str, Filed[ClaimBase]] = field(default_factory=dict)
    studies: dict[str, Filed[Study]] = field(default_factory=dict)
    caveats: dict[str, Filed[Caveat]] = field(default_factory=dict)
    topics: dict[str, Filed[Topic]] = field(default_factory=dict)
    sponsors: dict[str, Filed[Sponsor]] = field(default_factory=dict)
    outcome_kinds: dict[str, Filed[OutcomeKind]] = field(default_factory=dict)
    appraisals: dict[str, Filed[Appraisal]] = field(default_factory=dict)
    tables: dict[str, dict[str, Filed[Any]]] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    infos: dict[str, Filed[PageInfo]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    redirects: dict[str, str] = field(default_factory=dict)
    redirects_tree: Tree | None = None


def read_base(settings: Settings, problems: Problems) -> Base:
    """Read every page, record, table and bibliography of a base. Never raises on their content."""
    base = Base(settings, problems)
    for path in _pages(settings, problems):
        _read_page(base, path)
    base.topics = _read_table(base, "topics.yml", Topic)
    base.sponsors = _read_table(base, "sponsors.yml", Sponsor)
    base.outcome_kinds = _read_table(base, "outcome-kinds.yml", OutcomeKind)
    base.appraisals = _read_table(base, "appraisals.yml", Appraisal, keys_are_ids=False)
    for name, model in TABLES.items():
        base.tables[name] = dict(_read_table(base, f"{name}.yml", model))
    for path in settings.bibliography:
        _read_bibliography(base, path)
    _read_redirects(base)
    return base


def _pages(settings: Settings, problems: Problems) -> list[Path]:
    """Return what has a page's name; report links among the rest that lead out of the base."""
    found: list[Path] = []
    for path in below(settings.root, settings.docs, problems):
        if path.suffix in PAGE_SUFFIXES:
            found.append(path)
        elif leads_out(settings.root, path):
            problems.add(UNREADABLE, place_of_file(settings.root, path), *OUTSIDE)
    return sorted(found)


def _read_page(base: Base, path: Path) -> None:
    settings, problems = base.settings, base.problems
    text = read_text(settings.root, path, problems)
    parts = path.relative_to(settings.docs).parts
    holds_record = is_record(path.relative_to(settings.docs))
    if text is None:
        base.broken.add(path.stem)
        return
    name = name_of(settings.root, path)
    page = base.pages[name] = read_page(name, text, problems)
    if not holds_record:
        if len(parts) > 2 and parts[0] in RECORD_FOLDERS:
            problems.add(
                BAD_ID,
                Place(name),
                f"records stand directly in {parts[0]}/, and this page is in a folder below it",
                f"move it to {parts[0]}/",
            )
        _read_info(base, page)
        return
    if path.suffix != ".md":
        problems.add(
            BAD_ID,
            Place(name),
            f"links to a record lead to {path.stem}.md, and this file ends in {path.suffix}",
            f"name it {path.stem}.md",
        )
        base.broken.add(path.stem)
        return
    if page.front is None or not isinstance(page.front.data, dict):
        base.broken.add(path.stem)
        if not any(problem.place.file == name for problem in problems):
            problems.add(
                BAD_FRONT_MATTER,
                Place(name, 1),
                f"a page in {parts[0]}/ starts with front matter, and this one has none",
                "begin with a line of three hyphens, the fields, and three hyphens again",
            )
        return
    if not _is_id(path.stem):
        problems.add(
            BAD_ID,
            Place(name),
            f'the file\'s name is the id, and "{path.stem}" is not written as one',
            "name it with lower case words joined by hyphens, such as balm-sleep.md",
        )
    folder, model = parts[0], _model_of(parts[0], page.front, problems)
    record = validate(model, page.front, problems) if model else None
    if record is None:
        base.broken.add(path.stem)
        return
    shelves: dict[str, dict[str, Filed[Any]]] = {
        CLAIMS: base.claims,
        STUDIES: base.studies,
        CAVEATS: base.caveats,
    }
    shelves[folder][path.stem] = Filed(path.stem, record, page.front, (), page)


def is_record(path: PurePath) -> bool:
    """Whether the page at a path below the folder of pages is one that holds a record."""
    return len(path.parts) == 2 and path.parts[0] in RECORD_FOLDERS and path.stem not in INDEXES


def _read_info(base: Base, page: Page) -> None:
    if page.front is not None and page.front.data is not None:
        info = validate(PageInfo, page.front, base.problems)
        if info is not None:
            base.infos[page.file] = Filed(page.file, info, page.front, (), page)


def _model_of(folder: str, front: Tree, problems: Problems) -> type[BaseModel] | None:
    """Return the model that a record page is held to; a claim's type decides its model."""
    if folder == STUDIES:
        return Study
    if folder == CAVEATS:
        return Caveat
    given = front.data.get("type")
    allowed = ", ".join(CLAIM_TYPES)
    if given is None:
        problems.add(
            MISSING_FIELD,
            Place(front.file, 1),
            'the field "type" is missing',
            f"add one of: {allowed}",
        )
        return None
    model = CLAIM_TYPES.get(given) if isinstance(given, str) else None
    if model is None:
        match = nearest(str(given), CLAIM_TYPES)
        problems.add(
            MALFORMED_FIELD,
            front.place("type"),
            f'type: "{given}" is not a type of claim',
            (f'did you mean "{match}"? ' if match else "") + f"allowed: {allowed}",
        )
    return model


def _is_id(text: str) -> bool:
    return re.match(ID_PATTERN, text) is not None


def _read_table(
    base: Base, name: str, model: type[M], *, keys_are_ids: bool = True
) -> dict[str, Filed[M]]:
    settings, problems = base.settings, base.problems
    path = settings.references / name
    if not path.exists():
        return {}
    text = read_text(settings.root, path, problems)
    tree = read_yaml(name_of(settings.root, path), text, problems) if text is not None else None
    if tree is None:
        base.unread.add(name)
        return {}
    if tree.data is None:
        return {}
    if not isinstance(tree.data, dict):
        base.unread.add(name)
        problems.add(
            MALFORMED_FIELD,
            tree.place(),
            "this table is a set of rows by key",
            "write key: {field: value}",
        )
        return {}
    rows: dict[str, Filed[M]] = {}
    for key in tree.data:
        if keys_are_ids and not _is_id(key):
            problems.add(
                BAD_ID,
                tree.key_place((key,)) or tree.place(key),
                f'"{key}" is not written as an id',
                "write lower case words joined by hyphens",
            )
        record = validate(model, tree, problems, (key,))
        if record is None:
            base.broken.add(key)
        else:
            rows[key] = Filed(key, record, tree, (key,))
    return rows


def _read_redirects(base: Base) -> None:
    """Read where records have gone: ``claims/old-id: claims/new-id``."""
    settings, problems = base.settings, base.problems
    path = settings.references / "redirects.yml"
    text = read_text(settings.root, path, problems) if path.exists() else None
    tree = read_yaml(name_of(settings.root, path), text, problems) if text is not None else None
    if tree is None or tree.data is None:
        return
    base.redirects_tree = tree
    rows = tree.data if isinstance(tree.data, dict) else {None: None}
    for old, new in rows.items():
        if isinstance(old, str) and isinstance(new, str):
            base.redirects[old] = new
        else:
            problems.add(
                MALFORMED_FIELD,
                tree.place(*([old] if isinstance(old, str) else [])),
                "a redirect leads from one record to another",
                "write claims/old-id: claims/new-id",
            )


def _read_bibliography(base: Base, path: Path) -> None:
    settings, problems = base.settings, base.problems
    text = read_text(settings.root, path, problems)
    if text is None:
        base.unread.add(".bib")
        return
    name = name_of(settings.root, path)
    for entry in read_bibliography(name, text, problems):
        first = base.entries.get(entry.key)
        if first is not None:
            problems.add(
                DUPLICATE_KEY,
                entry.place,
                f'the key "{entry.key}" is already used in {first.place}',
                "give one of the two another key",
            )
            continue
        base.entries[entry.key] = entry
