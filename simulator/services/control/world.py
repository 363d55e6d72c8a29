"""Shows what exists in a session, and changes it behind the API's back."""

from __future__ import annotations

from typing import Any

from fakes.world.entities import COLLECTIONS
from simulator.api import control_pb2
from simulator.documents.changes import ChangeDocument
from simulator.documents.plain import plain_entity
from simulator.documents.reading import read_document
from simulator.rpc.field_rules import WORLD_KINDS
from simulator.services.control.conversions import as_json, from_struct, to_events
from simulator.services.control.errors import violations_under
from simulator.services.control.host import ControlHost
from simulator.services.conversions import to_restore


def get_world(host: ControlHost, request: control_pb2.GetWorldRequest) -> control_pb2.World:
    """Show what exists."""
    kinds = request.kinds or WORLD_KINDS
    with host.sessions.get(request.session).session as world:
        message = control_pb2.World()
        message.now.FromMicroseconds(world.environment.now_microseconds)
        entities: dict[str, Any] = {
            collection: {name: plain_entity(entity) for name, entity in world.collection(collection).items()}
            for collection in COLLECTIONS
            if collection in kinds
        }
        if "restores" in kinds:
            entities["restores"] = {name: as_json(to_restore(restore)) for name, restore in world.restores.items()}
        message.entities.update(entities)
    return message


def change_world(host: ControlHost, request: control_pb2.ChangeWorldRequest) -> control_pb2.ChangeWorldResponse:
    """Change the world."""
    hosted = host.sessions.get(request.session)
    plain = from_struct(request.change)
    with violations_under("change"):
        change = read_document(ChangeDocument, plain)
    with hosted.session as world:
        last_before = world.timeline.last_number
        with violations_under("change" if change.add is None else "change.add"):
            change.apply(world)
        hosted.interventions.add(hosted.session, "change", plain)
        return control_pb2.ChangeWorldResponse(happened=to_events(world.timeline.after(last_before)))
