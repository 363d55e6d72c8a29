"""Whatever downloads share a link: it is never idle while somebody waits, never too fast, and fair at every moment."""

from fractions import Fraction
from typing import ClassVar

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes.environment import Environment
from fakes.lifecycle.bandwidth import DOWNLOADED, SharedLink

MICROSECONDS = 1_000_000
END_MICROSECONDS = 10**15

starts = st.integers(0, 20 * MICROSECONDS)
sizes = st.integers(0, 10**9)
bandwidths = st.integers(1000, 10**9)
plans = st.lists(st.tuples(starts, sizes), min_size=1, max_size=12)
departures = st.lists(st.integers(0, 60 * MICROSECONDS) | st.none(), min_size=12, max_size=12)
moderately = settings(max_examples=150)


class Download:
    """A download that calls somebody when it ends."""

    def __init__(self, link, size, done):
        self.transfer = None
        self.done = done
        link.start(size, self)


class Downloaders:
    """Is called when downloads end."""

    handlers: ClassVar = {
        "call": lambda _, subject: subject(),
        DOWNLOADED: lambda _, link: [download.done() for download in link.finish()],
    }


def start_clock():
    environment = Environment(0)
    environment.dispatcher = Downloaders()
    return environment


def run(bandwidth, plan, leave_at=()):
    """Runs downloads, given as (start, size); tells when each ended and, of those that left, what was missing."""
    environment = start_clock()
    link = SharedLink(environment, bandwidth)
    ends, missing, downloads = {}, {}, {}

    def start(number, size):
        downloads[number] = Download(link, size, lambda: ends.update({number: environment.now_microseconds}))

    def leave(number):
        if number in downloads and number not in ends:
            missing[number] = link.stop(downloads[number])

    for number, (start_microseconds, size) in enumerate(plan):
        environment.schedule_entry(start_microseconds, "call", lambda number=number, size=size: start(number, size))
    for number, moment in enumerate(leave_at[: len(plan)]):
        if moment is not None:
            environment.schedule_entry(max(moment, plan[number][0]), "call", lambda number=number: leave(number))
    environment.advance_to(END_MICROSECONDS)
    return ends, missing


def exact_ends(bandwidth, plan):
    """The ends of downloads in exact arithmetic: at every moment each gets an equal share."""
    per_microsecond = Fraction(bandwidth, MICROSECONDS)
    upcoming = sorted(((start, number) for number, (start, _) in enumerate(plan)), reverse=True)
    left, ends, now = {}, {}, Fraction(0)
    while upcoming or left:
        share = per_microsecond / max(1, len(left))
        first_end = min((now + missing / share for missing in left.values()), default=None)
        first_start = upcoming[-1][0] if upcoming else None
        moment = min(at for at in (first_end, first_start) if at is not None)
        left = {number: missing - (moment - now) * share for number, missing in left.items()}
        now = Fraction(moment)
        for number in [number for number, missing in left.items() if missing == 0]:
            ends[number] = now
            del left[number]
        while upcoming and upcoming[-1][0] == now:
            number = upcoming.pop()[1]
            left[number] = Fraction(plan[number][1])
    return ends


def busy_microseconds(plan, ends):
    """How long at least one download ran."""
    total, until = 0, 0
    for start, end in sorted((start, ends[number]) for number, (start, _) in enumerate(plan)):
        total += max(0, end - max(start, until))
        until = max(until, end)
    return total


@moderately
@given(bandwidth=bandwidths, plan=plans)
@example(bandwidth=MICROSECONDS, plan=[(0, 10 * MICROSECONDS), (5 * MICROSECONDS, 10 * MICROSECONDS)])
@example(bandwidth=3, plan=[(0, 1), (0, 1), (1, 1)])
def test_downloads_end_when_exact_arithmetic_says_so(bandwidth, plan):
    ends, _ = run(bandwidth, plan)
    exact = exact_ends(bandwidth, plan)

    assert set(ends) == set(range(len(plan)))
    # Each end is rounded up to a whole microsecond, which the downloads after it inherit a part of.
    assert all(-0.01 <= ends[number] - exact[number] <= len(plan) + 1 for number in ends)


@moderately
@given(bandwidth=bandwidths, plan=plans)
def test_the_link_is_used_fully_and_never_more_than_that(bandwidth, plan):
    ends, _ = run(bandwidth, plan)

    needed = sum(size for _, size in plan) / bandwidth * MICROSECONDS
    busy = busy_microseconds(plan, ends)
    assert needed - 0.01 <= busy <= needed + len(plan) + 1


@moderately
@given(bandwidth=bandwidths, plan=plans, leave_at=departures)
def test_who_leaves_has_got_no_more_than_the_link_could_give(bandwidth, plan, leave_at):
    ends, missing = run(bandwidth, plan, leave_at)
    moments = {number: max(leave_at[number], plan[number][0]) for number in missing} | ends
    got = {number: plan[number][1] - missing.get(number, 0) for number in moments}

    assert set(moments) == set(range(len(plan)))
    for number, moment in moments.items():
        alone = (moment - plan[number][0]) * bandwidth / MICROSECONDS
        assert -1e-6 <= got[number] <= alone + bandwidth / MICROSECONDS * 0.01 + 0.01
    slack = bandwidth / MICROSECONDS * (len(plan) + 1)
    capable = busy_microseconds(plan, moments) * bandwidth / MICROSECONDS
    assert capable - slack - 0.01 <= sum(got.values()) <= capable + slack * 0.01 + 0.01


@moderately
@given(bandwidth=bandwidths, plan=plans)
def test_of_two_that_start_together_the_smaller_one_is_never_later(bandwidth, plan):
    ends, _ = run(bandwidth, [(0, size) for _, size in plan])

    by_size = sorted(range(len(plan)), key=lambda number: (plan[number][1], number))
    assert [ends[number] for number in by_size] == sorted(ends.values())


@moderately
@given(bandwidth=bandwidths, size=st.integers(1, 10**9), pauses=st.lists(st.integers(0, 10**7), max_size=8))
def test_leaving_and_coming_back_loses_nothing(bandwidth, size, pauses):
    environment = start_clock()
    link = SharedLink(environment, bandwidth)
    ran, ends = 0, []
    missing = size
    for pause in pauses:
        download = Download(link, missing, lambda: ends.append(environment.now_microseconds))
        environment.advance_to(environment.now_microseconds + pause)
        if ends:
            break
        ran += pause
        missing = link.stop(download)
        environment.advance_to(environment.now_microseconds + 1000)
    begun = environment.now_microseconds
    if not ends:
        Download(link, missing, lambda: ends.append(environment.now_microseconds))
        environment.advance_to(END_MICROSECONDS)
        assert abs(ran + ends[0] - begun - size / bandwidth * MICROSECONDS) <= 2
    assert len(ends) == 1
