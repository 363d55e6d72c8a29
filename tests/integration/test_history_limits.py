"""A simulator that is to keep only so much forgets what is oldest, and goes on as one that keeps all."""

import grpc
import pytest

from simulator import Phase, Simulator, faults
from simulator.api import restore_pb2

ANYTHING = restore_pb2.ListRestoresRequest()


@pytest.fixture
def limited():
    with Simulator(history_max=5) as simulator:
        yield simulator


def test_in_process_nothing_is_forgotten_unless_asked_for(sim, stub):
    for _ in range(50):
        stub.ListRestores(ANYTHING)

    assert len(sim.calls) == len(sim.timeline) == 50
    assert (sim.calls.first_number, sim.timeline.first_number) == (1, 1)


def test_the_latest_calls_and_events_are_kept(limited, open_stub):
    stub = open_stub(limited)
    for size in range(1, 13):
        stub.ListRestores(restore_pb2.ListRestoresRequest(pagination={"page_size": size}))

    assert [call.request.pagination.page_size for call in limited.calls] == [8, 9, 10, 11, 12]
    assert (limited.calls.first_number, limited.calls.last_number) == (8, 12)
    assert (len(limited.timeline), limited.timeline.first_number) == (5, 8)


def test_restores_know_their_past_although_it_is_forgotten(limited, open_stub, create_request_for):
    stub = open_stub(limited)
    created = stub.CreateRestore(create_request_for(limited))
    limited.run_until_idle()
    for _ in range(10):
        stub.ListRestores(ANYTHING)

    restore = limited.world.restores[created.meta.uid]
    assert restore.status.phase is Phase.SUCCESSFUL
    assert len(restore.statuses) == 7
    assert limited.timeline.transitions() == []
    assert [listed.meta.uid for listed in stub.ListRestores(ANYTHING).restores] == [created.meta.uid]


def test_whoever_listens_is_told_everything_though_it_is_more_than_is_kept(limited, open_stub, create_request_for):
    numbers = []
    limited.session.subscribe(lambda number, _: numbers.append(number))
    open_stub(limited).CreateRestore(create_request_for(limited))
    with limited.session:
        limited.run_until_idle()

    assert numbers == [*range(1, limited.timeline.last_number + 1)]
    assert len(limited.timeline) == 5 < len(numbers)


def test_a_reset_begins_to_count_anew(limited, open_stub):
    stub = open_stub(limited)
    for _ in range(10):
        stub.ListRestores(ANYTHING)
    limited.reset()
    stub.ListRestores(ANYTHING)

    assert (limited.calls.first_number, limited.timeline.first_number) == (1, 1)


def test_what_clients_send_takes_only_so_much_of_the_memory(open_stub, create_request_for):
    with Simulator(history_max=1_000) as limited:
        stub = open_stub(limited)
        for number in range(8):
            request = create_request_for(limited, f"copy-{number}", annotations={"note": "x" * 250_000})
            request.MergeFromString(b"\xfa\x3f\xff\xff\x3f" + bytes(0xFFFFF))  # a field of a newer release
            stub.CreateRestore(request)
        kept = sum(len(call.request_bytes) for call in limited.calls)

        assert kept <= 2_048 * 1_000
        assert limited.calls.last_number == 8


def test_of_ids_that_are_too_long_only_the_beginning_is_written_down(sim, stub):
    sim.inject(faults.error("ABORTED"), method="GetRestore")
    with pytest.raises(grpc.RpcError):
        stub.GetRestore(restore_pb2.GetRestoreRequest(id="x" * 100_000))

    assert [len(event.uid) for event in sim.timeline.faults()] == [256]
    assert len(sim.timeline.to_json_lines()) < 2_000


@pytest.mark.parametrize("history_max", [0, -1, 1.5, True, "many"])
def test_a_limit_is_a_number_from_1(history_max):
    with pytest.raises(ValueError, match=r"history_max is .*; expected a whole number from 1, or None to keep all"):
        Simulator(history_max=history_max)
