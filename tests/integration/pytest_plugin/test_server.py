"""With ``--pds-server`` the simulators of tests are sessions of a server that runs already."""

import pytest

from scenarios.loading.setups import read_setup
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup

TEST = """
import pytest
from simulator import faults
from simulator.api import restore_pb2

@pytest.mark.pds_simulator(seed=7)
def test_restores(pds_simulator, pds_stub):
    world = pds_simulator.world
    pds_stub.CreateRestore(
        restore_pb2.CreateRestoreRequest(
            namespace_id=world.namespaces["shop-staging"].uid,
            project_id=world.projects["shop"].uid,
            restore={
                "meta": {"name": "orders-copy"},
                "config": {"source_references": {"backup_id": world.backups["orders-backup"].uid}},
            },
        )
    )
    assert pds_simulator.advance_until("orders-copy", "SUCCESSFUL").name == "orders-copy"
    assert pds_simulator.seed == 7

@pytest.mark.pds_simulator(scenario="quickstart")
def test_is_alone(pds_simulator):
    assert len(pds_simulator.world.restores) == 0
"""
TOKEN = "open sesame"  # noqa: S105  # of the server of a test


@pytest.fixture
def server():
    with SimulatorServer(SessionSetup(), read_scenario=read_setup, control_token=TOKEN) as running:
        yield running


@pytest.fixture
def arguments(server):
    return ("--pds-server", server.target, "--pds-control-token", TOKEN)


def test_each_test_has_a_session_that_ends_with_it(run_pytest, server, arguments):
    outcome = run_pytest(TEST, *arguments)

    outcome.assert_outcomes(passed=2)
    assert [hosted.id for hosted in server.sessions] == ["default"]


def test_what_a_strict_simulator_complains_of_fails_the_test(run_pytest, server, arguments):
    outcome = run_pytest(
        "from simulator import faults\n"
        "def test_forgets(pds_simulator):\n"
        "    pds_simulator.inject(faults.error(), method='GetRestore', name='busy')\n",
        *arguments,
    )

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*the rule 'busy' never fired*"])
    assert [hosted.id for hosted in server.sessions] == ["default"]


def test_a_failure_shows_what_happened_in_the_session(run_pytest, arguments):
    outcome = run_pytest(
        "from simulator.api import restore_pb2\n"
        "def test_fails(pds_stub):\n    pds_stub.ListRestores(restore_pb2.ListRestoresRequest())\n    assert False\n",
        *arguments,
    )

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*0.000 s  ListRestores → OK", "picture: *"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--pds-server", "127.0.0.1:1"), "nothing answers there; is 'pds-sim serve' running"),
        (("--pds-server", "{target}"), "pass control_token="),
        (("--pds-server", "{target}", "--pds-server-ca", "missing.pem"), "missing.pem: No such file"),
    ],
)
def test_a_server_that_can_not_be_used_fails_the_test_with_what_to_do(run_pytest, server, given, told):
    outcome = run_pytest(TEST, *(one.format(target=server.target) for one in given))

    outcome.assert_outcomes(errors=2)
    outcome.stdout.fnmatch_lines([f"*--pds-server*{told}*"])
    assert TOKEN not in outcome.stdout.str()
