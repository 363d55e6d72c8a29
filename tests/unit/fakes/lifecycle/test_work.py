"""A place in a phase is a fraction of its work; what is put in or repeated there changes neither order nor amount."""

import pytest

from fakes import ErrorCode, Failure
from fakes.lifecycle.gates import Gate
from fakes.lifecycle.work import AwaitGate, AwaitSlot, Download, Elapse, FailRestore, Pause, PhasePlan, RecordFault

MARK, OTHER = RecordFault("rule", "effect"), RecordFault("other rule", "effect")
STOP = FailRestore(Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "no"))
DOWNLOAD = (Elapse(500), Download(1000.0))
"""Half a millisecond, then as long again for the download."""


def plan(*work):
    return PhasePlan(work, bytes_per_microsecond=2.0)


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
    assert plan(*DOWNLOAD).with_inserted(fraction, MARK).work == expected


def test_waiting_is_no_work():
    waiting = (AwaitSlot(), Pause(10_000), AwaitGate(Gate("gate")))

    assert plan(*waiting, Elapse(10)).with_inserted(0.5, MARK).work == (*waiting, Elapse(5), MARK, Elapse(5))


def test_the_very_beginning_lies_before_the_queue_for_capacity_and_all_else_behind_it():
    pending = plan(AwaitSlot(), Elapse(1000))

    assert pending.with_inserted(0, MARK).work == (MARK, AwaitSlot(), Elapse(1000))
    assert pending.with_inserted(0.001, MARK).work == (AwaitSlot(), Elapse(1), MARK, Elapse(999))


@pytest.mark.parametrize("fraction", [0, 0.1, 0.25, 1 / 3, 0.5, 0.9, 1])
@pytest.mark.parametrize("duration", [1, 3, 1000, 1001, 333_333])
def test_what_comes_to_a_place_first_stays_first(fraction, duration):
    work = plan(Elapse(duration)).with_inserted(fraction, MARK).with_inserted(fraction, OTHER).work

    assert [work for work in work if isinstance(work, RecordFault)] == [MARK, OTHER]
    assert sum(work.duration_microseconds for work in work if isinstance(work, Elapse)) == duration


@pytest.mark.parametrize("fraction", [0.1, 0.3, 0.7, 0.9])
def test_what_comes_first_in_the_middle_of_a_download_stays_first(fraction):
    work = plan(Download(1e9 / 3)).with_inserted(fraction, MARK).with_inserted(fraction, OTHER).work

    assert [work for work in work if isinstance(work, RecordFault)] == [MARK, OTHER]


def test_what_comes_after_an_end_does_not_move_what_comes_before_it():
    ending = plan(Elapse(100)).with_inserted(0.5, STOP)

    assert ending.with_inserted(0.9, MARK).work == (Elapse(50), STOP, Elapse(40), MARK, Elapse(10))
    assert ending.with_inserted(0.1, MARK).work == (Elapse(10), MARK, Elapse(40), STOP, Elapse(50))


def test_what_is_begun_again_is_done_up_to_the_place_and_then_all_over():
    assert plan(*DOWNLOAD).begun_again(0.75, MARK).work == (Elapse(500), Download(500.0), MARK, *DOWNLOAD)


@pytest.mark.parametrize(("fraction", "before"), [(0, ()), (1, DOWNLOAD)])
def test_a_phase_can_be_begun_again_at_its_very_beginning_and_at_its_end(fraction, before):
    assert plan(*DOWNLOAD).begun_again(fraction, MARK).work == (*before, MARK, *DOWNLOAD)


def test_what_was_inserted_before_the_place_is_not_repeated_and_what_was_inserted_after_it_still_comes():
    again = plan(Elapse(100)).with_inserted(0.2, OTHER, Pause(7)).with_inserted(0.8, STOP).begun_again(0.5, MARK)

    assert again.work == (Elapse(20), OTHER, Pause(7), Elapse(30), MARK, Elapse(20), Elapse(60), STOP, Elapse(20))


def test_what_was_lost_before_is_not_lost_again():
    lost = RecordFault("rule", "effect", loses_progress=True)
    again = plan(Elapse(100)).begun_again(1, lost)

    assert again.work == (Elapse(100), lost, Elapse(100))
    assert again.begun_again(0.75, MARK).work == (Elapse(100), lost, Elapse(50), MARK, Elapse(100))
    assert again.begun_again(0.25, MARK).work == (Elapse(50), MARK, Elapse(100), lost, Elapse(100))


def test_stretching_is_for_work_and_not_for_waiting():
    waiting = (AwaitSlot(), Pause(50), AwaitGate(Gate("gate")), MARK, STOP)

    assert plan(*waiting, *DOWNLOAD).stretched(2.5).work == (*waiting, Elapse(1250), Download(2500.0))


def test_a_phase_without_any_work_has_all_places_at_its_end_but_the_very_beginning():
    empty = plan(AwaitSlot(), Elapse(0))

    assert empty.with_inserted(0, MARK).work == (MARK, AwaitSlot(), Elapse(0))
    assert empty.with_inserted(0.5, MARK).work == (AwaitSlot(), Elapse(0), MARK)


def test_a_plan_stays_as_it_is_when_another_is_made_from_it():
    original = plan(*DOWNLOAD)
    original.with_inserted(0.5, MARK)
    original.begun_again(0.5)
    original.stretched(3)

    assert original.work == DOWNLOAD
