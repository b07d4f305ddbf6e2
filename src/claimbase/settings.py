"""Settings: one place, the ``claimbase`` entry under ``plugins`` in ``mkdocs.yml``."""

import datetime as dt
import os
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field

from claimbase.model.diagnostic import Place, Severity
from claimbase.model.record import Record, Sentence
from claimbase.reading.folders import below
from claimbase.reading.paths import Meant, fault_of
from claimbase.reading.problems import MALFORMED_FIELD, UNREADABLE, Problems
from claimbase.reading.text import name_of, read_text
from claimbase.reading.validate import validate
from claimbase.reading.yaml import Tree, Way, read_yaml

_COMMANDS = {"bib_command": "\\bibliography", "full_bib_command": "\\full_bibliography"}
"""Options of mkdocs-bibtex, and what they are unless given."""


class Options(Record):
    """What ``mkdocs.yml`` may say of the claims engine."""

    references: Sentence = Field(
        default="references", description="Folder of the tables, within that of mkdocs.yml."
    )
    style: Sentence = Field(
        default="references/style.csl", description="Citation style, a CSL 1.0.2 file."
    )
    cache: Sentence = Field(
        default=".cache/claimbase",
        description="Folder of formatted references and of compiled templates.",
    )
    sourced: list[Sentence] = Field(
        default=["concepts", "evidence", "risks", "status"],
        description="Folders of docs whose paragraphs each carry a claim or a citation.",
    )
    review_months: int = Field(
        default=12, ge=1, description="Months after which a review counts as stale."
    )
    contact: Sentence | None = Field(
        default=None,
        description="Where the services that `claimbase watch` and `cite` ask can write to.",
    )
    search: bool = Field(
        default=True, description="Whether to index the built site for search, with Pagefind."
    )
    manual: bool = Field(
        default=False,
        description="Whether to publish this engine's own manual below contribute/.",
    )
    html: list[Sentence] = Field(
        default=[], description="Raw HTML tags that pages may hold; none by default."
    )
    schemes: list[Sentence] = Field(
        default=["https", "mailto", "tel", "sms"], description="Link schemes that pages may use."
    )
    severity: dict[Sentence, Severity] = Field(
        default={}, description="Severity by check, by code or name: error, warning, note or off."
    )


@dataclass(frozen=True)
class Settings:
    """The options with what they refer to in the file system and the site.

    Attributes:
        root: Folder of ``mkdocs.yml``.
        docs: Folder of the pages.
        references: Folder of bibliography and tables.
        config_file: ``mkdocs.yml`` itself.
        directory_urls: Whether ``x.md`` becomes ``x/`` rather than ``x.html``.
    """

    root: Path
    docs: Path
    references: Path
    config_file: Path
    options: Options
    site_name: str = ""
    site_description: str = ""
    site_url: str = ""
    repo_url: str = ""
    edit_uri: str = ""
    directory_urls: bool = True
    bibliography: tuple[Path, ...] = ()
    config_tree: Tree | None = None

    @cached_property
    def docs_name(self) -> str:
        """The folder of the pages, relative to the root."""
        return name_of(self.root, self.docs)

    def below_docs(self, file: str) -> str:
        """Return the path of a page below the folder of pages."""
        return file.removeprefix(f"{self.docs_name}/")

    @property
    def style(self) -> Path:
        """The citation style's file."""
        return self.root / self.options.style

    @property
    def cache(self) -> Path:
        """The folder of formatted references and of compiled templates."""
        return self.root / self.options.cache

    @cached_property
    def bibliography_commands(self) -> tuple[str, str]:
        """What pages write for their own references, and for all of them: as in mkdocs-bibtex."""
        given = _bibtex(self.config_tree.data) if self.config_tree else {}
        own, every = (given.get(name) or usual for name, usual in _COMMANDS.items())
        return own, every


def today() -> dt.date:
    """Return the day of the build: ``SOURCE_DATE_EPOCH`` where set, else the clock's (UTC).

    Raises:
        ValueError: The variable holds no time. Settings are not loaded then.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = dt.datetime.fromtimestamp(int(given) if given else time.time(), tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f'SOURCE_DATE_EPOCH is "{given}", and that is no time') from None
    return moment.date()


def load_settings(config_file: Path, problems: Problems) -> Settings | None:
    """Return the settings that a ``mkdocs.yml`` gives, or None with what is wrong reported.

    The file is read as data: MkDocs is not imported, and tags such as ``!ENV`` are passed over.
    """
    root = config_file.parent
    if not config_file.exists():
        problems.add(
            UNREADABLE,
            Place(name_of(root, config_file)),
            "there is no such file",
            "go to the folder of the base, or name its configuration with --config",
        )
        return None
    try:
        today()
    except ValueError as error:
        place = Place(name_of(root, config_file))
        remedy = "give the seconds since 1970 in digits, or unset it"
        problems.add(MALFORMED_FIELD, place, str(error), remedy)
        return None
    text = read_text(root, config_file, problems)
    if text is None:
        return None
    tree = read_yaml(name_of(root, config_file), text, problems)
    if tree is None:
        return None
    if not isinstance(tree.data, dict):
        problems.add(
            MALFORMED_FIELD,
            tree.place(),
            "the site's configuration is a set of fields, and this is none",
            "write name: value, for example site_name: …",
        )
        return None
    data: dict[str, Any] = tree.data
    path = _plugin_path(data, "claimbase")
    before = len(problems)
    options = Options()
    if path is not None:
        found = validate(Options, tree, problems, path)
        if found is None or len(problems) > before:
            return None
        options = found
    _check_paths(root, tree, options, problems)
    _check_commands(tree, problems)
    if len(problems) > before:
        return None
    docs = root / str(data.get("docs_dir") or "docs")
    references = root / options.references
    return Settings(
        root=root,
        docs=docs,
        references=references,
        config_file=config_file,
        options=options,
        site_name=str(data.get("site_name") or ""),
        site_description=str(data.get("site_description") or "").strip(),
        site_url=str(data.get("site_url") or ""),
        repo_url=str(data.get("repo_url") or "").rstrip("/"),
        edit_uri=str(data.get("edit_uri") or "edit/main/docs/"),
        directory_urls=data.get("use_directory_urls") is not False,
        bibliography=_bibliography(root, references, data, problems),
        config_tree=tree,
    )


def _plugin_path(data: dict[str, Any], name: str) -> Way | None:
    plugins = data.get("plugins")
    if isinstance(plugins, dict) and plugins.get(name) is not None:
        return ("plugins", name)
    for position, entry in enumerate(plugins if isinstance(plugins, list) else []):
        if isinstance(entry, dict) and entry.get(name) is not None:
            return ("plugins", position, name)
    return None


def _check_paths(root: Path, tree: Tree, options: Options, problems: Problems) -> None:
    """Report paths that cannot be used.

    What holds the base is in its folder: a comparison with a branch would see nothing else.
    """

    def check(
        path: Way, given: Any, meant: Meant, *, needed: bool = False, within: Path | None = None
    ) -> None:
        fault: str | None = "this must be text"
        if given is None or isinstance(given, str):
            fault = fault_of(root / given, meant, needed=needed, within=within) if given else None
        if fault:
            remedy = f"name a {meant}{' in the folder of the base' if within else ''}"
            problems.add(MALFORMED_FIELD, tree.place(*path), f"{path[-1]}: {fault}", remedy)

    ours = _plugin_path(tree.data, "claimbase") or ("plugins",)
    chosen = options.style != Options().style
    docs = tree.data.get("docs_dir")
    check(("docs_dir",), docs or "docs", "folder", needed=True, within=root)
    check((*ours, "references"), options.references, "folder", within=root)
    check((*ours, "style"), options.style, "file", needed=chosen)
    check((*ours, "cache"), options.cache, "folder")
    bibtex, read = _plugin_path(tree.data, "bibtex") or ("plugins",), _bibtex(tree.data)
    check((*bibtex, "bib_dir"), read.get("bib_dir"), "folder", within=root)
    check((*bibtex, "bib_file"), read.get("bib_file"), "file", needed=True, within=root)


def _check_commands(tree: Tree, problems: Problems) -> None:
    given = _bibtex(tree.data)
    for name, usual in _COMMANDS.items():
        value = given.get(name)
        if value is not None and not (isinstance(value, str) and value.strip()):
            place = tree.place(*(_plugin_path(tree.data, "bibtex") or ()), name)
            said = f"{name}: this must be text"
            problems.add(MALFORMED_FIELD, place, said, f"write a command, such as {usual}")


def _bibtex(data: dict[str, Any]) -> dict[str, Any]:
    """Return the options that mkdocs-bibtex is given."""
    path = _plugin_path(data, "bibtex") or ()
    options: Any = data if path else {}
    for part in path:
        options = options[part]
    return options if isinstance(options, dict) else {}


def _bibliography(
    root: Path, references: Path, data: dict[str, Any], problems: Problems
) -> tuple[Path, ...]:
    """Return the BibTeX files: those mkdocs-bibtex is given, else all in the references."""
    options = _bibtex(data)
    if options.get("bib_file"):
        return (root / str(options["bib_file"]),)
    folder = root / str(options["bib_dir"]) if options.get("bib_dir") else references
    return tuple(sorted(p for p in below(root, folder, problems) if p.name.endswith(".bib")))


def setting_place(settings: Settings, *path: str) -> Place:
    """Return where an option stands in ``mkdocs.yml``."""
    tree = settings.config_tree
    base = _plugin_path(tree.data, "claimbase") if tree else None
    if tree is None or base is None:
        return Place(name_of(settings.root, settings.config_file))
    return tree.key_place((*base, *path)) or tree.place(*base, *path)
