"""What a failed assertion shows of a simulator is one informative line; events have the words of JSON."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator import Phase

START = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def restore(sim, stub):
    """A restore that a gate holds."""
    stub.CreateRestore(sim.requests.create("copy", backup="orders-backup", namespace="shop-staging"))
    gate = sim.gate(phase="RESTORING_CLOUDSNAP", name="door")
    sim.advance(60)
    yield sim.world.restores["copy"]
    gate.open()


def test_what_is_shown_is_one_informative_line(sim, stub, restore, failure_of):
    sim.inject({"method": "GetRestore", "times": 1, "name": "refuse", "error": {"message": "one\ntwo"}})
    failure_of(lambda: stub.GetRestore(sim.requests.get("copy")))
    sim.world.delete_backup("carts-backup")

    uid, backup = restore.uid, sim.uid("carts-backup")
    assert repr(restore) == f"<restore copy {uid}: RESTORING_CLOUDSNAP>"
    assert [repr(call) for call in sim.calls] == [
        f"<call 1 at 2025-01-01T00:00:00.000000Z: CreateRestore {uid} → OK>",
        f"<call 2 at 2025-01-01T00:01:00.000000Z: GetRestore {uid} → UNAVAILABLE: one\\ntwo>",
    ]
    assert [repr(call) for call in sim.calls.logical()] == [
        "<CreateRestore: 1 attempt: OK>",
        "<GetRestore: 1 attempt: UNAVAILABLE>",
    ]
    assert repr(sim.calls) == "<2 calls: 1 CreateRestore OK, 1 GetRestore UNAVAILABLE>"
    shown = [repr(event) for event in sim.timeline]
    assert shown[0] == (f"<transition at 2025-01-01T00:00:00.000000Z: restore={uid} name=copy to=INITIALIZING>")
    assert f"restore={uid} name=copy from=PENDING to=RESTORING_CLOUDSNAP>" in "".join(shown)
    assert shown[-1] == (
        f"<world at 2025-01-01T00:01:00.000000Z: change=backup deleted uid={backup} name=carts-backup>"
    )
    assert repr(sim.timeline).startswith(f"<{len(shown)} events: 3 transition, ")
    assert "'refuse'" in repr(sim.rules[-1])
    assert "seed 7, manual clock" in repr(sim)
    for one in (sim, sim.calls, sim.timeline, *sim.rules, *shown):
        assert "\n" not in repr(one)


def test_events_have_the_words_of_json_and_times_as_datetimes(sim, restore):
    created, pending, held = sim.timeline.transitions(restore.uid)

    assert (created.from_, created.to, created.at) == (None, Phase.INITIALIZING, START)
    assert (pending.from_, pending.to, pending.at) == (Phase.INITIALIZING, Phase.PENDING, START + timedelta(seconds=1))
    assert (held.from_, held.to, held.fields()["from"]) == (Phase.PENDING, Phase.RESTORING_CLOUDSNAP, "PENDING")
    for event, record in zip(sim.timeline, sim.timeline.recorded(), strict=True):
        assert event.at == record.at == START + timedelta(microseconds=event.at_microseconds - created.at_microseconds)
    assert (restore.created_at, restore.status.updated_at, restore.status.completed_at) == (START, held.at, None)
    assert [status.started_at for status in restore.statuses] == [None, None, held.at]
    assert sim.calls[0].at == sim.calls[0].answered_at == START


def test_a_simulator_that_does_not_run_says_so(make_simulator):
    sim = make_simulator(seed=3)
    assert "seed 3" in repr(sim)
    assert "not running" in repr(sim)

    with sim:
        assert "not running" not in repr(sim)


def test_a_gate_says_whom_it_holds(sim, restore):
    gate = sim.gate_of(sim.rules[-1])

    assert repr(gate).startswith("<gate 'door'")
    assert [one.name for one in gate.held] == [restore.name]
