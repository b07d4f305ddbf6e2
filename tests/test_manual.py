"""The manual is made from the code: whatever can be written is in it."""

import re

import pytest

from claimbase.exporting.schemas import editor_schemas
from claimbase.pages.manual import manual
from claimbase.reading.grammar import BLOCKS

PAGES = {page.name: page.markdown for page in manual()}


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


@pytest.mark.parametrize("page", PAGES)
def test_links_within_a_page_lead_to_a_heading(page: str) -> None:
    found = re.findall(r"^##+ (.+)$", PAGES[page], re.MULTILINE)
    headings = {heading.lower().replace(" ", "-") for heading in found}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGES[page])) <= headings


def test_the_list_leads_to_every_page() -> None:
    assert {f"({name}.md)" for name in PAGES if name != "index"} == set(
        re.findall(r"\([a-z]+\.md\)", PAGES["index"])
    )
