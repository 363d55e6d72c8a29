"""``pds-sim new``: a scenario to begin with."""

from __future__ import annotations

import shlex
from importlib import resources
from pathlib import Path

import click

from scenarios.cli.loading import exit_wrong
from scenarios.format.json_schema import SCHEMA_FILE, scenario_schema_text

SCHEMA_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE.name}\n"
NO_SCHEMA_LINE = (
    "# 'pds-sim schema --output scenario.schema.json' and a first line\n"
    "# 'yaml-language-server: $schema=scenario.schema.json' let your editor help with this file.\n"
)


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False))
@click.option("--no-schema", is_flag=True, help="Don't write the schema for editors beside it.")
def new(file: str, *, no_schema: bool) -> None:
    """Write a commented scenario to start from; it passes as it is.

    Writes scenario.schema.json beside it, with which editors complete and check what you type. Existing files are kept.
    A schema of another version is reported, with the command that renews it.
    """
    text = resources.files("scenarios").joinpath("starter.yaml").read_text(encoding="utf-8")
    _write_new(Path(file), (NO_SCHEMA_LINE if no_schema else SCHEMA_LINE) + text)
    click.echo(file)
    schema = Path(file).with_name(SCHEMA_FILE.name)
    if no_schema:
        return
    if not schema.exists():
        _write_new(schema, scenario_schema_text())
        click.echo(str(schema))
    elif not _has(schema, scenario_schema_text()):
        renewal = shlex.join(["pds-sim", "schema", "--output", str(schema)])
        click.echo(f"{schema}: is kept, but differs from the schema of this version; to renew it: {renewal}", err=True)


def _has(file: Path, text: str) -> bool:
    try:
        return file.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _write_new(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        exit_wrong(f"{file}: exists already; expected the name of a new file")
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        exit_wrong(f"{file}: can't be written: {getattr(error, 'strerror', None) or error}")
