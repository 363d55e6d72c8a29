"""What happened to a restore is found in the timeline, whoever else was busy."""

import pytest

from scenarios.reports.restore_traces import restore_traces
from scenarios.running.outcomes import run_scenario

TEXT = """\
version: 1
faults:
  - name: breaks
    phase: RESTORING_CLOUDSNAP
    restore: first
    fail: {error_code: RESTORE_INTERNAL_ERROR, message: it broke}
  - {name: unavailable, method: GetRestore, times: 1, error: {code: UNAVAILABLE, message: try again}}
steps:
  - advance: 10s
  - create: {name: first, backup: orders-backup, namespace: shop-staging, project: shop}
  - create: {name: second, backup: carts-backup, namespace: shop-staging, project: shop}
  - get: {restore: first, expect: {code: UNAVAILABLE}}
  - advance: 5s
"""


@pytest.fixture
def traces(load):
    def trace(text):
        outcome = run_scenario(load(text))
        assert outcome.passed
        return restore_traces(outcome.events, start_microseconds=outcome.start_microseconds)

    return trace


def test_transitions_faults_and_calls_are_told_in_order_from_the_start_of_the_scenario(traces):
    first, second = traces(TEXT)

    assert [(line.at_seconds, line.text) for line in first.lines] == [
        (10.0, "first: INITIALIZING"),
        (10.0, "CreateRestore first → OK"),
        (10.0, "fault 'unavailable' (error) on GetRestore first"),
        (10.0, "GetRestore first → UNAVAILABLE: try again"),
        (11.0, "first: PENDING"),
        (13.0, "first: RESTORING_CLOUDSNAP"),
        (13.0, "fault 'breaks' (fail) on first"),
        (13.0, "first: FAILED (RESTORE_INTERNAL_ERROR: it broke)"),
    ]
    assert [line.text for line in second.lines] == [
        "second: INITIALIZING",
        "CreateRestore second → OK",
        "second: PENDING",
        "second: RESTORING_CLOUDSNAP",
    ]
    assert (first.name, second.name) == ("first", "second")
