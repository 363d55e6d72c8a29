"""The examples in docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import scenarios
import simulator.documents

MODULES = sorted(
    module.name
    for package in (scenarios, simulator.documents)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_print(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_examples_are_found():
    finder = doctest.DocTestFinder()
    with_examples = {
        name for name in MODULES for found in finder.find(importlib.import_module(name), name) if found.examples
    }

    assert {"simulator.documents.problems", "simulator.documents.quantities"} <= with_examples
