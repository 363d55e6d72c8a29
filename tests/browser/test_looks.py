"""Everybody can use the page: axe has nothing to say. Screenshots are kept, and one is the picture of the README."""

import os
import shutil
from contextlib import suppress
from itertools import product
from pathlib import Path

import grpc
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from simulator import faults

PICTURE = Path(__file__).parents[2] / "simulator" / "dashboard" / "dashboard.png"
PICTURE_BYTES_MAX = 200 * 1024
HEIGHTS = {1280: 900, 2560: 1300}
"""By the width of the window."""
UPDATE = "PDS_UPDATE_PICTURE"
"""Set, the test puts the picture that it makes in the place of the one that is there."""


@pytest.fixture
def fill(served):
    """Fills a world with restores in many states."""

    def run(count):
        world = served.session.world
        world.inject(
            faults.rule(faults.error("UNAVAILABLE"), method="GetRestore", probability=0.3, name="flaky network")
        )
        world.inject(faults.rule(faults.gate(), phase="RESTORING_CLOUDSNAP", restore="*-3", name="hold at the door"))
        world.inject(faults.rule(faults.fail(), phase="RESTORING_CLOUDSNAP", restore="*5", name="broken cloudsnap"))
        for number in range(count):
            created = served.create(
                f"orders-copy-{number}",
                "shop-prod" if number % 2 else "shop-staging",
                "carts-backup" if number % 3 else "orders-backup",
            )
            world.environment.advance_to(world.environment.now_microseconds + 4_000_000)
            if number % 2:
                with suppress(grpc.RpcError):
                    served.get(created.meta.uid)
        return served

    return run


@pytest.mark.parametrize("count", [0, 1, 40, 1000])
def test_screenshots_are_kept_and_axe_has_nothing_to_say(fill, open_page, tmp_path, count):
    served = fill(count)
    page = open_page(served, reduced_motion="reduce")
    expect(page.get_by_role("region", name="World").get_by_text("orders-backup", exact=True)).to_be_visible()
    if count:
        page.get_by_role("button", name="Inject a fault…").click()
        newest = f"orders-copy-{count - 1}"
        page.locator(".row.restore", has=page.get_by_role("button", name=newest, exact=True)).click()
        page.locator(".list-row", has_text=newest).first.click()
        page.get_by_role("button", name="Change…").click()
        for label in ("effect", "change"):
            expect(page.get_by_label(label, exact=True)).to_be_visible()
    for width, scheme in product(HEIGHTS, ("light", "dark")):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("scrollTo(0, 0)")  # else what sticks to the top of the window is in the middle of the picture
        page.screenshot(path=tmp_path / f"dashboard-{count}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page).response["violations"]
        assert not [(one["id"], node["html"][:200]) for one in found for node in one["nodes"][:2]]


def place_of(locator):
    box = locator.bounding_box()
    return box["x"], box["y"]


def test_nothing_moves_under_the_mouse_and_nothing_is_cut_off(served, page):
    name = "W" * 200
    with served.session as world:
        world.add_namespace(name, cluster="east", projects=["shop"])
    served.create("orders-copy")
    button = page.get_by_role("button", name="Until idle")
    before = place_of(button), place_of(page.get_by_role("main"))
    page.get_by_label("Seconds to advance").fill(str(9 * 86400 + 23 * 3600 + 59 * 60 + 59))
    page.get_by_role("button", name="Advance").click()
    expect(page.get_by_text("9 d 23 h 59 min 59 s since the first event")).to_be_visible()
    page.get_by_role("button", name="Next event").click()
    expect(page.get_by_role("alert")).to_have_text("Nothing is left that could happen.")
    assert (place_of(button), place_of(page.get_by_role("main"))) == before
    expect(page.get_by_text(name, exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    find = page.get_by_label("Find restores by name or uid")
    find.focus()
    header = page.get_by_role("banner").bounding_box()
    assert place_of(find)[1] > header["y"] + header["height"]
    page.set_viewport_size({"width": 480, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown = page.get_by_role("region", name="Restores")
    assert shown.evaluate("(panel) => panel.scrollWidth <= panel.clientWidth")


def test_the_picture_of_the_readme_is_of_this_page(fill, open_page, tmp_path):
    served = fill(10)
    with served.session as world:
        world.environment.advance_to(world.environment.now_microseconds + 150_000_000)
    page = open_page(served, color_scheme="light")
    expect(page.locator(".row.restore")).not_to_have_count(0)
    page.get_by_role("button", name="orders-copy-3", exact=True).click()
    expect(page.get_by_label("State of orders-copy-3")).to_contain_text("Waits for the gate")
    made = tmp_path / "dashboard.png"
    page.screenshot(path=made)
    assert made.stat().st_size < PICTURE_BYTES_MAX
    if os.environ.get(UPDATE):
        shutil.copy(made, PICTURE)
    assert PICTURE.stat().st_size < PICTURE_BYTES_MAX
