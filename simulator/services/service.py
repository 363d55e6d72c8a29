"""What a service is: a function for each method, and the interceptors that its calls pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message

from simulator.api import Method
from simulator.api.pool import POOL
from simulator.api.service import methods_of
from simulator.rpc.authentication import authenticating
from simulator.rpc.call import Call, Handler, Interceptor, intercepted
from simulator.rpc.fault_injection import injecting_faults
from simulator.rpc.polling import moving_time
from simulator.rpc.recording import recording
from simulator.rpc.status import translating_errors
from simulator.rpc.validation import validating

INTERCEPTORS: tuple[Interceptor, ...] = (
    recording,
    translating_errors,
    authenticating,
    moving_time,
    injecting_faults,
    validating,
)
"""The interceptors of all calls of the product's services, outermost first."""

Function = Callable[[Call], Message | bytes]
"""Answers a call with a message, or with the bytes of one."""


@dataclass(frozen=True)
class Service:
    """A service that is served.

    Args:
        full_name: As the .proto file has it, with its package.
        functions: For each method, by its name there, the function that answers its calls.
        interceptors: The interceptors of its calls, outermost first.
    """

    full_name: str
    functions: Mapping[str, Function]
    interceptors: tuple[Interceptor, ...] = INTERCEPTORS

    @property
    def descriptor(self) -> ServiceDescriptor:
        """The service as its .proto file defines it."""
        return POOL.FindServiceByName(self.full_name)

    @cached_property
    def handlers(self) -> Sequence[tuple[Method, Handler]]:
        """The handler of each method, interceptors included; it raises `simulator.rpc.status.CallFailed`."""
        functions = {f"/{self.full_name}/{name}": _handler(function) for name, function in self.functions.items()}
        return [
            (method, intercepted(self.interceptors, functions[method.path])) for method in methods_of(self.descriptor)
        ]


def _handler(function: Function) -> Handler:
    async def handle(call: Call) -> bytes:
        answer = function(call)
        return answer if isinstance(answer, bytes) else write_message(answer)

    return handle


def write_message(message: Message) -> bytes:
    """Write *message* deterministically, because maps have no order."""
    return message.SerializeToString(deterministic=True)
