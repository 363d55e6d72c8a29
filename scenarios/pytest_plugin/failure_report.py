"""What the report of a failed test says about its simulator."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Sequence

import pytest

from fakes.history.description import describe
from fakes.history.events import RecordedEvent, to_datetime
from scenarios.charts.heading import Heading
from scenarios.charts.page import page
from scenarios.charts.reading import read_history
from scenarios.charts.subjects import Subjects
from scenarios.pytest_plugin.monitored_simulator import MonitoredSimulator

EVENTS_SHOWN_MAX = 20
"""Events that a report shows, the last ones."""
_FOLDER_NAME_LENGTH_MAX = 30  # as pytest cuts them for tmp_path


def failure_text(monitored: MonitoredSimulator, item: pytest.Item) -> str:
    """Tell what the simulator of a failed test went through, and how to have that again."""
    simulator = monitored.simulator
    lines = [f"seed {simulator.seed}; replay: {replay_line(item, simulator.seed)}", *monitored.trouble()]
    events = simulator.timeline.recorded()
    if len(events) > EVENTS_SHOWN_MAX:
        lines.append(f"the last {EVENTS_SHOWN_MAX} of {len(events)} events, in virtual time:")
    else:
        lines.append("events, in virtual time:" if events else "nothing happened in it")
    names = Subjects(events).names
    for event in events[-EVENTS_SHOWN_MAX:]:
        at_seconds = (to_datetime(event.at_microseconds) - monitored.started_at).total_seconds()
        lines.append(f"  {at_seconds:>10.3f} s  {describe(event, names)}")
    if events:
        lines.append(draw(item, events, Heading(item.name, seed=simulator.seed)))
    return for_terminal("\n".join(lines))


def for_terminal(text: str) -> str:
    """Replace the characters that the terminal has none of; pytest would escape the line breaks along with them."""
    terminal = sys.__stdout__
    if terminal is None:
        return text
    try:
        text.encode(terminal.encoding, terminal.errors or "strict")
    except UnicodeEncodeError:
        return text.encode(terminal.encoding, "replace").decode(terminal.encoding)
    return text


def replay_line(item: pytest.Item, seed: int) -> str:
    """The command that runs a test again, with the same seed, from where pytest was started."""
    _, separator, names = item.nodeid.partition("::")
    return shlex.join(["pytest", f"--pds-seed={seed}", f"{file_as_named(item)}{separator}{names}"])


def file_as_named(node: pytest.Item | pytest.File) -> str:
    """The file of a node as somebody names it who stands where pytest was started."""
    return os.path.relpath(node.path, node.config.invocation_params.dir)


def draw(item: pytest.Item, events: Sequence[RecordedEvent], heading: Heading) -> str:
    """Draw a timeline as a page in a folder of its own, beside those of pytest's ``tmp_path``, and say where it is."""
    folders: pytest.TempPathFactory | None = getattr(item.config, "_tmp_path_factory", None)
    if folders is None:
        return "no picture was drawn, because pytest's plugin 'tmpdir' is switched off"
    try:
        name = re.sub(r"\W", "_", item.name)[:_FOLDER_NAME_LENGTH_MAX]
        file = folders.mktemp(f"pds-{name}") / "timeline.html"
        file.write_text(page(read_history(events), heading), encoding="utf-8", newline="\n")
    except OSError as error:
        return f"no picture could be drawn: {error}"
    return f"picture: {file}"
