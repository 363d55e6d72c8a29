"""Finds the restore that an event concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fakes.history.events import RecordedEvent, RemoteCall, Transition


class Subjects:
    """Knows the restores of a timeline.

    Args:
        events: All its events, in order.
    """

    def __init__(self, events: Sequence[RecordedEvent]) -> None:
        self.names: Mapping[str, str] = {
            event.text("restore"): event.text("name") for event in events if event.kind == Transition.kind
        }
        """The names of the restores, by uid."""
        self._of_calls = {
            event.fields().get("call"): event.text("subject") for event in events if event.kind == RemoteCall.kind
        }

    def restore_uid(self, event: RecordedEvent) -> str | None:
        """The uid of the restore that an event concerns; None if it concerns something else.

        A fault on the call that creates a restore concerns that restore.
        """
        uid = event.text("restore") or event.text("subject") or event.text("uid")
        if not uid and event.fields().get("call"):
            uid = self._of_calls.get(event.fields()["call"], "")
        return uid if uid in self.names else None
