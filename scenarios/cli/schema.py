"""``pds-sim schema``: the JSON Schema of scenarios and of snapshots, for editors and other programs."""

from __future__ import annotations

from pathlib import Path

import click

from scenarios.cli.loading import exit_wrong
from scenarios.format.json_schema import scenario_schema_text
from simulator.documents.snapshots import snapshot_schema_text


@click.command()
@click.option(
    "--output",
    "-o",
    metavar="OUT",
    type=click.Path(dir_okay=False),
    help="Write it to this file, overwriting it.",
)
@click.option("--snapshot", is_flag=True, help="The schema of snapshots in place of that of scenarios.")
def schema(output: str | None, *, snapshot: bool) -> None:
    """Print the JSON Schema (2020-12) of scenarios, or of snapshots.

    An editor with a YAML language server finds it by the first line of a scenario: '# yaml-language-server: $schema='
    and the path of the schema.
    """
    text = snapshot_schema_text() if snapshot else scenario_schema_text()
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        exit_wrong(f"--output {output}: {error.strerror or error}")
    click.echo(output)
