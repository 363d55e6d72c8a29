"""Where a foreign module shadows one of our packages, the import names the file that did it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import simulator
from simulator.origin import require_our_own

HOME = Path(simulator.__file__).parent.parent
IMPORT = "import simulator; print(simulator.__file__)"


def run_python(program, *, found_first, workdir):
    path = os.pathsep.join(map(str, (found_first, HOME)))
    return subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": path},
        cwd=workdir,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def foreign(tmp_path):
    folder = tmp_path / "foreign"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("file", ["fakes.py", "fakes/__init__.py"])
@pytest.mark.parametrize("program", [IMPORT, f"import fakes; {IMPORT}"], ids=["unseen", "imported before"])
def test_a_foreign_module_that_shadows_ours_is_named(tmp_path, foreign, file, program):
    shadow = foreign / file
    shadow.parent.mkdir(exist_ok=True)
    shadow.write_text("")

    outcome = run_python(program, found_first=foreign, workdir=tmp_path)

    assert outcome.returncode == 1
    error = outcome.stderr.splitlines()[-1]
    assert error.startswith("ImportError: the PDS restore simulator needs its own package 'fakes'")
    assert str(shadow) in error


def test_a_plain_folder_of_that_name_does_no_harm(tmp_path, foreign):
    (foreign / "fakes").mkdir()

    outcome = run_python(IMPORT, found_first=foreign, workdir=tmp_path)

    assert (outcome.stdout.strip(), outcome.stderr) == (simulator.__file__, "")


def test_our_own_package_is_accepted():
    assert require_our_own("fakes") is None


def test_another_package_is_refused_with_its_file():
    with pytest.raises(ImportError, match=r"rename that one, or let it come later in sys\.path") as refusal:
        require_our_own("json")

    assert json.__file__ in str(refusal.value)
    assert (refusal.value.name, refusal.value.path) == ("json", json.__file__)


def test_a_folder_without_a_package_is_refused_with_its_place(tmp_path, monkeypatch):
    (tmp_path / "hollow").mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ImportError, match=r"a folder without __init__.py at ") as refusal:
        require_our_own("hollow")

    assert str(tmp_path / "hollow") in str(refusal.value)


def test_a_package_that_is_missing_is_told_to_be():
    with pytest.raises(ImportError, match="importing 'no_such_package' finds nothing"):
        require_our_own("no_such_package")
