"""Whatever library freezes the time, and wherever: simulators start, answer, hold up and stop, in real time."""

from datetime import UTC, datetime, timedelta

import grpc
import pytest
import time_machine
from freezegun import freeze_time

from simulator import Constant, Phase, Simulator, faults
from simulator.api import restore_pb2

ANYTHING = restore_pb2.ListRestoresRequest()
MOMENTS = {"past": datetime(2019, 3, 9, 12, tzinfo=UTC), "future": datetime(2087, 6, 5, tzinfo=UTC)}
LIBRARIES = {
    "freezegun": freeze_time,
    "time-machine": lambda moment: time_machine.travel(moment, tick=False),
    "time-machine, ticking": time_machine.travel,
}


@pytest.fixture(params=LIBRARIES)
def travel(request):
    return LIBRARIES[request.param]


@pytest.mark.parametrize("clock", ["manual", "on_poll", "wall"])
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_simulator_starts_answers_holds_up_and_stops(travel, moment, clock, open_stub):
    with travel(moment), Simulator(clock=clock, strict=False) as sim:
        stub = open_stub(sim)
        assert not stub.ListRestores(ANYTHING).restores

        sim.inject(faults.delay(Constant(0.01)), method="ListRestores")
        assert not stub.ListRestores(ANYTHING).restores
        assert not stub.ListRestores.future(ANYTHING).result().restores

        sim.inject(faults.hang(), method="GetRestore")
        hanging = stub.GetRestore.future(restore_pb2.GetRestoreRequest(id="rst:x"))

    assert hanging.code() in {grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE}
    assert [call.delay_seconds for call in sim.calls.of("ListRestores")] == [0, 0.01, 0.01]


def test_the_wall_clock_of_a_world_follows_a_traveller(create_request_for, open_stub):
    moment = MOMENTS["future"]
    with time_machine.travel(moment, tick=False) as traveller, Simulator(clock="wall") as sim:
        stub = open_stub(sim)
        created = stub.CreateRestore(create_request_for(sim))
        traveller.shift(60)
        seen = stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid))

        assert created.meta.create_time.ToDatetime(tzinfo=UTC) == moment
        assert sim.now == moment + timedelta(seconds=60)
        assert seen.status.phase == Phase.RESTORING_CLOUDSNAP
