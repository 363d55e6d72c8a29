"""Rules come and go while restores run: what they do ends as documented, and a reset brings the first ones back."""

import pytest

from simulator import Constant, Phase, Simulator, faults
from simulator.api import restore_pb2
from simulator.faults import rule

CLOUDSNAP_SECONDS = 5 + 102.4
"""10 GiB over the 100 MiB/s of west."""
DEPLOYMENT = "RESTORING_DATA_SERVICE_DEPLOYMENT"


@pytest.fixture
def phase_of(stub):
    return lambda restore: Phase(stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid)).status.phase)


def fault_events(simulator):
    return [event.effect for event in simulator.timeline if event.kind == "fault"]


def test_a_rule_that_comes_while_a_restore_runs_is_met_at_the_next_phase(sim, stub, create_request, phase_of):
    restore = stub.CreateRestore(create_request())
    sim.advance(20)
    sim.inject(faults.fail(), phase=["RESTORING_CLOUDSNAP", "RESTORING_DATA_SERVICE_DEPLOYMENT_CR"])
    sim.advance(CLOUDSNAP_SECONDS - 20 + 2.9)
    assert phase_of(restore) is Phase.RESTORING_CLOUDSNAP

    sim.advance(0.1)
    assert phase_of(restore) is Phase.FAILED


def test_an_outage_that_comes_without_a_time_begins_at_once(sim, stub, create_request, phase_of):
    restore = stub.CreateRestore(create_request())
    sim.advance(2)
    active = sim.inject(faults.outage(), cluster="west")
    sim.advance(100)
    assert phase_of(restore) is Phase.PENDING

    sim.remove_rule(active)
    sim.advance(1)
    assert phase_of(restore) is Phase.RESTORING_CLOUDSNAP


def test_removing_the_rule_opens_its_gate(sim, stub, create_request, phase_of):
    active = sim.inject(faults.gate(), phase="PENDING")
    restore = stub.CreateRestore(create_request())
    sim.advance(100)
    sim.remove_rule(active)
    sim.advance(2)

    assert phase_of(restore) is Phase.RESTORING_CLOUDSNAP


def test_removing_the_rule_ends_a_stall_without_an_end(sim, stub, create_request, phase_of):
    active = sim.inject(faults.stall(at=0.5), phase="PENDING")
    restore = stub.CreateRestore(create_request())
    sim.advance(100)
    sim.remove_rule(active)
    sim.advance(1)

    assert phase_of(restore) is Phase.RESTORING_CLOUDSNAP


def test_removing_the_rule_gives_credentials_back(sim, stub, create_request, phase_of):
    active = sim.inject(faults.lose_credentials(), backup_location="vault")
    restore = stub.CreateRestore(create_request())
    sim.advance(2)
    sim.remove_rule(active)
    sim.advance(1)

    assert phase_of(restore) is Phase.RESTORING_CLOUDSNAP


@pytest.mark.parametrize(
    ("effect", "after_seconds", "phase"),
    [
        (faults.fail(at=0.5), 15, Phase.FAILED),
        (faults.stall(Constant(1000), at=0.5), 1029, Phase.RESTORING_DATA_SERVICE_DEPLOYMENT),
        (faults.slow(2), 59, Phase.RESTORING_DATA_SERVICE_DEPLOYMENT),
        (faults.restart_phase(), 44, Phase.RESTORING_DATA_SERVICE_DEPLOYMENT),
    ],
    ids=repr,
)
def test_what_a_removed_rule_has_decided_about_a_phase_that_runs_stays_decided(
    sim, stub, create_request, phase_of, effect, after_seconds, phase
):
    active = sim.inject(effect, phase=DEPLOYMENT)
    restore = stub.CreateRestore(create_request())
    sim.advance_until(restore.meta.uid, DEPLOYMENT)
    sim.remove_rule(active)
    sim.advance(after_seconds)

    assert phase_of(restore) is phase
    if phase is not Phase.FAILED:
        sim.advance(1)
        assert phase_of(restore) is Phase.DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE


def test_a_removed_rule_is_not_met_by_calls_any_more(sim, stub):
    active = sim.inject(faults.error(), method="ListRestores")
    request = restore_pb2.ListRestoresRequest()
    assert stub.ListRestores.future(request).code().name == "UNAVAILABLE"

    sim.remove_rule(active)
    assert stub.ListRestores.future(request).code().name == "OK"


def test_clearing_ends_all_that_rules_do(sim, stub, create_request, phase_of):
    sim.gate(phase="PENDING", restore="held")
    sim.inject(faults.stall(), phase="PENDING", restore="held")
    sim.inject(faults.outage(), cluster="east")
    sim.inject(faults.lose_credentials(), backup_location="vault")
    sim.inject(faults.error(), method="List*")
    held = stub.CreateRestore(create_request(name="held"))
    frozen = stub.CreateRestore(create_request(name="frozen", namespace="shop-prod"))
    sim.advance(100)
    assert (phase_of(held), phase_of(frozen)) == (Phase.PENDING, Phase.INITIALIZING)

    sim.clear_rules()

    assert sim.rules == ()
    sim.advance(3)
    assert (phase_of(held), phase_of(frozen)) == (Phase.RESTORING_CLOUDSNAP, Phase.RESTORING_CLOUDSNAP)
    assert stub.ListRestores.future(restore_pb2.ListRestoresRequest()).code().name == "OK"


def test_the_list_of_rules_tells_what_came_of_each(sim, stub, create_request):
    sim.inject(faults.slow(2), phase="PENDING", after=1)
    sim.inject(faults.delay(Constant(1)), method="CreateRestore", times=1)
    for number in range(3):
        stub.CreateRestore(create_request(name=f"copy-{number}", namespace="shop-prod"))
    sim.advance(2)

    assert [(active.name, active.matched_count, active.fired_count) for active in sim.rules] == [
        ("slow on phase=PENDING", 3, 2),
        ("delay on method=CreateRestore", 3, 1),
    ]


@pytest.fixture
def ruled():
    rules = [
        rule(faults.fail(), phase="PENDING", times=1, name="first"),
        rule(faults.outage(30), cluster="east", at=10, name="second"),
    ]
    with Simulator(seed=7, rules=rules, strict=False) as simulator:
        yield simulator


def test_a_reset_brings_back_the_rules_of_the_beginning_with_fresh_counts(ruled, create_request_for, open_stub):
    stub = open_stub(ruled)
    histories = []
    for _ in range(2):
        for name in ("one", "two"):
            stub.CreateRestore(create_request_for(ruled, name))
        ruled.advance(100)
        histories.append(ruled.timeline.to_json_lines())
        assert [(active.name, active.fired_count) for active in ruled.rules] == [("first", 1), ("second", 1)]

        ruled.reset()
        assert [(active.name, active.fired_count) for active in ruled.rules] == [("first", 0), ("second", 0)]
        assert fault_events(ruled) == []

    assert histories[0] == histories[1]


def test_a_reset_drops_the_rules_that_were_injected_and_brings_back_the_ones_removed(
    ruled, create_request_for, open_stub
):
    ruled.inject(faults.gate(), phase="*")
    ruled.remove_rule(ruled.rules[0])
    assert [active.name for active in ruled.rules] == ["second", "gate on phase=*"]

    ruled.reset()

    assert [active.name for active in ruled.rules] == ["first", "second"]
    stub = open_stub(ruled)
    stub.CreateRestore(create_request_for(ruled))
    ruled.advance(100)
    assert fault_events(ruled) == ["fail", "outage"]


def test_a_gate_of_before_a_reset_holds_and_opens_nothing(ruled, create_request_for, open_stub):
    gate = ruled.gate(phase="RESTORING_CLOUDSNAP")
    ruled.reset()
    ruled.remove_rule(ruled.rules[0])
    restore = open_stub(ruled).CreateRestore(create_request_for(ruled))
    ruled.advance(50)
    gate.open()

    assert gate.held == []
    assert ruled.world.restores[restore.meta.uid].status.phase is Phase.RESTORING_CLOUDSNAP
