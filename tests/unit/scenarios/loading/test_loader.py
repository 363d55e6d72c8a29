"""A file becomes a scenario that makes sense, or a list of everything that is wrong with it."""

import pytest

from scenarios import load
from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import load_cases, load_scenario

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
        "11:5: world.durations.PENDNG",
        "12:19: world.durations.INITIALIZING",
        "14:20: steps[0].create.name",
        "14:23: steps[0].create.bakup",
        "15:14: steps[1].advance",
        "16:5: steps[2].wait",
        "17:32: steps[3].expect.code",
        "17:66: steps[3].expect.fields.status.phase.presnt",
    ]


@pytest.mark.parametrize(
    ("world", "path"),
    [
        ("{durations: {▸SUCCESSFUL: 1s}}", "durations.SUCCESSFUL"),
        ("{clusters: {east: {durations: {▸FAILED: 1s}}}}", "clusters.east.durations.FAILED"),
        ("{data_service_durations: {Kafka: {▸SUCCESSFUL: 1s}}}", "data_service_durations.Kafka.SUCCESSFUL"),
    ],
)
def test_a_phase_that_never_ends_takes_no_time(problem_at_mark, world, path):
    phase = path.rpartition(".")[2]

    found = problem_at_mark(f"version: 1\nworld: {world}")

    assert found.startswith(
        f"world.{path}: '{phase}' is no phase that ends; expected one of 'INITIALIZING', 'PENDING', "
    )


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
        "11:11: world.namespaces.prod.cluster: names no cluster; there are none",
        "11:22: world.namespaces.prod.projects: no project 'shop'; there are none",
        "13:13: world.deployments.orders.project: names no project; there are none",
        "13:13: world.deployments.orders.data_service: is missing; expected a name such as 'PostgreSQL'",
        "13:25: world.deployments.orders.namespace: no namespace 'prodd'; did you mean 'prod'?",
    ]


def test_of_two_entities_with_one_uid_only_that_is_told_and_not_what_refers_to_them(problems_of):
    assert problems_of(
        "version: 1\nworld:\n  clusters:\n    north: {uid: one}\n    south: {uid: one}\n"
        "  namespaces:\n    away: {cluster: south}\n"
    ) == ["5:5: world.clusters.south: two clusters have the uid one: 'south' and another; give one its own uid"]


def test_a_reference_that_could_mean_several_names_them(problem_at_mark):
    text = "version: 1\nworld: {namespaces: {away: ▸{projects: [shop]}}}"

    assert problem_at_mark(text).endswith(": names no cluster; expected one of 'east', 'west'")


def test_a_name_in_a_message_does_not_break_its_line(problems_of):
    [problem] = problems_of('version: 1\n"two\\nlines\\e[0m": 3')

    assert problem.startswith("2:1: two\\nlines\\x1b[0m: is no key here; ")


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("create: ▸{backup: a, namespace: b, project: c}", "create.name: is missing; expected the name of the restore"),
        ("repeat: ▸{steps: [{matrix: }]}", "repeat.times: is missing; expected how often"),
        ("repeat: ▸{times: 1}", "repeat.steps: is missing; expected what is done each time"),
        ("advance_until: ▸{restore: a}", "advance_until.phase: is missing; expected the phase to wait for"),
        ("expect: {calls: [{backoff: ▸{}}]}", "backoff.min: is missing; expected the shortest gap before the second"),
        ("inject: {rate_limit: ▸{}}", "rate_limit.per_second: is missing; expected the calls that each caller may"),
    ],
)
def test_what_is_missing_is_told_in_the_words_of_its_description(problem_at_mark, step, message):
    assert message in problem_at_mark(f"version: 1\nsteps:\n  - {step}")


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


def test_a_simulator_starts_as_a_scenario_says(write):
    file = write(
        "version: 1\nseed: 9\nclock: on_poll\nworld: {base: empty, accounts: {only: {}}}\nsteps: [advance: 9s]"
    )

    with load(file).simulator() as sim:
        assert sim.seed == 9
        assert sim.session.clock.mode.value == "on_poll"
        assert sim.world.accounts["only"].name == "only"
        assert len(sim.timeline) == 0  # its steps are not run


CASES = """\
version: 1
name: restores
parameters:
  - {case: small, clock: manual}
  - {case: any, clock: on_poll, seed: [3, 4]}
clock: ${parameters.clock}
steps: [matrix: ]
"""


def test_a_scenario_with_a_table_is_loaded_once_for_each_case_in_the_order_of_the_table(write):
    found = [(scenario.case, scenario.document.clock, scenario.document.seed) for scenario in load_cases(write(CASES))]

    assert found == [("small", "manual", 0), ("any-seed3", "on_poll", 3), ("any-seed4", "on_poll", 4)]


def test_a_scenario_without_a_table_has_one_case_without_a_name(write):
    [scenario] = load_cases(write("version: 1", "plain.yaml"))

    assert (scenario.case, scenario.name, scenario.title) == ("", "plain", "plain")


def test_one_case_is_loaded_by_its_name(write):
    assert load_scenario(write(CASES), case="any-seed4").document.seed == 4
    assert load_scenario(write(CASES), "small").title == "restores[small]"


def test_the_only_case_needs_no_name(write):
    file = write("version: 1\nparameters: [{seed: 5}]")

    assert load_scenario(file).document.seed == 5
    assert load_scenario(file, case="seed5").document.seed == 5


@pytest.mark.parametrize(
    ("text", "case", "problem"),
    [
        (CASES, None, "3:1: parameters: has several cases; expected one of 'small', 'any-seed3', 'any-seed4'"),
        (CASES, "smal", "3:1: parameters: has no case 'smal'; did you mean 'small'?"),
        (CASES, "", "3:1: parameters: has no case ''; expected one of 'small', 'any-seed3', 'any-seed4'"),
        ("version: 1", "small", "1:1: parameters: has no case 'small'; there are none"),
    ],
)
def test_a_case_that_is_not_there_is_told_with_those_that_are(write, text, case, problem):
    file = write(text)

    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, case)

    assert str(caught.value) == f"{file}:{problem}"


def test_a_case_that_is_wrong_is_told_even_when_another_is_asked_for(write):
    file = write("version: 1\nparameters: [{seed: 1, n: 1}, {seed: 2, n: x}]\nspeed: ${parameters.n}")

    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, case="1")

    assert str(caught.value) == f"{file}:3:8: speed: is 'x'; expected a number (in the case 'x')"


def test_a_simulator_starts_as_a_case_says(write):
    with load(write(CASES), case="any-seed3").simulator() as sim:
        assert (sim.seed, sim.session.clock.mode.value) == (3, "on_poll")

    with pytest.raises(ScenarioError, match="has several cases; expected one of 'small'"):
        load(write(CASES)).simulator()


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("17.10", 'is 17.10; expected a text; in quotes, it is one: "17.10"'),
        ("007", 'is 007; expected a text; in quotes, it is one: "007"'),
        ("1e3", 'is 1e3; expected a text; in quotes, it is one: "1e3"'),
        ("true", 'is true; expected a text; in quotes, it is one: "true"'),
    ],
)
def test_a_number_where_a_text_is_wanted_is_quoted_as_it_is_written(problem_at_mark, written, hint):
    assert problem_at_mark(f"version: 1\nname: ▸{written}") == f"name: {hint}"
    parameter = f"version: 1\nparameters: [{{x: {written}}}]\nname: ▸${{parameters.x}}"
    assert problem_at_mark(parameter) == f"name: {hint}"


def test_an_expected_number_is_quoted_as_it_is_written(run):
    [_, failed] = run("""\
version: 1
steps:
  - create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}
  - expect: {restore: copy, fields: {meta.name: 17.10}}
""")

    assert failed.complaints == ("meta.name: expected 17.10, found 'copy'",)
