"""A client that gives up on the first UNAVAILABLE while it waits."""

from buggy.checks import check_with
from buggy.correct import RestoreClient

from simulator.api import restore_pb2


class GivesUpWhilePolling(RestoreClient):
    """A restore takes minutes; that no call fails in all that time is luck."""

    def get(self, restore):
        return self.stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid), timeout=10)


check = check_with(GivesUpWhilePolling)
