"""What is spliced from bytes that were kept is what protobuf would write, and never out of date."""

import pytest

from fakes import ANYBODY
from fakes.history.listing import ListQuery
from fakes.lifecycle.restores import RestoreSpec
from simulator.api import restore_pb2
from simulator.services import response_cache
from simulator.services.conversions import to_list_response, to_restore
from simulator.services.response_cache import write_list, write_message, write_restore


@pytest.fixture
def world(session):
    return session.world


@pytest.fixture
def make_restore(world):
    def make(name, description=""):
        order = RestoreSpec(
            name=name,
            namespace=world.namespaces["shop-staging"].uid,
            project=world.projects["shop"].uid,
            backup=world.backups["orders-backup"].uid,
            description=description,
        )
        return world.create_restore(order, ANYBODY)

    return make


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("description", ["", "x" * 100])
def test_a_page_is_what_protobuf_would_write(world, make_restore, count, description):
    restores = [make_restore(f"copy-{number}", description=description) for number in range(count)]
    page = world.list_restores(ListQuery(), ANYBODY)
    whole = restore_pb2.ListRestoresResponse(restores=map(to_restore, restores))
    whole.MergeFrom(to_list_response(page))

    assert b"".join(write_list({}, page)) == write_message(whole)


@pytest.mark.parametrize("length", [1, 127, 128, 16_383, 16_384, 2_097_152])
def test_lengths_are_written_as_protobuf_does(length):
    message = restore_pb2.GetRestoreRequest(id="x" * length)

    tag = b"\x0a"
    assert message.SerializeToString() == tag + response_cache._varint(length) + b"x" * length


def test_a_restore_is_written_once_for_each_of_its_versions(world, make_restore):
    restore, written = make_restore("copy"), {}
    first = write_restore(written, restore)

    assert write_restore(written, restore) is first
    world.environment.advance_to(world.environment.now_microseconds + 60_000_000)
    second = write_restore(written, restore)
    assert second != first
    assert restore_pb2.Restore.FromString(second) == to_restore(restore)


def test_a_restore_as_it_was_is_written_as_it_was(world, make_restore):
    restore, written = make_restore("copy"), {}
    start = world.environment.now_microseconds
    first = write_restore(written, restore)
    world.environment.advance_to(start + 60_000_000)
    write_restore(written, restore)

    assert write_restore(written, restore.as_of(start)) == first
    assert restore_pb2.Restore.FromString(write_restore(written, restore)) == to_restore(restore)


def test_no_more_is_kept_than_there_is_room_for(make_restore, monkeypatch):
    monkeypatch.setattr(response_cache, "WRITTEN_MAX", 3)
    written = {}

    for number in range(10):
        write_restore(written, make_restore(f"copy-{number}"))
        assert len(written) <= 3


def test_a_new_beginning_forgets_what_was_written(session, make_restore):
    write_restore(session.written, make_restore("copy"))

    session.reset()

    assert session.written == {}
