"""Errors of calls and messages can be copied and pickled, as retrying clients and process pools do."""

import copy
import pickle

import grpc
import pytest

from fakes.world import errors as world_errors
from simulator import api, faults
from simulator.api import RestoreServiceStub, error_details_pb2, health_pb2, restore_pb2
from simulator.api.pool import POOL, POOL_FILE_NAMES

NEW_YEAR = {"seconds": 1_735_689_600}
NOTHING = restore_pb2.GetRestoreRequest(id="rst:none")
WAYS = {"copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": lambda value: pickle.loads(pickle.dumps(value))}  # noqa: S301  # its own


@pytest.fixture(params=WAYS)
def duplicate(request):
    return WAYS[request.param]


def calls_of(stub, channel):
    watch = channel.unary_stream(f"/{restore_pb2.DESCRIPTOR.package}.RestoreService/GetRestore")
    return {
        "a call": lambda: stub.GetRestore(NOTHING),
        "with_call": lambda: stub.GetRestore.with_call(NOTHING),
        "a future": lambda: stub.GetRestore.future(NOTHING).result(),
        "a stream": lambda: next(watch(NOTHING.SerializeToString())),
    }


def told(error):
    return (
        error.code(),
        error.details(),
        tuple(error.initial_metadata()),
        tuple(error.trailing_metadata()),
        error.debug_error_string(),
        str(error).partition(" of RPC")[2],
        error.args,
    )


@pytest.mark.parametrize("kind", ["a call", "with_call", "a future", "a stream"])
def test_a_copy_of_an_error_tells_the_same_and_can_be_raised(sim, duplicate, kind):
    channel = sim.channel()
    with pytest.raises(grpc.RpcError) as caught:
        calls_of(RestoreServiceStub(channel), channel)[kind]()
    caught.value.add_note("in the third attempt")
    caught.value.attempt = 3

    duplicated = duplicate(caught.value)

    assert told(duplicated) == told(caught.value)
    assert isinstance(duplicated, grpc.Call)
    assert isinstance(duplicated, grpc.Future)
    assert (duplicated.__notes__, duplicated.attempt) == (["in the third attempt"], 3)
    assert duplicated.time_remaining() is None
    with pytest.raises(type(duplicated)):
        raise duplicated


def test_a_call_that_has_not_failed_can_not_be_copied(sim, duplicate):
    sim.inject(faults.hang(), method="GetRestore")
    stub = RestoreServiceStub(sim.channel())
    going_on, done = stub.GetRestore.future(NOTHING), stub.ListRestores.future(restore_pb2.ListRestoresRequest())

    for call in (going_on, done):
        with pytest.raises(TypeError, match="has not failed; only the error of a call can be copied or pickled"):
            duplicate(call)
    assert not going_on.done()


async def test_a_copy_of_an_error_of_a_channel_for_asyncio_tells_the_same(sim, duplicate):
    async with sim.aio_channel() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await RestoreServiceStub(channel).GetRestore(NOTHING)

    duplicated = duplicate(caught.value)

    assert (duplicated.code(), duplicated.details()) == (caught.value.code(), caught.value.details())
    assert tuple(duplicated.trailing_metadata()) == tuple(caught.value.trailing_metadata())


@pytest.mark.parametrize(
    "message",
    [
        restore_pb2.Restore(meta={"uid": "rst:1", "labels": {"team": "pay"}, "create_time": NEW_YEAR}),
        restore_pb2.Restore(meta={"create_time": NEW_YEAR}).meta.create_time,
        api.METHODS["GetRestorabilityMatrix"].request(),
        error_details_pb2.BadRequest.FieldViolation(field="id"),
        error_details_pb2.RetryInfo(retry_delay={"seconds": 2}).retry_delay,
        health_pb2.HealthCheckRequest(service="any"),
    ],
    ids=lambda message: message.DESCRIPTOR.full_name,
)
def test_a_copy_of_a_message_is_the_same_message(duplicate, message):
    duplicated = duplicate(message)

    assert duplicated == message
    assert type(duplicated) is type(message)


def messages_of(descriptors):
    for descriptor in descriptors:
        yield descriptor
        yield from messages_of(descriptor.nested_types)


def test_every_message_of_the_pool_can_be_pickled():
    for name in POOL_FILE_NAMES:
        for descriptor in messages_of(POOL.FindFileByName(name).message_types_by_name.values()):
            message = descriptor._concrete_class()
            assert type(WAYS["pickle"](message)) is type(message), descriptor.full_name


def test_unknown_fields_survive(duplicate):
    message = restore_pb2.GetRestoreRequest.FromString(b"\x0a\x01x\xfa\x3e\x01y")

    assert duplicate(message).SerializeToString() == message.SerializeToString()


@pytest.mark.parametrize(
    "error",
    [
        faults.InvalidRule("times", "is 0"),
        world_errors.NotFound("restore", "rst:1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_copy_of_an_error_of_the_simulator_says_the_same(duplicate, error):
    assert str(duplicate(error)) == str(error)
    assert type(duplicate(error)) is type(error)
