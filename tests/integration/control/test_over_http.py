"""The control service and the sessions over HTTP: JSON, server-sent events, a prefix or a header for the session."""

import http.client
import json
import time
from contextlib import closing, contextmanager
from pathlib import Path

import grpc
import pytest

from simulator.services.product import SERVICES
from simulator.transports import rest_gateway
from simulator.transports.rest_gateway import gateway
from tests.patience import PATIENCE_SECONDS


class Http:
    """A client of the HTTP port."""

    def __init__(self, port):
        self.port = port

    def __call__(self, method, path, body=None, **headers):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            content = None if body is None else json.dumps(body)
            connection.request(
                method, path, content, {name.replace("_", "-"): value for name, value in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def events(self, path, count, **headers):
        """The ids and the data of the first events of a stream."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            sent = {"Accept": "text/event-stream", **{name.replace("_", "-"): value for name, value in headers.items()}}
            connection.request("GET", path, headers=sent)
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("content-type")) == (200, "text/event-stream")
            found = []
            while len(found) < count:
                lines = []
                while (line := answer.readline().decode().rstrip("\n")) or not lines:
                    lines.append(line)
                told = dict(line.split(": ", 1) for line in lines if ": " in line)
                if told:
                    found.append((told["id"], json.loads(told["data"])))
            return found


@pytest.fixture
def ask(server):
    channel = server.channel()
    application = rest_gateway.app(
        channel,
        [*(service.descriptor for service in SERVICES), *server.descriptors],
        own_address=rest_gateway.OwnAddress("127.0.0.1"),
    )
    running = rest_gateway.HttpServer(application, "127.0.0.1", 0, end_calls=channel.close)
    yield Http(running.port)
    running.stop()


@pytest.fixture
def entities(ask):
    return lambda session: ask("GET", f"/simulator/v1/sessions/{session}/world")[1]["entities"]


@pytest.fixture
def create(ask, entities):
    """Creates a restore in a session, which a prefix of the path names."""

    def create_in(session, name="orders-copy"):
        found = entities(session)
        namespace, project, backup = (
            found[kind][name]["uid"]
            for kind, name in (("namespaces", "shop-staging"), ("projects", "shop"), ("backups", "orders-backup"))
        )
        return ask(
            "POST",
            f"/sessions/{session}/pds/v1/namespaces/{namespace}/restores",
            {
                "projectId": project,
                "restore": {"meta": {"name": name}, "config": {"sourceReferences": {"backupId": backup}}},
            },
        )

    return create_in


def test_a_session_is_driven_by_nothing_but_json(ask, create):
    status, made = ask("POST", "/simulator/v1/sessions", {"seed": "7", "clock": "manual"})
    path = f"/simulator/v1/sessions/{made['id']}"
    assert (status, made["seed"], made["clock"], made["now"]) == (200, "7", "manual", "2025-01-01T00:00:00Z")

    rule = {"method": "CreateRestore", "times": 1, "error": {"code": "UNAVAILABLE"}}
    assert ask("POST", f"{path}/rules", {"rule": rule})[1]["id"] == "error-on-method-CreateRestore"
    assert create(made["id"])[0] == 503
    assert create(made["id"])[0] == 200
    until = {"restore": "orders-copy", "phase": "SUCCESSFUL", "limit": "3600s"}
    assert ask("POST", f"{path}:advance", {"until": until})[1]["events"] == "7"
    assert [call["code"] for call in ask("GET", f"{path}/calls")[1]["calls"]] == ["UNAVAILABLE", "OK"]
    assert ask("PATCH", f"{path}/clock", {"mode": "on_poll"})[1]["mode"] == "on_poll"
    for where in (f"{path}:change", f"{path}/world:change"):
        backup = "orders-backup" if where == f"{path}:change" else "carts-backup"
        assert ask("POST", where, {"change": {"delete_backup": backup}})[0] == 200
    assert ask("DELETE", path) == (200, {"complaints": []})
    assert ask("GET", path)[0] == 404


def test_a_call_names_its_session_by_prefix_or_header(ask, create):
    session = ask("POST", "/simulator/v1/sessions", {})[1]["id"]
    create(session)

    def names(path, **headers):
        return [restore["meta"]["name"] for restore in ask("GET", path, **headers)[1]["restores"]]

    assert names(f"/sessions/{session}/pds/v1/restores") == names("/pds/v1/restores", x_pds_session=session)
    assert names("/pds/v1/restores") == []
    status, refused = ask("GET", "/sessions/nope/pds/v1/restores")
    assert (status, refused["code"], refused["details"][0]["reason"]) == (400, 9, "SESSION_UNKNOWN")


def test_a_wrong_rule_is_told_with_every_path(ask):
    status, refused = ask("POST", "/simulator/v1/sessions/default/rules", {"rule": {"metod": "x", "times": 0}})

    assert status == 400
    assert {violation["field"] for violation in refused["details"][0]["fieldViolations"]} >= {
        "rule.metod",
        "rule.times",
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "nearest"),
    [
        ("GET", "/default/calls?cod=OK", None, "cod", "code"),
        ("GET", "/default/calls?pageSze=1", None, "pageSze", "pageSize"),
        ("GET", "/default/calls?page_sze=1", None, "page_sze", "page_size"),
        ("GET", "/default?code=OK", None, "code", "takes none"),
        ("POST", "?seed=7", {}, "seed", "takes none"),
        ("POST", "", {"sead": "7"}, "sead", "seed"),
        (
            "POST",
            "/default:advance",
            {"until": {"restore": "x", "phase": "FAILED", "limt": "1s"}},
            "until.limt",
            "limit",
        ),
    ],
)
def test_a_name_that_the_control_api_does_not_know_is_refused_with_the_nearest(ask, method, path, body, field, nearest):
    status, refused = ask(method, f"/simulator/v1/sessions{path}", body)

    assert (status, refused["code"]) == (400, grpc.StatusCode.INVALID_ARGUMENT.value[0])
    [violation] = refused["details"][0]["fieldViolations"]
    assert violation["field"] == field
    assert nearest in violation["description"]
    assert len(ask("GET", "/simulator/v1/sessions")[1]["sessions"]) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            '{"rule": {"method": "GetRestore", "after": 1e400, "hang": {}}}',
            "rule.after: invalid number 1e400; expected",
        ),
        ('{"rule": {"method": "GetRestore", "hang": {}}} {}', 'after the value comes "{}"; expected nothing'),
    ],
)
def test_a_body_that_says_too_much_is_refused(ask, body, told):
    with closing(http.client.HTTPConnection("127.0.0.1", ask.port, timeout=20)) as connection:
        connection.request("POST", "/simulator/v1/sessions/default/rules", body)
        answer = connection.getresponse()
        assert (answer.status, told in json.loads(answer.read())["message"]) == (400, True)
    assert ask("GET", "/simulator/v1/sessions/default/rules")[1]["rules"] == []


@pytest.mark.parametrize("path", ["events:watch", "events"])
def test_events_come_as_they_happen_and_go_on_where_a_client_was(ask, create, path):
    session = ask("POST", "/simulator/v1/sessions", {})[1]["id"]
    create(session)
    ask("POST", f"/simulator/v1/sessions/{session}:advance", {"untilIdle": True})
    listed = ask("GET", f"/simulator/v1/sessions/{session}/events")[1]["events"]

    first = ask.events(f"/simulator/v1/sessions/{session}/{path}", 3)
    rest = ask.events(f"/simulator/v1/sessions/{session}/{path}", len(listed) - 3, Last_Event_ID=first[-1][0])

    assert [data for _, data in first + rest] == listed
    assert [number for number, _ in first + rest] == [event["sequence"] for event in listed]


def test_a_stream_that_can_not_begin_is_an_error(ask):
    assert ask("GET", "/simulator/v1/sessions/nope/events:watch", accept="application/json")[0] == 404
    assert ask("GET", "/simulator/v1/sessions/default/events:watch", Last_Event_ID="x")[0] == 400


@pytest.fixture
def one_stream(monkeypatch):
    monkeypatch.setattr(gateway, "STREAMS_MAX", 1)


@pytest.mark.usefixtures("one_stream")
def test_watchers_are_bounded_and_each_that_ends_leaves_room_for_another(ask, create):
    path = "/simulator/v1/sessions/default/events"
    create("default")
    with closing(http.client.HTTPConnection("127.0.0.1", ask.port, timeout=20)) as connection:
        connection.request("GET", path, headers={"Accept": "text/event-stream"})
        with connection.getresponse() as watched:
            assert watched.readline() == b"id: 1\n"
            status, refused = ask("GET", f"{path}:watch")
            assert (status, refused["code"]) == (429, grpc.StatusCode.RESOURCE_EXHAUSTED.value[0])
            assert ask("GET", path)[0] == 200

    ends_seconds = time.monotonic() + PATIENCE_SECONDS
    while ask("GET", "/simulator/v1/sessions/nope/events:watch")[0] == 429:  # the server sees that the client has gone
        assert time.monotonic() < ends_seconds
    assert ask.events(path, 1)[0][0] == "1"


def test_a_client_of_server_sent_events_goes_on_by_itself_after_a_reset(ask, create):
    path = "/simulator/v1/sessions/default/events"
    create("default")
    last, _ = ask.events(path, 2)[-1]
    ask("POST", "/simulator/v1/sessions/default:reset", {})
    create("default")

    [(resumes_after, refused)] = ask.events(path, 1, Last_Event_ID="5")

    assert (last, resumes_after, refused["code"]) == ("2", "0", grpc.StatusCode.ABORTED.value[0])
    assert [number for number, _ in ask.events(path, 2, Last_Event_ID=resumes_after)] == ["1", "2"]


CONNECTIONS = Path("/proc/net/tcp")
KEEPALIVE = "02"
"""The timer of a connection that is asked now and then whether the other side is there."""


@contextmanager
def idle_stream(ask):
    with closing(http.client.HTTPConnection("127.0.0.1", ask.port, timeout=20)) as connection:
        connection.request("GET", "/simulator/v1/sessions/default/events", headers={"Accept": "text/event-stream"})
        with connection.getresponse() as watched:
            assert [watched.readline(), watched.readline()] == [b":\n", b"\n"]
            yield watched


def test_a_stream_in_which_nothing_happens_tells_that_the_server_is_there(ask, monkeypatch):
    monkeypatch.setattr(gateway, "ALIVE_SECONDS", 0.01)
    with idle_stream(ask) as watched:
        assert [watched.readline() for _ in range(4)] == [b":\n", b"\n"] * 2


def timers_of(port):
    """The timers of the server's connections."""
    lines = [line.split() for line in CONNECTIONS.read_text().splitlines()[1:]]
    return {timer.partition(":")[0] for _, here, _, _, _, timer, *_ in lines if here == f"0100007F:{port:04X}"}


@pytest.mark.skipif(not CONNECTIONS.exists(), reason="only Linux tells of timers")
def test_a_client_in_whose_stream_nothing_happens_is_asked_whether_it_is_there(ask):
    ends_seconds = time.monotonic() + PATIENCE_SECONDS
    with idle_stream(ask):
        while KEEPALIVE not in timers_of(ask.port):  # there is another timer until the client has acknowledged all
            assert time.monotonic() < ends_seconds
