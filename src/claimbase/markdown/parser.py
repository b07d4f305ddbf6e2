"""One parser for all pages, for builders that make one for each."""

from itertools import chain
from types import ModuleType
from typing import Any

import markdown


class OneParser(ModuleType):
    """Stands for the module ``markdown`` where a builder asks it for a parser for each page.

    All pages get the same one, reset between them, as Python-Markdown has it: to make a parser
    takes as long as to convert a short page. Hooks may change the settings for a page, which then
    gets its own; and so does every page if a reset may not take away all that a parser keeps.
    """

    def __init__(self) -> None:
        super().__init__(markdown.__name__)
        self.parser: markdown.Markdown | None = None
        self.settings: Any = None

    def Markdown(self, **settings: Any) -> markdown.Markdown:  # noqa: N802  (Python-Markdown's name)
        """Return the parser, made anew when the settings are not those it was made with."""
        if self.parser is not None and settings == self.settings:
            return self.parser.reset()
        self.settings = _copied(settings)
        parser = markdown.Markdown(**settings)
        self.parser = parser if _forgets(parser) else None
        return parser

    def __getattr__(self, name: str) -> Any:
        return getattr(markdown, name)


def _forgets(parser: markdown.Markdown) -> bool:
    """Return whether a reset takes away all that a parser keeps of a page.

    Of Python-Markdown's extensions and PyMdown's that is known, but where footnotes are numbered
    through. Others may count on a parser for each page.
    """
    processors = chain[object](
        parser.preprocessors,
        parser.parser.blockprocessors,
        parser.inlinePatterns,
        parser.treeprocessors,
        parser.postprocessors,
    )
    known = ("markdown.", "pymdownx.", "claimbase.")
    if not all(type(processor).__module__.startswith(known) for processor in processors):
        return False
    return not any(extension.getConfig("UNIQUE_IDS") for extension in parser.registeredExtensions)


def _copied(settings: Any) -> Any:
    """Return settings that later changes do not reach; what they hold need not be copied."""
    if isinstance(settings, dict):
        return {name: _copied(value) for name, value in settings.items()}
    return [_copied(value) for value in settings] if isinstance(settings, list) else settings
