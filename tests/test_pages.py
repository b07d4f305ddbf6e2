"""How pages are scanned: what is prose, and what in it refers to records."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claimbase.reading.grammar import Cite, parse_citation
from claimbase.reading.masking import mask
from claimbase.reading.pages import Page, read_page
from claimbase.reading.passages import passages
from claimbase.reading.problems import Problems

ANY = st.text() | st.text(
    alphabet=st.sampled_from(list("[](){}@:;-#*`~!|/<>\\\"' \n\ta1.é日\u2028\r"))
)


def page(body: str, front: str = "") -> Page:
    text = f"---\n{front}---\n{body}" if front else body
    return read_page("p.md", text, Problems())


# What is not prose


@pytest.mark.parametrize(
    "text",
    [
        "`[x](claim:a)`",
        "``a ` [x](claim:a)``",
        "```\n[x](claim:a)\n```",
        "~~~ python\n[x](claim:a)\n\n[@a]\n~~~",
        "- item\n\n    ```\n    [x](claim:a)\n    ```",
        "> ```\n> [x](claim:a)\n> ```",
        "text\n\n    [x](claim:a)",
        "text\n\n\t[x](claim:a)",
        "<!-- [x](claim:a)\n\n[@a] -->",
        "\\[x](claim:a)",
        "[x\\](claim:a)",
        "\\\\`[x](claim:a)`",
    ],
)
def test_code_comments_and_escapes_are_no_prose(text: str) -> None:
    assert page(text).claim_uses == []
    assert page(text).citations == []


@pytest.mark.parametrize(
    "text",
    [
        "[x](claim:a)",
        "not ` closed [x](claim:a)",
        "one ` span\n\n[x](claim:a) ` two",
        "```\nnot closed [x](claim:a)",
        "- item\n\n    [x](claim:a)",
        "1. item\n\n    [x](claim:a)",
        "!!! note\n    [x](claim:a)",
        "[^1]: Note\n\n    [x](claim:a)",
        "term\n:   [x](claim:a)",
        "text\n    [x](claim:a)",
        "> [x](claim:a)",
        "| [x](claim:a) | b |",
        "/// note\n[x](claim:a)\n///",
        "<!-- not closed [x](claim:a)",
        "<!-- a --> [x](claim:a) <!-- b -->",
        "<!--> [x](claim:a) -->",
        "`<!--` [x](claim:a) `-->`",
        "\\`[x](claim:a)\\`",
    ],
)
def test_prose_is_seen(text: str) -> None:
    assert [use.id for use in page(text).claim_uses] == ["a"]


@settings(max_examples=200, deadline=None)
@given(ANY)
@example("`a\n\n`<!--\n-->```\n")
@example("\x0b> a")
def test_a_mask_keeps_lengths_and_lines(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    for shown, hidden in zip(text.split("\n"), masked.split("\n"), strict=True):
        assert len(shown) == len(hidden)
        assert all(h in (s, " ") for s, h in zip(shown, hidden, strict=True))


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_everything_found_stands_where_it_says(text: str) -> None:
    found = page(text)
    lines = found.text.split("\n")
    places = [
        *(place for use in found.claim_uses for place in (use.place, use.text_place)),
        *(citation.place for citation in found.citations),
        *(block.place for block in found.blocks),
        *(target.place for target in found.links),
        *(place for _, place in [*found.tags, *found.attributes]),
        *(passage.place for passage in passages(found)),
    ]
    for place in places:
        line = lines[place.line - 1]
        assert 0 <= place.column - 1 <= place.column - 1 + place.length <= len(line)
    for citation in found.citations:
        place = citation.place
        line = lines[place.line - 1]
        assert line[place.column - 1 : place.column - 1 + place.length] == citation.cite.key


# Front matter


def test_front_matter_shifts_lines() -> None:
    found = page("\nSee [a text\nof two lines](claim:a-b).\n", front="title: A title\n")
    [use] = found.claim_uses
    assert use.text == "a text\nof two lines"
    assert (str(use.place), use.place.length) == ("p.md:6:21", 3)
    assert (str(use.text_place), use.text_place.length) == ("p.md:5:6", 6)
    assert found.title == "A title"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# A heading #\n", "A heading"),
        ("text\n\n## Two {#two .x}\n", "Two"),
        ("```\n# code\n```\n\n# Heading\n", "Heading"),
        ("", "p"),
        ("---\ntitle: 5\n---\n# Heading\n", "Heading"),
    ],
)
def test_a_page_has_a_title(text: str, title: str) -> None:
    assert page(text).title == title


# Claim links and citations


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("[a](claim:x) and [b](claim:y)", [("a", "x"), ("b", "y")]),
        ('[a](claim:x "A title")', [("a", "x")]),
        ("[a](<claim:x>)", [("a", "x")]),
        ("[a [b] c](claim:x)", [("a [b] c", "x")]),
        ("[`code` in it](claim:x)", [("`code` in it", "x")]),
        ("[me@here](claim:x)", [("me@here", "x")]),
        ("[](claim:x)", [("", "x")]),
        ("[a](claim:)", [("a", "")]),
        ("[a](other:x)", []),
        ("[a] (claim:x)", []),
    ],
)
def test_claim_links(text: str, uses: list[tuple[str, str]]) -> None:
    assert [(use.text, use.id) for use in page(text).claim_uses] == uses


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("[@a]", [Cite("a", offset=1)]),
        ("[@a, p. 12]", [Cite("a", locator="p. 12", offset=1)]),
        (
            "[see @a; -@b, table 2]",
            [Cite("a", "see", offset=5), Cite("b", locator="table 2", offset=10)],
        ),
        ("[@a, table 2; and 3]", [Cite("a", locator="table 2; and 3", offset=1)]),
        ("[@doe:2020.a-b_c/d]", [Cite("doe:2020.a-b_c/d", offset=1)]),
        ("[@doe2020.]", [Cite("doe2020", locator=".", offset=1)]),
        ("[@{10.1000/x;y}]", None),
        ("[@{a b}]", None),
        ("[me@example.org]", None),
        ("[a] @b", None),
        ("[@a](b.md)", None),
        ("[see @a][ref]", None),
    ],
)
def test_citations(text: str, cites: list[Cite] | None) -> None:
    assert [citation.cite for citation in page(text).citations] == (cites or [])


def test_a_bracket_without_a_key_is_no_citation() -> None:
    assert parse_citation("see there; and @here") is None
    assert parse_citation("") is None


# Blocks


def test_blocks_with_options() -> None:
    found = page(
        "/// claims\n    topic: [a, b]\n    as: table\n///\n\n///note|A title\nText\n///\n\n"
        "//// claim | x y\n////\n"
    )
    assert [(b.name, b.argument) for b in found.blocks] == [
        ("claims", ""),
        ("note", "A title"),
        ("claim", "x y"),
    ]
    options = [(name, value, str(place)) for name, value, place in found.blocks[0].options]
    assert options == [("topic", "a b", "p.md:2:5"), ("as", "table", "p.md:3:5")]
    assert [claim_id for claim_id, _ in found.claims_shown] == ["x", "y"]


# Links


@pytest.mark.parametrize(
    ("text", "schemes"),
    [
        ("[a](b.md) [c](#d) [e](../f.md)", ["", "", ""]),
        ("[a](HTTPS://x) <http://y> ![p](data:z)", ["https", "http", "data"]),
        ("[a]( <java\tscript:x> )", ["javascript"]),
        ("[a](&#x6A;avascript:x)", ["javascript"]),
        ("[a](\x01javascript:x)", ["javascript"]),
        ("[a]\n\n[a]:\n  mailto:x@y.z", ["mailto"]),
        ("[^1]: Note: x", []),
        ("a (b: c) [d] (e:f)", []),
    ],
)
def test_links_and_their_schemes(text: str, schemes: list[str]) -> None:
    assert [target.scheme for target in page(text).links] == schemes


# Passages


def told(body: str) -> list[str]:
    """Passages, each with what became of it: + sourced, - excused, ! neither."""
    return [
        ("+" if p.sourced else "-" if p.excused else "!") + re.sub(r"\s+", " ", p.text)
        for p in passages(page(body))
    ]


def test_passages_of_a_page() -> None:
    body = """# A heading of words

A paragraph
of two lines [@a].

What follows:

- one item [@a]
- another item
    - below it
- and { .no-source }

| head of | a table |
|---------|---------|
| one row | [@a]    |
| two row | none    |

bare | head
--- | ---
one row | [x](claim:a)
two row | none

> quoted words
>
> more of them [@a]

!!! note "A title of words"
    Words in it.

A setext heading
================

/// claims
    topic: some thing
///

/// details | Some summary
    type: note

Some details.
///

*[HTML]: Hypertext Markup Language
[ref]: https://a.example "A title"

![A picture of it](a.png)

Alone
"""
    assert told(body) == [
        "+A paragraph of two lines [@a].",
        "-What follows:",
        "+- one item [@a]",
        "!- another item",
        "!- below it",
        "-- and { .no-source }",
        "+| one row | [@a] |",
        "!| two row | none |",
        "+one row | [x](claim:a)",
        "!two row | none",
        "!> quoted words",
        "+> more of them [@a]",
        "!Words in it.",
        "!Some details.",
    ]


def test_a_rule_under_a_paragraph_does_not_hide_it() -> None:
    assert told("One line and\nanother one\n---\n") == ["!One line and another one"]
    assert told("Some words.\n\n***\n\nMore words.\n") == ["!Some words.", "!More words."]


def test_a_code_block_is_no_passage() -> None:
    assert told("```\nsome words of code\n```\n\n    more of the code\n") == []
