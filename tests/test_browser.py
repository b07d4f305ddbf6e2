"""The real site in a real browser: cards, keyboard, phones, print, no script, accessibility."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from scripts.quality import Files, serving
from tests.mini import CONFIG
from tests.minisite import HOME, ROOT

PATIENTS = "start/ptsd-evidence/"
"""A page for patients, with claim links in prose and tables, and citations."""

CLAIM = "claims/ptsd-severity-vs-therapy/"
STUDY = "studies/mapp2/"
SOURCE = "sources/mitchell2023mdma/"
RETRACTED = "evidence/retracted-studies/"

KINDS = {
    "home": "",
    "page for patients": PATIENTS,
    "page for clinicians": "evidence/ptsd/",
    "status": "status/timeline/",
    "table": "risks/interactions/",
    "conclusion": CLAIM,
    "finding": "claims/mapp2-severity/",
    "fact": "claims/fda-letter-conclusion/",
    "popular claim": "claims/popular-two-thirds-cured/",
    "study": STUDY,
    "caveat": "caveats/functional-unblinding/",
    "source": SOURCE,
    "index of claims": "claims/",
    "index of studies": "studies/",
    "index of sources": "sources/",
    "check": "contribute/checks/cb301/",
}

OpenPage = Callable[..., Page]


def claim_link(page: Page) -> Locator:
    """The first claim link of the prose."""
    return page.locator("article p a[data-cb-card], article li a[data-cb-card]").first


def citation(page: Page) -> Locator:
    return page.locator("article a.cb-cite").first


def card(page: Page) -> Locator:
    return page.locator("#cb-card")


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("s => document.activeElement.matches(s)", selector))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what it reaches fits, as somebody without a pointer does."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if focused(page, selector):
            return
    pytest.fail(f"Tab does not lead to {selector}")


class TestClaimCard:
    @pytest.fixture
    def reading(self, page: OpenPage) -> Page:
        return page(PATIENTS)

    def test_hover_opens_it_and_leaving_closes_it(self, reading):
        link = claim_link(reading)
        link.hover()
        expect(card(reading)).to_be_visible()
        expect(card(reading)).to_have_attribute("aria-label", "About this claim")
        expect(link).to_have_attribute("aria-describedby", "cb-card")
        reading.mouse.move(5, 5)
        expect(card(reading)).to_be_hidden()
        expect(link).not_to_have_attribute("aria-describedby", "cb-card")

    def test_it_says_what_the_claim_is(self, reading):
        link = claim_link(reading)
        link.hover()
        statement = card(reading).locator(".cb-card__claim").inner_text()
        card(reading).get_by_role("link", name="Whole record").click()
        expect(reading.locator("h1")).to_contain_text(statement)

    def test_the_pointer_can_enter_it(self, reading):
        claim_link(reading).hover()
        expect(card(reading)).to_be_visible()
        box = card(reading).bounding_box()
        reading.mouse.move(box["x"] + 20, box["y"] + 20, steps=5)
        reading.wait_for_timeout(600)
        expect(card(reading)).to_be_visible()

    def test_a_pointer_that_passes_opens_nothing(self, reading):
        claim_link(reading).hover()
        reading.mouse.move(5, 5)
        reading.wait_for_timeout(600)
        expect(card(reading)).to_be_hidden()

    def test_focus_opens_it_and_moving_on_closes_it(self, reading):
        tab_to(reading, "article p a[data-cb-card], article li a[data-cb-card]")
        expect(card(reading)).to_be_visible()
        reading.keyboard.press("Shift+Tab")
        expect(card(reading)).to_be_hidden()

    def test_escape_closes_it_and_keeps_the_focus(self, reading):
        tab_to(reading, "article a[data-cb-card]")
        expect(card(reading)).to_be_visible()
        reading.keyboard.press("Escape")
        expect(card(reading)).to_be_hidden()
        assert focused(reading, "article a[data-cb-card]")

    def test_escape_closes_it_under_the_pointer(self, reading):
        claim_link(reading).hover()
        expect(card(reading)).to_be_visible()
        reading.keyboard.press("Escape")
        expect(card(reading)).to_be_hidden()
        reading.wait_for_timeout(400)
        expect(card(reading)).to_be_hidden()

    def test_tab_leads_into_it_and_escape_back(self, reading):
        tab_to(reading, "article a[data-cb-card]")
        expect(card(reading)).to_be_visible()
        reading.keyboard.press("Tab")
        assert focused(reading, "#cb-card a")
        # What the pointer does meanwhile does not take the card away from who reads it.
        reading.mouse.move(5, 5)
        reading.mouse.move(300, 300, steps=3)
        reading.wait_for_timeout(500)
        expect(card(reading)).to_be_visible()
        reading.keyboard.press("Escape")
        expect(card(reading)).to_be_hidden()
        assert focused(reading, "article a[data-cb-card]")

    def test_a_click_elsewhere_closes_it(self, reading):
        claim_link(reading).hover()
        expect(card(reading)).to_be_visible()
        reading.locator("article h1").click()
        expect(card(reading)).to_be_hidden()

    def test_it_stays_on_the_screen(self, reading):
        reading.set_viewport_size({"width": 700, "height": 400})
        for link in reading.locator("article a[data-cb-card]").all()[:3]:
            link.focus()
            expect(card(reading)).to_be_visible()
            box = card(reading).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 700
            reading.keyboard.press("Escape")


class TestCitationCard:
    def test_hover(self, page):
        reading = page(PATIENTS)
        mark = citation(reading)
        mark.hover()
        expect(card(reading)).to_be_visible()
        expect(card(reading)).to_have_attribute("aria-label", "About this reference")
        item = reading.locator(mark.get_attribute("href"))
        shown = card(reading).locator(".cb-reference").inner_text()
        assert shown == item.locator(".cb-reference").inner_text()
        expect(card(reading).locator(".cb-back")).to_have_count(0)
        card(reading).get_by_role("link", name="About this source").click()
        expect(reading).to_have_url(re.compile("/sources/"))

    def test_focus_and_escape(self, page):
        reading = page(PATIENTS)
        citation(reading).focus()
        expect(card(reading)).to_be_visible()
        reading.keyboard.press("Escape")
        expect(card(reading)).to_be_hidden()
        assert focused(reading, "a.cb-cite")

    def test_a_retraction_is_told(self, page):
        reading = page(RETRACTED)
        reading.locator("a.cb-cite[aria-label$=retracted]").first.hover()
        expect(card(reading).locator(".cb-status--retracted")).to_be_visible()

    def test_there_and_back(self, page):
        reading = page(PATIENTS)
        mark = citation(reading)
        own = mark.get_attribute("id")
        mark.click()
        expect(reading).to_have_url(re.compile(r"#ref-1$"))
        item = reading.locator("#ref-1")
        expect(item).to_be_in_viewport()
        item.locator(".cb-back").first.click()
        expect(reading).to_have_url(re.compile(f"#{own}$"))


class TestPhone:
    def test_a_tap_leads_to_the_claim_and_back_to_the_same_place(self, page):
        reading = page(PATIENTS, "phone")
        link = reading.locator("article li a[data-cb-card]").last
        link.scroll_into_view_if_needed()
        before = reading.evaluate("scrollY")
        assert before > 0
        link.tap()
        expect(reading).to_have_url(re.compile("/claims/"))
        reading.go_back()
        expect(reading).to_have_url(re.compile(PATIENTS))
        reading.wait_for_function("y => Math.abs(scrollY - y) < 5", arg=before, timeout=3000)

    def test_a_tap_opens_no_card(self, page):
        reading = page(PATIENTS, "phone")
        citation(reading).tap()
        reading.wait_for_timeout(500)
        expect(card(reading)).to_be_hidden()


class TestWithoutScript:
    def test_a_claim_link_leads_to_the_claim(self, page):
        reading = page(PATIENTS, java_script_enabled=False)
        claim_link(reading).click()
        expect(reading).to_have_url(re.compile("/claims/"))
        expect(reading.locator("h1")).to_be_visible()

    def test_a_citation_leads_to_the_reference(self, page):
        reading = page(PATIENTS, java_script_enabled=False)
        citation(reading).click()
        expect(reading).to_have_url(re.compile("#ref-1$"))
        expect(reading.locator("#ref-1")).to_be_in_viewport()
        reading.locator("#ref-1").locator(".cb-back").first.click()
        expect(citation(reading)).to_be_in_viewport()

    def test_a_source_can_be_copied(self, page):
        source = page(SOURCE, java_script_enabled=False)
        source.get_by_text("BibTeX", exact=True).click()
        expect(source.get_by_text("@article{mitchell2023mdma")).to_be_visible()


def test_by_keyboard_from_home_to_a_source_and_back(page):
    """Home, the search, a page, a claim, a source; then the way back."""
    walk = page()
    walked = [walk.url]
    walk.keyboard.press("/")
    walk.keyboard.type("evidence on ptsd")
    walk.keyboard.press("Enter")
    walk.wait_for_url("**/search/?q=evidence+on+ptsd")
    walk.wait_for_selector("[data-cb-find][data-ready]")
    walked.append(walk.url)
    for selector, address in (
        ("[data-result][href*='/evidence/'], [data-result][href*='/start/']", "/(start|evidence)/"),
        ("article a[data-cb-card]", "/claims/"),
        ("article a[href*='/sources/']", "/sources/"),
    ):
        tab_to(walk, selector)
        walk.keyboard.press("Enter")
        # The words of the search leave the address once the page is there.
        walk.wait_for_url(re.compile(f"{address}[^#]*$"))
        walked.append(walk.url)
    expect(walk.get_by_role("heading", level=1)).to_be_visible()
    for url in reversed(walked[:-1]):
        walk.go_back()
        assert walk.url == url


def test_the_menu_of_a_narrow_window_opens_by_keyboard(page):
    phone = page("", "phone")
    menu = phone.locator(".md-sidebar--primary")
    expect(menu).not_to_be_in_viewport()
    tab_to(phone, ".md-nav--primary a[href='status/']")
    expect(menu).to_be_in_viewport()
    tab_to(phone, "article a[href]")
    expect(menu).not_to_be_in_viewport()


def test_help_for_a_country_is_one_click_from_the_first(page):
    phone = page("start/what-now/#crisis-help", "phone")
    phone.locator("article").get_by_role("link", name="United States", exact=True).click()
    expect(phone.get_by_role("link", name="988", exact=True).last).to_be_in_viewport()


def test_who_looks_for_suicide_can_call_without_scrolling(page):
    reading = page("risks/suicidality/", "phone")
    for number in ("911", "988", "116 123"):
        call = reading.locator("article").get_by_role("link", name=number, exact=True).first
        expect(call).to_be_in_viewport()
        expect(call).to_have_attribute("href", f"tel:{number.replace(' ', '')}")


def test_poison_lines_can_be_called_below_the_signs_of_danger(page):
    signs = page("risks/temperature-sodium/", "phone").locator("article")
    for number in ("1-800-222-1222", "13 11 26"):
        call = signs.get_by_role("link", name=number, exact=True)
        expect(call).to_have_attribute("href", f"tel:{number.replace(' ', '')}")


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_help_is_in_sight_wherever_a_link_leads(page, device):
    reading = page("evidence/ptsd/#harms", device)
    expect(reading.locator("#harms")).to_be_in_viewport()
    help_ = reading.get_by_role("link", name="Help in a crisis")
    expect(help_).to_be_in_viewport()
    help_.click()
    expect(reading.locator("#crisis-help")).to_be_in_viewport()


def test_a_claim_can_be_cited_from_its_head(page):
    claim = page("claims/ptsd-durability/", "phone")
    expect(claim.locator("#cite-this")).to_be_hidden()
    link = claim.get_by_role("link", name="Cite this")
    link.click()
    expect(claim.locator("#cite-this")).to_be_in_viewport()
    claim.emulate_media(media="print")
    expect(claim.locator("a[href='#cite-this']")).to_have_count(1)
    expect(link).to_be_hidden()


def test_a_table_says_what_it_means_that_nothing_is_found(page):
    table = page("risks/interactions/")
    box = table.get_by_label("Find a medicine")
    box.fill("lithium")
    expect(table.get_by_text(re.compile(r"^\d+ of \d+ rows$"))).to_be_visible()
    box.fill("nosuchmedicine")
    expect(table.get_by_text("is not known to be safe")).to_be_visible()
    box.fill("")
    expect(table.get_by_text("is not known to be safe")).to_be_hidden()


@pytest.mark.parametrize(
    "path",
    [
        "risks/interactions/",
        "status/",
        "status/guidelines/",
        "studies/",
        "studies/mapp2/",
        "evidence/map/",
        "evidence/ptsd/",
    ],
)
def test_a_row_of_a_wide_table_is_a_record_on_a_phone_and_a_row_on_paper(page, path: str):
    phone = page(path, "phone")
    cell = phone.locator(".cb-stack tbody tr:first-of-type td").first
    row = phone.locator(".cb-stack tbody tr").first
    label = cell.get_attribute("data-cb-label")

    def before() -> str:
        return str(cell.evaluate("cell => getComputedStyle(cell, '::before').content"))

    assert label
    assert before().startswith(f'"{label}')
    expect(row).to_have_css("display", "block")
    # Those who hear it have its cells and their heads still.
    expect(phone.get_by_role("columnheader", name=label).first).to_be_attached()
    assert phone.evaluate("document.querySelector('.cb-stack').scrollWidth <= innerWidth")
    phone.emulate_media(media="print")
    expect(row).to_have_css("display", "table-row")
    assert before() == "none"


def test_a_cell_without_words_takes_no_line_of_a_record(page):
    phone = page("evidence/ptsd/", "phone")
    phone.get_by_text("The numbers", exact=True).click()
    row = phone.locator(".cb-figure details tbody tr").first
    expect(row).to_contain_text("−1.21")
    empty = row.locator("td:empty")
    assert empty.count()
    assert not any(cell.is_visible() for cell in empty.all())


@pytest.mark.parametrize("path", ["evidence/ptsd/", "studies/"])
def test_a_wide_table_needs_no_scrolling_beside_the_menus(page, path: str):
    wide = page(path).locator(".cb-stack .md-typeset__scrollwrap").all()
    assert wide
    assert [box for box in wide if box.evaluate("box => box.scrollWidth > box.clientWidth")] == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_name_of_the_site_is_whole(page, width: int):
    home = page("")
    home.set_viewport_size({"width": width, "height": 800})
    if width == 1280:
        # Letters twice as large, in a window that stays as wide for its style.
        home.add_style_tag(content="html { font-size: 250% !important }")
    name = home.locator(".md-header__topic .md-ellipsis").first
    expect(name).to_be_in_viewport()
    assert name.evaluate(
        "e => e.clientWidth && e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight"
    )
    assert home.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_a_search_in_a_table_leaves_out_is_gone_on_a_phone_too(page):
    phone = page("risks/interactions/", "phone")
    phone.get_by_label("Find a medicine").fill("lithium")
    rows = phone.locator(".cb-stack tbody tr")
    assert 0 < len([row for row in rows.all() if row.is_visible()]) < rows.count()


def test_an_address_that_leads_nowhere_leads_on(page, site):
    lost = page("404.html", "phone")
    expect(lost.get_by_role("link", name="Search the site")).to_be_visible()
    links = lost.locator("article li a[href]").all()
    assert len(links) == 5
    for link in links:
        target = urlsplit(link.get_attribute("href"))
        file = site / target.path.lstrip("/") / "index.html"
        assert file.exists(), target
        assert f'id="{target.fragment}"' in file.read_text("utf-8") or not target.fragment, target


class TestPrint:
    def test_furniture_is_left_out(self, page):
        sheet = page(CLAIM)
        sheet.emulate_media(media="print")
        for selector in (
            *(".md-header", ".md-sidebar", ".md-footer", ".cb-furniture", ".cb-back", ".cb-about"),
            *(".headerlink", ".md-content__button", ".md-top"),
        ):
            found = sheet.locator(selector).all()
            assert found, selector
            for element in found:
                expect(element).to_be_hidden()
        expect(sheet.locator("h1")).to_be_visible()
        expect(sheet.locator(".cb-mark").first).to_be_visible()
        expect(sheet.locator("#ref-1")).to_be_visible()

    def test_no_card_lies_over_the_text(self, page):
        sheet = page(PATIENTS)
        claim_link(sheet).hover()
        expect(card(sheet)).to_be_visible()
        sheet.emulate_media(media="print")
        expect(card(sheet)).to_be_hidden()


class TestColours:
    """Light and dark follow the system until the reader chooses, and then the choice stays."""

    def shown(self, page):
        return page.evaluate("() => document.body.dataset.mdColorScheme")

    def test_they_follow_the_system(self, page):
        reading = page(PATIENTS, color_scheme="dark")
        assert self.shown(reading) == "slate"
        reading.emulate_media(color_scheme="light")
        expect(reading.locator("body")).to_have_attribute("data-md-color-scheme", "default")
        reading.goto("/" + CLAIM)
        reading.emulate_media(color_scheme="dark")
        expect(reading.locator("body")).to_have_attribute("data-md-color-scheme", "slate")

    def test_a_choice_by_keyboard_stays(self, page):
        reading = page(PATIENTS, color_scheme="dark")
        tab_to(reading, "[name=__palette]")
        labels = []
        for _ in range(3):
            labels.append(reading.evaluate("() => document.activeElement.ariaLabel"))
            reading.keyboard.press("Enter")
        assert len(set(labels)) == 3
        assert reading.evaluate("() => document.activeElement.ariaLabel") == labels[0]
        reading.keyboard.press("Enter")
        assert self.shown(reading) == "default"
        reading.goto("/" + CLAIM)
        assert self.shown(reading) == "default"

    def test_nothing_else_is_kept(self, page):
        reading = page(PATIENTS)
        assert reading.evaluate("() => Object.keys(localStorage)") == ["/.__palette"]
        assert reading.evaluate("() => sessionStorage.length") == 0
        assert reading.context.cookies() == []


def test_a_page_that_is_edited_while_served_is_shown_anew(browser, mini_site):
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", address]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    with subprocess.Popen(
        command, cwd=mini_site.root, env=environment, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr is not None
            assert any("Serving on" in line for line in server.stderr)
            page = browser.new_page()
            page.goto(f"http://{address}/")
            mini_site.edit(HOME, "# Garden teas", "# Teas from the garden")
            expect(page.locator("h1")).to_contain_text("Teas from the garden", timeout=20_000)
            page.close()
        finally:
            server.terminate()


def test_a_repository_on_github_is_not_asked_for_stars(browser, mini_site):
    """The theme's script would ask; it is not left to the security policy to stop it."""
    mini_site.edit(CONFIG, "https://git.example.org/teas", "https://github.com/garden/teas")
    mini_site.edit(CONFIG, "  name: material\n", "  name: material\n  custom_dir: overrides\n")
    link = "overrides/partials/source.html"
    mini_site.write(link, (ROOT / link).read_text("utf-8"))
    mini_site.build()
    with serving(Files(mini_site.site)) as home:
        context = browser.new_context(bypass_csp=True)
        asked = []
        context.on("request", lambda request: asked.append(request.url))
        context.route(lambda url: not url.startswith(home), lambda route: route.abort())
        opened = context.new_page()
        opened.goto(home, wait_until="networkidle")
        assert opened.locator(".md-source").first.get_attribute("href").startswith("https://github")
        context.close()
    assert [url for url in asked if not url.startswith((home, "data:"))] == []


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, *rules: str, **context: Any) -> list[str]:
    """Return what axe finds by all rules, or by some: the rule, its impact, the elements."""
    only = list(rules) or TAGS
    found = Axe().run(page, options={"runOnly": only}, **context).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:120]} "
        f"{node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def overflow(page: Page, width: int) -> int:
    """Return by how many pixels a page is wider than the window."""
    page.set_viewport_size({"width": width, "height": 700})
    over: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return over


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page(page, kind):
    """By light and by dark without an obstacle, and on a phone without scrolling sideways."""
    shown = page(KINDS[kind], reduced_motion="reduce")
    found = violations(shown)
    shown.evaluate("() => { document.body.dataset.mdColorScheme = 'slate' }")
    found += violations(shown, "color-contrast", "link-in-text-block")
    found += [
        f"{width} px: {over} too wide" for width in (390, 320) if (over := overflow(shown, width))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("trigger", [claim_link, citation])
def test_a_card_is_accessible(page, trigger, scheme):
    reading = page(PATIENTS, color_scheme=scheme)
    trigger(reading).hover()
    expect(card(reading)).to_be_visible()
    found = violations(reading, context="#cb-card")
    assert not found, "\n".join(found)
