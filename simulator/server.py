"""A server with many sessions, each with its own world, and a service that controls them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from functools import partial
from types import TracebackType
from typing import Self

import grpc
from google.protobuf.descriptor import ServiceDescriptor

from simulator.api.pool import POOL
from simulator.rpc.status import CallFailed
from simulator.services.control.errors import elsewhere, unknown_session
from simulator.services.control.host import ControlHost, ScenarioReader, ScenarioWriter, SessionSetup
from simulator.services.control.service import SERVICE, ControlService
from simulator.sessions.call_record import Metadata
from simulator.sessions.event_watch import Watcher
from simulator.sessions.registry import (
    DEFAULT,
    HISTORY_MAX,
    IDLE_SECONDS,
    SESSION_HEADER,
    SESSIONS_MAX,
    HostedSession,
    SessionRegistry,
    UnknownSession,
)
from simulator.sessions.session import DEADLINE_GRACE_SECONDS, Session
from simulator.transports.added_services import AddToServer, SessionServices
from simulator.transports.grpc_server import GrpcServer, require_address
from simulator.transports.in_process.channel import InProcessChannel
from simulator.transports.service_registry import ServiceRegistry
from simulator.transports.tls import TlsFiles
from simulator.workers import Workers

SWEEP_SECONDS = 5.0
"""How often the server looks for sessions that have been idle for too long."""


_logger = logging.getLogger(__name__)


class SimulatorServer:
    """Serves sessions on a gRPC port, in a ``with`` statement.

    Args:
        setup: How the session ``default`` starts.
        address: Where to listen, ``host:port``; port 0 takes a free one.
        read_scenario: Reads the scenarios that sessions start from.
        write_scenario: Writes sessions as scenarios; without it, ``WriteScenario`` is UNIMPLEMENTED.
        control_token: The token that calls of the control service need; empty lets everybody in.
        base_url: Returns the URL of the HTTP server, if there is one; called when a session is described.
        history_max: How many events and how many calls each session keeps; None keeps all.
        sessions_max: How many sessions there may be.
        idle_seconds: After how long without a call a session ends.
        services: Add services of your own to every session, as for `simulator.Simulator`.
        tls: Files for TLS, also on the ports of single sessions; None serves without TLS.

    Raises:
        ValueError: an argument or a file for TLS is invalid.
    """

    def __init__(  # noqa: PLR0913  # all by name, and most have defaults
        self,
        setup: SessionSetup,
        *,
        address: str = "127.0.0.1:0",
        read_scenario: ScenarioReader,
        write_scenario: ScenarioWriter | None = None,
        control_token: str = "",
        base_url: Callable[[], str] = lambda: "",
        history_max: int | None = HISTORY_MAX,
        sessions_max: int = SESSIONS_MAX,
        idle_seconds: float = IDLE_SECONDS,
        services: Sequence[AddToServer] = (),
        tls: TlsFiles | None = None,
    ) -> None:
        require_address(address)
        self._credentials = None if tls is None else tls.grpc_credentials()
        self._address = address
        self._default = setup.host(DEFAULT)
        self._added = SessionServices(services)
        self._add_services(self._default)
        self.sessions = SessionRegistry(
            self._default,
            history_max=history_max,
            sessions_max=sessions_max,
            idle_seconds=idle_seconds,
            on_add=self._add_services_or_refuse,
        )
        self._host = ControlHost(
            self.sessions,
            read_scenario,
            self.open_port,
            lambda: self.target,
            base_url,
            lambda: self.workers,
            write_scenario,
        )
        control = ControlService(self._host, token=control_token)
        self._registry = ServiceRegistry(self._find, more=control.handlers(), own=self._added)
        self._server: GrpcServer | None = None
        self.workers: Workers | None = None
        """The processes with the sessions that have their own ports; set before the server starts to listen."""
        self._stopped = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="pds-simulator-sessions", daemon=True)

    def __enter__(self) -> Self:
        """Listen.

        Raises:
            OSError: nothing can listen at the address.
        """
        self._server = GrpcServer(self._registry, self._address, self._credentials)
        self._sweeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        for hosted in self.sessions:
            hosted.end()
        if self._server is not None:
            self._server.stop()

    @property
    def default(self) -> Session:
        """The session of calls that do not name one."""
        return self._default.session

    @property
    def target(self) -> str:
        """Where it listens for gRPC.

        Raises:
            RuntimeError: it does not run.
        """
        if self._server is None:
            raise RuntimeError("the server does not run; use it in a 'with' statement")
        return self._server.target

    @property
    def watchers(self) -> Collection[Watcher]:
        """The current watchers of events of its sessions."""
        return self._host.watchers

    @property
    def descriptors(self) -> Sequence[ServiceDescriptor]:
        """The services that it serves beside the product's, for a gateway."""
        return (POOL.FindServiceByName(SERVICE), *self._added.descriptors)

    def channel(self) -> grpc.Channel:
        """Open an in-process channel to everything that it serves; calls name their session in the metadata."""
        return InProcessChannel(self._registry, deadline_grace_seconds=DEADLINE_GRACE_SECONDS)

    def _find(self, metadata: Metadata) -> Session:
        try:
            return self.sessions.find(metadata)
        except UnknownSession as error:
            if self.workers is not None and self.workers.find(error.session_id) is not None:
                raise elsewhere(error) from None
            raise unknown_session(error) from None

    def _add_services(self, hosted: HostedSession) -> None:
        self._added.add(hosted.session)
        hosted.on_end += [partial(self._added.remove, hosted.session), partial(_log_of, hosted, "ended")]
        _log_of(hosted, "started")

    def _add_services_or_refuse(self, hosted: HostedSession) -> None:
        try:
            self._add_services(hosted)
        except ValueError as error:
            raise CallFailed(grpc.StatusCode.FAILED_PRECONDITION, str(error)) from error

    def open_port(self, hosted: HostedSession, wanted: str = "") -> None:
        """Listen for calls of one session, on a port of the same host; these calls keep the session from being idle.

        Args:
            hosted: The session.
            wanted: An address whose port to use if it is free; otherwise any free one.

        Raises:
            OSError: nothing can listen.
        """
        registry = ServiceRegistry(lambda _: self._find(((SESSION_HEADER, hosted.id),)), own=self._added)
        host, port = self._address.rpartition(":")[0], wanted.rpartition(":")[2]
        try:
            server = GrpcServer(registry, f"{host}:{port or 0}", self._credentials)
        except (OSError, ValueError):  # it is taken, or not a port
            if not port:
                raise
            server = GrpcServer(registry, f"{host}:0", self._credentials)
        hosted.target = server.target
        hosted.on_end.append(server.stop)

    def end_idle(self) -> None:
        """End the sessions that have been idle for too long; the server itself does so every few seconds."""
        for hosted in self.sessions.end_idle():
            _logger.warning(
                "the session %r has ended, because no call came for it",
                hosted.id,
                extra={"event": "session_idle", "session": hosted.id},
            )

    def _sweep(self) -> None:
        while not self._stopped.wait(SWEEP_SECONDS):
            self.end_idle()


def _log_of(hosted: HostedSession, what: str) -> None:
    _logger.info("a session has %s", what, extra={"event": f"session_{what}", "session": hosted.id})
