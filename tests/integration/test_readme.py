"""What the README shows is so: its programs run, its scenario passes, its commands exist."""

import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest
from click import Context
from click.testing import CliRunner

from scenarios.cli import main
from scenarios.format.method_steps import METHOD_STEPS
from scenarios.loading.loader import load_scenario
from scenarios.running.runner import ScenarioRun
from scenarios.running.verbs import CALLS, LASTING_VERBS, VERBS
from simulator.faults import EFFECTS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_SCREEN_LINES = 40
CONTEXT = Context(main)
RUN = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/pds-sim run scenarios/library/quickstart.yaml"
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' -c tests/constraints.txt && .venv/bin/pytest"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands():
    """Every ``pds-sim`` command of the README, in blocks and in running text."""
    programs = [block for block in blocks("sh") if not block.startswith(("buf ", "curl ", "set -e"))]
    lines = [command for block in programs for line in block.splitlines() for command in line.split(" && ")]
    lines += re.findall("`(pds-sim [^`]*)`", re.sub("^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL))
    words = [shlex.split(line) for line in lines]
    return [command[1:] for command in words if Path(command[0]).name == "pds-sim"]


def programs(*, for_pytest):
    return [program for program in blocks("python") if ("def test_" in program) is for_pytest]


def own_services(folder):
    """Write the module of the README that adds services."""
    [program] = [program for program in blocks("python") if "def add_billing" in program]
    (folder / "billing.py").write_text(program, encoding="utf-8")


@pytest.mark.parametrize("program", programs(for_pytest=False))
def test_a_program_runs(program):
    exec(compile(program, "README.md", "exec"), {"__name__": "README"})  # noqa: S102  # it is ours


@pytest.mark.parametrize("program", programs(for_pytest=True))
def test_a_test_passes(program, pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(program)

    outcome = pytester.runpytest_inprocess("-p", "pds_simulator_pytest", "--strict-markers")

    outcome.assert_outcomes(passed=program.count("def test_"))


@pytest.mark.parametrize("text", blocks("yaml"))
def test_a_scenario_passes(text, tmp_path):
    file = tmp_path / "README.pds.yaml"
    file.write_text(text, encoding="utf-8")

    with ScenarioRun(load_scenario(file)) as current:
        results = list(current.steps())

    assert [complaint for result in results for complaint in result.complaints] == []
    assert len(results) == len(current.scenario.document.steps) > 0


def test_there_are_programs_and_a_scenario_to_try():
    assert (len(programs(for_pytest=False)), len(blocks("yaml")), len(blocks("text"))) == (5, 2, 1)


def test_a_test_for_pytest_stands_on_the_second_screen():
    [program] = programs(for_pytest=True)

    second_screen = "\n".join(README.splitlines()[FIRST_SCREEN_LINES : 2 * FIRST_SCREEN_LINES])
    assert program in second_screen


def test_a_scenario_and_a_client_of_another_language_follow_it():
    [section] = re.findall("^## In a test\n(.*?)^## ", README, flags=re.MULTILINE | re.DOTALL)

    assert section.index("def test_") < section.index(blocks("yaml")[0]) < section.index("\nbuf curl ")


def test_the_first_command_prints_what_the_readme_says(monkeypatch):
    def without_seconds(text):
        return re.sub(r"[0-9.]+ s$", "", text.rstrip())

    monkeypatch.chdir(ROOT)
    [shown] = blocks("text")

    outcome = CliRunner().invoke(main, ["run", "scenarios/library/quickstart.yaml"])

    assert without_seconds(shown) == without_seconds(outcome.stdout)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_a_command_has_a_verb_and_options_that_exist(command, monkeypatch, tmp_path):
    if "--service" in command:
        own_services(tmp_path)
        monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
        monkeypatch.setattr("sys.modules", {**sys.modules})
    verb = main.get_command(CONTEXT, command[0])

    context = verb.make_context(command[0], command[1:])  # refuses what does not exist

    assert context.command is verb


def test_commands_are_found():
    assert {command[0] for command in commands()} == set(main.list_commands(CONTEXT))
    assert ["serve", "--port", "50051", "--speed", "60"] in commands()


def test_the_two_first_commands_stand_on_the_first_screen():
    first_screen = README.splitlines()[:FIRST_SCREEN_LINES]

    assert [line for line in first_screen if ".venv" in line] == [RUN, TEST]
    assert blocks("sh")[:2] == [f"{RUN}\n", f"{TEST}\n"]


def test_continuous_integration_runs_the_command_for_the_tests():
    [pattern] = re.findall(r'\$\(grep -m 1 "([^"]+)" README\.md\)', (ROOT / ".ci" / "run").read_text(encoding="utf-8"))

    assert next(line for line in README.splitlines() if pattern in line) == TEST


def table(heading):
    return README.split(f"{heading}\n")[1].split("\n\n")[0].splitlines()[1:]


def named_in(rows, *, column):
    return [name for row in rows for name in re.findall("`([^`]+)`", row.split("|")[column])]


def test_the_table_of_scenarios_names_each_file_of_the_library_exactly_once():
    scenarios = named_in(table("| scenario | shows |"), column=1)
    effects = named_in(table("| effect | on | what happens | scenario |"), column=4)

    library = (ROOT / "scenarios" / "library").rglob("*.yaml")
    assert sorted(scenarios + effects) == sorted(file.stem for file in library)


def test_the_table_of_effects_names_each_exactly_once():
    effects = named_in(table("| effect | on | what happens | scenario |"), column=1)

    assert effects == [effect.name for effect in EFFECTS]


def test_the_steps_are_those_that_there_are():
    [sentence] = re.findall(r"The steps are ([^;]+);", README)

    verbs = {*CALLS, *VERBS, *LASTING_VERBS, "repeat", "parallel"}
    assert set(re.findall("`([a-z_]+)`", sentence)) == verbs - METHOD_STEPS.keys()


def test_the_table_of_options_names_each_of_run_exactly_once():
    named = [word for name in named_in(table("| option of `run` | what it does |"), column=1) for word in name.split()]

    options = [
        name for option in main.get_command(CONTEXT, "run").params for name in option.opts if name.startswith("-")
    ]
    assert sorted(name for name in named if name.startswith("-")) == sorted(options)


def test_files_that_are_named_exist():
    named = re.findall(r"\]\(([^)#\s]+)\)", README) + re.findall(r"`((?:fakes|scenarios|simulator)/[\w./-]+)`", README)

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_the_programs_import_comes_with_the_tests():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = {re.match("[A-Za-z0-9-]+", requirement)[0] for requirement in project["optional-dependencies"]["test"]}
    imported = set(re.findall(r"^(?:from|import) (\w+)", "".join(blocks("python")), flags=re.MULTILINE))

    assert {"freezegun", "pytest"} <= extra
    assert imported - {"dataclasses", "grpc", "time", "simulator"} <= extra
