"""The world of a simulator is the present one, brought up to date, for one visitor at a time."""

import threading

from freezegun import freeze_time

from simulator import Simulator
from simulator.api import RestoreServiceStub


def test_looking_brings_the_world_up_to_the_present(create_request_for):
    with freeze_time("2025-06-01", ignore=["grpc"]) as frozen, Simulator(clock="wall") as sim:
        RestoreServiceStub(sim.channel()).CreateRestore(create_request_for(sim))
        frozen.tick(600)

        assert sim.world.restores["orders-copy"].status.phase.name == "SUCCESSFUL"


def test_what_has_happened_is_told_up_to_the_present(create_request_for):
    with freeze_time("2025-06-01", ignore=["grpc"]) as frozen, Simulator(clock="wall") as sim:
        RestoreServiceStub(sim.channel()).CreateRestore(create_request_for(sim))
        frozen.tick(600)

        assert sim.timeline.transitions()[-1].status.phase.name == "SUCCESSFUL"


def test_a_change_happens_in_the_present(create_request_for):
    with freeze_time("2025-06-01", ignore=["grpc"]) as frozen, Simulator(clock="wall") as sim:
        RestoreServiceStub(sim.channel()).CreateRestore(create_request_for(sim))
        frozen.tick(600)
        sim.world.delete_backup("orders-backup")

        last, before = sim.timeline[-1], sim.timeline[-2]
        assert last.change == "backup deleted"
        assert (last.at_microseconds - sim.timeline[0].at_microseconds) == 600_000_000
        assert before.status.phase.name == "SUCCESSFUL"


def test_a_change_waits_until_nobody_else_changes_the_world(sim):
    changed = threading.Event()

    def change():
        sim.world.delete_backup("orders-backup")
        changed.set()

    with sim.session:
        thread = threading.Thread(target=change)
        thread.start()
        assert not changed.is_set()
        assert "orders-backup" in sim.session.world.backups
    thread.join()

    assert "orders-backup" not in sim.world.backups


def test_after_a_reset_it_is_the_new_world(sim):
    world = sim.world
    sim.reset()

    world.delete_backup("orders-backup")

    assert "orders-backup" not in sim.world.backups
    assert sim.timeline[0].change == "backup deleted"


def test_it_has_what_the_world_has(sim):
    assert set(dir(sim.session.world)) <= set(dir(sim.world))
