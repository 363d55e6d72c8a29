"""Calls: against a bare server that does nothing, against a socket, and with rules that do not match."""

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from fakes import ANYBODY
from simulator import Simulator, faults
from simulator.api import METHODS, RestoreServiceStub, restore_pb2

pytestmark = pytest.mark.benchmark(group="calls")
CALLS = 20


@pytest.fixture
def simulator(simulator_of, sizes):
    return simulator_of(sizes.few)


@pytest.fixture
def request_message(simulator):
    return restore_pb2.GetRestoreRequest(id=simulator.world.restores["copy-7"].uid)


@pytest.fixture
def bare_stub(simulator, request_message, stub_of):
    """A stub of a server that knows one answer."""
    answer = stub_of(simulator).GetRestore(request_message)
    method = METHODS["GetRestore"]
    handler = grpc.unary_unary_rpc_method_handler(
        lambda _request, _context: answer,
        request_deserializer=method.request.FromString,
        response_serializer=method.response.SerializeToString,
    )
    server = grpc.server(ThreadPoolExecutor(8))
    service, _, name = method.path.strip("/").partition("/")
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {name: handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield RestoreServiceStub(channel)
    server.stop(0.2).wait()


def repeated(call, request, times=CALLS):
    def repeat():
        for _ in range(times):
            answer = call(request)
        return answer

    return repeat


def test_get_over_a_socket(against, simulator, stub_of, bare_stub, request_message):
    stub = stub_of(simulator, "loopback")
    assert stub.GetRestore(request_message) == bare_stub.GetRestore(request_message)

    against(
        repeated(stub.GetRestore, request_message),
        repeated(bare_stub.GetRestore, request_message),
        what="times a bare server that does nothing, GetRestore over a socket",
        goal="≤ 1.10",
        rounds=150,
        calls=CALLS,
    )


def test_get_in_process(against, simulator, stub_of, request_message):
    stub, loopback = stub_of(simulator), stub_of(simulator, "loopback")
    assert stub.GetRestore(request_message) == loopback.GetRestore(request_message)

    against(
        repeated(stub.GetRestore, request_message),
        repeated(loopback.GetRestore, request_message),
        what="times faster than over a socket, GetRestore in process",
        goal="≥ 80",
        rounds=150,
        calls=CALLS,
        inverse=True,
    )


def test_get_in_a_tight_loop(benchmark, tell, simulator, stub_of, request_message, sizes):
    """Alone: calls over a socket in between would leave the caches of the processor cold."""
    get = repeated(stub_of(simulator).GetRestore, request_message, sizes.few)
    answer = benchmark.pedantic(get, rounds=sizes.rounds(50), warmup_rounds=1)
    assert answer.meta.uid == request_message.id
    microseconds = 1e6 * benchmark.stats.stats.median / sizes.few
    what = "µs for GetRestore in process, in a tight loop"
    tell(f"{microseconds:.1f} {what}; goal ≤ 8", what=what, goal="≤ 8", ratio=microseconds)


@pytest.mark.parametrize("rule_count", [10, 1_000])
def test_rules_that_do_not_match(against, roomy_world, stub_of, rule_count):
    request = restore_pb2.ListRestoresRequest()
    rules = [faults.error("UNAVAILABLE")] * rule_count
    with Simulator(world=roomy_world, strict=False) as plain, Simulator(world=roomy_world, strict=False) as ruled:
        for rule in rules:
            ruled.inject(rule, method="GetRestore", restore="another")
        stub, plain_stub = stub_of(ruled), stub_of(plain)
        assert stub.ListRestores(request) == plain_stub.ListRestores(request)
        against(
            repeated(stub.ListRestores, request),
            repeated(plain_stub.ListRestores, request),
            what=f"times a call without rules, with {rule_count:,} rules for another method",
            goal="≤ 2",
            rounds=150,
            calls=CALLS,
        )


def test_rules_for_the_method_that_do_not_match(against, stub_of, roomy_world, order):
    created = [Simulator(world=roomy_world, strict=False).start() for _ in range(2)]
    plain, ruled = created
    for number in range(1_000):
        ruled.inject(faults.error("UNAVAILABLE"), method="GetRestore", restore=f"another-{number}")
    requests = []
    for one in created:
        with one.session as world:
            requests.append(restore_pb2.GetRestoreRequest(id=world.create_restore(order(1), ANYBODY).uid))
    stub, plain_stub = stub_of(ruled), stub_of(plain)
    assert stub.GetRestore(requests[1]) == plain_stub.GetRestore(requests[0])

    against(
        repeated(stub.GetRestore, requests[1]),
        repeated(plain_stub.GetRestore, requests[0]),
        what="times a call without rules, with 1,000 rules for other restores",
        goal="≤ 2",
        rounds=100,
        calls=CALLS,
    )
    for one in created:
        one.close()
