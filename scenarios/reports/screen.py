"""Shows lines and, on a terminal, the progress of the run below them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

import click

if TYPE_CHECKING:
    from rich.progress import Progress

TITLES_SHOWN_MAX = 3
"""Running scenarios that are named."""


class Screen(Protocol):
    """Where lines go, and what is told how far the run is, from any thread."""

    def show(self, text: str) -> None:
        """Show lines; the end of the last is not given."""
        ...

    def begin(self, title: str) -> None:
        """A scenario begins."""
        ...

    def end(self, title: str, *, passed: bool) -> None:
        """It is over."""
        ...


@contextmanager
def screen(scenario_count: int, stream: TextIO) -> Iterator[Screen]:
    """Lines on *stream*; where that is a terminal it shows meanwhile how many of the scenarios have been run."""
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield PlainScreen(stream)
        return
    # Imported here: without a terminal nobody needs it, and it takes longer than a scenario.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TextColumn("{task.description}", markup=False),
    )
    console = Console(file=stream, markup=False, emoji=False, highlight=False)
    with Progress(*columns, console=console, transient=True) as progress:
        yield LiveScreen(progress, scenario_count)


class PlainScreen:
    """Shows lines and nothing else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, text: str) -> None:
        click.echo(text, file=self._stream)

    def begin(self, title: str) -> None:
        """Ignore it."""

    def end(self, title: str, *, passed: bool) -> None:
        """Ignore it."""


class LiveScreen:
    """Shows lines above a progress bar."""

    def __init__(self, progress: Progress, scenario_count: int) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=scenario_count)
        self._lock = threading.Lock()
        self._running: list[str] = []
        self._failed_count = 0

    def show(self, text: str) -> None:
        from rich.text import Text  # noqa: PLC0415

        console = self._progress.console
        console.print(Text.from_ansi(click.unstyle(text) if console.no_color else text), soft_wrap=True)

    def begin(self, title: str) -> None:
        with self._lock:
            self._running.append(title)
            self._progress.update(self._task, description=self._description(), refresh=True)

    def end(self, title: str, *, passed: bool) -> None:
        with self._lock:
            self._running.remove(title)
            self._failed_count += not passed
            self._progress.update(self._task, description=self._description(), advance=1, refresh=True)

    def _description(self) -> str:
        more_count = len(self._running) - TITLES_SHOWN_MAX
        failed = [f"{self._failed_count} failed"] if self._failed_count else []
        more = [f"{more_count} more"] if more_count > 0 else []
        return ", ".join([*failed, *self._running[:TITLES_SHOWN_MAX], *more])
