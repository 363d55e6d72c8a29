"""What HTTP itself brings: other people's pages, bodies without end, clients that go, calls that hang."""

import json
import socket
from contextlib import closing

import grpc
import pytest

from simulator.api import SERVICE
from simulator.api.pool import POOL
from simulator.transports import rest_gateway
from simulator.transports.rest_gateway import bodies, server
from simulator.transports.service_registry import MESSAGE_BYTES_MAX

LIST = "/pds/v1/restores"
OK = ("GET", LIST)


def send(port, content):
    """Send bytes, and give all that comes back until the server hangs up."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as connection:
        connection.sendall(content)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "host", ["127.0.0.1:50052", "localhost", "localhost.", "LOCALHOST:1", "[::1]:50052", "127.1.2.3", "a.localhost"]
)
def test_a_request_for_this_machine_is_answered(rest, host):
    assert rest.ask(*OK, headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:50052", "localhost.evil.example", "192.0.2.1", "[::2]", "[", "a:b:c"]
)
def test_a_request_for_another_host_is_refused(rest, host):
    answer = rest.ask(*OK, headers={"Host": host})

    assert (answer.status, answer.json["code"]) == (403, grpc.StatusCode.PERMISSION_DENIED.value[0])
    assert repr(host) in answer.json["message"]


@pytest.mark.parametrize(
    ("listens_on", "more", "host", "is_own"),
    [
        ("0.0.0.0", (), "192.0.2.1:50052", True),  # noqa: S104
        ("0.0.0.0", (), "evil.example", False),  # noqa: S104
        ("0.0.0.0", (), socket.gethostname(), True),  # noqa: S104
        ("0.0.0.0", ("pds-sim",), "pds-sim:50052", True),  # noqa: S104
        ("sim.example", (), "SIM.example", True),
        ("127.0.0.1", ("sim.example",), "sim.example", True),
        ("::1", (), "192.0.2.1", False),
        ("127.0.0.1", ("192.0.2.1",), "192.0.2.1:80", True),
        ("localhost", (), "127.0.0.1", True),
    ],
)
def test_a_server_is_known_by_its_addresses_and_by_the_names_that_it_is_told(listens_on, more, host, is_own):
    assert rest_gateway.OwnAddress(listens_on, more).is_named_by(host) is is_own


def test_a_page_of_another_origin_is_refused(sim, rest):
    for origin in ("http://evil.example", "null", "", "http://localhost:3000", f"ftp://127.0.0.1:{rest.port}"):
        answer = rest.ask("POST", LIST, {}, {"Origin": origin, "Host": f"127.0.0.1:{rest.port}"})
        assert (answer.status, "access-control-allow-origin" in answer.headers) == (403, False)
    assert not sim.calls


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_its_own_is_answered(rest, name):
    answer = rest.ask(*OK, headers={"Origin": f"http://{name}:{rest.port}", "Host": f"127.0.0.1:{rest.port}"})

    assert (answer.status, "access-control-allow-origin" in answer.headers) == (200, False)


@pytest.mark.parametrize("allowed", ["http://localhost:3000", "*"])
def test_a_page_that_is_let_in_may_call_and_read(sim, serve_rest, allowed):
    rest = serve_rest(sim, allowed_origins=[allowed])
    origin = {"Origin": "http://localhost:3000"}

    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "px-account-id"}
    preflight = rest.ask("OPTIONS", LIST, headers=origin | asked)
    answer = rest.ask(*OK, headers=origin)

    assert preflight.status == answer.status == 200
    for told in (preflight, answer):
        assert told.headers["access-control-allow-origin"] in {"*", "http://localhost:3000"}
    assert "px-account-id" in preflight.headers["access-control-allow-headers"]
    other = rest.ask(*OK, headers={"Origin": "http://other.example"})
    assert other.status == (200 if allowed == "*" else 403)


def test_healthz_and_the_description_are_answered_beside_the_services(rest):
    assert rest.ask("GET", "/healthz").json == {"status": "SERVING"}
    assert rest.ask("GET", "/openapi.json").json["openapi"] == "3.1.0"
    assert rest.ask("GET", "/healthz/").json["message"] == "Not Found"


def test_what_fails_in_the_gateway_itself_is_internal(serve_anything):
    class Channel:
        def unary_unary(self, _path):
            return self

        def future(self, *_, **__):
            raise RuntimeError("broken")

    channel = Channel()
    rest = serve_anything(channel, [POOL.FindServiceByName(SERVICE)], lambda: None)

    answer = rest.ask(*OK)

    assert (answer.status, answer.json["code"]) == (500, grpc.StatusCode.INTERNAL.value[0])


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(sim, rest, chunked):
    size = MESSAGE_BYTES_MAX + 1
    head = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    body = b" " * size
    content = (
        f"POST /pds/v1/restores/a:recreate HTTP/1.1\r\nHost: localhost\r\n{head}\r\nConnection: close\r\n\r\n".encode()
    )
    content += f"{size:x}\r\n".encode() + body + b"\r\n0\r\n\r\n" if chunked else body

    answer = send(rest.port, content)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    assert not sim.calls


def test_a_body_that_does_not_come_is_not_waited_for(rest, monkeypatch):
    monkeypatch.setattr(bodies, "BODY_SECONDS_MAX", 0.05)

    answer = send(
        rest.port, b"POST /pds/v1/restores/a:recreate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n{"
    )

    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHo"])
def test_a_request_that_does_not_come_is_not_waited_for(rest, monkeypatch, sent):
    monkeypatch.setattr(server, "HEADERS_SECONDS_MAX", 0.05)

    assert send(rest.port, sent) == b""
    assert rest.ask(*OK).status == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x00\x01 no HTTP\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 70_000,
    ],
    ids=["no HTTP", "two hosts", "no chunk", "long header"],
)
def test_what_is_no_request_is_answered_with_400_or_hung_up_on(rest, sent):
    answer = send(rest.port, sent)

    assert answer == b"" or answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 "))
    assert rest.ask(*OK).status == 200


def test_metadata_of_more_than_grpc_can_carry_is_refused(rest):
    answer = rest.ask(*OK, headers={"Grpc-Metadata-A": "a" * 20_000})

    assert (answer.status, answer.json["code"]) == (429, grpc.StatusCode.RESOURCE_EXHAUSTED.value[0])


@pytest.mark.parametrize("path", ["/pds/v1/restores/%ff", "/pds/v1/restores/%zz", "/pds/v1/restores?backupId=%ff"])
def test_escapes_that_stand_for_no_text_are_invalid(rest, path):
    answer = rest.ask("GET", path)

    assert (answer.status, answer.json["code"]) == (400, grpc.StatusCode.INVALID_ARGUMENT.value[0])


def test_headers_become_metadata(samples):
    sent = {
        "Authorization": "Bearer x",
        "Cookie": "a=b",
        "Grpc-Metadata-Foo": "bar",
        "Grpc-Metadata-Data-Bin": "AQI",
        "Grpc-Metadata-Not-Ascii": "\xe4",
        "Grpc-Metadata-": "no name",
        "px-account-id": "acc:1",
        "X-Forwarded-For": "192.0.2.1",
        "X-Other": "no",
    }

    answer = samples.ask("GET", "/v1/samples:query?veryOdd=metadata", headers=sent)

    labels = answer.json["labels"]
    del labels["user-agent"]  # of the channel
    assert labels == {
        "authorization": "Bearer x",
        "data-bin": "0102",
        "foo": "bar",
        "grpcgateway-authorization": "Bearer x",
        "grpcgateway-cookie": "a=b",
        "px-account-id": "acc:1",
        "x-forwarded-for": "192.0.2.1, 127.0.0.1",
        "x-forwarded-host": f"127.0.0.1:{samples.port}",
    }


def test_a_binary_header_that_is_no_base64_is_invalid(samples):
    answer = samples.ask("GET", "/v1/samples:query", headers={"Grpc-Metadata-Data-Bin": "!"})

    assert (answer.status, answer.json["code"]) == (400, grpc.StatusCode.INVALID_ARGUMENT.value[0])


def test_initial_metadata_become_headers(samples):
    headers = samples.ask("GET", "/v1/samples:query").headers

    assert (headers["grpc-metadata-x-initial"], headers["grpc-metadata-x-binary-bin"]) == ("one", "AQI=")


def test_a_message_with_line_breaks_fits_into_a_header(samples):
    answer = samples.ask("POST", "/v1:fail", {"code": 16, "message": "one\ntwo\r\n"})

    assert (answer.headers["www-authenticate"], answer.json["message"]) == ("one two", "one\ntwo\r\n")


def test_many_are_told_as_each_of_them(rest, stub, create_request):
    for number in range(30):
        stub.CreateRestore(create_request(f"copy-{number}"))

    listed = rest.ask(*OK).json["restores"]

    assert len(listed) == 30
    assert all(rest.ask("GET", f"{LIST}/{restore['meta']['uid']}").json == restore for restore in listed)


def test_a_response_that_json_can_t_tell_is_internal(samples):
    answer = samples.ask("GET", "/v1/samples:query?mask=bigUnsigned")

    assert (answer.status, answer.json["code"]) == (500, grpc.StatusCode.INTERNAL.value[0])


def test_a_client_that_goes_in_the_middle_of_its_request_is_forgotten(sim, rest):
    with socket.create_connection(("127.0.0.1", rest.port)) as connection:
        connection.sendall(
            b"POST /pds/v1/restores/a:recreate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n{"
        )

    assert rest.ask(*OK).status == 200
    assert [call.method for call in sim.calls] == ["ListRestores"]


def test_a_port_that_is_taken_is_an_error(rest):
    with pytest.raises(OSError, match="in use"):
        rest_gateway.HttpServer(lambda *_: None, "127.0.0.1", rest.port, end_calls=lambda: None)
