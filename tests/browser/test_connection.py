"""The dashboard loses its server and gets it back, and shows everything once; a token keeps strangers out."""

from dataclasses import replace
from urllib.parse import urlsplit

from playwright.sync_api import expect

TOKEN = "a-token-that-nobody-guesses"  # noqa: S105  # it guards nothing

NOTE_CHANGES = """
(element) => {
  window.changes = [];
  const note = new MutationObserver(() => changes.push(element.innerHTML));
  note.observe(element, { subtree: true, childList: true, characterData: true, attributes: true });
}
"""


def connection(page, text):
    return page.get_by_role("status").filter(has_text=text)


def calls_in(page):
    return page.get_by_role("region", name="Calls").get_by_role("option")


def test_what_happened_while_the_network_was_away_is_shown_once(served, serve_http, open_page, troubles):
    troubles.expect("ERR_", "Failed to load")
    with serve_http(served.server) as url:
        page = open_page(replace(served, url=url))
        served.create("before")
        expect(calls_in(page)).to_have_count(1)
    expect(connection(page, "connection lost")).to_be_visible()
    page.get_by_role("button", name="Next event").click()
    failed = page.get_by_label("Time", exact=True).get_by_role("alert")
    expect(failed).to_have_text("The server does not answer.")
    served.create("meanwhile")
    with serve_http(served.server, urlsplit(url).port):
        served.create("after")
        expect(calls_in(page)).to_have_count(3)
        expect(page.get_by_role("row")).to_have_count(3)
        expect(connection(page, "connected")).to_be_visible()
        expect(failed).to_have_count(0)


def hold_answers(page, url, act, count):
    """Do something, and hold back the answers to so many things that the page then asks; returns what gives them."""
    asked, answers = [], []

    def hold(route):
        if len(asked) == count:
            route.continue_()
            return
        asked.append(route)
        answers.append((route, route.fetch()))

    def give():
        for route, response in answers:
            route.fulfill(response=response)

    page.route(url, hold)
    act()
    while len(answers) < count:
        page.wait_for_timeout(20)
    return give


def test_an_answer_that_comes_late_hides_no_newer_one(served, page):
    answer = hold_answers(page, "**/clusters", lambda: served.create("orders-copy"), count=1)
    clusters = page.get_by_role("region", name="Clusters")
    west, east = (clusters.locator(".cluster", has_text=name) for name in ("west", "east"))
    west.get_by_role("button", name="Disconnect").click()
    expect(west.get_by_role("button", name="Reconnect")).to_be_visible()
    west.evaluate(NOTE_CHANGES)
    answer()
    east.get_by_role("button", name="Disconnect").click()
    expect(east.get_by_role("button", name="Reconnect")).to_be_visible()
    assert page.evaluate("changes.filter((html) => html.includes('Disconnect'))") == []


def test_an_answer_that_comes_late_turns_no_speed_back(served, page):
    expect(page.get_by_label("What moves the time")).to_have_value("manual")
    # The header and the world both ask for the session.
    answer = hold_answers(page, "**/sessions/default", lambda: served.create("orders-copy"), count=2)
    speeds = page.get_by_role("group", name="Speed")
    speeds.get_by_role("button", name="\N{MULTIPLICATION SIGN}60", exact=True).click()
    expect(speeds.locator("[aria-pressed=true]")).to_have_count(1)
    speeds.evaluate(NOTE_CHANGES)
    with page.expect_request("**/sessions/default"):
        answer()
    assert page.evaluate("changes.filter((html) => !html.includes('aria-pressed=\"true\"'))") == []


def test_what_is_still_to_be_read_is_not_said_to_be_missing(served, page):
    waiting = []
    served.create("orders-copy")

    def hold(route):
        waiting.append(route)

    page.route("**/events", hold)
    page.reload()
    while not waiting:
        page.wait_for_timeout(20)
    expect(page.get_by_text("Reading events…")).to_have_count(2)
    expect(page.get_by_role("heading", name="Restores")).to_have_text("Restores")
    waiting.pop().continue_()
    expect(calls_in(page)).to_have_count(1)
    expect(page.get_by_role("row")).to_have_count(1)


def test_a_server_that_dies_and_comes_back_is_shown_anew(serving_until_stopped, open_page, troubles):
    first = serving_until_stopped()
    page = open_page(first)
    for number in range(3):
        first.create(f"old-{number}")
    expect(calls_in(page)).to_have_count(3)
    first.stop()
    expect(connection(page, "connection lost")).to_be_visible()
    second = serving_until_stopped(port=urlsplit(first.url).port)
    for number in range(5):
        second.create(f"new-{number}")
    expect(connection(page, "connected")).to_be_visible()
    expect(calls_in(page)).to_have_count(5)
    expect(page.get_by_role("button", name="old-0")).to_have_count(0)
    expect(page.get_by_role("button", name="new-4")).to_be_visible()
    troubles.expect("ERR_", "Failed to load")


def test_with_a_token_the_page_asks_for_it_and_keeps_it_for_the_tab(serve, open_page, troubles):
    served = serve(control_token=TOKEN)
    page = open_page(served)
    page.get_by_label("Control token").fill("a-wrong-one")
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the control token of this server.")
    page.get_by_label("Control token").fill(TOKEN)
    page.get_by_role("button", name="Enter").click()
    expect(connection(page, "connected")).to_be_visible()
    served.create("orders-copy")
    expect(page.get_by_role("row")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("row")).to_have_count(1)
    assert TOKEN not in page.content()
    assert page.evaluate("localStorage.length") == 0
    troubles.expect("401")


def test_the_events_that_are_no_longer_kept_are_said_to_be_missing(serve, open_page):
    served = serve(history_max=20)
    for number in range(20):
        served.create(f"copy-{number}")
    page = open_page(served)
    expect(page.get_by_text("20 earlier events are not shown")).to_be_visible()
    expect(page.get_by_text("the page begins with the latest 20,000.")).to_be_visible()
    expect(calls_in(page)).to_have_count(10)
    page.get_by_role("button", name="Show all that the server keeps").click()
    expect(page.get_by_text("20 earlier events are not shown: the server no longer keeps them.")).to_be_visible()
    expect(calls_in(page)).to_have_count(10)
