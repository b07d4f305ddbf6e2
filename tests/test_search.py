"""The search, in a browser, on the real site: what it finds, what it loads, how it is used."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import expect

from benchmarks.search import Query, read_queries, score
from claimbase.exporting.finder import Entry, finder_files, stem, tokens
from claimbase.exporting.search import index
from tests.conftest import OpenPage

QUERIES = read_queries()
BOX, SEARCH_BOX = ".cb-find__box", "#cb-q"
READY = "[data-cb-find][data-ready]"


def results(page: Any) -> list[str]:
    """Return the addresses of the results in the order of the document, below the site."""
    links = page.eval_on_selector_all(
        "[data-result]", "links => links.map(a => [a.dataset.result, new URL(a.href).pathname])"
    )
    assert [int(rank) for rank, _ in links] == list(range(1, len(links) + 1))
    return [path.removeprefix("/") or "./" for _, path in links]


def ask(page: Any, query: str) -> list[str]:
    """Type a query in the header and return what is shown."""
    page.fill(BOX, "")
    page.fill(BOX, query)
    page.wait_for_function(
        "query => document.querySelector('.cb-find__panel')?.dataset.query === query", arg=query
    )
    return results(page)


def test_judged_queries_are_many_and_of_every_kind():
    kinds = Counter(query.kind for query in QUERIES)
    assert len(QUERIES) >= 150
    assert len({query.text.lower() for query in QUERIES}) == len(QUERIES)
    assert set(kinds) == {
        *("words", "question", "popular", "synonym", "acronym"),
        *("typo", "spelling", "entity", "nothing"),
    }


def test_answers_of_judged_queries_are_pages(site: Path):
    wrong = {
        answer
        for query in QUERIES
        for answer in query.answers
        if not (site / answer / "index.html").exists()
    }
    assert not wrong


def test_the_judged_queries_are_answered(page: OpenPage):
    opened = page("search/")
    opened.wait_for_selector(READY)
    found = opened.evaluate(
        """async (queries) => {
          const all = [];
          for (const query of queries) {
            const { found } = await claimbaseFind.results(query, { limit: 10, typing: true });
            all.push(found.map(({ u }) => u || "./"));
          }
          return all;
        }""",
        [query.text for query in QUERIES],
    )
    ranks = [query.rank(urls) for query, urls in zip(QUERIES, found, strict=True)]
    whole = score(ranks)
    missed = "\n".join(
        f"{query.kind}: {query.text}: {urls[:3]}"
        for query, urls, rank in zip(QUERIES, found, ranks, strict=True)
        if rank is None or rank > 3
    )
    assert whole.success_3 >= 0.97, f"{whole}\n{missed}"
    assert whole.reciprocal >= 0.88, f"{whole}\n{missed}"
    held = score([rank for rank, query in zip(ranks, QUERIES, strict=True) if query.held_out])
    assert held.success_3 >= 0.95, held


@pytest.mark.parametrize(
    "query",
    [
        Query("ecstacy deaths", "typo", frozenset({"risks/non-medical-use/"}), False),
        Query("zoloft", "synonym", frozenset({"glossary/sertraline/"}), False),
        Query("hyponatremia", "spelling", frozenset({"glossary/hyponatraemia/"}), False),
        Query("qwertzuiop", "nothing", frozenset(), False),
    ],
    ids=lambda query: query.kind,
)
def test_header_and_page_show_what_is_found(page: OpenPage, query: Query):
    opened = page("evidence/ptsd/")
    quick = ask(opened, query.text)
    opened.goto(f"/search/?q={query.text}")
    opened.wait_for_selector(READY)
    whole = results(opened)
    for found in (quick, whole):
        rank = query.rank(found)
        assert rank is not None
        assert rank <= 3


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("is it legal in the uk", "united-kingdom"),
        ("american access", "united-states"),
        ("British law", "united-kingdom"),
        ("Dutch access", "netherlands"),
        ("swiss access", "switzerland"),
        ("Czech law", "elsewhere"),
        ("EU approval", "european-union"),
        ("legal in the us", "united-states"),
        ("nhs prescription", "united-kingdom"),
    ],
)
def test_a_place_is_found_by_what_people_call_it(page: OpenPage, query: str, place: str):
    assert f"status/{place}/" in ask(page("./"), query)[:3]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("legal", "status/"),
        ("legal status", "status/"),
        ("law", "status/"),
        ("I want to die", "risks/suicidality/"),
        ("thinking of ending my life", "start/what-now/"),
        ("overdose", "start/what-now/"),
        ("bad trip", "risks/low-mood/"),
        ("effect size mapp1", "studies/mapp1/"),
        ("download data", "contribute/data/"),
        ("add a paper", "contribute/guide/"),
        ("report a mistake", "about/corrections/"),
        ("typo", "about/corrections/"),
        ("Seroquel", "risks/interactions/"),
        ("Ritalin", "risks/interactions/"),
        ("son took ecstasy with antidepressant", "risks/interactions/"),
        ("risk of bias MAPP2", "studies/mapp2/"),
    ],
)
def test_the_page_that_answers_is_first(page: OpenPage, query: str, answer: str):
    assert ask(page("./"), query)[0] == answer


def test_every_result_has_an_address(site: Path):
    files = (site / "search/pages").glob("*.json")
    found = [record for file in files for record in json.loads(file.read_text("utf-8"))]
    assert [record["t"] for record in found if "u" not in record] == []
    assert [record["u"] for record in found].count("") == 1


@pytest.mark.parametrize("query", ["can mdma help us", "tell us about ptsd", "did it work"])
def test_a_word_that_could_be_a_name_is_none(page: OpenPage, query: str):
    found = ask(page("./"), query)[:3]
    assert not {"status/united-states/", "glossary/dissociative-identity-disorder/"} & {*found}


def test_nothing_of_search_is_loaded_before_it_is_used(page: OpenPage):
    opened = page("evidence/ptsd/")
    loaded: list[str] = []
    opened.on("request", lambda request: loaded.append(request.url))
    opened.reload(wait_until="networkidle")
    assert not [url for url in loaded if re.search(r"search|pagefind", url)]
    ask(opened, "liver")
    assert any("assets/search.js" in url for url in loaded)


def test_a_first_search_is_light(page: OpenPage, site: Path):
    opened = page("evidence/ptsd/")
    loaded: set[str] = set()
    opened.on("request", lambda request: loaded.add(request.url))
    opened.focus(BOX)
    opened.keyboard.type("ecstasy deaths", delay=100)
    opened.wait_for_selector("[data-result]")
    opened.wait_for_load_state("networkidle")
    files = [site / re.sub(r"^https?://[^/]+/", "", url) for url in loaded]
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 120_000


def test_first_view_scripts_are_small(site: Path):
    assert (site / "assets/claimbase.js").stat().st_size <= 8000


@pytest.mark.parametrize("key", ["/", "s", "f"])
def test_keys_lead_to_the_box(page: OpenPage, key: str):
    opened = page("evidence/ptsd/")
    opened.keyboard.press(key)
    assert opened.evaluate("document.activeElement.matches('.cb-find__box')")
    assert opened.input_value(BOX) == ""


def test_the_box_is_a_combobox(page: OpenPage):
    opened = page("evidence/ptsd/")
    first = ask(opened, "oxytocin")[0]
    box = opened.locator(BOX)
    assert box.get_attribute("role") == "combobox"
    assert box.get_attribute("aria-expanded") == "true"
    opened.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    option = opened.locator(f"#{active}")
    assert option.get_attribute("role") == "option"
    assert option.get_attribute("aria-selected") == "true"
    opened.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.get_attribute("aria-activedescendant") is None
    assert not opened.is_visible(".cb-find__panel")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    opened.wait_for_selector("mark.pagefind-highlight")
    assert opened.url.endswith(f"/{first}"), "the words of a search stay in no address"


def test_enter_leads_to_the_page_of_the_search(page: OpenPage):
    opened = page("evidence/ptsd/")
    ask(opened, "liver")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/search/?q=liver")
    opened.wait_for_selector(READY)
    assert results(opened)[0] == "risks/liver/"


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_axe_finds_nothing_with_results_open(page: OpenPage, device: str):
    opened = page("evidence/ptsd/", device)
    ask(opened, "suisidality")
    opened.keyboard.press("ArrowDown")
    assert not violations(opened, "form.cb-find")
    assert no_sideways(opened)
    opened.goto("/search/?q=suisidality")
    opened.wait_for_selector(READY)
    assert not violations(opened, "article")
    assert no_sideways(opened)


def violations(page: Any, part: str) -> list[tuple[str, str]]:
    """Return what axe finds in a part of a page."""
    found = Axe().run(page, context=part).response["violations"]
    return [(one["id"], node["html"]) for one in found for node in one["nodes"]]


def no_sideways(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def counts(page: Any, facet: str) -> dict[str, int]:
    """Return the counts that the page shows beside the values of a facet."""
    shown = page.eval_on_selector_all(
        "[data-count]", "all => all.map(one => [one.dataset.count, one.textContent])"
    )
    pairs = [(*name.split(":", 1), int(count)) for name, count in shown]
    return {value: count for name, value, count in pairs if name == facet}


def test_facets_agree_with_the_data(page: OpenPage, site: Path):
    claims = json.loads((site / "data/claims.json").read_text("utf-8"))
    opened = page("search/?kind=claim")
    opened.wait_for_selector(READY)
    for facet, field in (
        ("claim type", "type"),
        ("certainty", "certainty"),
        ("verdict", "verdict"),
    ):
        values = [level(claim[field]) for claim in claims if claim[field]]
        assert counts(opened, facet) == dict(Counter(values))
    assert f"{len(claims)} results" in opened.inner_text(".cb-found__count")


def level(value: Any) -> str:
    """Return a certainty or verdict as the facets have it."""
    text = value["level"] if isinstance(value, dict) else value
    return str(text).replace("-", " ")


def test_what_rests_on_retracted_work_is_one_click(page: OpenPage, site: Path):
    claims = json.loads((site / "data/claims.json").read_text("utf-8"))
    sources = json.loads((site / "data/sources.json").read_text("utf-8"))
    gone = {one["id"] for one in sources if status(one["custom"]) == "retracted"}
    expected = {
        f"claims/{claim['id']}/"
        for claim in claims
        if any(link["source"] in gone for link in claim["evidence"])
    }
    opened = page("search/")
    opened.wait_for_selector(READY)
    opened.click("[data-retracted]")
    opened.wait_for_url("**/search/?kind=claim&source-status=retracted")
    opened.wait_for_function("() => document.querySelector('.cb-found__clear')")
    assert set(results(opened)) == expected


def status(source: dict[str, Any]) -> str:
    """Return what has become of a source."""
    value = source["status"]
    return str(value["state"] if isinstance(value, dict) else value)


def test_query_and_facets_are_in_the_address(page: OpenPage):
    opened = page("search/?q=liver")
    opened.wait_for_selector(READY)
    before = results(opened)
    opened.check("input[name=kind][value=claim]")
    opened.wait_for_url("**/search/?q=liver&kind=claim")
    opened.wait_for_function("() => document.querySelector('.cb-found__clear')")
    after = results(opened)
    assert after
    assert all(url.startswith("claims/") for url in after)
    opened.go_back()
    opened.wait_for_function("() => !document.querySelector('.cb-found__clear')")
    assert results(opened) == before


def test_a_claim_shows_its_certainty_and_caveats(page: OpenPage):
    opened = page("search/?q=durability ptsd 18 weeks")
    opened.wait_for_selector(READY)
    item = opened.locator("li:has([href$='/claims/ptsd-durability/'])").inner_text()
    assert "Conclusion" in item
    assert "very low certainty" in item
    assert re.search(r"\d caveats?", item)


def test_the_whole_text_is_searched_when_titles_do_not_hold_a_word(page: OpenPage):
    opened = page("search/")
    opened.wait_for_selector(READY)
    found = opened.evaluate(
        "async () => (await claimbaseFind.results('dissociation', { text: true })).found.length"
    )
    assert found


def indexed(site: Path) -> Iterator[tuple[Path, str]]:
    """Yield the pages in Pagefind's index and the text it holds of them."""
    for fragment in sorted(site.glob("pagefind/fragment/*")):
        data = json.loads(gzip.decompress(fragment.read_bytes()).removeprefix(b"pagefind_dcd"))
        yield site / data["url"].strip("/") / "index.html", data["content"]


def test_marks_and_furniture_stay_out_of_the_index(site: Path):
    for path, text in indexed(site):
        assert "Link to this section" not in text, path
        assert "claims" not in path.parts or "@online{" not in text, path
        assert not re.search(r"Reviewed \d+ \w+ \d{4}\. Next review by", text), path


def test_words_never_fuse_in_the_index(site: Path):
    word = re.compile(r"[^\W_]+")
    for path, text in list(indexed(site))[::5]:
        (article,) = html.parse(path).xpath("//article")
        apart = {found for node in article.itertext() for found in word.findall(node)}
        fused = set(word.findall(text)) - apart
        # Words that a tag parts inside, as in "H<sub>2</sub>O", are one.
        assert not {one for one in fused if one not in article.text_content()}, path
        assert not [one for one in fused if re.search(r"[a-z]{3}(?:\d|[A-Z][a-z])", one)], path


def test_both_languages_have_the_same_stems(page: OpenPage, site: Path):
    lists = [json.loads(file.read_text("utf-8")) for file in (site / "search/words").iterdir()]
    words = sorted({word for some in lists for word in some})
    opened = page("search/")
    opened.wait_for_selector(READY)
    theirs = opened.evaluate("words => words.map(claimbaseFind.stem)", words)
    assert dict(zip(words, theirs, strict=True)) == {word: stem(word) for word in words}
    texts = ["Post-traumatic, 3,4-MDMA", "Østfold’s Café", "people's 5-HT2A"]
    assert opened.evaluate("texts => texts.map(claimbaseFind.tokens)", texts) == [
        tokens(text) for text in texts
    ]


def test_without_script_the_page_offers_the_indexes(page: OpenPage):
    opened = page("search/?q=liver", java_script_enabled=False)
    text = opened.inner_text("article")
    assert "Search needs JavaScript" in text
    expect(opened.locator("article form")).to_be_hidden()
    assert opened.locator("article noscript a[href='../claims/']").count() or opened.is_visible(
        "article a[href='../claims/']"
    )


def test_it_works_from_a_disk(browser: Any, site: Path):
    opened = browser.new_page()
    opened.goto((site / "evidence/ptsd/index.html").as_uri())
    opened.fill(BOX, "oxitocin")
    opened.wait_for_selector("[data-result]")
    links = opened.eval_on_selector_all("[data-result]", "links => links.map(a => a.href)")
    assert all(link.startswith("file:") and link.endswith("/index.html") for link in links)
    assert any(link.endswith("glossary/oxytocin/index.html") for link in links[:3])
    opened.close()


def test_a_first_search_loads_as_little_on_a_large_site():
    def entries(count: int) -> list[Entry]:
        return [
            Entry(f"p/{n}/", f"page {n} on rain and w{n % 977}", "page", "page", text="rain " * 9)
            for n in range(count)
        ]

    def heaviest(count: int) -> int:
        files = dict(finder_files(entries(count), []))
        kept = [text for path, text in files.items() if re.search(r"/(terms|words|pages)/", path)]
        return max(len(gzip.compress(text.encode())) for text in kept)

    assert heaviest(10_000) < 6000


def test_the_guard_sees_that_pages_are_missing(tmp_path: Path):
    body = (
        "<article data-pagefind-body><span data-pagefind-filter='kind:page'></span>Rain</article>"
    )
    (tmp_path / "index.html").write_text(f"<!doctype html><html lang=en>{body}</html>")
    one = Entry("./", "Rain", "page", "page", facets=(("kind", "page"),))
    index(tmp_path, [one])
    with pytest.raises(RuntimeError, match="1 pages, and the site has 2"):
        index(tmp_path, [one, one])
    more = Entry("./", "Rain", "page", "page", facets=(("kind", "page"), ("topic", "rain")))
    with pytest.raises(RuntimeError, match="1 facets, and pages 2"):
        index(tmp_path, [more])
