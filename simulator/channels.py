"""Channels to a simulator in this process: without a socket, or over the loopback interface; also for asyncio."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum
from functools import partial
from typing import Any, cast

import grpc
import grpc.aio

from simulator.transports.aio_channel import AioChannel, PerLoopCore
from simulator.transports.connecting import connected
from simulator.transports.in_process.aio_channel import InProcessAioCore
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.in_process.service_config import Options
from simulator.transports.service_registry import ServiceRegistry

_CHANNEL_OPTIONS = (
    ("grpc.enable_http_proxy", 0),  # a proxy from the environment can't reach this machine's loopback
    ("grpc.use_local_subchannel_pool", 1),  # a connection to an earlier simulator on the same port is useless
)


class Transport(Enum):
    """How calls reach a simulator."""

    IN_PROCESS = "in_process"
    LOOPBACK = "loopback"


class OpensChannels(ABC):
    """What a simulator offers for channels."""

    _registry: ServiceRegistry
    _channels: list[grpc.Channel]

    @property
    @abstractmethod
    def target(self) -> str:
        """Where it listens."""

    @abstractmethod
    def _require_running(self) -> None:
        """Raise RuntimeError if it does not run."""

    def channel(self, *, transport: Transport | str = Transport.IN_PROCESS, options: Options = ()) -> grpc.Channel:
        """Open a channel to it, which ``close`` closes.

        Args:
            transport: ``"in_process"`` runs calls in the caller's thread; ``"loopback"`` is a socket.
            options: As gRPC takes them. In process, ``"grpc.service_config"`` and ``"grpc.enable_retries"`` are
                honoured, all others have no effect.

        Raises:
            RuntimeError: it does not run, or a socket is asked for and it does not listen.
            TypeError: the options are not pairs.
            ValueError: the transport is unknown, or the service config is invalid.
        """
        if _transport(transport) is Transport.LOOPBACK:
            channel: grpc.Channel = connected(grpc.insecure_channel(self.target, options=(*_CHANNEL_OPTIONS, *options)))
        else:
            self._require_running()
            channel = InProcessChannel(self._registry, options)
        self._channels.append(channel)
        return channel

    def aio_channel(
        self,
        *,
        transport: Transport | str = Transport.IN_PROCESS,
        options: Options = (),
        interceptors: Sequence[Any] = (),
    ) -> grpc.aio.Channel:
        """Open a channel for asyncio to it; close it yourself (``async with``).

        It may be made anywhere, also where no event loop runs: a call belongs to the loop in which it is made.

        Args:
            transport: As for `channel`.
            options: As for `channel`.
            interceptors: Of `grpc.aio`.

        Raises:
            RuntimeError: it does not run, or a socket is asked for and it does not listen.
            TypeError: the options are not pairs.
            ValueError: the transport is unknown, the service config is invalid, or an interceptor is not one.
        """
        if _transport(transport) is Transport.LOOPBACK:
            open_channel = partial(grpc.aio.insecure_channel, self.target, options=(*_CHANNEL_OPTIONS, *options))
            return cast(grpc.aio.Channel, AioChannel(PerLoopCore(open_channel), interceptors))
        self._require_running()
        channel = InProcessChannel(self._registry, options)
        self._channels.append(channel)
        return cast(grpc.aio.Channel, AioChannel(InProcessAioCore(channel), interceptors))


def _transport(transport: Transport | str) -> Transport:
    try:
        return Transport(transport)
    except ValueError:
        transports = ", ".join(repr(known.value) for known in Transport)
        raise ValueError(f"transport is {transport!r}; expected one of {transports}") from None
