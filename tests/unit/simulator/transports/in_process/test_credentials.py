"""What call credentials have to say goes into the metadata of the call."""

import logging

import grpc
import pytest

from simulator.transports.in_process.call_state import Ended
from simulator.transports.in_process.credentials import with_credentials

PATH = "/a.Service/Method"


def test_what_a_plugin_gives_comes_behind_what_the_caller_gives():
    seen = []

    def plugin(context, callback):
        seen.append((context.service_url, context.method_name))
        callback((("token", "secret"),), None)

    credentials = grpc.metadata_call_credentials(plugin)

    assert with_credentials((("key", "value"),), credentials, PATH) == [("key", "value"), ("token", "secret")]
    assert seen == [("https://in-process/a.Service", "Method")]


def test_all_parts_of_composed_credentials_have_their_say():
    parts = [grpc.access_token_call_credentials(token) for token in ("one", "two", "three")]

    composed = grpc.composite_call_credentials(*parts)

    assert with_credentials(None, composed, PATH) == [
        ("authorization", f"Bearer {token}") for token in ("one", "two", "three")
    ]


def test_a_plugin_may_have_nothing_to_say():
    credentials = grpc.metadata_call_credentials(lambda _, callback: callback(None, None))

    assert with_credentials(None, credentials, PATH) == []


def raising(_context, _callback):
    raise RuntimeError("no token")


def refusing(_context, callback):
    callback(None, RuntimeError("no token"))


@pytest.mark.parametrize("plugin", [raising, refusing])
def test_a_plugin_that_fails_ends_the_call(plugin, caplog):
    caplog.set_level(logging.CRITICAL)

    with pytest.raises(Ended) as caught:
        with_credentials(None, grpc.metadata_call_credentials(plugin), PATH)

    assert caught.value.code is grpc.StatusCode.UNAVAILABLE
    assert caught.value.details == "Getting metadata from plugin failed with error: no token"
