"""Logs go to stderr, whether anybody reads it or not."""

import json
import logging
import os
import sys

import click
import pytest

from scenarios.cli.log_option import log_option

LOGGER = logging.getLogger("somebody")


@click.command()
@click.option("--count", type=int)
@log_option
def busy(count, log_form):
    for number in range(count):
        LOGGER.warning("number %d comes from %s", number, log_form)


@pytest.mark.parametrize("form", ["text", "json"])
def test_whoever_logs_does_not_wait_for_whoever_should_read(form, monkeypatch):
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader:
        with os.fdopen(writing, "w") as stderr:
            monkeypatch.setattr(sys, "stderr", stderr)
            busy(["--log", form, "--count", "5000"], standalone_mode=False)
        first, *others = reader.read().splitlines()

    message = "number 0 comes from " + form
    assert (json.loads(first)["message"] if form == "json" else first.removeprefix("warning: ")) == message
    assert 100 < len(others) < 4999


def test_a_reader_that_has_gone_is_no_fault(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as raw:
        monkeypatch.setattr(sys, "stderr", os.fdopen(os.dup(raw.fileno()), "w"))
        busy(["--count", "2"], standalone_mode=False)
        with pytest.raises(BrokenPipeError):  # so it was tried
            sys.stderr.close()
