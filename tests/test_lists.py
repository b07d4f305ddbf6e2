"""Lists that grow with the base: cut into pages, with every record on one of them."""

import re
from pathlib import Path

import pytest
from lxml import html

from claimbase.pages.lists import LENGTH
from tests import mini
from tests.minisite import MiniSite, lay_out
from tests.test_site import broken_links

MANY = 230
LISTS = ("topics/sleep/", "caveats/small-sample/", "sources/norland1998law/", "claims/")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> MiniSite:
    """The small base with many more facts of one topic, source and caveat."""
    site = lay_out(tmp_path_factory.mktemp("grown") / "mini")
    fact = site.read(mini.FACT).replace("as-of:", "caveats: [small-sample]\nas-of:")
    for number in range(MANY):
        text = fact.replace("as a food", f"as food {number}")
        site.write(f"docs/claims/sold-{number:03}.md", text)
    site.write("docs/claims/index.md", "# All claims\n\n/// claims\n///\n")
    site.write("docs/page-2.md", "# A page of the name\n\n/// claims\n    type: popular\n///\n")
    site.build()
    return site


def tree(site: Path, address: str) -> html.HtmlElement:
    return html.fromstring((site / address / "index.html").read_text("utf-8"))


@pytest.mark.parametrize("address", LISTS)
def test_every_claim_is_on_one_page(grown, address):
    seen: list[str] = []
    last = len(tree(grown.site, address).xpath("//nav[@class='cb-pager']//li"))
    assert last >= 2
    for at in range(last):
        path = f"{address}page-{at + 1}/" if at else address
        article = tree(grown.site, path).xpath("//article")[0]
        listed = article.xpath(".//ul[@class='cb-list'][not(ancestor::details)]/li/a/@href")
        found = [match[0] for link in listed if (match := re.search(r"sold-\d+", link))]
        assert len(found) <= LENGTH
        seen += found
        (pager,) = article.xpath(".//nav[@class='cb-pager']")
        assert len(pager.xpath(".//li")) == last
        assert pager.xpath(".//*[@aria-current='page']")[0].text.startswith(f"Page {at + 1}")
        assert len(pager.xpath(".//a[@rel='prev']")) == (at > 0)
        assert len(pager.xpath(".//a[@rel='next']")) == (at < last - 1)
        assert f"Page {at + 1} of {last}" in article.text_content()
    assert sorted(seen) == [f"sold-{number:03}" for number in range(MANY)]
    assert not (grown.site / address / f"page-{last + 1}").exists()


def test_a_short_list_has_no_pages(grown):
    assert not tree(grown.site, "studies").xpath("//nav[@class='cb-pager']")


def test_every_link_leads_somewhere(grown):
    assert broken_links(grown.site) == []


def test_a_written_page_may_be_called_so(grown):
    article = tree(grown.site, "page-2").xpath("//article")[0]
    assert "Balm tea cures insomnia" in article.text_content()
