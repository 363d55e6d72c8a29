"""What the packages offer is exactly what they list, and all of it is described."""

import inspect
from types import ModuleType

import pytest

import fakes
import simulator
import simulator.api

PACKAGES = [fakes, simulator, simulator.api]
BY_NAME = pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)


def as_listed(name):
    """Constants first, then classes, then the rest: the order in which imports are sorted."""
    return (not name.isupper(), not name[0].isupper(), name)


@BY_NAME
def test_every_listed_name_can_be_imported(package):
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


@BY_NAME
def test_nothing_public_is_left_out_of_the_list(package):
    found = {
        name
        for name, value in vars(package).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)  # submodules show up by being imported
    }

    assert found - set(package.__all__) == set()


@BY_NAME
def test_the_list_is_sorted_and_repeats_nothing(package):
    assert list(package.__all__) == sorted(set(package.__all__), key=as_listed)


@BY_NAME
def test_a_package_states_its_idea_in_its_first_line(package):
    first_line = inspect.getdoc(package).splitlines()[0]

    assert first_line.endswith(".")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in simulator.__all__
        if inspect.isroutine(value := vars(simulator)[name]) or isinstance(value, type)
    ],
)
def test_every_public_class_and_function_is_described(name):
    described = vars(simulator)[name]

    # A dataclass without a docstring gets its signature for one.
    assert described.__doc__
    assert not described.__doc__.startswith(f"{name}(")


@pytest.mark.parametrize(
    "name", [name for name, value in vars(simulator.Simulator).items() if not name.startswith("_")]
)
def test_everything_that_a_simulator_offers_is_described(name):
    assert inspect.getdoc(vars(simulator.Simulator)[name])
