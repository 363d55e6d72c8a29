"""Marks that would hide each other become one with a number."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fakes.history.events import FaultFired, RemoteCall, recorded
from scenarios.charts.groups import grouped
from scenarios.charts.history import Mark


def call(at_seconds, code="OK"):
    return Mark(at_seconds, recorded(1, RemoteCall(0, "GetRestore", code, "", "", "")), "")


def test_marks_that_are_far_from_each_other_stay_alone():
    groups = grouped([call(0), call(11), call(22)], pixels_per_second=1)

    assert [(group.at_seconds, group.label) for group in groups] == [(0, ""), (11, ""), (22, "")]


def test_marks_at_the_same_time_are_counted():
    [group] = grouped([call(5)] * 3, pixels_per_second=1)

    assert (group.at_seconds, group.label, len(group.marks)) == (5, "3", 3)


def test_the_number_needs_room_as_well():
    groups = grouped([call(0), call(1), call(13), call(40)], pixels_per_second=1)

    assert [group.label for group in groups] == ["3", ""]


def test_a_group_tells_how_many_of_its_calls_failed():
    some, all_of_them = grouped(
        [call(0), call(0, "NOT_FOUND"), call(0), call(100, "ABORTED"), call(100, "ABORTED")], pixels_per_second=1
    )

    assert (some.label, some.failed_count) == ("1/3", 1)
    assert (all_of_them.label, all_of_them.failed_count) == ("2", 2)


def test_faults_are_counted_but_are_no_failed_calls():
    [group] = grouped([Mark(0, recorded(1, FaultFired(0, "busy", "error", "", "")), "")] * 2, pixels_per_second=1)

    assert (group.label, group.failed_count) == ("2", 0)


@given(
    times=st.lists(st.floats(0, 1000), max_size=50),
    codes=st.lists(st.sampled_from(["OK", "ABORTED"]), min_size=50, max_size=50),
)
def test_no_mark_is_lost_and_neither_marks_nor_numbers_overlap(times, codes):
    marks = [call(at_seconds, code) for at_seconds, code in zip(sorted(times), codes, strict=False)]

    groups = grouped(marks, pixels_per_second=1)

    assert [mark for group in groups for mark in group.marks] == marks
    for group, following in pairwise(groups):
        assert following.at_seconds - group.at_seconds >= 11 + 7 * len(group.label)
