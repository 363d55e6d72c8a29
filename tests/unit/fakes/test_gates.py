"""A closed gate holds whoever comes until it is opened; nobody passes twice and nobody overtakes."""

import pytest

from fakes import ANYBODY
from fakes.gates import Gate


@pytest.fixture
def restores(living_world, order_in):
    return [living_world.create_restore(order_in(living_world, f"copy-{number}"), ANYBODY) for number in range(3)]


@pytest.fixture
def gate():
    return Gate("rule")


@pytest.fixture
def passed():
    return []


def wait_all(gate, restores, passed):
    for restore in restores:
        gate.wait(restore, lambda restore=restore: passed.append(restore.name))


def test_a_gate_is_closed_at_first_and_holds_who_comes_in_the_order_of_their_coming(gate, restores, passed):
    wait_all(gate, restores, passed)

    assert passed == []
    assert gate.held == restores


def test_opening_lets_all_go_on_in_the_order_of_their_coming(gate, restores, passed):
    wait_all(gate, reversed(restores), passed)

    gate.open()

    assert passed == ["copy-2", "copy-1", "copy-0"]
    assert gate.held == []


def test_who_comes_to_an_open_gate_passes_at_once(gate, restores, passed):
    gate.open()
    wait_all(gate, restores, passed)

    assert passed == ["copy-0", "copy-1", "copy-2"]


def test_a_gate_that_is_closed_again_holds_who_comes_from_then_on(gate, restores, passed):
    gate.open()
    wait_all(gate, restores[:1], passed)
    gate.close()
    wait_all(gate, restores[1:], passed)

    assert passed == ["copy-0"]
    assert gate.held == restores[1:]


def test_opening_twice_lets_nobody_pass_twice(gate, restores, passed):
    wait_all(gate, restores, passed)
    gate.open()
    gate.open()

    assert len(passed) == 3


def test_who_leaves_does_not_pass(gate, restores, passed):
    wait_all(gate, restores, passed)

    gate.leave(restores[1])
    gate.leave(restores[1])
    gate.open()

    assert passed == ["copy-0", "copy-2"]


def test_who_comes_back_while_the_gate_opens_passes(gate, restores, passed):
    gate.wait(restores[0], lambda: gate.wait(restores[0], lambda: passed.append("again")))

    gate.open()

    assert passed == ["again"]
    assert gate.held == []


def test_what_is_held_is_a_list_of_its_own(gate, restores, passed):
    wait_all(gate, restores, passed)

    gate.held.clear()

    assert gate.held == restores
