"""ListRestores filters, sorts and pages: every restore is on exactly one page, in an order that ties don't disturb."""

import dataclasses

import pytest

from fakes import ANYBODY, Account, Backup, BackupLocation, Cluster, Deployment, Namespace, Project, Tenant, World
from simulator import Simulator
from simulator.api import METHODS, pagination_pb2, restore_pb2, sort_pb2

SORT_KEYS = {
    "NAME": lambda restore: restore.meta.name,
    "CREATED_AT": lambda restore: restore.meta.create_time.ToNanoseconds(),
    "UPDATED_AT": lambda restore: restore.meta.update_time.ToNanoseconds(),
    "PHASE": lambda restore: restore.status.phase,
}
FILTERS = ("tenant_id", "project_id", "data_service_deployment_id", "backup_id")
INT64_MAX = 2**63 - 1


@pytest.fixture
def restores(sim, stub, create_request):
    """Restores with ties in every sort key: equal names, two at a time, several in the same phase."""
    rows = [
        ("delta", "shop-staging", "orders-backup"),
        ("alpha", "shop-prod", "carts-backup"),
        ("delta", "shop-prod", "orders-backup"),
        ("Beta", "shop-staging", "carts-backup"),
        ("alpha", "shop-staging", "orders-backup"),
        ("charlie 2", "shop-prod", "carts-backup"),
    ]
    created = []
    for number, (name, namespace, backup) in enumerate(rows):
        sim.advance(2 * (number % 2))
        created.append(stub.CreateRestore(create_request(name, namespace=namespace, backup=backup)))
    return [stub.GetRestore(restore_pb2.GetRestoreRequest(id=restore.meta.uid)) for restore in created]


@pytest.fixture
def listed(stub):
    """Lists with the fields of a request given: ``listed(backup_id=...)``."""
    return lambda **fields: stub.ListRestores(restore_pb2.ListRestoresRequest(**fields))


def uids(restores):
    return [restore.meta.uid for restore in restores]


def numbers(response):
    pagination = response.pagination
    return {field.name: getattr(pagination, field.name) for field in pagination.DESCRIPTOR.fields}


def sort(sort_by, sort_order="VALUE_UNSPECIFIED"):
    return sort_pb2.Sort(sort_by=sort_by, sort_order=sort_order)


def page(page_number=0, page_size=0):
    return pagination_pb2.PageBasedPaginationRequest(page_number=page_number, page_size=page_size)


def test_a_world_without_restores_has_an_empty_page(listed):
    response = listed()

    assert not response.restores
    assert numbers(response) == {
        "total_records": 0,
        "current_page": 1,
        "page_size": 50,
        "total_pages": 0,
        "next_page": -1,
        "prev_page": -1,
    }


def test_without_a_filter_or_a_sort_all_are_listed_in_the_order_of_their_creation(listed, restores):
    assert list(listed().restores) == restores


@pytest.mark.parametrize("order", ["VALUE_UNSPECIFIED", "ASC", "DESC"])
@pytest.mark.parametrize("field", SORT_KEYS)
def test_a_sort_orders_by_its_field_and_ties_by_creation(listed, restores, field, order):
    key = SORT_KEYS[field]
    keys = [key(restore) for restore in restores]
    assert 1 < len(set(keys)) < len(keys), "the restores have ties and differences"

    expected = sorted(restores, key=key, reverse=order == "DESC")  # stable in both directions
    assert uids(listed(sort=sort(field, order)).restores) == uids(expected)


@pytest.mark.parametrize(("order", "step"), [("VALUE_UNSPECIFIED", 1), ("ASC", 1), ("DESC", -1)])
def test_an_order_without_a_field_is_that_of_creation(listed, restores, order, step):
    assert uids(listed(sort=sort("FIELD_UNSPECIFIED", order)).restores) == uids(restores)[::step]


@pytest.mark.parametrize("field", SORT_KEYS)
def test_pages_of_a_sorted_list_never_overlap(listed, restores, field):
    pages = [listed(sort=sort(field, "DESC"), pagination=page(number, 4)).restores for number in (1, 2)]

    assert [len(found) for found in pages] == [4, 2]
    assert sorted(uids([*pages[0], *pages[1]])) == sorted(uids(restores))


def test_a_filter_by_tenant_lists_the_restores_in_its_projects(sim, listed, restores):
    assert uids(listed(tenant_id=sim.world.tenants["acme-engineering"].uid).restores) == uids(restores)


def two_tenants():
    """A world in which each tenant has one of everything, called after it."""
    names = ("red", "blue")
    return World(
        accounts=[Account("acme")],
        tenants=[Tenant(name) for name in names],
        projects=[Project(name, tenant=name) for name in names],
        clusters=[Cluster(name, tenant=name) for name in names],
        backup_locations=[BackupLocation(name, tenant=name) for name in names],
        namespaces=[Namespace(name, cluster=name, projects=[name]) for name in names],
        deployments=[Deployment(name, namespace=name, data_service="Kafka") for name in names],
        backups=[Backup(name, deployment=name, location=name) for name in names],
    )


def test_a_filter_by_tenant_leaves_out_the_restores_of_another_one(create_request_for, open_stub):
    with Simulator(world=two_tenants()) as sim:
        stub = open_stub(sim)
        created = {
            tenant: stub.CreateRestore(create_request_for(sim, backup=tenant, namespace=tenant, project=tenant))
            for tenant in ("red", "blue")
        }

        for tenant, restore in created.items():
            request = restore_pb2.ListRestoresRequest(tenant_id=sim.world.tenants[tenant].uid)
            assert uids(stub.ListRestores(request).restores) == [restore.meta.uid]


def test_of_two_filters_in_the_bytes_of_a_request_the_last_one_counts(sim, restores, open_channel):
    list_bytes = open_channel(sim).unary_unary(
        METHODS["ListRestores"].path,
        request_serializer=bytes,
        response_deserializer=restore_pb2.ListRestoresResponse.FromString,
    )
    backup = sim.world.backups["carts-backup"].uid
    by_project = restore_pb2.ListRestoresRequest(project_id=sim.world.projects["shop"].uid).SerializeToString()
    by_backup = restore_pb2.ListRestoresRequest(backup_id=backup).SerializeToString()
    of_the_backup = [restore for restore in restores if restore.config.source_references.backup_id == backup]

    assert uids(list_bytes(by_project + by_backup).restores) == uids(of_the_backup)
    assert uids(list_bytes(by_backup + by_project).restores) == uids(restores)


def test_a_filter_by_project_lists_the_restores_of_that_project(sim, stub, create_request, listed, restores):
    elsewhere = stub.CreateRestore(create_request(namespace="analytics-prod", project="analytics"))

    assert uids(listed(project_id=sim.world.projects["shop"].uid).restores) == uids(restores)
    assert uids(listed(project_id=sim.world.projects["analytics"].uid).restores) == [elsewhere.meta.uid]


def test_a_filter_by_backup_lists_the_restores_of_that_backup(sim, listed, restores):
    backup = sim.world.backups["carts-backup"]
    expected = [restore for restore in restores if restore.config.source_references.backup_id == backup.uid]

    assert uids(listed(backup_id=backup.uid).restores) == uids(expected)
    assert len(expected) == 3


def test_a_filter_by_deployment_matches_the_source(sim, listed, restores):
    orders = sim.world.deployments["orders"].uid
    expected = [
        restore for restore in restores if restore.config.source_references.data_service_deployment_id == orders
    ]

    assert uids(listed(data_service_deployment_id=orders).restores) == uids(expected)
    assert len(expected) == 3


@pytest.mark.parametrize("finished", [False, True], ids=["promised", "created"])
def test_a_filter_by_deployment_matches_the_restored_one(sim, listed, restores, finished):
    if finished:
        sim.advance_until(restores[5].meta.uid, "SUCCESSFUL")
    restored = restores[5].config.destination_references.data_service_deployment_id

    assert uids(listed(data_service_deployment_id=restored).restores) == [restores[5].meta.uid]


@pytest.mark.usefixtures("restores")
@pytest.mark.parametrize("uid", ["bkp:00000000-0000-4000-8000-000000000000", "orders-backup", "shop", "x"])
@pytest.mark.parametrize("field", FILTERS)
def test_an_unknown_identifier_selects_nothing(listed, field, uid):
    response = listed(**{field: uid})

    assert not response.restores
    assert numbers(response)["total_records"] == 0


@pytest.mark.parametrize("field", FILTERS)
def test_an_empty_identifier_is_no_filter(listed, restores, field):
    assert uids(listed(**{field: ""}).restores) == uids(restores)


def test_a_filter_a_sort_and_a_page_work_together(sim, listed, restores):
    backup = sim.world.backups["carts-backup"].uid

    response = listed(backup_id=backup, sort=sort("NAME", "DESC"), pagination=page(2, 2))

    assert [restore.meta.name for restore in response.restores] == ["Beta"]
    assert numbers(response)["total_records"] == 3
    assert restores[3] in response.restores


@pytest.mark.parametrize(
    ("number", "size", "found", "total_pages", "next_page", "prev_page"),
    [
        (1, 4, slice(0, 4), 2, 2, -1),
        (2, 4, slice(4, 6), 2, -1, 1),
        (1, 6, slice(0, 6), 1, -1, -1),
        (1, 7, slice(0, 6), 1, -1, -1),
        (2, 2, slice(2, 4), 3, 3, 1),
        (3, 2, slice(4, 6), 3, -1, 2),
        (6, 1, slice(5, 6), 6, -1, 5),
        (2, 6, slice(6, 6), 1, -1, 1),
    ],
)
def test_a_page_tells_where_it_stands(listed, restores, number, size, found, total_pages, next_page, prev_page):  # noqa: PLR0913, PLR0917  # a row of the table
    response = listed(pagination=page(number, size))

    assert uids(response.restores) == uids(restores[found])
    assert numbers(response) == {
        "total_records": 6,
        "current_page": number,
        "page_size": size,
        "total_pages": total_pages,
        "next_page": next_page,
        "prev_page": prev_page,
    }


@pytest.mark.usefixtures("restores")
@pytest.mark.parametrize("number", [3, 1_000_000, INT64_MAX])
def test_a_page_past_the_end_is_empty_with_true_totals(listed, number):
    response = listed(pagination=page(number, 4))

    assert not response.restores
    found = numbers(response)
    assert (found["total_records"], found["total_pages"], found["next_page"]) == (6, 2, -1)
    assert found["current_page"] == number


def test_pages_can_be_followed_forwards_and_backwards(listed, restores):
    forwards, number = [], 1
    while number != -1:
        response = listed(pagination=page(number, 1))
        forwards += uids(response.restores)
        last, number = number, response.pagination.next_page
    backwards, number = [], last
    while number != -1:
        response = listed(pagination=page(number, 1))
        backwards += uids(response.restores)
        number = response.pagination.prev_page

    assert forwards == uids(restores)
    assert backwards == forwards[::-1]


def test_page_number_zero_is_the_first_page(listed, restores):
    response = listed(pagination=page(0, 4))

    assert uids(response.restores) == uids(restores[:4])
    assert response.pagination.current_page == 1


@pytest.fixture
def thousand_and_one_restores(sim, stub, create_request):
    order = sim.world.restores[stub.CreateRestore(create_request()).meta.uid].spec
    with sim.session as world:
        for number in range(1000):
            world.create_restore(dataclasses.replace(order, name=f"copy {number}"), ANYBODY)


@pytest.mark.usefixtures("thousand_and_one_restores")
@pytest.mark.parametrize(("asked", "given"), [(0, 50), (1000, 1000), (1001, 1000), (INT64_MAX, 1000)])
def test_the_page_size_has_a_default_and_a_cap(listed, asked, given):
    response = listed(pagination=page(1, asked))

    assert len(response.restores) == given
    assert numbers(response) == {
        "total_records": 1001,
        "current_page": 1,
        "page_size": given,
        "total_pages": -(-1001 // given),
        "next_page": 2,
        "prev_page": -1,
    }


@pytest.mark.parametrize("number", [-1, -(2**63)])
def test_negative_pages_are_refused_both_at_once(stub, refusal, number):
    request = restore_pb2.ListRestoresRequest(pagination=page(number, number))

    assert set(refusal(stub.ListRestores, request).violations) == {"pagination.page_number", "pagination.page_size"}
