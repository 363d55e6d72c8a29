"""The command line: ``pds-sim``, with one verb for each thing that a person wants to do."""

from __future__ import annotations

import click

from scenarios.cli.explain import explain
from scenarios.cli.run import run
from scenarios.cli.serve import serve
from scenarios.cli.timeline import timeline
from scenarios.cli.world import world

VERBS: tuple[click.Command, ...] = (run, explain, timeline, serve, world)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pds-restore-simulator", prog_name="pds-sim")
def main() -> None:
    """Simulate the Portworx Data Services RestoreService, without a cluster."""


for _verb in VERBS:
    main.add_command(_verb)
