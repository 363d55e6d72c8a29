"""Files that end in .pds.yaml are tests: a person reads what went wrong in YAML's words, and pytest's options work."""

import json
import re

import pytest

from simulator import Simulator

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"
PASSING = f"""
version: 1
seed: 5
steps:
  - {CREATE}
  - advance_until: {{restore: copy, phase: SUCCESSFUL}}
"""
FAILING = f"""
version: 1
seed: 5
steps:
  - {CREATE}
  - expect: {{restore: copy, fields: {{status.phase: SUCCESSFUL}}}}
"""

CASES = f"""
version: 1
parameters:
  - {{case: staging, phase: INITIALIZING, seed: [5, 6]}}
  - {{case: hasty, phase: SUCCESSFUL}}
steps:
  - {CREATE}
  - expect: {{restore: copy, fields: {{status.phase: "${{parameters.phase}}"}}}}
"""


def test_a_scenario_that_goes_as_it_expects_passes(run_pytest):
    outcome = run_pytest("", "-v", files={"orders.pds.yaml": PASSING, "other.yaml": FAILING})

    outcome.assert_outcomes(passed=1)
    outcome.stdout.fnmatch_lines(["orders.pds.yaml::orders PASSED*"])


def test_a_failure_shows_the_place_what_the_restore_went_through_how_to_replay_it_and_a_picture(run_pytest):
    outcome = run_pytest("", files={"orders.pds.yaml": FAILING})

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(
        [
            "*_ orders _*",
            "orders.pds.yaml:6: status.phase: expected 'SUCCESSFUL', found 'INITIALIZING'",
            "  > 6 *expect:*",
            "  copy (rst:*)",
            "*0.000 s  *: INITIALIZING",
            "replay: pytest --pds-seed=5 orders.pds.yaml::orders",
            "or: pds-sim run --seed 5 orders.pds.yaml",
            "picture: *timeline.html",
            "FAILED orders.pds.yaml::orders*",
        ]
    )
    outcome.stdout.no_fnmatch_line("*Traceback*")
    outcome.stdout.no_fnmatch_line("*.py:*")


def test_the_replay_line_runs_the_scenario_with_that_seed(run_pytest):
    first = run_pytest("", "--pds-seed=99", files={"orders.pds.yaml": FAILING})
    [argument, name] = re.findall(r"^replay: pytest (\S+) (\S+)$", first.stdout.str(), re.MULTILINE)[0]

    again = run_pytest("", argument, name)

    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines([f"replay: pytest --pds-seed=99 {name}", "or: pds-sim run --seed 99 orders.pds.yaml"])


def test_without_a_seed_of_its_own_it_has_the_configured_one(run_pytest):
    files = {"orders.pds.yaml": FAILING.replace("seed: 5\n", "")}

    run_pytest("", "-o", "pds_seed=8", files=files).stdout.fnmatch_lines(["replay: pytest --pds-seed=8 *"])


@pytest.mark.parametrize(("seed", "warnings"), [(9, 2), (11, 0)])
def test_a_seed_on_the_command_line_that_a_snapshot_overrules_is_warned_of(run_pytest, seed, warnings):
    with Simulator(seed=11, listen=False) as sim:
        snapshot = json.dumps(sim.snapshot())
    test = """
        import pytest

        @pytest.mark.pds_simulator(scenario="later.pds.yaml")
        def test_it(pds_simulator):
            assert pds_simulator.seed == 11
    """
    later = f"version: 1\nsnapshot: begun.json\nsteps:\n  - {CREATE}\n"

    outcome = run_pytest(
        test, "-Wdefault", f"--pds-seed={seed}", files={"begun.json": snapshot, "later.pds.yaml": later}
    )

    outcome.assert_outcomes(passed=2, warnings=warnings)
    told = "*later.pds.yaml: --pds-seed 9 has no effect: the snapshot has its own seed, 11"
    outcome.stdout.fnmatch_lines([told] * warnings)


def test_each_case_is_a_test_with_its_seed(run_pytest):
    outcome = run_pytest("", "-v", files={"orders.pds.yaml": CASES})

    outcome.assert_outcomes(passed=2, failed=1)
    outcome.stdout.fnmatch_lines(
        [
            "orders.pds.yaml::orders[[]staging-seed5[]] PASSED*",
            "orders.pds.yaml::orders[[]staging-seed6[]] PASSED*",
            "orders.pds.yaml::orders[[]hasty[]] FAILED*",
            "replay: pytest --pds-seed=0 'orders.pds.yaml::orders[[]hasty[]]'",
        ]
    )
    run_pytest("", "-k", "staging").assert_outcomes(passed=2, deselected=1)
    run_pytest("", "orders.pds.yaml::orders[hasty]").assert_outcomes(failed=1)


def test_a_wrong_file_is_an_error_that_lists_all_that_is_wrong(run_pytest):
    outcome = run_pytest("", files={"sub/wrong.pds.yaml": "version: 2\nsead: 7\n", "right.pds.yaml": PASSING})

    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines(
        [
            "*ERROR collecting sub/wrong.pds.yaml*",
            "sub/wrong.pds.yaml:1:10: version: is 2; expected 1",
            "sub/wrong.pds.yaml:2:1: sead: is no key here; did you mean 'seed' or 'speed'[?]",
        ]
    )
    outcome.stdout.no_fnmatch_line("*Traceback*")
    outcome.stdout.no_fnmatch_line("*.py:*")


def test_a_file_without_steps_is_an_error(run_pytest):
    outcome = run_pytest("", files={"idle.pds.yaml": "version: 1\n"})

    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines(["idle.pds.yaml:1:1: has no steps; there is nothing to run"])


def test_names_are_readable_when_tests_are_only_collected(run_pytest):
    files = {"orders.pds.yaml": PASSING, "b.pds.yaml": PASSING.replace("seed:", "name: 'two :: words'\nseed:")}

    outcome = run_pytest("", "--collect-only", files=files)

    outcome.stdout.fnmatch_lines(
        [
            "*<ScenarioFile b.pds.yaml>",
            "*<ScenarioItem two : words>",
            "*<ScenarioFile orders.pds.yaml>",
            "*<ScenarioItem orders>",
        ]
    )


def test_scenarios_are_selected_and_stop_the_run_as_other_tests_do(run_pytest):
    files = {"a.pds.yaml": FAILING, "b.pds.yaml": FAILING, "orders.pds.yaml": PASSING}

    run_pytest("", "-k", "orders", files=files).assert_outcomes(passed=1, deselected=2)
    run_pytest("", "-x").assert_outcomes(failed=1)
    run_pytest("").assert_outcomes(failed=2, passed=1)
    run_pytest("", "--lf").assert_outcomes(failed=2)
    run_pytest("", "orders.pds.yaml::orders").assert_outcomes(passed=1)


def test_tests_and_scenarios_run_in_several_processes(run_pytest):
    test = """
        import pytest

        @pytest.mark.parametrize("number", range(3))
        def test_it(pds_simulator, number):
            assert number < 2
    """
    files = {"a.pds.yaml": PASSING, "b.pds.yaml": PASSING, "failing.pds.yaml": FAILING}

    outcome = run_pytest(test, "-p", "xdist", "-n", "2", files=files)

    outcome.assert_outcomes(passed=4, failed=2)
    outcome.stdout.fnmatch_lines_random(
        ["failing.pds.yaml:6: status.phase: expected *", "*PDS simulator*", "seed 0; replay: pytest --pds-seed=0 *"]
    )


def test_an_error_in_the_simulator_fails_the_scenario_that_caused_it(run_pytest, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("no matrix today")

    monkeypatch.setattr("simulator.services.restores.to_matrix", fail)
    scenario = "version: 1\nsteps:\n  - matrix: {expect: {code: INTERNAL}}\n"

    outcome = run_pytest("", files={"matrix.pds.yaml": scenario, "orders.pds.yaml": PASSING})

    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.fnmatch_lines(["*_ matrix _*", "*ZeroDivisionError: no matrix today"])


def test_what_breaks_in_between_is_shown_with_its_traceback(run_pytest, monkeypatch):
    def fail(*_, **__):
        raise LookupError("no scenario")

    monkeypatch.setattr("scenarios.pytest_plugin.scenario_file.run_scenario", fail)

    outcome = run_pytest("", files={"orders.pds.yaml": PASSING})

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*scenario_file.py:*", "E  *LookupError: no scenario"])


CURIOUS_CONFTEST = """
import inspect
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        assert "db" not in item.fixturenames       # django, freezer, httpx, socket
        item.fixturenames.insert(0, "db")
        assert item.funcargs.get("benchmark") is None
        assert item.obj.__name__ == item.function.__name__ == item.originalname
        assert not inspect.iscoroutinefunction(item.obj)  # asyncio, anyio, trio
        assert inspect.getdoc(item.obj) is None
        assert inspect.signature(item.function).parameters == {}
        assert inspect.getsourcefile(item.function)
        assert item.module.__name__ in item.path.name  # order, randomly, dependency
        assert item.module.__file__ == str(item.path)
        assert item.parent.obj is item.module
        assert item.cls is None and item.instance is None  # allure, random-order
        assert item.location[1] >= 0
    items.sort(key=lambda item: (item.module.__name__, item.cls or "", item.obj.__qualname__))

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.description = f"{item.function.__doc__} {sorted(item.funcargs)}"  # html, json-report
    return report
"""


def test_what_other_plugins_read_of_items_is_there(run_pytest):
    files = {"conftest.py": CURIOUS_CONFTEST, "b.pds.yaml": PASSING, "cases.pds.yaml": CASES, "a.pds.yaml": FAILING}

    run_pytest("", files=files).assert_outcomes(passed=3, failed=2)
    run_pytest("", "-p", "xdist", "-n", "2").assert_outcomes(passed=3, failed=2)


@pytest.mark.parametrize(
    ("mark", "outcome"),
    [
        ("skip(reason='not today')", {"skipped": 1}),
        ("skipif(True, reason='not today')", {"skipped": 1}),
        ("xfail(strict=True)", {"xfailed": 1}),
        ("xfail(run=False)", {"xfailed": 1}),
        ("usefixtures('tmp_path')", {"failed": 1}),
    ],
)
def test_a_conftest_may_mark_scenarios(run_pytest, mark, outcome):
    conftest = f"""
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.{mark})
"""

    ended = run_pytest("", "-rs", files={"conftest.py": conftest, "a.pds.yaml": FAILING})

    ended.assert_outcomes(**outcome)
    ended.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_a_plugin_may_skip_a_scenario_as_it_is_set_up(run_pytest):
    conftest = "import pytest\ndef pytest_runtest_setup(item): pytest.skip('only benchmarks')\n"

    run_pytest("", files={"conftest.py": conftest, "a.pds.yaml": PASSING}).assert_outcomes(skipped=1)
