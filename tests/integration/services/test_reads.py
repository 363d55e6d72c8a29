"""The services around a restore show the entities of the world, alone and in lists."""

import dataclasses

import grpc
import pytest

from fakes import Namespace
from simulator import Simulator, Token, default_world, faults
from simulator.api import METHODS, selector_pb2

KINDS = {
    "GetBackup": ("backups", "orders-backup", "id"),
    "GetDataServiceDeployment": ("deployments", "orders", "id"),
    "GetProject": ("projects", "shop", "project_id"),
    "GetTargetCluster": ("clusters", "east", "id"),
    "GetTenant": ("tenants", "acme-engineering", "tenant_id"),
    "GetBackupLocation": ("backup_locations", "vault", "id"),
}
LISTS = {
    "ListBackups": ("backups", "backups"),
    "ListDataServiceDeployments": ("deployments", "data_service_deployments"),
    "ListNamespaces": ("namespaces", "namespaces"),
    "ListProjects": ("projects", "projects"),
    "ListTargetClusters": ("clusters", "clusters"),
    "ListTenants": ("tenants", "tenants"),
    "ListBackupLocations": ("backup_locations", "backup_locations"),
}
SECRETS = {"shop-team": "a", "analysts": "b"}


@pytest.fixture
def guarded():
    tokens = [
        Token("shop-team", secret="a", projects=["shop"]),  # noqa: S106  # it is none
        Token("analysts", secret="b", projects=["analytics"]),  # noqa: S106  # it is none
    ]
    with Simulator(world=dataclasses.replace(default_world(), tokens=tokens)) as simulator:
        yield simulator


@pytest.fixture
def names(ask, tenant):
    """Gives the names in a list."""

    def names(method, **fields):
        if "tenant_id" in METHODS[method].request.DESCRIPTOR.fields_by_name:
            fields.setdefault("tenant_id", tenant)
        return [item.meta.name for item in getattr(ask(method, **fields), LISTS[method][1])]

    return names


@pytest.mark.parametrize("method", KINDS)
def test_one_is_read_by_its_uid(ask, uid, method):
    collection, name, key = KINDS[method]

    found = ask(method, **{key: uid(collection, name)})

    assert (found.meta.uid, found.meta.name, found.meta.resource_version) == (uid(collection, name), name, "1")
    assert found.meta.create_time == found.meta.update_time
    assert found.meta.parent_reference.uid


@pytest.mark.parametrize("method", KINDS)
def test_a_name_in_place_of_a_uid_is_not_found_and_told_to_be_one(ask, uid, refusal_of, method):
    collection, name, key = KINDS[method]

    refused = refusal_of(lambda: ask(method, **{key: name}))

    assert (refused.code, refused.detail.resource_name) == (grpc.StatusCode.NOT_FOUND, name)
    assert uid(collection, name) in refused.message


@pytest.mark.parametrize("method", LISTS)
def test_all_are_listed_in_the_order_of_their_coming(sim, names, method):
    assert names(method) == list(getattr(sim.world, LISTS[method][0]))


@pytest.mark.parametrize("method", LISTS)
def test_pages_put_together_are_the_list(ask, names, tenant, method):
    fields = {"tenant_id": tenant} if "tenant_id" in METHODS[method].request.DESCRIPTOR.fields_by_name else {}
    total = len(names(method))

    pages = [
        ask(method, pagination={"page_number": number, "page_size": 2}, **fields) for number in range(1, total + 2)
    ]

    found = [item.meta.name for page in pages for item in getattr(page, LISTS[method][1])]
    assert found == names(method)
    assert {page.pagination.total_records for page in pages} == {total}
    assert pages[0].pagination.prev_page == -1


def test_lists_are_sorted_both_ways(names):
    by_name = names("ListBackups", sort={"sort_by": "NAME"})

    assert by_name == sorted(by_name)
    assert names("ListBackups", sort={"sort_by": "NAME", "sort_order": "DESC"}) == by_name[::-1]


def test_the_newest_backup_comes_first_when_asked_for(sim, names):
    sim.advance(60)
    sim.world.create_backup("new", "orders")

    assert names("ListBackups", sort={"sort_by": "CREATED_AT", "sort_order": "DESC"})[0] == "new"


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({"key": "meta.name", "op": "IN", "values": ["shop-prod", "nothing"]}, ["shop-prod"]),
        ({"key": "meta.name", "op": "NOT_IN", "values": ["shop-prod"]}, ["shop-staging", "analytics-prod"]),
        ({"key": "meta.name", "op": "LIKE", "values": ["-prod"]}, ["shop-prod", "analytics-prod"]),
        ({"key": "meta.name", "values": ["shop-staging"]}, ["shop-staging"]),
        ({"key": "status.phase", "values": ["AVAILABLE"]}, ["shop-prod", "shop-staging", "analytics-prod"]),
        ({"key": "meta.parentReference.type", "values": ["project"]}, []),
    ],
)
def test_namespaces_are_selected_by_fields(names, selector, expected):
    assert names("ListNamespaces", field_selector={"filters": [selector]}) == expected


def test_namespaces_are_selected_by_what_they_belong_to(names, uid):
    def of(kind, value, operator="IN"):
        wanted = {"resource_type": kind, "op": operator, "values": [value]}
        return names("ListNamespaces", infra_resource_selector={"infra_resource_filters": [wanted]})

    assert of("TARGET_CLUSTER", uid("clusters", "west")) == ["shop-staging", "analytics-prod"]
    assert of("PROJECT", uid("projects", "shop")) == ["shop-prod", "shop-staging"]
    assert of("PROJECT", uid("projects", "shop"), "NOT_IN") == ["analytics-prod"]


def test_nothing_has_labels_so_none_is_selected_by_one(names):
    assert names("ListNamespaces", label_selector={"filters": [{"key": "team", "values": ["a"]}]}) == []


def test_a_tenant_that_there_is_not_has_nothing(names):
    assert names("ListNamespaces", tenant_id="ten:nobody") == []


@pytest.mark.parametrize("method", ["ListNamespaces", "GetKeyPerformanceIndicators"])
def test_a_filter_for_what_there_is_not_is_refused_with_what_comes_close(ask, tenant, refusal_of, method):
    refused = refusal_of(
        lambda: ask(
            method,
            tenant_id=tenant,
            field_selector={"filters": [{"key": "meta.nam"}]},
            infra_resource_selector={"infra_resource_filters": [{}]},
        )
    )

    assert set(refused.violations) == {
        "field_selector.filters[0].key",
        "infra_resource_selector.infra_resource_filters[0].resource_type",
    }
    assert "'meta.name'" in refused.violations["field_selector.filters[0].key"]


def test_what_is_required_is_asked_for(ask, refusal_of):
    assert set(refusal_of(lambda: ask("ListTargetClusters")).violations) == {"tenant_id"}
    assert set(refusal_of(lambda: ask("ListDataServiceDeployments")).violations) == {"tenant_id"}


def test_so_much_of_each_record_is_answered_as_is_wanted(ask):
    index, lite, full = (ask("ListProjects", resp_data=wanted).projects[0] for wanted in ("INDEX", "LITE", "FULL"))

    assert [field.name for field, _ in index.meta.ListFields()] == ["uid", "name"]
    assert (lite.meta, lite.HasField("config"), lite.HasField("status")) == (full.meta, False, False)
    assert full == ask("ListProjects", resp_data=selector_pb2.RESP_DATA_UNSPECIFIED).projects[0]


def test_a_backup_tells_of_its_deployment_and_its_cloudsnap(ask, uid):
    backup = ask("GetBackup", id=uid("backups", "orders-backup"))

    assert backup.meta.parent_reference.uid == uid("deployments", "orders")
    assert (backup.status.Phase.Name(backup.status.phase), backup.status.file_size) == ("COMPLETED", 10 * 1024**3)
    about = backup.status.data_service_deployment_meta_data
    assert (about.name, about.namespace_name, about.target_cluster_name, about.data_service_name) == (
        "orders",
        "shop-prod",
        "east",
        "PostgreSQL",
    )


def test_backups_are_listed_by_deployment(names, uid):
    assert names("ListBackups", data_service_deployment_id=uid("deployments", "carts")) == ["carts-backup"]
    assert names("ListBackups", data_service_deployment_id="dep:nobody") == []
    assert names("ListBackups", backup_config_id="any") == []


def test_a_backup_has_its_times(sim, ask):
    start = sim.now
    sim.advance(60)
    backup = sim.world.create_backup("new", "orders")
    sim.advance(60)
    sim.world.complete_backup("new")

    status = ask("GetBackup", id=backup.uid).status

    assert (status.start_time.ToDatetime(start.tzinfo) - start).total_seconds() == 60
    assert (status.completion_time.ToDatetime(start.tzinfo) - start).total_seconds() == 120


def test_a_cluster_is_disconnected_during_an_outage(sim, ask, uid):
    phases = [ask("GetTargetCluster", id=uid("clusters", "east")).status.phase]
    sim.world.disconnect_cluster("east")
    phases.append(ask("GetTargetCluster", id=uid("clusters", "east")).status.phase)
    sim.world.reconnect_cluster("east")
    phases.append(ask("GetTargetCluster", id=uid("clusters", "east")).status.phase)

    assert phases == [1, 2, 1]


def test_a_backup_location_is_invalid_while_its_credentials_are_lost(sim, ask, uid):
    def validity():
        status = ask("GetBackupLocation", id=uid("backup_locations", "vault")).status
        return status.Validity.Name(status.validity)

    sim.world.lose_credentials("vault")
    assert validity() == "INVALID"
    sim.world.give_back_credentials("vault")
    assert validity() == "VALID"


def test_an_answer_from_before_the_start_shows_what_there_is_at_first(sim, ask, tenant):
    expected = ask("ListNamespaces", tenant_id=tenant)
    sim.advance(10)
    sim.world.add(Namespace("late", cluster="east", projects=["shop"]))
    sim.inject(faults.stale(60), method="ListNamespaces")

    assert ask("ListNamespaces", tenant_id=tenant) == expected


def test_a_stale_answer_tells_of_the_past(sim, ask, uid):
    sim.inject(faults.stale(30), method="GetBackupLocation")
    sim.advance(60)
    sim.world.lose_credentials("vault")

    before = ask("GetBackupLocation", id=uid("backup_locations", "vault"))
    sim.advance(31)

    assert (before.meta.resource_version, before.status.validity) == ("1", before.status.VALID)
    assert ask("GetBackupLocation", id=uid("backup_locations", "vault")).status.validity == before.status.INVALID


def test_a_rule_meets_what_a_call_names(sim, ask, uid, failure_of):
    sim.inject(faults.error("ABORTED"), method="BackupService/Get*", data_service="Redis")

    assert ask("GetBackup", id=uid("backups", "orders-backup"))
    assert failure_of(lambda: ask("GetBackup", id=uid("backups", "carts-backup"))).code() is grpc.StatusCode.ABORTED


@pytest.mark.parametrize(
    ("method", "seen"),
    [
        ("ListBackups", ["events-backup", "events-failed-backup"]),
        ("ListDataServiceDeployments", ["events"]),
        ("ListNamespaces", ["analytics-prod"]),
        ("ListProjects", ["analytics"]),
        ("ListTargetClusters", ["east", "west"]),
        ("ListTenants", ["acme-engineering"]),
        ("ListBackupLocations", ["vault"]),
    ],
)
def test_a_caller_sees_what_belongs_to_the_projects_of_the_token(guarded, ask_of, method, seen):
    request = METHODS[method].request.DESCRIPTOR.fields_by_name
    fields = {"tenant_id": guarded.world.tenants["acme-engineering"].uid} if "tenant_id" in request else {}

    found = ask_of(guarded, "b")(method, **fields)

    assert [item.meta.name for item in getattr(found, LISTS[method][1])] == seen


@pytest.mark.parametrize(("method", "name"), [("GetBackup", "orders-backup"), ("GetProject", "shop")])
def test_what_a_caller_may_not_see_is_not_found_and_not_even_hinted_at(guarded, ask_of, refusal_of, method, name):
    collection, _, key = KINDS[method]
    entity = getattr(guarded.world, collection)[name]

    for text in (entity.uid, name):
        refused = refusal_of(lambda text=text: ask_of(guarded, "b")(method, **{key: text}))
        assert (refused.code, refused.message.count(entity.uid)) == (grpc.StatusCode.NOT_FOUND, text.count(":"))


def test_who_calls_is_told_by_the_token(guarded, sim, ask, ask_of):
    response = ask_of(guarded, "a")("WhoAmI")

    assert (response.id, [account.name for account in response.accounts]) == ("shop-team", ["acme"])
    assert [account.id for account in ask("WhoAmI").accounts] == [sim.world.accounts["acme"].uid]


def test_who_brings_no_token_is_told_by_which_service(guarded, ask_of, refusal_of):
    refused = refusal_of(lambda: ask_of(guarded)("WhoAmI"))

    assert refused.code is grpc.StatusCode.UNAUTHENTICATED
    assert refused.detail.metadata["service"] == METHODS["WhoAmI"].service
