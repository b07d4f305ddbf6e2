"""Mini sites, built by MkDocs as people build them."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from tests import mini
from tests.minisite import HOME, MiniSite, lay_out

BIBTEX = "  - bibtex:\n      bib_dir: references\n"


def page(site: Path, path: str) -> html.HtmlElement:
    """Return a built page."""
    return html.fromstring((site / path).read_text("utf-8"))


def prose(site: Path, path: str) -> html.HtmlElement:
    """Return what a built page says, without the theme around it."""
    (article,) = page(site, path).xpath("//article")
    for mark in article.xpath(".//a[@class='headerlink']"):
        mark.drop_tree()
    for element in article.iter("p", "li", "dt", "dd", "th", "td", "summary"):
        element.tail = f" {element.tail or ''}"
    return article


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def section(article: html.HtmlElement, anchor: str) -> str:
    """Return the text from a heading to the next of its rank or above."""
    (head,) = article.xpath(f".//*[@id='{anchor}']")
    parts = []
    for element in head.itersiblings():
        if element.tag in ("h1", "h2") or element.tag == head.tag:
            break
        parts.append(text(element))
    return " ".join(parts)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def broken_links(site: Path) -> list[str]:
    """Return the links and files of built pages that lead nowhere in the site."""
    pages = {
        path: html.fromstring(path.read_text("utf-8"))
        for path in site.rglob("*.html")
        if path.name not in ("404.html", "card.html")
    }
    ids = {path: set(tree.xpath("//@id")) for path, tree in pages.items()}
    found = []
    for path, tree in pages.items():
        links = tree.xpath("//article//@href | //head//@href | //@src")
        links += [
            re.sub(r"(/|\.html)$", "/card.html", link.get("href"))
            for link in tree.xpath("//a[@data-cb-card]")
        ]
        for link in links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link.startswith("data:"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            anchor = unquote(parts.fragment)
            if not target.exists() or (anchor and anchor not in ids.get(target, {anchor})):
                found.append(f"{path.relative_to(site)}: {link}")
    return found


def broken_card_links(site: Path) -> list[str]:
    """Return the links of cards that lead nowhere; they count from the claim's own page."""
    found = []
    for path in site.rglob("card.html"):
        own = path.parent if (path.parent / "index.html").exists() else path.parent.parent
        for link in html.fragment_fromstring(path.read_text("utf-8")).xpath("//@href"):
            target = (own / link).resolve()
            if not (target / "index.html" if target.is_dir() else target).exists():
                found.append(f"{path.relative_to(site)}: {link}")
    return found


class TestPages:
    """Everything that a reader is promised stands on each kind of page."""

    def test_conclusion(self, built):
        article = prose(built.site, "claims/balm-sleep/index.html")
        assert text(article.find("h1")).startswith("Balm tea may shorten the time")
        head = text(article.xpath(".//*[@class='cb-head']")[0])
        assert "Conclusion" in head
        assert "low certainty" in head
        assert "1 source, 1 study, 1 sponsor" in head
        certainty = section(article, "certainty")
        assert "starting at high" in certainty
        assert "Risk of bias 1 level down Everyone could taste what they drank." in certainty
        assert "Hot water in the evening" in section(article, "question")
        support = section(article, "supported-by")
        assert "Green & Brown 2021" in support
        assert "study: BALM-1" in support
        assert "table 2" in support
        assert "−12 (95% CI −15.1 to −8.9), n = 30" in support
        assert "Mean difference −8.5" in support
        assert "Hill 2022" in section(article, "qualified-by")
        assert "Small sample: Few people took part" in section(article, "caveats")
        assert "everyone could taste the tea" in section(article, "why-this-rating")
        assert "Green & Brown 2021" in section(article, "falls")
        assert "Balm tea and sleep" in section(article, "used")
        assert "15 January 2026 Published First published." in section(article, "history")
        (cite,) = map(text, article.xpath(".//*[contains(@class, 'cb-cite-this')]"))
        assert "Reviewed 15 January 2026" in cite
        assert "https://teas.example/claims/balm-sleep/" in cite
        links = {text(a): a.get("href") for a in article.findall(".//a")}
        assert links["Correct this"].startswith("https://git.example.org/teas/issues/new?title=")
        assert "/edit/main/docs/claims/balm-sleep.md" in links["Edit the file"]

    def test_a_claim_that_is_related_in_two_ways_is_named_once(self, built):
        related = section(prose(built.site, "claims/balm-sleep/index.html"), "related")
        assert related.count("cures insomnia") == 1

    def test_finding(self, built):
        article = prose(built.site, "claims/balm-1-onset/index.html")
        assert "Finding: what one report says" in text(article)
        assert "Balm tea −12" in section(article, "supported-by")
        assert "report" in section(article, "what-it-means")

    def test_fact(self, built):
        article = prose(built.site, "claims/balm-sold/index.html")
        assert "as of June 2025" in text(article)
        assert "Norland Food Office 1998" in section(article, "supported-by")

    def test_popular(self, built):
        article = prose(built.site, "claims/popular-balm-cures/index.html")
        head = text(article.xpath(".//*[@class='cb-head']")[0])
        assert "overstated" in head
        assert "A fair wording: Balm tea may shorten" in head
        assert "low certainty" in section(article, "measured-against")
        background = section(article, "background")
        assert "Bad 2019 retracted 1 March 2022" in background
        assert "No trial enrolled" in section(article, "why-this-verdict")

    def test_a_popular_claim_never_passes_for_our_own(self, built):
        whole = html.parse(built.site / "claims/popular-balm-cures/index.html")
        title, heading = whole.findtext(".//title"), text(whole.find(".//h1"))
        assert title.startswith("“Balm tea cures")
        assert heading.startswith("“Balm tea cures")
        (cite,) = map(text, whole.xpath("//*[@id='cite-this']"))
        assert re.search("“Balm tea cures .*” [(]overstated[)][.] Reviewed", cite)
        data = " ".join(whole.xpath("//script[@type='application/ld+json']/text()"))
        assert '"claimReviewed":"Balm tea cures' in data

    def test_study(self, built):
        article = prose(built.site, "studies/balm-1/index.html")
        design = section(article, "design")
        for part in ("Randomised trial", "Adults who sleep badly; n = 60", "NCT00000001"):
            assert part in design
        assert "Norland Tea Board" in design
        groups = section(article, "arms")
        assert groups.index("Hot water (control) 30") < groups.index("Balm tea 30"), "control first"
        outcomes = section(article, "outcomes")
        for part in ("week 4; everyone randomised", "−12", "Mean difference −8.5", "table 2"):
            assert part in outcomes
        assert outcomes.index("Hot water: ") < outcomes.index("Balm tea: ")
        assert "High" in section(article, "risk-of-bias").title()
        assert "this site" in section(article, "risk-of-bias")
        assert "Small sample" in section(article, "caveats")
        assert "Balm tea and the time to fall asleep" in section(article, "reports")
        assert "Balm tea may shorten" in section(article, "claims")
        assert "First published" in section(article, "history")

    def test_caveat(self, built):
        article = prose(built.site, "caveats/small-sample/index.html")
        assert "so chance may explain much of the result" in text(article)
        assert "imprecision" in text(article)
        assert "Balm tea may shorten" in section(article, "claims")
        assert "one more bad night" in text(article)
        assert "First published" in section(article, "history")

    def test_source(self, built):
        article = prose(built.site, "sources/green2021balm/index.html")
        assert "Green A, Brown B. Balm tea and the time to fall asleep." in text(article)
        assert "https://doi.org/10.1234/green.2021" in article.xpath(".//a/@href")
        appraisal = section(article, "appraisal")
        for part in ("Trial report", "Current", "10 January 2026", "full text", "not known"):
            assert part in appraisal
        assert "BALM-1" in section(article, "studies")
        assert "low certainty table 2" in section(article, "supported-by")
        assert "3 claims would have no support left" in section(article, "falls")
        # The claims and the study that cite it stand above.
        used = article.xpath(".//h2[@id='used']/following-sibling::ul[1]/li")
        assert [text(use) for use in used] == ["Balm tea and sleep"]
        copies = {text(pre.getprevious()): pre.text_content() for pre in article.iter("pre")}
        assert copies["BibTeX"].startswith("@article{green2021balm,")
        assert copies["RIS"].startswith("TY  - JOUR\n")
        (item,) = json.loads(copies["CSL-JSON"])
        assert (item["id"], item["DOI"]) == ("green2021balm", "10.1234/green.2021")

    def test_source_that_is_only_background(self, built):
        article = prose(built.site, "sources/hill2022teas/index.html")
        assert "never" in section(article, "appraisal")
        assert "Balm tea may shorten" in section(article, "qualified-by")
        assert "Balm tea cures insomnia" in section(article, "background")

    def test_retracted_source(self, built):
        article = prose(built.site, "sources/bad2019/index.html")
        assert "This source is retracted. It supports no claim here." in text(article)
        appraisal = section(article, "appraisal")
        assert "Retracted, 1 March 2022, notice. The data could not be shown." in appraisal
        assert "https://doi.org/10.1234/bad.2019.notice" in article.xpath(".//a/@href")

    @pytest.mark.parametrize(
        ("folder", "names"),
        [
            ("claims", ["balm-sleep", "balm-1-onset", "balm-sold", "popular-balm-cures"]),
            ("studies", ["balm-1"]),
            ("caveats", ["small-sample"]),
            ("sources", ["green2021balm", "hill2022teas", "norland1998law", "who-2021-report"]),
        ],
    )
    def test_indexes(self, built, folder, names):
        links = prose(built.site, f"{folder}/index.html").xpath(".//a/@href")
        assert set(names) <= {Path(link).name for link in links}

    def test_checks_are_documented(self, built):
        article = prose(built.site, "contribute/checks/cb301/index.html")
        assert "To mend it" in text(article)
        assert "CB301" in text(prose(built.site, "contribute/checks/index.html"))

    def test_description_and_title(self, built):
        home = page(built.site, "index.html")
        assert home.xpath("//meta[@name='description']/@content") == [
            'What is known about "balm" tea & sleep.'
        ]
        assert home.xpath("//meta[@property='og:title']/@content") == ["Garden teas"]
        claim = page(built.site, "claims/balm-sleep/index.html")
        assert claim.findtext(".//title").startswith("Balm tea may shorten the time")

    def test_every_link_leads_somewhere(self, built):
        assert broken_links(built.site) == []
        assert broken_card_links(built.site) == []

    def test_anchors_are_unique(self, built):
        for path in built.site.rglob("*.html"):
            ids = html.fromstring(path.read_text("utf-8")).xpath("//@id")
            assert len(ids) == len(set(ids)), path

    def test_reviewed_pages_say_so(self, built):
        assert "Reviewed 15 January 2026." in text(prose(built.site, "index.html"))


class TestEditLinks:
    """Every page leads to the file that really holds it."""

    def edit(self, site: Path, path: str) -> str | None:
        found = page(site, path).xpath("//a[@rel='edit']/@href")
        return found[0] if found else None

    @pytest.mark.parametrize(
        ("path", "file"),
        [
            ("index.html", "docs/index.md"),
            ("claims/balm-sleep/index.html", "docs/claims/balm-sleep.md"),
            ("studies/balm-1/index.html", "docs/studies/balm-1.md"),
            ("caveats/small-sample/index.html", "docs/caveats/small-sample.md"),
            ("sources/index.html", "docs/sources/index.md"),
        ],
    )
    def test_written_pages(self, built, path, file):
        assert self.edit(built.site, path) == f"https://git.example.org/teas/edit/main/{file}"
        assert (built.root / file).exists()

    @pytest.mark.parametrize(
        ("key", "slug"), [("hill2022teas", "hill2022teas"), ("who:2021.report", "who-2021-report")]
    )
    def test_sources_lead_to_their_entry(self, built, key, slug):
        found = self.edit(built.site, f"sources/{slug}/index.html")
        address, _, line = found.partition("#L")
        assert address == "https://git.example.org/teas/edit/main/references/library.bib"
        assert key in built.read(mini.BIB).split("\n")[int(line) - 1]

    def test_pages_that_no_file_holds(self, built):
        assert self.edit(built.site, "contribute/checks/index.html") is None
        assert self.edit(built.site, "contribute/checks/cb301/index.html") is None


EDGE = """# Edge

Missing [@missing1999].

World [@who:2021.report].

The [team @green2021balm](https://team.example) did it.

Code `[@green2021balm]` in a line.

```
[@green2021balm]
\\bibliography
```

Write to me@green2021balm and @hill2022teas.

Located [@green2021balm, p. 12], again [@green2021balm].

\\bibliography

## Later

The end.
"""


@pytest.fixture(scope="module", params=["before", "after", "without"])
def edge(request, tmp_path_factory) -> html.HtmlElement:
    site = lay_out(tmp_path_factory.mktemp("bibtex") / "mini")
    site.option("severity: {unknown-source: warning}")
    if request.param != "without":
        site.plugin(BIBTEX, after=request.param == "after")
    site.write("docs/edge.md", EDGE)
    site.build()
    return prose(site.site, "edge/index.html")


class TestBesideMkdocsBibtex:
    """What mkdocs-bibtex does to pages when it is used plainly, and may not do here."""

    def line(self, edge: html.HtmlElement, start: str) -> str:
        (found,) = (text(p) for p in edge.findall("p") if text(p).startswith(start))
        return found

    def test_an_unknown_key_stays_in_the_sentence(self, edge):
        assert self.line(edge, "Missing") == "Missing [@missing1999: unknown source]."

    def test_a_key_with_colon_and_dot_is_whole(self, edge):
        assert self.line(edge, "World") == "World [1]."
        assert "Tea in the World" in text(edge.xpath(".//*[@id='ref-1']")[0])

    def test_a_link_with_a_key_in_its_text_survives(self, edge):
        (link,) = edge.xpath(".//a[@href='https://team.example']")
        assert link.text == "team @green2021balm"
        assert self.line(edge, "The team").endswith("did it.")

    def test_code_is_left_alone(self, edge):
        code = [element.text_content() for element in edge.findall(".//code")]
        assert code == ["[@green2021balm]", "[@green2021balm]\n\\bibliography\n"]

    def test_an_address_is_not_a_citation(self, edge):
        assert self.line(edge, "Write") == "Write to me@green2021balm and @hill2022teas."

    def test_a_locator_is_kept(self, edge):
        assert self.line(edge, "Located") == "Located [2, p. 12], again [2]."

    def test_the_bibliography_stands_where_it_was_asked_for(self, edge):
        (references,) = edge.xpath(".//*[@role='doc-endnotes']")
        (later,) = edge.xpath(".//*[@id='later']")
        order = list(edge.iter())
        assert order.index(references) < order.index(later)
        assert len(references.findall(".//li")) == 2

    def test_no_markup_of_pandoc_reaches_a_reader(self, edge):
        assert not re.search(r"\{\.|--|\[\^|nocase", text(edge.xpath(".//ol")[0]))


class TestMkdocsBibtexOptions:
    def test_a_relative_style_from_another_folder(self, mini_site, tmp_path):
        """mkdocs-bibtex looks for it in the working directory, and fails."""
        mini_site.plugin(BIBTEX + "      csl_file: references/style.csl\n")
        elsewhere = MiniSite(tmp_path / "elsewhere")
        elsewhere.root.mkdir()
        elsewhere.build("--strict", "--config-file", str(mini_site.root / "mkdocs.yml"))

    def test_its_single_file_is_the_bibliography(self, mini_site):
        mini_site.write("references/one.bib", mini_site.read(mini.BIB))
        mini_site.plugin("  - bibtex:\n      bib_file: references/one.bib\n")
        mini_site.build("--strict")

    def test_what_it_cannot_parse_stops_nothing(self, mini_site):
        """Its own parser would fail on an entry of this kind; ours is the one that reads."""
        mini_site.plugin(BIBTEX)
        bib = mini_site.read(mini.BIB)
        mini_site.write(mini.BIB, bib.replace("@misc{norland", "@comment{x}\n\n@misc{norland"))
        mini_site.build("--strict")

    def test_full_bibliography(self, mini_site):
        mini_site.plugin(BIBTEX)
        mini_site.write("docs/all.md", "# All\n\n\\full_bibliography\n")
        mini_site.build("--strict")
        items = prose(mini_site.site, "all/index.html").xpath(".//li[starts-with(@id, 'ref-')]")
        assert len(items) == 5

    def test_its_commands_are_those_that_the_site_chose(self, mini_site):
        chosen = "      bib_command: '\\[refs\\]'\n      full_bib_command: '{{ all refs }}'\n"
        mini_site.plugin(BIBTEX + chosen)
        mini_site.write(
            "docs/own.md",
            "# Own\n\nRead [@bad2019].\n\n\\[refs\\]\n\n```\n\\[refs\\]\n```\n\n\\bibliography\n",
        )
        mini_site.write("docs/all.md", "# All\n\n{{ all refs }}\n")
        mini_site.build("--strict")
        own, every = (prose(mini_site.site, f"{name}/index.html") for name in ("own", "all"))
        assert len(own.xpath(".//li[starts-with(@id, 'ref-')]")) == 1
        assert text(own).count("[refs]") == 0
        assert text(own).count("\\[refs\\]") == 1, "code is left alone"
        assert "\\bibliography" in text(own)
        assert len(every.xpath(".//li[starts-with(@id, 'ref-')]")) == 5
        assert "{{" not in text(every)


Spoil = Callable[[MiniSite], None]

FAILURES: dict[str, tuple[Spoil, list[str], str]] = {
    "an error": (
        lambda site: site.edit(mini.PAGE, "(claim:balm-sleep)", "(claim:balm-sleeep)"),
        [],
        "CB101",
    ),
    "a warning of ours, strictly": (
        lambda site: site.write(
            mini.BIB,
            site.read(mini.BIB) + "\n@misc{idle, title={Idle}, url={https://idle.example}}\n",
        ),
        ["--strict"],
        "CB",
    ),
    "a warning of MkDocs, strictly": (
        lambda site: site.write(HOME, site.read(HOME) + "\n[Gone](gone.md)\n"),
        ["--strict"],
        "gone.md",
    ),
    "a template": (
        lambda site: (
            site.write("overrides/main.html", "{{ nothing.at.all }}"),
            site.edit(mini.CONFIG, "  font: false\n", "  font: false\n  custom_dir: overrides\n"),
        )[0],
        [],
        "undefined",
    ),
    "the configuration": (
        lambda site: site.edit(mini.CONFIG, "  - search\n", "  - serach\n"),
        [],
        "serach",
    ),
    "broken YAML in the configuration": (
        lambda site: site.edit(mini.CONFIG, "plugins:\n", "plugins: [\n"),
        [],
        "",
    ),
    "our settings": (
        lambda site: site.option("reveiw-months: 3"),
        [],
        "review-months",
    ),
    "the citation style": (
        lambda site: site.write("references/style.csl", "<style>"),
        [],
        "style",
    ),
    "a plugin after ours": (
        lambda site: (
            site.write("late.py", "def on_post_build(config):\n    raise ValueError('late')\n"),
            site.edit(mini.CONFIG, "plugins:\n", "hooks: [late.py]\n\nplugins:\n"),
        )[0],
        [],
        "late",
    ),
}


class TestFailedBuilds:
    """A build that fails leaves the site as it was, byte for byte."""

    @pytest.mark.parametrize("name", FAILURES)
    def test_the_site_stays(self, mini_site, name):
        mini_site.write("site/index.html", "as it was")
        mini_site.write("site/a/b.txt", "this too")
        before = contents(mini_site.site)
        spoil, options, said = FAILURES[name]
        spoil(mini_site)
        assert said in mini_site.fail(*options)
        assert contents(mini_site.site) == before
        left = {path.name for path in mini_site.root.iterdir()}
        assert not {name for name in left if name.startswith(".site")}

    @pytest.mark.parametrize(
        ("option", "said"),
        [
            ("style: docs/index.md", "mkdocs.yml:18:7: error CB001: style: this cannot be used"),
            (f"references: {'x' * 300}", "mkdocs.yml:18:19: error CB007: references: this cannot"),
            (f"cache: {'x' * 300}", "mkdocs.yml:18:14: error CB007: cache: this cannot be opened"),
        ],
    )
    def test_a_path_that_cannot_be_used_is_told(self, mini_site, option, said):
        mini_site.option(option)
        told = mini_site.fail()
        assert said in told
        assert "Traceback" not in told

    def test_a_theme_that_search_cannot_read_is_told(self, mini_site):
        mini_site.edit(mini.CONFIG, "search: false", "search: true")
        mini_site.edit(mini.CONFIG, "name: material", "name: mkdocs")
        told = mini_site.fail()
        assert 'article> is gone, and search depends on it: mend that, or set "search: f' in told
        assert "Traceback" not in told

    def test_no_site_comes_of_a_first_build_that_fails(self, mini_site):
        spoil, options, _ = FAILURES["an error"]
        spoil(mini_site)
        mini_site.fail(*options)
        assert not mini_site.site.exists()

    def test_success_replaces_the_site_but_not_what_is_hidden(self, mini_site):
        mini_site.write("site/old.html", "old")
        mini_site.write("site/.git/HEAD", "ref: refs/heads/pages")
        mini_site.build("--strict")
        assert not (mini_site.site / "old.html").exists()
        assert (mini_site.site / "index.html").exists()
        assert mini_site.read("site/.git/HEAD") == "ref: refs/heads/pages"


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\\u00[01]|klzzwxh|wzxhzdk")
"""Control characters, as they are and as JSON writes them, and Python-Markdown's marks."""


def control_characters(site: Path) -> list[str]:
    """Return the text files of a site that hold what only stands in unfinished pages."""
    found = []
    for name, data in contents(site).items():
        if name.startswith(("assets/javascripts/", "pagefind/pagefind-")):
            continue
        plain = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        try:
            shown = plain.decode("utf-8").removeprefix("pagefind_dcd")
        except UnicodeDecodeError:
            continue
        if match := CONTROL.search(shown):
            found.append(f"{name}: {shown[max(0, match.start() - 40) : match.end() + 40]!r}")
    return found


class TestNumbersAreThereBeforeAnyoneReads:
    """Citations are tokens until a page is whole, and no file and no plugin may see one."""

    def test_in_no_file(self, built):
        assert control_characters(built.site) == []

    def test_search_plugins_read_references(self, built):
        pages = json.loads((built.site / "search" / "search_index.json").read_text("utf-8"))
        (found,) = (p["text"] for p in pages["docs"] if p["location"] == "#references")
        assert "Teas and sleep: a review" in found

    def test_wherever_a_citation_can_stand(self, mini_site):
        mini_site.option("severity: {CB102: note}")
        mini_site.write("docs/odd.md", ODD)
        mini_site.write("docs/only.md", "# Only\n\n\\bibliography\n")
        mini_site.write("docs/full.md", "# Full\n\n- x\n\n    \\full_bibliography\n")
        mini_site.build()
        assert control_characters(mini_site.site) == []
        odd = text(prose(mini_site.site, "odd/index.html"))
        assert "Odd [1] and tea" in odd
        assert "with a link in it [1, code] and [see this 2]" in odd
        assert "Keys: [@{abc}] [@{a_b}] [@a*b*c: unknown source]" in odd

    def test_on_pages_that_other_plugins_put_together(self, mini_site):
        mini_site.option("severity: {CB005: off}")
        mini_site.plugin("  - blog\n", after=True)
        mini_site.write("docs/blog/index.md", "# News [@green2021balm]\n")
        post = (
            "---\ndate: 2026-01-01\n---\n# A post\n\nRead [@bad2019].\n\n<!-- more -->\n\nMore.\n"
        )
        mini_site.write("docs/blog/posts/a.md", post)
        mini_site.build()
        assert control_characters(mini_site.site) == []
        assert "Read [Bad 2019, retracted]" in text(prose(mini_site.site, "blog/index.html"))

    def test_on_pages_that_other_plugins_read(self, mini_site):
        """A blog reads its posts itself, and hooks and generators set pages in place of files."""
        mini_site.option("severity: {CB005: off}")
        mini_site.plugin("  - blog\nhooks: [hook.py]\n", after=True)
        mini_site.write("hook.py", OTHER_SOURCES)
        mini_site.write("docs/more.md", "# Old\n")
        mini_site.write("docs/blog/index.md", "# News\n")
        front = 'date: 2026-01-01\ndescription: A <b> & "c"\n'
        mini_site.write("docs/blog/posts/a.md", f"---\n{front}---\n# A post\n\nText.\n")
        mini_site.build()
        post = page(mini_site.site, "blog/2026/01/01/a-post/index.html")
        assert post.xpath("//meta[@name='description']/@content") == ['A <b> & "c"']
        assert "From elsewhere [1 retracted]" in text(prose(mini_site.site, "more/index.html"))
        claim = prose(mini_site.site, "claims/balm-sleep/index.html")
        assert "Written elsewhere" in text(claim)
        assert claim.find_class("cb-block--record")


OTHER_SOURCES = """
from mkdocs.structure.files import File

def on_files(files, config):
    files.remove(files.get_file_from_path("more.md"))
    files.append(File.generated(config, "more.md", content="# New\\n\\nFrom elsewhere [@bad2019]."))
    return files

def on_page_read_source(page, **_):
    if page.file.src_uri == "claims/balm-sleep.md":
        return "---\\nid: balm-sleep\\n---\\nWritten elsewhere.\\n"
"""


ODD = """---
title: "Odd [@green2021balm]"
tags: ["[@hill2022teas]"]
---
# Odd [@green2021balm] and [tea](claim:balm-sleep)

[TOC]

*[green2021balm]: A key
*[cite]: A word
*[references]: Another

## Second [@hill2022teas, *p* 3]

Text[^1] with [a link [@green2021balm, `code`] in it](index.md) and [see *this* @hill2022teas].
Keys: [@{a`b`c}] [@{a\\_b}] [@{a*b*c}] [@{a&b}] [@{&lt;b}] [@a&b] [@a<b]
[@{"q'}] [@{green2021balm}].

[^1]: A note [@hill2022teas] and `x` [@who:2021.report, p. 3 `y`].

| a [@bad2019] | b |
| --- | --- |
| [@green2021balm] | [@green2021balm; @nobody] |

!!! note "Title [@green2021balm]"
    Inside [@hill2022teas].

![alt [@green2021balm]](assets/claimbase.css "t [@hill2022teas]") &#2;cite:green2021balm&#3;
![alt [see `this` @green2021balm]](assets/claimbase.css "t [*see* @hill2022teas, p. `3`]")

term [@hill2022teas]
:   meaning [@green2021balm, p. 3 & 4]
"""


def test_a_row_of_a_wide_table_knows_its_heads(mini_site):
    mini_site.write(
        "docs/more.md",
        "# More\n\n"
        "| Of *what* | `Tea` & [@green2021balm, p. 2] | Water | **n** |\n"
        "| --- | --- | --- | --- |\n"
        "| Sleep [@green2021balm] | 5 | 6 | [30](claim:balm-sleep) |\n\n"
        "| One | Two | Three |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n",
    )
    mini_site.build()
    article = prose(mini_site.site, "more/index.html")
    wide, narrow = article.xpath(".//table")
    assert wide.xpath("../@class") == ["cb-stack"]
    assert wide.xpath(".//tbody//th/@scope") == ["row"]
    assert wide.xpath(".//td/@data-cb-label") == ["Tea &", "Water", "n"]
    assert not narrow.xpath("parent::div[@class='cb-stack'] | .//@data-cb-label | .//tbody//th")


def test_the_same_bytes_twice(built, tmp_path):
    again = lay_out(tmp_path / "again")
    again.edit(mini.CONFIG, "search: false", "search: true")
    again.build("--strict")
    again.build("--strict")
    assert contents(again.site) == contents(built.site)


class TestRetraction:
    """One line changes, and everything that leaned on it changes with it."""

    def retract(self, site: MiniSite, severity: str = "") -> None:
        site.edit(
            mini.APPRAISALS,
            "status: {state: current, looked-up: 2026-01-10}",
            "status: {state: retracted, date: 2026-01-20, looked-up: 2026-01-20}",
        )
        if severity:
            site.option(f"severity: {{{severity}}}")

    def test_the_build_fails(self, mini_site):
        self.retract(mini_site)
        said = mini_site.fail()
        assert "CB301" in said
        assert "this conclusion has no support left" in said
        assert "docs/claims/balm-sleep.md" in said

    def test_everything_that_leaned_on_it_changes(self, mini_site):
        mini_site.write("docs/more.md", "# More\n\nCited [@green2021balm, p. 3].\n")
        quiet = "CB301: note, CB302: note, CB303: note"
        self.retract(mini_site, quiet)
        mini_site.build()
        site = mini_site.site
        source = prose(site, "sources/green2021balm/index.html")
        assert "This source is retracted" in text(source)
        assert "Retracted, 20 January 2026" in section(source, "appraisal")
        for path in ("more", "claims/balm-sleep", "studies/balm-1"):
            article = prose(site, f"{path}/index.html")
            citations = article.xpath(".//span[@class='cb-cites']")
            assert citations
            for citation in citations:
                assert "retracted" in text(citation)
                assert "retracted" in citation.xpath("./a/@aria-label")[0]
            (reference,) = article.xpath(".//li[contains(., 'Green A, Brown B')]")[-1:]
            assert "retracted 20 January 2026" in text(reference)
        for claim in ("balm-sleep", "balm-1-onset"):
            head = text(prose(site, f"claims/{claim}/index.html").xpath(".//*[@role='note']")[0])
            assert "Nothing that stands supports this claim" in head
        measured = prose(site, "claims/popular-balm-cures/index.html")
        assert measured.xpath(".//*[@role='note']")
        claims = {c["id"]: c for c in json.loads(mini_site.read("site/data/claims.json"))}
        assert claims["balm-sleep"]["standing"] == "fallen"
        assert claims["balm-sleep"]["independence"]["sources"] == 0
        assert claims["balm-sold"]["standing"] == "stands"
        assert "Retracted: Balm tea and the time" in mini_site.read("site/feeds/standing.xml")

    def test_part_of_the_support(self, mini_site):
        second = "  - {source: hill2022teas, relation: supported-by, locator: p. 2}\n"
        mini_site.edit(mini.CONCLUSION, "caveats: [", f"{second}caveats: [")
        self.retract(mini_site, "CB301: note, CB302: note, CB303: note")
        mini_site.build()
        head = prose(mini_site.site, "claims/balm-sleep/index.html").xpath(".//*[@role='note']")
        assert "Part of what supported this claim" in text(head[0])


def test_a_strict_build_says_what_the_check_says(mini_site):
    mini_site.edit(mini.PAGE, "(claim:balm-sleep)", "(claim:balm-sleeep)")
    mini_site.edit(mini.PAGE, "[@hill2022teas]", "[@hill2021teas]")
    mini_site.edit(mini.CONCLUSION, "reviewed: 2026-01-15", "reviewed: 2024-01-15")
    mini_site.write("docs/evidence/bare.md", "# Bare\n\nNobody says where this is from.\n")
    checked = mini_site.run("-m", "claimbase.cli", "check", "--format", "json")
    assert checked.returncode == 1
    listed = [
        f"{d['file']}:{d['line']}:{d['column']}: {d['severity']} {d['code']}: {d['message']}"
        for d in json.loads(checked.stdout)
    ]
    assert {"error", "warning"} <= {line.split(": ")[1].split()[0] for line in listed}
    said = mini_site.fail("--strict")
    logged = re.findall(r"claimbase: (\S+:\d+:\d+: \w+ CB\d+: .*)", said)
    assert logged == listed


def test_pages_as_files(mini_site):
    """Without directory addresses, links, cards and public addresses follow."""
    mini_site.edit(mini.CONFIG, "theme:\n", "use_directory_urls: false\n\ntheme:\n")
    mini_site.build("--strict")
    assert (mini_site.site / "claims" / "balm-sleep.html").exists()
    assert broken_links(mini_site.site) == []
    assert broken_card_links(mini_site.site) == []
    claims = json.loads(mini_site.read("site/data/claims.json"))
    assert claims[0]["url"] == "https://teas.example/claims/balm-1-onset.html"


REBUILD = """
import sys
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config

command = sys.argv[1]
page = Path("docs/index.md")
seen = []
for number, more in enumerate(["", "Once more [@hill2022teas].", "[Bad](claim:none)"]):
    page.write_text(page.read_text() + "\\n" + more + "\\n")
    config = load_config(site_dir=f"out{number}")
    if not number:
        config.plugins.on_startup(command=command, dirty=False)
    try:
        build(config)
    except SystemExit as error:
        print("failed:", error)
    seen.append(config.plugins["claimbase"])
assert len(set(map(id, seen))) == 1
"""


@pytest.mark.parametrize("command", ["serve", "build"])
def test_one_process_builds_again_and_again(mini_site, command):
    """MkDocs keeps the plugin between the builds of a live reload."""
    done = mini_site.run("-c", REBUILD, command)
    assert done.returncode == 0, done.stderr
    first, second = (page(mini_site.root / f"out{i}", "index.html") for i in (0, 1))
    assert len(first.xpath("//link[contains(@href, 'claimbase')]")) == 1
    assert len(second.xpath("//link[contains(@href, 'claimbase')]")) == 1
    assert len(first.xpath("//a[@class='cb-cite']")) + 1 == len(
        second.xpath("//a[@class='cb-cite']")
    )
    if command == "serve":
        third = page(mini_site.root / "out2", "index.html")
        assert "[unknown claim: none]" in text(third)
        assert "failed" not in done.stdout
    else:
        assert not (mini_site.root / "out2").exists()
        assert "failed: The ledger does not hold together" in done.stdout


OWN_WORDS = """# Own words

*[balm]: a herb

Of balm, see [the list][list] and the note[^1].

[list]: https://list.example
[^1]: Noted here.
"""

OTHER_WORDS = """# Other words

Of balm, see [the list][list] and the note[^1].
"""

DEPTH_BY_PAGE = """
def on_page_markdown(text, page, config, **_):
    config.mdx_configs["toc"]["toc_depth"] = 1 if page.file.name == "b" else 6
"""

FIGURES = """
from itertools import count
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

class Figures(Preprocessor):
    def __init__(self, md):
        self.number = count(1)

    def run(self, lines):
        return [line.replace("FIGURE", f"Figure {next(self.number)}") for line in lines]

class FiguresExtension(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Figures(md), "figures", 10)

def makeExtension(**settings):
    return FiguresExtension(**settings)
"""

BUILD_TWICE = """
import logging
from pathlib import Path
import markdown
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure import pages

logging.disable()
Path("hook.py").write_text("def on_page_content(html, **_):\\n    raise ValueError\\n")
for hooks in ([], ["hook.py"]):
    config = load_config(hooks=hooks)
    for _ in range(2):
        try:
            build(config)
        except ValueError:
            print("failed")
        assert pages.markdown is markdown
"""


class TestPagesShareAParser:
    def test_nothing_of_a_page_is_left_for_the_next(self, mini_site):
        mini_site.write("docs/a.md", OTHER_WORDS)
        mini_site.write("docs/b.md", OWN_WORDS)
        mini_site.write("docs/c.md", OTHER_WORDS)
        mini_site.build()
        first, own, last = (prose(mini_site.site, f"{name}/index.html") for name in "abc")
        for other in (first, last):
            assert "Of balm, see [the list][list] and the note[^1]." in text(other)
            assert not other.xpath(".//abbr | .//*[@class='footnote']")
        assert len(own.xpath(".//abbr | .//*[@class='footnote'] | .//a[@href]")) > 2

    def test_a_page_with_settings_of_its_own_has_a_parser_of_its_own(self, mini_site):
        mini_site.plugin("hooks: [hook.py]\n", after=True)
        mini_site.write("hook.py", DEPTH_BY_PAGE)
        for name in "abc":
            mini_site.write(f"docs/{name}.md", f"# {name}\n\n[TOC]\n\n## Below\n\n### Deep\n")
        mini_site.build()
        tocs = [prose(mini_site.site, f"{name}/index.html").find_class("toc") for name in "abc"]
        assert [text(toc) for (toc,) in tocs] == ["a Below Deep", "b", "c Below Deep"]

    @pytest.mark.parametrize("extension", ["figures", "footnotes: {UNIQUE_IDS: true}"])
    def test_what_no_reset_takes_away_has_a_parser_for_each(self, mini_site, extension):
        mini_site.write("figures.py", FIGURES)
        last = "  - pymdownx.superfences\n"
        mini_site.edit(mini.CONFIG, "  - footnotes\n", "")
        mini_site.edit(mini.CONFIG, last, f"{last}  - {extension}\n")
        for name in "abc":
            mini_site.write(f"docs/{name}.md", "# Tea\n\nFIGURE and note.[^1]\n\n[^1]: Noted.\n")
        mini_site.build()
        shown = [prose(mini_site.site, f"{name}/index.html") for name in "abc"]
        assert len({str(element.xpath(".//@id")) for element in shown}) == 1
        assert len({text(element) for element in shown}) == 1

    def test_mkdocs_has_its_own_back_afterwards(self, mini_site):
        mini_site.plugin(BIBTEX)
        done = mini_site.run("-c", BUILD_TWICE)
        assert done.returncode == 0, done.stderr
        assert done.stdout == 2 * "failed\n"


class TestCompiledTemplates:
    TEMPLATES = ".cache/claimbase/templates"

    def test_a_damaged_one_is_made_again(self, mini_site):
        mini_site.build()
        before = contents(mini_site.site)
        kept = [*(mini_site.root / self.TEMPLATES).glob("*/*")]
        assert len(kept) > 50
        for number, file in enumerate(kept):
            data = file.read_bytes()
            # Up to the checksum, in it, behind it, and not to the end.
            file.write_bytes(data[: (0, 18, 22, 30, 60, -20)[number % 6]])
        mini_site.build()
        assert contents(mini_site.site) == before

    def test_a_folder_that_cannot_be_made_only_costs_time(self, mini_site):
        mini_site.write(self.TEMPLATES, "in the way")
        mini_site.build()


def test_a_record_that_moved_is_named_where_it_was(mini_site):
    mini_site.write("references/redirects.yml", "claims/balm-rest: claims/balm-sleep\n")
    mini_site.build("--strict")
    moved = prose(mini_site.site, "claims/balm-rest/index.html")
    (link,) = moved.xpath(".//p/a")
    (title,) = prose(mini_site.site, "claims/balm-sleep/index.html").xpath(".//h1")
    assert text(link) == text(title).removesuffix("¶").strip()
    assert link.get("href") == "../balm-sleep/"


def test_a_link_that_only_looks_like_a_claims_gets_no_note(mini_site):
    looks = '{ .cb-claim data-cb-card="" }'
    mini_site.write("docs/odd.md", f"# Odd\n\n[Caveats](caveats/index.md){looks}\n")
    mini_site.build()
    assert not page(mini_site.site, "odd/index.html").find_class("cb-notes")


def test_without_a_repository(mini_site):
    lines = "repo_url: https://git.example.org/teas\nedit_uri: edit/main/docs/\n"
    mini_site.edit(mini.CONFIG, lines, "")
    mini_site.build("--strict")
    article = text(prose(mini_site.site, "claims/balm-sleep/index.html"))
    assert "Correct this" not in article


def test_hostile_records(mini_site):
    """What a title or a claim holds is shown, never run."""
    hostile = '</title><script>alert(1)</script> "x" & <b>'
    mini_site.edit(mini.BIB, "title = {List of foods}", f"title = {{{hostile}}}")
    mini_site.edit(mini.CONCLUSION, "outcome: Time to fall asleep", f"outcome: '{hostile}'")
    mini_site.edit(mini.CAVEAT, "name: Small sample", f"name: '{hostile}'")
    mini_site.edit(mini.STUDY, "title: ", f"title: '{hostile}' # ")
    fields = "".join(f"{name}: '{hostile}'\n" for name in ("title", "subtitle", "description"))
    mini_site.write("docs/own.md", f"---\n{fields}status: '{hostile}'\n---\n\nText.\n")
    mini_site.build("--strict")
    for path in (
        "own/index.html",
        "studies/balm-1/index.html",
        "sources/norland1998law/index.html",
        "claims/balm-sleep/index.html",
        "caveats/small-sample/index.html",
        "sources/index.html",
        "data/claims.json",
    ):
        found = mini_site.read(f"site/{path}")
        assert "<script>alert" not in found or path.endswith("json")
        if path.endswith("html"):
            assert not html.fromstring(found).xpath("//script[not(@type)][contains(., 'alert(')]")
    own = page(mini_site.site, "own/index.html")
    assert own.findtext(".//title") == f"{hostile} - Garden teas"
    assert own.xpath("//meta[@name='description']/@content") == [hostile]
    caveat = page(mini_site.site, "caveats/small-sample/index.html")
    assert text(prose(mini_site.site, "caveats/small-sample/index.html").find("h1")) == hostile
    assert caveat.findtext(".//title") == f"{hostile} - Garden teas"
