"""A client that waits for ever for a restore that makes no progress."""

from buggy.checks import check_with
from buggy.correct import RestoreClient


class NeverEnds(RestoreClient):
    """It has a deadline for each call, and none for the whole."""

    def pause(self, pauses, error=None):
        self.started_at = self._now()
        super().pause(pauses, error)


check = check_with(NeverEnds)
