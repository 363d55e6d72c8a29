"""The life of a simulator: start, one call, stop, over and over in one process."""

import pytest

from simulator import Simulator
from simulator.api import RestoreServiceStub, restore_pb2

pytestmark = pytest.mark.benchmark(group="lifecycle")


def live_through(*, listen):
    """Start, call once, stop."""
    with Simulator(listen=listen) as simulator:
        stub = RestoreServiceStub(simulator.channel(transport="loopback" if listen else "in_process"))
        return stub.ListRestores(restore_pb2.ListRestoresRequest())


@pytest.mark.parametrize(("listen", "goal"), [(True, 15), (False, 1)])
def test_start_call_stop(benchmark, tell, sizes, listen, goal):
    answer = benchmark.pedantic(live_through, kwargs={"listen": listen}, rounds=sizes.rounds(150), warmup_rounds=2)
    assert answer.pagination.total_records == 0
    milliseconds = 1e3 * benchmark.stats.stats.median
    how = "with a port" if listen else "without a port"
    tell(
        f"{milliseconds:.2f} ms for start, first call and stop {how}; goal ≤ {goal}",
        what=f"ms for start, first call and stop, {how}",
        goal=f"≤ {goal}",
        ratio=milliseconds,
    )
