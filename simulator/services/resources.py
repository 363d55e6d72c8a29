"""What the services around a restore share: they show resources, alone or in lists, to callers who may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from google.protobuf.message import Message

from fakes import Caller
from fakes.history.listing import SortBy, make_page
from fakes.world.errors import NotFound
from fakes.world.observation import Observation, Observed
from simulator.api import meta_pb2, selector_pb2
from simulator.rpc.call import Call
from simulator.services.conversions import PARENT_VERSION, to_page_query, to_pagination
from simulator.services.selectors import Related, is_selected, require_known


@dataclass(frozen=True, slots=True)
class Description:
    """How a resource is shown.

    Args:
        write: Writes everything but the metadata.
        parent: Kind and uid of its parent.
        related: The resources that it belongs to, or has.
        phase: The number of its phase; 0 if it has none.
        names: Display names of the resources that it refers to, by uid.
        is_live: Whether it changes by itself.
    """

    write: Callable[[], Any]
    parent: tuple[str, str]
    related: Related
    phase: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    is_live: bool = False


class Resource(NamedTuple):
    """A resource that the caller may see."""

    observed: Observed
    description: Description

    def message(self) -> Any:
        """Write it."""
        message = self.description.write()
        message.meta.CopyFrom(_meta(self.observed, self.description))
        return message


@dataclass(frozen=True)
class ResourceKind:
    """A kind of resource.

    Args:
        collection: Its collection in the world.
        message_type: The type of its message.
        describe: Describes a resource.
        is_seen: Whether a caller may see a resource.
        is_wanted: Whether a request for a list includes a resource, beyond what `is_selected` checks.
    """

    collection: str
    message_type: type[Message]
    describe: Callable[[Observation, Observed], Description]
    is_seen: Callable[[Observation, Any, Caller], bool]
    is_wanted: Callable[[Any, Resource], bool] = lambda _request, _found: True

    def get(self, call: Call) -> Message:
        """Answer with the resource whose uid is the only field of the request.

        Raises:
            NotFound: it does not exist, or the caller may not see it.
        """
        uid = call.subject = getattr(call.request, call.request.DESCRIPTOR.fields[0].name)
        with call as world:
            if self.find(Observation(world), uid, call.caller).description.is_live:
                call.session.clock.poll(world)
            message: Message = self.find(Observation(world, call.stale_seconds), uid, call.caller).message()
            return message

    def find(self, look: Observation, uid: str, caller: Caller) -> Resource:
        """Find a resource that the caller may see.

        Raises:
            NotFound: there is none.
        """
        found = look.find(self.collection, uid)
        if found is not None and self.is_seen(look, found.entity, caller):
            return Resource(found, self.describe(look, found))
        registry = look.world.collection(self.collection)
        named = registry.get(uid)
        if named is None or self.is_seen(look, named, caller):
            look.world.existing(self.collection, uid)  # its error says what the text names in place of a uid
        raise NotFound(registry.kind, uid)

    def page(self, call: Call) -> Message:
        """Answer with one page of the resources that the request selects, in the first field of the response."""
        request: Any = call.request
        with call as world:
            selected = self.selected(Observation(world), call)
            if call.session.clock.moves_with_calls and any(found.description.is_live for found in selected):
                call.session.clock.poll(world)
            selected = self.selected(Observation(world, call.stale_seconds), call)
            query = to_page_query(request)
            if query.sort_by is not None:
                selected.sort(key=_SORT_KEYS[query.sort_by], reverse=query.descending)
            elif query.descending:
                selected.reverse()
            first = (query.page_number - 1) * query.page_size
            messages = [found.message() for found in selected[first : first + query.page_size]]
        for message in messages:
            _RESP_DATA[getattr(request, "resp_data", selector_pb2.FULL)](message)
        response: Callable[..., Message] = call.method.response
        items = call.method.response.DESCRIPTOR.fields[0].name
        return response(**{items: messages, "pagination": to_pagination(make_page(query, len(selected), (), ()))})

    def selected(self, look: Observation, call: Call) -> list[Resource]:
        """The resources that the request selects and the caller may see.

        Raises:
            InvalidRequest: a filter names something unknown.
        """
        request: Any = call.request
        require_known(request, self.message_type)
        seen = (found for found in look.all(self.collection) if self.is_seen(look, found.entity, call.caller))
        resources = (Resource(found, self.describe(look, found)) for found in seen)
        return [
            found
            for found in resources
            if is_selected(request, found.description.related, found.message) and self.is_wanted(request, found)
        ]


def _meta(observed: Observed, description: Description) -> meta_pb2.Meta:
    kind, uid = description.parent
    entity = observed.entity
    meta = meta_pb2.Meta(
        uid=entity.uid,
        name=entity.name,
        resource_version=str(observed.revision),
        parent_reference=meta_pb2.Reference(type=kind, version=PARENT_VERSION, uid=uid),
        resource_names=description.names,
    )
    meta.create_time.FromMicroseconds(observed.created_at_microseconds)
    meta.update_time.FromMicroseconds(observed.updated_at_microseconds)
    return meta


_SORT_KEYS: Mapping[SortBy, Callable[[Resource], Any]] = {
    SortBy.NAME: lambda found: found.observed.entity.name,
    SortBy.CREATED_AT: lambda found: found.observed.created_at_microseconds,
    SortBy.UPDATED_AT: lambda found: found.observed.updated_at_microseconds,
    SortBy.PHASE: lambda found: found.description.phase,
}


def _keep_all(_: Message) -> None:
    """Nothing is left out."""


def _keep_meta(message: Message) -> None:
    for descriptor in message.DESCRIPTOR.fields:
        if descriptor.name != "meta":
            message.ClearField(descriptor.name)


def _keep_index(message: Any) -> None:
    _keep_meta(message)
    message.meta.CopyFrom(meta_pb2.Meta(uid=message.meta.uid, name=message.meta.name, labels=message.meta.labels))


_RESP_DATA: Mapping[int, Callable[[Any], None]] = {
    selector_pb2.RESP_DATA_UNSPECIFIED: _keep_all,
    selector_pb2.INDEX: _keep_index,
    selector_pb2.LITE: _keep_meta,
    selector_pb2.FULL: _keep_all,
}
"""What is left of each record."""
