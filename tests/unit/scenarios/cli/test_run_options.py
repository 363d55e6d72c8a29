"""Which scenarios ``pds-sim run`` runs, how many at a time, and how much it tells."""

import re

import pytest

from scenarios.running.runner import ScenarioRun


def without_seconds(text):
    return re.sub(r" in [0-9.]+ s$", "", text, flags=re.MULTILINE)


@pytest.fixture
def library(write):
    """A folder of scenarios by these names; ``bad`` fails."""

    def make(*names):
        for name in names:
            step = "get: {restore_id: 'rst:x'}" if name == "bad" else "advance: 1s"
            folder = write(f"version: 1\nname: the {name} one\nsteps:\n  - {step}\n", f"{name}.yaml").parent
        return folder

    return make


@pytest.fixture
def titles(pds_sim):
    """The scenarios that are run with some options, and the last line."""

    def run(*arguments):
        lines = pds_sim("run", "-q", *arguments).stdout.splitlines()
        return [line for line in lines if line.startswith("the ")], lines[-1]

    return run


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ("carts", ["the carts one"]),
        ("carts or orders", ["the carts one", "the orders one"]),
        ("not (carts or orders)", ["the events one"]),
        ("'the orders'", ["the orders one"]),
    ],
)
def test_names_are_selected_by_an_expression(titles, library, expression, selected):
    assert titles("-k", expression, library("carts", "events", "orders"))[0] == selected


def test_a_file_is_selected_by_its_name_too(titles, write):
    file = write("version: 1\nname: the other\nsteps: [advance: 1s]", "somewhere.yaml")

    assert titles("-k", "somewhere", file)[0] == ["the other"]


def test_a_selection_of_nothing_ends_with_2(pds_sim, library):
    outcome = pds_sim("run", "-k", "nothing", library("carts", "orders"))

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == "-k 'nothing': selects none of 2 scenarios, such as 'the carts one'\n"


def test_a_wrong_expression_ends_with_2(pds_sim, library):
    outcome = pds_sim("run", "-k", "carts orders", library("carts"))

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("-k 'carts orders': column 7, at 'orders': expected parts of names")


@pytest.mark.parametrize("option", ["-x", "--fail-fast"])
@pytest.mark.parametrize("jobs", ["1", "3"])
def test_no_more_is_run_after_a_failure_where_that_is_wanted(titles, library, option, jobs):
    folder = library("a", "bad", "c", "d")

    assert titles(option, "--jobs", jobs, folder) == (["the a one", "the bad one"], "1 passed, 1 failed, 2 not run")
    assert titles("--jobs", jobs, folder)[1] == "3 passed, 1 failed"


def test_several_jobs_print_the_same_as_one(pds_sim, library):
    folder = library("a", "bad", "c", "d")

    one, three = pds_sim("run", "-v", folder), pds_sim("run", "-v", "--jobs", "3", folder)

    assert (one.exit_code, three.exit_code) == (1, 1)
    assert without_seconds(three.stdout) == without_seconds(one.stdout)


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_there_is_at_least_one_job(pds_sim, library, jobs):
    assert pds_sim("run", "--jobs", jobs, library("a")).exit_code == 2


def test_twice_quiet_tells_only_of_failures(pds_sim, passing, failing):
    outcome = pds_sim("run", "-qq", passing, failing)

    assert "passing" not in outcome.stdout.splitlines()[0]
    assert outcome.stdout.splitlines()[0] == "a scenario that fails"
    assert pds_sim("run", "-qq", passing).stdout == "1 passed, 0 failed\n"


def test_verbose_tells_of_calls_and_how_to_see_it_again(pds_sim, passing):
    usual, verbose = (without_seconds(pds_sim("run", *options, passing).stdout) for options in ([], ["-v"]))

    more = [line for line in verbose.splitlines() if line not in usual.splitlines()]
    assert more == [
        "       0.000 s    CreateRestore copy → OK",
        f"  replay: pds-sim run --seed 0 {passing}",
    ]


def test_a_fault_of_the_simulator_fails_its_scenario_and_the_others_go_on(pds_sim, library, monkeypatch):
    steps = ScenarioRun.steps

    def fail_the_bad(run):
        if run.scenario.name == "the bad one":
            raise RuntimeError("the simulator is at fault")
        return steps(run)

    monkeypatch.setattr(ScenarioRun, "steps", fail_the_bad)
    outcome = pds_sim("run", library("a", "bad", "c"))

    assert outcome.exit_code == 1
    assert "    RuntimeError: the simulator is at fault" in outcome.stdout.splitlines()
    assert outcome.stdout.splitlines()[-1] == "2 passed, 1 failed"


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_expression_selects_everything(titles, library, blank):
    assert titles("-k", blank, library("carts", "events"))[0] == ["the carts one", "the events one"]
