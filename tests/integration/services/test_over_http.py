"""The services around a restore answer over HTTP with what they answer over gRPC, on both bindings of a list."""

import json
from http.client import HTTPConnection

import pytest
from google.protobuf import json_format

from simulator import Simulator
from simulator.services.product import SERVICES
from simulator.transports import rest_gateway

GETS = {
    "GetBackup": ("backups", "orders-backup", "id", "/pds/v1/backups/{}"),
    "GetDataServiceDeployment": ("deployments", "orders", "id", "/pds/v1/dataServiceDeployments/{}"),
    "GetProject": ("projects", "shop", "project_id", "/core/v1/projects/{}"),
    "GetTargetCluster": ("clusters", "east", "id", "/core/v1/clusters/{}"),
    "GetTenant": ("tenants", "acme-engineering", "tenant_id", "/core/v1/tenants/{}"),
    "GetBackupLocation": ("backup_locations", "vault", "id", "/core/v1/backupLocations/{}"),
}
LISTS = {
    "ListDataServiceDeployments": "/pds/v1/dataServiceDeployments",
    "ListNamespaces": "/core/v1/namespaces",
    "ListProjects": "/core/v1/projects",
    "ListTargetClusters": "/core/v1/clusters",
    "ListBackupLocations": "/core/v1/backupLocations",
}


@pytest.fixture(scope="module")
def sim():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def fetch(sim):
    """Makes an HTTP request, and gives the status and what the answer's JSON says."""
    channel = sim.channel()
    descriptors = [service.descriptor for service in SERVICES]
    application = rest_gateway.app(channel, descriptors, own_address=rest_gateway.OwnAddress("127.0.0.1"))
    server = rest_gateway.HttpServer(application, "127.0.0.1", 0, end_calls=channel.close)
    connection = HTTPConnection(server.url.removeprefix("http://"), timeout=20)

    def fetch(method, path, body=None):
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    yield fetch
    connection.close()
    server.stop()


@pytest.mark.parametrize("method", GETS)
def test_one_is_the_same_over_http(sim, ask, fetch, method):
    collection, name, key, path = GETS[method]
    uid = getattr(sim.world, collection)[name].uid

    status, body = fetch("GET", path.format(uid))

    expected = ask(method, **{key: uid})
    assert status == 200
    assert json_format.ParseDict(body, type(expected)()) == expected


@pytest.mark.parametrize("method", LISTS)
def test_both_bindings_of_a_list_give_what_grpc_gives(ask, fetch, tenant, method):
    wanted = {"tenantId": tenant, "sort": {"sortBy": "NAME"}}

    searched = fetch("POST", f"{LISTS[method]}:search", wanted)
    listed = fetch("GET", f"{LISTS[method]}?tenantId={tenant}&sort.sortBy=NAME")

    expected = ask(method, tenant_id=tenant, sort={"sort_by": "NAME"})
    assert searched == listed
    assert searched[0] == 200
    assert json_format.ParseDict(searched[1], type(expected)()) == expected


def test_others_are_there_as_well(fetch, tenant):
    assert fetch("GET", "/core/v1/whoami")[1]["accounts"][0]["name"] == "acme"
    assert fetch("POST", "/core/v1/tenants:search", {})[1]["tenants"][0]["meta"]["uid"] == tenant
    counts = fetch("POST", "/pds/v1/dataServiceDeployments:kpis", {"tenantId": tenant})[1]
    assert counts["dataServiceDeploymentAvailableCount"] == 3


def test_what_is_not_there_is_404_and_what_was_deleted_is_gone(sim, fetch):
    uid = sim.world.create_backup("doomed", "carts").uid

    assert fetch("DELETE", f"/pds/v1/backups/{uid}") == (200, {})
    assert fetch("GET", f"/pds/v1/backups/{uid}")[0] == 404
    assert "doomed" not in sim.world.backups
