"""A test makes simulators itself, as hypothesis needs it, which runs a test many times."""

import pytest

CLIENT = """
import pytest
from hypothesis import HealthCheck, given, settings
from scenarios.exploration import rule_sets
from simulator import faults

def create(sim):
    from simulator.api import RestoreServiceStub
    return RestoreServiceStub(sim.channel()).CreateRestore(
        sim.requests.create("orders-copy", backup="orders-backup", namespace="shop-staging"))
"""


def test_hypothesis_draws_rules_for_simulators_as_the_markers_of_the_test_describe_them(run_pytest):
    outcome = run_pytest(
        CLIENT
        + """
seen = []

@pytest.mark.pds_simulator(clock="on_poll", seed=9, faults=[faults.rule(faults.slow(2), phase="PENDING")])
@settings(max_examples=20, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(rules=rule_sets(max_rules=2))
def test_it(pds_simulator_with, rules):
    with pds_simulator_with(rules) as sim:
        assert sim.seed == 9
        assert [rule.name for rule in sim.rules][0] == "slow on phase=PENDING"
        assert len(sim.rules) == 1 + len(rules)
        assert len(sim.calls) == 0
        seen.append(len(rules))

def test_that_worlds_differ():
    assert len(seen) >= 20
    assert {0, 1, 2} == set(seen)
"""
    )

    outcome.assert_outcomes(passed=2)


def test_the_report_of_a_failure_tells_of_the_smallest_example(run_pytest):
    outcome = run_pytest(
        CLIENT
        + """
@settings(max_examples=300, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(rules=rule_sets(effects=["error"], methods=["CreateRestore"], max_rules=3))
def test_it(pds_simulator_with, rules):
    with pds_simulator_with(rules) as sim:
        create(sim)
"""
    )

    outcome.assert_outcomes(failed=1)
    text = outcome.stdout.str()
    assert text.count("error on method=CreateRestore") >= 1
    assert "PDS simulator" in text
    assert "events, in virtual time:" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("strict=True, rules=[faults.rule(faults.hang(), method='GetRestore')]", "never"),
        ("clocks=1", "'clocks' is nothing that it takes; did you mean 'clock'"),
    ],
)
def test_what_makes_no_sense_or_never_happens_is_told(run_pytest, arguments, told):
    outcome = run_pytest(
        CLIENT
        + f"""
def test_it(pds_simulator_with):
    with pds_simulator_with({arguments}):
        pass
"""
    )

    outcome.assert_outcomes(failed=1)
    assert told in outcome.stdout.str()


def test_an_error_in_the_simulator_fails_the_test(run_pytest):
    outcome = run_pytest(
        CLIENT
        + """
import grpc

class Breaks:
    name = "breaks"
    def around(self, call, proceed, firing):
        raise KeyError("broken effect")

def test_it(pds_simulator_with):
    with pds_simulator_with([faults.rule(Breaks(), method="CreateRestore")]) as sim:
        with pytest.raises(grpc.RpcError):
            create(sim)
"""
    )

    outcome.assert_outcomes(failed=1)
    assert "broken effect" in outcome.stdout.str()


def test_virtual_time_of_a_whole_test_is_refused(run_pytest):
    outcome = run_pytest(
        CLIENT
        + """
@pytest.mark.pds_simulator(virtual_time=True)
def test_it(pds_simulator_with):
    with pds_simulator_with():
        pass
"""
    )

    outcome.assert_outcomes(failed=1)
    assert "use sim.run or sim.virtual_sleep()" in outcome.stdout.str()
