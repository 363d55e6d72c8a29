"""Each error becomes one status: its code, its message, and the detail that explains it to programs."""

import grpc
import pytest

from fakes.world.errors import AccessDenied, AlreadyExists, NotFound, PreconditionsFailed, Violation, WorldError
from simulator.api import SERVICE, error_details_pb2
from simulator.rpc.errors import CallCancelled, FieldViolation, InvalidRequest, Unauthenticated
from simulator.rpc.status import DETAILS_BYTES_MAX, TEXT_BYTES_MAX, CallFailed, translating_errors

ROWS = [
    (
        InvalidRequest([FieldViolation("restore.meta.name", "is wrong"), FieldViolation("project_id", "is missing")]),
        grpc.StatusCode.INVALID_ARGUMENT,
        error_details_pb2.BadRequest(
            field_violations=[
                {"field": "restore.meta.name", "description": "is wrong"},
                {"field": "project_id", "description": "is missing"},
            ]
        ),
    ),
    (
        NotFound("backup", "bkp:x", "that is a name"),
        grpc.StatusCode.NOT_FOUND,
        error_details_pb2.ResourceInfo(
            resource_type="backup", resource_name="bkp:x", description="backup 'bkp:x' not found: that is a name"
        ),
    ),
    (
        AccessDenied("guest", "source", "prj:x", "shop"),
        grpc.StatusCode.PERMISSION_DENIED,
        error_details_pb2.ErrorInfo(
            reason="SOURCE_PROJECT_ACCESS_DENIED",
            domain="restore.pds.portworx.com",
            metadata={"project_id": "prj:x", "project": "shop", "caller": "guest"},
        ),
    ),
    (
        PreconditionsFailed([Violation("ONE", "nam:x", "no first"), Violation("TWO", "bkp:x", "no second")]),
        grpc.StatusCode.FAILED_PRECONDITION,
        error_details_pb2.PreconditionFailure(
            violations=[
                {"type": "ONE", "subject": "nam:x", "description": "no first"},
                {"type": "TWO", "subject": "bkp:x", "description": "no second"},
            ]
        ),
    ),
    (
        AlreadyExists("restore", "orders-copy", "rst:x", "namespace 'prod'"),
        grpc.StatusCode.ALREADY_EXISTS,
        error_details_pb2.ResourceInfo(
            resource_type="restore",
            resource_name="rst:x",
            description="a live restore named 'orders-copy' (rst:x) exists in namespace 'prod'",
        ),
    ),
    (
        Unauthenticated("TOKEN_MISSING", "bring one", SERVICE),
        grpc.StatusCode.UNAUTHENTICATED,
        error_details_pb2.ErrorInfo(
            reason="TOKEN_MISSING",
            domain="restore.pds.portworx.com",
            metadata={"service": SERVICE},
        ),
    ),
]


@pytest.fixture
def failing_with(make_call, answer):
    """How a call fails whose handler raises an error."""

    def fail(error):
        async def handler(_):
            raise error

        with pytest.raises(CallFailed) as caught:
            answer(translating_errors, make_call(), handler)
        return caught.value

    return fail


@pytest.mark.parametrize(("error", "code", "detail"), ROWS, ids=[type(row[0]).__name__ for row in ROWS])
def test_an_error_has_its_code_and_its_detail(failing_with, error, code, detail):
    failed = failing_with(error)

    (packed,) = failed.status.details
    unpacked = type(detail)()
    assert packed.Unpack(unpacked)
    assert (failed.code, unpacked) == (code, detail)
    assert (failed.status.code, failed.status.message) == (code.value[0], failed.message)
    assert failed.message


def test_every_error_of_the_world_and_of_calls_has_a_row():
    assert {NotFound, AccessDenied, PreconditionsFailed, AlreadyExists} == set(WorldError.__subclasses__())
    assert {type(row[0]) for row in ROWS} >= set(WorldError.__subclasses__())


def test_a_cancelled_call_is_cancelled(failing_with):
    assert failing_with(CallCancelled()).code is grpc.StatusCode.CANCELLED


def test_a_failed_call_stays_as_it_is(failing_with):
    failed = CallFailed(grpc.StatusCode.DATA_LOSS, "lost")

    assert failing_with(failed) is failed


def test_an_error_that_nobody_foresaw_is_internal_and_logged(failing_with, caplog):
    failed = failing_with(ZeroDivisionError("division by zero"))

    assert failed.code is grpc.StatusCode.INTERNAL
    assert "division by zero" in failed.message
    assert "GetRestore" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("letter", ["x", "ü", "😀"])
def test_messages_and_descriptions_are_cut(failing_with, letter):
    long = letter * 5_000
    errors = [
        NotFound("backup", long),
        AlreadyExists("restore", long, "rst:x", "a namespace"),
        PreconditionsFailed([Violation(f"NUMBER_{number}", "nam:x", long) for number in range(3)]),
        Unauthenticated("TOKEN_MALFORMED", long, SERVICE),
    ]

    for error in errors:
        failed = failing_with(error)
        assert len(failed.message.encode()) <= TEXT_BYTES_MAX
        assert failed.message.endswith("…")
        assert sum(detail.ByteSize() for detail in failed.details) <= DETAILS_BYTES_MAX


def test_the_message_names_the_first_violations_and_counts_the_others(failing_with):
    violations = [FieldViolation(f"field_{number}", "is wrong") for number in range(5)]

    assert failing_with(InvalidRequest(violations)).message == (
        "invalid request: field_0: is wrong; field_1: is wrong; field_2: is wrong; and 2 more"
    )


def test_violations_that_do_not_fit_are_counted(failing_with):
    violations = [FieldViolation(f"field_{number}", "x" * 100) for number in range(1_000)]

    (bad_request,) = failing_with(InvalidRequest(violations)).details

    *told, rest = bad_request.field_violations
    assert [violation.field for violation in told] == [f"field_{number}" for number in range(len(told))]
    assert f"{1_000 - len(told)} more" in rest.description
    assert bad_request.ByteSize() <= DETAILS_BYTES_MAX + 200
