"""A place in a phase is a fraction of its work; what is put in or repeated there changes neither order nor amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import ErrorCode, Failure
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.phase_plan import WORK_MICROSECONDS_MAX, PhasePlan
from fakes.lifecycle.work import AwaitGate, AwaitSlot, Download, Elapse, FailRestore, Pause, RecordFault

MARK, OTHER = RecordFault("rule", "effect"), RecordFault("other rule", "effect")
STOP = FailRestore(Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "no"))
DOWNLOAD = (Elapse(500), Download(1000.0))
"""Half a millisecond, then as long again for the download."""


def insert(fraction, *work):
    return lambda plan: plan.insert(fraction, *work)


def begin_again(fraction, *between):
    return lambda plan: plan.begin_again(fraction, *between)


def stretch(factor):
    return lambda plan: plan.stretch(factor)


def changed(work, *changes):
    plan = PhasePlan(work, bytes_per_microsecond=2.0)
    for change in changes:
        change(plan)
    return plan.work


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [
        (0.1, (Elapse(100), MARK, Elapse(400), Download(1000.0))),
        (0.5, (Elapse(500), MARK, Download(1000.0))),
        (0.75, (Elapse(500), Download(500.0), MARK, Download(500.0))),
        (1, (Elapse(500), Download(1000.0), MARK)),
    ],
)
def test_a_place_is_a_fraction_of_the_work_whether_that_is_time_or_bytes(fraction, expected):
    assert changed(DOWNLOAD, insert(fraction, MARK)) == expected


def test_waiting_is_no_work():
    gate = AwaitGate(Gate("gate"))
    expected = (gate, Pause(10_000), AwaitSlot(), Elapse(5), MARK, Elapse(5))

    assert changed((AwaitSlot(), Elapse(10)), insert(0, gate, Pause(10_000)), insert(0.5, MARK)) == expected


def test_the_very_beginning_lies_before_the_queue_for_capacity_and_all_else_behind_it():
    pending = (AwaitSlot(), Elapse(1000))

    assert changed(pending, insert(0, MARK)) == (MARK, AwaitSlot(), Elapse(1000))
    assert changed(pending, insert(0.001, MARK)) == (AwaitSlot(), Elapse(1), MARK, Elapse(999))


@pytest.mark.parametrize("fraction", [0, 0.1, 0.25, 1 / 3, 0.5, 0.9, 1])
@pytest.mark.parametrize("piece", [Elapse(1), Elapse(3), Elapse(1001), Elapse(333_333), Download(1e9 / 3)])
def test_what_comes_to_a_place_first_stays_first(fraction, piece):
    work = changed([piece], insert(fraction, MARK), insert(fraction, OTHER))

    assert [each for each in work if isinstance(each, RecordFault)] == [MARK, OTHER]


def test_what_comes_after_an_end_does_not_move_what_comes_before_it():
    ending = insert(0.5, STOP)

    assert changed([Elapse(100)], ending, insert(0.9, MARK)) == (Elapse(50), STOP, Elapse(40), MARK, Elapse(10))
    assert changed([Elapse(100)], ending, insert(0.1, MARK)) == (Elapse(10), MARK, Elapse(40), STOP, Elapse(50))


def test_what_is_begun_again_is_done_up_to_the_place_and_then_all_over():
    expected = (Elapse(500), Download(500.0), MARK, *DOWNLOAD)

    assert changed(DOWNLOAD, begin_again(0.75, MARK)) == expected


@pytest.mark.parametrize(("fraction", "before"), [(0, ()), (1, DOWNLOAD)])
def test_a_phase_can_be_begun_again_at_its_very_beginning_and_at_its_end(fraction, before):
    assert changed(DOWNLOAD, begin_again(fraction, MARK)) == (*before, MARK, *DOWNLOAD)


def test_what_was_inserted_before_the_place_is_not_repeated_and_what_was_inserted_after_it_still_comes():
    again = changed([Elapse(100)], insert(0.2, OTHER, Pause(7)), insert(0.8, STOP), begin_again(0.5, MARK))

    before, after = (Elapse(20), OTHER, Pause(7), Elapse(30)), (Elapse(80), STOP, Elapse(20))
    assert again == (*before, MARK, *after)


def test_what_was_lost_before_is_not_lost_again():
    lost = begin_again(1, OTHER)

    assert changed([Elapse(100)], lost) == (Elapse(100), OTHER, Elapse(100))
    assert changed([Elapse(100)], lost, begin_again(0.75, MARK)) == (
        *(Elapse(100), OTHER, Elapse(50), MARK),
        Elapse(100),
    )
    assert changed([Elapse(100)], lost, begin_again(0.25, MARK)) == (
        *(Elapse(50), MARK, Elapse(100)),
        *(OTHER, Elapse(100)),
    )


def test_stretching_is_for_work_and_not_for_waiting():
    waiting = (Pause(50), AwaitGate(Gate("gate")), MARK, STOP)

    assert changed(DOWNLOAD, insert(0, *waiting), stretch(2.5)) == (*waiting, Elapse(1250), Download(2500.0))


def test_stretching_comes_to_the_same_before_and_after_a_cut():
    assert changed([Elapse(5)], insert(0.5, MARK), stretch(0.6)) == (Elapse(2), MARK, Elapse(1))
    assert changed([Elapse(5)], stretch(0.6), insert(0.5, MARK)) == (Elapse(2), MARK, Elapse(1))


@pytest.mark.parametrize("factor", [1e6, 1e-6])
def test_no_number_of_rules_lets_a_phase_take_longer_than_a_hundred_years_or_less_than_nothing(factor):
    [waited, elapsed, downloaded] = changed((AwaitSlot(), *DOWNLOAD), *[stretch(factor)] * 100)

    assert waited == AwaitSlot()
    assert elapsed.duration_microseconds == (WORK_MICROSECONDS_MAX if factor > 1 else 0)
    assert downloaded.size_bytes == pytest.approx(2.0 * WORK_MICROSECONDS_MAX if factor > 1 else 0)


def test_a_phase_without_any_work_has_all_places_at_its_end_but_the_very_beginning():
    empty = (AwaitSlot(), Elapse(0))

    assert changed(empty, insert(0, MARK)) == (MARK, AwaitSlot(), Elapse(0))
    assert changed(empty, insert(0.5, MARK)) == (AwaitSlot(), Elapse(0), MARK)


fractions = st.floats(0, 1)
changes = st.lists(st.tuples(st.sampled_from(["insert", "begin_again"]), fractions), max_size=20)


@given(duration=st.integers(0, 10**9), changes=changes)
def test_however_it_is_cut_the_work_is_that_of_the_phase_and_what_was_lost(duration, changes):
    made = [{"insert": insert, "begin_again": begin_again}[name](fraction, MARK) for name, fraction in changes]
    work = changed([Elapse(duration)], *made)

    elapsed = [piece.duration_microseconds for piece in work if isinstance(piece, Elapse)]
    assert all(each >= 0 for each in elapsed)
    lost_at_most = sum(name == "begin_again" for name, _ in changes) * duration * 2 ** len(changes)
    assert duration <= sum(elapsed) <= duration + lost_at_most
    if all(name == "insert" for name, _ in changes):
        assert sum(elapsed) == duration
    assert work.count(MARK) == len(changes)
