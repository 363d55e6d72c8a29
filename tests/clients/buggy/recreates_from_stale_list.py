"""A client that takes a restore for lost that a list does not show, and makes another."""

import grpc
from buggy.checks import check_with
from buggy.correct import FINAL, Pauses, RestoreClient


class RecreatesFromStaleList(RestoreClient):
    """A list may be older than the restore: then two of them run."""

    def create(self, request):
        self.request = request
        return super().create(request)

    def wait(self, restore):
        pauses = Pauses()
        while restore.status.phase not in FINAL:
            self.pause(pauses)
            try:
                restores = self.list(self.request, 1).restores
            except grpc.RpcError:
                continue
            seen = [listed for listed in restores if listed.meta.uid == restore.meta.uid]
            restore = seen[0] if seen else self.create_another()
        return restore

    def create_another(self):
        """Make another, with a name of its own, because a name can't be taken twice."""
        self.request.restore.meta.name += "-again"
        return self.create(self.request)


check = check_with(RecreatesFromStaleList)
