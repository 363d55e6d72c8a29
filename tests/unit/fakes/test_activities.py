"""What is suspended goes on exactly where it was, and what waits keeps its place."""

import pytest

from fakes.activities import AwaitingCapacity, Downloading, Lasting
from fakes.bandwidth import SharedLink
from fakes.places import Places


@pytest.fixture
def done_at(environment):
    """Makes callbacks that note under a name when they were called."""
    noted = {}

    def callback(name):
        def note():
            assert name not in noted, f"{name} was done twice"
            noted[name] = environment.now_microseconds

        return note

    callback.noted = noted
    return callback


@pytest.fixture
def link(environment):
    return SharedLink(environment, 1_000_000)


@pytest.fixture
def places(environment):
    return Places(environment, capacity=1)


def test_a_time_lasts_as_long_as_it_takes(environment, done_at):
    Lasting(environment, 30).begin(done_at("time"))

    environment.advance_to(100)

    assert done_at.noted == {"time": 30}


def test_a_suspended_time_goes_on_where_it_was(environment, done_at):
    activity = Lasting(environment, 30)
    activity.begin(done_at("time"))
    environment.advance_to(10)
    activity.suspend()
    environment.advance_to(1000)
    assert done_at.noted == {}
    assert activity.remaining_microseconds == 20

    activity.begin(done_at("time"))
    environment.advance_to(5000)

    assert done_at.noted == {"time": 1020}


def test_a_time_can_be_suspended_over_and_over(environment, done_at):
    activity = Lasting(environment, 30)
    for _ in range(29):
        activity.begin(done_at("time"))
        environment.advance_to(environment.now_microseconds + 1)
        activity.suspend()
        environment.advance_to(environment.now_microseconds + 7)

    assert activity.remaining_microseconds == 1
    assert done_at.noted == {}


def test_suspending_twice_or_before_the_beginning_changes_nothing(environment, done_at):
    activity = Lasting(environment, 30)
    activity.suspend()
    activity.begin(done_at("time"))
    environment.advance_to(10)
    activity.suspend()
    environment.advance_to(20)
    activity.suspend()

    assert activity.remaining_microseconds == 20


def test_nothing_is_left_of_a_time_that_is_over(environment, done_at):
    activity = Lasting(environment, 30)
    activity.begin(done_at("time"))
    environment.advance_to(100)

    activity.suspend()

    assert activity.remaining_microseconds == 0


def test_a_download_takes_size_by_bandwidth(environment, link, done_at):
    Downloading(link, 50).begin(done_at("download"))

    environment.advance_to(100)

    assert done_at.noted == {"download": 50}


def test_a_suspended_download_goes_on_where_it_was(environment, link, done_at):
    activity = Downloading(link, 50)
    activity.begin(done_at("download"))
    environment.advance_to(20)
    activity.suspend()
    environment.advance_to(1000)
    assert activity.remaining_bytes == 30

    activity.begin(done_at("download"))
    environment.advance_to(5000)

    assert done_at.noted == {"download": 1030}


def test_while_a_download_is_suspended_the_others_have_its_share(environment, link, done_at):
    suspended, other = Downloading(link, 50), Downloading(link, 50)
    suspended.begin(done_at("suspended"))
    other.begin(done_at("other"))
    environment.advance_to(20)
    suspended.suspend()
    environment.advance_to(30)
    suspended.begin(done_at("suspended"))
    environment.advance_to(1000)

    # 20 shared, then 10 for the other alone: 40 and 30 are left, shared again until the smaller one is done.
    assert done_at.noted == {"other": 90, "suspended": 100}


def test_nothing_is_left_of_a_download_that_is_over(environment, link, done_at):
    activity = Downloading(link, 50)
    activity.begin(done_at("download"))
    environment.advance_to(100)

    activity.suspend()

    assert activity.remaining_bytes == 0


def test_suspending_a_download_before_its_beginning_changes_nothing(link):
    activity = Downloading(link, 50)

    activity.suspend()

    assert activity.remaining_bytes == 50


def test_where_there_is_room_nobody_waits(environment, places, done_at):
    AwaitingCapacity(places).begin(done_at("first"))

    environment.advance_to(0)

    assert done_at.noted == {"first": 0}


def test_who_waits_gets_room_when_somebody_leaves(environment, places, done_at):
    first, second = AwaitingCapacity(places), AwaitingCapacity(places)
    first.begin(done_at("first"))
    second.begin(done_at("second"))
    environment.advance_to(50)
    assert "second" not in done_at.noted

    first.release()
    environment.advance_to(50)

    assert done_at.noted == {"first": 0, "second": 50}


def test_first_come_first_served(environment, places, done_at):
    waiting = [AwaitingCapacity(places) for _ in range(5)]
    for number, activity in enumerate(waiting):
        activity.begin(done_at(number))
    for activity in waiting:
        environment.advance_to(environment.now_microseconds + 10)
        activity.release()
    environment.advance_to(1000)

    assert done_at.noted == {0: 0, 1: 10, 2: 20, 3: 30, 4: 40}


def test_who_is_suspended_keeps_their_place_in_the_queue(environment, places, done_at):
    first, second, third = (AwaitingCapacity(places) for _ in range(3))
    first.begin(done_at("first"))
    second.begin(done_at("second"))
    third.begin(done_at("third"))
    second.suspend()
    environment.advance_to(10)
    second.begin(done_at("second"))
    environment.advance_to(20)

    first.release()
    environment.advance_to(30)

    assert done_at.noted == {"first": 0, "second": 20}


def test_room_that_came_during_a_suspension_is_kept(environment, places, done_at):
    first, second, third = (AwaitingCapacity(places) for _ in range(3))
    first.begin(done_at("first"))
    second.begin(done_at("second"))
    third.begin(done_at("third"))
    second.suspend()
    environment.advance_to(10)
    first.release()
    environment.advance_to(20)
    assert "second" not in done_at.noted
    assert "third" not in done_at.noted

    second.begin(done_at("second"))
    environment.advance_to(30)

    assert done_at.noted == {"first": 0, "second": 20}


def test_who_gives_up_their_place_holds_nobody_up(environment, places, done_at):
    first, second, third = (AwaitingCapacity(places) for _ in range(3))
    for name, activity in (("first", first), ("second", second), ("third", third)):
        activity.begin(done_at(name))
    second.release()
    environment.advance_to(10)
    first.release()
    environment.advance_to(20)

    assert done_at.noted == {"first": 0, "third": 10}


def test_giving_back_twice_gives_back_once(environment, places, done_at):
    first, second, third = (AwaitingCapacity(places) for _ in range(3))
    for name, activity in (("first", first), ("second", second), ("third", third)):
        activity.begin(done_at(name))
    environment.advance_to(10)
    first.release()
    first.release()
    environment.advance_to(20)

    assert set(done_at.noted) == {"first", "second"}


def test_giving_back_what_was_never_asked_for_changes_nothing(environment, places, done_at):
    AwaitingCapacity(places).release()
    AwaitingCapacity(places).begin(done_at("first"))

    environment.advance_to(10)

    assert done_at.noted == {"first": 0}
