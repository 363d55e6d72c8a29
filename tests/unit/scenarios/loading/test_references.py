"""Before a run it is certain that everything exists to which the steps refer, and that they can be done."""

import pytest

from simulator.documents.problems import PROBLEMS_MAX

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-prod, project: shop}"
WALL = "the wall clock moves the time of this scenario; only 'clock: manual' and 'on_poll' can advance"


@pytest.fixture
def problem_of_step(problem_at_mark):
    """What is wrong with a step that follows one that creates the restore ``copy`` and one that lists."""

    def find(step: str) -> str:
        return problem_at_mark(f"version: 1\nsteps:\n  - {CREATE}\n  - list: {{as: page}}\n  - {step}")

    return find


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("list: {project: ▸shp}", "list.project: the world has no 'shp' among its projects; did you mean 'shop'?"),
        (
            "list: {tenant: ▸x}",
            "list.tenant: the world has no 'x' among its tenants; expected one of 'acme-engineering'",
        ),
        (
            "list: {deployment: ▸cats}",
            "list.deployment: the world has no 'cats' among its deployments; did you mean 'cart",
        ),
        ("list: {token: ▸ci}", "list.token: the world has no 'ci' among its tokens; there are none"),
        ("change: {delete_backup: ▸order-backup}", "change.delete_backup: the world has no 'order-backup' among its b"),
        (
            "change: {lose_credentials: ▸valt}",
            "change.lose_credentials: the world has no 'valt' among its backup_locat",
        ),
        ("change: {give_back_credentials: ▸valt}", "change.give_back_credentials: the world has no 'valt' among its b"),
        ("get: {restore: ▸cop}", "get.restore: no earlier step has an answer 'cop'; did you mean 'copy'?"),
        ("get: {restore: ▸page}", "get.restore: the answer 'page' is a ListRestoresResponse; expected a restore"),
        ("expect: {restore: ▸page}", "expect.restore: the answer 'page' is a ListRestoresResponse; expected a restore"),
        (
            "advance_until: {restore: ▸page, phase: FAILED}",
            "advance_until.restore: the answer 'page' is a ListRestoresResponse; expected a restore",
        ),
        ("expect: {answer: ▸pag}", "expect.answer: no earlier step has an answer 'pag'; did you mean 'page'?"),
        ("expect: ▸{code: OK}", "expect: says not what to look at; expected 'restore', 'answer', 'timeline' or"),
        ("expect: ▸{restore: copy, answer: page}", "expect: expected either 'restore' or 'answer'; both are given"),
        ("get: ▸{}", "get: expected either 'restore' or 'restore_id'; neither is given"),
        ("get: ▸{restore: copy, restore_id: x}", "get: expected either 'restore' or 'restore_id'; both are given"),
        ("recreate: ▸{name: abc}", "recreate: expected either 'restore' or 'restore_id'; neither is given"),
        (
            "create: ▸{name: abc, namespace: shop-prod, project_id: x}",
            "create: gives no backup; expected one of 'orders-backup', 'carts-backup', 'events-backup', '",
        ),
        ("create: ▸{name: abc, backup: orders-backup}", "create: gives no namespace; expected one of 'shop-prod', "),
        (
            "create: ▸{name: abc, backup: orders-backup, namespace_id: x}",
            "create: gives no project, and it can't follow from the namespace 'x': there is none",
        ),
    ],
)
def test_a_step_refers_only_to_what_is_there(problem_of_step, step, problem):
    assert problem_of_step(step).startswith(f"steps[2].{problem}")


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            "list: {expect: {fields: {pagnation.x: ▸1}}}",
            "pagnation.x: ListRestoresResponse has no field 'pagnation'; did",
        ),
        (
            "get: {restore: copy, expect: {fields: {status.phase: ▸DONE}}}",
            "status.phase: 'DONE' is no Phase; expected o",
        ),
        (
            "matrix: {expect: {fields: {status: ▸1}}}",
            "status: RestorabilityMatrix has no field 'status'; expected one of",
        ),
        ("expect: {restore: copy, fields: {names: ▸1}}", "names: Restore has no field 'names'; expected one of 'meta'"),
        (
            "expect: {answer: page, fields: {meta.name: ▸a}}",
            "meta.name: ListRestoresResponse has no field 'meta'; expec",
        ),
        (
            "expect: {restore: copy, fields: {status: ▸{present: true, matches: a}}}",
            "status: 'status' is a whole messag",
        ),
    ],
)
def test_an_expected_field_is_one_of_the_answer(problem_of_step, step, problem):
    assert f".fields.{problem}" in problem_of_step(step)


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            "get: {restore: copy, expect: {names: ▸[a]}}",
            "get.expect.names: only a list has names; the answer is a Restor",
        ),
        ("expect: {restore: copy, names: ▸[a]}", "expect.names: only a list has names; the answer is a Restore"),
        (
            "list: {expect: ▸{code: NOT_FOUND, names: []}}",
            "list.expect: a call that ends with NOT_FOUND has no answer, so no fields or names can be expected",
        ),
        (
            "expect: ▸{restore: copy, code: NOT_FOUND, fields: {meta.name: a}}",
            "expect: a call that ends with NOT_FOUND has no answer, so no fields or names can be expected",
        ),
    ],
)
def test_only_what_an_answer_can_have_is_expected_of_it(problem_of_step, step, problem):
    assert problem_of_step(step).startswith(f"steps[2].{problem}")


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("get: {restore_id: ▸'${cpy.meta.uid}'}", "get.restore_id: no earlier step has an answer 'cpy'; did you mean"),
        ("get: {restore_id: ▸'${copy.meta.uidd}'}", "get.restore_id: Meta has no field 'uidd'; did you mean 'uid'?"),
        (
            "get: {restore_id: ▸'${}'}",
            "get.restore_id: no earlier step has an answer ''; expected one of 'copy', 'page'",
        ),
        ("get: {restore_id: ▸'${copy}'}", "get.restore_id: Restore has no field ''; expected one of 'meta'"),
        (
            "get: {restore_id: ▸'${copy.meta}'}",
            "get.restore_id: 'meta' is a whole message; expected the path of a field",
        ),
        (
            "get: {restore_id: ▸'a${copy.meta.uid}b${x.y}'}",
            "get.restore_id: no earlier step has an answer 'x'; expected",
        ),
        (
            "create: {name: abc, backup: orders-backup, namespace: shop-prod, project: shop, labels: {a: ▸'${x.y}'}}",
            "create.labels.a: no earlier step has an answer 'x'",
        ),
        ("list: {expect: {names: [▸'${x.y}']}}", "list.expect.names[0]: no earlier step has an answer 'x'"),
        ("list: {expect: {message: ▸'${x.y}'}}", "list.expect.message: no earlier step has an answer 'x'"),
        (
            "expect: {restore: copy, fields: {meta.name: ▸'${x.y}'}}",
            "expect.fields.meta.name: no earlier step has an answer 'x'",
        ),
        (
            "expect: {restore: copy, fields: {meta.name: {matches: ▸'${x.y}'}}}",
            "expect.fields.meta.name.matches: no earlier step has an answer 'x'",
        ),
        (
            "get: {restore: copy, as: mine, expect: {fields: {meta.name: ▸'${mine.meta.name}'}}}",
            "get.expect.fields.meta.name: no earlier step has an answer 'mine'",
        ),
    ],
)
def test_a_variable_refers_to_a_field_of_an_earlier_answer_wherever_it_stands(problem_of_step, step, problem):
    assert problem_of_step(step).startswith(f"steps[2].{problem}")


@pytest.mark.parametrize("step", ["▸3s", "▸{restore: copy, phase: FAILED}"])
def test_nobody_advances_the_wall_clock(problem_at_mark, step):
    verb = "advance_until" if "phase" in step else "advance"

    problem = problem_at_mark(f"version: 1\nclock: wall\nsteps:\n  - {CREATE}\n  - {verb}: {step}")

    assert problem == f"steps[1].{verb}: {WALL}"


@pytest.mark.parametrize(
    "step",
    [
        "get: {restore_id: '${copy.meta.uid}', expect: {fields: {status.phase: '${copy.status.phase}'}}}",
        "get: {restore: copy, expect: {fields: {status: {present: true}, meta.labels.a.b/c.d: x}}}",
        "get: {restore_id: 'no variable: ${ $copy {copy.meta.uid}'}",
        "change: {delete_deployment: '${copy.config.destination_references.data_service_deployment_id}'}",
        "recreate: {restore_id: anything, name: abc}",
        "expect: {answer: page, names: [copy], fields: {restores.0.meta.name: copy}}",
    ],
)
def test_what_is_there_may_be_referred_to(load, step):
    assert len(load(f"version: 1\nsteps:\n  - {CREATE}\n  - list: {{as: page}}\n  - {step}").document.steps) == 3


def test_of_very_many_problems_the_first_are_told(problems_of):
    steps = "".join(f"  - get: {{restore: nobody-{number}}}\n" for number in range(PROBLEMS_MAX + 10))

    problems = problems_of(f"version: 1\nsteps:\n{steps}")

    assert len(problems) == PROBLEMS_MAX + 1
    last_line = PROBLEMS_MAX + 3
    assert problems[-1].startswith(f"{last_line}:20: steps[{PROBLEMS_MAX}].get.restore: more than {PROBLEMS_MAX} ")


LANE = "{steps: [%s]}"
MINE = "{get: {restore: copy, as: mine}}"
POLLS = "{repeat: {times: 2, steps: [{get: {restore: copy, as: 'poll ${index}'}}]}}"


def lanes(*steps_of_lanes):
    return f"parallel: [{', '.join(LANE % steps for steps in steps_of_lanes)}]"


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            lanes("{list: {as: all}}", "{expect: {answer: ▸all}}"),
            "[1].steps[0].expect.answer: no earlier step has an answer 'all'; expected one of 'copy', 'page'",
        ),
        (
            lanes("{get: {restore: ▸mine}}", MINE),
            "[0].steps[0].get.restore: no earlier step has an answer 'mine'; expected one of 'copy', 'page'",
        ),
        (
            lanes(MINE, "{get: {restore_id: ▸'${mine.meta.uid}'}}"),
            "[1].steps[0].get.restore_id: no earlier step has an answer 'mine'",
        ),
        (
            lanes(f"{{{lanes(MINE, '{matrix: }')}}}", "{get: {restore: ▸mine}}"),
            "[1].steps[0].get.restore: no earlier step has an answer 'mine'",
        ),
        (lanes("{matrix: }", "{list: {project: ▸shp}}"), "[1].steps[0].list.project: the world has no 'shp' among"),
        (lanes("{list: {bearer: ▸'${index}'}}", "{matrix: }"), "[0].steps[0].list.bearer: ${index} is known only wi"),
    ],
)
def test_a_lane_refers_only_to_what_came_before_all_lanes_and_to_its_own(problem_of_step, step, problem):
    assert problem_of_step(step).startswith(f"steps[2].parallel{problem}")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (MINE, MINE),
        (MINE, "{list: {as: mine}}"),
        (f"{{{CREATE.replace('copy', 'mine')}}}", f"{{{CREATE.replace('copy', 'mine')}}}"),
        (f"{{repeat: {{times: 2, steps: [{MINE}]}}}}", MINE),
        (f"{{{lanes(MINE, '{matrix: }')}}}", MINE),
        (POLLS, POLLS),
    ],
)
def test_two_lanes_do_not_leave_the_same_answer(problems_of, first, second):
    text = "version: 1\nsteps:\n  - %s\n  - %s"

    [problem] = problems_of(text % (CREATE, lanes(first, "{matrix: }", second)))

    assert ": steps[1].parallel[2]: leaves the answer " in problem
    assert problem.endswith(", as lane 1 does; rename one with 'as'")


def test_two_lanes_do_not_overwrite_the_same_answer_of_before(problem_of_step):
    copy = "{get: {restore: copy, as: copy}}"

    problem = problem_of_step(lanes(copy, copy).replace(", {steps", ", ▸{steps"))

    assert problem == "steps[2].parallel[1]: leaves the answer 'copy', as lane 1 does; rename one with 'as'"


def test_what_a_lane_leaves_in_place_of_an_answer_is_what_there_is_afterwards(problem_at_mark):
    step = lanes("{list: {as: copy}}", "{matrix: }")

    problem = problem_at_mark(f"version: 1\nsteps:\n  - {CREATE}\n  - {step}\n  - get: {{restore: ▸copy}}")

    assert problem == "steps[2].get.restore: the answer 'copy' is a ListRestoresResponse; expected a restore"


@pytest.mark.parametrize(
    "step",
    [
        "get: {restore: mine}",
        "expect: {answer: all, names: [copy]}",
        "get: {restore_id: '${mine.meta.uid}'}",
        "expect: {restore: other}",
    ],
)
def test_after_the_lanes_all_that_they_left_is_known(load, step):
    left = lanes(f"{MINE}, {{get: {{restore: mine, as: own}}}}", f"{{{CREATE.replace('copy', 'other')}}}")

    steps = f"{CREATE}\n  - {left}\n  - list: {{as: all}}\n  - {step}"

    assert len(load(f"version: 1\nsteps:\n  - {steps}").document.steps) == 4


def test_in_a_repeat_around_them_lanes_may_use_its_index(load):
    inside = lanes("{list: {bearer: '${index}'}}", "{repeat: {times: 2, steps: [{list: {bearer: '${index}'}}]}}")

    [step] = load(f"version: 1\nsteps: [repeat: {{times: 2, steps: [{{{inside}}}]}}]").document.steps

    assert len(step.repeat.steps[0].parallel) == 2


def test_a_run_has_only_so_many_steps(problem_at_mark):
    inner = "repeat: {times: 1000, steps: [{advance: 1s}]}"

    problem = problem_at_mark(f"version: 1\nsteps:\n  ▸- repeat: {{times: 1000, steps: [{{{inner}}}]}}")

    assert problem == "steps: are 1000000 with those that are repeated; expected at most 100000"


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            "list: {as: ▸index}",
            "list.as: 'index' can't be the name of an answer: ${index} is the number of the round; expected another,",
        ),
        (
            "create: {name: ▸parameters, backup: orders-backup, namespace: shop-prod, project: shop}",
            "create.name: 'parameters' can't be the name of an answer: ${parameters.KEY} is the value of a parameter; ",
        ),
        (
            "parallel: [{name: a, steps: [{matrix: }]}, {steps: [{matrix: }]}, {name: ▸a, steps: [{matrix: }]}]",
            "parallel[2].name: is the name of lane 1, too; expected another",
        ),
        ("list: {backup: ▸'${copy.meta}'}", "list.backup: 'meta' is a whole message; expected the path of a field in"),
        ("list: {backup_id: ▸'${index}'}", "list.backup_id: ${index} is known only within 'repeat'"),
    ],
)
def test_a_name_that_nobody_could_use_is_told_of_once(problem_of_step, step, problem):
    assert problem_of_step(step).startswith(f"steps[2].{problem}")
