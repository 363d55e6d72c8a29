"""A page has all that it shows in itself, and means no text as markup; `tests/browser` shows what it draws."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from scenarios.charts.heading import Heading
from scenarios.charts.page import page

HEADING = Heading("a scenario", seed=1)
NASTY = '</title></script><script>alert(\'x\')</script>" onload="alert(1)" &amp; \x1b[31m'


class Page(HTMLParser):
    """The elements of a page, in order: their names, their attributes and their texts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.is_open = [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))
        self.is_open = True

    def handle_endtag(self, _):
        self.is_open = False

    def handle_data(self, data):
        if self.is_open:
            self.elements[-1][2].append(data)

    def texts(self, name):
        return ["".join(texts) for tag, _, texts in self.elements if tag == name]

    def attributes(self, name):
        return [attributes for tag, attributes, _ in self.elements if tag == name]

    @property
    def data(self):
        return json.loads(self.texts("script")[0])


@pytest.fixture
def outage(timeline):
    timeline.to(0, "copy", "INITIALIZING").to(25, "copy", "PENDING")
    timeline.fault(50, "night", "outage", uid="clu:west", name="west").world(50, "cluster disconnected")
    timeline.world(75, "cluster reconnected").call(80, "GetRestore", subject="rst:copy")
    return timeline.to(100, "copy", "FAILED", error_code="RESTORE_INTERNAL_ERROR", error_message="no heartbeat")


def test_it_has_every_event_as_the_control_api_writes_it(outage):
    events = Page(page(outage.recorded(), HEADING)).data["events"]

    assert [event["sequence"] for event in events] == list(range(1, 8))
    assert events[1] | {"text": ""} == {
        "sequence": 2,
        "time": "2025-01-01T00:00:25.000000Z",
        "text": "",
        "transition": {"restore": "rst:copy", "name": "copy", "to": "PENDING"},
    }
    assert events[-1]["transition"]["errorCode"] == "RESTORE_INTERNAL_ERROR"
    assert events[5]["text"] == "GetRestore rst:copy → OK"


def test_the_heading_tells_name_description_counts_and_seed(timeline):
    shown = Page(page(timeline.successful(0, "a").recorded(), Heading("nights", "What it shows.", 7)))

    assert (shown.texts("title"), shown.texts("h1")[0]) == (["Timeline of nights"], "nights")
    assert shown.texts("p")[0] == "What it shows."
    assert shown.texts("span")[:5] == [
        "1 restore (1 successful)",
        "no calls",
        "no faults",
        "6 s from 2025-01-01 00:00:00 UTC",
        "seed 7",
    ]


def test_failures_and_rules_are_listed_below(outage):
    cells = [text.strip() for text in Page(page(outage.recorded(), HEADING)).texts("td")]

    assert cells == ["RESTORE_INTERNAL_ERROR: no heartbeat", "once", "copy", "night", "outage", "once", "50 s"]


def test_why_it_failed_stands_above(outage):
    assert Page(page(outage.recorded(), HEADING, failure="E assert 1 == 2\n<x>")).texts("pre") == [
        "E assert 1 == 2\n<x>"
    ]


def test_no_text_becomes_markup(timeline):
    timeline.to(0, NASTY, "INITIALIZING").fault(1, NASTY, NASTY, uid=f"rst:{NASTY}", name=NASTY)
    timeline.call(2, NASTY, code=NASTY, message=NASTY).world(3, NASTY, name=NASTY)
    timeline.to(4, NASTY, "FAILED", error_code=NASTY, error_message=NASTY)
    calls = {"0": {"method": NASTY, "request": {NASTY: NASTY}}}

    text = page(timeline.recorded(), Heading(NASTY, NASTY), calls=calls, failure=NASTY)

    shown = Page(text)
    types = [attributes.get("type") for attributes in shown.attributes("script")]
    assert types == ["application/json", "importmap", "module"]
    assert not any(key.startswith("on") for _, attributes, _ in shown.elements for key in attributes)
    assert shown.data["events"][0]["transition"]["name"] == NASTY
    assert shown.data["calls"] == calls
    assert "\x1b" not in text


def test_the_page_refers_to_nothing_outside_itself_and_allows_no_other_script(outage):
    text = page(outage.recorded(), HEADING)
    shown = Page(text)

    assert not re.search(r"@import|url\((?!#)", "".join(shown.texts("style")))
    assert not any({"src", "href"} & set(attributes) for _, attributes, _ in shown.elements)
    [policy] = [meta["content"] for meta in shown.attributes("meta") if meta.get("http-equiv")]
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in shown.texts("script")[1:]
    ]
    assert policy == f"default-src 'none'; script-src {' '.join(hashes)} data:; style-src 'unsafe-inline'"
    imports = json.loads(shown.texts("script")[1])["imports"]
    for url in imports.values():
        source = base64.b64decode(url.removeprefix("data:text/javascript;base64,")).decode()
        assert set(re.findall(r'^import .* from "([^"]*)"', source, re.MULTILINE)) <= set(imports)


def test_nothing_happened_is_said(timeline):
    assert "Nothing happened." in page(timeline.recorded(), HEADING)


def test_the_same_events_give_the_same_bytes_in_any_process(outage):
    program = (
        "import sys; from scenarios.charts.heading import Heading; from scenarios.charts.page import page;"
        "from scenarios.charts.events import read_events;"
        "events = read_events(sys.stdin.read());"
        "sys.stdout.buffer.write(page(events, Heading('a scenario', seed=1)).encode())"
    )
    expected = page(outage.recorded(), HEADING)

    outputs = {
        subprocess.run(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", program],
            input=outage.text.encode(),
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert outputs == {expected.encode()}
