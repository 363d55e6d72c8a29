"""Prints events from a separate thread, so that a slow reader blocks nothing else."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

import click

from fakes.history.events import Event

EVENTS_WAITING_MAX = 10_000
"""How many events wait to be printed; if nobody reads them, further ones are dropped."""
END_SECONDS = 1.0
"""How long the remaining events may take at the end."""


_logger = logging.getLogger(__name__)


class EventPrinter:
    """Prints events as they come.

    Args:
        text_of: Puts an event with its number into words.
    """

    def __init__(self, text_of: Callable[[int, Event], str]) -> None:
        self._text_of = text_of
        self._waiting: queue.SimpleQueue[tuple[int, Event] | None] = queue.SimpleQueue()
        self._left_out_count = 0
        self._thread = threading.Thread(target=self._run, name="pds-simulator-printer", daemon=True)

    def start(self) -> None:
        """Start to print."""
        self._thread.start()

    def tell(self, sequence: int, event: Event) -> None:
        """Queue an event for printing; never blocks."""
        if self._waiting.qsize() < EVENTS_WAITING_MAX:
            self._waiting.put((sequence, event))
        else:
            self._left_out_count += 1

    def end(self) -> bool:
        """Print the events that still wait; False if nobody reads them."""
        self._waiting.put(None)
        self._thread.join(END_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while (waiting := self._waiting.get()) is not None:
                click.echo(self._text_of(*waiting))
            if self._left_out_count:
                message = "%d events were left out, because nobody read them"
                _logger.warning(message, self._left_out_count, extra={"event": "events_left_out"})
        except OSError:
            # The reader has gone; the clients of the simulator have not.
            return
