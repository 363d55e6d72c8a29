"""Clients on asyncio get the same service; the time of the world is moved from the same loop."""

import asyncio
import threading
from contextlib import contextmanager

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_status import rpc_status

from simulator import Phase, Simulator
from simulator.api import RestoreServiceStub, restore_pb2


@pytest.fixture
async def channel(sim, transport):
    async with sim.aio_channel(transport=transport) as channel:
        yield channel


@pytest.fixture
def stub(channel):
    return RestoreServiceStub(channel)


async def poll_until_final(stub, uid):
    polls = 0
    while True:
        polls += 1
        restore = await stub.GetRestore(restore_pb2.GetRestoreRequest(id=uid))
        if restore.status.phase in (Phase.SUCCESSFUL, Phase.FAILED):
            return restore, polls


async def test_a_restore_runs_from_initializing_to_successful(sim, stub, create_request):
    created = await stub.CreateRestore(create_request())
    sim.advance_until(created.meta.uid, "SUCCESSFUL")
    restored = await stub.GetRestore(restore_pb2.GetRestoreRequest(id=created.meta.uid))

    assert created.status.phase == Phase.INITIALIZING
    assert restored.status.phase == Phase.SUCCESSFUL


async def test_calls_at_once_are_all_answered(stub, create_request):
    created = await asyncio.gather(*(stub.CreateRestore(create_request(f"copy {number}")) for number in range(40)))
    listed = await stub.ListRestores(restore_pb2.ListRestoresRequest())

    assert sorted(restore.meta.uid for restore in listed.restores) == sorted(restore.meta.uid for restore in created)


@pytest.fixture
def world_of_somebody_else(sim):
    """Somebody in another thread has the world for as long as a ``with`` statement lasts."""

    @contextmanager
    def hold():
        held, released = threading.Event(), threading.Event()

        def holding():
            with sim.session:
                held.set()
                assert released.wait(timeout=10)

        holder = threading.Thread(target=holding)
        holder.start()
        assert held.wait(timeout=10)
        yield
        released.set()
        holder.join()

    return hold


async def test_the_loop_goes_on_while_the_world_is_held(channel, stub, world_of_somebody_else):
    with world_of_somebody_else():
        waiting = stub.ListRestores(restore_pb2.ListRestoresRequest())
        health = await HealthStub(channel).Check(HealthCheckRequest())
        assert not waiting.done()

    assert health.status == HealthCheckResponse.SERVING
    assert len((await waiting).restores) == 0


async def test_a_refusal_has_its_status_and_details(stub):
    call = stub.CreateRestore(restore_pb2.CreateRestoreRequest(project_id="prj:none", namespace_id="nam:none"))
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await call

    status = await rpc_status.aio.from_call(call)
    violations = error_details_pb2.BadRequest()
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert status.details[0].Unpack(violations)
    assert "restore" in [violation.field for violation in violations.field_violations]


async def test_a_polling_loop_on_asyncio_ends_in_as_many_polls_as_there_are_phases(create_request, transport):
    with Simulator(clock="on_poll") as sim:
        async with sim.aio_channel(transport=transport) as channel:
            stub = RestoreServiceStub(channel)
            created = await stub.CreateRestore(create_request())
            restored, polls = await poll_until_final(stub, created.meta.uid)

    assert restored.status.phase == Phase.SUCCESSFUL
    assert polls == 6


async def test_clients_on_asyncio_and_on_threads_share_one_world(sim, stub, create_request, open_stub):
    created = await stub.CreateRestore(create_request())

    seen = await asyncio.to_thread(open_stub(sim).GetRestore, restore_pb2.GetRestoreRequest(id=created.meta.uid))

    assert seen == created


async def test_starting_and_closing_in_a_running_loop_leaves_nothing_on_stderr(capfd, transport):
    for _ in range(5):
        with Simulator() as sim:
            async with sim.aio_channel(transport=transport) as channel:
                await RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())

    assert capfd.readouterr() == ("", "")
