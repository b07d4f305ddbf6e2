"""Reading bibliographies: as they are exported, and as they break."""

import time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from claimbase.reading.bibtex import Entry, read_bibliography
from claimbase.reading.dates import parse_date
from claimbase.reading.latex import to_address, to_unicode
from claimbase.reading.names import parse_names
from claimbase.reading.problems import Problems

DATA = Path(__file__).parent / "data" / "bibtex"


def read(text: str) -> tuple[dict[str, Entry], Problems]:
    problems = Problems()
    return {entry.key: entry for entry in read_bibliography("x.bib", text, problems)}, problems


def one(fields: str, kind: str = "article") -> dict[str, object]:
    entries, problems = read(f"@{kind}{{key, {fields}}}")
    assert not problems
    csl = entries["key"].csl
    return {name: csl[name] for name in csl if name not in ("id", "type")}


@pytest.fixture(scope="module")
def exports() -> dict[str, Entry]:
    entries, problems = read((DATA / "exports.bib").read_text("utf-8"))
    assert problems == []
    return entries


class TestExports:
    def test_all_entries_are_read_and_comments_are_not(self, exports):
        assert list(exports) == [
            "mitchellMDMAassistedTherapyModerate2023",
            "kolk:body.2014/keeps+the-score_1",
            "Ricaurte2002",
            "doi:10.1056/NEJMp1407478",
            "smith2024title",
            "parens",
            "bare",
        ]

    def test_zotero(self, exports):
        entry = exports["mitchellMDMAassistedTherapyModerate2023"]
        assert entry.type == "article"
        assert entry.csl == {
            "id": "mitchellMDMAassistedTherapyModerate2023",
            "type": "article-journal",
            "title": "MDMA-assisted therapy for moderate to severe PTSD: a randomized, "
            "placebo-controlled phase 3 trial",
            "title-short": "MDMA-assisted therapy",
            "author": [
                {"family": "Mitchell", "given": "Jennifer M."},
                {"family": "Ot’alora G.", "given": "Marcela"},
                {"family": "Kolk", "given": "Bessel", "non-dropping-particle": "van der"},
            ],
            "container-title": "Nature Medicine",
            "container-title-short": "Nat Med",
            "volume": "29",
            "issue": "10",
            "page": "2473–2480",
            "issued": {"date-parts": [[2023, 10]]},
            "accessed": {"date-parts": [[2026, 11, 21]]},
            "DOI": "10.1038/s41591-023-02565-4",
            "URL": "https://www.nature.com/articles/s41591-023-02565-4",
            "PMID": "12345678",
            "PMCID": "PMC1234567",
            "ISSN": "1546-170X",
            "language": "en",
        }
        assert entry.fields["keywords"] == "Clinical trials, PTSD"
        assert entry.raw.startswith("@article{mitchellMDMA")
        assert entry.raw.endswith("pdf},\n}")

    def test_better_bibtex(self, exports):
        csl = exports["kolk:body.2014/keeps+the-score_1"].csl
        assert csl["author"] == [
            {"family": "Kolk", "given": "Bessel", "non-dropping-particle": "van der"},
            {"literal": "Trauma Research Foundation"},
        ]
        assert csl["PMID"] == "25559014"
        assert csl["URL"] == "https://example.org/~kolk/a_b--c"
        assert csl["issued"] == {"date-parts": [[2014, 9, 25]]}

    def test_jabref(self, exports):
        csl = exports["Ricaurte2002"].csl
        assert csl["title"] == (
            "Severe dopaminergic neurotoxicity in primates: "
            "a common recreational dose regimen of MDMA"
        )
        assert [person["family"] for person in csl["author"]] == ["Ricaurte", "McCann"]
        assert csl["custom"] == {"et-al": ["author"]}
        assert csl["issued"] == {"date-parts": [[2002, 9, 27]]}

    def test_publisher(self, exports):
        csl = exports["doi:10.1056/NEJMp1407478"].csl
        assert csl["title"] == "A Title In Capitals & Markup"
        assert csl["issued"] == {"date-parts": [[2014, 7, 3]]}
        assert csl["DOI"] == "10.1056/NEJMp1407478"
        assert csl["URL"] == "https://doi.org/10.1056/NEJMp1407478"
        assert csl["PMID"] == "24988553"
        assert csl["page"] == "12–14"

    def test_a_preprint_is_no_journal_article(self, exports):
        csl = exports["smith2024title"].csl
        assert (csl["type"], csl["genre"], csl["publisher"]) == ("article", "Preprint", "arXiv")
        assert csl["author"][1:] == [
            {"family": "Öztürk", "given": "Gülşen"},
            {"family": "García", "given": "José"},
        ]

    def test_quotes_parentheses_and_macros(self, exports):
        csl = exports["parens"].csl
        assert csl["title"] == 'Quotes, "braces" and (parentheses)'
        assert csl["publisher"] == "The Lancet Press"
        assert csl["author"] == [
            {"literal": "Barnes"},
            {"literal": "Noble"},
            {"literal": "Barnes and Noble"},
        ]


class TestPlaces:
    TEXT = "\n@article{key,\n  title = {Ä title},  year=2020,\n  note = {two\n  lines}}\n"

    @pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT])
    def test_key_and_values(self, text):
        entry = read(text)[0]["key"]
        assert str(entry.place) == "x.bib:2:10"
        assert entry.place.length == 3
        places = entry.field_places
        assert [str(place) for place in places.values()] == [
            "x.bib:3:12",
            "x.bib:3:28",
            "x.bib:4:11",
        ]
        assert places["title"].length == len("Ä title")


def test_faults_are_all_reported_and_the_rest_is_read():
    entries, problems = read((DATA / "broken.bib").read_text("utf-8"))
    found = "".join(
        f"{problem.code} {problem.place}: {problem.message}\n    {problem.help}\n"
        for problem in sorted(problems, key=lambda problem: problem.place)
    )
    assert found == (DATA / "broken.txt").read_text("utf-8")
    assert list(entries) == ["good1", "early", "comma", "twice", "fields", "good2"]
    assert entries["comma"].fields == {"title": "A comma is missing", "year": "2022"}
    assert entries["twice"].csl["title"] == "First"
    assert entries["fields"].csl["issued"] == {"date-parts": [[2024]]}
    assert not {"DOI", "PMID", "URL"} & set(entries["fields"].csl)


@pytest.mark.parametrize("text", ["", "\n", "no entry", "@", "@{", "@x", "\x00\xff", "}{"])
def test_nothing_to_read(text):
    assert read(text) == ({}, [])


@pytest.mark.parametrize(
    ("kind", "fields", "csl_type"),
    [
        ("online", "", "webpage"),
        ("report", "", "report"),
        ("techreport", "", "report"),
        ("misc", "", "document"),
        ("misc", "url = {https://x.org}", "webpage"),
        ("misc", r"howpublished = {\url{https://x.org}}", "webpage"),
        ("misc", "eprint = {2401.00001}, archivePrefix = {arXiv}", "article"),
        ("article", "journal = {bioRxiv}", "article"),
        ("article", "entrysubtype = {magazine}", "article-magazine"),
        ("incollection", "booktitle = {X}", "chapter"),
        ("inbook", "title = {X}", "book"),
        ("phdthesis", "", "thesis"),
        ("legislation", "", "legislation"),
        ("dataset", "", "dataset"),
        ("software", "", "software"),
        ("periodical", "", "periodical"),
        ("unheardof", "", "document"),
    ],
)
def test_types(kind, fields, csl_type):
    assert read(f"@{kind}{{key, {fields}}}")[0]["key"].csl["type"] == csl_type


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("title = {T.}", {"title": "T"}),
        ("title = {T...}", {"title": "T..."}),
        ("title = {In the U.S.}", {"title": "In the U.S."}),
        ("title = {Why?}, subtitle = {Because}", {"title": "Why? Because"}),
        ("doi = {https://doi.org/10.1000/a\\_b.}", {"DOI": "10.1000/a_b"}),
        ("doi = {doi:10.1000/AbC}", {"DOI": "10.1000/AbC"}),
        ("pages = {pp. S1-S9}", {"page": "S1–S9"}),
        ("pages = {e1234}", {"page": "e1234"}),
        ("eid = {e5}", {"page": "e5"}),
        ("year = 2020, month = jan # {~1}", {"issued": {"date-parts": [[2020, 1, 1]]}}),
        ("year = 2020, month = {Jan--Feb}", {"issued": {"date-parts": [[2020, 1], [2020, 2]]}}),
        ("year = {}, month = {}", {}),
        ("year = {n.d.}", {}),
    ],
)
def test_fields(fields, expected):
    assert one(fields) == expected


def test_a_child_has_what_its_crossref_has():
    entries, _ = read(
        "@inproceedings{child, title = {Talk}, crossref = {PARENT}}"
        "@proceedings{parent, title = {Meeting}, year = 2001}"
    )
    csl = entries["child"].csl
    assert (csl["title"], csl["container-title"]) == ("Talk", "Meeting")
    assert csl["issued"] == {"date-parts": [[2001]]}


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\"o}\'e\ss{} \v{C}{\'{\i}}\c{c} \O \L{}", "öéß Číç ØŁ"),
        (r"R\&D, 50\% and 50% of \$5~\#1\_a", "R&D, 50% and 50% of $5 #1_a"),
        (r"{{MDMA}} \emph{in {\bf vivo}} \textbf{x}", "MDMA in vivo x"),
        (r"1--2 --- ``q'' it's", "1–2 — “q” it's"),
        (r"$\beta$, $\alpha_2$, H$_2$O, 5-HT$_{2A}$, $^{13}$C", "β, α₂, H₂O, 5-HT2A, ¹³C"),
        (r"$p<0.05$ or $\geq$ 3", "p<0.05 or ≥ 3"),
        ("costs $25,000 rather than $740m", "costs $25,000 rather than $740m"),
        ("<i>a</i> &amp; CO<sub>2</sub>, p < 0.05", "a & CO₂, p < 0.05"),
        (r"\unknown{kept} \href{https://x.org}{too}", "kept too"),
        ("a\tb\n  c\x00\x1b", "a b c"),
        ("}{ \\", ""),
    ],
)
def test_latex(latex, text):
    assert to_unicode(latex) == text


def test_addresses_keep_what_text_would_not():
    assert to_address(r"https://x.org/~a\_b--c?d=50\%25&amp=$1") == (
        "https://x.org/~a_b--c?d=50%25&amp=$1"
    )
    assert to_address(r"10.1002/(SICI)1:2$<$3::AID$>$4") == "10.1002/(SICI)1:2<3::AID>4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-08-08", {"date-parts": [[2024, 8, 8]]}),
        ("2024-08-08T10:00:00Z", {"date-parts": [[2024, 8, 8]]}),
        ("2020-01/2020-03", {"date-parts": [[2020, 1], [2020, 3]]}),
        ("2020/2020", {"date-parts": [[2020]]}),
        ("2019--2020", {"date-parts": [[2019], [2020]]}),
        ("2024/08/08", {"date-parts": [[2024, 8, 8]]}),
        ("2024-21", {"date-parts": [[2024]], "season": 1}),
        ("1995~", {"date-parts": [[1995]], "circa": True}),
        ("[2019a]", {"date-parts": [[2019]]}),
        ("c2019", {"date-parts": [[2019]]}),
        ("8th of August, 2024", {"date-parts": [[2024, 8, 8]]}),
        ("Spring 2020", {"date-parts": [[2020]], "season": 1}),
        ("In press", {"literal": "in press"}),
        ("n.d.", {}),
        ("", {}),
        ("2024-02-30", None),
        ("2024-13", None),
        ("08/09/2024", None),
        ("yesterday", None),
        ("20x4", None),
        ("٢٠٢٤", None),
    ],
)
def test_dates(text, expected):
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("de la Cruz, Jr., Juan", ["de la|Cruz|Juan|Jr."]),
        ("Ludwig van Beethoven", ["van|Beethoven|Ludwig|"]),
        ("Rick Doblin\n and\tAnderson, A", ["|Doblin|Rick|", "|Anderson|A|"]),
        (r"{\'E}mile {von Zola}", ["|von Zola|Émile|"]),
        ("d'Aquili, Eugene", ["|d'Aquili|Eugene|"]),
        (" and A, B and and C, D and ", ["|A|B|", "|C|D|"]),
        ("{{{Barnes and Noble}}} and Plato", ["=Barnes and Noble", "=Plato"]),
        ("", []),
    ],
)
def test_names(text, names):
    parts = ("non-dropping-particle", "family", "given", "suffix")
    assert [
        f"={name['literal']}" if "literal" in name else "|".join(name.get(p, "") for p in parts)
        for name in parse_names(text).names
    ] == names


@settings(deadline=None)
@given(st.text())
def test_any_text_is_borne(text):
    read(text)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from('@article{}(),="#\\ \n%$~k1'), max_size=200))
def test_anything_like_bibtex_is_borne(text):
    entries, _ = read(text)
    for entry in entries.values():
        assert entry.raw in text


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("\\{}$^_'`~\"-<>/&;subpi 12aA"), max_size=100))
def test_no_markup_comes_out_of_latex(text):
    assume("\\{" not in text and "\\}" not in text)
    assert not {"{", "}"} & set(to_unicode(text))


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abcÄ-'. ", min_size=1).map(str.strip).filter(len), max_size=5))
def test_a_broken_entry_takes_no_other_with_it(titles):
    text = "".join(f"@article{{k{i}, title = {{{title}}}}}\n" for i, title in enumerate(titles))
    entries, problems = read("@article{broken, title = {x\n" + text)
    assert list(entries) == [f"k{i}" for i in range(len(titles))]
    assert len(problems) == 1


@pytest.mark.parametrize(
    "text",
    [
        "@article{a, title = {" + "{" * 500_000 + "}" * 500_000 + "}}",
        "@article{a, title = {" + "{" * 1_000_000,
        "@article{a, title = {\n" * 50_000,
        "@comment{" * 100_000,
        "@article{a, title = {" + "x" * 5_000_000 + "}}",
        "@article{a, title = {" + "$a_" * 300_000 + "}}",
        "@article{a, author = {" + "A, B and " * 50_000 + "C}}",
        "".join(
            f"@article{{k{i}, author = {{Mitchell, J. and {{\\'A}}lvarez, B.}}, "
            f"title = {{{{MDMA}} \\& therapy, trial {i}}}, pages = {{1--2}}, year = {{2020}}, "
            f"doi = {{10.1000/{i}}}, abstract = {{{'word ' * 60}}}}}\n"
            for i in range(5_000)
        ),
    ],
    ids=["nested", "open", "opens", "comments", "long", "maths", "authors", "large"],
)
def test_large_and_deep_files_take_little_time(text):
    start = time.perf_counter()
    read(text)
    assert time.perf_counter() - start < 10  # each takes about a second; quadratic takes minutes
