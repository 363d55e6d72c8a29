"""Connects channels when they are opened, so that the first call loses nothing of its deadline.

A client of gRPC sends what is left of a timeout, and virtual time passes by what arrives. On a busy machine, a new
connection may take long enough to be seen in that.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import grpc
import grpc.aio

from simulator.sessions.real_time import wait_until

CONNECT_SECONDS_MAX = 1.0
"""Longer than any server on this machine takes. A channel that is not connected then connects with its first call."""

_CONNECTING = (grpc.ChannelConnectivity.IDLE.value[0], grpc.ChannelConnectivity.CONNECTING.value[0])


_Channel = TypeVar("_Channel", grpc.Channel, grpc.aio.Channel)


def connected(channel: _Channel) -> _Channel:
    """Wait until a channel over a socket is connected or can't be, and return it."""
    core = cast(Any, channel)._channel  # noqa: SLF001  # `grpc.channel_ready_future` takes 0.2 s
    wait_until(
        lambda: core.check_connectivity_state(True) not in _CONNECTING, CONNECT_SECONDS_MAX, every_seconds=0.0005
    )
    return channel
