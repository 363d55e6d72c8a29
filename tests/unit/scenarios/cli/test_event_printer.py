"""A thread of its own prints events in their order, and a slow reader holds up nobody."""

import threading

import click
import pytest

from fakes.history.events import WorldChange
from scenarios.cli import event_printer
from scenarios.cli.event_printer import EventPrinter


def event(number):
    return WorldChange(number, "backup deleted", f"bkp:{number}", f"backup-{number}")


@pytest.fixture
def told(monkeypatch):
    """What was printed, each with whether it went to stderr."""
    lines = []
    monkeypatch.setattr(click, "echo", lambda line, *, err=False: lines.append((line, err)))
    return lines


@pytest.fixture
def printer():
    return EventPrinter(lambda sequence, event: f"{sequence} {event.name}")


def test_what_came_before_the_start_is_told_first(printer, told):
    printer.tell(1, event(1))
    printer.start()
    printer.tell(2, event(2))

    assert printer.end()
    assert told == [("1 backup-1", False), ("2 backup-2", False)]


def test_what_nobody_reads_is_left_out_and_counted(printer, told, monkeypatch, caplog):
    monkeypatch.setattr(event_printer, "EVENTS_WAITING_MAX", 2)
    for number in range(5):
        printer.tell(number, event(number))
    printer.start()

    assert printer.end()
    assert told == [("0 backup-0", False), ("1 backup-1", False)]
    assert caplog.messages == ["3 events were left out, because nobody read them"]


def test_a_reader_that_has_gone_is_no_fault(printer, monkeypatch):
    def refuse(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr(click, "echo", refuse)
    printer.tell(1, event(1))
    printer.start()

    assert printer.end()


def test_a_reader_that_does_not_read_keeps_nobody_from_ending(printer, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(click, "echo", lambda _line: released.wait(10))
    monkeypatch.setattr(event_printer, "END_SECONDS", 0)
    printer.tell(1, event(1))
    printer.start()

    assert not printer.end()
    released.set()
