"""Marks that would hide each other become one with a number."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.history.events import FaultFired, RemoteCall, recorded
from scenarios.charts.groups import grouped
from scenarios.charts.history import Mark


def call(at_seconds, code="OK"):
    return Mark(at_seconds, recorded(1, RemoteCall(0, "GetRestore", code, "", "", "")), "")


@pytest.mark.parametrize(
    ("marks", "groups"),
    [
        ([call(0), call(11), call(22)], [(0, "", 0), (11, "", 0), (22, "", 0)]),
        ([call(5)] * 3, [(5, "3", 0)]),
        ([call(0), call(1), call(13), call(40)], [(0, "3", 0), (40, "", 0)]),  # the number needs room as well
        ([call(0), call(0, "NOT_FOUND"), call(0)], [(0, "1/3", 1)]),
        ([call(5, "ABORTED")] * 2, [(5, "2", 2)]),
        ([Mark(0, recorded(1, FaultFired(0, "busy", "error", "", "")), "")] * 2, [(0, "2", 0)]),
    ],
)
def test_marks_that_are_near_each_other_are_counted_and_so_are_failed_calls(marks, groups):
    found = grouped(marks, pixels_per_second=1)

    assert [(group.at_seconds, group.label, group.failed_count) for group in found] == groups


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
