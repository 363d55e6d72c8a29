"""Turns errors of controlling a session into statuses with details."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import Any

import grpc

from fakes import InvalidWorld, UnknownEntity
from fakes.faults.errors import InvalidRule
from fakes.snapshot.errors import SnapshotError
from simulator.api import error_details_pb2
from simulator.documents.problems import path_text, worth_telling
from simulator.documents.reading import InvalidDocument
from simulator.rpc.errors import FieldViolation, InvalidRequest
from simulator.rpc.status import DOMAIN, CallFailed, invalid_request
from simulator.sessions.event_watch import EventsForgotten, SessionBegunAgain, WatchBroken
from simulator.sessions.registry import SessionExists, TooManySessions, UnknownSession
from simulator.sessions.time_control import WallClockRuns

SESSION_UNKNOWN = "SESSION_UNKNOWN"
"""The reason for refusing a call that names an unknown session."""


def invalid(field: str, description: str) -> InvalidRequest:
    """Make the error of one field."""
    return InvalidRequest([FieldViolation(field, description)])


@contextmanager
def violations_under(field: str, *inside: str) -> Any:
    """Turn the problems of a document into violations below the *field* of the request that holds it.

    Args:
        field: Path of the field; empty for the request itself.
        inside: Fields below it with which the text of an error may begin: ``limit is -1 s; …``.

    Raises:
        InvalidRequest: the document is wrong.
    """
    try:
        yield
    except InvalidDocument as error:
        found = [(path_text(problem.path), problem.message) for problem in worth_telling(error.problems)]
    except SnapshotError as error:
        found = [(path_text(error.path), error.reason)]
    except InvalidWorld as error:
        found = [
            (".".join(filter(None, (problem.collection, problem.name, problem.field))), problem.message)
            for problem in error.problems
        ]
    except InvalidRule as error:
        found = [(error.path, error.message)]
    except ValueError as error:
        name, _, rest = str(error).partition(" ")
        is_named = name in (*inside, field.rpartition(".")[2])
        found = [(name if name in inside else "", rest if is_named else str(error))]
    else:
        return
    raise InvalidRequest([FieldViolation(".".join(filter(None, (field, path))), what) for path, what in found])


def to_status(error: Exception) -> CallFailed | None:
    """Return the status for an error; None for an unforeseen one."""
    if isinstance(error, CallFailed):
        return error
    if type(error) in _TRANSLATIONS:
        return _TRANSLATIONS[type(error)](error)
    found = next((row for kind, row in _REASONS.items() if isinstance(error, kind)), None)
    if found is None:
        return None
    return refused(*found, str(error), {"after": str(error.after)} if isinstance(error, WatchBroken) else None)


def unknown_session(error: UnknownSession) -> CallFailed:
    """Return the status of a call of the simulated API that names an unknown session."""
    info = error_details_pb2.ErrorInfo(
        reason=SESSION_UNKNOWN, domain=DOMAIN, metadata={"session": error.session_id[:_SHOWN_MAX]}
    )
    return CallFailed(grpc.StatusCode.FAILED_PRECONDITION, _no_session(error), (info,))


def elsewhere(error: UnknownSession) -> CallFailed:
    """Return the status of a call of the simulated API that names a session in another process."""
    message = f"the session {error.session_id[:_SHOWN_MAX]!r} has a port of its own; GetSession gives its 'target'"
    return refused(grpc.StatusCode.FAILED_PRECONDITION, "SESSION_ELSEWHERE", message)


_SHOWN_MAX = 100


def _no_session(error: UnknownSession) -> str:
    return f"there is no session {error.session_id[:_SHOWN_MAX]!r}; CreateSession makes one"


def _session_not_found(error: UnknownSession) -> CallFailed:
    resource = error_details_pb2.ResourceInfo(resource_type="session", resource_name=error.session_id[:_SHOWN_MAX])
    return CallFailed(grpc.StatusCode.NOT_FOUND, _no_session(error), (resource,))


def refused(code: grpc.StatusCode, reason: str, message: str, metadata: dict[str, str] | None = None) -> CallFailed:
    """Make a status with its *reason*, in capitals, and further details for programs."""
    return CallFailed(code, message, (error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=metadata),))


_REASONS: Mapping[type[Exception], tuple[grpc.StatusCode, str]] = {
    SessionExists: (grpc.StatusCode.ALREADY_EXISTS, "SESSION_EXISTS"),
    TooManySessions: (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_SESSIONS"),
    EventsForgotten: (grpc.StatusCode.OUT_OF_RANGE, "EVENTS_FORGOTTEN"),
    SessionBegunAgain: (grpc.StatusCode.ABORTED, "SESSION_RESET"),
    UnknownEntity: (grpc.StatusCode.NOT_FOUND, "UNKNOWN_ENTITY"),
    TimeoutError: (grpc.StatusCode.FAILED_PRECONDITION, "PHASE_NOT_REACHED"),
    OverflowError: (grpc.StatusCode.OUT_OF_RANGE, "END_OF_TIME"),
    WallClockRuns: (grpc.StatusCode.FAILED_PRECONDITION, "WALL_CLOCK"),
}
"""Code and reason by the type of error; the first that fits counts."""

_TRANSLATIONS: Mapping[type[Exception], Callable[[Any], CallFailed]] = {
    InvalidRequest: invalid_request,
    UnknownSession: _session_not_found,
}
