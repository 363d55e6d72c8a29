"""What all tests use: a simulator with the default world, a client of it, and requests that it accepts."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial
from random import Random

import grpc
import pytest
from hypothesis import HealthCheck, settings

from simulator import Simulator
from simulator.api import RestoreServiceStub, restore_pb2

pytest_plugins = ["pytester"]

# How long something takes depends on what else the machine does.
settings.register_profile("on any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("on any machine")

CASES = 10
"""Of each test, CI performs so many cases, the same in every run; a nightly run performs the others."""

EXPENSIVE_CASES = 2
EXPENSIVE = (
    "integration/control/test_workers.py",
    "integration/test_command_line.py",
    "integration/test_deadlocks.py::test_polling",
    "integration/test_explore_command.py",
    "integration/test_hostile_text.py",
    "integration/test_interruption.py",
    "integration/test_loop_clocks.py::test_a_client_sees_the_time",
    "integration/test_run_in_processes.py",
    "integration/test_virtual_threads.py::test_a_",
    "integration/test_virtual_threads.py::test_other_threads",
    "integration/test_waiting.py::test_threads",
    "unit/scenarios/exploration",
    "unit/scenarios/loading/test_yaml_source.py::test_deep_nesting",
)
"""Where a case starts processes or looks through all objects of this one, CI performs fewer."""

ALL_CASES = (
    "integration/rest_gateway/test_answers_of_the_restore_service.py",
    "integration/test_docstrings.py",
    "integration/test_lock.py",
    "integration/test_pages.py",
    "integration/test_scenario_library.py",
    "unit/scenarios/checks/test_checks.py",
    "unit/scenarios/test_documented_examples.py",
    "unit/simulator/api/test_generated_files.py",
)
"""Where each case is something of its own, such as an example or a file that ships."""

UNCOVERED = ("browser", "property")
SLOW = (
    "benchmarks/test_exploration.py::test_a_cluster",
    "benchmarks/test_exploration.py::test_memory",
    "benchmarks/test_exploration.py::test_two_processes",
    "benchmarks/test_server.py::test_start_of_a_server",
    "benchmarks/test_server.py::test_twenty_callers",
    "benchmarks/test_server.py::test_two_workers",
    "benchmarks/test_start_up.py::test_run_of_a_scenario",
    "browser/test_a_session.py::test_the_form_makes_a_rule_of_every_kind_of_effect[lose_response",
    "browser/test_a_session.py::test_the_form_makes_a_rule_of_every_kind_of_effect[outage",
    "browser/test_a_session.py::test_the_form_makes_a_rule_of_every_kind_of_effect[rate_limit",
    "browser/test_a_session.py::test_the_form_makes_a_rule_of_every_kind_of_effect[slow",
    "browser/test_connection.py::test_the_events_that_are_no_longer_kept",
    "browser/test_looks.py::test_screenshots_are_kept_and_axe_has_nothing_to_say[0]",
    "browser/test_looks.py::test_screenshots_are_kept_and_axe_has_nothing_to_say[1000]",
    "browser/test_looks.py::test_screenshots_are_kept_and_axe_has_nothing_to_say[1]",
    "browser/test_reports.py::test_many_rows_are_drawn_when_they_come_into_sight_and_axe_has_nothing_to_say[light]",
    "clients/test_clients_in_other_languages.py::test_a_client_in_java",
    "clients/test_clients_of_the_documentation.py::test_the_recipe_for_continuous_integration",
    "clients/test_exploration.py::test_each_bug_is_found_with_few_rules_in_a_scenario_that_fails_until_it_is_mended[gives_up",
    "clients/test_exploration.py::test_each_bug_is_found_with_few_rules_in_a_scenario_that_fails_until_it_is_mended[never_ends",
    "clients/test_exploration.py::test_each_bug_is_found_with_few_rules_in_a_scenario_that_fails_until_it_is_mended[polls_w",
    "clients/test_exploration.py::test_each_bug_is_found_with_few_rules_in_a_scenario_that_fails_until_it_is_mended[takes_unk",
    "clients/test_exploration.py::test_the_same_seed_finds_the_same_with_one_process",
    "clients/test_protos.py::test_the_commands_for_a_language_make_its_stubs[Go",
    "clients/test_protos.py::test_the_commands_for_a_language_make_its_stubs[Java",
    "clients/test_protos.py::test_the_commands_for_a_language_make_its_stubs[TypeScript",
    "integration/control/test_workers.py::test_a_replacement",
    "integration/control/test_workers.py::test_a_session_goes_to_a_worker",
    "integration/control/test_workers.py::test_sessions_are_placed",
    "integration/control/test_workers.py::test_sessions_that_nobody_uses",
    "integration/pytest_plugin/test_encodings.py::",
    "integration/pytest_plugin/test_foreign_packages.py::",
    "integration/pytest_plugin/test_scenario_files.py::test_tests_and_scenarios_run_in_several",
    "integration/pytest_plugin/test_scenario_files.py::test_what_other_plugins_read",
    "integration/rest_gateway/test_openapi.py::test_schemathesis_finds_nothing_wrong[corners]",
    "integration/test_command_line.py::test_an_old_code_page",
    "integration/test_command_line.py::test_serve_answers_over_grpc_though",
    "integration/test_command_line.py::test_serve_takes_as_many_connections",
    "integration/test_exploration.py::test_earlier_findings",
    "integration/test_exploration.py::test_the_same_seed_finds_the_same_wherever_tasks_are_performed",
    "integration/test_explore_command.py::test_ctrl_c_leaves_no_command",
    "integration/test_explore_command.py::test_reports_and_runs_survive",
    "integration/test_on_poll_rules.py::test_many_refusals_are_no_endless_loop_as_long_as_answers_come_in_between[",
    "integration/test_pages.py::test_the_recipe_for_exploration",
    "integration/test_replay_of_faults.py::test_a_thousand_seeds",
    "integration/test_run_in_processes.py::test_a_dumb_terminal",
    "integration/test_run_in_processes.py::test_the_library_is_reported_the_same",
    "integration/test_saved_state.py::test_options_without_effect",
    "property/test_views_agree.py::test_all_views",
    "property/test_virtual_threads.py::test_twice_the_same",
    "unit/scenarios/cli/test_run_options.py::test_no_more_is_run_after_a_failure",
    "unit/scenarios/cli/test_run_options.py::test_several_jobs",
    "unit/scenarios/exploration/test_dask_pool.py::test_a_setup_that_makes_no_sense",
    "unit/scenarios/exploration/test_dask_pool.py::test_an_exploration_finds_the_same_on_a_cluster",
    "unit/scenarios/exploration/test_dask_pool.py::test_results_are_the_same_on_a_cluster_also_where_a_worker_ends",
    "unit/scenarios/exploration/test_pools.py::test_a_client_that_kills_its_process",
    "unit/scenarios/loading/test_parameters.py::test_a_thousand_cases",
    "unit/scenarios/loading/test_yaml_source.py::test_a_file_may_be_as_large_as_the_limit[python",
    "unit/scenarios/running/workers/test_pool.py::test_names_that_are_no_utf_8",
    "unit/simulator/api/test_pool.py::test_nothing_is_registered",
    "unit/test_browser_left_out.py::",
)
"""How the ids of the slowest tests begin. Other tests mostly show their promises: these are nightly, too."""

WAYS = ("in_process", "loopback")
CreateRequest = Callable[..., restore_pb2.CreateRestoreRequest]
OpenChannel = Callable[[Simulator], grpc.Channel]
OpenStub = Callable[[Simulator], RestoreServiceStub]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and what runs the same lines as other tests do: properties, and browsers."""
    tests: dict[str, list[pytest.Item]] = {}
    for item in items:
        path = item.nodeid.partition("tests/")[2]
        tests.setdefault(path.partition("[")[0], []).append(item)
        if path.startswith(UNCOVERED):
            item.add_marker(pytest.mark.no_cover)
        if path.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
    for test, cases in tests.items():
        if not test.startswith(ALL_CASES):
            kept = EXPENSIVE_CASES if test.startswith(EXPENSIVE) else CASES
            for case in Random(test).sample(cases, max(len(cases) - kept, 0)):
                case.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking through all tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(seed=7) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def transport() -> str:
    """How calls get to simulators; tests that care for all ways override it."""
    return "in_process"


@pytest.fixture(scope="session")
def open_channel(transport: str) -> OpenChannel:
    """Opens a channel to any simulator."""
    # A session of a server elsewhere has sockets only.
    return lambda simulator: simulator.channel(transport=transport if transport in WAYS else "loopback")


@pytest.fixture(scope="session")
def open_stub(open_channel: OpenChannel) -> OpenStub:
    """Makes a client of any simulator."""
    return lambda simulator: RestoreServiceStub(open_channel(simulator))


@pytest.fixture
def stub(sim: Simulator, open_stub: OpenStub) -> RestoreServiceStub:
    return open_stub(sim)


@pytest.fixture
def create_request(sim: Simulator, create_request_for: CreateRequest) -> CreateRequest:
    """Makes requests that are accepted: by default a restore of orders-backup into shop-staging.

    References are names of entities of the world; other keywords go into the metadata of the restore.
    """
    return partial(create_request_for, sim)


@pytest.fixture(scope="session")
def create_request_for() -> CreateRequest:
    """The same for any simulator, which comes first."""

    def make(
        sim: Simulator,
        name: str = "orders-copy",
        *,
        backup: str = "orders-backup",
        namespace: str = "shop-staging",
        project: str = "shop",
        **meta: object,
    ) -> restore_pb2.CreateRestoreRequest:
        return restore_pb2.CreateRestoreRequest(
            namespace_id=sim.world.namespaces[namespace].uid,
            project_id=sim.world.projects[project].uid,
            restore={
                "meta": {"name": name, **meta},
                "config": {"source_references": {"backup_id": sim.world.backups[backup].uid}},
            },
        )

    return make


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say in the last line that tests in a browser were left out, if they were."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    skipped = sum("browser" in report.keywords for report in reporter.stats.get("skipped", ()))
    if skipped:
        reporter.write_line(f"{skipped} tests in a browser were left out, because no Chromium is installed.")
