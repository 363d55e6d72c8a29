"""Whatever comes over the wire gets a status that says what is wrong, and changes nothing."""

import urllib.parse

import grpc
import pytest
from google.protobuf import empty_pb2

from fakes import derive_uid
from simulator import Phase, Simulator, World
from simulator.api import METHODS, restore_pb2, sort_pb2

TRAILERS_BYTES_MAX = 8 * 1024
MANY = 100_000
TEXTS = {
    "letters": "x",
    "percent signs": "%",
    "control characters": "\x01",
    "accents": "é",
    "emoji": "😀",
    "quotes": "'",
}
NOT_PROTOBUF = {
    "a field without its value": b"\x0a",
    "a text that ends too early": b"\x0a\x7fabc",
    "a varint without end": b"\xff" * 11,
    "an end of a group without its start": b"\x0c",
    "a wire type that there is not": b"\x0f",
    "a group without end": b"\x1b",
    "text": b"this is no message",
}
NOT_UTF8 = {
    "CreateRestore": b"\x0a\x02\xc3\x28",
    "GetRestore": b"\x0a\x01\xff",
    "ListRestores": b"\x0a\x01\x80",
    "RecreateRestore": b"\x12\x02\xed\xa0",
}


@pytest.fixture
def raw(sim, open_channel):
    """The methods of the service, taking bytes."""
    channel = open_channel(sim)
    return {
        name: channel.unary_unary(
            method.path, request_serializer=bytes, response_deserializer=method.response.FromString
        )
        for name, method in METHODS.items()
    }


@pytest.mark.parametrize("given", ["tenant", "cluster", "deployment", "backup location", "cloudsnap", "restore"])
@pytest.mark.parametrize("field", ["namespace_id", "project_id", "backup_id"])
def test_the_uid_of_something_else_is_not_found_and_told_apart(stub, create_request, refusal, field, given):
    request = create_request()
    uid = derive_uid(given, "shop")
    setattr(request.restore.config.source_references if field == "backup_id" else request, field, uid)

    refused = refusal(stub.CreateRestore, request)

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert refused.detail.resource_type == field.removesuffix("_id")
    assert f"the uid of a {given}" in refused.message


def test_a_name_in_place_of_a_uid_is_not_found_with_a_hint(sim, stub, create_request, refusal):
    request = create_request()
    request.namespace_id = "shop-staging"

    refused = refusal(stub.CreateRestore, request)

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert sim.world.namespaces["shop-staging"].uid in refused.message


def test_the_name_of_a_restore_in_place_of_its_uid_is_not_found_with_a_hint(stub, create_request, refusal):
    created = stub.CreateRestore(create_request())

    refused = refusal(stub.GetRestore, restore_pb2.GetRestoreRequest(id="orders-copy"))

    assert refused.code is grpc.StatusCode.NOT_FOUND
    assert created.meta.uid in refused.message


@pytest.mark.parametrize("letter", TEXTS.values(), ids=TEXTS)
def test_huge_texts_are_refused_each_by_its_field(stub, create_request, refusal, letter):
    request = create_request(letter * 10_000, description=letter * 10_000, labels={"key": letter * 10_000})
    request.namespace_id = request.project_id = letter * 10_000
    request.restore.config.source_references.backup_id = letter * 10_000
    request.restore.meta.uid = request.restore.meta.resource_version = letter * 10_000

    assert set(refusal(stub.CreateRestore, request).violations) == {
        "namespace_id",
        "project_id",
        "restore.meta.uid",
        "restore.meta.name",
        "restore.meta.description",
        "restore.meta.resource_version",
        "restore.meta.labels['key']",
        "restore.config.source_references.backup_id",
    }


@pytest.mark.parametrize("length", [1_000, 10_000, 1_000_000])
@pytest.mark.parametrize("letter", TEXTS.values(), ids=TEXTS)
def test_huge_identifiers_are_refused_whatever_they_are_made_of(stub, refusal, letter, length):
    refused = refusal(stub.GetRestore, restore_pb2.GetRestoreRequest(id=letter * length))

    if refused.code is grpc.StatusCode.NOT_FOUND:
        assert refused.detail.resource_name.startswith(letter)
    else:
        assert list(refused.violations) == ["id"]


@pytest.mark.parametrize(("entries", "found"), [("labels", f"{MANY} entries"), ("annotations", "988890 characters")])
def test_huge_maps_are_refused_as_a_whole(stub, create_request, refusal, entries, found):
    request = create_request(**{entries: {f"key-{number}": "x" for number in range(MANY)}})

    violations = refusal(stub.CreateRestore, request).violations

    assert list(violations) == [f"restore.meta.{entries}"]
    assert found in violations[f"restore.meta.{entries}"]


def test_huge_annotations_are_refused_as_a_whole(stub, create_request, refusal):
    request = create_request(annotations={f"key-{number}": "x" * 10_000 for number in range(100)})

    assert list(refusal(stub.CreateRestore, request).violations) == ["restore.meta.annotations"]


def test_a_huge_map_in_an_output_only_field_is_ignored(stub, create_request):
    request = create_request()
    request.restore.meta.resource_names.update({f"key-{number}": "" for number in range(MANY)})

    assert len(stub.CreateRestore(request).meta.resource_names) < 20


@pytest.mark.parametrize("letter", TEXTS.values(), ids=TEXTS)
def test_many_violations_still_fit_into_the_trailers_that_clients_take(stub, create_request, letter):
    request = create_request(letter * 70, description=letter * 101)
    request.namespace_id = request.project_id = letter * 2_000
    request.restore.meta.labels.update({f"{letter * 100}{number}": letter * 100 for number in range(128)})

    with pytest.raises(grpc.RpcError) as caught:
        stub.CreateRestore(request)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert trailer_bytes(caught.value) < TRAILERS_BYTES_MAX


def test_more_violations_than_fit_are_counted(stub, create_request, refusal):
    request = create_request("x", labels={f"-bad-{number}": "bad value" for number in range(128)})

    refused = refusal(stub.CreateRestore, request)

    *told, rest = refused.detail.field_violations
    assert told[0].field == "restore.meta.name"
    assert f"{1 + 2 * 128 - len(told)} more" in rest.description
    assert refused.message.endswith("more")


@pytest.mark.parametrize("letter", TEXTS.values(), ids=TEXTS)
def test_the_longest_identifiers_still_fit_into_the_trailers(stub, create_request, letter):
    request = create_request()
    request.namespace_id = letter * 1_024

    with pytest.raises(grpc.RpcError) as caught:
        stub.CreateRestore(request)

    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert trailer_bytes(caught.value) < TRAILERS_BYTES_MAX


def trailer_bytes(error):
    """What the status takes in the trailers at most: the message percent-encoded, binary values in base64."""
    binary = sum(len(key) + len(value) * 4 / 3 + 32 for key, value in error.trailing_metadata())
    return len("grpc-message") + len(urllib.parse.quote(error.details())) + 32 + binary + 200


def test_unknown_enum_numbers_are_refused(stub, refusal):
    request = restore_pb2.ListRestoresRequest(sort=sort_pb2.Sort(sort_by=5, sort_order=-(2**31)))

    found = refusal(stub.ListRestores, request).violations

    assert set(found) == {"sort.sort_by", "sort.sort_order"}
    assert "PHASE (4)" in found["sort.sort_by"]
    assert "DESC (2)" in found["sort.sort_order"]


def test_unknown_enum_numbers_in_a_status_are_ignored_like_the_rest_of_it(stub, create_request):
    request = create_request()
    request.restore.status.phase = 99
    request.restore.status.error_code = -1

    assert stub.CreateRestore(request).status == restore_pb2.Status(phase=Phase.INITIALIZING)


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("CreateRestore", grpc.StatusCode.INVALID_ARGUMENT),
        ("GetRestore", grpc.StatusCode.NOT_FOUND),
        ("RecreateRestore", grpc.StatusCode.INVALID_ARGUMENT),
    ],
)
def test_an_empty_message_is_refused_where_something_has_to_be_said(raw, refusal, method, code):
    assert refusal(raw[method], b"").code is code


@pytest.mark.parametrize("method", ["ListRestores", "GetRestorabilityMatrix"])
def test_an_empty_message_is_enough_where_nothing_has_to_be_said(raw, method):
    assert raw[method](b"") is not None


@pytest.mark.parametrize("request_bytes", NOT_PROTOBUF.values(), ids=NOT_PROTOBUF)
@pytest.mark.parametrize("method", METHODS)
def test_bytes_that_are_no_message_are_an_invalid_argument(raw, refusal, method, request_bytes):
    refused = refusal(raw[method], request_bytes)

    (complaint,) = refused.violations.values()
    assert METHODS[method].request.DESCRIPTOR.full_name in complaint
    assert f"{len(request_bytes)} bytes" in complaint


@pytest.mark.parametrize(("method", "request_bytes"), NOT_UTF8.items())
def test_text_that_is_not_utf8_is_an_invalid_argument(raw, refusal, method, request_bytes):
    assert refusal(raw[method], request_bytes).violations


def test_groups_nested_without_end_are_an_invalid_argument(raw, refusal):
    assert refusal(raw["GetRestore"], b"\x7b" * 10_000 + b"\x7c" * 10_000).violations


def test_a_message_over_the_size_limit_is_refused(sim, stub, create_request, nothing_changes):
    request = create_request()
    request.restore.config.custom_resource_name = "x" * (4 * 1024 * 1024)

    with nothing_changes(), pytest.raises(grpc.RpcError) as caught:
        stub.CreateRestore(request)

    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert not sim.calls
    assert stub.GetRestorabilityMatrix(empty_pb2.Empty()).conditions


def test_a_message_just_under_the_size_limit_is_taken(stub, create_request):
    request = create_request()
    request.restore.config.custom_resource_name = "x" * (4 * 1024 * 1024 - request.ByteSize() - 20)

    assert stub.CreateRestore(request).meta.uid


def test_a_world_without_anything_refuses_everything_in_good_order(refusal, open_stub):
    with Simulator(world=World()) as empty:
        stub = open_stub(empty)

        assert not stub.ListRestores(restore_pb2.ListRestoresRequest()).restores
        assert not stub.GetRestorabilityMatrix(empty_pb2.Empty()).conditions
        assert refusal(stub.GetRestore, restore_pb2.GetRestoreRequest(id="rst:x"), empty).code is (
            grpc.StatusCode.NOT_FOUND
        )
