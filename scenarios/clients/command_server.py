"""A server for clients that are commands: each run has its own session and port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from simulator.server import SimulatorServer
from simulator.services.control.host import ScenarioReader, SessionSetup
from simulator.sessions.registry import HostedSession, new_id
from simulator.sessions.session import Session
from simulator.transports.rest_gateway import OwnAddress, serving_http

_HOST = "127.0.0.1"


class CommandServer:
    """Serves gRPC and HTTP, in a ``with`` statement.

    Args:
        read_scenario: As `simulator.server.SimulatorServer` takes it.
    """

    def __init__(self, read_scenario: ScenarioReader) -> None:
        self._server = SimulatorServer(SessionSetup(), read_scenario=read_scenario, base_url=lambda: self._url)
        self._url = ""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Listen.

        Raises:
            OSError: nothing can listen.
        """
        with ExitStack() as stack:
            stack.enter_context(self._server)
            self._url = stack.enter_context(
                serving_http(self._server.channel(), OwnAddress(_HOST), more=self._server.descriptors)
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextmanager
    def serving(self, session: Session) -> Iterator[Mapping[str, str]]:
        """Serve a session, in a ``with`` statement, with what a command needs in its environment to call it.

        That is its gRPC address, the URL of its HTTP API, and its id.

        Raises:
            OSError: no port is to be had.
        """
        hosted = HostedSession(new_id(), session)
        self._server.sessions.add(hosted)
        try:
            self._server.open_port(hosted)
            yield {
                "PDS_SIM_TARGET": hosted.target,
                "PDS_SIM_HTTP": f"{self._url}/sessions/{hosted.id}",
                "PDS_SIM_SESSION": hosted.id,
            }
        finally:
            self._server.sessions.remove(hosted.id)
