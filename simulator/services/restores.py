"""The RestoreService: each method checks the request, acts in the world under its lock, and writes the answer."""

from __future__ import annotations

from typing import cast

from fakes import LiveWorld, Restore
from fakes.environment import to_microseconds
from simulator.api import SERVICE as FULL_NAME
from simulator.api import restore_pb2
from simulator.rpc.call import Call
from simulator.services.conversions import to_matrix, to_query, to_spec
from simulator.services.response_cache import write_list, write_restore
from simulator.services.service import Service


def create_restore(call: Call) -> bytes:
    """Start a restore of a backup into a namespace."""
    request = cast(restore_pb2.CreateRestoreRequest, call.request)
    order = to_spec(request)
    with call as world:
        return _answer_with(call, world.create_restore(order, call.caller))


def get_restore(call: Call) -> bytes:
    """Answer with one restore."""
    request = cast(restore_pb2.GetRestoreRequest, call.request)
    call.subject = request.id
    with call as world:
        restore = world.get_restore(request.id, call.caller)
        if restore.is_live:
            call.session.clock.poll(world)
        if call.stale_seconds:
            restore = world.get_restore(request.id, call.caller, as_of_microseconds=_as_of(call, world))
        return _answer_with(call, restore)


def list_restores(call: Call) -> bytes:
    """Answer with one page of the restores that the filter selects."""
    query = to_query(cast(restore_pb2.ListRestoresRequest, call.request))
    call.subject = query.uid
    with call as world:
        if call.session.clock.moves_with_calls and world.list_restores(query, call.caller).has_live:
            call.session.clock.poll(world)
        page = world.list_restores(query, call.caller, as_of_microseconds=_as_of(call, world))
        call.response_parts = write_list(call.session.written, page)
    return b"".join(call.response_parts)


def recreate_restore(call: Call) -> bytes:
    """Start a new restore of the backup of a restore that failed."""
    request = cast(restore_pb2.RecreateRestoreRequest, call.request)
    call.subject = request.id
    with call as world:
        restore = world.recreate_restore(
            request.id,
            name=request.name,
            project=request.project_id,
            namespace=request.namespace_id,
            caller=call.caller,
        )
        return _answer_with(call, restore)


def get_restorability_matrix(call: Call) -> restore_pb2.RestorabilityMatrix:
    """Answer with the matrix that creating enforces."""
    with call as world:
        return to_matrix(world.matrix)


def _as_of(call: Call, world: LiveWorld) -> int | None:
    """The moment in the past that the answer describes; None means the present."""
    if not call.stale_seconds:
        return None
    return world.environment.now_microseconds - to_microseconds(call.stale_seconds)


def _answer_with(call: Call, restore: Restore) -> bytes:
    call.subject = restore.uid
    return write_restore(call.session.written, restore)


SERVICE = Service(
    FULL_NAME,
    {
        "CreateRestore": create_restore,
        "GetRestore": get_restore,
        "ListRestores": list_restores,
        "RecreateRestore": recreate_restore,
        "GetRestorabilityMatrix": get_restorability_matrix,
    },
)
