"""Durations, times and sizes are written as people write them; all else is refused with an example of what is right."""

import math
import re

import pytest

from simulator.documents.quantities import parse_bandwidth, parse_duration_seconds, parse_size_bytes, parse_time_seconds


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("250ms", 0.25),
        ("90s", 90),
        ("10m", 600),
        ("2h", 7_200),
        ("1d", 86_400),
        ("1h30m", 5_400),
        ("1d 2h 3m 4s 5ms", 93_784.005),
        ("  1.5 h ", 5_400),
        ("0s", 0),
        ("365000d", 31_536_000_000),
        (0, 0),
        (3, 3),
        (0.5, 0.5),
    ],
)
def test_a_duration_is_read(written, seconds):
    assert parse_duration_seconds(written) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "written",
    [
        *("", "s", "10", "-1s", "1h-30m", "1h,30m", "1e3s", "10 minutes", "1.s", ".5s", "1M", "s3", "٣s"),
        *(-1, -0.5, math.nan, -math.inf, True, None, [], {"seconds": 3}),
    ],
)
def test_what_is_no_duration_is_refused_with_examples(written):
    with pytest.raises(ValueError, match="is no duration; expected something like 90s, 10m, 1h30m, 250ms or a number"):
        parse_duration_seconds(written)


@pytest.mark.parametrize("written", ["365001d", f"{'9' * 400}s", math.inf, 10**400, "1000000000000h1ms"])
def test_a_duration_that_no_clock_can_follow_is_refused(written):
    with pytest.raises(ValueError, match=re.escape("is too long; expected at most 1000 years (365000d)")):
        parse_duration_seconds(written)


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("0", 0),
        ("17", 17),
        ("17B", 17),
        ("1KiB", 1024),
        ("20 GiB", 20 * 1024**3),
        ("1.5MiB", 1_572_864),
        ("2TiB", 2 * 1024**4),
        ("3kB", 3_000),
        ("3MB", 3_000_000),
        ("3GB", 3_000_000_000),
        ("3TB", 3_000_000_000_000),
        (0, 0),
        (2**63 - 1, 2**63 - 1),
    ],
)
def test_a_size_is_read(written, size):
    assert parse_size_bytes(written) == size


@pytest.mark.parametrize("written", ["", "GiB", "-1GiB", "1gib", "1K", "1 GiB/s", "1e3", -1, 1.5, True, None, [3]])
def test_what_is_no_size_is_refused_with_examples(written):
    with pytest.raises(ValueError, match="is no size; expected something like 512MiB, 20GiB or a number of bytes"):
        parse_size_bytes(written)


@pytest.mark.parametrize("written", [2**63, "8388608TiB", "9" * 400, 10**400])
def test_a_size_that_no_int64_holds_is_refused(written):
    with pytest.raises(ValueError, match="is too large; expected less than 8388608TiB"):
        parse_size_bytes(written)


@pytest.mark.parametrize(("written", "bandwidth"), [("100MiB/s", 104_857_600), ("1kB", 1000), ("5/s", 5), (5, 5)])
def test_a_bandwidth_is_a_size_with_or_without_its_second(written, bandwidth):
    assert parse_bandwidth(written) == bandwidth


@pytest.mark.parametrize("written", ["100MiB/m", "/s", None])
def test_what_is_no_bandwidth_is_refused(written):
    with pytest.raises(ValueError, match="is no size"):
        parse_bandwidth(written)


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(ValueError, match="is no duration") as caught:
        parse_duration_seconds("x" * 1_000_000)

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        (3, 3),
        ("2025-01-01T00:00:00Z", 0),
        ("2025-01-01T00:05:00.25Z", 300.25),
        ("2025-01-01 00:05Z", 300),
        ("2025-01-01t02:00:00+01:30", 1_800),
        ("2024-12-31T20:00:00-05:00", 3_600),
        (" 2026-01-01T00:00:00Z ", 365 * 86_400),
    ],
)
def test_a_time_is_counted_from_the_start_or_is_a_timestamp(written, seconds):
    assert parse_time_seconds(written) == parse_time_seconds(written, "on_poll") == seconds


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("soon", "'soon' is no duration"),
        ("2025-01-01", "'2025-01-01' is no time; expected a time from the start, such as 90s, or a timestamp such as"),
        ("2025-13-01T00:00:00Z", "'2025-13-01T00:00:00Z' is no time"),
        ("2025-02-30T00:00:00Z", "'2025-02-30T00:00:00Z' is no time"),
        ("25-01-01T00:00:00Z", "'25-01-01T00:00:00Z' is no time"),
        ("2025-01-01T00:05:00", "has no time zone; expected one at its end, such as 2025-01-01T00:05:00Z"),
        ("2024-12-31T23:59:59Z", "is before the start; expected 2025-01-01T00:00:00Z or later"),
    ],
)
def test_what_is_no_time_is_refused(written, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        parse_time_seconds(written)


def test_the_wall_clock_has_no_start_that_is_known():
    assert parse_time_seconds("90s", "wall") == 90
    with pytest.raises(
        ValueError, match="with 'clock: wall' a scenario starts whenever it is run; expected a time from"
    ):
        parse_time_seconds("2025-01-01T00:05:00Z", "wall")
