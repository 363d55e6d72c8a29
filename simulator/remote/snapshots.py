"""Snapshots of a remote session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import grpc

from fakes.faults.rule import Effect
from fakes.snapshot.errors import SnapshotError
from fakes.values import shown
from simulator.api import control_pb2
from simulator.documents.given_rules import GivenRule
from simulator.remote.connection import ControlsSession
from simulator.services.control.conversions import fill_struct, from_struct


class RemoteSnapshots(ControlsSession):
    """The snapshot methods of a remote simulator."""

    _request: control_pb2.CreateSessionRequest

    def snapshot(self) -> dict[str, Any]:
        """Take a snapshot; see `simulator.Simulator.snapshot`."""
        return from_struct(self._running().call("CreateSnapshot").snapshot)

    @classmethod
    def from_snapshot(
        cls,
        target: str,
        snapshot: object,
        *,
        rules: Sequence[Effect | GivenRule] = (),
        strict: bool | None = None,
        allow_held: bool | None = None,
        control_token: str = "",
        credentials: grpc.ChannelCredentials | None = None,
    ) -> Self:
        """Make a session that continues from a snapshot of this server, another one, or a local simulator.

        World, seed, clock and speed are those of the snapshot. It keeps as many events and calls as its server keeps.

        Args:
            target: The gRPC address of the server.
            snapshot: The snapshot.
            rules: Rules to add to those of the snapshot.
            strict: As for `simulator.Simulator`; left out, as it was for the simulator of the snapshot.
            allow_held: Likewise.
            control_token: As for `simulator.remote.RemoteSimulator`.
            credentials: As for `simulator.remote.RemoteSimulator`.

        Raises:
            ValueError: it is not a snapshot.
        """
        if not isinstance(snapshot, Mapping):
            raise SnapshotError((), f"is {shown(snapshot)}; expected an object")
        options = {"strict": strict, "allow_held": allow_held}
        given = {name: value for name, value in options.items() if value is not None}
        simulator = cls(target, rules=rules, control_token=control_token, credentials=credentials, **given)  # type: ignore[call-arg]  # the keywords are those of the simulator
        for field in {"seed", "clock", *options} - {*given}:
            simulator._request.ClearField(field)
        fill_struct(simulator._request.snapshot, snapshot)
        return simulator
