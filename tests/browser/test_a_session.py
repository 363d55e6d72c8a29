"""What somebody does with a session in the dashboard, by mouse and keyboard."""

import json
import re

import pytest
from playwright.sync_api import expect

from scenarios.loading.loader import load_scenario
from scenarios.running.runner import ScenarioRun
from simulator import faults
from simulator.services.control.host import SessionSetup
from simulator.sessions.registry import HostedSession

X3600 = "\N{MULTIPLICATION SIGN}3600"
GONE = "There is no session “short”: it has ended, or never was."
MANY_POLLS_MILLISECONDS = 60_000
DRAW_LATE = """
const [wait, draw] = [window.setTimeout, window.requestAnimationFrame];
window.setTimeout = (act, milliseconds = 0) => wait(act, milliseconds + 1000);
window.requestAnimationFrame = (act) => wait(() => draw(act), 1000);
"""
"""On a busy machine an answer may come before the next frame."""

HIDE_CLIPBOARD = """
window.clipboard = navigator.clipboard;
Object.defineProperty(navigator, "clipboard", { value: undefined });
"""
"""So it is for a page that came without TLS from another machine."""

NOTE_CONNECTIONS = """
const shown = document.querySelector(".connection");
window.connections = [];
new MutationObserver(() => connections.push(shown.textContent.trim()))
  .observe(shown, { subtree: true, childList: true, characterData: true });
"""
NOTE_COUNTS = """
const number = (text, unit) => (text.match(`(\\\\d+) ${unit}`) ?? ["", "0"])[1];
window.counts = [];
new MutationObserver(() => {
  const [live, wait] = [".restores h2", ".clusters"].map((panel) => document.querySelector(panel).textContent);
  counts.push(`${number(live, "live")} live, ${number(wait, "wait")} wait`);
}).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
"""


def row_of(page, name):
    return page.get_by_role("row").filter(has=page.get_by_role("button", name=name, exact=True))


def open_restore(page, name):
    """Click its name; elsewhere in the row there may be a mark, which opens by itself."""
    page.get_by_role("button", name=name, exact=True).click()


def advance(page, seconds):
    """Go on only when the clock has moved, because what a test creates next is created then."""
    page.get_by_label("Seconds to advance").fill(str(seconds))
    with page.expect_response(re.compile(":advance$")):
        page.get_by_role("button", name="Advance").click()


def test_a_session_is_created_and_shown(served, page):
    page.get_by_role("button", name="New…").click()
    dialog = page.get_by_role("dialog", name="New session")
    dialog.get_by_label("Name").fill("mine")
    dialog.get_by_label("Clock").select_option("manual")
    dialog.get_by_label("Seed").fill("7")
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_label("Session", exact=True)).to_have_value("mine")
    assert page.url.endswith("#mine")
    assert served.server.sessions.get("mine").session.seed == 7
    served.create("orders-copy", session="mine")
    expect(row_of(page, "orders-copy")).to_be_visible()


def test_a_wrong_name_of_a_session_is_told_where_it_was_typed(page, troubles):
    page.get_by_role("button", name="New…").click()
    dialog = page.get_by_role("dialog", name="New session")
    dialog.get_by_label("Name").fill("no spaces")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_contain_text("session_id")
    expect(dialog.get_by_role("alert")).to_be_in_viewport()
    troubles.expect("400")


def test_a_fault_is_injected_from_the_form_and_a_restore_seen_to_fail(served, page):
    page.get_by_role("button", name="Inject a fault…").click()
    form = page.locator("#rule-form")
    form.get_by_label("effect", exact=True).select_option("fail")
    expect(form.get_by_label("error code").get_by_text("RESTORE_INTERNAL_ERROR")).to_have_count(1)
    form.get_by_label("error code").select_option("FAILED_BACKUP_CREDENTIAL_SYNC")
    form.get_by_label("phase").fill("PENDING")
    form.get_by_label("name", exact=True).fill("no credentials")
    form.get_by_role("button", name="Inject").click()
    rules = page.get_by_role("region", name="Rules")
    expect(rules.get_by_text("no credentials")).to_be_visible()
    served.create("orders-copy")
    advance(page, 60)
    expect(row_of(page, "orders-copy")).to_contain_text("FAILED_BACKUP_CREDENTIAL_SYNC")
    expect(rules.get_by_text("matched 1, fired 1")).to_be_visible()


def test_a_wrong_rule_is_told_in_the_form_with_its_place(page, troubles):
    page.get_by_role("button", name="Inject a fault…").click()
    form = page.locator("#rule-form")
    form.get_by_label("method", exact=True).fill("GetRestor")
    form.get_by_role("button", name="Inject").click()
    expect(form.get_by_role("alert")).to_contain_text("GetRestore")
    troubles.expect("400")
    form.get_by_label("method", exact=True).fill("GetRestore")
    expect(form.get_by_role("alert")).to_have_count(0)
    form.get_by_text("As JSON", exact=True).click()
    form.get_by_label("The rule as JSON").fill("{")
    form.get_by_role("button", name="Inject").click()
    expect(form.get_by_role("alert")).to_contain_text("That is no JSON")


@pytest.mark.parametrize(
    ("effect", "settings"),
    [
        ("delay", {"duration": "5s"}),
        ("slow", {"factor": "2"}),
        ("gate", {}),
        ("outage", {"cluster": "west", "duration": "1h"}),
        ("rate_limit", {"per second": "3"}),
        ("lose_response", {"restore": "orders-*"}),
    ],
)
def test_the_form_makes_a_rule_of_every_kind_of_effect(served, page, effect, settings):
    page.get_by_role("button", name="Inject a fault…").click()
    form = page.locator("#rule-form")
    form.get_by_label("effect", exact=True).select_option(effect)
    for label, value in settings.items():
        form.get_by_label(label, exact=True).fill(value)
    form.get_by_role("button", name="Inject").click()
    expect(form.get_by_role("button", name="Inject")).to_have_count(0)
    [installed] = served.session.world.rules
    assert installed.rule.effect.name == effect


def test_a_gate_is_opened_by_a_button(served, page):
    with served.session as world:
        world.inject(faults.rule(faults.gate(), phase="PENDING", name="door"))
        world.inject(faults.rule(faults.gate(), phase="PENDING", times=1, name="once"))
    served.create("orders-copy")
    advance(page, 30)
    rules = page.get_by_role("region", name="Rules")
    expect(rules.get_by_text("holds orders-copy").first).to_be_visible()
    rules.get_by_role("button", name="Open gate of door").click()
    expect(rules.get_by_role("button", name="Close gate of door")).to_be_visible()
    advance(page, 30)
    rules.get_by_role("button", name="Open gate of once").click()
    expect(rules.get_by_role("button", name="gate of once")).to_have_count(0)
    page.get_by_role("button", name="Until idle").click()
    expect(row_of(page, "orders-copy")).to_contain_text("✓")
    for name in ("door", "once"):
        rules.get_by_role("button", name=f"Delete the rule {name}").click()
    expect(rules.get_by_text("No rule is in force")).to_be_visible()


def test_a_rule_that_has_not_fired_tells_what_came_closest(served, page):
    with served.session as world:
        world.inject(faults.rule(faults.error(), method="GetRestore"))
    served.create("orders-copy")
    rules = page.get_by_role("region", name="Rules")
    rules.get_by_text("what came closest").click()
    expect(rules.locator("details li")).to_contain_text("the rule asks for 'GetRestore'")
    expect(rules.locator("details li")).to_be_visible()


def test_a_restore_tells_its_fields_its_history_and_what_it_waits_for(served, page):
    for number in range(3):
        created = served.create(f"copy-{number}")
    advance(page, 5)
    open_restore(page, "copy-2")
    state = page.get_by_label("State of copy-2")
    expect(state).to_contain_text("Waits for a slot of cluster 'west': 2 of 2 are in use")
    expect(state).to_contain_text(created.meta.uid)
    details = page.get_by_label("Details of copy-2")
    expect(details).to_contain_text("copy-2: INITIALIZING")
    details.locator("summary", has_text="CreateRestore").click()
    expect(details.get_by_text('"name": "copy-2"').first).to_be_visible()
    clusters = page.get_by_role("region", name="Clusters")
    expect(clusters).to_contain_text("2 of 2, 1 wait")


def test_the_restores_that_are_looked_for_fill_the_timeline(served, page):
    served.create("orders-copy")
    advance(page, 86_400)
    served.create("second")
    titles = row_of(page, "second").locator("text.inside")
    expect(row_of(page, "second")).to_be_visible()
    expect(titles).to_have_count(0)
    advance(page, 5)
    page.get_by_label("Which restores").select_option("live")
    expect(titles.first).to_be_visible()
    page.get_by_label("Which restores").select_option("all")
    expect(titles).to_have_count(0)


def test_no_more_restores_wait_than_are_live(served, page):
    """Both numbers are of one answer, so that they change together."""
    restores, clusters = (page.get_by_role("region", name=name) for name in ("Restores", "Clusters"))
    page.evaluate(NOTE_COUNTS)
    for number in range(3):
        served.create(f"copy-{number}")
    advance(page, 5)
    expect(clusters).to_contain_text("2 of 2, 1 wait")
    page.get_by_role("button", name="Until idle").click()
    expect(clusters).to_contain_text("0 of 2")
    expect(restores).to_contain_text("0 live, 3 successful")
    assert {"3 live, 1 wait", "0 live, 0 wait"} <= set(page.evaluate("counts"))
    assert "0 live, 1 wait" not in page.evaluate("counts")


def test_the_speed_is_changed_and_time_paused(served, page):
    page.get_by_role("button", name=X3600).click()
    expect(page.get_by_role("button", name=X3600)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("What moves the time")).to_have_value("wall")
    assert served.session.clock.speed == 3600
    served.create("orders-copy")
    expect(row_of(page, "orders-copy")).to_contain_text("✓")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    assert served.session.clock.is_paused
    served.create("second")
    advance(page, 600)
    expect(row_of(page, "second")).to_contain_text("✓")
    page.get_by_label("What moves the time").select_option("manual")
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()
    page.request.patch(f"{served.url}/simulator/v1/sessions/default/clock", data={"mode": "wall", "speed": 10})
    page.reload()
    ten = page.get_by_role("button", name="\N{MULTIPLICATION SIGN}10", exact=True)
    expect(ten).to_have_attribute("aria-pressed", "true")


def test_time_that_goes_on_by_itself_can_be_advanced_too(serve, open_page):
    served = serve(clock="wall")
    page = open_page(served)
    served.create("orders-copy")
    advance(page, 600)
    expect(row_of(page, "orders-copy")).to_contain_text("✓")
    expect(page.get_by_role("button", name="Advance")).to_be_enabled()
    assert not served.session.clock.is_paused


def test_a_session_is_copied_as_a_scenario_that_runs(served, page, tmp_path):
    created = served.create("orders-copy")
    advance(page, 40)
    page.get_by_role("button", name="Inject a fault…").click()
    page.locator("#rule-form").get_by_label("method", exact=True).fill("GetRestore")
    page.get_by_role("button", name="Inject", exact=True).click()
    expect(page.get_by_role("region", name="Rules")).to_contain_text("matched 0, fired 0")
    with pytest.raises(Exception, match="UNAVAILABLE"):
        served.get(created.meta.uid)
    page.get_by_role("button", name="Until idle").click()
    expect(row_of(page, "orders-copy")).to_contain_text("✓")
    page.get_by_role("button", name="Copy as scenario…").click()
    dialog = page.get_by_role("dialog", name="This session as a scenario")
    page.evaluate(HIDE_CLIPBOARD)
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(dialog.get_by_text("Copied.")).to_be_visible()
    file = tmp_path / "copied.pds.yaml"
    file.write_text(page.evaluate("clipboard.readText()"), encoding="utf-8")
    with ScenarioRun(load_scenario(file)) as run:
        assert all(step.passed for step in run.steps())
        told = [event.told for event in run.simulator.timeline.recorded()]
    assert told == [event.told for event in served.session.timeline.recorded()]


def test_calls_come_in_with_request_response_status_and_rule(served, page):
    page.get_by_role("button", name="Inject a fault…").click()
    page.locator("#rule-form").get_by_label("name", exact=True).fill("busy")
    page.locator("#rule-form").get_by_label("method", exact=True).fill("GetRestore")
    page.get_by_role("button", name="Inject", exact=True).click()
    expect(page.get_by_text("matched 0, fired 0")).to_be_visible()
    created = served.create("orders-copy")
    with pytest.raises(Exception, match="UNAVAILABLE"):
        served.get(created.meta.uid)
    served.get(created.meta.uid)
    calls = page.get_by_role("region", name="Calls")
    expect(calls.get_by_role("option")).to_have_count(3)
    failed = calls.get_by_role("option").nth(1)
    for text in ("GetRestore", "UNAVAILABLE", "orders-copy", "busy"):
        expect(failed).to_contain_text(text)
    failed.click()
    details = page.get_by_label("Details of call 2")
    expect(details).to_contain_text(f'"id": "{created.meta.uid}"')
    expect(details).to_contain_text("Met the rule busy")
    page.get_by_label("Find calls by").fill("create")
    expect(calls.get_by_role("option")).to_have_count(1)


def test_the_world_is_changed_and_its_uids_copied(served, page):
    world = page.get_by_role("region", name="World")
    world.get_by_role("button", name="Change…").click()
    form = page.locator("#change-form")
    form.get_by_label("backup", exact=True).fill("carts-backup")
    form.get_by_role("button", name="Change", exact=True).click()
    expect(form.get_by_role("status")).to_have_text("carts-backup: backup deleted")
    expect(world.get_by_role("button", name="Copy the uid of carts-backup")).to_have_count(0)
    world.get_by_role("button", name="Copy the uid of orders-backup").click()
    expect(world.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == served.session.world.backups["orders-backup"].uid
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not here')) }")
    world.get_by_role("button", name="Copy the uid of events-backup").click()
    expect(world.get_by_role("alert")).to_have_text("not here")


def test_a_cluster_is_disconnected_and_reconnected(served, page):
    served.create("orders-copy")
    clusters = page.get_by_role("region", name="Clusters")
    west = clusters.locator(".cluster", has_text="west")
    west.get_by_role("button", name="Disconnect").click()
    expect(west).to_contain_text("disconnected")
    open_restore(page, "orders-copy")
    expect(page.get_by_label("State of orders-copy")).to_contain_text("the agent of cluster 'west' to reconnect")
    west.get_by_role("button", name="Reconnect").click()
    expect(west.get_by_text("connected", exact=True)).to_be_visible()


def test_a_reset_begins_again_with_nothing_left(served, page):
    served.create("orders-copy")
    expect(row_of(page, "orders-copy")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Reset").click()
    page.evaluate(NOTE_CONNECTIONS)
    page.once("dialog", lambda dialog: dialog.accept())
    expect(row_of(page, "orders-copy")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("No restore yet.")).to_be_visible()
    served.create("second")
    expect(row_of(page, "second")).to_be_visible()
    assert page.evaluate("connections.filter((told) => told !== 'connected')") == []
    expect(row_of(page, "orders-copy")).to_have_count(0)
    expect(page.get_by_role("region", name="Calls").get_by_role("option")).to_have_count(1)


@pytest.mark.parametrize("name", ["never-was", "%E0%A4%A"])
def test_a_session_that_never_was_says_so_once(served, page, troubles, name):
    troubles.expect("404")
    page.add_init_script(DRAW_LATE)
    page.goto(f"{served.url}/?{name}#{name}")  # the query lets it load anew
    expect(page.get_by_role("alert")).to_have_text(f"There is no session “{name}”: it has ended, or never was.")
    expect(page).to_have_title(re.compile(name))


def test_a_session_that_has_ended_says_so_once_and_is_asked_for_no_more(served, page, troubles):
    page.clock.install()
    page.reload()
    page.get_by_role("button", name="New…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("short")
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    expect(page.get_by_role("button", name="End session")).to_be_visible()
    troubles.expect("404")
    served.server.sessions.remove("short")
    expect(page.get_by_role("alert")).to_have_text(GONE)
    expect(page.get_by_role("region")).to_have_count(0)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(MANY_POLLS_MILLISECONDS)
    page.get_by_role("link", name="Show the session “default”").click()
    expect(page.get_by_role("region", name="World")).to_be_visible()
    assert not [url for url in asked if "/sessions/short" in url]


def test_a_session_that_a_panel_finds_ended_says_so_once(served, page, troubles):
    """It ends while the request of a click is on its way, and no other request gets through."""

    def end_then_go_on(route):
        if route.request.method == "POST":
            served.server.sessions.remove("short")
        route.continue_()

    troubles.expect("404", "ERR_FAILED")
    served.server.sessions.add(HostedSession("short", SessionSetup().make()))
    for path in ("**/sessions/short", "**/sessions/short/events"):
        page.route(path, lambda route: route.abort())
    page.route("**/sessions/short/rules", end_then_go_on)
    page.goto(f"{served.url}/#short")
    expect(page.get_by_text("No rule is in force")).to_be_visible()
    page.get_by_role("button", name="Inject a fault…").click()
    page.get_by_role("button", name="Inject", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(GONE)
    expect(page.get_by_role("region")).to_have_count(0)


def move_to_second_of_three_calls(served, page):
    for number in range(3):
        served.create(f"copy-{number}")
    calls = page.get_by_role("listbox", name="Calls")
    expect(calls.get_by_role("option")).to_have_count(3)
    calls.focus()
    page.keyboard.press("ArrowDown")
    return calls


def test_everything_can_be_done_with_the_keyboard(served, page):
    move_to_second_of_three_calls(served, page)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Details of call 2")).to_be_visible()
    page.get_by_role("button", name="copy-2", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Details of copy-2")).to_be_visible()
    page.get_by_label("Seconds to advance").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.get_by_label("State of copy-2")).to_contain_text("PENDING")


def test_the_keyboard_goes_on_from_where_it_was(served, page):
    with served.session as world:
        world.inject(faults.rule(faults.gate(), phase="RESTORING_CLOUDSNAP", name="door"))
    served.create("orders-copy")
    page.get_by_role("button", name="orders-copy", exact=True).press("Enter")
    for button, focused, done in (
        ("Next event", "Next event", "1 s since the first event"),
        ("Next event", "Next event", "3 s since the first event"),
        ("Close details", "orders-copy", ""),
        ("Delete the rule door", "Inject a fault…", "No rule is in force"),
        ("Copy as scenario…", "Copy as scenario…", "This session as a scenario"),
    ):
        page.get_by_role("button", name=button).press("Enter")
        if done:
            expect(page.get_by_text(done)).to_be_visible()
        page.keyboard.press("Escape")  # it closes a dialog
        expect(page.get_by_role("button", name=focused, exact=True)).to_be_focused()


def test_the_keyboard_stays_where_it_is_when_something_new_comes_above(served, page):
    calls = move_to_second_of_three_calls(served, page)
    served.create("copy-3")
    expect(calls.get_by_role("option")).to_have_count(4)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Details of call 2")).to_be_visible()
    page.get_by_role("button", name="copy-2", exact=True).focus()
    served.create("copy-4")
    expect(row_of(page, "copy-4")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="copy-1", exact=True)).to_be_focused()


def test_marks_that_turn_the_direction_of_text_are_shown_as_such(served, page):
    with served.session as world:
        world.inject(faults.rule(faults.error(message="\u202egnp"), method="GetRestore"))
    expect(page.get_by_role("region", name="Rules")).to_contain_text(r"\u202egnp")
    page.get_by_role("button", name="Copy as scenario…").click()
    expect(page.get_by_role("textbox", name="Scenario")).to_have_value(re.compile(r"\\u202Egnp"))


def test_hostile_names_are_text(served, page):
    for name in ("<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>"):
        with pytest.raises(Exception, match="INVALID_ARGUMENT"):
            served.create(name)
    calls = page.get_by_role("region", name="Calls").get_by_role("option")
    expect(calls).to_have_count(2)
    calls.first.click()
    details = page.get_by_label(re.compile("Details of call"))
    expect(details).to_contain_text("<script>alert(1)</script>")
    assert page.locator(".details script, .details img").count() == 0


def test_what_is_shown_is_what_the_control_api_tells(served, page):
    """The page has no way of its own: all that it asks for is below /simulator/v1/ or a file of the dashboard."""
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(served.url)))
    page.reload()
    served.create("orders-copy")
    expect(row_of(page, "orders-copy")).to_be_visible()
    open_restore(page, "orders-copy")
    expect(page.get_by_label("State of orders-copy")).to_be_visible()
    assert json.dumps([url for url in asked if not re.match(r"/(simulator/v1/|dashboard/|#|$)|data:", url)]) == "[]"
