"""Every method of the product's services has a handler, and all handlers have the same interceptors."""

import grpc
import pytest

from simulator.api import METHODS, restore_pb2
from simulator.rpc.status import CallFailed
from simulator.services.product import SERVICES

HANDLERS = {method.name: handler for service in SERVICES for method, handler in service.handlers}


@pytest.fixture
def failure_of(answer):
    """Gives the status of a call that has to fail."""

    def code_of(call):
        with pytest.raises(CallFailed) as caught:
            answer(HANDLERS[call.method.name], call)
        return caught.value.code

    return code_of


def test_every_method_has_a_handler():
    assert [*HANDLERS] == [*METHODS]


@pytest.mark.parametrize("method", METHODS)
def test_a_call_without_a_token_is_refused_and_recorded_before_its_bytes_are_read(
    make_call, failure_of, guarded_session, method
):
    call = make_call(b"\xff", method=method, session=guarded_session)

    assert failure_of(call) is grpc.StatusCode.UNAUTHENTICATED
    assert [record.code for record in guarded_session.calls] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("method", METHODS)
def test_bytes_that_are_no_request_are_refused_and_recorded(make_call, failure_of, session, method):
    assert failure_of(make_call(b"\xff", method=method)) is grpc.StatusCode.INVALID_ARGUMENT
    assert [record.code for record in session.calls] == ["INVALID_ARGUMENT"]


@pytest.mark.parametrize("method", ["GetRestore", "ListRestores", "GetRestorabilityMatrix"])
def test_a_call_that_nobody_waits_for_is_recorded_as_cancelled(make_call, failure_of, session, method):
    assert failure_of(make_call(method=method, is_waiting=lambda: False)) is grpc.StatusCode.CANCELLED
    assert [record.code for record in session.calls] == ["CANCELLED"]


def test_an_error_that_nobody_foresaw_is_recorded_as_internal(make_call, failure_of, session, monkeypatch):
    monkeypatch.setattr(session.world, "get_restore", None)

    assert failure_of(make_call(restore_pb2.GetRestoreRequest(id="x").SerializeToString())) is grpc.StatusCode.INTERNAL
    assert [record.code for record in session.calls] == ["INTERNAL"]


def test_an_answer_tells_which_restore_the_call_was_about(make_call, session, answer):
    world = session.world
    request = restore_pb2.CreateRestoreRequest(
        namespace_id=world.namespaces["shop-prod"].uid,
        project_id=world.projects["shop"].uid,
        restore={
            "meta": {"name": "orders-copy"},
            "config": {"source_references": {"backup_id": world.backups["orders-backup"].uid}},
        },
    )
    call = make_call(request.SerializeToString(), method="CreateRestore")

    restore = restore_pb2.Restore.FromString(answer(HANDLERS["CreateRestore"], call))

    assert call.subject == restore.meta.uid
    assert restore.meta.uid in world.restores
