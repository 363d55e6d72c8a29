"""Services of a user's own are served beside ours, with the world of the simulator."""

import grpc
import pytest

from simulator import Simulator

SERVICE = "shop.v1.Sizes"


def add_sizes(server, world):
    """What generated stubs do, with a servicer that has the world."""

    def size(request, context):
        if request.decode() not in world.backups:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such backup")
        return str(world.backups[request.decode()].size_bytes).encode()

    def names(_request, _context):
        yield from (name.encode() for name in world.backups)

    def total(requests, context):
        return str(sum(int(size(request, context)) for request in requests)).encode()

    def sizes(requests, context):
        yield from (size(request, context) for request in requests)

    handlers = {
        "Size": grpc.unary_unary_rpc_method_handler(size),
        "Names": grpc.unary_stream_rpc_method_handler(names),
        "Total": grpc.stream_unary_rpc_method_handler(total),
        "Sizes": grpc.stream_stream_rpc_method_handler(sizes),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    server.add_registered_method_handlers(SERVICE, handlers)


def add_sizes_as_older_stubs_do(server, world):
    class Server:
        """A server that knows no handlers by name."""

        add_generic_rpc_handlers = server.add_generic_rpc_handlers

        @staticmethod
        def add_registered_method_handlers(*_):
            """Nothing is registered."""

    add_sizes(Server, world)


@pytest.fixture(params=[add_sizes, add_sizes_as_older_stubs_do])
def channel(request, open_channel):
    with Simulator(services=[request.param]) as simulator:
        simulator.world.create_backup("new", "orders", size_bytes=5)
        yield open_channel(simulator)


def test_methods_of_all_kinds_are_served(channel):
    two = [b"orders-backup", b"new"]

    assert channel.unary_unary(f"/{SERVICE}/Size")(b"new") == b"5"
    assert next(iter(channel.unary_stream(f"/{SERVICE}/Names")(b""))) == b"orders-backup"
    assert channel.stream_unary(f"/{SERVICE}/Total")(iter(two)) == b"10737418245"
    assert channel.stream_unary(f"/{SERVICE}/Total")(iter([])) == b"0"
    assert list(channel.stream_stream(f"/{SERVICE}/Sizes")(iter(two))) == [b"10737418240", b"5"]


def test_a_status_that_the_service_sets_reaches_the_client(channel, failure_of):
    error = failure_of(lambda: channel.unary_unary(f"/{SERVICE}/Size")(b"nothing"))

    assert (error.code(), error.details()) == (grpc.StatusCode.NOT_FOUND, "no such backup")


def test_what_an_added_service_has_not_is_unimplemented(channel, failure_of):
    error = failure_of(lambda: channel.unary_unary(f"/{SERVICE}/Weight")(b""))

    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


def test_an_added_service_is_healthy(channel):
    assert channel.unary_unary("/grpc.health.v1.Health/Check")(b"\x0a\x0d" + SERVICE.encode()) == b"\x08\x01"


def add_a_restore_service(server, _world):
    server.add_registered_method_handlers("public.portworx.pds.restore.v1.RestoreService", {"X": None})


@pytest.mark.parametrize(
    ("service", "error", "message"),
    [
        (add_a_restore_service, ValueError, "RestoreService, which the simulator serves itself"),
        (lambda *_: None, ValueError, "adds no service"),
        (7, TypeError, "services has 7; expected functions"),
    ],
)
def test_what_adds_no_service_of_its_own_is_refused(service, error, message):
    with pytest.raises(error, match=message):
        Simulator(services=[service])
