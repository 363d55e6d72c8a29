"""A world can gain entities while it goes on, and the services show them."""

import pytest

from fakes import Backup, BackupLocation, Cluster, Deployment, InvalidWorld, Namespace, Project
from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import load_scenario
from scenarios.running.runner import ScenarioRun
from simulator import faults


def test_a_client_that_waits_for_a_namespace_finds_it_when_it_is_made(sim, ask, tenant):
    def uids():
        wanted = {"key": "meta.name", "values": ["new"]}
        found = ask("ListNamespaces", tenant_id=tenant, field_selector={"filters": [wanted]})
        return [namespace.meta.uid for namespace in found.namespaces]

    assert uids() == []
    sim.advance(60)
    namespace = sim.world.add(Namespace("new", cluster="east", projects=["shop"]))

    assert uids() == [namespace.uid]
    assert namespace.cluster == sim.world.clusters["east"].uid
    assert [change.change for change in sim.timeline.changes()] == ["namespace added"]


def test_what_was_added_is_restored_like_what_was_declared(sim, ask, uid):
    sim.world.add(Project("new", tenant="acme-engineering"))
    sim.world.add(Cluster("north", tenant="acme-engineering"))
    sim.world.add(Namespace("far", cluster="north", projects=["new"]))
    sim.world.add(Deployment("stock", namespace="far", data_service="Redis"))
    sim.world.add(Backup("stock-backup", deployment="stock", location="vault"))
    sim.inject(faults.outage(30), cluster="north", at=10)

    created = ask(
        "CreateRestore",
        namespace_id=uid("namespaces", "far"),
        project_id=uid("projects", "new"),
        restore={
            "meta": {"name": "copy"},
            "config": {"source_references": {"backup_id": uid("backups", "stock-backup")}},
        },
    )
    sim.advance_until(created.meta.uid, "SUCCESSFUL")

    assert sim.world.deployments["copy"].namespace == uid("namespaces", "far")
    assert ask("GetTargetCluster", id=uid("clusters", "north")).status.phase == 1


def test_a_location_without_credentials_is_invalid_until_it_is_given_some(sim, ask):
    location = sim.world.add(BackupLocation("cellar", tenant="acme-engineering", credentials_valid=False))
    validities = [ask("GetBackupLocation", id=location.uid).status.validity]
    sim.world.give_back_credentials("cellar")

    assert [*validities, ask("GetBackupLocation", id=location.uid).status.validity] == [2, 1]


def test_what_was_deleted_can_be_added_again(sim, ask, uid):
    before = ask("GetBackup", id=uid("backups", "carts-backup"))
    sim.world.delete_backup("carts-backup")
    sim.world.add(Backup("carts-backup", deployment="carts", location="vault"))

    assert ask("GetBackup", id=uid("backups", "carts-backup")).meta.uid == before.meta.uid


@pytest.mark.parametrize(
    ("entity", "error", "message"),
    [
        (Namespace("shop-prod", cluster="east"), InvalidWorld, "two namespaces have the uid"),
        (Namespace("new", cluster="esat"), InvalidWorld, "no cluster 'esat'; did you mean"),
        (Namespace("new"), InvalidWorld, "names no cluster"),
        (Cluster("new", capacity=0), InvalidWorld, "capacity"),
        ("new", TypeError, "'new' is no entity"),
    ],
)
def test_what_makes_no_sense_changes_nothing(sim, entity, error, message):
    before = [len(sim.world.namespaces), len(sim.world.clusters), len(sim.timeline)]

    with pytest.raises(error, match=message):
        sim.world.add(entity)

    assert [len(sim.world.namespaces), len(sim.world.clusters), len(sim.timeline)] == before


def test_several_are_added_together_or_none_of_them(sim):
    together = [Project("new", tenant="acme-engineering"), Namespace("far", cluster="east", projects=["new"])]
    sim.world.add_all(together)
    assert sim.world.namespaces["far"].projects == (sim.world.projects["new"].uid,)

    with pytest.raises(InvalidWorld, match="nowhere"):
        sim.world.add_all([Project("other", tenant="acme-engineering"), Namespace("farther", cluster="nowhere")])
    with pytest.raises(TypeError, match="5 is no list of entities"):
        sim.world.add_all(5)

    assert "other" not in sim.world.projects
    assert [change.name for change in sim.timeline.changes()] == ["new", "far"]


ADDITIONS = """
version: 1
steps:
  - change: {{add: {added}}}
  - create: {{name: {name}, backup: {backup}, namespace: {namespace}, project: shop}}
"""


def results_of(text, folder):
    file = folder / "added.pds.yaml"
    file.write_text(text, encoding="utf-8")
    with ScenarioRun(load_scenario(file)) as run:
        return [(result.summary, result.complaints) for result in run.steps()]


def test_a_step_adds_entities_that_later_steps_name(tmp_path):
    added = (
        "{namespaces: {pay: {cluster: east, projects: [shop], uid: 'nam:pay'}},"
        " backups: {late-backup: {deployment: orders, location: vault}}}"
    )
    [change, create] = results_of(
        ADDITIONS.format(added=added, name="pay-copy", backup="late-backup", namespace="pay"), tmp_path
    )

    assert change == ("change add pay late-backup", ())
    assert create[0].startswith("create pay-copy → INITIALIZING")


def test_a_step_that_can_not_add_all_adds_nothing_and_says_why(tmp_path):
    added = "{projects: {one: {tenant: acme-engineering}}, namespaces: {pay: {cluster: eats, projects: [one]}}}"
    [(_, complaints)] = results_of(
        ADDITIONS.format(added=added, name="pay-copy", backup="orders-backup", namespace="pay"), tmp_path
    )

    assert "eats" in complaints[0]


def test_a_step_that_names_what_comes_only_later_is_refused(tmp_path):
    text = "version: 1\nsteps:\n  - get_project: {project: one}\n"
    text += "  - change: {add: {projects: {one: {tenant: acme-engineering}}}}\n"

    with pytest.raises(ScenarioError, match="the world has no 'one' among its projects"):
        results_of(text, tmp_path)
