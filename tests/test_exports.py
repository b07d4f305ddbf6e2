"""The data of a built site agrees with its ledger, and other programs can read it."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from claimbase.citing.export import to_ris
from claimbase.exporting import linked_data
from claimbase.exporting.data import SCHEMA_VERSION, data_files
from claimbase.ledger import Ledger
from claimbase.reading.bibtex import read_bibliography
from claimbase.reading.problems import Problems
from tests import mini
from tests.minisite import MiniSite, lay_out

ATOM = "{http://www.w3.org/2005/Atom}"
RIS = re.compile(r"[A-Z][A-Z0-9]  - .*")


@pytest.fixture(scope="module")
def ledger(built: MiniSite) -> Ledger:
    return mini.read(built.root)[0]


def loaded(built: MiniSite, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(built.read(f"site/data/{name}.json"))
    return found


def records(ris: str) -> Iterator[list[tuple[str, str]]]:
    """Yield a RIS file's records as tags with values; every line must be one."""
    record: list[tuple[str, str]] = []
    for line in filter(None, ris.split("\n")):
        assert RIS.fullmatch(line), line
        record.append((line[:2], line[6:]))
        if line.startswith("ER"):
            yield record
            record = []
    assert record == []


class TestJson:
    @pytest.mark.parametrize("name", ["claims", "sources", "studies"])
    def test_fits_its_schema(self, built, name):
        schema = json.loads(built.read(f"site/data/{name}.schema.json"))
        Draft202012Validator.check_schema(schema)
        assert schema["version"] == SCHEMA_VERSION
        items = loaded(built, name)
        assert items
        Draft202012Validator(schema).validate(items)

    @pytest.mark.parametrize(
        ("name", "path", "wrong"),
        [
            ("claims", ("type",), "rumour"),
            ("claims", ("standing",), "firm"),
            ("claims", ("reviewed",), "last week"),
            ("sources", ("custom", "status", "state"), "doubtful"),
            ("studies", ("arms",), []),
        ],
    )
    def test_the_schema_refuses(self, built, name, path, wrong):
        items = loaded(built, name)
        place: Any = items[0]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = wrong
        validator = Draft202012Validator(json.loads(built.read(f"site/data/{name}.schema.json")))
        assert not validator.is_valid(items)

    def test_every_record_is_there(self, built, ledger):
        for name, shelf in (
            ("claims", ledger.claims),
            ("sources", ledger.sources),
            ("studies", ledger.studies),
        ):
            assert [item["id"] for item in loaded(built, name)] == sorted(shelf)

    def test_a_conclusion(self, built):
        (claim,) = (c for c in loaded(built, "claims") if c["id"] == "balm-sleep")
        assert claim["certainty"]["level"] == "low"
        assert claim["certainty"]["because"]["imprecision"]["steps"] == -1
        assert claim["verdict"] is None
        assert claim["standing"] == "stands"
        assert claim["independence"] == {"sources": 1, "studies": 1, "sponsors": 1}
        assert claim["evidence"][0] == {
            "relation": "supported-by",
            "source": "green2021balm",
            "locator": "table 2",
            "result": "balm-1/onset",
            "study": "balm-1",
            "note": None,
        }
        assert claim["caveats"] == ["small-sample"]
        assert claim["reviewed"] == "2026-01-15"
        assert claim["url"] == "https://teas.example/claims/balm-sleep/"

    def test_the_other_types(self, built):
        claims = {claim["id"]: claim for claim in loaded(built, "claims")}
        assert claims["balm-sold"]["as-of"] == "2025-06"
        popular = claims["popular-balm-cures"]
        assert popular["verdict"] == "overstated"
        assert popular["measured-against"] == ["balm-sleep"]
        assert popular["fair-wording"].startswith("Balm tea may")

    def test_a_source_is_csl_json_with_its_status(self, built):
        sources = {source["id"]: source for source in loaded(built, "sources")}
        bad = sources["bad2019"]
        assert bad["type"] == "article-journal"
        assert bad["DOI"] == "10.1234/bad.2019"
        assert bad["custom"]["status"] == {
            "state": "retracted",
            "date": "2022-03-01",
            "notice": "10.1234/bad.2019.notice",
            "looked-up": None,
        }
        green = sources["green2021balm"]["custom"]
        assert green["claims"] == ["balm-1-onset", "balm-sleep"]
        assert green["studies"] == ["balm-1"]
        assert green["status"]["looked-up"] == "2026-01-10"

    def test_a_study(self, built):
        (study,) = loaded(built, "studies")
        assert study["outcomes"]["onset"]["arms"]["tea"]["mean-change"] == -12.0
        assert study["claims"] == ["balm-1-onset", "balm-sleep"]

    def test_addresses_lead_to_pages(self, built):
        addresses = [item["url"] for name in ("claims", "studies") for item in loaded(built, name)]
        addresses += [item["custom"]["url"] for item in loaded(built, "sources")]
        for address in addresses:
            path = address.removeprefix("https://teas.example/")
            assert (built.site / path / "index.html").exists(), address


class TestCsv:
    def test_agrees_with_the_json(self, built):
        rows = list(csv.DictReader(io.StringIO(built.read("site/data/claims.csv"))))
        claims = loaded(built, "claims")
        assert [row["id"] for row in rows] == [claim["id"] for claim in claims]
        for row, claim in zip(rows, claims, strict=True):
            assert row["statement"] == claim["statement"]
            assert row["certainty"] == (claim["certainty"] or {}).get("level", "")
            assert row["verdict"] == (claim["verdict"] or "")
            assert int(row["sources"]) == claim["independence"]["sources"]
            assert row["caveats"].split() == claim["caveats"]
            assert row["url"] == claim["url"]

    def test_a_spreadsheet_takes_no_text_for_a_formula(self, mini_site):
        mini_site.edit(mini.POPULAR, "claim: Balm tea cures", "claim: '=1+1 Balm tea cures'\n#")
        mini_site.build()
        rows = csv.DictReader(io.StringIO(mini_site.read("site/data/claims.csv")))
        (row,) = (row for row in rows if row["id"] == "popular-balm-cures")
        assert row["statement"] == "'=1+1 Balm tea cures"


class TestBibliographies:
    def test_bibtex_reads_again(self, built, ledger):
        problems = Problems()
        entries = read_bibliography("x.bib", built.read("site/data/references.bib"), problems)
        assert problems == []
        assert {e.key: e.csl for e in entries} == {
            key: source.csl for key, source in ledger.sources.items()
        }

    def test_bibtex_reads_with_another_reader(self, built, ledger):
        """Pybtex is the reader of mkdocs-bibtex."""
        from pybtex.database import parse_string

        found = parse_string(built.read("site/data/references.bib"), "bibtex")
        assert sorted(found.entries) == sorted(ledger.sources)

    def test_an_abbreviation_is_spelt_out(self, mini_site):
        """An entry is copied without the @string that its file begins with."""
        bib = mini_site.read(mini.BIB)
        bib = bib.replace("journal = {Journal of Garden Teas}", 'journal = "Journal of " # teas')
        mini_site.write(mini.BIB, "@string{teas = {Garden Teas}}\n\n" + bib)
        mini_site.build("--strict")
        problems = Problems()
        text = mini_site.read("site/data/references.bib")
        entries = read_bibliography("x.bib", text, problems)
        assert problems == []
        journals = {entry.csl.get("container-title") for entry in entries}
        assert journals == {"Journal of Garden Teas", None}

    def test_ris_has_every_source(self, built, ledger):
        found = list(records(built.read("site/data/references.ris")))
        assert [dict(record)["ID"] for record in found] == sorted(ledger.sources)
        for record in found:
            assert record[0][0] == "TY"
            assert record[-1] == ("ER", "")

    @given(
        st.dictionaries(
            st.sampled_from(["title", "publisher", "container-title", "page", "volume", "DOI"]),
            st.text(max_size=30),
        ),
        st.lists(st.dictionaries(st.sampled_from(["family", "given", "literal"]), st.text())),
    )
    @settings(max_examples=100, deadline=None)
    def test_any_text_stays_on_its_line(self, texts, people):
        item = {"id": "x", "type": "report", **texts, "author": people}
        (record,) = records(to_ris(item))
        assert (record[0], record[-1]) == (("TY", "RPRT"), ("ER", ""))


class TestFeeds:
    @pytest.mark.parametrize("name", ["claims", "standing"])
    def test_is_a_whole_feed(self, built, name):
        feed = ET.fromstring(built.read(f"site/feeds/{name}.xml"))
        assert feed.tag == f"{ATOM}feed"
        for required in ("id", "title", "updated"):
            assert feed.findtext(f"{ATOM}{required}")
        entries = feed.findall(f"{ATOM}entry")
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len(ids) == len(set(ids))
        for entry in entries:
            assert entry.findtext(f"{ATOM}title")
            assert re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", entry.findtext(f"{ATOM}updated")
            )

    def test_a_retraction_is_news(self, built):
        assert "Retracted: Tea for All" in built.read("site/feeds/standing.xml")
        assert "Tea for All" not in built.read("site/feeds/claims.xml")


class TestLinkedData:
    def graph(self, built: MiniSite, path: str) -> list[dict[str, Any]]:
        page = built.read(f"site/{path}index.html")
        (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        found = json.loads(data)
        assert found["@context"] == "https://schema.org"
        graph: list[dict[str, Any]] = found["@graph"]
        return graph

    def test_own_claims_are_claims(self, built):
        page, claim = self.graph(built, "claims/balm-sleep/")
        assert page["lastReviewed"] == "2026-01-15"
        assert claim["@type"] == "Claim"
        assert claim["citation"][0]["identifier"] == "doi:10.1234/green.2021"

    def test_claims_in_circulation_are_reviewed(self, built):
        _, review = self.graph(built, "claims/popular-balm-cures/")
        assert review["@type"] == "ClaimReview"
        assert review["reviewRating"]["alternateName"] == "Overstated"

    def test_a_source(self, built):
        _, article = self.graph(built, "sources/bad2019/")
        assert article["creativeWorkStatus"] == "Retracted"

    def test_a_page(self, built):
        (page,) = self.graph(built, "")
        assert page["description"] == 'What is known about "balm" tea & sleep.'

    @given(st.text())
    @settings(max_examples=50, deadline=None)
    def test_no_text_closes_the_script(self, text):
        found = linked_data.script({"name": text + "</script><script>"})
        assert found.count("</script>") == 1
        body = found.removeprefix('<script type="application/ld+json">')
        assert json.loads(body.removesuffix("</script>"))["name"] == text + "</script><script>"


class TestEmptyBase:
    def test_nothing_yet(self, tmp_path):
        """A base that begins has a site and data too."""
        site = lay_out(tmp_path / "mini")
        for name in mini.FILES:
            if name != mini.CONFIG:
                (site.root / name).unlink()
        site.write("docs/index.md", "# Nothing yet\n")
        for folder in ("claims", "studies", "caveats", "sources"):
            (site.root / "docs" / folder / "index.md").unlink()
        site.build("--strict")
        assert json.loads(site.read("site/data/claims.json")) == []
        assert site.read("site/data/claims.csv").startswith("id,type,statement")


def test_a_page_of_another_suffix_has_its_own_address(mini_site: MiniSite):
    mini_site.write("docs/odd.markdown", "# Odd\n\nText.\n")
    mini_site.build()
    assert "- [Odd](https://teas.example/odd/index.md)\n" in mini_site.read("site/llms.txt")
    assert (mini_site.site / "odd/index.html").exists()
    assert "Text." in mini_site.read("site/odd/index.md")


@pytest.mark.parametrize(
    ("claim", "headline"),
    [
        ('"Balm tea cures insomnia."', "“Balm tea cures insomnia.”"),
        ("“Balm tea cures insomnia.”", "“Balm tea cures insomnia.”"),
        ('Balm tea is a "cure" for “bad” sleep.', "“Balm tea is a ‘cure’ for ‘bad’ sleep.”"),
        ('"Balm" and "tea"', "“‘Balm’ and ‘tea’”"),
    ],
)
def test_marks_in_a_quoted_sentence_are_not_doubled(tmp_path, claim: str, headline: str):
    mini.write(
        tmp_path, mini.edit(mini.POPULAR, "claim: Balm tea cures insomnia.", f"claim: '{claim}'")
    )
    ledger, _ = mini.read(tmp_path)
    assert ledger.claims["popular-balm-cures"].record.headline == headline
    data = json.loads(dict(data_files(ledger))["data/claims.json"])
    assert claim in [item["statement"] for item in data]


OWN = ("data/claims.json", "feeds/claims.xml", "assets/claimbase.css")


def test_a_file_where_one_is_made_is_told_of(mini_site: MiniSite):
    for path in OWN:
        mini_site.write(f"docs/{path}", "mine")
    said = mini_site.build()
    for path in OWN:
        assert f"docs/{path}: the site has a file of its own there" in said
        assert mini_site.read(f"site/{path}") != "mine"
    assert "DeprecationWarning" not in said
    mini_site.fail("--strict")
    done = mini_site.run("-m", "claimbase.cli", "pages", "other")
    assert "docs/assets/claimbase.css: the site has a file of its own there" in done.stderr
    assert done.returncode == 1


def test_what_is_made_stays_where_the_folder_is_left_out(mini_site: MiniSite):
    mini_site.edit(mini.CONFIG, "theme:\n", "exclude_docs: data/\ntheme:\n")
    mini_site.write("docs/data/raw.csv", "mine")
    mini_site.build("--strict")
    assert (mini_site.site / "data/claims.json").exists()
    assert not (mini_site.site / "data/raw.csv").exists()
