"""Maps HTTP requests to methods, by the ``google.api.http`` annotations of the services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import grpc
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor, ServiceDescriptor

from simulator.api import annotations_pb2
from simulator.api.pool import read_option
from simulator.transports.rest_gateway.path_templates import PathTemplate, parse_template
from simulator.transports.rest_gateway.statuses import Refused

WHOLE = "*"
"""Means that the whole message is the body, in place of the name of a field."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One way to call a method over HTTP.

    Args:
        method: The method.
        http_method: The HTTP method, in capitals.
        template: The template of the path.
        body: The field that the body fills; `WHOLE` for the request itself, empty for none.
        response_body: The field that is the body of the answer; empty for the response itself.
    """

    method: MethodDescriptor
    http_method: str
    template: PathTemplate
    body: str = ""
    response_body: str = ""

    @property
    def path(self) -> str:
        """The path of the method in gRPC."""
        return f"/{self.method.containing_service.full_name}/{self.method.name}"

    @property
    def body_field(self) -> FieldDescriptor | None:
        """The field that the body fills; None where it is the whole request, or nothing."""
        return self.method.input_type.fields_by_name.get(self.body)

    @property
    def takes_query(self) -> bool:
        """Whether a field is left for parameters of the query; if not, the query is ignored."""
        taken = {self.body, *self.template.fields}
        return self.body != WHOLE and any(field.name not in taken for field in self.method.input_type.fields)


class Bindings:
    """Everything that is served over HTTP.

    As in the gateway that the product uses, later declarations are matched first.

    Args:
        services: Descriptors of the services.

    Raises:
        ValueError: an annotation has a wrong path template.
    """

    def __init__(self, services: Iterable[ServiceDescriptor]) -> None:
        self.all = tuple(
            binding for service in services for method in service.methods for binding in bindings_of(method)
        )
        self._by_http_method: dict[str, list[Binding]] = defaultdict(list)
        for binding in reversed(self.all):
            self._by_http_method[binding.http_method].append(binding)

    def has(self, http_method: str, path: str) -> bool:
        """Whether there is a method at *path* for that HTTP method."""
        components = path[1:].split("/")
        return any(_match(binding, components) is not None for binding in self._by_http_method.get(http_method, ()))

    def find(self, http_method: str, path: str, *, is_form: bool) -> tuple[Binding, dict[str, str]]:
        """Find the method that a request calls, and the values of the variables in its path.

        Args:
            http_method: In capitals.
            path: Unescaped.
            is_form: Whether the request is a form sent by POST, which stands for a GET with a long query.

        Raises:
            Refused: nothing has this path, or nothing has it for this HTTP method.
        """
        components = path[1:].split("/")
        for binding in self._by_http_method.get(http_method, ()):
            if binding.template.verb and components[-1] == f":{binding.template.verb}":
                raise _not_found()
            if (variables := _match(binding, components)) is not None:
                return binding, variables
        others = [binding for binding in self.all if _match(binding, components) is not None]
        if is_form and (gets := [binding for binding in others if binding.http_method == "GET"]):
            variables = _match(gets[-1], components)
            assert variables is not None
            return gets[-1], variables
        if others:
            raise Refused(grpc.StatusCode.UNIMPLEMENTED, "Method Not Allowed")
        raise _not_found()


def _not_found() -> Refused:
    return Refused(grpc.StatusCode.NOT_FOUND, "Not Found")


def _match(binding: Binding, components: Sequence[str]) -> dict[str, str] | None:
    template = binding.template
    if template.verb:
        verb = f":{template.verb}"
        if not components[-1].endswith(verb):
            return None
        components = [*components[:-1], components[-1].removesuffix(verb)]
    return template.match(components)


def bindings_of(method: MethodDescriptor) -> Iterator[Binding]:
    """Return the bindings of a method, in the order of its annotation."""
    rule = read_option(method, annotations_pb2.http)
    for each in (rule, *rule.additional_bindings):
        kind = each.WhichOneof("pattern")
        if kind == "custom":
            http_method, path = each.custom.kind, each.custom.path
        elif kind is not None:
            http_method, path = kind.upper(), getattr(each, kind)
        else:
            continue
        yield Binding(method, http_method, parse_template(path), each.body, each.response_body)
