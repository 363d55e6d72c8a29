"""A place in a phase is a fraction of its work; what is put in or repeated there changes neither order nor amount."""

import pytest

from fakes import ErrorCode, Failure
from fakes.gates import Gate
from fakes.segments import Announce, AwaitCapacity, Download, Hold, Last, PhasePlan, Stop, Wait

MARK, OTHER = Announce("rule", "effect"), Announce("other rule", "effect")
STOP = Stop(Failure(ErrorCode.RESTORE_INTERNAL_ERROR, "no"))
DOWNLOAD = (Last(500), Download(1000.0))
"""Half a millisecond, then as long again for the download."""


def plan(*segments):
    return PhasePlan(segments, bytes_per_microsecond=2.0)


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [
        (0.1, (Last(100), MARK, Last(400), Download(1000.0))),
        (0.5, (Last(500), MARK, Download(1000.0))),
        (0.75, (Last(500), Download(500.0), MARK, Download(500.0))),
        (1, (Last(500), Download(1000.0), MARK)),
    ],
)
def test_a_place_is_a_fraction_of_the_work_whether_that_is_time_or_bytes(fraction, expected):
    assert plan(*DOWNLOAD).with_inserted(fraction, MARK).segments == expected


def test_waiting_is_no_work():
    waiting = (AwaitCapacity(), Wait(10_000), Hold(Gate("gate")))

    assert plan(*waiting, Last(10)).with_inserted(0.5, MARK).segments == (*waiting, Last(5), MARK, Last(5))


def test_the_very_beginning_lies_before_the_queue_for_capacity_and_all_else_behind_it():
    pending = plan(AwaitCapacity(), Last(1000))

    assert pending.with_inserted(0, MARK).segments == (MARK, AwaitCapacity(), Last(1000))
    assert pending.with_inserted(0.001, MARK).segments == (AwaitCapacity(), Last(1), MARK, Last(999))


@pytest.mark.parametrize("fraction", [0, 0.1, 0.25, 1 / 3, 0.5, 0.9, 1])
@pytest.mark.parametrize("duration", [1, 3, 1000, 1001, 333_333])
def test_what_comes_to_a_place_first_stays_first(fraction, duration):
    segments = plan(Last(duration)).with_inserted(fraction, MARK).with_inserted(fraction, OTHER).segments

    assert [segment for segment in segments if isinstance(segment, Announce)] == [MARK, OTHER]
    assert sum(segment.duration_microseconds for segment in segments if isinstance(segment, Last)) == duration


@pytest.mark.parametrize("fraction", [0.1, 0.3, 0.7, 0.9])
def test_what_comes_first_in_the_middle_of_a_download_stays_first(fraction):
    segments = plan(Download(1e9 / 3)).with_inserted(fraction, MARK).with_inserted(fraction, OTHER).segments

    assert [segment for segment in segments if isinstance(segment, Announce)] == [MARK, OTHER]


def test_what_comes_after_an_end_does_not_move_what_comes_before_it():
    ending = plan(Last(100)).with_inserted(0.5, STOP)

    assert ending.with_inserted(0.9, MARK).segments == (Last(50), STOP, Last(40), MARK, Last(10))
    assert ending.with_inserted(0.1, MARK).segments == (Last(10), MARK, Last(40), STOP, Last(50))


def test_what_is_begun_again_is_done_up_to_the_place_and_then_all_over():
    assert plan(*DOWNLOAD).begun_again(0.75, MARK).segments == (Last(500), Download(500.0), MARK, *DOWNLOAD)


@pytest.mark.parametrize(("fraction", "before"), [(0, ()), (1, DOWNLOAD)])
def test_a_phase_can_be_begun_again_at_its_very_beginning_and_at_its_end(fraction, before):
    assert plan(*DOWNLOAD).begun_again(fraction, MARK).segments == (*before, MARK, *DOWNLOAD)


def test_what_was_inserted_before_the_place_is_not_repeated_and_what_was_inserted_after_it_still_comes():
    again = plan(Last(100)).with_inserted(0.2, OTHER, Wait(7)).with_inserted(0.8, STOP).begun_again(0.5, MARK)

    assert again.segments == (Last(20), OTHER, Wait(7), Last(30), MARK, Last(20), Last(60), STOP, Last(20))


def test_what_was_lost_before_is_not_lost_again():
    lost = Announce("rule", "effect", loses_progress=True)
    again = plan(Last(100)).begun_again(1, lost)

    assert again.segments == (Last(100), lost, Last(100))
    assert again.begun_again(0.75, MARK).segments == (Last(100), lost, Last(50), MARK, Last(100))
    assert again.begun_again(0.25, MARK).segments == (Last(50), MARK, Last(100), lost, Last(100))


def test_stretching_is_for_work_and_not_for_waiting():
    waiting = (AwaitCapacity(), Wait(50), Hold(Gate("gate")), MARK, STOP)

    assert plan(*waiting, *DOWNLOAD).stretched(2.5).segments == (*waiting, Last(1250), Download(2500.0))


def test_a_phase_without_any_work_has_all_places_at_its_end_but_the_very_beginning():
    empty = plan(AwaitCapacity(), Last(0))

    assert empty.with_inserted(0, MARK).segments == (MARK, AwaitCapacity(), Last(0))
    assert empty.with_inserted(0.5, MARK).segments == (AwaitCapacity(), Last(0), MARK)


def test_a_plan_stays_as_it_is_when_another_is_made_from_it():
    original = plan(*DOWNLOAD)
    original.with_inserted(0.5, MARK)
    original.begun_again(0.5)
    original.stretched(3)

    assert original.segments == DOWNLOAD
