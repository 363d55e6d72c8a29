"""The messages and methods of the services around a restore are those that real clients are compiled against."""

import re
from pathlib import Path

import pytest

from simulator.api import annotations_pb2, field_behavior_pb2
from simulator.api.pool import POOL, read_option

FACTS = Path(__file__).with_name("companion_services.txt").read_text(encoding="utf-8").splitlines()
PACKAGES = {}
METHODS, MESSAGES, ENUMS = [], [], []
for line in FACTS:
    if line.startswith("# "):
        package, file = line[2:].split()
        PACKAGES[package] = file
        continue
    name, _, facts = line.partition(": ")
    if " → " in facts:
        METHODS.append((f"{package}.{name}", facts))
    elif name.endswith(" (enum)"):
        ENUMS.append((f"{package}.{name.removesuffix(' (enum)')}", facts))
    else:
        MESSAGES.append((f"{package}.{name}", "" if facts == "empty" else facts))
FIELD = re.compile(
    r"(?P<number>\d+) (?P<name>\w+) (?P<type>(?:repeated )?[\w.<>,]+)"
    r"(?: \((?P<option>\w+)\))?(?: \[oneof (?P<oneof>\w+)\])?"
)
SCALARS = {3: "int64", 5: "int32", 8: "bool", 9: "string"}


def type_name(field):
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        key, value = (type_name(field.message_type.fields_by_name[part]) for part in ("key", "value"))
        return f"map<{key},{value.rpartition('.')[2]}>"
    referenced = field.message_type or field.enum_type
    name = SCALARS[field.type] if referenced is None else referenced.full_name
    return f"repeated {name}" if field.is_repeated else name


@pytest.mark.parametrize(("message", "facts"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_a_message_has_these_fields_and_no_others(message, facts):
    wanted = [FIELD.fullmatch(fact).groupdict() for fact in facts.split("; ") if fact]

    fields = POOL.FindMessageTypeByName(message).fields

    assert [(field.number, field.name) for field in fields] == [(int(one["number"]), one["name"]) for one in wanted]
    for field, one in zip(fields, wanted, strict=True):
        repeated, _, short = one["type"].rpartition(" ")
        found_repeated, _, found = type_name(field).rpartition(" ")
        assert (found_repeated, found == short or found.endswith(f".{short}")) == (repeated, True)
        behaviors = read_option(field, field_behavior_pb2.field_behavior)
        assert [field_behavior_pb2.FieldBehavior.Name(behavior).lower() for behavior in behaviors] == [
            option for option in [one["option"]] if option
        ]
        assert (field.containing_oneof.name if field.containing_oneof else None) == one["oneof"]


@pytest.mark.parametrize(("enum", "facts"), ENUMS, ids=[name for name, _ in ENUMS])
def test_an_enum_has_these_values_and_no_others(enum, facts):
    values = POOL.FindEnumTypeByName(enum).values

    assert [f"{value.number} {value.name}" for value in values] == facts.split("; ")


@pytest.mark.parametrize(("method", "facts"), METHODS, ids=[name for name, _ in METHODS])
def test_a_method_has_its_messages_and_its_http_bindings(method, facts):
    messages, _, binding = facts.partition(" · ")
    verb, path, *body = binding.replace(" body ", " ").split()
    found = POOL.FindMethodByName(method)

    http = read_option(found, annotations_pb2.http)

    assert f"{found.input_type.name} → {found.output_type.name}" == messages
    assert (http.WhichOneof("pattern"), getattr(http, verb.lower()), http.body) == (verb.lower(), path, "".join(body))
    searched = path.removesuffix(":search")
    assert [more.get for more in http.additional_bindings] == ([searched] if searched != path else [])


@pytest.mark.parametrize(("package", "file"), PACKAGES.items())
def test_a_file_has_the_path_that_clients_know(package, file):
    assert POOL.FindFileByName(file).package == package


def test_all_services_of_a_package_are_there():
    services = {method.rpartition(".")[0] for method, _ in METHODS}

    assert sum(len(POOL.FindServiceByName(service).methods) for service in services) == len(METHODS)
