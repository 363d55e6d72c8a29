"""A picture says in a few numbers what happened."""

from scenarios.charts.heading import (
    Heading,
    names_text,
    reason_counts,
    rule_counts,
    summary,
    times_text,
)


def test_a_summary_counts_restores_calls_and_faults(timeline):
    timeline.successful(0, "a").to(6, "b", "INITIALIZING").to(6, "c", "INITIALIZING").to(6, "d", "INITIALIZING")
    timeline.call(7, "CreateRestore", subject="rst:b").call(8, "ListRestores", code="ABORTED")
    timeline.fault(9, "night", "outage", uid="clu:west", name="west").to(10, "b", "FAILED")

    assert summary(timeline.history(), Heading("x", seed=7)) == [
        "4 restores (1 successful, 1 failed, 2 live)",
        "2 calls (1 failed)",
        "1 fault",
        "10 s from 2025-01-01 00:00:00 UTC",
        "seed 7",
    ]


def test_rules_are_counted_in_the_order_in_which_they_took_effect(timeline):
    timeline.to(0, "a", "INITIALIZING").fault(1, "second", "gate", uid="rst:a", name="a")
    timeline.fault(2, "first", "error", name="ListRestores").fault(3, "second", "gate", uid="rst:a", name="a")

    counts = [(item.rule, item.effect, item.count, item.first_seconds) for item in rule_counts(timeline.history())]

    assert counts == [("second", "gate", 2, 1), ("first", "error", 1, 2)]


def test_restores_that_failed_for_the_same_reason_are_told_together(timeline):
    for name, message in (("a", "full"), ("b", "gone"), ("c", "full")):
        timeline.to(0, name, "FAILED", error_code="RESTORE_INTERNAL_ERROR", error_message=message)

    assert [(item.reason, item.names) for item in reason_counts(timeline.history())] == [
        ("RESTORE_INTERNAL_ERROR: full", ("a", "c")),
        ("RESTORE_INTERNAL_ERROR: gone", ("b",)),
    ]


def test_long_lists_and_counts_are_short():
    assert names_text(["a", "b", "c"]) == "a, b, c"
    assert names_text(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert (times_text(1), times_text(2)) == ("once", "2 times")
