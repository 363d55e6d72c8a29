"""A scenario goes on from the snapshot of a simulator."""

import json

import pytest
from click.testing import CliRunner

from scenarios.cli import main
from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import load_scenario
from scenarios.loading.setups import read_setup
from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2

GOES_ON = """
version: 1
snapshot: stuck.json
faults:
  - {method: GetRestore, times: 1, error: {code: UNAVAILABLE}}
steps:
  - get: {restore: orders-copy, expect: {code: UNAVAILABLE}}
  - expect: {restore: orders-copy, fields: {status.phase: PENDING}}
  - open: door
  - advance_until: {restore: orders-copy, phase: SUCCESSFUL, limit: 300s}
  - create: {name: later-copy, backup: orders-backup, namespace: shop-staging, project: shop}
"""


@pytest.fixture
def snapshot():
    with Simulator(seed=11, strict=False) as sim:
        sim.inject(faults.gate(), phase="PENDING", name="door")
        world = sim.world
        RestoreServiceStub(sim.channel()).CreateRestore(
            restore_pb2.CreateRestoreRequest(
                namespace_id=world.namespaces["shop-staging"].uid,
                project_id=world.projects["shop"].uid,
                restore={
                    "meta": {"name": "orders-copy"},
                    "config": {"source_references": {"backup_id": world.backups["orders-backup"].uid}},
                },
            )
        )
        sim.advance(5)
        return sim.snapshot()


@pytest.fixture
def write_scenario(tmp_path, snapshot):
    """Writes a scenario, and beside it the snapshot, or what else is to stand in its file."""

    def write(text, content=None):
        (tmp_path / "stuck.json").write_text(json.dumps(snapshot) if content is None else content)
        file = tmp_path / "goes-on.pds.yaml"
        file.write_text(text)
        return file

    return write


def test_a_scenario_goes_on_with_restores_rules_and_time_of_a_snapshot(write_scenario):
    ended = CliRunner().invoke(main, ["run", str(write_scenario(GOES_ON))])
    assert ended.exit_code == 0, ended.output


def test_the_seed_of_a_snapshot_stays_and_another_that_is_asked_for_is_told(write_scenario):
    file = str(write_scenario(GOES_ON.replace("code: UNAVAILABLE}}\n  - expect", "code: OK}}\n  - expect")))
    told = f"{file}: --seed 9 has no effect: the snapshot has its own seed, 11"
    ended = CliRunner().invoke(main, ["run", "--seed", "9", file])
    assert ended.exit_code == 1
    assert told in ended.stderr
    assert f"replay: pds-sim run {file}" in ended.stdout
    assert "--seed" not in CliRunner().invoke(main, ["run", "--seed", "11", file]).stderr
    for verb in ("explain", "timeline"):
        assert told in CliRunner().invoke(main, [verb, "--seed", "9", file]).stderr


@pytest.mark.parametrize("step", ["get: {restore: same-name}", "get: {restore_id: '${same-name.meta.uid}'}"])
def test_a_name_that_several_restores_have_is_refused_with_their_uids(write_scenario, step):
    with Simulator(strict=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        uids = [
            stub.CreateRestore(
                sim.requests.create("same-name", backup="orders-backup", namespace=namespace, project="shop")
            ).meta.uid
            for namespace in ("shop-staging", "shop-prod")
        ]
        content = json.dumps(sim.snapshot())
    with pytest.raises(ScenarioError) as refused:
        load_scenario(write_scenario(f"version: 1\nsnapshot: stuck.json\nsteps:\n  - {step}\n", content))
    assert f"2 restores are named 'same-name'; choose by uid: {', '.join(uids)}" in str(refused.value.lines())
    by_uid = write_scenario(f"version: 1\nsnapshot: stuck.json\nsteps:\n  - {step.replace('same-name', uids[1])}\n")
    (by_uid.parent / "stuck.json").write_text(content)
    ended = CliRunner().invoke(main, ["run", str(by_uid)])
    assert ended.exit_code == 0, ended.output


def test_what_the_control_service_answers_is_a_snapshot_too(write_scenario, snapshot):
    as_doubles = json.dumps({"snapshot": snapshot}).replace('"seed": 11', '"seed": 11.0')
    assert load_scenario(write_scenario(GOES_ON, as_doubles)).simulator(listen=False).seed == 11


@pytest.mark.parametrize(
    ("text", "content", "told"),
    [
        (GOES_ON.replace("version: 1", "version: 1\nseed: 3"), None, "seed: is what the snapshot says"),
        (GOES_ON.replace("version: 1", "version: 1\nclock: on_poll"), None, "clock: is what the snapshot says"),
        (GOES_ON.replace("stuck.json", "absent.json"), None, "snapshot: absent.json: [Errno 2]"),
        (GOES_ON, "{", "snapshot: stuck.json: is no JSON"),
        (GOES_ON, '{"pds_simulator_snapshot": 1}', "snapshot: stuck.json: clock: is missing"),
        (GOES_ON.replace("open: door", "open: dor"), None, "no rule has the name 'dor'; did you mean 'door'?"),
        (GOES_ON.replace("{restore: orders-copy, fields", "{restore: order-copy, fields"), None, "'orders-copy'?"),
    ],
)
def test_what_does_not_fit_a_snapshot_is_told_with_its_place(write_scenario, text, content, told):
    with pytest.raises(ScenarioError) as refused:
        load_scenario(write_scenario(text, content))
    message = "\n".join(refused.value.lines())
    assert told in message
    assert "goes-on.pds.yaml:" in message


def test_a_server_serves_a_scenario_that_goes_on_from_a_snapshot(write_scenario):
    ended = CliRunner().invoke(
        main, ["serve", "--port", "0", "--scenario", str(write_scenario(GOES_ON)), "--seed", "3"]
    )
    assert ended.exit_code == 2
    assert "--seed: is what the snapshot of the scenario says" in ended.output


def test_a_scenario_that_comes_as_data_names_no_file():
    with pytest.raises(ValueError, match="only a scenario in a file can name another file"):
        read_setup({"snapshot": "/etc/hostname"})
