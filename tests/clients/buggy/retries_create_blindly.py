"""A client that tries CreateRestore again without looking whether the first attempt made the restore."""

from buggy.checks import check_with
from buggy.correct import UNSETTLED, RestoreClient


class RetriesCreateBlindly(RestoreClient):
    """The second attempt meets the restore of the first: ALREADY_EXISTS, which nobody handles."""

    def made_already(self, _request, error):
        if error.code() not in UNSETTLED:
            raise error


check = check_with(RetriesCreateBlindly)
