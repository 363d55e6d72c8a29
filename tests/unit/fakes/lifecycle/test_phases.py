"""Phases and error codes are those of the API, with its numbers."""

import pytest

from fakes import ErrorCode, Phase


def test_phases_have_the_numbers_of_the_api():
    assert {phase.name: phase.value for phase in Phase} == {
        "INITIALIZING": 1,
        "PENDING": 2,
        "RESTORING_CLOUDSNAP": 3,
        "RESTORING_DATA_SERVICE_DEPLOYMENT_CR": 4,
        "RESTORING_DATA_SERVICE_DEPLOYMENT": 5,
        "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE": 6,
        "SUCCESSFUL": 7,
        "FAILED": 8,
    }


def test_error_codes_have_the_numbers_of_the_api():
    assert {code.name: code.value for code in ErrorCode} == {
        "DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST": 1,
        "FAILED_BACKUP_CREDENTIAL_SYNC": 2,
        "RESTORE_INTERNAL_ERROR": 3,
    }


@pytest.mark.parametrize("phase", Phase)
def test_only_success_and_failure_are_final(phase):
    assert phase.is_final is (phase in {Phase.SUCCESSFUL, Phase.FAILED})
