"""What lasts in the world is a span in a lane of its own; all else is a mark."""

import pytest

from scenarios.charts.history import LaneSpan


def test_an_outage_lasts_from_disconnected_to_reconnected(timeline):
    [lane] = timeline.world(0, "cluster disconnected").world(60, "cluster reconnected").history().lanes

    assert (lane.title, lane.marks) == ("cluster west", ())
    assert lane.spans == (LaneSpan("agent disconnected", 0, 60, ended=True),)


def test_an_outage_that_does_not_end_lasts_to_the_end_of_the_timeline(timeline):
    [_, lane] = timeline.world(0, "cluster disconnected").call(30, "ListRestores").history().lanes

    assert lane.spans == (LaneSpan("agent disconnected", 0, 30, ended=False),)


@pytest.mark.parametrize(
    ("changes", "spans"),
    [
        ([(0, "dis"), (10, "dis"), (20, "re"), (40, "re")], [(0, 40)]),
        ([(0, "dis"), (10, "re"), (20, "dis"), (30, "re")], [(0, 10), (20, 30)]),
    ],
    ids=["overlapping", "one after the other"],
)
def test_an_outage_lasts_until_the_last_that_overlaps_it_ends(timeline, changes, spans):
    for at_seconds, prefix in changes:
        timeline.world(at_seconds, f"cluster {prefix}connected")

    [lane] = timeline.history().lanes

    assert [(span.start_seconds, span.end_seconds) for span in lane.spans] == spans


def test_credentials_that_are_lost_twice_are_given_back_at_once(timeline):
    for at_seconds, change in enumerate(["credentials lost", "credentials lost", "credentials given back"]):
        timeline.world(at_seconds, change, uid="loc:vault", name="vault")

    [lane] = timeline.history().lanes

    assert (lane.title, lane.spans) == ("backup location vault", (LaneSpan("credentials lost", 0, 2, ended=True),))


def test_each_thing_has_its_own_lane_even_under_the_same_name(timeline):
    timeline.world(0, "cluster disconnected", uid="clu:1").world(1, "cluster disconnected", uid="clu:2")

    assert [lane.title for lane in timeline.history().lanes] == ["cluster west", "cluster west"]


@pytest.mark.parametrize("change", ["deployment created", "backup deleted", "cluster reconnected", "something new"])
def test_any_other_change_is_a_mark_in_the_lane_of_the_world(timeline, change):
    [lane] = timeline.world(0, change).history().lanes

    assert (lane.title, lane.spans) == ("world", ())
    assert [mark.text for mark in lane.marks] == [f"west: {change}"]


def test_a_fault_stands_in_the_lane_of_what_it_was_done_to(timeline):
    timeline.fault(0, "night", "outage", uid="clu:west", name="west").world(0, "cluster disconnected")
    timeline.fault(1, "broom", "delete_backup", uid="bkp:1", name="orders-backup")

    world, cluster = timeline.history().lanes

    assert [mark.text for mark in world.marks] == ["fault 'broom' (delete_backup) on orders-backup"]
    assert [mark.text for mark in cluster.marks] == ["fault 'night' (outage) on west"]
