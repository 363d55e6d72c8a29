"""Calls over HTTP name their session in a header or in the path; the control service is there as JSON."""

import pytest

from scenarios.loading.setups import read_setup
from simulator.api.pool import POOL
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup
from simulator.services.control.service import SERVICE as CONTROL_SERVICE

LIST = "/pds/v1/restores"
SESSIONS = "/simulator/v1/sessions"


@pytest.fixture(scope="module")
def rest(serve_anything):
    """A client of a server with sessions."""
    with SimulatorServer(SessionSetup(), read_scenario=read_setup) as server:
        channel = server.channel()
        services = [
            POOL.FindServiceByName(name) for name in ("public.portworx.pds.restore.v1.RestoreService", CONTROL_SERVICE)
        ]
        client = serve_anything(channel, services, channel.close)
        yield client
        client.server.stop()


@pytest.fixture
def session(rest):
    """The id of a new session with a restore in it."""
    made = rest.ask("POST", SESSIONS, {"seed": "7"}).json["id"]
    entities = rest.ask("GET", f"{SESSIONS}/{made}/world").json["entities"]
    created = rest.ask(
        "POST",
        f"/pds/v1/namespaces/{entities['namespaces']['shop-staging']['uid']}/restores",
        {
            "projectId": entities["projects"]["shop"]["uid"],
            "restore": {
                "meta": {"name": "orders-copy"},
                "config": {"sourceReferences": {"backupId": entities["backups"]["orders-backup"]["uid"]}},
            },
        },
        {"x-pds-session": made},
    )
    assert created.status == 200
    return made


def names(answer):
    return [restore["meta"]["name"] for restore in answer.json["restores"]]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"snapshot": "x"}, 'snapshot: syntax error: unexpected token "x"; expected an object'),
        ({"rules": [{}, 3]}, "rules[1]: syntax error: unexpected token 3; expected an object"),
        ({"rules": 3}, "rules: syntax error: unexpected token 3; expected a list"),
        ({"seed": "x"}, 'seed: invalid value for int64 field seed: "x"'),
        ('{"snapshot": {"pds_simulator_snapshot": 1,,}}', "line 1 column 43"),
    ],
)
def test_what_can_not_be_read_is_told_with_its_place(rest, body, place):
    answer = rest.ask("POST", SESSIONS, body)
    assert (answer.status, answer.json["code"]) == (400, 3)
    assert place in answer.json["message"]


def test_a_header_names_the_session(rest, session):
    assert names(rest.ask("GET", LIST, headers={"X-PDS-Session": session})) == ["orders-copy"]


def test_a_prefix_of_the_path_names_the_session(rest, session):
    assert names(rest.ask("GET", f"/sessions/{session}{LIST}?pagination.pageSize=5")) == ["orders-copy"]


def test_no_name_is_the_default_session(rest, session):
    assert session
    assert names(rest.ask("GET", LIST)) == []


@pytest.mark.parametrize(("path", "headers"), [(f"/sessions/none{LIST}", {}), (LIST, {"x-pds-session": "none"})])
def test_a_session_that_there_is_not_is_an_error(rest, path, headers):
    answer = rest.ask("GET", path, headers=headers)

    assert (answer.status, answer.json["code"]) == (400, 9)
    assert [detail["reason"] for detail in answer.json["details"]] == ["SESSION_UNKNOWN"]


def test_time_is_moved_over_http(rest, session):
    advanced = rest.ask("POST", f"{SESSIONS}/{session}:advance", {"duration": "30s"})

    assert advanced.json["now"] == "2025-01-01T00:00:30Z"
    [restore] = rest.ask("GET", LIST, headers={"x-pds-session": session}).json["restores"]
    assert restore["status"]["phase"] == "RESTORING_CLOUDSNAP"
