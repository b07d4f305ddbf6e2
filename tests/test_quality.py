"""The real site, a page of each kind: nobody shut out, locked down, valid, light, and on paper.

`make quality` looks at every page; this is the part of it that is quick.
"""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from claimbase.exporting.policy import inline_hashes
from scripts.quality import OWN_SCRIPT, PAGE_LIMIT, SCRIPT_LIMIT, pages_of

MAP = "evidence/map/"
PTSD = "evidence/ptsd/"
FINDING = "claims/mapp2-severity/"

KINDS = {
    "home": "",
    "start": "start/evidence-in-five-minutes/",
    "help": "start/what-now/",
    "evidence": PTSD,
    "map": MAP,
    "timeline": "status/timeline/",
    "claim": FINDING,
    "study": "studies/mp1/",
    "source": "sources/mitchell2021mdma/",
    "sources of a kind": "sources/kinds/trial-report/",
    "topic": "topics/couples/",
    "term": "glossary/blinding/",
    "search": "search/",
    "not found": "404.html",
}


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_shut_out(page, kind):
    """On a desktop and a phone, by light and by dark, axe finds nothing; no cookie is set.

    What the page complains of, such as a violation of its policy, fails the test too.
    """
    shown = page(KINDS[kind], reduced_motion="reduce")
    found = []
    for width, height in ((1280, 900), (390, 844)):
        shown.set_viewport_size({"width": width, "height": height})
        # The page hears of its new size with the next frame.
        shown.evaluate("new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)))")
        shown.evaluate("() => { document.body.dataset.mdColorScheme = 'default' }")
        found += violations(shown)
        shown.evaluate("() => { document.body.dataset.mdColorScheme = 'slate' }")
        # The scheme changes colours and nothing else.
        found += violations(shown, "color-contrast", "link-in-text-block")
    assert not found, "\n".join(found)
    assert not shown.context.cookies()


def violations(page: Page, *rules: str) -> list[str]:
    """Return what axe finds by all rules, or by some."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]}"
        for rule in Axe().run(page, options=options).response["violations"]
        for node in rule["nodes"][:3]
    ]


class TestEyes:
    def test_marks_keep_their_words_and_borders_in_forced_colours(self, page):
        shown = page(PTSD, forced_colors="active")
        mark = shown.locator("article .cb-mark--low").first
        expect(mark).to_have_text(re.compile("low certainty"))
        expect(mark).to_have_css("border-top-style", "dashed")
        assert not shown.evaluate("getComputedStyle(document.body).forcedColorAdjust === 'none'")

    def test_nothing_moves_for_those_who_asked(self, page):
        shown = page(PTSD, reduced_motion="reduce")
        moving = shown.evaluate(
            "[...document.querySelectorAll('*')]"
            ".filter((e) => !/^0s(, 0s)*$/.test(getComputedStyle(e).transitionDuration))"
            ".map((e) => e.className)"
        )
        assert moving == []

    def test_at_400_percent_only_tables_and_figures_scroll(self, page):
        shown = page(MAP)
        shown.set_viewport_size({"width": 320, "height": 256})
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert shown.evaluate(over) == 0


class TestPaper:
    def test_the_claims_behind_links_are_notes(self, page):
        sheet = page(PTSD, java_script_enabled=False)
        notes = sheet.locator(".cb-notes")
        expect(notes).to_be_hidden()
        sheet.emulate_media(media="print")
        expect(notes).to_be_visible()
        link = sheet.locator("article p a.cb-claim").first
        number = int(link.get_attribute("data-cb-note"))
        note = notes.locator("li").nth(number - 1)
        folder, claim_id = link.get_attribute("href").strip("./").split("/")
        expect(notes).to_contain_text(f"/{folder}/")
        expect(note).to_contain_text(claim_id)
        expect(note).to_contain_text("certainty; rests on")
        shown = link.evaluate("(e) => getComputedStyle(e, '::after').content")
        assert f'"{number}"' in shown or f"{number}" in shown

    def test_citations_and_references_stay(self, page):
        sheet = page(PTSD)
        sheet.emulate_media(media="print")
        expect(sheet.locator("a.cb-cite").first).to_be_visible()
        expect(sheet.locator(".cb-references li").first).to_be_visible()


# Every page of the site, without a browser.


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, str]:
    """The HTML of all pages by address."""
    names = pages_of(site)
    return {
        name: (site / (f"{name[1:]}index.html" if name.endswith("/") else name[1:])).read_text()
        for name in names
    }


def test_every_page_has_the_policy(pages):
    """It stands before the first script, and allows the scripts that are there and no other."""
    wrong = []
    for name, text in pages.items():
        found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
        if not found or found.start() > text.index("<script"):
            wrong.append(f"{name}: no policy before the first script")
            continue
        (scripts,) = [part for part in found[1].split("; ") if part.startswith("script-src")]
        allowed = set(re.findall(r"'(sha256-[^']+)'", scripts))
        if "unsafe-inline" in scripts or allowed != inline_hashes(text):
            wrong.append(f"{name}: {scripts}")
        # Handlers in attributes would need unsafe-inline.
        wrong += [f"{name}: {at}" for at in re.findall(r"<[^<>]* on[a-z]+=\"[^\"]*\"", text)]
    assert not wrong, "\n".join(wrong[:20])


def test_first_views_are_light(site, pages):
    """What the HTML, and the scripts, styles and pictures that it names, cost compressed."""
    sizes: dict[str, int] = {}

    def size(path: str) -> int:
        if path not in sizes:
            file = site / path.lstrip("/")
            sizes[path] = len(gzip.compress(file.read_bytes())) if file.is_file() else 0
        return sizes[path]

    heavy = []
    for name, text in pages.items():
        named = re.findall(
            r"<(?:script|img)\b[^>]*\bsrc=\"?([^\" >]+)|<link (?:rel=\"?(?:stylesheet|icon)\"? )?"
            r"(?:href=\"?([^\" >]+)\"? rel=\"?stylesheet|[^>]*?href=\"?([^\" >]+\.(?:css|svg)))",
            text,
        )
        paths = {urlsplit(urljoin(name, "".join(groups))).path for groups in named}
        total = len(gzip.compress(text.encode())) + sum(map(size, paths))
        if total > PAGE_LIMIT:
            heavy.append(f"{name}: {total}")
        assert size("/" + OWN_SCRIPT), "the engine's script is gone"
    assert not heavy, "\n".join(heavy)
    assert (site / OWN_SCRIPT).stat().st_size <= SCRIPT_LIMIT


class _Outline(HTMLParser):
    """What is wrong with a page's elements, by a plain reading of the HTML standard."""

    VOID = frozenset(
        [
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "track",
            "wbr",
            "path",
            "circle",
            "rect",
            "use",
        ]
    )
    OPTIONAL = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "option"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.wanted: set[str] = set()
        self.headings: list[int] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if len(given) < len(attrs):
            self.faults.append(f"{self.getpos()}: <{tag}> says something twice")
        if own := given.get("id"):
            if own in self.ids:
                self.faults.append(f"{self.getpos()}: id {own} is there twice")
            self.ids.add(own)
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            self.wanted |= set((given.get(name) or "").split())
        if tag == "img" and "alt" not in given:
            self.faults.append(f"{self.getpos()}: a picture without alt")
        if tag == "a" and "a" in self.open:
            self.faults.append(f"{self.getpos()}: a link in a link")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        while self.open and self.open[-1] != tag and self.open[-1] in self.OPTIONAL:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"{self.getpos()}: </{tag}> closes nothing in {self.open[-3:]}")


def test_pages_are_well_formed(pages):
    """A plain check; `make quality` asks the W3C's checker, which needs Java."""
    faults = []
    sample = {"/" + path for path in KINDS.values()} | set(list(pages)[::25])
    for name in sorted(sample):
        outline = _Outline()
        outline.feed(pages[name])
        outline.close()
        found = outline.faults
        found += [f"left open: {outline.open}"] if outline.open else []
        # The theme's button of the menu points at a box that a page without one lacks.
        missing = outline.wanted - outline.ids - {"__toc"}
        found += [f"an id that is not there: {missing}"] if missing else []
        if outline.headings.count(1) != 1 or not re.search(r"<html lang=\"?en", pages[name]):
            found.append(f"headings {outline.headings[:5]}, or no language")
        found += [
            f"a heading of rank {b} below one of rank {a}"
            for a, b in zip(outline.headings, outline.headings[1:], strict=False)
            if b > a + 1
        ]
        faults += [f"{name}: {fault}" for fault in found]
    assert not faults, "\n".join(faults[:30])
