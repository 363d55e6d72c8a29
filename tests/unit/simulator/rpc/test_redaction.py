"""What proves who a caller is does not get into records, whatever it is sent under; all else does."""

import pytest

from fakes.world.entities import secret_digest
from simulator.rpc.redaction import redacted

WEB_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"  # noqa: S105  # it is none


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("authorization", "Bearer hush", "Bearer [redacted]"),
        ("authorization", "bearer hush", "bearer [redacted]"),
        ("authorization", "hush", "[redacted]"),
        ("authorization", "Digest username=x, response=hush", "Digest [redacted]"),
        ("proxy-authorization", "Basic aHVzaA==", "Basic [redacted]"),
        ("cookie", "session=hush; theme=dark", "[redacted]"),
        ("x-api-key", "hush", "[redacted]"),
        ("x-apikey", "hush", "[redacted]"),
        ("x-auth", "hush", "[redacted]"),
        ("x-amz-security-token", "hush", "[redacted]"),
        ("client_secret", "hush", "[redacted]"),
        ("db-password", "hush", "[redacted]"),
        ("x-csrf-token-bin", b"hush", b"[redacted]"),
        ("grpcgateway-authorization", "Bearer hush", "Bearer [redacted]"),
        ("x-forwarded", "Bearer hush", "Bearer [redacted]"),
        ("x-forwarded", "Basic aHVzaA==", "Basic [redacted]"),
        ("x-user", WEB_TOKEN, "[redacted]"),
        ("x-user", f"jwt {WEB_TOKEN}", "[redacted]"),
        ("x-note", "of-the-shop", "[redacted]"),
        ("x-note", "id=of-the-shop;", "[redacted]"),
        ("x-note-bin", b"of-the-shop", b"[redacted]"),
    ],
)
def test_a_secret_is_not_kept(key, value, kept):
    assert redacted((("trace", "1"), (key, value)), {secret_digest("of-the-shop")}) == (("trace", "1"), (key, kept))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("user-agent", "grpc-go/1.70"),
        ("px-account-id", "acme"),
        ("x-author", "somebody"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("grpc-previous-rpc-attempts", "2"),
        ("x-request-id", "3fa85f64"),
        ("x-note", "the bearer of bad news"),
        ("authorization", ""),
        ("authorization", "Bearer"),
        ("authorization", "Bearer "),
        ("x-note", "not of-the-shops"),
        ("data-bin", b"\x00\xff"),
    ],
)
def test_what_is_no_secret_is_kept_as_it_is(key, value):
    metadata = ((key, value),)

    assert redacted(metadata, {secret_digest("of-the-shop")}) == metadata
