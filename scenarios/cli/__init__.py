"""The command line: ``pds-sim``, with one verb for each thing that a person wants to do."""

from __future__ import annotations

import errno
import functools
import gc
import importlib
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click

from pds_simulator_command import EXIT_INTERRUPTED
from scenarios.cli.exit_codes import EXIT_BROKEN_PIPE, EXIT_WRONG

VERBS = ("run", "check", "explain", "explore", "timeline", "serve", "world", "scenarios", "new", "schema", "protos")
"""The verbs; each is the command of that name in the module of that name, which is imported on demand."""

_OUTPUT_ERRORS = frozenset({errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC})
"""How writing to stdout or stderr can fail; what writes files tells of theirs."""


class _ReaderGone(Exception):
    """The reader of stdout is gone; click would end with 1 because of the error that this replaces."""


class _Program(click.Group):
    """The verbs, with exit codes and an output that suit programs that call it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click gives it
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click gives it
        if cmd_name not in VERBS:
            return None
        gc.disable()  # imported objects stay, and scanning them for garbage costs a tenth of the time
        try:
            command: click.Command = getattr(importlib.import_module(f"scenarios.cli.{cmd_name}"), cmd_name)
        finally:
            gc.freeze()
            gc.enable()
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        # A process may be started with its output closed.
        sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the process ends
        sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the process ends
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # an old code page has no ✓
        run = functools.partial(super().main, *args, standalone_mode=False, **extra)
        return _as_program(run) if standalone_mode else run()


def _as_program(run: Callable[[], Any]) -> NoReturn:
    """End the process with the exit code for the outcome of *run*.

    That is `EXIT_WRONG` also where stdout or stderr can't be written, say because a disk is full: so end reports that
    can't be written, and nobody should take it for a failed expectation.
    """
    try:
        sys.exit(_exit_code(run))
    except OSError as error:
        if error.filename is not None or error.errno not in _OUTPUT_ERRORS:
            raise
        with suppress(OSError):
            click.echo(f"pds-sim: the output can't be written: {error.strerror or error}", err=True)
        sys.exit(EXIT_WRONG)
    finally:
        for stream in filter(_is_stuck, (sys.stdout, sys.stderr)):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # for what is still to be flushed


def _exit_code(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except _ReaderGone:
        return EXIT_BROKEN_PIPE


def _is_stuck(stream: TextIO | None) -> bool:
    """Whether there is something to be written that can't be; a stream that was closed at the start is None."""
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        return True
    return False


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pds-restore-simulator", prog_name="pds-sim")
@click.pass_context
def main(context: click.Context) -> None:
    """Simulate the Portworx Data Services RestoreService, without a cluster."""
    if (
        os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    ):  # https://no-color.org; a terminal without colours
        context.color = False
