"""An event is described in one line."""

import pytest

from fakes import World
from fakes.history.description import describe
from fakes.history.events import FaultFired, RemoteCall, WorldChange
from simulator import Simulator


class Unheard:
    kind = "unheard of"
    at_microseconds = 0

    def fields(self):
        return {}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (WorldChange(0, "backup deleted", "bkp:1", "nightly"), "nightly: backup deleted"),
        (RemoteCall(0, "GetRestore", "OK", "", "rst:1", ""), "GetRestore rst:1 → OK"),
        (RemoteCall(0, "ListRestores", "OK", "ci", "", ""), "ListRestores by ci → OK"),
        (FaultFired(0, "flaky", "stall", "rst:1", "copy"), "fault 'flaky' (stall) on copy"),
        (FaultFired(0, "flaky", "error", "", "", "ListRestores", 1), "fault 'flaky' (error) on ListRestores"),
        (FaultFired(0, "flaky", "error", "bkp:1", "", "GetBackup", 1), "fault 'flaky' (error) on GetBackup bkp:1"),
        (RemoteCall(0, "GetRestore", "NOT_FOUND", "", "rst:1", "gone"), "GetRestore rst:1 → NOT_FOUND: gone"),
        (Unheard(), "unheard of"),
    ],
)
def test_an_event_is_described(event, words):
    assert describe(event) == words


def test_names_stand_in_place_of_the_uids_that_are_known():
    call = RemoteCall(0, "GetRestore", "OK", "", "rst:1", "")

    assert describe(call, {"rst:1": "copy"}) == "GetRestore copy → OK"


def test_a_restore_that_fails_says_why(sim, stub, create_request):
    stub.CreateRestore(create_request("orders", namespace="shop-prod"))
    sim.run_until_idle()

    phases = [describe(event) for event in sim.timeline if event.kind == "transition"]
    assert phases[0] == "orders: INITIALIZING"
    assert phases[-1].startswith("orders: FAILED (DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST: ")


def test_a_world_without_events_has_nothing_to_tell():
    assert [describe(event) for event in Simulator(world=World()).timeline] == []
