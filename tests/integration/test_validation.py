"""The shape of a request is checked as a whole: every violation is told, with the path of its field."""

import pytest
from google.api import field_behavior_pb2

from simulator.api import METHODS, pagination_pb2, restore_pb2, sort_pb2

NAMES = ["abc", "a" * 63, "Orders Copy", "a_b", "a-b", "1 2", "0-9", "a  b", "x__y", "Z9Z"]
NOT_NAMES = [
    "",
    "a",
    "ab",
    "a" * 64,
    " abc",
    "abc ",
    "-abc",
    "abc-",
    "_abc",
    "abc_",
    "a.b.c",
    "a/b",
    "a\tb",
    "a\nb",
    "abc\n",
    "näme",
    "名前名",
    "a\u00a0b",
    "a\0b",
    "a😀b",
    "٣٣٣",
]
RECREATED_NAMES = ["abc", "a" * 63, "A_b", "a-b", "ab-", "ab_", "z99"]
NOT_RECREATED_NAMES = ["", "ab", "a" * 64, "1ab", "-ab", "_ab", "a b", "a.b", "abc\n", "ünf", "abé"]
KEYS = [
    "abc",
    "a" * 63,
    "A.b_c-D",
    "1.2",
    "example.com/abc",
    "a/b",
    "a-b.c-d/x_Y.z",
    "1a/b",
    f"{'a' * 31}/{'b' * 31}",
]
NOT_KEYS = [
    "",
    "ab",
    "a" * 64,
    "-abc",
    "abc-",
    "_abc",
    ".abc",
    "abc.",
    "a b",
    "/abc",
    "abc/",
    "a/b/c",
    "Example.com/abc",
    "ex_ample/abc",
    "-ex/abc",
    "ex-/abc",
    "a..b/abc",
    ".ab/abc",
    "ab./abc",
    "abc\n",
    "ключ",
    f"{'a' * 32}/{'b' * 31}",
]
VALUES = ["", "a", "ab", "a" * 63, "A.b_c-D", "0"]
NOT_VALUES = ["a" * 64, "-a", "a-", "_a", "a.", "a b", "a/b", "a\n", "é", " "]


@pytest.fixture
def violations(stub, refusal):
    """What is wrong with each field of a request that CreateRestore has to refuse."""
    return lambda request: refusal(stub.CreateRestore, request).violations


def required_paths(descriptor, path=""):
    """Paths of the fields that the annotations call required, in whatever a caller writes."""
    for field in descriptor.fields:
        behaviors = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
        if field_behavior_pb2.OUTPUT_ONLY in behaviors:
            continue
        if field_behavior_pb2.REQUIRED in behaviors:
            yield f"{path}{field.name}"
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            yield from required_paths(field.message_type, f"{path}{field.name}.")


@pytest.mark.parametrize(
    ("method", "named_by_a_rule"), [("CreateRestore", {"restore.meta.name"}), ("RecreateRestore", set())]
)
def test_an_empty_request_lacks_what_the_annotations_require(stub, refusal, method, named_by_a_rule):
    request_type = METHODS[method].request

    found = refusal(getattr(stub, method), request_type()).violations

    assert set(found) == set(required_paths(request_type.DESCRIPTOR)) | named_by_a_rule


def test_the_annotations_require_what_the_contract_says():
    assert set(required_paths(restore_pb2.CreateRestoreRequest.DESCRIPTOR)) == {
        "namespace_id",
        "project_id",
        "restore",
        "restore.config.source_references.backup_id",
    }
    assert set(required_paths(restore_pb2.RecreateRestoreRequest.DESCRIPTOR)) == {
        "id",
        "name",
        "project_id",
        "namespace_id",
    }


@pytest.mark.parametrize("field", ["namespace_id", "project_id", "restore"])
def test_a_required_field_that_is_missing_is_told_alone(violations, create_request, field):
    request = create_request()
    request.ClearField(field)

    found = violations(request)

    assert "required" in found[field]
    assert {path.partition(".")[0] for path in found} == {field}


@pytest.mark.parametrize("field", ["id", "name", "project_id", "namespace_id"])
def test_recreating_requires_each_field(stub, refusal, field):
    request = restore_pb2.RecreateRestoreRequest(id="rst:x", name="again", project_id="prj:x", namespace_id="nam:x")
    request.ClearField(field)

    assert list(refusal(stub.RecreateRestore, request).violations) == [field]


@pytest.mark.parametrize("empty", ["restore", "config", "source_references"])
def test_an_empty_message_lacks_what_is_required_inside_it(violations, create_request, empty):
    request = create_request()
    source = request.restore.config.source_references
    message = {"restore": request.restore, "config": request.restore.config, "source_references": source}[empty]
    message.Clear()
    message.SetInParent()

    found = violations(request)

    assert "restore.config.source_references.backup_id" in found
    assert "restore" not in found


@pytest.mark.parametrize("name", NAMES)
def test_names_within_the_rules_are_accepted(stub, create_request, name):
    assert stub.CreateRestore(create_request(name)).meta.name == name


@pytest.mark.parametrize("name", NOT_NAMES)
def test_names_outside_the_rules_are_refused(violations, create_request, name):
    assert list(violations(create_request(name))) == ["restore.meta.name"]


@pytest.fixture
def failed(sim, stub, create_request):
    created = stub.CreateRestore(create_request("orders", namespace="shop-prod"))
    sim.advance_until(created.meta.uid, "FAILED")
    return created


@pytest.fixture
def recreate_request(sim, failed):
    return lambda name: restore_pb2.RecreateRestoreRequest(
        id=failed.meta.uid,
        name=name,
        project_id=sim.world.projects["shop"].uid,
        namespace_id=sim.world.namespaces["shop-staging"].uid,
    )


@pytest.mark.parametrize("name", RECREATED_NAMES)
def test_names_within_the_rules_of_recreating_are_accepted(stub, recreate_request, name):
    assert stub.RecreateRestore(recreate_request(name)).meta.name == name


@pytest.mark.parametrize("name", NOT_RECREATED_NAMES)
def test_names_outside_the_rules_of_recreating_are_refused(stub, recreate_request, refusal, name):
    assert list(refusal(stub.RecreateRestore, recreate_request(name)).violations) == ["name"]


def test_a_description_has_at_most_100_characters(stub, violations, create_request):
    longest = "ü" * 100

    assert stub.CreateRestore(create_request(description=longest)).meta.description == longest
    assert list(violations(create_request("another", description=f"{longest}."))) == ["restore.meta.description"]


@pytest.mark.parametrize("entries", ["labels", "annotations"])
@pytest.mark.parametrize("key", KEYS)
def test_qualified_names_are_accepted_as_keys(stub, create_request, entries, key):
    created = stub.CreateRestore(create_request(**{entries: {key: "x"}}))

    assert dict(getattr(created.meta, entries)) == {key: "x"}


@pytest.mark.parametrize("entries", ["labels", "annotations"])
@pytest.mark.parametrize("key", NOT_KEYS)
def test_other_keys_are_refused(violations, create_request, entries, key):
    (path,) = violations(create_request(**{entries: {key: "x"}}))

    assert path.startswith(f"restore.meta.{entries}[")


@pytest.mark.parametrize("value", VALUES)
def test_label_values_within_the_rules_are_accepted(stub, create_request, value):
    assert dict(stub.CreateRestore(create_request(labels={"key": value})).meta.labels) == {"key": value}


@pytest.mark.parametrize("value", NOT_VALUES)
def test_label_values_outside_the_rules_are_refused(violations, create_request, value):
    assert list(violations(create_request(labels={"key": value}))) == ["restore.meta.labels['key']"]


@pytest.mark.parametrize("value", [*NOT_VALUES, "x" * 10_000])
def test_annotation_values_are_free_text(stub, create_request, value):
    assert dict(stub.CreateRestore(create_request(annotations={"key": value})).meta.annotations) == {"key": value}


def test_all_violations_are_told_at_once_each_with_its_path(violations, create_request):
    request = create_request(
        "x",
        description="x" * 101,
        labels={"good": "value", "-bad": "value", "key": "bad value"},
        annotations={"bad key": "x"},
    )
    request.namespace_id = ""
    request.ClearField("project_id")
    request.restore.config.source_references.ClearField("backup_id")

    assert set(violations(request)) == {
        "namespace_id",
        "project_id",
        "restore.meta.name",
        "restore.meta.description",
        "restore.meta.labels['-bad']",
        "restore.meta.labels['key']",
        "restore.meta.annotations['bad key']",
        "restore.config.source_references.backup_id",
    }


def test_a_violation_shows_what_was_found_and_what_was_expected(violations, create_request):
    found = violations(create_request("-my-restore-"))["restore.meta.name"]

    assert "'-my-restore-'" in found
    assert "letter or digit" in found


def test_the_message_of_the_status_tells_the_first_violations(stub, create_request, refusal):
    refused = refusal(stub.CreateRestore, create_request("-my-restore-"))

    assert "restore.meta.name" in refused.message
    assert "'-my-restore-'" in refused.message


def test_all_violations_of_a_list_are_told_at_once(stub, refusal):
    request = restore_pb2.ListRestoresRequest(
        backup_id="x" * 2_000,
        sort=sort_pb2.Sort(sort_by=99, sort_order=-1),
        pagination=pagination_pb2.PageBasedPaginationRequest(page_number=-1, page_size=-1),
    )

    assert set(refusal(stub.ListRestores, request).violations) == {
        "backup_id",
        "sort.sort_by",
        "sort.sort_order",
        "pagination.page_number",
        "pagination.page_size",
    }
