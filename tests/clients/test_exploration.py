"""Exploration finds the bug of each client with few rules, and none in the client without bugs."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from scenarios.cli import main
from scenarios.clients.limits import Limits
from scenarios.exploration import explore

pytestmark = pytest.mark.no_cover  # the same lines, a thousand times

HERE = Path(__file__).parent
CORRECT = "buggy.checks:check"
EXAMPLES = 60
LIMITS = Limits(virtual_seconds=10_000, calls=200)
"""Less than the default, so that clients that come to no end are soon stopped."""
FOUND = {
    "retries_create_blindly": ("unhandled_status", "ALREADY_EXISTS at buggy.correct:"),
    "gives_up_while_polling": ("unhandled_status", "an injected status at buggy.gives_up_while_polling:"),
    "polls_without_backoff": ("call_storm", "GetRestore"),
    "never_ends": ("hang", "no end at buggy.correct:"),
    "recreates_from_stale_list": ("duplicate_restore", "two live restores"),
    "takes_unknown_errors_for_success": ("client", "AssertionError at buggy.checks:"),
}
"""What is found, by the module of the client: the oracle, and how the cause begins."""


@pytest.fixture(autouse=True)
def _clients(monkeypatch, tmp_path):
    """The clients are on the path, and so they are for processes that we start; findings go to a folder of the test."""
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def pds_sim():
    """Runs a command, and gives its exit code and its output."""

    def run(*arguments):
        outcome = CliRunner().invoke(main, [*map(str, arguments)])
        return outcome.exit_code, outcome.stdout

    return run


@pytest.mark.parametrize("bug", FOUND)
def test_each_bug_is_found_with_few_rules_in_a_scenario_that_fails_until_it_is_mended(bug, pds_sim, tmp_path):
    check, (oracle, cause) = f"buggy.{bug}:check", FOUND[bug]

    exploration = explore(check, examples=EXAMPLES, seed=1, limits=LIMITS, scenarios_to=tmp_path)

    found = [one for one in exploration.findings if one.oracle == oracle and one.cause.startswith(cause)]
    assert found
    assert {len(one.rules) for one in found} <= {1, 2}
    for finding in exploration.findings:
        scenario = Path(finding.scenario)
        assert pds_sim("run", scenario)[0] == 1
        scenario.write_text(scenario.read_text().replace(check, CORRECT))
        assert pds_sim("run", scenario)[0] == 0


def test_the_client_without_bugs_survives():
    exploration = explore(CORRECT, examples=300, seed=1)

    assert exploration.findings == []
    assert exploration.runs == 301


def test_the_same_seed_finds_the_same_with_one_process_and_with_two(pds_sim):
    arguments = ["explore", "--check", "buggy.retries_create_blindly:check", "--examples", 80, "--seed", 5, "--json"]

    told = [pds_sim(*arguments, "--jobs", jobs) for jobs in (1, 2)]

    assert [code for code, _ in told] == [1, 1]
    one, two = (json.loads(output.splitlines()[-1]) for _, output in told)
    assert one == two
    assert one["findings"]


@pytest.mark.skipif(shutil.which("node") is None, reason="install node to test the clients of other languages")
def test_the_bug_of_a_client_in_another_language_is_found(pds_sim, tmp_path):
    only_lost_responses = ["--effect", "lose_response", "--method", "CreateRestore", "--max-rules", 1]
    command = f"node {HERE}/buggy/retries_create_blindly.mjs"

    code, output = pds_sim(
        *("explore", "--command", command, *only_lost_responses, "--examples", 4, "--seed", 1, "--jobs", 2),
        *("--scenarios-to", tmp_path, "--json"),
    )

    assert code == 1
    [finding] = json.loads(output.splitlines()[-1])["findings"]
    assert finding["cause"] == "exit code 1 at retries_create_blindly.mjs:32"
    assert finding["rules"] == [{"method": ["CreateRestore"], "times": 1, "lose_response": {}}]
    assert pds_sim("run", finding["scenario"])[0] == 1


def test_a_command_that_there_is_not_is_a_wrong_call(pds_sim):
    code, output = pds_sim("explore", "--command", "no-such-client", "--examples", 1)

    assert (code, output) == (2, "")
