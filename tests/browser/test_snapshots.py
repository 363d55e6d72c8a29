"""A snapshot is taken and loaded by buttons."""

import json

from playwright.sync_api import expect

from scenarios.loading.loader import load_scenario
from scenarios.running.runner import ScenarioRun
from simulator.documents.snapshots import take_snapshot


def test_a_snapshot_is_saved_and_goes_on_in_a_session_of_its_own(served, page, tmp_path):
    served.create("orders-copy")
    page.get_by_label("Seconds to advance").fill("40")
    page.get_by_role("button", name="Advance").click()
    expect(page.locator(".row.restore")).to_contain_text("live after 40 s")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take snapshot").click()
    file = tmp_path / "taken.json"
    download.value.save_as(file)
    assert json.loads(file.read_text(encoding="utf-8"))["pds_simulator_snapshot"] == 1
    page.get_by_role("button", name="Until idle").click()
    page.get_by_label("Snapshot file").set_input_files(file)
    expect(page.get_by_role("button", name="End session")).to_be_visible()
    expect(page.locator(".row.restore")).to_contain_text("live after 40 s")
    page.get_by_role("button", name="Until idle").click()
    expect(page.locator(".row.restore")).to_contain_text("✓")


def test_a_session_that_began_with_a_snapshot_is_copied_with_it(served, page, tmp_path):
    served.create("orders-copy")
    page.get_by_label("Snapshot file").set_input_files(
        {
            "name": "taken.json",
            "mimeType": "application/json",
            "buffer": json.dumps(take_snapshot(served.session)).encode(),
        }
    )
    expect(page.get_by_role("button", name="End session")).to_be_visible()
    page.get_by_role("button", name="Until idle").click()
    expect(page.locator(".row.restore")).to_contain_text("✓")
    page.get_by_role("button", name="Copy as scenario…").click()
    for name in ("Download snapshot", "Download"):
        with page.expect_download() as download:
            page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / download.value.suggested_filename)
    [file] = tmp_path.glob("*.pds.yaml")
    with ScenarioRun(load_scenario(file)) as run:
        assert all(step.passed for step in run.steps())
        assert [restore.phase.name for restore in run.simulator.world.restores.values()] == ["SUCCESSFUL"]


def test_a_file_that_is_no_snapshot_is_refused_beside_the_button(page, tmp_path, troubles):
    wrong = {
        "cut": ("{", "cut is no snapshot"),
        "nothing": ("null", "nothing is no snapshot"),
        "newer": ('{"pds_simulator_snapshot": 99}', "99"),
    }
    for name, (content, told) in wrong.items():
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        page.get_by_label("Snapshot file").set_input_files(file)
        expect(page.get_by_role("alert")).to_contain_text(told)
    troubles.expect("400")
