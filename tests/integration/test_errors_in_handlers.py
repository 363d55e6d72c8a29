"""An error that nobody foresaw, in the simulator or in an effect of one's own, is told by a strict simulator's end."""

from dataclasses import dataclass

import grpc
import pytest

from simulator import Simulator, UnfiredRules, faults
from simulator.api import restore_pb2
from simulator.rpc.call import Call


@dataclass(frozen=True)
class Broken:
    """An effect of somebody's own, with a bug."""

    name = "broken"

    def around(self, call, proceed, firing):  # noqa: ARG002  # so effects are called
        raise ZeroDivisionError("no retries left")


@pytest.fixture
def list_restores(open_stub):
    return lambda sim: open_stub(sim).ListRestores(restore_pb2.ListRestoresRequest())


@pytest.fixture
def fail_in_a_handler(list_restores):
    def fail(sim):
        sim.inject(Broken(), method="ListRestores", times=1)
        with pytest.raises(grpc.RpcError) as caught:
            list_restores(sim)
        return caught.value

    return fail


@pytest.fixture
def lenient():
    with Simulator(strict=False) as sim:
        yield sim


def test_the_caller_sees_internal_and_the_simulator_keeps_the_error(lenient, fail_in_a_handler):
    refused = fail_in_a_handler(lenient)

    assert refused.code() is grpc.StatusCode.INTERNAL
    [error] = lenient.errors
    assert isinstance(error, ZeroDivisionError)
    assert error.__notes__ == ["while the simulator answered ListRestores"]


def test_calls_that_are_refused_are_no_errors(lenient, open_stub):
    with pytest.raises(grpc.RpcError, match="NOT_FOUND"):
        open_stub(lenient).GetRestore(restore_pb2.GetRestoreRequest(id="rst:none"))

    assert lenient.errors == ()


def test_it_goes_on_afterwards_and_keeps_the_error_when_it_begins_again(lenient, list_restores, fail_in_a_handler):
    fail_in_a_handler(lenient)
    assert len(list_restores(lenient).restores) == 0
    lenient.reset()
    fail_in_a_handler(lenient)

    assert [error.__notes__ for error in lenient.errors] == [
        ["while the simulator answered ListRestores"],
        ["while the simulator answered ListRestores, in life 2"],
    ]


def test_the_end_of_a_strict_simulator_raises_an_error_of_before_a_reset(fail_in_a_handler):
    def fail_and_reset():
        with Simulator() as sim:
            fail_in_a_handler(sim)
            sim.reset()

    with pytest.raises(ExceptionGroup) as caught:
        fail_and_reset()
    assert [type(error) for error in caught.value.exceptions] == [ZeroDivisionError]


def test_an_error_outside_of_the_interceptors_is_kept_as_well(lenient, monkeypatch, list_restores):
    def fail(_):
        raise LookupError("no world")

    monkeypatch.setattr(Call, "arrive", fail)

    with pytest.raises(grpc.RpcError, match="INTERNAL"):
        list_restores(lenient)

    assert [type(error) for error in lenient.errors] == [LookupError]


def test_the_end_of_a_strict_simulator_raises_it(fail_in_a_handler):
    with pytest.raises(ExceptionGroup, match="calls ended in errors of the simulator") as caught, Simulator() as sim:
        fail_in_a_handler(sim)

    assert caught.value.exceptions == sim.errors


def test_it_is_told_together_with_rules_that_never_took_effect(fail_in_a_handler):
    never = faults.rule(faults.fail(), name="never")

    with pytest.raises(ExceptionGroup) as caught, Simulator(rules=[never]) as sim:
        fail_in_a_handler(sim)

    error, unfired = caught.value.exceptions
    assert isinstance(error, ZeroDivisionError)
    assert isinstance(unfired, UnfiredRules)
    assert "the rule 'never' never fired" in str(unfired)


def test_a_test_that_fails_by_itself_is_told_of_it(fail_in_a_handler):
    def count(sim):
        fail_in_a_handler(sim)
        raise AssertionError("two is three")

    with pytest.raises(AssertionError, match="two is three") as caught, Simulator() as sim:
        count(sim)

    assert caught.value.__notes__ == [
        "replay with Simulator(seed=0) and the same calls",
        "the simulator had an error: ZeroDivisionError('no retries left'), while the simulator answered ListRestores",
    ]
