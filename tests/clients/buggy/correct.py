"""A client that restores a backup and survives what a cluster and a network can do to it.

It has no bug that is known; each of the modules beside it changes one decision of it into a common mistake.
"""

from __future__ import annotations

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from simulator.api import restore_pb2

CALL_SECONDS = 10
"""How long one call may take."""
DEADLINE_SECONDS = 3600
"""How long a restore may take, before the client refuses to wait for it any longer."""
PAUSE_SECONDS = (1, 60)
"""The first and the longest pause between two calls."""
PAGE_SIZE = 100

UNSETTLED = {
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.UNKNOWN,
}
"""Statuses after which another attempt may succeed. Nobody knows whether the call had its effect."""


class Refused(Exception):
    """The client gives up, and says why; what becomes of a restore that was begun is not known."""


class RestoreFailed(Exception):
    """The restore has failed, and the service has said why."""


class RestoreClient:
    """Restores a backup and waits for the end.

    Args:
        stub: The RestoreService.
        sleep: Waits for a number of seconds.
        now: Gives the time as a datetime.
    """

    def __init__(self, stub, *, sleep, now):
        self.stub = stub
        self._sleep = sleep
        self._now = now

    def restore(self, name, *, backup_id, namespace_id, project_id):
        """Restore a backup; the restore that succeeded is returned.

        Raises:
            RestoreFailed: it did not succeed.
            Refused: the service refuses, or there was no end in time.
        """
        self.started_at = self._now()
        request = restore_pb2.CreateRestoreRequest(namespace_id=namespace_id, project_id=project_id)
        request.restore.meta.name = name
        request.restore.config.source_references.backup_id = backup_id
        return self.outcome(self.wait(self.create(request)))

    def create(self, request):
        """Have the restore made, once: after an attempt whose effect is not known, look before the next one."""
        pauses = Pauses()
        while True:
            try:
                return self.stub.CreateRestore(request, timeout=CALL_SECONDS)
            except grpc.RpcError as error:
                found = self.made_already(request, error)
                if found is not None:
                    return found
                self.pause(pauses, error)

    def made_already(self, request, error):
        """The restore that an attempt made in spite of its status, if there is one."""
        if error.code() is not grpc.StatusCode.ALREADY_EXISTS and error.code() not in UNSETTLED:
            raise Refused(f"the service refuses the restore: {error.details()}") from error
        return self.find(request)

    def find(self, request):
        """The live restore of that name and backup in the namespace; None where none is seen."""
        pauses, page_number = Pauses(), 1
        while True:
            try:
                page = self.list(request, page_number)
            except grpc.RpcError as error:
                if error.code() not in UNSETTLED:
                    raise Refused(f"the service lists no restores: {error.details()}") from error
                self.pause(pauses, error)
                continue
            for restore in page.restores:
                if self.is_ours(restore, request) and restore.status.phase not in FINAL:
                    return restore
            if len(page.restores) < PAGE_SIZE:
                return None
            page_number += 1

    def list(self, request, page_number):
        """One page of the project's restores."""
        wanted = restore_pb2.ListRestoresRequest(project_id=request.project_id)
        wanted.pagination.page_number, wanted.pagination.page_size = page_number, PAGE_SIZE
        return self.stub.ListRestores(wanted, timeout=CALL_SECONDS)

    def is_ours(self, restore, request):
        """Whether a restore is the one that was asked for."""
        wanted = request.restore
        return (
            restore.meta.name == wanted.meta.name
            and restore.meta.parent_reference.uid == request.namespace_id
            and restore.config.source_references.backup_id == wanted.config.source_references.backup_id
        )

    def wait(self, restore):
        """Look at the restore from time to time, until it is in a final phase."""
        pauses = Pauses()
        while restore.status.phase not in FINAL:
            self.pause(pauses)
            restore = self.get(restore) or restore
        return restore

    def get(self, restore):
        """The restore as it is now; None when nobody can tell at the moment."""
        try:
            return self.stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid), timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            # One that was just made may be unknown to whoever answers.
            if error.code() is not grpc.StatusCode.NOT_FOUND and error.code() not in UNSETTLED:
                raise Refused(f"the service does not tell of the restore: {error.details()}") from error
            return None

    def outcome(self, restore):
        """The restore, when it has succeeded."""
        if restore.status.phase != restore_pb2.SUCCESSFUL:
            raise RestoreFailed(f"{restore.status.error_code}: {restore.status.error_message}")
        return restore

    def pause(self, pauses, error=None):
        """Wait before the next call: longer each time, and as long as the service asks for."""
        if (self._now() - self.started_at).total_seconds() > DEADLINE_SECONDS:
            raise Refused(f"no end within {DEADLINE_SECONDS} s") from error
        self._sleep(max(pauses.next_seconds(), 0 if error is None else retry_seconds(error)))


FINAL = (restore_pb2.SUCCESSFUL, restore_pb2.FAILED)


class Pauses:
    """Gives pauses that grow, up to the longest."""

    def __init__(self):
        self._seconds, self._longest = PAUSE_SECONDS

    def next_seconds(self):
        """The next of them."""
        seconds = self._seconds
        self._seconds = min(2 * seconds, self._longest)
        return seconds


def retry_seconds(error):
    """How long the service asks to wait before the next attempt; 0 when it does not."""
    status = rpc_status.from_call(error)
    for detail in status.details if status is not None else ():
        info = error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            return info.retry_delay.ToMilliseconds() / 1000
    return 0
