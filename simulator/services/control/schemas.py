"""The JSON Schemas of the documents that requests take."""

from __future__ import annotations

from functools import cache

from simulator.api import control_pb2
from simulator.documents.json_schema import document_schema
from simulator.services.control.host import ControlHost


def get_schemas(_: ControlHost, __: control_pb2.GetSchemasRequest) -> control_pb2.Schemas:
    """Return the schemas by the names of the request fields that hold the documents."""
    return _schemas()


@cache
def _schemas() -> control_pb2.Schemas:
    response = control_pb2.Schemas()
    response.schemas.update({name: document_schema(name) for name in ("rule", "change", "world")})
    return response
