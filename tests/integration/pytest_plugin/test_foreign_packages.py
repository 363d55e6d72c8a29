"""Where somebody has packages of our names, their tests run as ever; only a test that asks for ours is an error."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[3]
PACKAGES = ("fakes", "scenarios", "simulator")
OURS = "def test_ours(pds_simulator): pds_simulator.advance(1)\n"
SCENARIO = "version: 1\nsteps: [advance: 1s]\n"


class Installation:
    """An environment with the product in it, editable or from a wheel."""

    def __init__(self, binaries, home):
        self.binaries = binaries
        self.home = home

    def run(self, command, *arguments, workdir, **environment):
        program, *rest = command
        return subprocess.run(  # noqa: S603  # our own environments
            [self.binaries / program, *rest, *arguments],
            cwd=workdir,
            env=os.environ | {"COLUMNS": "300", "PYTEST_ADDOPTS": "-p no:cacheprovider"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def pytest(self, *arguments, workdir, command=("python", "-m", "pytest")):
        """Run pytest as its users do: plugins are found by their entry points, here only ours."""
        others = {plugin.name for plugin in entry_points(group="pytest11")} - {"pds_simulator"}
        without = [argument for name in others for argument in ("-p", f"no:{name}")]
        return self.run(command, *without, *arguments, workdir=workdir)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """A wheel of what is checked out, built from the source distribution, as installers of that do."""
    folder = tmp_path_factory.mktemp("dist")
    [sdist] = SdistBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    [built] = WheelBuilder(sdist.removesuffix(".tar.gz")).build(directory=str(folder), versions=["standard"])
    return Path(built)


@pytest.fixture(scope="session")
def from_wheel(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    home = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    shutil.unpack_archive(wheel, home, "zip")
    (home / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n")  # a path, whose own .pth files are not read
    for name, module in (("pytest", "pytest"), ("pds-sim", "pds_simulator_command")):
        program = folder / "bin" / name
        program.write_text(f"#!{folder}/bin/python\nimport sys\nfrom {module} import main\nsys.exit(main())\n")
        program.chmod(0o755)
    return Installation(folder / "bin", home)


@pytest.fixture(scope="session")
def editable():
    return Installation(Path(sys.executable).parent, ROOT)


@pytest.fixture
def installation(request):
    """The one that the parameter names."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def project(tmp_path):
    """Writes files of a project, by path, and gives its folder."""

    def write(files):
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path

    return write


def foreign_tests(folder, package):
    """A package of tests, as it is common, and a test that uses it."""
    return {
        f"{folder}{package}/__init__.py": "VALUE = 1\n",
        f"{folder}{package}/helper.py": "VALUE = 2\n",
        f"{folder}{package}/test_theirs.py": (
            f"from {package} import VALUE\n"
            f"def test_theirs():\n    import {package}.helper\n    assert VALUE + {package}.helper.VALUE == 3\n"
        ),
    }


def require_both_paths(outcome, installation, package, foreign):
    ours = installation.home / package
    assert (
        f"the PDS restore simulator needs its own package '{package}' at {ours}, but importing '{package}' finds"
        f" {foreign}\nWays out: rename the other one; " in outcome.stdout
    ), outcome.stdout + outcome.stderr
    assert "--import-mode=importlib" in outcome.stdout
    assert "'pds-sim serve'" in outcome.stdout
    assert "Traceback" not in outcome.stdout
    assert outcome.stderr == ""


@pytest.mark.parametrize(
    ("installation", "package", "folder", "command"),
    [
        ("editable", "scenarios", "tests/", ["pytest"]),
        ("editable", "simulator", "", ["python", "-m", "pytest"]),
        ("from_wheel", "fakes", "", ["python", "-m", "pytest"]),
        ("from_wheel", "simulator", "tests/", ["pytest"]),
    ],
    indirect=["installation"],
)
def test_a_package_of_tests_runs_and_who_asks_for_ours_is_told_both_paths(
    installation, package, folder, command, project
):
    workdir = project(
        {
            "tests/a.pds.yaml": SCENARIO,  # collected before theirs
            "tests/test_ours.py": OURS,
            **foreign_tests(folder, package),
            "tests/z.pds.yaml": SCENARIO,
        }
    )

    outcome = installation.pytest("tests", *([package] if not folder else []), workdir=workdir, command=command)

    assert "1 passed, 3 errors" in outcome.stdout, outcome.stdout + outcome.stderr
    require_both_paths(outcome, installation, package, workdir / folder / package / "__init__.py")


def test_a_folder_without_init_is_theirs_where_it_holds_modules(from_wheel, project):
    package = "scenarios"
    workdir = project(
        {
            f"tests/{package}/helper.py": "VALUE = 2\n",
            "tests/test_theirs.py": f"from {package}.helper import VALUE\ndef test_it(): assert VALUE == 2\n",
            "tests/test_ours.py": OURS,
        }
    )

    outcome = from_wheel.pytest(workdir=workdir)

    assert "1 passed, 1 error" in outcome.stdout, outcome.stdout + outcome.stderr
    require_both_paths(outcome, from_wheel, package, workdir / "tests" / package)


def test_a_folder_of_scenarios_is_in_nobodys_way(from_wheel, project):
    workdir = project(
        {"scenarios/orders.pds.yaml": SCENARIO, "scenarios/more/b.pds.yaml": SCENARIO, "test_it.py": OURS}
    )

    outcome = from_wheel.pytest(workdir=workdir)

    assert "3 passed" in outcome.stdout, outcome.stdout + outcome.stderr


def test_a_module_that_is_found_later_than_ours_is_theirs_nevertheless(from_wheel, project):
    """So it is with packages that somebody develops: an editable install puts them at the end of the path."""
    workdir = project(
        {
            "src/simulator.py": "VALUE = 1\n",
            "conftest.py": "import sys\nsys.path.append('src')\n",
            "test_it.py": "import simulator\ndef test_it(): assert simulator.VALUE == 1\n",
        }
    )

    outcome = from_wheel.pytest(workdir=workdir)

    assert "1 passed" in outcome.stdout, outcome.stdout + outcome.stderr


def test_a_conftest_and_plugins_may_use_packages_of_our_names(from_wheel, project):
    workdir = project(
        {
            **{f"{package}/__init__.py": "" for package in PACKAGES},
            **{
                f"{package}/plugin.py": f"import pytest\n@pytest.fixture\ndef of_{package}(): return '{package}'\n"
                for package in PACKAGES
            },
            "conftest.py": f"pytest_plugins = {[f'{package}.plugin' for package in PACKAGES]}\n",
            "test_it.py": (
                "def test_it(of_fakes, of_scenarios, of_simulator):\n"
                f"    assert (of_fakes, of_scenarios, of_simulator) == {PACKAGES}\n"
            ),
        }
    )

    outcome = from_wheel.pytest(workdir=workdir)

    assert "1 passed" in outcome.stdout, outcome.stdout + outcome.stderr


def test_a_marker_next_to_a_foreign_package_is_told_likewise(editable, project):
    marked = "import pytest\n@pytest.mark.pds_simulator(seed=7)\ndef test_it(): pass\n"
    workdir = project({"fakes.py": "", "test_it.py": marked})

    outcome = editable.pytest(workdir=workdir)

    assert "1 error" in outcome.stdout
    require_both_paths(outcome, editable, "fakes", workdir / "fakes.py")


def test_a_module_that_was_made_at_run_time_is_out_of_the_way_of_a_test_that_asks_for_ours(editable, project):
    workdir = project(
        {
            "conftest.py": "import sys, types\nsys.modules['simulator'] = types.ModuleType('simulator')\n",
            "test_it.py": (
                "import simulator\n"
                "def test_one(): assert not hasattr(simulator, 'Simulator')\n"
                "def test_two(pds_simulator):\n    import simulator as ours\n    assert ours.Simulator\n"
                "def test_three():\n    import simulator as theirs\n    assert theirs is simulator\n"
                "def test_four(pds_simulator): pass\n"
            ),
        }
    )

    outcome = editable.pytest(workdir=workdir)

    assert "4 passed" in outcome.stdout, outcome.stdout + outcome.stderr


def test_import_mode_importlib_is_a_way_out(from_wheel, project):
    theirs = {name: text for package in PACKAGES for name, text in foreign_tests("tests/", package).items()}
    workdir = project(
        {"tests/a.pds.yaml": SCENARIO, "tests/test_ours.py": OURS, **theirs, "tests/z.pds.yaml": SCENARIO}
    )

    outcome = from_wheel.pytest("--import-mode=importlib", workdir=workdir)

    assert "6 passed" in outcome.stdout, outcome.stdout + outcome.stderr


def test_an_init_in_the_folder_above_is_a_way_out(from_wheel, project):
    theirs = "from tests.scenarios import VALUE\ndef test_theirs(): assert VALUE == 1\n"
    workdir = project(
        {
            "tests/__init__.py": "",
            "tests/a.pds.yaml": SCENARIO,
            "tests/test_ours.py": OURS,
            "tests/scenarios/__init__.py": "VALUE = 1\n",
            "tests/scenarios/test_theirs.py": theirs,
        }
    )

    outcome = from_wheel.pytest(workdir=workdir)

    assert "3 passed" in outcome.stdout, outcome.stdout + outcome.stderr


def test_scenarios_and_tests_share_one_copy_of_our_packages(from_wheel, project):
    test = (
        "import sys\nfrom simulator import Simulator\n"
        "def test_it(pds_simulator):\n    assert type(pds_simulator) is Simulator\n"
        "    assert sys.modules['simulator'].Simulator is Simulator\n"
    )
    workdir = project({"a.pds.yaml": SCENARIO, "test_it.py": test, "z.pds.yaml": SCENARIO})

    outcome = from_wheel.pytest(workdir=workdir)

    assert "3 passed" in outcome.stdout, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_command_runs_whatever_is_on_the_path(from_wheel, project, jobs):
    theirs = {f"{package}/__init__.py": "raise SystemExit('theirs')\n" for package in PACKAGES}
    workdir = project({**theirs, "a.yaml": SCENARIO, "b.yaml": SCENARIO})

    outcome = from_wheel.run(
        ["pds-sim"], "run", "-q", "-j", jobs, "a.yaml", "b.yaml", workdir=workdir, PYTHONPATH=str(workdir)
    )

    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "2 passed, 0 failed" in outcome.stdout


@pytest.mark.parametrize("file", ["fakes.py", "fakes/__init__.py"])
@pytest.mark.parametrize("first", ["", "import fakes; "], ids=["unseen", "imported before"])
def test_importing_the_simulator_next_to_foreign_fakes_tells_both_paths(from_wheel, project, file, first):
    workdir = project({file: ""})

    outcome = from_wheel.run(["python"], "-c", f"{first}import simulator", workdir=workdir)

    assert outcome.returncode == 1
    assert f"'fakes' at {from_wheel.home / 'fakes'}, but importing 'fakes' finds {workdir / file}" in outcome.stderr


def test_loading_a_scenario_next_to_a_foreign_simulator_tells_both_paths(from_wheel, project):
    workdir = project({"simulator.py": "", "a.yaml": SCENARIO})

    outcome = from_wheel.run(["python"], "-c", "import scenarios; scenarios.load('a.yaml')", workdir=workdir)

    ours, theirs = from_wheel.home / "simulator", workdir / "simulator.py"
    assert outcome.returncode == 1
    assert f"'simulator' at {ours}, but importing 'simulator' finds {theirs}" in outcome.stderr


def test_a_wheel_has_the_entry_points_beside_our_packages_and_nothing_else_there(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {
        *PACKAGES,
        "pds_simulator_command.py",
        "pds_simulator_packages.py",
        "pds_simulator_pytest.py",
    }
    assert not [name for name in names if name.startswith("scenarios/entry_points")]
