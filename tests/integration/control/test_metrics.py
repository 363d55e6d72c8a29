"""Monitoring reads over HTTP what a server does; the numbers of ended sessions stay in, and no client makes it grow."""

import http.client
from contextlib import closing

import grpc
import pytest
from prometheus_client.parser import text_string_to_metric_families

from simulator.api import RestoreServiceStub, restore_pb2
from simulator.services.product import SERVICES
from simulator.sessions.registry import SESSION_HEADER
from simulator.transports import rest_gateway


@pytest.fixture
def serve_metrics():
    """Serves the metrics of a server, and gives what reads them."""
    running = []

    def start(server):
        channel = server.channel()
        application = rest_gateway.app(
            channel,
            [*(service.descriptor for service in SERVICES), *server.descriptors],
            own_address=rest_gateway.OwnAddress("127.0.0.1"),
            metrics=rest_gateway.metrics_of(server.sessions, server.watchers),
        )
        http_server = rest_gateway.HttpServer(application, "127.0.0.1", 0, end_calls=channel.close)
        running.append(http_server)

        def read(**headers):
            with closing(http.client.HTTPConnection("127.0.0.1", http_server.port, timeout=20)) as connection:
                connection.request("GET", "/metrics", headers=headers)
                answer = connection.getresponse()
                return answer.status, answer.getheader("content-type"), answer.read().decode()

        return read

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def read(serve_metrics, server):
    return serve_metrics(server)


@pytest.fixture
def samples(read):
    def give():
        families = text_string_to_metric_families(read()[2])
        return {
            (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
            for family in families
            for sample in family.samples
        }

    return give


@pytest.fixture
def call(channel):
    def call(method, session="default"):
        path = f"/public.portworx.pds.restore.v1.RestoreService/{method}"
        try:
            channel.unary_unary(path)(b"", metadata=((SESSION_HEADER, session),), timeout=20)
        except grpc.RpcError as error:
            return error.code().name
        return "OK"

    return call


def test_calls_are_counted_by_method_and_code_also_those_of_sessions_that_were_reset_or_have_ended(
    control, session, samples, call
):
    assert [call("ListRestores", session), call("ListRestores"), call("GetRestore", session)] == [
        "OK",
        "OK",
        "NOT_FOUND",
    ]
    expected = {
        ("pds_sim_calls_total", "OK", "ListRestores"): 2,
        ("pds_sim_calls_total", "NOT_FOUND", "GetRestore"): 1,
    }

    def told():
        return {key: value for key, value in samples().items() if key[0] == "pds_sim_calls_total"}

    assert told() == expected
    before = told()
    control.ResetSession(session=session)
    assert told() == before
    control.DeleteSession(session=session)
    assert told() == before


def test_methods_that_there_are_not_are_counted_as_one(samples, call):
    assert {call(f"Invented{number}") for number in range(20)} == {"UNIMPLEMENTED"}

    assert samples()["pds_sim_calls_total", "UNIMPLEMENTED", "unknown"] == 20


def test_sessions_and_restores_by_phase_are_told_as_they_are(control, session, samples, create_restore):
    assert samples()["pds_sim_sessions",] == 2
    assert samples()["pds_sim_restores", "SUCCESSFUL"] == 0
    create_restore(session, "copy")
    assert samples()["pds_sim_restores", "INITIALIZING"] == 1

    control.AdvanceTime(session=session, untilIdle=True)

    assert samples()["pds_sim_restores", "SUCCESSFUL"] == 1
    control.DeleteSession(session=session)
    assert (samples()["pds_sim_sessions",], samples()["pds_sim_restores", "SUCCESSFUL"]) == (1, 0)


def test_it_is_told_how_far_the_slowest_watcher_lags(server, session, control, samples):
    assert (samples()["pds_sim_watchers",], samples()["pds_sim_watcher_lag_events",]) == (0, 0)
    for backup in ("orders-backup", "carts-backup", "events-backup"):
        control.ChangeWorld(session=session, change={"delete_backup": backup})
    with server.channel() as channel:
        quick = type(control)(channel).WatchEvents(session=session)
        assert [next(quick).sequence for _ in range(3)] == [1, 2, 3]
        (watcher,) = server.watchers
        assert watcher.after in {2, 3}  # the third counts as sent when the next one is asked for
        assert samples()["pds_sim_watchers",] == 1
        assert samples()["pds_sim_watcher_lag_events",] in {0, 1}
        watcher.after = 0
        assert samples()["pds_sim_watcher_lag_events",] == 3
        quick.cancel()


def test_prometheus_gets_the_format_that_it_asks_for_and_no_names_of_what_there_is(session, read, create_restore):
    create_restore(session, "secret-name")

    status, content_type, text = read()
    assert (status, content_type.partition(";")[0]) == (200, "text/plain")
    assert "secret-name" not in text
    assert session not in text
    assert read(Accept="application/openmetrics-text; version=1.0.0")[1].startswith("application/openmetrics-text")
    assert read(Host="evil.example.com")[0] == 403
    assert read(Origin="http://evil.example.com")[0] == 403


def test_a_control_token_is_not_asked_for(make_server, serve_metrics):
    server = make_server(control_token="of the owner")  # noqa: S106  # of the server of a test
    assert serve_metrics(server)()[0] == 200


def test_each_server_has_metrics_of_its_own(make_server, serve_metrics):
    called, other = make_server(), make_server()
    with grpc.insecure_channel(called.target) as channel:
        RestoreServiceStub(channel).ListRestores(restore_pb2.ListRestoresRequest())

    assert ["ListRestores" in serve_metrics(server)()[2] for server in (called, other)] == [True, False]
