"""What the pages of documentation show is so: programs run, scenarios pass, commands, files and headings exist."""

import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest
from click import Context, Option
from click.testing import CliRunner

from scenarios.cli import main
from scenarios.loading.loader import load_cases
from scenarios.running.runner import ScenarioRun
from simulator.faults import EFFECTS

ROOT = Path(__file__).parents[2]
FOLDERS = ("fakes", "scenarios", "simulator")
FILES = [
    *(ROOT / name for name in ("README.md", "tests/README.md", "tests/benchmarks/README.md")),
    *(page for folder in FOLDERS for page in sorted((ROOT / folder).rglob("*.md")) if "vendor" not in page.parts),
]
PAGES = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in FILES}
README = PAGES["README.md"]
README_BYTES_MAX = 12 * 1024
FIRST_SCREEN_LINES = 40
CONTEXT = Context(main)
RUN = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/pds-sim run scenarios/library/quickstart.yaml"
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' -c tests/constraints.txt && .venv/bin/pytest"
ANY_BLOCK = re.compile(r"^```.*?^```$", flags=re.MULTILINE | re.DOTALL)

every_page = pytest.mark.parametrize("page", PAGES)


def blocks(language):
    """The blocks of a language on all pages, but for those that show a mistake; each named by page and line."""
    pattern = re.compile(rf"(?<!<!-- wrong -->\n\n)^```{language}\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
    return [
        pytest.param(found[1], id=f"{page}:{text.count(chr(10), 0, found.start()) + 1}")
        for page, text in PAGES.items()
        for found in pattern.finditer(text)
    ]


def texts(language):
    return [block.values[0] for block in blocks(language)]


def programs(*, for_pytest):
    """The programs in Python, but for one that needs stubs of its own, which tests of clients run."""
    found = [block for block in blocks("python") if "from public." not in block.values[0]]
    return [block for block in found if ("def test_" in block.values[0]) is for_pytest]


def commands():
    """The arguments of every ``pds-sim`` command, in blocks and in running text."""
    found = re.findall(r"(?:^|&& |`)(?:\.venv/bin/)?pds-sim ([^`>&|\n]+)", "\n".join(PAGES.values()), re.MULTILINE)
    return [list(command) for command in dict.fromkeys(tuple(shlex.split(line)) for line in found)]


def own_services(folder):
    """Write the module that adds services."""
    [program] = [program for program in texts("python") if "def add_billing" in program]
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
def test_a_scenario_passes_in_all_its_cases(text, tmp_path, write_stuck_snapshot):
    write_stuck_snapshot(tmp_path)
    file = tmp_path / "README.pds.yaml"
    file.write_text(text if text.startswith("version:") else f"version: 1\n{text}", encoding="utf-8")

    for scenario in load_cases(file):
        with ScenarioRun(scenario) as current:
            results = list(current.steps())

        assert [complaint for result in results for complaint in result.complaints] == []
        assert len(results) >= len(current.scenario.document.steps) > 0


def test_there_are_programs_to_try():
    assert min(len(programs(for_pytest=False)), len(programs(for_pytest=True)), len(commands())) > 0
    assert {"README.md", "simulator/README.md", "scenarios/README.md"} < PAGES.keys()


def test_the_readme_is_short_and_every_other_page_can_be_reached_from_it():
    linked = [(ROOT / "README.md").parent / name for name in re.findall(r"\]\(([^)#]+\.md)\)", README)]
    others = {file for file in FILES if file != ROOT / "README.md" and "benchmarks" not in file.parts}

    assert len(README.encode()) < README_BYTES_MAX
    assert others <= set(linked)


def test_the_two_first_commands_stand_on_the_first_screen():
    first_screen = README.splitlines()[:FIRST_SCREEN_LINES]

    assert [line for line in first_screen if ".venv" in line] == [RUN, TEST]
    assert texts("sh")[:2] == [f"{RUN}\n", f"{TEST}\n"]


def test_a_test_for_pytest_stands_on_the_second_screen():
    second_screen = "\n".join(README.splitlines()[FIRST_SCREEN_LINES : 2 * FIRST_SCREEN_LINES])

    assert programs(for_pytest=True)[0].values[0] in second_screen


def test_the_first_command_prints_what_the_readme_says(monkeypatch):
    def without_seconds(text):
        return re.sub(r"[0-9.]+ s$", "", text.rstrip())

    monkeypatch.chdir(ROOT)

    outcome = CliRunner().invoke(main, ["run", "scenarios/library/quickstart.yaml"])

    assert without_seconds(texts("text")[0]) == without_seconds(outcome.stdout)


def test_continuous_integration_runs_the_command_for_the_tests():
    [pattern] = re.findall(r'\$\(grep -m 1 "([^"]+)" README\.md\)', (ROOT / ".ci" / "run").read_text(encoding="utf-8"))

    assert next(line for line in README.splitlines() if pattern in line) == TEST


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_a_command_has_a_verb_and_options_that_exist(command, monkeypatch, tmp_path):
    if "--service" in command:
        own_services(tmp_path)
        monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
        monkeypatch.setattr("sys.modules", {**sys.modules})
    verb = main.get_command(CONTEXT, command[0])

    context = verb.make_context(command[0], command[1:], resilient_parsing=command[1:] == [])  # or refuses an option

    assert context.command is verb


def test_the_recipe_for_exploration_finds_what_it_says(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    [program] = [program for program in texts("python") if "def check(sim):" in program]
    Path("orders_check.py").write_text(program, encoding="utf-8")
    [command] = [command for command in commands() if "orders_check:check" in command]
    fewer = [{"3000": "20", "2": "1"}.get(word, word) for word in command]

    outcome = CliRunner().invoke(main, [*fewer, "--effect", "lose_response"])

    assert outcome.exit_code == 1
    [finding] = Path("explored").glob("unhandled_status_ALREADY_EXISTS*.pds.yaml")
    assert CliRunner().invoke(main, ["run", str(finding)]).exit_code == 1
    assert list(Path("exploration").glob("*.html"))


def test_every_command_is_shown():
    assert {command[0] for command in commands()} == set(main.list_commands(CONTEXT))


def table(heading):
    [page] = [page for page in PAGES.values() if f"{heading}\n" in page]
    return page.split(f"{heading}\n")[1].split("\n\n")[0].splitlines()[1:]


def named_in(rows, *, column):
    return [name for row in rows for name in re.findall("`([^`]+)`", row.split("|")[column])]


def test_the_tables_of_scenarios_name_each_file_of_the_library_exactly_once():
    scenarios = named_in(table("| scenario | shows |"), column=1)
    effects = named_in(table("| effect | on | what happens | scenario |"), column=4)

    library = (ROOT / "scenarios" / "library").rglob("*.yaml")
    assert sorted(scenarios + effects) == sorted(file.stem for file in library)


def test_the_table_of_effects_names_each_exactly_once():
    effects = named_in(table("| effect | on | what happens | scenario |"), column=1)

    assert effects == [effect.name for effect in EFFECTS]


def shown(parameter):
    """The names of an option that --help shows; arguments have none."""
    return parameter.opts if isinstance(parameter, Option) and not parameter.hidden else []


@pytest.mark.parametrize("verb", ["run", "serve", "explore"])
def test_the_table_of_options_names_each_exactly_once(verb):
    cells = named_in(table(f"| option of `{verb}` | what it does |"), column=1)
    named = [word for cell in cells for word in cell.split() if word.startswith("-")]

    options = [name for option in main.get_command(CONTEXT, verb).params for name in shown(option)]
    assert sorted(named) == sorted(options)


def test_the_tables_of_the_plugin_name_each_fixture_and_option_exactly_once():
    plugin = (ROOT / "scenarios" / "entry_points" / "pds_simulator_pytest.py").read_text(encoding="utf-8")
    cells = named_in(table("| option | what it does |"), column=1)

    fixtures = re.findall(r"^@pytest\.fixture.*\ndef (\w+)\(", plugin, flags=re.MULTILINE)
    assert sorted(named_in(table("| fixture | what it is |"), column=1)) == sorted(fixtures)
    options = re.findall(r'add(?:ini|option)\(\s*"([\w-]+)"', plugin)
    assert sorted(cell.split()[0] for cell in cells if "pds" in cell) == sorted(options)


def anchors(page):
    """What GitHub makes of the headings of a page."""
    headings = re.findall("^#+ (.*)$", ANY_BLOCK.sub("", page), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_page
def test_links_lead_somewhere(page):
    targets = [
        target.partition("#") for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", ANY_BLOCK.sub("", PAGES[page]))
    ]
    files = [((ROOT / page).parent / path if path else ROOT / page, anchor) for path, _, anchor in targets]

    assert [str(file) for file, _ in files if not file.exists()] == []
    assert [anchor for file, anchor in files if anchor and anchor not in anchors(file.read_text("utf-8"))] == []


@every_page
def test_files_that_are_named_exist(page):
    named = re.findall(r"`((?:fakes|scenarios|simulator|tests)/[\w./-]+)`", PAGES[page])

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_the_programs_import_comes_with_the_tests():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = {re.match("[A-Za-z0-9-]+", requirement)[0] for requirement in project["optional-dependencies"]["test"]}
    imported = set(re.findall(r"^(?:from|import) (\w+)", "".join(texts("python")), flags=re.MULTILINE))

    assert {"freezegun", "pytest"} <= extra
    assert imported - {*sys.stdlib_module_names, *FOLDERS, "grpc", "public"} <= extra
