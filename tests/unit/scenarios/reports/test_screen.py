"""A terminal shows how far the run is; where nobody watches, there are lines and nothing else."""

import io

import click
import pytest

from scenarios.reports.screen import screen


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def use(shown):
    shown.begin("first")
    shown.begin("second")
    shown.end("first", passed=False)
    shown.show(click.style("a line", fg="red"))
    shown.end("second", passed=True)


def test_without_a_terminal_there_are_lines_only():
    stream = io.StringIO()
    with screen(2, stream) as shown:
        use(shown)

    assert stream.getvalue() == "a line\n"


def test_a_terminal_shows_what_runs_and_what_has_failed_and_clears_it_at_the_end(terminal):
    with screen(2, terminal) as shown:
        use(shown)
    text = terminal.getvalue()

    assert "\x1b[31ma line\x1b[0m" in text
    assert "1 failed, second" in click.unstyle(text)
    assert "1/2" in click.unstyle(text)
    assert text.endswith("\x1b[2K")


def test_more_than_a_few_running_scenarios_are_counted(terminal):
    with screen(5, terminal) as shown:
        for number in range(5):
            shown.begin(f"scenario-{number}")
        shown.show("a line")

    assert "scenario-0, scenario-1, scenario-2, 2 more" in click.unstyle(terminal.getvalue())


def test_a_long_line_is_not_broken(terminal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    with screen(2, terminal) as shown:
        shown.show("x" * 100)

    assert "x" * 100 in terminal.getvalue()
