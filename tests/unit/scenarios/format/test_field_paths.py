"""A path leads to a field of a message; a wrong one is refused before a call is made, with what comes close."""

import pytest

from scenarios.format.field_paths import FieldPathError, check_path, is_set, read_path
from simulator.api import restore_pb2

RESTORE = restore_pb2.Restore.DESCRIPTOR
LIST = restore_pb2.ListRestoresResponse.DESCRIPTOR
MATRIX = restore_pb2.RestorabilityMatrix.DESCRIPTOR


@pytest.fixture
def restore():
    message = restore_pb2.Restore(
        meta={"name": "abc", "labels": {"team": "checkout", "example.com/team.name": "dotted", "empty": ""}},
        status={"phase": restore_pb2.FAILED},
    )
    message.meta.create_time.FromJsonString("2025-01-01T00:00:03.000250Z")
    return message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("meta.name", "abc"),
        ("meta.description", ""),
        ("meta.labels.team", "checkout"),
        ("meta.labels.example.com/team.name", "dotted"),
        ("meta.labels.empty", ""),
        ("meta.labels.nobody", None),
        ("meta.create_time", "2025-01-01T00:00:03.000250Z"),
        ("meta.update_time", None),
        ("status.phase", "FAILED"),
        ("status.error_code", "ERROR_CODE_UNSPECIFIED"),
        ("config.custom_resource_name", None),
        ("config", None),
    ],
)
def test_a_field_is_read(restore, path, value):
    assert read_path(restore, path) == value


def test_a_whole_message_is_read_as_it_is(restore):
    assert read_path(restore, "status") == restore.status


def test_fields_of_lists_and_maps_of_messages_are_read():
    page = restore_pb2.ListRestoresResponse(restores=[{"meta": {"name": "a"}}, {"meta": {"name": "b"}}])
    page.pagination.total_records = 7
    matrix = restore_pb2.RestorabilityMatrix()
    matrix.conditions["Kafka"].conditions.add(backup={"backup": "v2"})

    assert read_path(page, "restores.1.meta.name") == "b"
    assert read_path(page, "restores.2.meta.name") is None
    assert read_path(page, "pagination.total_records") == 7
    assert read_path(matrix, "conditions.Kafka.conditions.0.backup.backup") == "v2"
    assert read_path(matrix, "conditions.Redis.conditions.0.backup.backup") is None
    assert list(matrix.conditions) == ["Kafka"]  # asking has not made an entry


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("meta.name", True),
        ("meta.description", False),
        ("meta.create_time", True),
        ("meta.update_time", False),
        ("meta.labels.team", True),
        ("meta.labels.empty", False),
        ("meta.labels.nobody", False),
        ("status", True),
        ("status.phase", True),
        ("status.error_code", False),
        ("config", False),
    ],
)
def test_what_has_its_default_is_not_set(restore, path, expected):
    assert is_set(restore, path) is expected


@pytest.mark.parametrize(
    ("descriptor", "path", "message"),
    [
        (RESTORE, "", "Restore has no field ''; expected one of 'meta', 'config', 'status'"),
        (RESTORE, "stauts.phase", "Restore has no field 'stauts'; did you mean 'status'?"),
        (RESTORE, "status.phse", "Status has no field 'phse'; did you mean 'phase'?"),
        (RESTORE, "status.", "Status has no field ''; expected one of 'started_at', 'completed_at', 'error_code'"),
        (RESTORE, "status.phase.name", "'status.phase' is a single value; nothing can follow it"),
        (RESTORE, "meta.create_time.seconds", "'meta.create_time' is a single value; nothing can follow it"),
        (RESTORE, "status", "'status' is a whole message; expected the path of a field in it"),
        (RESTORE, "meta.labels", "'meta.labels' is a whole list or map; expected the path of one field in it"),
        (LIST, "restores", "'restores' is a whole list or map; expected the path of one field in it"),
        (LIST, "restores.0", "'restores' is a whole message; expected the path of a field in it"),
        (LIST, "restores.first.meta.name", "'restores' is a list; expected an index from 0, found 'first'"),
        (LIST, "restores.-1.meta.name", "'restores' is a list; expected an index from 0, found '-1'"),
        (LIST, "restores.²", "'restores' is a list; expected an index from 0, found '²'"),
        (LIST, "restores.9999999.meta", "'restores' is a list; expected an index from 0, found '9999999'"),
        (LIST, "meta.name", "ListRestoresResponse has no field 'meta'; expected one of 'restores', 'pagination'"),
        (MATRIX, "conditions.Kafka", "'conditions' is a whole message; expected the path of a field in it"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_with_what_comes_close(descriptor, path, message):
    with pytest.raises(FieldPathError) as caught:
        check_path(descriptor, path, "x")

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("status.phase", "SUCCESSFUL"),
        ("status.phase", 7),
        ("status.phase", None),
        ("meta.name", "anything"),
        ("meta.create_time", "anything"),
        ("meta.labels.any.key", "anything"),
    ],
)
def test_a_path_that_leads_somewhere_is_fine(path, expected):
    check_path(RESTORE, path, expected)


def test_a_value_that_an_enum_does_not_have_is_refused_with_the_nearest():
    with pytest.raises(FieldPathError, match=r"^'SUCESSFUL' is no Phase; did you mean 'SUCCESSFUL'"):
        check_path(RESTORE, "status.phase", "SUCESSFUL")


@pytest.mark.parametrize("path", ["status", "config.source_references"])
def test_a_whole_message_is_fine_where_only_its_presence_counts(path):
    check_path(RESTORE, path, whole=True)
