"""A status that a rule gives names the rule, and fits into what clients accept."""

import dataclasses

import grpc

from simulator.api import error_details_pb2
from simulator.faults.statuses import injected


def test_it_names_the_rule_and_the_effect(make_firing):
    failed = injected(grpc.StatusCode.ABORTED, "no", make_firing())

    assert (failed.code, failed.message) == (grpc.StatusCode.ABORTED, "no")
    assert failed.details == (
        error_details_pb2.ErrorInfo(
            reason="INJECTED_FAULT",
            domain="pds-restore-simulator",
            metadata={"rule": "bad luck", "effect": "effect"},
        ),
    )


def test_further_details_come_behind_it(make_firing):
    help_to_get = error_details_pb2.Help(links=[{"url": "https://example.com"}])

    failed = injected(grpc.StatusCode.ABORTED, "no", make_firing(), retry_delay_seconds=1.5, details=[help_to_get])

    assert [detail.DESCRIPTOR.name for detail in failed.details] == ["ErrorInfo", "RetryInfo", "Help"]
    assert failed.details[1].retry_delay.ToMilliseconds() == 1500


def test_the_name_of_a_rule_is_cut_to_what_trailers_can_hold(make_firing):
    firing = dataclasses.replace(
        make_firing(), rule="fail on restore=" + "|".join(f"rst:{number}" for number in range(9999))
    )

    failed = injected(grpc.StatusCode.ABORTED, f"by the rule {firing.rule!r}", firing)

    assert failed.status.ByteSize() < 4000
    assert failed.details[0].metadata["rule"].startswith("fail on restore=rst:0|rst:1|")
