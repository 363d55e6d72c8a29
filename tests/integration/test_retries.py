"""Channels honour the retry policies of a service config, over a socket and in process, there in virtual time."""

import json
import re
from datetime import timedelta
from itertools import pairwise

import grpc
import pytest

from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2

ANYTHING = restore_pb2.ListRestoresRequest()
SERVICE = "public.portworx.pds.restore.v1.RestoreService"
BACKOFF_SECONDS = 0.02
"""Over a socket, it takes so much real time."""


def config(*names, enabled=1, throttling=None, **policy):
    retry_policy = {
        "maxAttempts": 4,
        "initialBackoff": f"{BACKOFF_SECONDS}s",
        "maxBackoff": "0.06s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    } | policy
    document = {"methodConfig": [{"name": list(names or [{}]), "retryPolicy": retry_policy}]}
    if throttling is not None:
        document["retryThrottling"] = throttling
    return [("grpc.service_config", json.dumps(document)), ("grpc.enable_retries", enabled)]


def pushback(milliseconds):
    return faults.error(trailing_metadata={"grpc-retry-pushback-ms": milliseconds})


@pytest.fixture
def sim():
    with Simulator(seed=7, strict=False) as simulator:
        yield simulator


@pytest.fixture
def outcome(sim, transport):
    """Lists the restores over a channel with these options, and tells the status and the attempts that were made."""

    def call(options, **arguments):
        before = len(sim.calls)
        stub = RestoreServiceStub(sim.channel(transport=transport, options=options))
        code = stub.ListRestores.future(ANYTHING, **arguments).code()
        return code.name, [attempt.code for attempt in sim.calls[before:]]

    return call


@pytest.mark.parametrize(
    ("effect", "times", "attempts"),
    [
        (faults.error(), 2, ["UNAVAILABLE", "UNAVAILABLE", "OK"]),
        (faults.error(), None, ["UNAVAILABLE"] * 4),
        (faults.lose_response(), 1, ["UNAVAILABLE", "OK"]),
        (faults.error("ABORTED"), 1, ["ABORTED"]),
        (faults.error(initial_metadata={"x-request-id": "1"}), 1, ["UNAVAILABLE"]),
        (pushback("1"), None, ["UNAVAILABLE"] * 4),
        (pushback("-1"), 1, ["UNAVAILABLE"]),
        (pushback("soon"), 1, ["UNAVAILABLE"]),
    ],
    ids=repr,
)
def test_a_call_is_tried_again_as_the_policy_and_the_server_say(sim, outcome, effect, times, attempts):
    sim.inject(effect, method="ListRestores", **({} if times is None else {"times": times}))

    assert outcome(config()) == (attempts[-1], attempts)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 1),
        (config(enabled=0), 1),
        (config({"service": SERVICE}), 4),
        (config({"service": SERVICE, "method": "ListRestores"}), 4),
        (config({"service": SERVICE, "method": "GetRestore"}), 1),
        (config({"service": "another.Service"}), 1),
        (config({"service": "another.Service"}, {"service": SERVICE}), 4),
        (config(maxAttempts=2), 2),
        (config(maxAttempts=20), 5),
        (config(retryableStatusCodes=["ABORTED", "UNAVAILABLE"]), 4),
        (config(throttling={"maxTokens": 4, "tokenRatio": 0.1}), 2),
    ],
)
def test_how_often_depends_on_the_service_config(sim, outcome, options, count):
    sim.inject(faults.error(), method="ListRestores")

    assert len(outcome(options)[1]) == count


def test_the_nearest_config_of_a_method_holds(sim, outcome):
    sim.inject(faults.error(), method="ListRestores")
    [(key, everywhere), enabled] = config(maxAttempts=2)
    [(_, here), _] = config({"service": SERVICE}, maxAttempts=3)
    both = {"methodConfig": [*json.loads(everywhere)["methodConfig"], *json.loads(here)["methodConfig"]]}

    assert len(outcome([(key, json.dumps(both)), enabled])[1]) == 3


def test_attempts_tell_how_many_there_were_before(sim, outcome):
    sim.inject(faults.error(), method="ListRestores", times=2)

    outcome(config())

    previous = [dict(call.metadata).get("grpc-previous-rpc-attempts") for call in sim.calls]
    assert previous == [None, "1", "2"]


def test_the_deadline_is_that_of_the_whole_call(sim, outcome):
    sim.inject(faults.error(), method="ListRestores")

    code, attempts = outcome(config(maxBackoff="10s", backoffMultiplier=50), timeout=0.5)

    assert (code, attempts) == ("DEADLINE_EXCEEDED", ["UNAVAILABLE"] * 2)
    first, second = sim.calls
    assert second.deadline_seconds <= first.deadline_seconds == 0.5


def test_the_config_has_a_deadline_for_those_that_give_none_or_a_later_one(sim, outcome):
    sim.inject(faults.hang(), method="ListRestores")
    options = [("grpc.service_config", json.dumps({"methodConfig": [{"name": [{}], "timeout": "0.3s"}]}))]

    for arguments in ({}, {"timeout": 60}, {"timeout": 0.2}):
        assert outcome(options, **arguments)[0] == "DEADLINE_EXCEEDED"


@pytest.mark.parametrize("way", ["sync", "future", "aio"])
async def test_in_process_waits_take_virtual_time(sim, way):
    sim.inject(faults.error(), method="ListRestores", times=3)
    options = config(initialBackoff="10s", maxBackoff="30s")
    before = sim.now

    if way == "aio":
        async with sim.aio_channel(options=options) as channel:
            await RestoreServiceStub(channel).ListRestores(ANYTHING)
    else:
        call = RestoreServiceStub(sim.channel(options=options)).ListRestores
        assert (call(ANYTHING) if way == "sync" else call.future(ANYTHING).result()) is not None

    arrivals = [call.arrived_microseconds for call in sim.calls]
    gaps = [(later - earlier) / 1e6 for earlier, later in pairwise(arrivals)]
    assert all(0.8 * wait <= gap <= 1.2 * wait for gap, wait in zip(gaps, [10, 20, 30], strict=True))
    assert timedelta(seconds=48) < sim.now - before < timedelta(seconds=72)


def gaps_of(seed):
    with Simulator(seed=seed, listen=False, strict=False) as sim:
        sim.inject(faults.error(), method="ListRestores", times=3)
        RestoreServiceStub(sim.channel(options=config())).ListRestores(ANYTHING)
        return [call.arrived_microseconds for call in sim.calls]


def test_in_process_waits_depend_on_the_seed_alone():
    assert gaps_of(7) == gaps_of(7) != gaps_of(8)


def test_in_process_the_server_says_exactly_when_to_try_again(sim):
    sim.inject(pushback("7000"), method="ListRestores", times=1)
    sim.inject(pushback("0"), method="ListRestores", times=1)
    before = sim.now

    RestoreServiceStub(sim.channel(options=config())).ListRestores(ANYTHING)

    assert sim.now - before == timedelta(seconds=7)


def test_in_process_a_throttled_channel_tries_again_once_enough_calls_have_succeeded(sim):
    options = config(throttling={"maxTokens": 4, "tokenRatio": 1}, maxAttempts=2)
    call = RestoreServiceStub(sim.channel(options=options)).ListRestores
    sim.inject(faults.error(), method="ListRestores", times=3)
    for attempts in (2, 3):  # the second call is not tried again
        assert call.future(ANYTHING).code() is grpc.StatusCode.UNAVAILABLE
        assert len(sim.calls) == attempts
    for _ in range(3):
        call(ANYTHING)
    sim.inject(faults.error(), method="ListRestores", times=1)

    assert call(ANYTHING) is not None


def test_who_gives_up_between_attempts_ends_the_call(sim):
    sim.inject(faults.error(), method="ListRestores")
    call = RestoreServiceStub(sim.channel(options=config(initialBackoff="60s"))).ListRestores.future(ANYTHING)
    assert not call.done()

    assert call.cancel()

    assert call.cancelled()
    sim.advance(3600)
    assert len(sim.calls) == 1


def test_a_reset_between_attempts_ends_the_call(sim):
    sim.inject(faults.error(), method="ListRestores")
    call = RestoreServiceStub(sim.channel(options=config(initialBackoff="60s"))).ListRestores.future(ANYTHING)

    sim.reset()

    assert call.code() is grpc.StatusCode.UNAVAILABLE
    assert len(sim.calls) == 0


def test_on_the_wall_clock_waits_take_real_time():
    with Simulator(clock="wall", strict=False) as sim:
        sim.inject(faults.error(), method="ListRestores", times=2)

        RestoreServiceStub(sim.channel(options=config())).ListRestores(ANYTHING)

        times = [call.wall_microseconds for call in sim.calls]
    assert len(times) == 3
    assert times[1] - times[0] >= BACKOFF_SECONDS * 0.8e6


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "grpc.service_config is no JSON: "),
        (None, "grpc.service_config is no JSON: "),
        ("[]", "grpc.service_config is []; expected an object"),
        ('{"methodConfig": {}}', "grpc.service_config: methodConfig is {}; expected a list of objects"),
        ('{"methodConfig": [5]}', r"methodConfig[0] is 5; expected an object"),
        ('{"methodConfig": [{"name": [{"method": "A"}]}]}', "methodConfig[0].name[0] is {'method': 'A'}; expected a"),
        ('{"methodConfig": [{"timeout": 5}]}', "methodConfig[0].timeout is 5; expected a duration such as '0.1s'"),
        ('{"methodConfig": [{"timeout": "0s"}]}', "methodConfig[0].timeout is '0s'; expected a duration above 0"),
        ('{"methodConfig": [{"retryPolicy": 5}]}', "methodConfig[0].retryPolicy is 5; expected an object"),
        ('{"retryThrottling": 5}', "retryThrottling is 5; expected an object"),
        ('{"retryThrottling": {"maxTokens": 0}}', "retryThrottling.maxTokens is 0; expected a number above 0"),
    ],
)
def test_a_service_config_that_makes_no_sense_is_refused(sim, document, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        sim.channel(options=[("grpc.service_config", document)])


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("maxAttempts", 1, "is 1; expected a whole number from 2"),
        ("maxAttempts", True, "is True; expected a whole number from 2"),
        ("initialBackoff", "soon", "is 'soon'; expected a duration such as '0.1s'"),
        ("maxBackoff", None, "is None; expected a duration such as '0.1s'"),
        ("backoffMultiplier", "2", "is '2'; expected a number above 0"),
        ("retryableStatusCodes", [], "is []; expected names of status codes"),
        ("retryableStatusCodes", ["UNAVAILABEL"], "is 'UNAVAILABEL'; expected the name of a status code"),
    ],
)
def test_a_retry_policy_that_makes_no_sense_is_refused(sim, key, value, expected):
    message = f"grpc.service_config: methodConfig[0].retryPolicy.{key} {expected}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sim.channel(options=config(**{key: value}))


@pytest.mark.parametrize("options", ["ab", [("a",)], 5, ["a"]])
def test_options_are_pairs(sim, options):
    with pytest.raises(TypeError, match=r"options are .*; expected pairs of a key and a value"):
        sim.channel(options=options)


def test_other_options_do_no_harm(sim, transport):
    options = [("grpc.keepalive_time_ms", 10_000), ("grpc.primary_user_agent", "me")]

    assert RestoreServiceStub(sim.channel(transport=transport, options=options)).ListRestores(ANYTHING) is not None
