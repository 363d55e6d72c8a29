"""A client to try exploration on: it restores a backup, and makes mistakes that are easily made.

It retries CreateRestore without looking whether the first attempt took effect, it expects no status but UNAVAILABLE,
and it waits for a restore for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import grpc

from simulator.api import RestoreServiceStub, restore_pb2
from simulator.simulator import Simulator

ATTEMPTS_MAX = 5
POLL_SECONDS = 30
FINAL = (restore_pb2.SUCCESSFUL, restore_pb2.FAILED)

Answer = TypeVar("Answer")


def check(simulator: Simulator) -> None:
    """Restore a backup, and wait for the end."""
    stub = RestoreServiceStub(simulator.channel())
    world = simulator.world
    request = restore_pb2.CreateRestoreRequest(
        namespace_id=world.namespaces["shop-staging"].uid,
        project_id=world.projects["shop"].uid,
        restore={
            "meta": {"name": "orders-copy"},
            "config": {"source_references": {"backup_id": world.backups["orders-backup"].uid}},
        },
    )
    restore = _retried(lambda: stub.CreateRestore(request, timeout=10), simulator)
    while restore.status.phase not in FINAL:
        simulator.advance(POLL_SECONDS)
        poll = restore_pb2.GetRestoreRequest(id=restore.meta.uid)
        restore = _retried(lambda: stub.GetRestore(poll, timeout=10), simulator)  # noqa: B023  # called at once


def _retried(call: Callable[[], Answer], simulator: Simulator) -> Answer:
    for attempt in range(ATTEMPTS_MAX - 1):
        try:
            return call()
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            simulator.advance(2**attempt)
    return call()
