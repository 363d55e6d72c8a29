"""``pds-sim scenarios``: the scenarios that ship."""

from __future__ import annotations

import json

import click

from scenarios.loading.shipped import SUFFIX, library, shipped_names
from scenarios.loading.yaml_source import read_source


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, help="For programs: a list of objects with name, description and file."
)
def scenarios(*, as_json: bool) -> None:
    """List the scenarios that ship.

    'run', 'check', 'explain' and 'timeline' take their names.
    """
    found = [
        {"name": name, "description": read_source(file).data.get("description", ""), "file": str(file)}
        for name in shipped_names()
        for file in [library() / f"{name}{SUFFIX}"]
    ]
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    width_columns = max(len(scenario["name"]) for scenario in found)
    for scenario in found:
        click.echo(f"{scenario['name']:{width_columns}}  {scenario['description']}")
