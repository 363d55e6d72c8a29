"""Downloads share a link equally at every moment, so their ends follow from arithmetic."""

import math

import pytest

from fakes.bandwidth import SharedLink

SECOND = 1_000_000


@pytest.fixture
def link(environment):
    """A link of one byte a microsecond: a download that is alone takes as many seconds as it has megabytes."""
    return SharedLink(environment, SECOND)


@pytest.fixture
def run(environment, link):
    """Runs downloads, given as (start, size) in seconds that each would take alone, and tells when each ended."""

    def downloads(*plan):
        ends = {}

        def start(number, size):
            link.join(size * SECOND, lambda: ends.update({number: environment.now_microseconds / SECOND}))

        for number, (start_seconds, size) in enumerate(plan):
            environment.call_after(round(start_seconds * SECOND), lambda number=number, size=size: start(number, size))
        environment.advance_to(100_000 * SECOND)
        return [ends[number] for number in range(len(plan))]

    return downloads


@pytest.mark.parametrize(
    ("plan", "ends"),
    [
        pytest.param([(0, 10)], [10], id="alone"),
        pytest.param([(3, 10)], [13], id="alone, later"),
        pytest.param([(0, 10), (0, 10)], [20, 20], id="two equal ones together take twice as long"),
        pytest.param([(0, 10), (5, 10)], [15, 20], id="two equal ones of which one starts when the other is half done"),
        pytest.param([(0, 10), (8, 10)], [12, 20], id="two equal ones that overlap a little"),
        pytest.param([(0, 10), (10, 10)], [10, 20], id="one begins when the other ends"),
        pytest.param([(0, 10), (15, 10)], [10, 25], id="one after the other, with a pause"),
        pytest.param([(0, 10), (0, 4)], [14, 8], id="the small one ends first, then the large one has all"),
        pytest.param([(0, 20), (4, 3)], [23, 10], id="a small one within a large one"),
        pytest.param([(0, 12), (3, 6), (6, 1.5)], [19.5, 16.5, 10.5], id="three of different starts and sizes"),
        pytest.param([(0, 1), (0, 2), (0, 3), (0, 4)], [4, 7, 9, 10], id="a staircase"),
        pytest.param([(0, 5), (2, 0)], [5, 2], id="nothing to download is done at once"),
    ],
)
def test_downloads_end_when_the_arithmetic_says_so(run, plan, ends):
    assert run(*plan) == ends


@pytest.mark.parametrize("count", [2, 3, 7, 100, 1000])
def test_many_equal_downloads_take_together_as_long_as_one_after_the_other(run, count):
    assert run(*[(0, 1)] * count) == [count] * count


def test_bandwidth_that_does_not_divide_evenly_costs_no_more_than_a_microsecond(run):
    assert run((0, 1), (0, 1), (0.1, 1 / 3)) == pytest.approx([2 + 1 / 3, 2 + 1 / 3, 1.1], abs=2e-6)


def test_rounding_does_not_add_up_over_many_ends(environment):
    bandwidth, sizes, ends = 7_000_003, [number * 101 for number in range(1, 501)], []
    link = SharedLink(environment, bandwidth)
    for size in sizes:
        link.join(size, lambda: ends.append(environment.now_microseconds))

    environment.advance_to(100 * SECOND)

    assert len(set(ends)) == 500
    assert ends[-1] == pytest.approx(sum(sizes) / bandwidth * SECOND, abs=10)


@pytest.mark.parametrize(("bandwidth", "size", "microseconds"), [(3, 1, 333_334), (7, 7, 1_000_000), (10**8, 1, 1)])
def test_a_download_is_never_early_and_less_than_a_microsecond_late(environment, bandwidth, size, microseconds):
    ends = []
    SharedLink(environment, bandwidth).join(size, lambda: ends.append(environment.now_microseconds))

    environment.advance_to(10 * SECOND)

    assert ends == [microseconds]


def test_an_idle_link_has_no_events(environment, link):
    link.join(5, lambda: None)
    environment.advance_to(5)

    assert environment.peek() == math.inf


def test_leaving_gives_the_share_to_the_others(environment, link):
    ends = []
    link.join(10 * SECOND, lambda: ends.append(environment.now_microseconds / SECOND))
    leaving = link.join(10 * SECOND, lambda: ends.append("left"))

    environment.advance_to(4 * SECOND)
    link.leave(leaving)
    environment.advance_to(100 * SECOND)

    assert ends == [4 + 8]


def test_leaving_tells_how_many_bytes_are_missing(environment, link):
    first = link.join(10 * SECOND, lambda: None)
    environment.advance_to(4 * SECOND)
    second = link.join(10 * SECOND, lambda: None)
    environment.advance_to(6 * SECOND)

    assert link.leave(first) == pytest.approx(5 * SECOND)
    assert link.leave(second) == pytest.approx(9 * SECOND)


def test_leaving_at_once_leaves_everything_missing(link):
    assert link.leave(link.join(10 * SECOND, lambda: None)) == 10 * SECOND


def test_who_leaves_is_not_called(environment, link):
    called = []
    link.leave(link.join(SECOND, lambda: called.append("left")))

    environment.advance_to(10 * SECOND)

    assert called == []


def test_nothing_is_missing_from_what_is_finished(environment, link):
    download = link.join(SECOND, lambda: None)
    environment.advance_to(2 * SECOND)

    assert link.leave(download) == 0


def test_leaving_after_the_end_takes_nothing_from_the_others(environment, link):
    ends = []
    finished = link.join(SECOND, lambda: None)
    link.join(5 * SECOND, lambda: ends.append(environment.now_microseconds / SECOND))
    environment.advance_to(3 * SECOND)

    link.leave(finished)
    link.leave(finished)
    environment.advance_to(10 * SECOND)

    assert ends == [6]


def test_what_left_can_come_back_for_the_rest(environment, link):
    ends = []
    download = link.join(10 * SECOND, lambda: None)
    environment.advance_to(4 * SECOND)
    missing = link.leave(download)
    environment.advance_to(50 * SECOND)

    link.join(missing, lambda: ends.append(environment.now_microseconds / SECOND))
    environment.advance_to(100 * SECOND)

    assert ends == [56]


def test_the_first_in_the_queue_may_leave(environment, link):
    ends = []
    small = link.join(SECOND, lambda: ends.append("small"))
    link.join(3 * SECOND, lambda: ends.append(environment.now_microseconds / SECOND))
    environment.advance_to(SECOND)

    link.leave(small)
    environment.advance_to(10 * SECOND)

    assert ends == [3.5]


def test_who_is_called_may_start_the_next_download(environment, link):
    ends = []

    def again():
        ends.append(environment.now_microseconds / SECOND)
        if len(ends) < 3:
            link.join(2 * SECOND, again)

    link.join(2 * SECOND, again)
    environment.advance_to(100 * SECOND)

    assert ends == [2, 4, 6]


def test_those_that_end_together_are_called_in_the_order_in_which_they_started(environment, link):
    called = []
    for number in range(10):
        link.join(SECOND, lambda number=number: called.append(number))

    environment.advance_to(10 * SECOND)

    assert called == list(range(10))


def test_two_links_do_not_know_of_each_other(environment, link):
    ends = []
    link.join(10 * SECOND, lambda: ends.append(environment.now_microseconds / SECOND))
    SharedLink(environment, SECOND).join(10 * SECOND, lambda: ends.append(environment.now_microseconds / SECOND))

    environment.advance_to(100 * SECOND)

    assert ends == [10, 10]
