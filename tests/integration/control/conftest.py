"""A server with sessions, and a client of its control service that speaks JSON."""

import grpc
import pytest
from google.protobuf import json_format, message_factory

from scenarios.loading.setups import read_setup
from simulator.api import RestoreServiceStub, restore_pb2
from simulator.api.pool import POOL
from simulator.server import SimulatorServer
from simulator.services.control.host import SessionSetup
from simulator.services.control.service import SERVICE

METHODS = {method.name: method for method in POOL.FindServiceByName(SERVICE).methods}


class ControlClient:
    """Calls the control service; requests and answers are plain data, as JSON has them."""

    def __init__(self, channel, metadata=()):
        self.channel = channel
        self.metadata = metadata

    def __getattr__(self, name):
        if name not in METHODS:
            raise AttributeError(name)
        method = METHODS[name]
        request_type, response_type = map(message_factory.GetMessageClass, (method.input_type, method.output_type))
        make = self.channel.unary_stream if method.server_streaming else self.channel.unary_unary
        call = make(f"/{SERVICE}/{name}", response_deserializer=response_type.FromString)

        def run(**request):
            content = json_format.ParseDict(request, request_type()).SerializeToString()
            answer = call(content, metadata=self.metadata, timeout=30)
            if method.server_streaming:
                return answer
            return json_format.MessageToDict(answer, always_print_fields_with_no_presence=True)

        return run


@pytest.fixture
def make_server():
    """Makes servers that listen on a free port until the test ends."""
    servers = []

    def make(setup=None, **options):
        server = SimulatorServer(setup or SessionSetup(), read_scenario=read_setup, **options)
        servers.append(server.__enter__())
        return server

    yield make
    for server in servers:
        server.__exit__(None, None, None)


@pytest.fixture
def server(make_server):
    return make_server()


@pytest.fixture
def channel(server, transport):
    with grpc.insecure_channel(server.target) if transport == "loopback" else server.channel() as opened:
        yield opened


@pytest.fixture
def control(channel):
    return ControlClient(channel)


@pytest.fixture
def session(control):
    """The id of a session with a manual clock and the default world."""
    return control.CreateSession(seed="7")["id"]


@pytest.fixture
def create_restore(control, channel):
    """Creates a restore in a session."""

    def create(session, name="orders-copy", over=None):
        entities = control.GetWorld(session=session)["entities"]
        request = restore_pb2.CreateRestoreRequest(
            namespace_id=entities["namespaces"]["shop-staging"]["uid"],
            project_id=entities["projects"]["shop"]["uid"],
            restore={
                "meta": {"name": name},
                "config": {"source_references": {"backup_id": entities["backups"]["orders-backup"]["uid"]}},
            },
        )
        metadata = () if over else [("x-pds-session", session)]
        return RestoreServiceStub(over or channel).CreateRestore(request, metadata=metadata, timeout=30)

    return create


@pytest.fixture
def names_in(channel):
    """The names of the restores that a client of a session sees."""

    def names(session, over=None):
        metadata = () if over else [("x-pds-session", session)] if session else ()
        listed = RestoreServiceStub(over or channel).ListRestores(
            restore_pb2.ListRestoresRequest(), metadata=metadata, timeout=30
        )
        return [restore.meta.name for restore in listed.restores]

    return names


@pytest.fixture
def control_of():
    """Makes a client of the control service of a server, in process."""
    channels = []

    def make(server, metadata=()):
        channels.append(server.channel())
        return ControlClient(channels[-1], metadata)

    yield make
    for channel in channels:
        channel.close()
