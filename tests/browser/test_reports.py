"""A page of a report is drawn by the scripts that it has in itself: rows, details, requests and responses, zoom."""

from contextlib import suppress

import grpc
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from scenarios.charts.calls import shown_calls
from scenarios.charts.heading import Heading
from scenarios.charts.page import page as write_page
from simulator import Simulator, faults
from simulator.api import RestoreServiceStub

ROWS_DRAWN_MAX = 60


@pytest.fixture
def simulator():
    with Simulator(seed=7, strict=False) as simulator:
        yield simulator


@pytest.fixture
def open_report(simulator, browser, troubles, tmp_path):
    """Opens the page of what has happened, as a file; it may load nothing else and complain of nothing."""
    contexts = []

    def open_it(**options):
        file = tmp_path / "report.html"
        text = write_page(
            simulator.timeline.recorded(),
            Heading("orders", seed=7),
            calls=shown_calls(simulator.calls),
            failure="E  assert 'PENDING' == 'SUCCESSFUL'",
        )
        file.write_text(text, encoding="utf-8")
        contexts.append(browser.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        troubles.watch(page)
        page.goto(file.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not troubles.unexpected


def create(simulator, name):
    with suppress(grpc.RpcError):
        RestoreServiceStub(simulator.channel()).CreateRestore(
            simulator.requests.create(name, backup="orders-backup", namespace="shop-staging")
        )


def test_a_click_on_a_call_shows_its_request_and_its_response(simulator, open_report):
    simulator.inject(faults.error("UNAVAILABLE", message="come back later"), method="CreateRestore", after=1)
    create(simulator, "orders-copy")
    simulator.advance(60)
    create(simulator, "orders-<b>other</b>")
    page = open_report()

    page.locator(".row .mark.failed-call").click()

    details = page.get_by_role("complementary", name="Details of calls")
    expect(details).to_contain_text("UNAVAILABLE: come back later")
    expect(details).to_contain_text('"name": "orders-<b>other</b>"')
    details.get_by_role("button", name="Close details").click()
    page.get_by_role("button", name="orders-copy", exact=True).press("Enter")
    details = page.get_by_role("complementary", name="Details of orders-copy")
    details.get_by_text("CreateRestore orders-copy → OK").click()
    expect(details).to_contain_text('"phase": "INITIALIZING"')
    expect(page.get_by_text("assert 'PENDING' == 'SUCCESSFUL'")).to_be_visible()


def test_where_long_waits_are_zoomed_away_there_is_room_for_the_titles_of_phases(simulator, open_report):
    create(simulator, "orders-copy")
    simulator.advance_until("orders-copy", "SUCCESSFUL")
    simulator.advance(86_400)
    create(simulator, "orders-later")
    page = open_report()
    row = page.locator(".row.restore", has_text="orders-copy")
    titles = row.locator("text.inside")
    expect(titles).to_have_count(0)

    row.get_by_role("button").focus()
    for _ in range(8):
        page.keyboard.press("+")
        for _ in range(4):
            page.keyboard.press("ArrowLeft")

    expect(titles.first).to_be_visible()
    page.get_by_role("button", name="All", exact=True).click()
    expect(titles).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_many_rows_are_drawn_when_they_come_into_sight_and_axe_has_nothing_to_say(simulator, open_report, scheme):
    for number in range(1000):
        create(simulator, f"orders-{number}")
        simulator.advance(1)
    page = open_report(color_scheme=scheme)

    page.get_by_role("button", name="orders-0", exact=True).focus()
    page.keyboard.press("End")

    expect(page.get_by_role("button", name="orders-999", exact=True)).to_be_focused()
    assert page.locator(".row").count() <= ROWS_DRAWN_MAX
    page.locator(".scroller").evaluate("(scroller) => scroller.scrollTo(0, 0)")
    expect(page.get_by_role("button", name="orders-0", exact=True)).to_be_visible()
    expect(page.locator(".rows [tabindex='0']")).to_have_count(1)
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], node["html"][:200]) for one in found for node in one["nodes"][:2]]
