"""Formatted references and exports of single sources."""

import json
import os
import re
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbase.citing.csl import Reference, format_references
from claimbase.citing.export import to_bibtex, to_csl_json, to_ris
from claimbase.citing.short import short_name
from claimbase.reading.bibtex import Entry, read_bibliography
from claimbase.reading.problems import Problems

DATA = Path(__file__).parent / "data" / "citing"
STYLE = Path(__file__).parents[1] / "references" / "style.csl"
MITCHELL = "mitchell2023mdma"


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    problems = Problems()
    found = [
        entry
        for path in sorted(DATA.glob("*.bib"))
        for entry in read_bibliography(path.name, path.read_text("utf-8"), problems)
    ]
    assert problems == []
    return {entry.key: entry for entry in found}


@pytest.fixture(scope="module")
def references(entries) -> dict[str, Reference]:
    return format_references([entry.csl for entry in entries.values()], STYLE)


def golden(path: Path, found: str) -> None:
    """Compare with a golden file; ``UPDATE_GOLDEN=1`` rewrites it, to be read before it counts."""
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found, "utf-8")
    assert found == path.read_text("utf-8")


def html_of(item: dict[str, object]) -> str:
    return format_references([{"id": "x", "type": "webpage", **item}], STYLE)["x"].html


def words_of(fragment: str) -> str:
    return "".join(ET.fromstring(f"<p>{fragment}</p>").itertext())


class TestFormatting:
    def test_golden(self, references):
        found = "".join(
            f"{reference.key}: {reference.short}\n{reference.html}\n{reference.text}\n\n"
            for reference in references.values()
        )
        golden(DATA / "expected.txt", found)

    def test_order_and_keys_are_those_of_the_items(self, entries, references):
        assert list(references) == list(entries)
        assert all(reference.key == key for key, reference in references.items())

    def test_html_holds_no_identifier(self, entries, references):
        for key, reference in references.items():
            for variable in ("DOI", "PMID", "PMCID", "URL"):
                value = entries[key].csl.get(variable)
                assert value is None or (value not in reference.html), key

    def test_text_is_what_html_says_and_then_the_identifiers(self, references):
        for reference in references.values():
            assert reference.text.startswith(words_of(reference.html))
        assert references[MITCHELL].text.endswith(" doi:10.1038/s41591-023-02565-4.")

    def test_keys_that_differ_in_case_are_two(self):
        items = [{"id": key, "type": "book", "title": key} for key in ("a", "A")]
        found = format_references(items, STYLE)
        assert [found[key].html for key in found] == ["a. [date unknown].", "A. [date unknown]."]

    @pytest.mark.parametrize(
        ("date", "printed"),
        [
            ({"date-parts": [[2024]]}, "2024"),
            ({"date-parts": [[2024, 7]]}, "2024 Jul"),
            ({"date-parts": [[2024, 9, 1]]}, "2024 Sep 1"),
            ({"date-parts": [[2019], [2020]]}, "2019–2020"),
            ({"date-parts": [[2019, 12], [2020, 1]]}, "2019 Dec–2020 Jan"),
            ({"date-parts": [[2020, 1, 3], [2020, 1, 14]]}, "2020 Jan 3–14"),
            ({"date-parts": [[2020], [2020, 3]]}, "2020–Mar"),
            ({"date-parts": [[2020]], "season": 4}, "2020 Winter"),
            ({"date-parts": [[2020]], "circa": True}, "[ca. 2020]"),
            ({"literal": "in press"}, "In press"),
            ({"literal": ""}, "[date unknown]"),
            ({}, "[date unknown]"),
        ],
    )
    def test_dates(self, date, printed):
        assert html_of({"issued": date}) == f"[Internet]. {printed}."

    @pytest.mark.parametrize("title", ["Why?", "Stop!", "And so on…", "Etc.", "Dots..."])
    def test_no_stop_is_doubled(self, title):
        assert html_of({"type": "book", "title": title}) == f"{title} [date unknown]."

    @pytest.mark.parametrize("title", ['<script>alert("x")</script>', "a & b < c", "&amp;"])
    def test_text_is_escaped(self, title):
        assert words_of(html_of({"type": "book", "title": title})).startswith(title)

    def test_pages_that_are_no_range_keep_their_hyphen(self):
        item = {"type": "article-journal", "page": "CD-12", "issued": {"date-parts": [[2020]]}}
        assert html_of(item) == "2020:CD-12."

    def test_nothing_to_format(self, tmp_path):
        assert format_references([], STYLE, tmp_path) == {}

    def test_a_style_that_cannot_be_used(self, tmp_path):
        item = {"id": "x", "type": "book"}
        with pytest.raises(OSError, match=r"none\.csl"):
            format_references([item], tmp_path / "none.csl")
        for text in ("", "<a/>", "not xml", re.sub("(?s)<bib.*graphy>", "", STYLE.read_text())):
            bad = tmp_path / "bad.csl"
            bad.write_text(text, "utf-8")
            with pytest.raises(ValueError, match=r"bad\.csl"):
                format_references([item], bad)


class TestAnything:
    TEXTS = (
        *("title", "container-title", "collection-title", "publisher", "publisher-place", "genre"),
        *("page", "volume", "issue", "edition", "number", "version", "language", "status"),
        *("DOI", "URL", "made-up"),
    )
    VALUES = st.text(max_size=40) | st.sampled_from(
        ["<i>", "&", "]]>", "\ue000", "a-b", "\x00", "?."]
    )

    @settings(deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(TEXTS),
            VALUES,
        ),
        st.lists(
            st.dictionaries(st.sampled_from(["family", "given", "suffix", "literal"]), VALUES),
            max_size=8,
        ),
        st.sampled_from(["article-journal", "chapter", "webpage", "report", "thesis", "odd"]),
    )
    def test_any_item_becomes_well_formed_html(self, texts, people, kind):
        item = {"id": "x", **texts, "author": people, "editor": people, "type": kind}
        reference = format_references([item], STYLE)["x"]
        assert reference.text.startswith(words_of(reference.html))
        assert not re.search("[\ue000-\uf8ff\x00-\x1f]", reference.html)

    @settings(deadline=None)
    @given(
        st.sampled_from(["title", "author", "journal", "year", "month", "pages", "howpublished"]),
        st.text(max_size=60) | st.text(alphabet="{}\\$^_'\"`~-,.?&<>aB1 ", max_size=60),
    )
    def test_any_value_of_a_bibtex_field_does_too(self, field, value):
        text = f"@article{{x, title = {{T}}, {field} = {{{value}}}}}"
        for entry in read_bibliography("x.bib", text, Problems()):
            words_of(format_references([entry.csl], STYLE)[entry.key].html)


class TestCache:
    @pytest.fixture
    def item(self, entries):
        return entries[MITCHELL].csl

    def test_a_second_build_formats_nothing(self, entries, references, tmp_path, monkeypatch):
        items = [entry.csl for entry in entries.values()]
        assert format_references(items, STYLE, tmp_path / "new") == references
        monkeypatch.setattr("claimbase.citing.csl._Processor", None)
        assert format_references(items, STYLE, tmp_path / "new") == references

    def test_a_changed_record_is_formatted_again(self, item, tmp_path):
        format_references([item], STYLE, tmp_path)
        changed = format_references([{**item, "title": "Other"}], STYLE, tmp_path)
        assert "Other" in changed[MITCHELL].html

    def test_a_changed_style_too(self, item, tmp_path):
        style = tmp_path / "style.csl"
        style.write_text(STYLE.read_text("utf-8"), "utf-8")
        format_references([item], style, tmp_path)
        style.write_text(STYLE.read_text("utf-8").replace('prefix="("', 'prefix="issue "'), "utf-8")
        assert "29issue 10" in format_references([item], style, tmp_path)[MITCHELL].html

    @pytest.mark.parametrize(
        "damage", [b"", b"{", b"[]", b"null", b'{"stamp": 1}', b"\xff\xfe", b"[" * 100_000]
    )
    def test_a_damaged_file_is_written_anew(self, damage, item, references, tmp_path):
        cache = tmp_path / "references.json"
        cache.write_bytes(damage)
        assert format_references([item], STYLE, tmp_path)[MITCHELL] == references[MITCHELL]
        json.loads(cache.read_text("utf-8"))

    @pytest.mark.parametrize("inside", [[], {"x": 1}, {"x": ["a"]}, None, "text"])
    def test_a_file_of_another_shape_too(self, inside, item, references, tmp_path):
        format_references([item], STYLE, tmp_path)
        cache = tmp_path / "references.json"
        stamp = json.loads(cache.read_text("utf-8"))["stamp"]
        cache.write_text(json.dumps({"stamp": stamp, "references": inside}), "utf-8")
        assert format_references([item], STYLE, tmp_path)[MITCHELL] == references[MITCHELL]

    def test_what_is_cited_no_more_goes(self, entries, item, tmp_path):
        format_references([entry.csl for entry in entries.values()], STYLE, tmp_path)
        format_references([item], STYLE, tmp_path)
        cached = json.loads((tmp_path / "references.json").read_text("utf-8"))
        assert len(cached["references"]) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["references.json"]

    def test_a_folder_that_cannot_be_written_does_no_harm(self, item, references, tmp_path):
        (tmp_path / "file").write_text("in the way", "utf-8")
        found = format_references([item], STYLE, tmp_path / "file" / "cache")
        assert found[MITCHELL] == references[MITCHELL]

    def test_six_hundred_references(self, item, tmp_path):
        items = [{**item, "id": f"k{i}", "title": f"Trial {i}"} for i in range(600)]
        times = []
        for _ in range(2):
            start = time.perf_counter()
            format_references(items, STYLE, tmp_path)
            times.append(time.perf_counter() - start)
        cold, warm = times
        assert cold < 10  # about 1.3 s on two cores
        assert warm < 0.5  # about 0.01 s


@pytest.mark.parametrize(
    ("item", "short"),
    [
        ({"author": [{"family": "Mitchell"}]}, "Mitchell n.d."),
        ({"author": [{"family": "A"}, {"family": "B"}]}, "A & B n.d."),
        ({"author": [{"family": "A"}] * 3}, "A n.d."),
        (
            {"author": [{"family": "A"}, {"family": "B"}], "custom": {"et-al": ["author"]}},
            "A n.d.",
        ),
        ({"author": [{"literal": "Norland Food Office"}]}, "Norland Food Office n.d."),
        (
            {"author": [{"literal": "The Food Office"}], "custom": {"short-author": "NFO"}},
            "NFO n.d.",
        ),
        ({"publisher": "BBC News"}, "BBC News n.d."),
        ({"title": "A title that goes on and on, well past its end"}, None),
        ({}, "x n.d."),
    ],
)
def test_short_names(item, short):
    found = short_name({"id": "x", **item})
    assert found == (short or "A title that goes on and on, well past… n.d.")


class TestExport:
    def test_bibtex_is_the_entry_as_it_stands(self, entries):
        entry = entries["two"]
        text = to_bibtex(entry.raw)
        assert text == entry.raw + "\n"
        again = read_bibliography("x.bib", text, Problems())
        assert [(one.key, one.csl) for one in again] == [(entry.key, entry.csl)]

    def test_ris(self, entries):
        text = "\n".join(to_ris(entry.csl) for entry in entries.values())
        golden(DATA / "expected.ris", text)

    def test_a_line_break_adds_no_line_to_ris(self):
        text = to_ris({"id": "x", "type": "book", "title": "a\r\nER  - \nTY  - JOUR"})
        assert text.count("\n") == 4
        assert "\r" not in text

    def test_csl_json(self, entries):
        item = to_csl_json(entries[MITCHELL].csl)
        assert item == entries[MITCHELL].csl
        assert list(item)[:2] == ["id", "type"]
        assert list(item)[2:] == sorted(list(item)[2:])
