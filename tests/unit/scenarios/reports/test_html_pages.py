"""The pages for the browser stand alone, link to each other and show why a scenario failed."""

import urllib.parse
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from scenarios.reports.failure_text import failure_lines
from scenarios.reports.html_pages import HtmlPages, index_page, scenario_page


class Reading(HTMLParser):
    """What a page has: its elements, its links and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links, self.texts, self.open = [], [], [], []
        self.feed(page)
        self.close()

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("href", "src") and not value.startswith("#")]

    def handle_starttag(self, tag, attributes):
        self.handle_startendtag(tag, attributes)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        self.texts.append(text)


@pytest.fixture
def folder(tmp_path, passed, failed, broken):
    outcomes = [passed, failed, broken]
    HtmlPages(tmp_path / "pages", []).write(outcomes)
    return tmp_path / "pages"


def test_there_is_a_table_and_a_page_for_each(folder):
    assert {file.name for file in folder.iterdir()} == {"index.html", "good.html", "bad.html", "ugly.html"}
    index = Reading((folder / "index.html").read_text(encoding="utf-8"))
    assert set(index.links) == {"./good.html", "./bad.html", "./ugly.html"}


def test_pages_need_nothing_but_each_other(folder):
    for file in folder.iterdir():
        page = file.read_text(encoding="utf-8")
        reading = Reading(page)
        assert reading.open == []
        assert all((folder / link).is_file() for link in reading.links)
        assert "default-src 'none'" in page
        assert "prefers-color-scheme: dark" in page


def test_those_that_failed_come_first_with_the_reason(passed, failed):
    index = index_page([passed, failed], ["good.html", "bad.html"])
    texts = Reading(index).texts

    assert texts.index("bad") < texts.index("good")
    assert "status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'" in texts
    assert {"1 passed", "1 failed", "1 of 3", "2 of 2", "It passes."} <= set(texts)


def test_a_page_shows_the_failure_the_steps_and_the_way_back(failed):
    page = scenario_page(failed)
    reading = Reading(page)

    assert "\n".join(failure_lines(failed)) in reading.texts
    assert reading.links == ["index.html"]
    assert {"✗ failed", "expect copy", "Steps"} <= set(reading.texts)


def test_a_scenario_in_which_nothing_happened_has_a_page(broken):
    page = scenario_page(replace(broken, steps=(), events=()))

    assert "Nothing happened." in page
    assert "RuntimeError: the simulator is at fault" in page


def test_no_text_of_a_scenario_becomes_markup(passed):
    evil = '<img src="x" onerror="alert(1)">'
    outcome = replace(passed, name=evil, description=evil, file=evil, error=evil)

    for page in (index_page([outcome], [f"{evil}.html"]), scenario_page(outcome)):
        reading = Reading(page)
        assert "img" not in reading.tags
        assert evil in reading.texts


@pytest.mark.parametrize("title", ["a:b", "../up", ".hidden", "index", "INDEX", "naïve ✓", "x" * 300])
def test_any_title_makes_a_page_that_is_linked(tmp_path, passed, title):
    folder = tmp_path / "pages"
    HtmlPages(folder, []).write([replace(passed, name=title), replace(passed, name=title)])

    linked = Reading((folder / "index.html").read_text(encoding="utf-8")).links
    files = {file.name for file in folder.iterdir()}
    assert files == {"index.html", *(urllib.parse.unquote(link).removeprefix("./") for link in linked)}
    assert len(files) == 3
    assert not any(name.startswith(".") for name in files)


def test_what_else_is_in_the_folder_is_left_alone(tmp_path, passed):
    other = tmp_path / "other.txt"
    other.write_text("mine", encoding="utf-8")

    HtmlPages(tmp_path, []).write([passed])

    assert other.read_text(encoding="utf-8") == "mine"
