"""What the product has and the simulator has not is UNIMPLEMENTED, over HTTP too, and says so."""

import json
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import grpc
import pytest

from simulator import Simulator
from simulator.api import METHODS
from simulator.services.not_served import NOT_SERVED, services_not_served
from simulator.services.product import SERVICES
from simulator.transports import rest_gateway

ROWS = [(service, *row) for service, rows in NOT_SERVED.items() for row in rows]
SERVED = {service.full_name for service in SERVICES}


@pytest.fixture(scope="module")
def sim():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def fetch(sim):
    """Makes an HTTP request, and gives the status and what the answer's JSON says."""
    channel = sim.channel()
    application = rest_gateway.app(
        channel,
        [service.descriptor for service in SERVICES],
        own_address=rest_gateway.OwnAddress("127.0.0.1"),
        not_served=services_not_served(),
    )
    server = rest_gateway.HttpServer(application, "127.0.0.1", 0, end_calls=channel.close)

    def fetch(method, path, body=None):
        with closing(HTTPConnection(urlsplit(server.url).netloc, timeout=20)) as connection:
            connection.request(method.upper(), path, body)
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    yield fetch
    server.stop()


@pytest.mark.parametrize(("service", "method", "http_method", "path"), ROWS, ids=[row[1] for row in ROWS])
def test_it_says_the_same_over_grpc_and_http(sim, fetch, failure_of, service, method, http_method, path):
    error = failure_of(lambda: sim.channel().unary_unary(f"/{service}/{method}")(b""))
    status, body = fetch(http_method, path.replace("*", "some-id"), '{"whatever": ["a client", {"sends": 1}]}')

    short_name = service.rpartition(".")[2]
    lacking = f"no method {method!r} of {short_name}" if service in SERVED else f"no {short_name} ({service})"
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED
    assert error.details().startswith(f"the simulator has {lacking}, only ")
    assert (status, body) == (501, {"code": 12, "message": error.details(), "details": []})


def test_no_method_is_served_and_not_served():
    assert {(method.service, method.path.rpartition("/")[2]) for method in METHODS.values()} & {
        (service, method) for service, method, *_ in ROWS
    } == set()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/core/v1/tenants:search", 200),
        ("GET", "/core/v1/whoami", 200),
        ("GET", "/core/v1/projects/nothing", 404),
        ("GET", "/core/v1/clusters/nothing", 404),
        ("GET", "/core/v1/nothing", 404),
    ],
)
def test_its_routes_take_nothing_from_those_that_are_served(fetch, method, path, status):
    assert fetch(method, path, "{}" if method == "POST" else None)[0] == status


def test_the_description_leaves_it_out(fetch):
    paths = fetch("GET", "/openapi.json")[1]["paths"]

    assert "/core/v1/projects/{project_id}" in paths
    assert not any("credentials" in path or "applications" in path for path in paths)
