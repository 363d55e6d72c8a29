"""Takes snapshots of a simulator in this process, and makes simulators from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from fakes.faults.rule import Effect
from simulator.documents.given_rules import GivenRule, to_rules
from simulator.sessions.session import Session
from simulator.transports.added_services import AddToServer
from simulator.transports.grpc_server import ANY_PORT


class Snapshots:
    """The snapshot methods of a simulator."""

    _session: Session
    _begin: Callable[..., None]

    def snapshot(self) -> dict[str, Any]:
        """Take a snapshot as JSON knows it: world, restores, agenda, rules, clock, events, calls.

        Calls that are held up are not part of it, because they belong to their connections. In place of the secrets of
        tokens it has digests.

        Raises:
            fakes.snapshot.errors.SnapshotError: there is something that can't be written: an effect or a duration of
                your own that has no plain form, or a process of simpy's.

        Example:
            >>> from simulator import Simulator
            >>> with Simulator(seed=7) as sim:
            ...     document = sim.snapshot()
            >>> with Simulator.from_snapshot(document) as sim:
            ...     sim.run_until_idle()
        """
        from simulator.documents.snapshots import take_snapshot  # noqa: PLC0415  # pydantic takes a while to import

        return take_snapshot(self._session)

    @classmethod
    def from_snapshot(  # noqa: PLR0913  # those of a simulator, all by name
        cls,
        snapshot: object,
        *,
        rules: Sequence[Effect | GivenRule] = (),
        effects: Iterable[type[Any]] = (),
        address: str = ANY_PORT,
        listen: bool = True,
        strict: bool | None = None,
        allow_held: bool | None = None,
        services: Sequence[AddToServer] = (),
        history_max: int | None = None,
    ) -> Self:
        """Make a simulator that continues from a snapshot: the same happens from then on.

        World, seed, clock and speed are those of the snapshot.

        Args:
            snapshot: What `snapshot` returned, in this process or another.
            rules: Rules to add to those of the snapshot.
            effects: Classes of effects of your own that its rules may have, each with a ``from_plain``.
            address: As for `simulator.Simulator`.
            listen: As for `simulator.Simulator`.
            strict: As for `simulator.Simulator`; left out, as it was for the simulator of the snapshot.
            allow_held: Likewise.
            services: As for `simulator.Simulator`.
            history_max: Likewise; left out, what it was for the simulator of the snapshot.

        Raises:
            fakes.snapshot.errors.SnapshotError: it is no snapshot, or one of a newer version, or something in it is
                wrong; says where.
            InvalidRule: a rule could never match anything in the world.
        """
        from simulator.documents.snapshots import session_from  # noqa: PLC0415  # pydantic takes a while to import

        simulator = cls.__new__(cls)
        session = session_from(
            snapshot,
            rules=to_rules("rules", rules),
            effects=effects,
            strict=strict,
            allow_held=allow_held,
            history_max=history_max,
        )
        simulator._begin(session, address=address, listen=listen, services=services)  # noqa: SLF001  # it is one of these
        return simulator
