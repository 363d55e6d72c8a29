"""Times are written for people, and axes have round ticks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.charts.times import duration_text, ticks


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.0000004, "0 µs"),
        (0.00025, "250 µs"),
        (0.25, "250 ms"),
        (1.5, "1.5 s"),
        (59.9996, "1 min"),
        (60, "1 min"),
        (158.4, "2 min 38.4 s"),
        (3600, "1 h"),
        (3605, "1 h 5 s"),
        (100_000, "1 d 3 h 46 min 40 s"),
    ],
)
def test_durations_are_written_in_the_units_that_people_use(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("duration_seconds", "count_max", "texts"),
    [
        (158.4, 8, ["0", "30 s", "1 min", "1 min 30 s", "2 min", "2 min 30 s"]),
        (158.4, 4, ["0", "1 min", "2 min"]),
        (1, 2, ["0", "500 ms", "1 s"]),
        (0.3, 3, ["0", "100 ms", "200 ms", "300 ms"]),
        (86400, 4, ["0", "6 h", "12 h", "18 h", "1 d"]),
        (365 * 86400, 4, ["0", "112 d", "224 d", "336 d"]),
        (0, 8, ["0"]),
    ],
)
def test_ticks_are_at_round_times(duration_seconds, count_max, texts):
    assert [tick.text for tick in ticks(duration_seconds, count_max)] == texts


@given(duration_seconds=st.floats(0, 1e10), count_max=st.integers(1, 20))
def test_ticks_lie_on_the_axis_and_are_few(duration_seconds, count_max):
    found = ticks(duration_seconds, count_max)

    assert 1 <= len(found) <= count_max + 1
    assert found[0].at_seconds == 0
    assert found[-1].at_seconds <= duration_seconds * (1 + 1e-9)
