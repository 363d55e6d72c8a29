"""The command line: ``pds-sim``, with one verb for each thing that a person wants to do."""

from __future__ import annotations

import functools
import io
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import click

from scenarios.cli.check import check
from scenarios.cli.explain import explain
from scenarios.cli.new import new
from scenarios.cli.run import run
from scenarios.cli.scenarios import scenarios
from scenarios.cli.schema import schema
from scenarios.cli.serve import serve
from scenarios.cli.timeline import timeline
from scenarios.cli.world import world

VERBS: tuple[click.Command, ...] = (run, check, explain, timeline, serve, world, scenarios, new, schema)


EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
"""As shells have it: 128 and the number of the signal. 1 means that an expectation failed, and nothing else."""


class _ReaderGone(Exception):
    """Nobody reads stdout any more; click would end with 1 because of the error that this stands for."""


class _Program(click.Group):
    """The verbs, with exit codes and an output that suit programs that call it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # an old code page has no ✓
        run = functools.partial(super().main, *args, standalone_mode=False, **extra)
        return _as_program(run) if standalone_mode else run()


def _as_program(run: Callable[[], Any]) -> NoReturn:
    """End the process with the exit code that suits what comes of *run*."""
    try:
        sys.exit(run())
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("interrupted", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except _ReaderGone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be flushed
        sys.exit(EXIT_BROKEN_PIPE)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pds-restore-simulator", prog_name="pds-sim")
@click.pass_context
def main(context: click.Context) -> None:
    """Simulate the Portworx Data Services RestoreService, without a cluster."""
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        context.color = False


for _verb in VERBS:
    main.add_command(_verb)
