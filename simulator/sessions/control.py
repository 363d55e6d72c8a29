"""Everything that controls a session from outside its world: its time, its faults and its complaints."""

from __future__ import annotations

from simulator.sessions.fault_control import FaultControl
from simulator.sessions.session import Session
from simulator.sessions.time_control import TimeControl


class SessionControl(TimeControl, FaultControl):
    """Controls a session, for the simulator in process and for the control service.

    Args:
        session: The session.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def session(self) -> Session:
        """The world with its lock, clock and history."""
        return self._session
