"""REST: against a bare route that answers what it always answers."""

import http.client
from contextlib import closing

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from simulator.api import SERVICE
from simulator.api.pool import POOL
from simulator.transports import rest_gateway

pytestmark = pytest.mark.benchmark(group="REST")
CALLS = 20
OWN_ADDRESS = rest_gateway.OwnAddress("127.0.0.1")


@pytest.fixture
def get():
    """Opens a connection to an application, and gives what asks it for a path many times."""
    opened = []

    def make(application, path, end_calls=lambda: None):
        server = rest_gateway.HttpServer(application, "127.0.0.1", 0, end_calls=end_calls)
        client = http.client.HTTPConnection("127.0.0.1", server.port)
        opened.append((client, server))

        def repeat():
            for _ in range(CALLS):
                client.request("GET", path)
                answer = client.getresponse().read()
            return answer

        return repeat

    yield make
    for client, server in opened:
        with closing(client):
            server.stop()


def test_get_over_http(against, simulator_of, sizes, get):
    simulator = simulator_of(sizes.few)
    path = f"/pds/v1/restores/{simulator.world.restores['copy-7'].uid}"
    channel = simulator.channel()
    services = [POOL.FindServiceByName(SERVICE)]
    ours = get(rest_gateway.app(channel, services, own_address=OWN_ADDRESS), path, channel.close)
    content = ours()

    async def answer(_request):
        return Response(content, media_type="application/json")

    bare = get(Starlette(routes=[Route("/pds/v1/restores/{id}", answer)]), path)
    assert bare() == content

    against(
        ours,
        bare,
        what="times a bare route of starlette that answers the same, GetRestore over HTTP",
        goal="≤ 1.6",
        rounds=150,
        calls=CALLS,
    )
