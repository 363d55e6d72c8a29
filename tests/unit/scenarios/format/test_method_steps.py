"""The steps for the services around a restore: what is wrong with one is told with its place and what would do."""

import pytest

from scenarios.format.method_steps import METHOD_STEPS
from scenarios.loading.loader import load_scenario
from scenarios.running.runner import ScenarioRun
from simulator.services.product import SERVICES

TWINS = "expected either 'backup' or 'backup_id'"


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("▸get_backups: {backup: orders-backup}", ".get_backups: is no key here; did you mean 'get_backup'"),
        ("get_backup: ▸{}", f".get_backup: {TWINS}; neither is given"),
        ("get_backup: ▸{backup: orders-backup, backup_id: x}", f".get_backup: {TWINS}; both are given"),
        (
            "get_backup: {backup: ▸orders-bakup}",
            ".get_backup.backup: the world has no 'orders-bakup' among",
        ),
        (
            "get_target_cluster: {cluster: ▸wets}",
            ".get_target_cluster.cluster: the world has no 'wets'",
        ),
        ("get_backup_location: {backup_location: ▸v}", ".get_backup_location.backup_location: the world has no 'v'"),
        ("delete_backup: {backup: orders-backup, force: ▸1}", ".delete_backup.force: is 1; expected"),
        ("get_backup: {▸page: {size: 1}, backup: orders-backup}", ".get_backup.page: is no key here"),
        ("list_namespaces: {resp_data: ▸FUL}", ".list_namespaces.resp_data: 'FUL' is no RespData; did you mean 'FULL'"),
        (
            "list_namespaces: {field_selector: {filters: [{op: ▸EQUALS}]}}",
            ".list_namespaces.field_selector.filters[0].op: 'EQUALS' is no Operator; expected one of",
        ),
        (
            "list_namespaces: {field_selector: {filters: [{▸keys: x}]}}",
            ".list_namespaces.field_selector.filters[0].keys: is no key here; did you mean 'key'",
        ),
        (
            "list_backups: ▸{deployment: orders, backup_config_id: x}",
            ".list_backups: lists by deployment and",
        ),
        ("list_projects: ▸{tenant: acme-engineering, tenant_id: x}", ".list_projects: lists by tenant and tenant_id"),
        (
            "get_project: {project: shop, expect: {names: ▸[a]}}",
            ".get_project.expect.names: only a list has names; the answer is a Project",
        ),
        (
            "get_backup: {backup: orders-backup, expect: {fields: {status.phase: ▸SUCCESSFUL}}}",
            ".get_backup.expect.fields.status.phase: 'SUCCESSFUL' is no Phase",
        ),
        (
            "get_backup: {backup: orders-backup, expect: {fields: {status.cloudsnap: ▸x}}}",
            ".get_backup.expect.fields.status.cloudsnap: Status has no field 'cloudsnap'; did you mean 'cloud_snap_id'",
        ),
    ],
)
def test_what_is_wrong_with_a_step_is_told_with_its_place(problem_at_mark, step, problem):
    found = problem_at_mark(f"version: 1\nsteps:\n  - {step}")

    assert found.startswith(f"steps[0]{problem}")


def test_an_answer_of_another_kind_is_no_restore(problem_at_mark):
    steps = "[{get_backup: {backup: orders-backup, as: b}}, {get: {restore: ▸b}}]"

    found = problem_at_mark(f"version: 1\nsteps: {steps}")

    assert found == "steps[1].get.restore: the answer 'b' is a Backup; expected a restore"


def test_there_is_a_step_for_each_method_but_those_of_restores():
    called = {(step.method.service, step.method.path.rpartition("/")[2]) for step in METHOD_STEPS.values()}

    served = {(service.full_name, name) for service in SERVICES[1:] for name in service.functions}
    assert called == served


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (
            "list_backups: {deployment: carts, expect: {names: [x]}}",
            "expected the backups ['x'], found ['carts-backup']",
        ),
        (
            "get_tenant: {tenant: acme-engineering, expect: {fields: {status.phase: DELETE_PENDING}}}",
            "status.phase: expected 'DELETE_PENDING', found 'ACTIVE'",
        ),
        (
            "get_tenant: {tenant_id: acme-engineering, expect: {code: OK}}",
            "expected code OK, found NOT_FOUND: ",
        ),
    ],
)
def test_what_is_not_as_expected_is_told(tmp_path, step, complaint):
    file = tmp_path / "x.pds.yaml"
    file.write_text(f"version: 1\nsteps:\n  - {step}\n", encoding="utf-8")

    with ScenarioRun(load_scenario(file)) as run:
        [result] = run.steps()

    [found] = result.complaints
    assert found.startswith(complaint)
