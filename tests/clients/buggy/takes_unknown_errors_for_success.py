"""A client that looks for the errors that it knows, and takes all else for a success."""

from buggy.checks import check_with
from buggy.correct import RestoreClient, RestoreFailed

from simulator.api import restore_pb2

KNOWN_ERRORS = (restore_pb2.FAILED_BACKUP_CREDENTIAL_SYNC, restore_pb2.DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST)


class TakesUnknownErrorsForSuccess(RestoreClient):
    """The service has more ways to fail than the client knows."""

    def outcome(self, restore):
        if restore.status.error_code in KNOWN_ERRORS:
            raise RestoreFailed(restore.status.error_message)
        return restore


check = check_with(TakesUnknownErrorsForSuccess)
