"""Clients with stubs of their own share a process with the simulator, whichever is imported first."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import simulator

CLIENT = Path(__file__).with_name("foreign_client.py")
HOME = Path(simulator.__file__).parent.parent
DOWNLOAD_SECONDS = {"shop-prod": 10 * 1024 / 200, "shop-staging": 10 * 1024 / 100}


@pytest.fixture(scope="module", params=["ours", "theirs"])
def seen(request, stubs):
    """What the client saw, when ours or theirs was imported first."""
    outcome = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, str(CLIENT), str(stubs), request.param],
        env=os.environ | {"PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (outcome.returncode, outcome.stderr) == (0, "")
    return json.loads(outcome.stdout)


@pytest.fixture(scope="module")
def is_newer(stubs):
    return "newer_field" in (stubs / "public/portworx/pds/restore/apiv1/restore_pb2.py").read_text()


def test_a_foreign_client_polls_a_restore_to_its_success(seen):
    restore = seen["restores"][0]

    assert (restore["name"], restore["phase"]) == ("orders-copy", "SUCCESSFUL")
    assert restore["seconds"] == 1 + 2 + 5 + DOWNLOAD_SECONDS["shop-staging"] + 3 + 30 + 15
    assert restore["labels"] == {"team": "foreign"}


def test_a_foreign_client_reads_why_a_restore_failed(seen):
    restore = seen["restores"][1]

    assert (restore["name"], restore["phase"]) == ("orders", "FAILED")
    assert restore["error_code"] == "DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST"
    assert restore["seconds"] == 1 + 2 + 5 + DOWNLOAD_SECONDS["shop-prod"] + 3


def test_a_foreign_client_recreates_what_failed(seen):
    restore = seen["restores"][2]

    assert (restore["name"], restore["phase"]) == ("orders-again", "SUCCESSFUL")


def test_a_foreign_client_lists_what_it_created(seen):
    assert seen["listed"] == [["orders", "orders-copy", "orders-again"], 3]


def test_a_foreign_client_reads_the_matrix(seen):
    current = [[{"backup": "v2"}, {"pds_restore": "v1"}]]

    assert seen["matrix"] == {"PostgreSQL": current, "Redis": current, "Kafka": current}


def test_a_field_that_only_the_client_knows_comes_back_to_it(seen, is_newer):
    expected = ["newer than orders-copy", "newer than orders"] if is_newer else [None, None]

    assert [restore["newer_field"] for restore in seen["restores"][:2]] == expected


def test_a_foreign_client_reads_details_of_errors_by_stubs_of_its_own(seen):
    assert seen["violations"][:3] == ["namespace_id", "project_id", "restore"]


def test_a_foreign_client_checks_the_health_by_stubs_of_its_own(seen):
    assert seen["healthy"] == ["", *seen["reflected"][0]]


def test_a_foreign_client_asks_for_descriptions_by_stubs_of_its_own(seen):
    services = [
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
        "public.portworx.pds.restore.v1.RestoreService",
    ]

    for reflected in seen["reflected"]:
        assert set(services) <= set(reflected)


def test_the_messages_of_the_simulator_are_not_those_of_the_client(seen):
    assert seen["our_messages_are_theirs"] is False
