"""A client that tries again at once, as often as it takes."""

from buggy.checks import check_with
from buggy.correct import RestoreClient


class PollsWithoutBackoff(RestoreClient):
    """A service in trouble gets more calls from it, not fewer."""

    def pause(self, pauses, error=None):
        if error is None:
            super().pause(pauses)

    def get(self, restore):
        found = super().get(restore)
        while found is None:
            found = super().get(restore)
        return found


check = check_with(PollsWithoutBackoff)
