"""Values of the world become messages and messages become values, without losing or inventing anything."""

import pytest

from fakes.history.listing import ListBy, ListQuery, Page, SortBy
from simulator import Condition
from simulator.api import restore_pb2, sort_pb2
from simulator.services.conversions import to_list_response, to_matrix, to_query, to_spec, unknown_fields

FIELD_4_OF_CONFIG = b"\x22\x03new"


def with_unknown(message, extra):
    return type(message).FromString(message.SerializeToString() + extra)


@pytest.fixture
def restore():
    return restore_pb2.Restore(
        meta={"name": "orders-copy", "labels": {"a": "b"}, "create_time": {"seconds": 1}},
        config={"source_references": {"backup_id": "bkp:x"}, "custom_resource_name": "x"},
        status={"phase": 8, "error_message": "x"},
    )


def test_known_fields_are_not_unknown_fields(restore):
    assert unknown_fields(restore) == b""


def test_unknown_fields_are_kept_at_their_depth(restore):
    restore.config.CopyFrom(with_unknown(restore.config, FIELD_4_OF_CONFIG))

    kept = restore_pb2.Restore.FromString(unknown_fields(restore))

    assert kept.config.SerializeToString() == FIELD_4_OF_CONFIG
    assert [field.name for field, _ in kept.ListFields()] == ["config"]


def test_looking_for_unknown_fields_leaves_the_message_alone(restore):
    before = restore.SerializeToString(deterministic=True)

    unknown_fields(restore)

    assert restore.SerializeToString(deterministic=True) == before


def test_an_order_holds_what_the_caller_may_ask_for(restore):
    order = to_spec(restore_pb2.CreateRestoreRequest(namespace_id="nam:x", project_id="prj:x", restore=restore))

    assert (order.name, order.namespace, order.project, order.backup) == ("orders-copy", "nam:x", "prj:x", "bkp:x")
    assert (order.labels, order.annotations, order.unknown_fields) == ({"a": "b"}, {}, b"")


def test_an_empty_request_asks_for_the_first_page_of_everything():
    assert to_query(restore_pb2.ListRestoresRequest()) == ListQuery(page_number=1, page_size=50)


@pytest.mark.parametrize(
    ("field", "list_by"),
    [
        ("tenant_id", ListBy.TENANT),
        ("project_id", ListBy.PROJECT),
        ("data_service_deployment_id", ListBy.DEPLOYMENT),
        ("backup_id", ListBy.BACKUP),
    ],
)
def test_a_filter_is_set_unless_it_is_empty(field, list_by):
    assert to_query(restore_pb2.ListRestoresRequest(**{field: "x"})) == ListQuery(list_by=list_by, uid="x")
    assert to_query(restore_pb2.ListRestoresRequest(**{field: ""})) == ListQuery()


@pytest.mark.parametrize(("order", "descending"), [("VALUE_UNSPECIFIED", False), ("ASC", False), ("DESC", True)])
@pytest.mark.parametrize("field", [known.name for known in SortBy])
def test_a_sort_has_a_field_and_a_direction(field, order, descending):
    query = to_query(restore_pb2.ListRestoresRequest(sort=sort_pb2.Sort(sort_by=field, sort_order=order)))

    assert query == ListQuery(sort_by=SortBy[field], descending=descending)


@pytest.mark.parametrize(("next_page", "previous_page"), [(None, None), (3, 1)])
def test_a_page_that_is_not_there_has_the_number_minus_one(next_page, previous_page):
    page = Page([], 0, 2, 50, 3, next_page, previous_page)

    pagination = to_list_response(page).pagination

    assert (pagination.next_page, pagination.prev_page) == (next_page or -1, previous_page or -1)


def test_a_data_service_without_conditions_is_in_the_matrix_all_the_same():
    matrix = to_matrix({"MySQL": [], "Redis": [Condition(backup={"backup": "v2"})]})

    assert {name: len(listed.conditions) for name, listed in matrix.conditions.items()} == {"MySQL": 0, "Redis": 1}
