"""The blocks an author writes, and the ``record`` block of generated pages."""

from collections.abc import Callable
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

from markdown import Markdown
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from claimbase.reading.grammar import BLOCKS

BLOCK = "data-claimbase-block"
"""Attribute of a placeholder that the tree processor replaces with a record."""


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return str(value)


class _Placeholder(Block):
    """A block without content of its own; drawn once the whole page is known."""

    ARGUMENT: Any = None

    def on_create(self, parent: ET.Element) -> ET.Element:
        element = ET.SubElement(parent, "div", {BLOCK: self.NAME})
        element.set("argument", self.argument or "")
        for name, value in self.options.items():
            if name != "attrs" and value:
                element.set(name, value)
        return element

    def on_markdown(self) -> str:
        return "raw"

    def on_end(self, block: ET.Element) -> None:
        block.text = None


def _block(name: str, options: tuple[str, ...], *, argument: bool) -> type[_Placeholder]:
    return type(
        f"{name.title()}Block",
        (_Placeholder,),
        {
            "NAME": name,
            "ARGUMENT": argument,
            "OPTIONS": {option: ["", _words] for option in options},
        },
    )


# Made once: each page has a parser of its own, to which they are registered.
_BLOCKS = (
    *(_block(name, spec.options, argument=spec.argument) for name, spec in BLOCKS.items()),
    _block("record", (), argument=True),
)


class RecordBlocks(BlocksExtension):
    """Registers a block for each entry of the grammar, and ``record``."""

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: Any) -> None:  # noqa: N802
        """Register the blocks."""
        del md
        block_mgr.run = partial(_run, block_mgr, block_mgr.run)
        settings = self.getConfigs()
        for block in _BLOCKS:
            block_mgr.register(block, settings)


def _run(
    manager: BlocksProcessor, run: Callable[..., None], parent: ET.Element, blocks: list[str]
) -> bool | None:
    """Run the processor of blocks, and never leave its queue as it was.

    When it finds a block it first parses the text before it; a block in that text makes it forget
    the one it found, it takes nothing from the queue, and the parser asks it again for good
    (pymdownx.blocks 13.1, "- /// a", "///", "/// b").
    """
    before = list(blocks)
    run(parent, blocks)
    if blocks != before:
        return None
    found = manager.start.search(blocks[0])
    if found is None or not found.start():
        return False
    # The text before the block is in the tree already.
    blocks[0] = blocks[0][found.start() :]
    return None
