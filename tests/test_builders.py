"""The site by another builder: Zensical, which runs the Markdown extension and no plugin."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest
from click.testing import CliRunner
from lxml import html
from playwright.sync_api import Browser

from claimbase.cli import main
from tests import mini
from tests.conftest import ROOT, served
from tests.minisite import MiniSite

ELSEWHERE = (
    ".//a[contains(@class, 'md-content__button') or contains(@class, 'headerlink')]"
    " | .//*[contains(@class, 'cb-notes') or @hidden]"
)
"""What the theme or the plugin adds to a built page: docs/contribute/builders.md tells."""


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site as Zensical builds it."""
    root = tmp_path_factory.mktemp("other")
    for name in ("docs", "references", "overrides"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("mkdocs.yml", "zensical.yml"):
        shutil.copy(ROOT / name, root)
    for module, *arguments in (
        ("claimbase", "pages", "build/pages"),
        ("zensical", "build", "--clean", "--strict", "-f", "zensical.yml"),
        ("claimbase", "finish", "build/site"),
    ):
        command = [Path(sys.executable).with_name(module), *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return root / "build/site"


def pages(site: Path) -> set[str]:
    return {file.relative_to(site).as_posix() for file in site.rglob("index.html")}


def content(file: Path, path: str) -> tuple[str, list[str]]:
    """Return a page's words without the blanks between them, and where its links lead."""
    article = html.parse(file).find(".//article")
    for element in article.xpath(ELSEWHERE):
        element.drop_tree()
    links = [urljoin(f"https://site.example/{path}", a) for a in article.xpath(".//a/@href")]
    return "".join(article.text_content().split()), links


def test_every_page_says_the_same_and_leads_to_the_same_places(site: Path, other: Path):
    assert pages(other) == pages(site)
    for path in sorted(pages(site)):
        assert content(other / path, path) == content(site / path, path), path


@pytest.mark.parametrize("name", ["data", "feeds", "search", "llms.txt"])
def test_what_programs_read_is_the_same(site: Path, other: Path, name: str):
    files = [file for file in [site / name, *(site / name).rglob("*")] if file.is_file()]
    for file in files:
        if file.name != "index.html":
            assert (other / file.relative_to(site)).read_bytes() == file.read_bytes(), file


@pytest.mark.parametrize("path", ["sources/mitchell2023mdma/", "claims/ptsd-durability/", ""])
def test_edit_links_lead_to_the_file_that_holds_the_page(site: Path, other: Path, path: str):
    links = []
    for built in (site, other):
        page = html.parse(built / path / "index.html")
        links.append(page.xpath("//a[contains(@class, 'md-content__button')]/@href"))
    assert links[0] == links[1] != []


def test_cards_and_search_work_and_nothing_comes_from_elsewhere(other: Path, browser: Browser):
    with served(other) as address:
        page = browser.new_page()
        asked: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"{address}evidence/ptsd/")
        page.locator("a.cb-claim").first.hover()
        page.wait_for_selector("text=Whole record")
        page.fill(".cb-find__box", "zoloft")
        page.wait_for_selector("[data-result='1'][href*='glossary/sertraline']")
        page.close()
        assert not [url for url in asked if not url.startswith((address, "data:", "blob:"))]
        assert not errors


def built_by_zensical(site: MiniSite) -> Path:
    """Build a base as docs/contribute/builders.md says of one's own."""
    site.write(
        "zensical.yml",
        """INHERIT: mkdocs.yml
docs_dir: build/pages
site_dir: build/site
extra_css: [assets/claimbase.css]
extra_javascript: [assets/claimbase.js]
markdown_extensions: [claimbase]
""",
    )
    for module, *arguments in (
        ("claimbase.cli", "pages", "build/pages"),
        ("zensical", "build", "--clean", "-f", "zensical.yml"),
        ("claimbase.cli", "finish", "build/site"),
    ):
        done = site.run("-m", module, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    return site.root / "build/site"


def head(file: Path) -> list[list[str]]:
    """Return what the head of a page says of it, and where its buttons lead."""
    page = html.parse(file)
    return [
        page.xpath("//title/text()"),
        page.xpath("//meta[@name='description' or starts-with(@property, 'og:')]/@content"),
        page.xpath("//script[@type='application/ld+json']/text()"),
        page.xpath("//a[contains(@class, 'md-content__button')]/@href"),
    ]


ODD = r"""---
title: "A: \"quoted\" title — 😀 \u2028 & <b>"
description: 'x < y & "z" 😀 it''s'
---
# A *title* & more

The [page on sleep](../evidence/sleep.md) says more.

## With a class { .wide }

Text.

## On `tea` and [sleep](claim:balm-sleep) [@bad2019] again[^1] { #own .x title=z }

[^1]: A note.
"""


@pytest.mark.parametrize("directories", ["true", "false"])
def test_a_base_of_ones_own_is_built_alike(mini_site: MiniSite, directories: str):
    site = mini_site
    (site.root / "docs/index.md").rename(site.root / "docs/README.md")
    site.edit(mini.CONFIG, "search: false", "search: true")
    site.edit(mini.CONFIG, "[content.action.edit]", "[content.action.edit, content.action.view]")
    site.edit(
        mini.CONFIG,
        "theme:\n",
        f"use_directory_urls: {directories}\nexclude_docs: drafts/\ntheme:\n",
    )
    site.write("docs/odd/with space é.md", ODD)
    site.write("docs/security.md", "# Content-Security-Policy\n\nText.\n")
    site.write("docs/drafts/later.md", "# Later\n\nText.\n")
    (site.root / "docs/own.html").write_bytes(b"<html><head><script>1</script>\xe9\n")
    site.build()
    other = built_by_zensical(site)
    files = {file.relative_to(site.site) for file in site.site.rglob("*.html")}
    assert files == {file.relative_to(other) for file in other.rglob("*.html")}
    for file in files:
        if file.name in ("card.html", "own.html"):
            assert (other / file).read_bytes() == (site.site / file).read_bytes(), file
        elif file.name != "404.html":
            path = file.as_posix()
            assert content(other / file, path) == content(site.site / file, path), path
            assert head(other / file) == head(site.site / file), path
    for name in ("llms.txt", "search/offline.js"):
        assert (other / name).read_bytes() == (site.site / name).read_bytes(), name


class TestFinish:
    """``claimbase finish``: what it refuses leaves the site as it was."""

    def run(self, root: Path, site: Path) -> str:
        arguments = ["finish", "-f", str(root / mini.CONFIG), str(site)]
        done = CliRunner().invoke(main, arguments, catch_exceptions=False)
        return f"{done.exit_code}: {done.output}"

    def test_a_finished_site(self, built: MiniSite):
        before = built.read("site/index.html")
        said = self.run(built.root, built.site)
        assert said.startswith("1: ")
        assert "it is finished already: build it again first" in said
        assert built.read("site/index.html") == before
        assert not (built.root / ".site.new").exists()

    def test_a_site_without_its_pages(self, mini_site: MiniSite, tmp_path: Path):
        (tmp_path / "site").mkdir()
        (tmp_path / "site/index.html").write_text("<html>")
        assert "pages are not built, " in self.run(mini_site.root, tmp_path / "site")
        assert (tmp_path / "site/index.html").read_text() == "<html>"


class TestPages:
    """``claimbase pages``: what it refuses, and what it leaves as it was."""

    def run(self, site: MiniSite, *arguments: str) -> str:
        done = CliRunner().invoke(
            main, ["pages", "-f", str(site.root / mini.CONFIG), *arguments], catch_exceptions=False
        )
        return f"{done.exit_code}: {done.output}"

    def test_records_are_whole_and_fields_stay_behind(self, mini_site: MiniSite, tmp_path: Path):
        assert self.run(mini_site, str(tmp_path / "new")).startswith("0: ")
        claim = (tmp_path / "new/claims/balm-sleep.md").read_text("utf-8")
        assert claim.startswith('---\ndescription: "')
        assert "/// record | claim-head balm-sleep" in claim
        assert "evidence:" not in claim
        home = (tmp_path / "new/index.md").read_text("utf-8")
        assert home.startswith('---\ntitle: "Home"\ndescription: "What is known about &quot;balm')
        assert (tmp_path / "new/sources/hill2022teas.md").exists()

    def test_a_base_with_errors_leaves_what_was_there(self, mini_site: MiniSite, tmp_path: Path):
        self.run(mini_site, str(tmp_path / "new"))
        mini_site.edit("docs/index.md", "[@hill2022teas, p. 3]", "[@hill2022tea, p. 3]")
        said = self.run(mini_site, "--replace", str(tmp_path / "new"))
        assert said.startswith("1: ")
        assert "hill2022teas" in said
        assert "[@hill2022teas, p. 3]" in (tmp_path / "new/index.md").read_text("utf-8")

    def test_other_files_are_left_alone(self, mini_site: MiniSite, tmp_path: Path):
        (tmp_path / "full").mkdir()
        (tmp_path / "full/mine.txt").write_text("mine")
        assert "is not empty: say --replace" in self.run(mini_site, str(tmp_path / "full"))
        assert (tmp_path / "full/mine.txt").exists()
        assert self.run(mini_site, "--replace", str(tmp_path / "full")).startswith("0: ")
        assert not (tmp_path / "full/mine.txt").exists()

    def test_what_is_hidden_in_the_folder_stays(self, mini_site: MiniSite, tmp_path: Path):
        (tmp_path / "full/.git").mkdir(parents=True)
        (tmp_path / "full/.git/HEAD").write_text("mine")
        assert self.run(mini_site, "--replace", str(tmp_path / "full")).startswith("0: ")
        assert (tmp_path / "full/.git/HEAD").read_text() == "mine"
        assert not list(tmp_path.glob(".full*"))

    def test_a_folder_that_cannot_be_replaced_stays(
        self, mini_site: MiniSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        (tmp_path / "full").mkdir()
        (tmp_path / "full/mine.txt").write_text("mine")
        move = Path.replace

        def held(path: Path, target: Path) -> Path:
            if path.name == ".full.new":
                raise OSError(errno.EBUSY, "Device or resource busy")
            return move(path, target)

        monkeypatch.setattr(Path, "replace", held)
        said = self.run(mini_site, "--replace", str(tmp_path / "full"))
        assert "full cannot be written: Device or resource busy." in said
        assert sorted(file.name for file in tmp_path.iterdir()) == ["full", "mini"]
        assert (tmp_path / "full/mine.txt").read_text() == "mine"

    @pytest.mark.parametrize("where", [".", "docs", "docs/below", "references", ".git", "/"])
    def test_the_base_is_never_written_over(self, mini_site: MiniSite, where: str):
        said = self.run(mini_site, "--replace", str(mini_site.root / where))
        assert "holds what the base is read from" in said
        assert (mini_site.root / "docs/index.md").exists()

    def test_nor_where_it_lies_elsewhere(self, mini_site: MiniSite, tmp_path: Path):
        (mini_site.root / "docs").rename(tmp_path / "elsewhere")
        (mini_site.root / "docs").symlink_to(tmp_path / "elsewhere")
        said = self.run(mini_site, "--replace", str(tmp_path / "elsewhere"))
        assert "holds what the base is read from" in said
        assert (tmp_path / "elsewhere/index.md").exists()

    def test_nor_the_home_folder(
        self, mini_site: MiniSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv("HOME", str(tmp_path / "people/me"))
        (tmp_path / "people/me").mkdir(parents=True)
        said = self.run(mini_site, "--replace", str(tmp_path / "people"))
        assert "holds your home folder" in said
        assert (tmp_path / "people/me").exists()

    def test_a_folder_that_cannot_be_put_in_place(self, mini_site: MiniSite, tmp_path: Path):
        (tmp_path / "file").write_text("mine")
        said = self.run(mini_site, str(tmp_path / "file/below"))
        assert "below cannot be written: Not a directory." in said
        (tmp_path / "loop").symlink_to("loop")
        said = self.run(mini_site, str(tmp_path / "loop"))
        assert "loop cannot be written: Not a directory." in said

    def test_pages_that_other_builders_do_not_see(self, mini_site: MiniSite, tmp_path: Path):
        mini_site.write("docs/odd.markdown", "# Odd\n\nText.\n")
        said = self.run(mini_site, str(tmp_path / "new"))
        assert said.startswith("1: ")
        assert "docs/odd.markdown: other builders see no page in it: name it .md." in said
