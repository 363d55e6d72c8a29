"""A file becomes a scenario that makes sense, or a list of everything that is wrong with it."""

import pytest

from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario
from simulator import Simulator

ALL_AT_ONCE = """\
version: 1
sede: 7
clock: sundial
world:
  clusters:
    east: {capacity: none, bandwith: 5}
    west: {bandwidth: fast}
  backups:
    orders-backup: {size: -1, state: done}
  durations:
    PENDNG: 3s
    INITIALIZING: soon
steps:
  - create: {name: 7, bakup: orders-backup}
  - advance: -3
  - wait: 3
  - expect: {restore: a, code: NOTFOUND, fields: {status.phase: {presnt: true}}}
"""


def test_everything_that_is_wrong_with_the_form_is_told_at_once(problems_of):
    places_and_paths = [": ".join(problem.split(": ")[:2]) for problem in problems_of(ALL_AT_ONCE)]

    assert places_and_paths == [
        "2:1: sede",
        "3:8: clock",
        "6:22: world.clusters.east.capacity",
        "6:28: world.clusters.east.bandwith",
        "7:23: world.clusters.west.bandwidth",
        "9:27: world.backups.orders-backup.size",
        "9:38: world.backups.orders-backup.state",
        "11:13: world.durations.PENDNG",
        "12:19: world.durations.INITIALIZING",
        "14:20: steps[0].create.name",
        "14:23: steps[0].create.bakup",
        "15:14: steps[1].advance",
        "16:5: steps[2].wait",
        "17:32: steps[3].expect.code",
        "17:66: steps[3].expect.fields.status.phase.presnt",
    ]


def test_everything_that_does_not_fit_together_in_the_world_is_told_at_once(problems_of):
    text = """\
version: 1
world:
  base: empty
  accounts:
    one: {uid: "acc:1"}
    two: {uid: "acc:1"}
    "": {}
  tenants:
    team: {account: on}
  namespaces:
    prod: {projects: [shop]}
  deployments:
    orders: {namespace: prodd}
"""

    assert problems_of(text) == [
        "6:5: world.accounts.two: two accounts have the uid acc:1: 'two' and another; give one its own uid",
        "7:5: world.accounts.'': expected 1 to 255 printable characters",
        "9:21: world.tenants.team.account: no account 'on'; did you mean 'one'?",
        "11:11: world.namespaces.prod.cluster: names no cluster, and there isn't exactly one that could be meant",
        "11:22: world.namespaces.prod.projects: no project 'shop'; there are none",
        "13:13: world.deployments.orders.project: names no project, and there isn't exactly one that could be meant",
        "13:13: world.deployments.orders.data_service: is missing; expected a name such as 'PostgreSQL'",
        "13:25: world.deployments.orders.namespace: no namespace 'prodd'; did you mean 'prod'?",
    ]


def test_a_problem_of_the_world_stands_where_the_document_has_the_field(problems_of):
    assert problems_of(
        "version: 1\nworld:\n  tokens:\n    ci: {secret: a, projects: [shp]}\n    other: {secret: a, account: acm}\n"
    ) == [
        "4:31: world.tokens.ci.projects: no project 'shp'; did you mean 'shop'?",
        "5:21: world.tokens.other.secret: 'ci' has the same secret",
        "5:33: world.tokens.other.account: no account 'acm'; did you mean 'acme'?",
    ]


def test_everything_to_which_steps_refer_and_that_does_not_exist_is_told_at_once(problems_of):
    text = """\
version: 1
speed: 3
steps:
  - get: {restore: copy}
  - create: {name: copy, backup: oders-backup, namespace: shop-prd, project: shop}
  - advance_until: {restore: coyp, phase: FAILED}
"""

    assert [problem.split(";")[0] for problem in problems_of(text)] == [
        "2:8: speed: is 3, but only 'clock: wall' has a speed",
        "4:20: steps[0].get.restore: no earlier step has an answer 'copy'",
        "5:34: steps[1].create.backup: the world has no 'oders-backup' among its backups",
        "5:59: steps[1].create.namespace: the world has no 'shop-prd' among its namespaces",
        "6:30: steps[2].advance_until.restore: no earlier step has an answer 'coyp'",
    ]


@pytest.mark.parametrize(("name", "expected"), [("a.yaml", "a"), ("b.yml", "b.yml"), ("c.d.yaml", "c.d")])
def test_a_scenario_without_a_name_has_that_of_its_file(write, name, expected):
    assert load_scenario(write("version: 1", name)).name == expected


def test_a_file_may_be_given_as_text(write):
    assert load_scenario(str(write("version: 1"))).document.version == 1


def test_a_simulator_starts_as_a_scenario_says(write):
    file = write(
        "version: 1\nseed: 9\nclock: on_poll\nworld: {base: empty, accounts: {only: {}}}\nsteps: [advance: 9s]"
    )

    with Simulator.from_scenario(file) as sim:
        assert sim.seed == 9
        assert sim.session.clock.mode.value == "on_poll"
        assert sim.world.accounts["only"].name == "only"
        assert len(sim.timeline) == 0  # its steps are not run


def test_a_simulator_does_not_start_from_a_wrong_scenario(write):
    file = write("version: 3")

    with pytest.raises(ScenarioError) as caught:
        Simulator.from_scenario(file)

    assert str(caught.value) == f"{file}:1:10: version: is 3; expected 1"
