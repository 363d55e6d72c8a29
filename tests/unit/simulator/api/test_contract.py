"""The descriptors hold every name, number, type and annotation that real clients of the API are compiled against."""

from importlib.resources import files
from pathlib import Path

import pytest
from google.api import annotations_pb2, field_behavior_pb2

from simulator.api import METHODS, SERVICE, meta_pb2, pagination_pb2, restore_pb2, sort_pb2
from simulator.api.pool import POOL

COMMON = "public.portworx.common.v1"
RESTORE = "public.portworx.pds.restore.v1"
TIMESTAMP = "google.protobuf.Timestamp"
TEXTS = "map<string, string>"

FILES = {
    "public/portworx/common/apiv1/meta.proto": (COMMON, meta_pb2),
    "public/portworx/common/apiv1/pagination.proto": (COMMON, pagination_pb2),
    "public/portworx/common/apiv1/sort.proto": (COMMON, sort_pb2),
    "public/portworx/pds/restore/apiv1/restore.proto": (RESTORE, restore_pb2),
}

API = Path(str(files("simulator.api")))
SHIPPED = sorted(path.relative_to(API).as_posix() for path in API.rglob("*.proto"))

MESSAGES = {
    f"{COMMON}.Meta": [
        (1, "uid", "string", ""),
        (2, "name", "string", ""),
        (3, "description", "string", ""),
        (4, "resource_version", "string", ""),
        (5, "create_time", TIMESTAMP, "OUTPUT_ONLY"),
        (6, "update_time", TIMESTAMP, "OUTPUT_ONLY"),
        (7, "labels", TEXTS, ""),
        (8, "annotations", TEXTS, ""),
        (9, "parent_reference", f"{COMMON}.Reference", "OUTPUT_ONLY"),
        (10, "resource_names", TEXTS, "OUTPUT_ONLY"),
    ],
    f"{COMMON}.Reference": [(1, "type", "string", ""), (2, "version", "string", ""), (3, "uid", "string", "")],
    f"{COMMON}.PageBasedPaginationRequest": [(1, "page_number", "int64", ""), (2, "page_size", "int64", "")],
    f"{COMMON}.PageBasedPaginationResponse": [
        (1, "total_records", "int64", ""),
        (2, "current_page", "int64", ""),
        (3, "page_size", "int64", ""),
        (4, "total_pages", "int64", ""),
        (5, "next_page", "int64", ""),
        (6, "prev_page", "int64", ""),
    ],
    f"{COMMON}.Sort": [
        (1, "sort_by", f"{COMMON}.SortBy.Field", ""),
        (2, "sort_order", f"{COMMON}.SortOrder.Value", ""),
    ],
    f"{COMMON}.SortBy": [],
    f"{COMMON}.SortOrder": [],
    f"{RESTORE}.CreateRestoreRequest": [
        (1, "namespace_id", "string", "REQUIRED"),
        (2, "project_id", "string", "REQUIRED"),
        (3, "restore", f"{RESTORE}.Restore", "REQUIRED"),
    ],
    f"{RESTORE}.GetRestoreRequest": [(1, "id", "string", "")],
    f"{RESTORE}.ListRestoresRequest": [
        (1, "tenant_id", "list_by.string", ""),
        (2, "project_id", "list_by.string", ""),
        (3, "data_service_deployment_id", "list_by.string", ""),
        (4, "backup_id", "list_by.string", ""),
        (5, "sort", f"{COMMON}.Sort", ""),
        (6, "pagination", f"{COMMON}.PageBasedPaginationRequest", ""),
    ],
    f"{RESTORE}.ListRestoresResponse": [
        (1, "restores", f"repeated {RESTORE}.Restore", ""),
        (2, "pagination", f"{COMMON}.PageBasedPaginationResponse", ""),
    ],
    f"{RESTORE}.RecreateRestoreRequest": [
        (1, "id", "string", "REQUIRED"),
        (2, "name", "string", "REQUIRED"),
        (3, "project_id", "string", "REQUIRED"),
        (4, "namespace_id", "string", "REQUIRED"),
    ],
    f"{RESTORE}.Restore": [
        (1, "meta", f"{COMMON}.Meta", ""),
        (2, "config", f"{RESTORE}.Config", ""),
        (3, "status", f"{RESTORE}.Status", ""),
    ],
    f"{RESTORE}.Config": [
        (1, "source_references", f"{RESTORE}.SourceReferences", ""),
        (2, "destination_references", f"{RESTORE}.DestinationReferences", ""),
        (3, "custom_resource_name", "string", "OUTPUT_ONLY"),
    ],
    f"{RESTORE}.SourceReferences": [
        (1, "data_service_deployment_id", "string", "OUTPUT_ONLY"),
        (2, "backup_id", "string", "REQUIRED"),
        (3, "backup_location_id", "string", "OUTPUT_ONLY"),
        (4, "cloudsnap_id", "string", "OUTPUT_ONLY"),
    ],
    f"{RESTORE}.DestinationReferences": [
        (1, "target_cluster_id", "string", "OUTPUT_ONLY"),
        (2, "data_service_deployment_id", "string", "OUTPUT_ONLY"),
        (3, "project_id", "string", "OUTPUT_ONLY"),
    ],
    f"{RESTORE}.Status": [
        (1, "started_at", TIMESTAMP, ""),
        (2, "completed_at", TIMESTAMP, ""),
        (3, "error_code", f"{RESTORE}.ErrorCode", ""),
        (4, "error_message", "string", ""),
        (5, "phase", f"{RESTORE}.Phase", ""),
        (6, "custom_resource_name", "string", ""),
    ],
    f"{RESTORE}.RestorabilityMatrix": [
        (1, "conditions", f"map<string, {RESTORE}.RestoreCompatibilityConditionList>", "")
    ],
    f"{RESTORE}.RestoreCompatibilityConditionList": [
        (1, "conditions", f"repeated {RESTORE}.RestoreCompatibilityCondition", "")
    ],
    f"{RESTORE}.RestoreCompatibilityCondition": [(1, "backup", TEXTS, ""), (2, "image", TEXTS, "")],
}

ENUMS = {
    f"{COMMON}.SortBy.Field": ["FIELD_UNSPECIFIED", "NAME", "CREATED_AT", "UPDATED_AT", "PHASE"],
    f"{COMMON}.SortOrder.Value": ["VALUE_UNSPECIFIED", "ASC", "DESC"],
    f"{RESTORE}.Phase": [
        "PHASE_UNSPECIFIED",
        "INITIALIZING",
        "PENDING",
        "RESTORING_CLOUDSNAP",
        "RESTORING_DATA_SERVICE_DEPLOYMENT_CR",
        "RESTORING_DATA_SERVICE_DEPLOYMENT",
        "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE",
        "SUCCESSFUL",
        "FAILED",
    ],
    f"{RESTORE}.ErrorCode": [
        "ERROR_CODE_UNSPECIFIED",
        "DATA_SERVICE_DEPLOYMENT_NAME_ALREADY_EXIST",
        "FAILED_BACKUP_CREDENTIAL_SYNC",
        "RESTORE_INTERNAL_ERROR",
    ],
}

RESOURCE = f"{RESTORE}.Restore"
METHOD_ROWS = [
    (
        "CreateRestore",
        f"{RESTORE}.CreateRestoreRequest",
        RESOURCE,
        "post",
        "/pds/v1/namespaces/{namespace_id}/restores",
    ),
    ("GetRestore", f"{RESTORE}.GetRestoreRequest", RESOURCE, "get", "/pds/v1/restores/{id}"),
    ("ListRestores", f"{RESTORE}.ListRestoresRequest", f"{RESTORE}.ListRestoresResponse", "get", "/pds/v1/restores"),
    ("RecreateRestore", f"{RESTORE}.RecreateRestoreRequest", RESOURCE, "post", "/pds/v1/restores/{id}:recreate"),
    (
        "GetRestorabilityMatrix",
        "google.protobuf.Empty",
        f"{RESTORE}.RestorabilityMatrix",
        "get",
        "/pds/v1/restores:restorabilityMatrix",
    ),
]

FIELDS = [(message, *row) for message, rows in MESSAGES.items() for row in rows]
SCALARS = {9: "string", 3: "int64"}


def type_of(field):
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        key, value = (type_of(field.message_type.fields_by_name[part]) for part in ("key", "value"))
        return f"map<{key}, {value}>"
    referenced = field.message_type or field.enum_type
    name = referenced.full_name if referenced is not None else SCALARS[field.type]
    if field.containing_oneof is not None:
        return f"{field.containing_oneof.name}.{name}"
    return f"repeated {name}" if field.is_repeated else name


def behaviors_of(field):
    behaviors = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    return " ".join(map(field_behavior_pb2.FieldBehavior.Name, behaviors))


def messages_in(messages):
    for message in messages:
        if not message.GetOptions().map_entry:
            yield message
            yield from messages_in(message.nested_types)


def enums_in(file):
    yield from file.enum_types_by_name.values()
    for message in messages_in(file.message_types_by_name.values()):
        yield from message.enum_types


@pytest.mark.parametrize(("message", "number", "name", "type_name", "behaviors"), FIELDS)
def test_a_field_has_its_number_its_type_and_its_behavior(message, number, name, type_name, behaviors):
    field = POOL.FindMessageTypeByName(message).fields_by_number[number]

    assert (field.name, type_of(field), behaviors_of(field)) == (name, type_name, behaviors)


@pytest.mark.parametrize(("message", "name"), [(message, name) for message, _, name, _, _ in FIELDS])
def test_a_field_has_its_json_name_in_lower_camel_case(message, name):
    first, *others = name.split("_")

    field = POOL.FindMessageTypeByName(message).fields_by_name[name]

    assert field.json_name == first + "".join(map(str.capitalize, others))


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_has_no_other_fields(message):
    fields = POOL.FindMessageTypeByName(message).fields

    assert {field.name for field in fields} == {name for _, name, _, _ in MESSAGES[message]}


@pytest.mark.parametrize("enum", ENUMS)
def test_an_enum_has_its_values_numbered_from_zero(enum):
    values = POOL.FindEnumTypeByName(enum).values

    assert [(value.number, value.name) for value in values] == list(enumerate(ENUMS[enum]))


@pytest.mark.parametrize(("path", "package", "module"), [(path, *rest) for path, rest in FILES.items()])
def test_a_file_has_the_path_and_package_that_clients_know(path, package, module):
    file = POOL.FindFileByName(path)

    assert file.package == package
    assert module.DESCRIPTOR is file


@pytest.mark.parametrize("path", SHIPPED)
def test_a_file_has_a_package_in_java_and_in_go(path):
    options = POOL.FindFileByName(path).GetOptions()

    assert options.java_multiple_files
    assert options.java_package
    assert "public" not in options.java_package.split(".")  # a keyword
    assert "/" in options.go_package


def test_the_files_define_nothing_else():
    files = [POOL.FindFileByName(path) for path in FILES]

    messages = [message.full_name for file in files for message in messages_in(file.message_types_by_name.values())]
    enums = [enum.full_name for file in files for enum in enums_in(file)]
    services = [service.full_name for file in files for service in file.services_by_name.values()]

    assert sorted(messages) == sorted(MESSAGES)
    assert sorted(enums) == sorted(ENUMS)
    assert services == [f"{RESTORE}.RestoreService"]


@pytest.mark.parametrize(("name", "request_type", "response_type", "verb", "path"), METHOD_ROWS)
def test_a_method_has_its_messages_and_its_http_binding(name, request_type, response_type, verb, path):
    method = POOL.FindMethodByName(f"{RESTORE}.RestoreService.{name}")
    binding = method.GetOptions().Extensions[annotations_pb2.http]

    assert (method.input_type.full_name, method.output_type.full_name) == (request_type, response_type)
    assert not method.client_streaming
    assert not method.server_streaming
    assert binding.WhichOneof("pattern") == verb
    assert getattr(binding, verb) == path
    assert binding.body == ("*" if verb == "post" else "")


def test_the_service_has_these_methods_in_this_order_at_these_paths():
    assert [(method.name, method.path) for method in METHODS.values() if method.service == SERVICE] == [
        (name, f"/{RESTORE}.RestoreService/{name}") for name, *_ in METHOD_ROWS
    ]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_module_has_the_class_of_each_message(message):
    package, _, name = message.rpartition(".")
    modules = [module for known, module in FILES.values() if known == package and hasattr(module, name)]

    assert [getattr(module, name).DESCRIPTOR.full_name for module in modules] == [message]


@pytest.mark.parametrize(("enum", "number"), [("Phase", 7), ("Phase", 0), ("ErrorCode", 3)])
def test_a_module_has_the_values_of_top_level_enums(enum, number):
    name = ENUMS[f"{RESTORE}.{enum}"][number]

    assert getattr(restore_pb2, name) == number
    assert getattr(restore_pb2, enum).Name(number) == name
