"""The examples in the docstrings of the fakes are true."""

import doctest
import importlib
import pkgutil

import pytest

import fakes

MODULES = sorted(module.name for module in pkgutil.walk_packages(fakes.__path__, "fakes."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_print(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_examples_are_found():
    finder = doctest.DocTestFinder()
    with_examples = {
        name for name in MODULES for found in finder.find(importlib.import_module(name), name) if found.examples
    }

    assert {"fakes.world.identifiers", "fakes.lifecycle.restores", "fakes.world.declaration"} <= with_examples


def test_the_package_exports_exactly_what_it_lists():
    public = {
        name for name, value in vars(fakes).items() if not name.startswith("_") and type(value).__name__ != "module"
    }

    assert public == set(fakes.__all__)
