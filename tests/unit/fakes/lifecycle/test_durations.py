"""Durations are data: the same generator draws the same, never below zero, and nonsense is refused with a reason."""

import math
import random
import statistics

import pytest

from fakes import Constant, Exponential, LogNormal, Normal, Uniform

DRAWN = [
    Uniform(low_seconds=10, high_seconds=20),
    Normal(mean_seconds=10, deviation_seconds=2),
    LogNormal(median_seconds=10, sigma=0.5),
    Exponential(mean_seconds=10),
]


def draw(duration, count=1, *, seed=1):
    generator = random.Random(seed)
    return [duration.sample_seconds(lambda: generator) for _ in range(count)]


def no_generator():
    pytest.fail("a constant asked for a generator")


def test_a_constant_is_always_the_same_and_needs_no_generator():
    assert Constant(2.5).sample_seconds(no_generator) == 2.5


@pytest.mark.parametrize("duration", DRAWN, ids=repr)
def test_the_same_generator_draws_the_same(duration):
    assert draw(duration, 20, seed=3) == draw(duration, 20, seed=3)


@pytest.mark.parametrize("duration", DRAWN, ids=repr)
def test_another_generator_draws_something_else(duration):
    assert draw(duration, seed=3) != draw(duration, seed=4)


@pytest.mark.parametrize(
    "duration",
    [
        *DRAWN,
        Constant(0),
        Uniform(0, 0),
        Uniform(0, 5),
        Normal(0, 100),
        Normal(0, 0),
        LogNormal(1e-9, 5),
        Exponential(1e-320),
    ],
    ids=repr,
)
def test_no_draw_is_below_zero(duration):
    assert min(draw(duration, 500)) >= 0


def test_a_uniform_draw_lies_between_its_ends():
    drawn = draw(Uniform(10, 20), 1000)

    assert 10 <= min(drawn) < 11
    assert 19 < max(drawn) <= 20


def test_a_uniform_duration_may_have_no_width():
    assert draw(Uniform(7, 7)) == [7]


def test_a_normal_draw_lies_around_its_mean():
    drawn = draw(Normal(100, 10), 2000)

    assert statistics.mean(drawn) == pytest.approx(100, rel=0.02)
    assert statistics.stdev(drawn) == pytest.approx(10, rel=0.1)


def test_a_normal_draw_that_would_be_below_zero_is_zero():
    drawn = draw(Normal(0, 10), 1000)

    assert 400 < drawn.count(0.0) < 600


def test_half_of_lognormal_draws_lie_below_the_median():
    drawn = draw(LogNormal(30, 1), 2000)

    assert statistics.median(drawn) == pytest.approx(30, rel=0.1)
    assert max(drawn) > 300


def test_an_exponential_draw_has_its_mean():
    assert statistics.mean(draw(Exponential(30), 5000)) == pytest.approx(30, rel=0.05)


def test_a_draw_beyond_all_numbers_is_infinite_rather_than_an_error():
    assert max(draw(LogNormal(10, 10_000), 50)) == math.inf


OF_ONE_NUMBER = pytest.mark.parametrize(
    ("make", "name"),
    [
        (Constant, "seconds"),
        (lambda value: Uniform(value, 5), "low_seconds"),
        (lambda value: Uniform(0, value), "high_seconds"),
        (lambda value: Normal(value, 1), "mean_seconds"),
        (lambda value: Normal(1, value), "deviation_seconds"),
        (lambda value: LogNormal(value, 1), "median_seconds"),
        (lambda value: LogNormal(1, value), "sigma"),
        (Exponential, "mean_seconds"),
    ],
)


@pytest.mark.parametrize("wrong", [-1, -0.001, math.nan, math.inf, -math.inf])
@OF_ONE_NUMBER
def test_a_number_that_makes_no_sense_is_refused_by_name_and_value(make, name, wrong):
    with pytest.raises(ValueError, match=rf"^{name} is {wrong!r}; expected a finite number"):
        make(wrong)


@pytest.mark.parametrize("wrong", [10**400, 10**5000], ids=["beyond floats", "beyond decimals"])
@OF_ONE_NUMBER
def test_a_number_that_no_float_holds_is_refused_in_few_words(make, name, wrong):
    with pytest.raises(ValueError, match=rf"^{name} is .{{1,200}}; expected a finite number"):
        make(wrong)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LogNormal(0, 1), "median_seconds is 0; expected a finite number above 0"),
        (lambda: Exponential(0), "mean_seconds is 0; expected a finite number above 0"),
        (lambda: Uniform(5, 4), "is from 5 to 4 s; expected a high that is at least low"),
    ],
)
def test_a_distribution_that_cannot_be_is_refused_with_what_would_be_right(make, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        make()


@pytest.mark.parametrize("duration", [Constant(1), *DRAWN], ids=repr)
def test_a_duration_is_a_value(duration):
    assert duration == eval(repr(duration))  # noqa: S307  # what is read back was written here
    assert hash(duration) == hash(eval(repr(duration)))  # noqa: S307
