"""The product's own Python SDK, which speaks REST, works against the HTTP port."""

import json
import re
from itertools import pairwise

import portworxapis
import pytest
from portworxapis.api.restore_service_api import RestoreServiceApi
from portworxapis.exceptions import ApiException
from portworxapis.models import RestoreServiceCreateRestoreBody, RestoreServiceRecreateRestoreBody

from simulator import Simulator, faults
from simulator.transports.rest_gateway import OwnAddress, serving_http

DOOMED = faults.rule(
    faults.fail("FAILED_BACKUP_CREDENTIAL_SYNC", message="no credentials"), phase="PENDING", restore="doomed*"
)


@pytest.fixture(scope="module")
def served():
    """A simulator with an HTTP port, and the client of the SDK."""
    with (
        Simulator(rules=[DOOMED], listen=False, strict=False) as running,
        serving_http(running.channel(), OwnAddress("127.0.0.1")) as url,
        portworxapis.ApiClient(portworxapis.Configuration(host=url)) as client,
    ):
        yield running, client
        client.rest_client.pool_manager.clear()


@pytest.fixture
def simulator(served):
    served[0].reset()
    return served[0]


@pytest.fixture
def restores(served):
    return RestoreServiceApi(served[1])


@pytest.fixture
def uid(simulator):
    """Gives the uid of an entity of the world."""
    return lambda kind, name: getattr(simulator.world, kind)[name].uid


@pytest.fixture
def create(restores, uid):
    def make(name, backup="orders-backup", namespace="shop-staging", project="shop"):
        body = RestoreServiceCreateRestoreBody.from_dict(
            {
                "projectId": uid("projects", project),
                "restore": {
                    "meta": {"name": name},
                    "config": {"sourceReferences": {"backupId": uid("backups", backup)}},
                },
            }
        )
        return restores.restore_service_create_restore(uid("namespaces", namespace), body)

    return make


def test_it_creates_a_restore_and_polls_it_to_its_end(simulator, restores, create):
    created = create("orders-copy")
    assert (created.meta.name, created.status.phase.value) == ("orders-copy", "INITIALIZING")
    assert created.config.destination_references.data_service_deployment_id.startswith("dep:")

    simulator.advance_until(created.meta.uid, "SUCCESSFUL")

    restore = restores.restore_service_get_restore(created.meta.uid)
    assert restore.status.phase.value == "SUCCESSFUL"
    assert restore.status.completed_at > restore.status.started_at > created.meta.create_time


@pytest.fixture
def several(simulator, create):
    """Restores of two projects; one has failed."""
    made = [create(name) for name in ("charlie", "alpha", "doomed")]
    made += [create("bravo", backup="events-backup", namespace="analytics-prod", project="analytics")]
    simulator.advance(60)
    return {restore.meta.name: restore.meta.uid for restore in made}


def names(listed):
    return [restore.meta.name for restore in listed.restores]


@pytest.mark.parametrize(
    ("by", "kind", "name", "expected"),
    [
        ("tenant_id", "tenants", "acme-engineering", ["charlie", "alpha", "doomed", "bravo"]),
        ("project_id", "projects", "analytics", ["bravo"]),
        ("data_service_deployment_id", "deployments", "events", ["bravo"]),
        ("backup_id", "backups", "orders-backup", ["charlie", "alpha", "doomed"]),
    ],
)
@pytest.mark.usefixtures("several")
def test_it_lists_with_every_filter(restores, uid, by, kind, name, expected):
    assert names(restores.restore_service_list_restores(**{by: uid(kind, name)})) == expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("NAME", ["alpha", "bravo", "charlie", "doomed"]),
        ("CREATED_AT", ["charlie", "alpha", "doomed", "bravo"]),
        ("UPDATED_AT", None),
        ("PHASE", None),
    ],
)
def test_it_lists_with_every_sort(several, restores, by, expected):
    ascending = restores.restore_service_list_restores(sort_sort_by=by, sort_sort_order="ASC")
    descending = restores.restore_service_list_restores(sort_sort_by=by, sort_sort_order="DESC")

    assert sorted(names(ascending)) == sorted(names(descending)) == sorted(several)
    if expected is not None:
        assert names(ascending) == expected
    if by == "UPDATED_AT":
        assert all(one.meta.update_time <= next_.meta.update_time for one, next_ in pairwise(ascending.restores))
        assert all(one.meta.update_time >= next_.meta.update_time for one, next_ in pairwise(descending.restores))
    if by == "PHASE":
        assert names(ascending)[-1] == names(descending)[0] == "doomed"  # FAILED is the last phase


@pytest.mark.usefixtures("several")
def test_it_reads_page_by_page(restores):
    pages = [
        restores.restore_service_list_restores(
            sort_sort_by="NAME", pagination_page_number=str(number), pagination_page_size="3"
        )
        for number in (1, 2)
    ]

    assert [names(page) for page in pages] == [["alpha", "bravo", "charlie"], ["doomed"]]
    assert (pages[0].pagination.next_page, pages[1].pagination.next_page) == ("2", "-1")
    assert pages[0].pagination.total_records == "4"


def test_it_recreates_a_failed_restore(several, restores, uid):
    failed = restores.restore_service_get_restore(several["doomed"])
    assert (failed.status.error_code.value, failed.status.error_message) == (
        "FAILED_BACKUP_CREDENTIAL_SYNC",
        "no credentials",
    )

    again = restores.restore_service_recreate_restore(
        several["doomed"],
        RestoreServiceRecreateRestoreBody(
            name="doomed-again", project_id=uid("projects", "shop"), namespace_id=uid("namespaces", "shop-staging")
        ),
    )

    assert again.meta.uid != several["doomed"]
    assert again.config.source_references == failed.config.source_references


def failure_of(call, *arguments, **options):
    with pytest.raises(ApiException) as caught:
        call(*arguments, **options)
    return caught.value.status, json.loads(caught.value.body)["code"]


def test_it_reads_errors(restores, create):
    create("orders-copy")

    assert failure_of(restores.restore_service_get_restore, "rst:none") == (404, 5)
    assert failure_of(restores.restore_service_list_restores, sort_sort_by="SIZE") == (400, 3)
    assert failure_of(create, "orders-copy") == (409, 6)
    assert failure_of(create, "another", backup="orders-running-backup") == (400, 9)


def test_its_token_and_account_arrive(simulator, restores):
    headers = {"authorization": "Bearer secret", "px-account-id": "acc:1"}

    restores.restore_service_list_restores(_headers=headers)

    [call] = simulator.calls
    arrived = dict(call.metadata)
    assert (arrived["px-account-id"], "authorization" in arrived) == ("acc:1", True)  # the token itself is not kept


READS = {
    "backup": ("BackupService", "backup_service_get_backup", "backups", "orders-backup"),
    "deployment": (
        "DataServiceDeploymentService",
        "data_service_deployment_service_get_data_service_deployment",
        "deployments",
        "orders",
    ),
    "project": ("ProjectService", "project_service_get_project", "projects", "shop"),
    "cluster": ("TargetClusterService", "target_cluster_service_get_target_cluster", "clusters", "east"),
    "tenant": ("TenantService", "tenant_service_get_tenant", "tenants", "acme-engineering"),
    "location": ("BackupLocationService", "backup_location_service_get_backup_location", "backup_locations", "vault"),
}
LISTS = {
    "NamespaceService": ("list_namespaces", "namespaces", ["shop-staging", "shop-prod", "analytics-prod"]),
    "ProjectService": ("list_projects", "projects", ["shop", "analytics"]),
    "TargetClusterService": ("list_target_clusters", "clusters", ["west", "east"]),
    "BackupLocationService": ("list_backup_locations", "backup_locations", ["vault"]),
}


@pytest.fixture
def call(served):
    """Calls a method of a service of the SDK."""
    return lambda service, method, *given, **named: getattr(getattr(portworxapis, f"{service}Api")(served[1]), method)(
        *given, **named
    )


@pytest.mark.parametrize("kind", READS)
def test_it_reads_what_a_restore_needs(call, uid, kind):
    service, method, collection, name = READS[kind]

    found = call(service, method, uid(collection, name))

    assert (found.meta.name, found.meta.uid) == (name, uid(collection, name))


@pytest.mark.parametrize("service", LISTS)
def test_it_lists_what_is_around_a_restore(call, uid, service):
    method, members, expected = LISTS[service]
    prefix = re.sub("(?<=[a-z])(?=[A-Z])", "_", service).lower()
    name = {"tenant_id": uid("tenants", "acme-engineering"), "sort_sort_by": "NAME", "sort_sort_order": "DESC"}

    listed = getattr(call(service, f"{prefix}_{method}", **name), members)

    assert [resource.meta.name for resource in listed] == expected


def test_it_lists_the_backups_of_a_deployment_and_sees_who_calls(call, uid):
    listed = call(
        "BackupService", "backup_service_list_backups", data_service_deployment_id=uid("deployments", "orders")
    )

    assert sorted(backup.meta.name for backup in listed.backups) == [
        "orders-backup",
        "orders-legacy-backup",
        "orders-running-backup",
    ]
    assert call("WhoAmIService", "who_am_i_service_who_am_i").accounts[0].name == "acme"


@pytest.mark.parametrize(
    ("service", "method", "request_type", "members", "expected"),
    [
        (
            *("NamespaceService", "namespace_service_list_namespaces2"),
            *(portworxapis.V1ListNamespacesRequest, "namespaces", ["shop-prod", "shop-staging"]),
        ),
        (
            *("DataServiceDeploymentService", "data_service_deployment_service_list_data_service_deployments"),
            *(portworxapis.V1ListDataServiceDeploymentsRequest, "data_service_deployments", ["orders"]),
        ),
    ],
)
def test_it_lists_with_selectors(call, uid, service, method, request_type, members, expected):
    selector = {"filters": [{"key": "meta.name", "op": "LIKE", "values": ["shop", "order"]}]}
    request = request_type.from_dict({"tenantId": uid("tenants", "acme-engineering"), "fieldSelector": selector})

    listed = getattr(call(service, method, request), members)

    assert [resource.meta.name for resource in listed] == expected
