"""Everything that can be asked of a session from outside its world: its time, its faults and its complaints."""

from __future__ import annotations

from simulator.sessions.fault_control import FaultControl
from simulator.sessions.session import Session
from simulator.sessions.time_control import TimeControl


class SessionControl(TimeControl, FaultControl):
    """Controls a session; the simulator in process and the control service both do it by this.

    Args:
        session: The session.
        allow_held: Whether restores that rules still hold at the end are meant to be held.
    """

    def __init__(self, session: Session, *, allow_held: bool = False) -> None:
        self._session = session
        self._allow_held = allow_held

    @property
    def session(self) -> Session:
        """The world with its lock, clock and history."""
        return self._session
