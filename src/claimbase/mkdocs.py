"""The MkDocs plugin: wiring between MkDocs' events and the engine, and nothing else."""

import gc
import html
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import markdown
from jinja2 import Environment
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure import pages as mkdocs_pages
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils import CountHandler
from mkdocs.utils.templates import TemplateContext

from claimbase.base import read_base
from claimbase.checks import run
from claimbase.checks.report import as_text, summary
from claimbase.exporting.docs import (
    SCRIPT,
    STYLE,
    all_pages,
    cards,
    front_of,
    in_the_way,
    made_files,
)
from claimbase.exporting.finish import Finish
from claimbase.exporting.folder import beside, put, write
from claimbase.ledger import Ledger, link
from claimbase.markdown import ClaimbaseExtension
from claimbase.markdown.parser import OneParser
from claimbase.model.diagnostic import Severity
from claimbase.pages.links import Links
from claimbase.pages.lists import is_further
from claimbase.pages.records import GeneratedPage, wrap
from claimbase.pages.render import Renderer, StyleError, compiled_templates
from claimbase.reading.problems import Problems
from claimbase.settings import load_settings

log = get_plugin_logger("claimbase")

_LEVELS = {
    Severity.ERROR: logging.ERROR,
    Severity.WARNING: logging.WARNING,
    Severity.NOTE: logging.INFO,
}


class PluginConfig(Config):
    """MkDocs wants a class; the options are held to ``claimbase.settings.Options``."""

    def validate(self) -> tuple[list[Any], list[Any]]:
        """Leave the options to the engine, which gives the place of what is wrong."""
        return [], []


def _convert_with(module: ModuleType) -> None:
    """Give MkDocs' pages a module to ask for their parsers."""
    vars(mkdocs_pages)["markdown"] = module


class ClaimbasePlugin(BasePlugin[PluginConfig]):
    """Reads, checks and renders the ledger as MkDocs builds the site.

    ``renderer``, ``extension`` and ``finish`` are made when a build begins, by ``on_config``: the
    events after it can count on them.
    """

    renderer: Renderer
    extension: ClaimbaseExtension
    finish: Finish

    def __init__(self) -> None:
        self.serving = False
        self.generated: dict[str, GeneratedPage] = {}
        self.staged: tuple[Path, Path] | None = None

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note whether the site is being served, when errors are shown but stop nothing."""
        del dirty
        self.serving = command == "serve"

    @event_priority(100)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read and check the base, and hand the ledger to the Markdown extension.

        Raises:
            Abort: The ledger does not hold together, or there is nothing to draw it with. The
                site built before stays as it is.
        """
        problems = Problems()
        settings = load_settings(Path(config.config_file_path), problems)
        if settings is None:
            for problem in problems:
                log.error(as_text(problem, Path(config.config_file_path).parent))
            raise Abort("The claims engine has no settings to work with.")
        with _kept():
            ledger = link(read_base(settings, problems))
            self._report(ledger, strict=bool(config.strict))
        for page in ledger.base.pages.values():
            page.forget()
        try:
            self.renderer = Renderer.of(ledger)
        except StyleError as error:
            said = as_text(error.fault, settings.root)
            raise Abort(f"There is no citation style to work with.\n{said}") from None
        self.extension = ClaimbaseExtension(self.renderer, late=True)
        extensions: list[Any] = config.markdown_extensions
        # A configuration that is built from twice keeps the extension of the first time.
        extensions[:] = [each for each in extensions if not isinstance(each, ClaimbaseExtension)]
        extensions.append(self.extension)
        # While the site is served, MkDocs adds a script to each page afterwards, by which the
        # browser loads it again; no policy made here could know it.
        self.finish = Finish(self.renderer, locked=not self.serving)
        self._relieve_bibtex(config)
        config.watch.append(str(settings.references))
        config.extra_css.append(f"assets/{STYLE}")
        config.extra_javascript.append(f"assets/{SCRIPT}")
        if not self.serving:
            self._stage(config)
        return config

    def _report(self, ledger: Ledger, *, strict: bool) -> None:
        found = run(ledger)
        for diagnostic in found:
            text = as_text(diagnostic, ledger.settings.root)
            log.log(_LEVELS[diagnostic.severity], text)
        stop = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        if not self.serving and any(diagnostic.severity in stop for diagnostic in found):
            raise Abort(f"The ledger does not hold together: {summary(found)}.")

    def _relieve_bibtex(self, config: MkDocsConfig) -> None:
        """Do what mkdocs-bibtex is there for in its stead.

        The engine reads the bibliography that it names, and draws its citations and commands. Its
        own reader fails on much of what reference managers write, and what it puts into pages is
        in the way of links with an "@" in them. It keeps references that are newer than the files.
        """
        plugin: Any = config.plugins.get("bibtex")
        if plugin is not None:
            plugin.last_configured = float("inf")
            handlers = config.plugins.events["page_markdown"]
            handlers[:] = [handler for handler in handlers if handler != plugin.on_page_markdown]

    def _stage(self, config: MkDocsConfig) -> None:
        """Build beside the site, so that a build that fails leaves it as it was."""
        final = Path(config.site_dir)
        staging = beside(final, "building")
        config.site_dir = str(staging)
        self.staged = (staging, final)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages that no file holds, and the engine's style and script."""
        ledger = self.renderer.ledger
        options = ledger.settings.options
        pages = all_pages(self.renderer, _manual() if options.manual else ())
        self.generated = {path: page for path, page in pages.items() if page is not None}
        for page in self.generated.values():
            file = File.generated(config, page.path, content=page.markdown)
            if is_further(ledger, page.path):
                file.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(file)
        # MkDocs must know them, or it would call a link to them broken. What the configuration
        # leaves out is the author's.
        for path, content in made_files(ledger):
            own = files.get_file_from_path(path)
            if own is not None:
                files.remove(own)
            if wrong := in_the_way(ledger, path):
                log.warning(wrong)
            file = File.generated(config, path, content=content, inclusion=InclusionLevel.INCLUDED)
            files.append(file)
        return files

    def on_nav(self, nav: Navigation, **_: Any) -> Navigation:
        """Have the pages, which are read next, share a parser."""
        _convert_with(OneParser())
        return nav

    def on_env(self, env: Environment, **_: Any) -> Environment:
        """Give MkDocs its own parsers back: the pages are read."""
        _convert_with(markdown)
        env.bytecode_cache = compiled_templates(self.renderer.ledger.settings)
        return env

    @event_priority(100)
    def on_page_markdown(self, /, markdown: str, *, page: Page, **_: Any) -> str:
        """Make a page whole, and tell the extension which one comes next."""
        path, ledger = page.file.src_uri, self.renderer.ledger
        self.extension.page = path
        page.meta = front_of(ledger, path, page.meta, self.generated.get(path))
        return wrap(ledger, path, markdown)

    def _number(self, /, context: TemplateContext, *, page: Page, **_: Any) -> TemplateContext:
        """Number a page's citations, before other plugins read the page."""
        self.extension.page = page.file.src_uri
        page.content = self.extension.numbered(page.content or "")
        return context

    def _finish(self, /, context: TemplateContext, *, page: Page, **_: Any) -> TemplateContext:
        """Point a page's edit link at the file that really holds it."""
        # The head of the page takes the entities out of a heading once more.
        if not page.meta.get("title"):
            page.title = str(page.title or "").replace("&lt;", "&amp;lt;")
        generated = self.generated.get(page.file.src_uri)
        if generated is not None:
            links = Links(page.file.src_uri, self.renderer.ledger.settings)
            page.edit_url = links.edit(generated.file, generated.line) if generated.file else None
        return context

    on_page_context = CombinedEvent(event_priority(100)(_number), event_priority(-100)(_finish))

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Give a page its data for machines and its security policy."""
        del config
        # Other plugins may have set text of other pages beside this one's, such as a blog's posts.
        output = self.extension.named(output)
        # It is in the page now. A thousand such pages would be most of what a build holds.
        page.content = ""
        with _searchable():
            return self.finish.page(
                page.file.src_uri,
                output,
                title=html.unescape(str(page.title or "").replace("&amp;lt;", "&lt;")),
                sentence=html.unescape(str(page.meta.get("description") or "")),
                headings=[(item.id, html.unescape(item.title)) for item in _sections(page)],
            )

    def on_post_template(self, output_content: str, *, template_name: str, **_: Any) -> str:
        """Give the page for addresses that lead nowhere its security policy too."""
        locked = template_name.endswith(".html")
        return self.finish.lock(output_content) if locked else output_content

    @event_priority(-100)
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Write cards and data; put the new site in place if nothing went wrong."""
        site = Path(config.site_dir)
        write(site, cards(self.renderer))
        with _searchable():
            self.finish.site(site)
        self._swap(config)

    def _swap(self, config: MkDocsConfig) -> None:
        if self.staged is None:
            return
        staging, final = self.staged
        config.site_dir = str(final)
        self.staged = None
        # In strict mode MkDocs counts warnings and gives up only after this event.
        warned = any(
            isinstance(handler, CountHandler) and handler.get_counts()
            for handler in logging.getLogger("mkdocs").handlers
        )
        if warned and config.strict:
            shutil.rmtree(staging, ignore_errors=True)
            return
        put(staging, final)

    def on_build_error(self, error: Exception, **_: Any) -> None:
        """Clear away a build that failed; the site built before was not touched."""
        del error
        _convert_with(markdown)
        if self.staged is not None:
            shutil.rmtree(self.staged[0], ignore_errors=True)


def _manual() -> Iterator[GeneratedPage]:
    # The commands bring the clients of web services with them, which few builds need.
    from claimbase.cli.reference import whole_manual  # noqa: PLC0415

    return whole_manual()


@contextmanager
def _kept() -> Iterator[None]:
    """Keep what is made meanwhile out of the garbage collector's way.

    The ledger lives as long as the build does, and a collector that looks through it again and
    again for what could go finds nothing.
    """
    gc.unfreeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


@contextmanager
def _searchable() -> Iterator[None]:
    """Stop the build, and say how it can go on, where search would not find all that there is."""
    try:
        yield
    except RuntimeError as error:
        remedy = 'mend that, or set "search: false" under claimbase in mkdocs.yml'
        raise PluginError(f"{error}: {remedy}.") from None


def _sections(page: Page) -> list[AnchorLink]:
    """Return the sections of a page below its title."""
    below = [item for top in page.toc for item in top.children]
    return below or [item for item in page.toc if item.level > 1]
