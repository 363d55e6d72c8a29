"""What a rule draws comes from the stream of its firing, and is never beyond all measure."""

import pytest

from fakes import Constant, Exponential
from fakes.faults.drawing import draw_seconds
from fakes.faults.rule import Firing
from fakes.lifecycle.gates import Gate


@pytest.fixture
def firing():
    return Firing(
        rule="rule",
        effect="stall",
        subject="copy in PENDING",
        caller="",
        stream_key=(3,),
        gate=Gate("rule"),
        memory={},
        now_microseconds=0,
    )


def test_a_constant_is_what_it_is(firing):
    assert draw_seconds(Constant(4.5), firing) == 4.5


def test_a_number_is_so_many_seconds(firing):
    assert draw_seconds(4.5, firing) == 4.5


def test_a_distribution_draws_from_the_stream_of_the_firing(firing):
    expected = Exponential(5).sample_seconds(firing.generator)

    assert draw_seconds(Exponential(5), firing) == expected
    assert draw_seconds(Exponential(5), firing) == expected


def test_nothing_lasts_longer_than_a_hundred_years(firing):
    assert draw_seconds(Constant(1e300), firing) == 100 * 365.25 * 24 * 3600
