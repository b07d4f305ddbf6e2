"""The manual is made from the code: whatever can be written is in it."""

import re
from collections.abc import Iterator

import click
import pytest
from lxml import html

from claimbase.cli import main
from claimbase.cli.reference import command_line
from claimbase.exporting.schemas import editor_schemas
from claimbase.pages.manual import manual
from claimbase.reading.grammar import BLOCKS
from tests import mini
from tests.minisite import MiniSite

PAGES = {page.name: page.markdown for page in manual(command_line(main, "claimbase"))}


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")


COMMANDS = dict(commands(main, "claimbase"))


@pytest.mark.parametrize("name", sorted(editor_schemas()))
def test_every_field_is_in_it(name: str) -> None:
    schema = editor_schemas()[name]
    records = [schema, *schema.get("$defs", {}).values()]
    fields = {field for record in records for field in record.get("properties", {})}
    assert fields
    for field in fields:
        assert any(f"| `{field}` |" in page for page in PAGES.values()), field


def test_every_block_and_option_is_in_it() -> None:
    for name, spec in BLOCKS.items():
        section = PAGES["blocks"].split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert spec.summary in section
        assert all(f"`{option}`" in section for option in spec.options)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_is_in_it_with_each_option_and_its_help(path: str) -> None:
    command = COMMANDS[path]
    section = PAGES["commands"].split(f"\n## {path}\n")[1].split("\n## ")[0]
    assert command.help
    assert command.help.split("\n")[0] in section
    assert f"```text\n{path} " in section
    for parameter in command.params:
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts:
            assert parameter.help, parameter.opts
            lines = [line for line in section.split("\n") if parameter.opts[-1] in line]
            assert any(parameter.help.split("[")[0] in line for line in lines), parameter.opts


@pytest.mark.parametrize("page", PAGES)
def test_links_within_a_page_lead_to_a_heading(page: str) -> None:
    found = re.findall(r"^##+ (.+)$", PAGES[page], re.MULTILINE)
    headings = {heading.lower().replace(" ", "-") for heading in found}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGES[page])) <= headings


def test_the_list_leads_to_every_page() -> None:
    assert {f"({name}.md)" for name in PAGES if name != "index"} == set(
        re.findall(r"\([a-z]+\.md\)", PAGES["index"])
    )


def test_addresses_in_help_end_where_they_end(mini_site: MiniSite) -> None:
    """Extensions that make links of addresses took the bracket behind them along."""
    mini_site.edit(mini.CONFIG, "  - pymdownx.superfences", "  - pymdownx.magiclink")
    mini_site.build()
    assert "https://api.crossref.org]" in "".join(
        html.fromstring(mini_site.read("site/contribute/reference/commands/index.html")).itertext()
    )
