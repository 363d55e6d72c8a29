"""``pds-sim world``: the entities at the start, with the uids that calls take."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

import click

from fakes import GIB, MIB, Backup, Cluster, Deployment, Namespace, World, default_world
from fakes.printable import printable
from fakes.world.catalog import Catalog
from fakes.world.entities import COLLECTIONS, Entity
from scenarios.cli.loading import case_option, exit_wrong, load_one_or_exit

TABLE_WIDTH_MAX = 10_000
"""Keeps rich from cutting tables to the width of the terminal; a table is as wide as its content."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
@click.option("--scenario", metavar="FILE", help="Show the world of a scenario instead of the default one.")
@case_option
def world(scenario: str | None, case: str | None, *, as_json: bool) -> None:
    """Show the entities of a world and their uids."""
    if scenario is None and case is not None:
        exit_wrong("--case: there is no --scenario that it could be one of")
    declared = load_one_or_exit(scenario, case).world if scenario else default_world()
    if as_json:
        click.echo(json.dumps(world_as_json(declared), indent=2, ensure_ascii=False))
    else:
        print_world(declared)


def world_as_json(declared: World) -> dict[str, dict[str, dict[str, Any]]]:
    """For each collection, the entities by name: the uid and the other fields; references are uids."""
    return {
        collection: {entity.name: _plain(entity) for entity in getattr(declared, collection)}
        for collection in COLLECTIONS
    }


def _plain(entity: Entity) -> dict[str, Any]:
    values = {field.name: getattr(entity, field.name) for field in fields(entity)}
    return {
        key: value.value if isinstance(value, Enum) else dict(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if key not in ("name", "durations")
    }


def print_world(declared: World) -> None:
    """Print the entities as a table; uids are there to be copied, so it is as wide as it has to be."""
    # Imported here: no other verb needs it, and it takes longer than a scenario.
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    inventory = Catalog(declared)
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("kind", "name", "uid", "about"):
        table.add_column(heading, no_wrap=True)
    for collection in COLLECTIONS:
        for entity in getattr(declared, collection):
            tell = _ABOUT.get(type(entity))
            about = tell(entity, inventory) if tell else ""
            table.add_row(*map(printable, (entity.kind, entity.name, entity.uid, about)))
    console = Console(width=TABLE_WIDTH_MAX, markup=False, emoji=False)
    with console.capture() as capture:
        console.print(table)
    text = capture.get()
    if not console.is_terminal:  # lines copied from a file should not end in blanks
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    console.file.write(text)
    console.file.flush()


def _about_namespace(namespace: Namespace, inventory: Catalog) -> str:
    projects = ", ".join(inventory.projects[uid].name for uid in namespace.projects)
    return f"on {inventory.clusters[namespace.cluster].name}, assigned to {projects or 'no project'}"


def _about_deployment(deployment: Deployment, inventory: Catalog) -> str:
    return f"{deployment.data_service} in {inventory.namespaces[deployment.namespace].name}"


def _about_backup(backup: Backup, inventory: Catalog) -> str:
    return (
        f"of {inventory.deployments[backup.deployment].name} in {inventory.backup_locations[backup.location].name},"
        f" {backup.size_bytes / GIB:g} GiB, {backup.state.value}, {_versions(backup.capabilities)}"
    )


def _versions(capabilities: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in capabilities.items())


_ABOUT: Mapping[type[Entity], Callable[[Any, Catalog], str]] = {
    Cluster: lambda cluster, _: (
        f"{cluster.capacity} restores at once, {cluster.bandwidth_bytes_per_second / MIB:g} MiB/s"
    ),
    Namespace: _about_namespace,
    Deployment: _about_deployment,
    Backup: _about_backup,
}
