"""What is left of a timeout when a call arrives tells what the timeout was."""

import pytest

from simulator.transports.timeouts import original_timeout_seconds

ROUNDED_BY_GRPC = [(0.5, 0.501), (1, 1.01), (1.5, 1.51), (2.25, 2.26), (10, 10.1), (30, 30.1), (60, 60.1), (100, 101)]
ROUNDED_BY_GRPC += [(300, 301), (1000, 1010), (3600, 3610)]


@pytest.mark.parametrize(("timeout_seconds", "sent_seconds"), ROUNDED_BY_GRPC)
@pytest.mark.parametrize("way_seconds", [0, 0.0004, 0.003])
def test_neither_rounding_nor_the_way_to_the_server_count(timeout_seconds, sent_seconds, way_seconds):
    assert original_timeout_seconds(sent_seconds - way_seconds) == timeout_seconds
    assert original_timeout_seconds(timeout_seconds - way_seconds) == timeout_seconds


@pytest.mark.parametrize("remaining_seconds", [0, -1, 1e-9, 0.0123, 86_400, 1e11])
def test_any_timeout_stays_about_what_it_is(remaining_seconds):
    expected = max(0, remaining_seconds)

    assert original_timeout_seconds(remaining_seconds) == pytest.approx(expected, rel=0.05, abs=0.001)
