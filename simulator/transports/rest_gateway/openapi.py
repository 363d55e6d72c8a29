"""The description of the gateway for other programs: OpenAPI 3.1, made from the descriptors of the services."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib import metadata
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor, ServiceDescriptor

from simulator.rpc.validation import expectations_of
from simulator.transports.rest_gateway.bindings import Binding, bindings_of
from simulator.transports.rest_gateway.descriptors import real_oneof
from simulator.transports.rest_gateway.json_schemas import WELL_KNOWN, Schema, Schemas, parameter_schema
from simulator.transports.rest_gateway.path_templates import ONE

DISTRIBUTION = "pds-restore-simulator"
STATUS = "google.rpc.Status"

_STATUS_SCHEMA: Schema = {
    "type": "object",
    "required": ["code", "message", "details"],
    "properties": {
        "code": {"type": "integer", "description": "The status code of gRPC."},
        "message": {"type": "string"},
        "details": {
            "type": "array",
            "items": {"type": "object", "required": ["@type"], "properties": {"@type": {"type": "string"}}},
        },
    },
}


def openapi_document(services: Iterable[ServiceDescriptor]) -> dict[str, Any]:
    """Describe services.

    Args:
        services: The services of the gateway.
    """
    components: dict[str, Schema] = {STATUS: _STATUS_SCHEMA}
    schemas = _Schemas(Schemas(components, of_requests=True), Schemas(components, of_requests=False))
    paths: dict[str, dict[str, Any]] = {}
    for service in services:
        for method in service.methods:
            for index, binding in enumerate(bindings_of(method)):
                suffix = f"_{index + 1}" if index else ""
                operation = {"operationId": f"{service.name}_{method.name}{suffix}"} | _operation(binding, schemas)
                paths.setdefault(_path(binding), {})[binding.http_method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "PDS restore simulator",
            "version": metadata.version(DISTRIBUTION),
            "description": "The API of Portworx Data Services as JSON over HTTP. Unknown members and parameters are"
            " ignored.",
        },
        "paths": paths,
        "components": {"schemas": components},
    }


class _Schemas(NamedTuple):
    requests: Schemas
    responses: Schemas


def _path(binding: Binding) -> str:
    """Return the template of a path in OpenAPI, where variables have no patterns."""
    template = binding.template
    segments: list[str] = []
    end = 0
    for field, start, stop in template.variables:
        segments += [*template.segments[end:start], f"{{{field}}}"]
        end = stop
    path = "/".join(["", *segments, *template.segments[end:]])
    return f"{path}:{template.verb}" if template.verb else path


def _operation(binding: Binding, schemas: _Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": _words(binding.method.name),
        "tags": [binding.method.containing_service.name],
        "parameters": [*_path_parameters(binding), *_query_parameters(binding)],
        "responses": {
            "200": {"description": "OK", "content": _json(_response_schema(binding, schemas.responses))},
            "default": {
                "description": "Any other end of the call.",
                "content": _json(_error_schema(binding)),
            },
        },
    }
    if binding.body:
        schema, required = _body_schema(binding, schemas.requests)
        operation["requestBody"] = {"required": required, "content": _json(schema)}
    return operation


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _words(name: str) -> str:
    """``GetRestore`` → ``Get restore``."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return words[:1].upper() + words[1:]


def _response_schema(binding: Binding, schemas: Schemas) -> Schema:
    response = binding.method.output_type
    field = response.fields_by_name.get(binding.response_body)
    schema = schemas.of_message(response) if field is None else schemas.of_field(field)
    if binding.method.server_streaming:
        return {"type": "object", "properties": {"result": schema, "error": {"$ref": f"#/components/schemas/{STATUS}"}}}
    return schema


def _error_schema(binding: Binding) -> Schema:
    status = {"$ref": f"#/components/schemas/{STATUS}"}
    if not binding.method.server_streaming:
        return status
    return {"anyOf": [status, {"type": "object", "required": ["error"], "properties": {"error": status}}]}


def _body_schema(binding: Binding, schemas: Schemas) -> tuple[Schema, bool]:
    """Return the schema of the body of a request, and whether a body is required."""
    field = binding.body_field
    if field is not None:
        return schemas.of_field(field), expectations_of(field).is_required
    taken = {path for path in binding.template.fields if "." not in path}
    schema = schemas.of_members(binding.method.input_type, without=taken)
    return schema, "required" in schema


def _path_parameters(binding: Binding) -> Iterator[dict[str, Any]]:
    for path, start, stop in binding.template.variables:
        field = _field_at(binding.method.input_type, path)
        pattern = "/".join(binding.template.segments[start:stop])
        yield {
            "name": path,
            "in": "path",
            "required": True,
            "schema": parameter_schema(field),
            **({} if pattern == ONE else {"description": f"Of the form {pattern}."}),
        }


def _field_at(descriptor: Descriptor, path: str) -> FieldDescriptor:
    *parents, last = path.split(".")
    for parent in parents:
        inside = descriptor.fields_by_name[parent].message_type
        assert inside is not None
        descriptor = inside
    return descriptor.fields_by_name[last]


def _query_parameters(binding: Binding) -> Iterator[dict[str, Any]]:
    if binding.takes_query:
        taken = {*binding.template.fields, binding.body}
        yield from _parameters(binding.method.input_type, (), taken)


def _parameters(descriptor: Descriptor, parents: Sequence[FieldDescriptor], taken: Collection[str]) -> Iterator[Any]:
    """Return a parameter for each field of a message that a query can set, and of the messages in it."""
    for field in descriptor.fields:
        path = (*parents, field)
        if ".".join(each.name for each in path) in taken:
            continue
        if (name := real_oneof(field)) is not None:
            others = descriptor.oneofs_by_name[name].fields
            if field.name == others[0].name:
                yield _alternatives(name, parents, others)
        elif field.message_type is None or field.message_type.full_name in WELL_KNOWN:
            yield _parameter(path)
        elif not field.is_repeated and field.message_type not in {each.containing_type for each in path}:
            yield from _parameters(field.message_type, path, taken)


def _parameter(path: Sequence[FieldDescriptor]) -> dict[str, Any]:
    field = path[-1]
    schema: Schema = {**parameter_schema(field), **expectations_of(field).schema}
    return {
        "name": ".".join(each.json_name for each in path),
        "in": "query",
        "required": all(expectations_of(each).is_required for each in path),
        "schema": {"type": "array", "items": schema} if field.is_repeated else schema,
    }


def _alternatives(name: str, parents: Sequence[FieldDescriptor], fields: Sequence[FieldDescriptor]) -> dict[str, Any]:
    """Return parameters that exclude each other; OpenAPI has them as the members of an object."""
    members = {
        ".".join(each.json_name for each in (*parents, field)): parameter_schema(field)
        for field in fields
        if field.message_type is None
    }
    schema = {"type": "object", "properties": members, "maxProperties": 1, "additionalProperties": False}
    told = f"At most one of {', '.join(members)}."
    return {"name": name, "in": "query", "description": told, "style": "form", "explode": True, "schema": schema}
