"""The Markdown extension without MkDocs: golden pages, and properties for any text."""

import html
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown

from claimbase.citing.csl import format_references
from claimbase.markdown import ClaimbaseExtension
from claimbase.markdown.extension import renderer_of
from claimbase.model.source import Source
from claimbase.pages.links import Links
from claimbase.pages.records import generated_pages, heading
from claimbase.pages.render import Renderer
from claimbase.reading.latex import UNPRINTABLE
from claimbase.reading.pages import read_page
from claimbase.reading.problems import Problems
from tests.minisite import STYLE, lay_out

GOLDEN = Path(__file__).parent / "golden" / "markdown"
EXTENSIONS = [
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.superfences",
]
REFERENCES = re.compile(r'<div class="cb-block cb-block--bibliography">.*?</div>', re.DOTALL)


@cache
def mini_renderer() -> Renderer:
    """What draws the small base. No fixture: its name for Hypothesis would be the whole ledger."""
    with TemporaryDirectory() as folder:
        return renderer_of(lay_out(Path(folder)).root / "mkdocs.yml")


def converter(page: str = "evidence/sleep.md", renderer: Renderer | None = None) -> Markdown:
    extension = ClaimbaseExtension(renderer or mini_renderer(), page=page)
    return Markdown(extensions=[*EXTENSIONS, extension])


def golden(path: Path, found: str) -> None:
    """Compare with a golden file; ``UPDATE_GOLDEN=1`` rewrites it, to be read before it counts."""
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


def words_of(fragment: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", fragment))


def test_alone_it_reads_the_base_of_the_folder_it_runs_in(tmp_path, monkeypatch):
    for name in ("one", "two"):
        lay_out(tmp_path / name).edit("references/library.bib", "a review", f"review {name}")
        monkeypatch.chdir(tmp_path / name)
        md = Markdown(extensions=["claimbase"])
        assert f"review {name}" in md.convert("Text [@hill2022teas].")


@pytest.mark.parametrize("name", [path.stem for path in sorted(GOLDEN.glob("*.md"))])
def test_golden(name):
    """References are folded where they are not what the page is about."""
    md = converter()
    found = md.convert((GOLDEN / f"{name}.md").read_text("utf-8"))
    if not name.startswith("bibliography"):
        found = REFERENCES.sub("<!-- references -->", found)
    golden(GOLDEN / f"{name}.html", found + "\n")


def test_extensions_that_come_later_leave_citations_whole():
    """Whichever order extensions are named in, none takes a citation's key for a word."""
    text = "Read [see *this* @green2021balm].\n\n*[green2021balm]: A key\n*[cite]: A word\n"
    first, *others = EXTENSIONS
    extension = ClaimbaseExtension(mini_renderer(), page="index.md")
    found = Markdown(extensions=[extension, *others, "smarty", first]).convert(text)
    assert words_of(found).startswith("Read [see this 1].")
    assert "\x02" not in found


def test_code_is_no_part_of_a_key():
    assert "[@{a<code>b</code>c}]" in converter().convert("A [@{a`b`c}].")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<span title="see [@bad2019]">tea</span>', '<span title="see ">tea</span>'),
        ('<b title="[*see* @bad2019, `p`]">tea</b>', '<b title="">tea</b>'),
        ("tea <!-- after [@bad2019] -->", "tea <!-- after  -->"),
        ('<br title="&lt;[@{a<b}]">', '<br title="&lt;">'),
    ],
)
def test_a_citation_in_a_tag_or_comment_is_left_out(text, found):
    """Nothing of it can be shown there, and half of it would break the tag."""
    assert converter().convert(text) == f"<p>{found}</p>"


@pytest.mark.parametrize("cite", ["[@bad2019]", "[see *this* @bad2019]"])
class TestAttributeLists:
    def test_behind_a_citation(self, cite):
        """The list is the citation's, which has its own attributes."""
        found = converter().convert(f"Tea {cite}{{ .loud }}, *so*{{ .x }}.")
        assert words_of(found).startswith("Tea [")
        assert "{" not in found
        assert "loud" not in found

    def test_around_a_citation(self, cite):
        found = converter().convert(f'*Tea*{{ title="{cite}" }} and *tea*')
        (paragraph,) = ET.fromstring(f"<div>{found}</div>").findall("p")
        assert [em.attrib for em in paragraph.iter("em") if em.text == "Tea"] == [{}]

    def test_of_a_name_alone(self, cite):
        found = converter().convert(f"{cite} [tea](tea.pdf){{ download }}")
        assert ">tea</a>" in found


def test_a_citation_in_a_link_in_a_link():
    extension = ClaimbaseExtension(mini_renderer(), page="index.md")
    md = Markdown(extensions=["pymdownx.magiclink", extension])
    found = md.convert("[as on https://tea.example/[@bad2019] now](https://a.example) so")
    (paragraph,) = ET.fromstring(f"<div>{found}</div>").findall("p")
    assert not paragraph.findall("a//span")
    assert [span.get("class") for span in paragraph.findall("span")] == ["cb-cites"]


class TestHeadings:
    """What stands beside a heading's words is no part of its anchor or of the contents."""

    def test_anchor_and_contents(self):
        md = converter()
        md.convert((GOLDEN / "cite-heading.md").read_text("utf-8"))
        (first,) = md.toc_tokens
        assert (first["id"], first["name"]) == ("tea", "Tea")
        assert [(t["id"], t["name"]) for t in first["children"]] == [
            ("warm-tea-and-sleep", "Warm tea and sleep"),
            ("references", "References"),
        ]

    def test_claim_mark(self):
        md = converter()
        md.convert("## [Tea may ease sleep](claim:balm-sleep)\n\n## After")
        assert [t["id"] for t in md.toc_tokens] == ["tea-may-ease-sleep", "after"]


class TestAnyPage:
    @pytest.mark.parametrize("page", ["index.md", "risks/index.md", "a/b.md"])
    def test_links_follow_the_page(self, page):
        found = converter(page).convert("[Tea](claim:balm-sold)")
        (link,) = re.findall(r' href="([^"]*)"', found)
        assert urljoin(f"/{page}", link) == "/claims/balm-sold.md"

    def test_numbers_begin_anew_on_each_page(self):
        md = converter()
        assert 'id="cite-1-1"' in md.convert("[@hill2022teas]")
        assert 'id="cite-1-1"' in md.reset().convert("[@green2021balm]")

    def test_by_name_with_a_configuration(self, mini_site):
        md = Markdown(
            extensions=["claimbase"],
            extension_configs={"claimbase": {"config": str(mini_site.root / "mkdocs.yml")}},
        )
        assert 'class="cb-claim"' in md.convert("[Tea](claim:balm-sold)")

    def test_without_a_configuration(self, tmp_path):
        md = Markdown(extensions=[ClaimbaseExtension(config=str(tmp_path / "none.yml"))])
        with pytest.raises(ValueError, match=r"none\.yml"):
            md.convert("text")


# Pieces that meet in ways nobody thinks of.
PIECES = st.sampled_from(
    [
        *(
            "[@green2021balm]",
            "[@hill2022teas, p. 3]",
            "[see @bad2019; -@nobody]",
            "@green2021balm",
        ),
        *("[may ease sleep](claim:balm-sleep)", "[x](claim:none)", "[x [y] z](claim:balm-sold)"),
        *("[", "]", "(", ")", "@", "claim:", "[@", "](claim:balm-sold)", "](", "{ .no-source }"),
        *("`", "``", "```\n", "~~~\n", "\n```\n", "    ", "\n    ", "\t", "\n", "\n\n", " ", "\\"),
        *("# ", "## ", "- ", "1. ", "> ", "| a | b |\n| --- | --- |\n| c | ", " | d |\n", ": "),
        *("*", "**", "_", "!", "![", "<!-- ", " -->", "<div>", "</div>", "<b>", "&", "&lt;", "<"),
        *("[^1]", "\n[^1]: ", "\n[a]: claim:balm-sold\n", "[a]", "!!! note\n    ", "*[tea]: x\n"),
        *("/// claim | balm-sold\n///\n", "/// claims\n", "    topic: sleep\n", "\n///\n", "/// "),
        *("\\bibliography\n", "\n\\full_bibliography\n", "/// record | claim-head x\n///\n"),
        *(
            "tea",
            "@green2021balm ",
            "\x00",
            "\x01",
            "\x02",
            "\x03",
            "\u202e",
            "\ufdd0",
            "é",
            "\r\n",
        ),
        *("\x02klzzwxh:0000\x03", "\x02wzxhzdk:0\x03", "---\n", "wzxhzdk:0"),
    ]
)
TEXTS = st.lists(PIECES, max_size=24).map("".join) | st.text(max_size=60)


@given(TEXTS)
@example("> /// claim | balm-sold\n///\n/// claim | balm-sold\n///\n")
@example("term\n:   /// claims\n///\n/// claims\n///\n")
@example("- > /// claim | balm-sold\n///\n/// claim | balm-sold\n///\n")
@example("1. \x02> /// claim | balm-sold\n///\n/// record | x\n///\n")
@example("a{ .no-source }- /// claim | balm-sold\n///\n/// claims\n***\n")
@example(": !!! note\n    /// claim | balm-sold\n///\n/// claims\n///\n")
@settings(max_examples=400, deadline=None)
def test_any_text_converts(text):
    converter().convert(text)


# What a page holds when it holds nothing that the checks refuse: no raw HTML, no half marks.
WORDS = st.text("abc xyz,.", min_size=1, max_size=12).map(lambda text: f"w{text}w")
MARKS = st.sampled_from(
    [
        *(
            "[@green2021balm]",
            "[see @hill2022teas, p. 3]",
            "[@bad2019; @green2021balm]",
            "[@nobody]",
        ),
        *("[sleep](claim:balm-sleep)", "[*a* `b` c](claim:balm-sold)", "[x](claim:none)"),
        *("[a [b] c](claim:balm-sold)", "[a [@hill2022teas] b](claim:balm-sold)"),
        *("`[@green2021balm]`", "\\[@green2021balm]", "me@example.org", "[a @b](https://c.org)"),
        *("`` [x](claim:balm-sold) ` ``", "[a](b.md)", "![a](claim:balm-sold)", "[^note]", "@word"),
        *("[see\n@hill2022teas]", "[a\nb](claim:balm-sold)", "[a](claim:balm-sold 'b')", "[plain]"),
    ]
)
INLINE = st.lists(WORDS | MARKS, min_size=1, max_size=6).map(" ".join)


def indented(text: str, by: str = "    ") -> str:
    return "\n".join(by + line if line else line for line in text.split("\n"))


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda text: f"- item\n\n{indented(text)}"),
        inner.map(lambda text: f"1. item\n\n{indented(text)}"),
        inner.map(lambda text: f"!!! note\n{indented(text)}"),
    )


FLAT = st.one_of(
    INLINE,
    INLINE.map(lambda text: "# " + text.replace("\n", " ")),
    INLINE.map(lambda text: f"```\n{text}\n```"),
    INLINE.map(indented),
    INLINE.map(lambda text: f"- {text}\n- {text}"),
    INLINE.map(lambda text: f"<!-- {text} -->"),
    INLINE.map(lambda text: "| a | b |\n| --- | --- |\n| {} | c |".format(text.replace("\n", " "))),
    st.just("/// claims\n    type: fact\n///"),
)
BLOCKS = st.recursive(FLAT, nested, max_leaves=3)
# Quotes are not nested: Python-Markdown joins quotes of unlike depth in ways of its own.
QUOTES = BLOCKS.map(lambda text: "\n".join(f"> {line}" for line in text.split("\n")))
PAGES = st.lists(BLOCKS | QUOTES, min_size=1, max_size=5).map(
    lambda blocks: "\n\n".join(["Start.", *blocks, "[^note]: A note [@hill2022teas].", "End."])
)


@given(PAGES)
@settings(max_examples=300, deadline=None)
def test_the_reader_of_pages_finds_what_the_extension_draws(text):
    """Checks look at what the reader finds, readers at what is drawn: they must be the same."""
    page = read_page("page.md", text, Problems())
    drawn = converter().convert(text)
    keys = Counter(
        key
        for label, unknown in re.findall(
            r'aria-label="Reference \d+: ([^"]*)"|@(\w+): unknown source', drawn
        )
        for key in [unknown or KEYS[words_of(label).removesuffix(", retracted")]]
    )
    assert Counter(citation.cite.key for citation in page.citations) == keys
    outside = re.sub(
        r'<div class="cb-block cb-block--claims">.*?</div>', "", drawn, flags=re.DOTALL
    )
    claims = Counter(
        known or unknown
        for known, unknown in re.findall(
            r'data-cb-card="" href="[./]*claims/([\w-]+)\.md|\[unknown claim: ([\w-]+)\]', outside
        )
    )
    assert Counter(use.id for use in page.claim_uses) == claims


KEYS = {"Green & Brown 2021": "green2021balm", "Hill 2022": "hill2022teas", "Bad 2019": "bad2019"}


HOSTILE = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "A & B &amp; &copy; &lt;b&gt;",
    "]]> and <![CDATA[ x",
    '"quoted" \'text\' onerror="x"',
    "[x](javascript:alert(1)) *a* `b` ![c](d) [@green2021balm] [y](claim:balm-sold)",
    "a\x00b\x01c\x1bd\x7fe\ufffe",
    "\u202eright to left שלום\u202c",
    "{{ ledger }} {% raw %} { .class #id }",
    "1. one # two ##",
    "/// claim | balm-sold",
]


def with_texts(text: str) -> Renderer:
    """The same ledger with a text for each free text of one source, as reading leaves it."""
    renderer = mini_renderer()
    old = renderer.ledger.sources["green2021balm"]
    entry, text = text, UNPRINTABLE.sub("", text)
    csl = {
        **old.csl,
        "title": text,
        "author": [{"family": text, "given": text}, {"literal": text}],
        "container-title": text,
        "publisher": text,
        "page": text,
    }
    appraisal = old.appraisal.model_copy(
        update={"funding": text, "note": text, "competing_interests": text}
    )
    source = Source(old.key, csl, entry, appraisal)
    sources = {**renderer.ledger.sources, old.key: source}
    ledger = type(renderer.ledger)(
        **{
            name: getattr(renderer.ledger, name)
            for name in renderer.ledger.__dataclass_fields__
            if name != "sources"
        },
        sources=sources,
    )
    references = {
        **renderer.references,
        **format_references([csl], STYLE),
    }
    return Renderer(ledger, references)


def check_page_of(text: str) -> None:
    hostile = with_texts(text)
    page = next(p for p in generated_pages(hostile.ledger) if p.path == "sources/green2021balm.md")
    for markdown in (page.markdown, "Cited [@green2021balm].", "/// sources\n///"):
        found = converter(page.path, hostile).convert(markdown)
        assert not re.search(r"<script|<!\[CDATA|(?:href|src)=.javascript:|\x00", found)
        # Python-Markdown's own output is XHTML but for its entities and control characters.
        clean = re.sub(r"&(?!amp;|lt;|gt;|quot;|#)\w+;", "", found)
        ET.fromstring("<div>" + re.sub("[\x01-\x08\x0b-\x1f\ufffe\uffff]", "", clean) + "</div>")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts(text):
    check_page_of(text)


@given(st.text(max_size=30))
@settings(max_examples=60, deadline=None)
@example("&copy; <b>")
def test_any_title_and_author(text):
    check_page_of(text)


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=40))
@settings(max_examples=200, deadline=None)
@example("<script>alert(1)</script> &copy; [a](b) *c* _d_ ~e~ ^f^ $g$ {h} | i ##")
def test_a_heading_shows_its_text(text):
    found = converter().convert(heading(f"T{text}"))
    shown = re.fullmatch(r"<h1[^>]*>(.*)</h1>", found, re.DOTALL)
    assert shown
    assert words_of(shown[1]) == " ".join(f"T{text}".split())


def test_a_card_is_a_fragment_of_its_own():
    renderer = mini_renderer()
    for claim_id, filed in renderer.ledger.claims.items():
        links = Links(f"claims/{claim_id}.md", renderer.ledger.settings, built=True)
        card = ET.fromstring(renderer.html("card", links, filed=filed))
        assert filed.record.claim in "".join(card.itertext())
        link = card.find(".//a").get("href")
        assert urljoin(f"/claims/{claim_id}/", link) == f"/claims/{claim_id}/"
