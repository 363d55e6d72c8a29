"""What came back is compared with what was expected; each difference is told with both."""

import grpc
import pytest

from scenarios.format.expectations import Expectation
from scenarios.running.answers import Answer, ask, complaints
from simulator.api import restore_pb2

START = 1_735_689_600_000_000  # 2025-01-01T00:00:00Z


@pytest.fixture
def restore():
    message = restore_pb2.Restore(
        meta={"name": "abc", "labels": {"team": "checkout"}},
        status={"phase": restore_pb2.FAILED, "error_message": "went wrong"},
    )
    message.status.completed_at.FromJsonString("2025-01-01T00:01:02.400Z")
    return message


@pytest.fixture
def complaints_about():
    def find(answer, **expected) -> list[str]:
        return list(complaints(Expectation.model_validate(expected), answer, start_microseconds=START))

    return find


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("meta.name", "abc"),
        ("meta.description", ""),
        ("meta.labels.team", "checkout"),
        ("status.phase", "FAILED"),
        ("status.completed_at", "2025-01-01T00:01:02.400000Z"),
        ("status.completed_at", {"at": "62.4s"}),
        ("status.completed_at", {"at": 62.4, "present": True}),
        ("status.error_message", {"matches": "went .*"}),
        ("status.error_message", {"matches": "[a-z ]+", "one_of": ["went wrong", "went right"]}),
        ("status.phase", {"one_of": ["FAILED", "SUCCESSFUL"]}),
        ("status.started_at", {"present": False}),
        ("status.error_code", {"present": False}),
        ("status", {"present": True}),
        ("config", {"present": False}),
        ("meta.labels.nobody", {"present": False}),
        ("meta.labels.nobody", {"matches": ""}),
    ],
)
def test_a_field_is_as_expected(complaints_about, restore, path, expected):
    assert complaints_about(Answer("OK", response=restore), fields={path: expected}) == []


@pytest.mark.parametrize(
    ("path", "expected", "complaint"),
    [
        ("meta.name", "abd", "expected 'abd', found 'abc'"),
        ("meta.name", 7, "expected 7, found 'abc'"),
        ("status.phase", 8, "expected 8, found 'FAILED'"),
        ("status.started_at", "x", "expected 'x', found nothing"),
        ("status.started_at", {"present": True}, "expected something, found nothing"),
        ("status.started_at", {"at": "3s"}, "expected '2025-01-01T00:00:03.000000Z', found nothing"),
        ("status.error_code", {"present": True}, "expected something, found 'ERROR_CODE_UNSPECIFIED'"),
        ("meta.name", {"present": False}, "expected nothing, found 'abc'"),
        ("status", {"present": False}, "expected nothing, found a Status"),
        ("config", {"present": True}, "expected something, found nothing"),
        ("meta.name", {"matches": "b"}, "expected what matches 'b', found 'abc'"),
        ("meta.labels.nobody", {"matches": ".+"}, "expected what matches '.+', found nothing"),
        (
            "status.completed_at",
            {"at": "62s"},
            "expected '2025-01-01T00:01:02.000000Z', found '2025-01-01T00:01:02.400000Z'",
        ),
        ("meta.name", {"one_of": ["x", 1]}, "expected one of ['x', 1], found 'abc'"),
    ],
)
def test_a_field_that_is_not_as_expected_is_told_with_what_was_found(
    complaints_about, restore, path, expected, complaint
):
    found = complaints_about(Answer("OK", response=restore), fields={path: expected})

    assert found == [f"{path}: {complaint}"]


def test_every_key_of_a_matcher_has_to_hold(complaints_about, restore):
    matcher = {"present": False, "matches": "x", "one_of": ["y"], "at": 0}

    assert complaints_about(Answer("OK", response=restore), fields={"meta.name": matcher}) == [
        "meta.name: expected nothing, found 'abc'",
        "meta.name: expected what matches 'x', found 'abc'",
        "meta.name: expected '2025-01-01T00:00:00.000000Z', found 'abc'",
        "meta.name: expected one of ['y'], found 'abc'",
    ]


@pytest.mark.parametrize(("expected", "found"), [(True, 1), (False, 0), ({"one_of": [True]}, 1)])
def test_a_number_is_not_true_or_false(complaints_about, expected, found):
    page = restore_pb2.ListRestoresResponse()
    page.pagination.total_records = found

    [complaint] = complaints_about(Answer("OK", response=page), fields={"pagination.total_records": expected})

    assert complaint.endswith(f", found {found}")


def test_a_number_is_equal_however_it_is_written(complaints_about):
    page = restore_pb2.ListRestoresResponse()
    page.pagination.total_records = 4

    for expected in (4, 4.0, {"one_of": [3, 4]}):
        assert complaints_about(Answer("OK", response=page), fields={"pagination.total_records": expected}) == []


def test_the_names_of_a_page_are_compared_in_their_order(complaints_about):
    page = Answer("OK", response=restore_pb2.ListRestoresResponse(restores=[{"meta": {"name": name}} for name in "ab"]))

    assert complaints_about(page, names=["a", "b"]) == []
    assert complaints_about(page, names=["b", "a"]) == ["expected the restores ['b', 'a'], found ['a', 'b']"]
    assert complaints_about(page, names=[]) == ["expected the restores [], found ['a', 'b']"]


def test_another_code_is_all_that_is_told(complaints_about, restore):
    refused = Answer("NOT_FOUND", "restore 'x' not found")

    assert complaints_about(refused) == ["expected code OK, found NOT_FOUND: restore 'x' not found"]
    assert complaints_about(refused, code="INTERNAL", message="y") == [
        "expected code INTERNAL, found NOT_FOUND: restore 'x' not found"
    ]
    assert complaints_about(Answer("OK", response=restore), code="NOT_FOUND") == ["expected code NOT_FOUND, found OK"]


def test_the_message_of_a_status_contains_a_text(complaints_about):
    refused = Answer("NOT_FOUND", "restore 'x' not found")

    assert complaints_about(refused, code="NOT_FOUND", message="'x'") == []
    assert complaints_about(refused, code="NOT_FOUND", message="'y'") == [
        "expected a message with \"'y'\", found \"restore 'x' not found\""
    ]


def test_violations_are_all_and_none_else(complaints_about):
    refused = Answer("INVALID_ARGUMENT", "", violations={"name": "is required, but missing", "page": "is -1"})

    def found(violations):
        return complaints_about(refused, code="INVALID_ARGUMENT", violations=violations)

    assert found({"name": "required", "page": ""}) == []
    assert found({"name": "required", "page": "-2"}) == ["expected the violation of 'page' to say '-2', found 'is -1'"]
    assert found({"name": "required"}) == ["expected no violation of 'page', found 'is -1'"]
    assert found({"name": "", "page": "", "size": ""}) == ["expected a violation of 'size', found ['name', 'page']"]


def test_the_violations_of_a_refused_request_are_kept_by_their_field(stub):
    answer = ask(lambda: stub.CreateRestore(restore_pb2.CreateRestoreRequest()))

    assert answer.code == "INVALID_ARGUMENT"
    assert answer.message.startswith("invalid request: ")
    assert str(answer) == f"INVALID_ARGUMENT: {answer.message}"
    # required, and of the wrong length too: one field with two violations
    assert answer.violations["restore.meta.name"].startswith("'' has 0 characters")
    assert answer.violations["namespace_id"] == "is required, but missing"


def test_the_violations_of_a_precondition_are_kept_by_their_type(stub, create_request):
    answer = ask(lambda: stub.CreateRestore(create_request(backup="events-failed-backup")))

    assert (answer.code, answer.response) == ("FAILED_PRECONDITION", None)
    assert set(answer.violations) == {"BACKUP_NOT_COMPLETED"}


def test_several_violations_of_one_field_are_all_kept(stub, create_request):
    answer = ask(lambda: stub.CreateRestore(create_request(labels={"_": "?"})))

    assert set(answer.violations) == {"restore.meta.labels['_']"}
    key, value = answer.violations["restore.meta.labels['_']"].split("; ", 1)
    assert "'_' has 1 characters" in key
    assert "'?' is not valid" in value


def test_a_status_without_details_has_no_violations(sim):
    unknown = sim.channel().unary_unary("/public.portworx.pds.restore.v1.RestoreService/Nothing")

    answer = ask(lambda: unknown(b""))

    assert (answer.code, answer.violations) == (grpc.StatusCode.UNIMPLEMENTED.name, {})
