"""What the report of a failed test says about its simulator."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Sequence

import pytest

from fakes.history.description import describe
from fakes.history.events import RecordedEvent
from fakes.times import to_datetime
from scenarios.charts.calls import ShownCalls, shown_calls
from scenarios.charts.heading import Heading
from scenarios.charts.page import page
from scenarios.charts.subjects import Subjects
from scenarios.pytest_plugin.monitored_simulator import MonitoredSimulator

EVENTS_SHOWN_MAX = 20
"""How many events a report shows; the last ones."""
_FOLDER_NAME_LENGTH_MAX = 30  # as pytest cuts them for tmp_path


def failure_text(monitored: MonitoredSimulator, item: pytest.Item, reason: str) -> str:
    """Describe what happened in the simulator of a failed test, and how to replay it.

    Args:
        monitored: The simulator.
        item: The test.
        reason: Why it failed, as pytest reports it.
    """
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
        heading = Heading(item.name, seed=simulator.seed)
        lines.append(draw(item, events, heading, calls=shown_calls(simulator.calls), failure=reason))
    return for_terminal("\n".join(lines))


def for_terminal(text: str) -> str:
    """Replace characters that the terminal can't show; pytest would escape the line breaks as well."""
    terminal = sys.__stdout__
    if terminal is None:
        return text
    try:
        text.encode(terminal.encoding, terminal.errors or "strict")
    except UnicodeEncodeError:
        return text.encode(terminal.encoding, "replace").decode(terminal.encoding)
    return text


def replay_line(item: pytest.Item, seed: int) -> str:
    """The command that runs a test again with the same seed, from the directory where pytest was started."""
    _, separator, names = item.nodeid.partition("::")
    return shlex.join(["pytest", f"--pds-seed={seed}", f"{file_as_named(item)}{separator}{names}"])


def file_as_named(node: pytest.Item | pytest.File) -> str:
    """The file of a node, relative to the directory where pytest was started."""
    return os.path.relpath(node.path, node.config.invocation_params.dir)


def draw(
    item: pytest.Item, events: Sequence[RecordedEvent], heading: Heading, *, calls: ShownCalls, failure: str
) -> str:
    """Draw a timeline as a page in its own folder, beside those of pytest's ``tmp_path``, and say where it is.

    Args:
        item: The test.
        events: What happened.
        heading: What stands above.
        calls: What the page shows of calls.
        failure: Why the test failed.
    """
    folders: pytest.TempPathFactory | None = getattr(item.config, "_tmp_path_factory", None)
    if folders is None:
        return "no picture was drawn, because pytest's plugin 'tmpdir' is switched off"
    try:
        name = re.sub(r"\W", "_", item.name)[:_FOLDER_NAME_LENGTH_MAX]
        file = folders.mktemp(f"pds-{name}") / "timeline.html"
        file.write_text(page(events, heading, calls=calls, failure=failure), encoding="utf-8", newline="\n")
    except OSError as error:
        return f"no picture could be drawn: {error}"
    return f"picture: {file}"
