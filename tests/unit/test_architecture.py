"""Nobody imports upwards, and a test that imports the simulator does not pay for the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ["click", "freezegun", "hypothesis", "pydantic", "pytest", "rich", "scenarios", "yaml"]


def run_python(*arguments, workdir):
    return subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, *arguments], cwd=workdir, capture_output=True, text=True, check=False
    )


def test_the_import_contracts_are_kept():
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"

    outcome = run_python("-c", program, workdir=ROOT)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("package", "foreign"),
    [
        ("simulator", HEAVY),
        ("fakes", [*HEAVY, "google", "grpc", "simulator"]),
        ("scenarios.cli.run", ["jinja2", "rich", "scenarios.charts.page", "xml"]),
    ],
)
def test_importing_a_package_imports_nothing_that_it_has_no_use_for(package, foreign):
    program = f"import sys, {package}; print(*sorted(set(sys.modules) & set({foreign})))"

    outcome = run_python("-c", program, workdir=ROOT)

    assert (outcome.stdout.split(), outcome.stderr) == ([], "")
