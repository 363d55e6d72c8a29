"""Events in a few words, for people."""

from __future__ import annotations

from fakes.history.events import Event, FaultFired, RemoteCall, Transition, WorldChange
from fakes.printable import printable


def describe(event: Event) -> str:
    """Tell what happened, in one line."""
    return printable(_text(event))


def _text(event: Event) -> str:
    match event:
        case Transition(restore=restore, status=status):
            reason = f" ({status.error_code.name}: {status.error_message})" if status.error_code else ""
            return f"{restore.name}: {status.phase.name}{reason}"
        case FaultFired(rule=rule, name=name):
            return f"{name}: fault {rule!r}"
        case WorldChange(change=change, name=name):
            return f"{name}: {change}"
        case RemoteCall(method=method, code=code, subject=subject, message=message):
            about = " ".join(part for part in (method, subject) if part)
            return f"{about} → {code}{message and ': '}{message}"
        case _:
            return event.kind
