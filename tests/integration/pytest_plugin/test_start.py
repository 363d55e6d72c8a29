"""pytest starts as fast with the plugin as without: what takes time is imported when somebody has a use for it."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = {"click", "fakes", "google", "grpc", "pydantic", "rich", "simpy", "simulator", "yaml"}


def run_python(program, *arguments, workdir, first_in_path=ROOT):
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, (first_in_path, ROOT))),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    return subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", program, *arguments],
        cwd=workdir,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


RUN_PYTEST = f"""
import sys, pytest
code = pytest.main(["-p", "scenarios.pytest_plugin", "--strict-markers"])
print("loaded:", *sorted({HEAVY} & set(sys.modules)))
sys.exit(code)
"""


def test_tests_that_have_no_use_for_a_simulator_do_not_pay_for_it(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_one(): pass\ndef test_two(tmp_path): assert 0\n")

    outcome = run_python(RUN_PYTEST, workdir=tmp_path)

    assert "1 failed, 1 passed" in outcome.stdout, outcome.stderr
    assert outcome.stdout.splitlines()[-1] == "loaded:"


def test_another_package_of_the_name_does_no_harm_to_tests_that_have_no_use_for_ours(tmp_path):
    (tmp_path / "simulator.py").write_text("SIMULATED = True\n")
    (tmp_path / "test_it.py").write_text("import simulator\n\ndef test_it(): assert simulator.SIMULATED\n")

    outcome = run_python(RUN_PYTEST, workdir=tmp_path, first_in_path=tmp_path)

    assert "1 passed" in outcome.stdout, outcome.stderr


def test_the_entry_point_names_the_plugin():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["entry-points"]["pytest11"] == {"pds_simulator": "scenarios.pytest_plugin"}


@pytest.mark.parametrize("package", ["fakes", "simulator"])
@pytest.mark.parametrize(
    "files",
    [
        {"test_it.py": "def test_it(pds_simulator): pass\n"},
        {"test_it.py": "import pytest\n\n@pytest.mark.pds_simulator(seed=7)\ndef test_it(): pass\n"},
        {"orders.pds.yaml": "version: 1\nsteps: [advance: 1s]\n"},
    ],
    ids=["fixture", "marker", "scenario"],
)
def test_where_another_package_of_the_name_comes_first_the_failure_says_which_file_it_is(tmp_path, package, files):
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    outcome = run_python(RUN_PYTEST, workdir=tmp_path, first_in_path=tmp_path)

    assert "1 error" in outcome.stdout, outcome.stderr
    assert f"needs its own package '{package}' at {ROOT / package}" in outcome.stdout
    assert f"finds {tmp_path / package / '__init__.py'}; rename that one" in outcome.stdout
    assert "Traceback" not in outcome.stdout
