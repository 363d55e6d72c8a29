"""Describes an event in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fakes.history.events import Event, Fields
from fakes.printable import printable

Names = Mapping[str, str]


def describe(event: Event, names: Names | None = None) -> str:
    """Say what happened, in one line.

    Args:
        event: What happened.
        names: Names to write in place of uids.
    """
    wording = _WORDINGS.get(event.kind)
    return printable(wording(event.fields(), names or {}) if wording is not None else event.kind)


def _transition(fields: Fields, _: Names) -> str:
    reason = f" ({fields['error_code']}: {fields.get('error_message', '')})" if fields.get("error_code") else ""
    return f"{fields['name']}: {fields['to']}{reason}"


def _world(fields: Fields, _: Names) -> str:
    return f"{fields['name']}: {fields['change']}"


def _fault(fields: Fields, names: Names) -> str:
    uid = str(fields["uid"])
    subject = _joined(fields.get("method"), fields["name"] or names.get(uid, uid))
    return f"fault {fields['rule']!r} ({fields['effect']}){subject and f' on {subject}'}"


def _rpc(fields: Fields, names: Names) -> str:
    subject = str(fields["subject"])
    called = _joined(fields["method"], names.get(subject, subject), fields["caller"] and f"by {fields['caller']}")
    return f"{called} → {fields['code']}{fields['message'] and ': '}{fields['message']}"


def _joined(*parts: str | int | None) -> str:
    return " ".join(str(part) for part in parts if part)


_WORDINGS: Mapping[str, Callable[[Fields, Names], str]] = {
    "transition": _transition,
    "world": _world,
    "fault": _fault,
    "rpc": _rpc,
}
"""By the kind of event."""
