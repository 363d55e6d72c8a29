"""The lock has a version of everything that pyproject.toml asks for."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = [*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)]
LOCK = (ROOT / "tests" / "constraints.txt").read_text(encoding="utf-8")
LOCKED = [Requirement(line) for line in LOCK.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("declared", [Requirement(line) for line in DECLARED], ids=str)
def test_a_dependency_is_locked_at_a_version_that_is_declared(declared):
    pins = [pin.specifier for pin in LOCKED if pin.name == canonicalize_name(declared.name)]

    assert pins, "run: python tests/versions.py lock"
    for [pin] in pins:
        assert pin.operator == "=="
        assert declared.specifier.contains(pin.version), "run: python tests/versions.py lock"
