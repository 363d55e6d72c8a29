"""A declared world is either refused as a whole, with all that is wrong, or nothing in it ends a call INTERNAL."""

import math
import typing
from collections.abc import Mapping
from dataclasses import fields, replace

import grpc
import pytest
from google.protobuf import empty_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import Constant, Deployment, InvalidWorld, Phase, Token, World, default_world
from fakes.world.entities import COLLECTIONS
from simulator import Simulator, faults
from simulator.api import RestoreServiceStub, restore_pb2

KINDS = {**COLLECTIONS, "tokens": Token}
FIELDS = [(collection, entry.name) for collection, kind in KINDS.items() for entry in fields(kind)]
TABLES = [entry.name for entry in fields(World) if entry.name not in KINDS]
SECRET = "s3cret"  # noqa: S105  # nobody's

WHOLE_NUMBERS = st.sampled_from([0, 1, -1, 2**63 - 1, 2**63, 10**400, -(10**400)])
FLOATS = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, 1e308, 5e-324])
TEXTS = st.text(max_size=3) | st.sampled_from(["orders", "shop", "east", "\n", "\u202e", "\ud800", "x" * 300])
OBJECTS = st.builds(object) | st.sampled_from(
    [None, Phase.PENDING, Phase.FAILED, Constant, Constant(1), Deployment("x", data_service="y"), Token, len, range(3)]
)
ONES = WHOLE_NUMBERS | FLOATS | TEXTS | OBJECTS | st.booleans() | st.binary(max_size=3)
ANYTHING = st.recursive(
    ONES,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.tuples(inner)
        | st.dictionaries(TEXTS | st.sampled_from(Phase), inner, max_size=2)
    ),
    max_leaves=4,
)


def declare(**changes):
    """The default world with changes, or None and the error that refuses them."""
    world = default_world()
    try:
        return World(**{entry.name: getattr(world, entry.name) for entry in fields(world)} | changes), None
    except InvalidWorld as refusal:
        return None, refusal


def places(refusal):
    """The collections and fields in which something is wrong."""
    assert str(refusal)
    assert SECRET not in str(refusal)
    return {(problem.collection, problem.field) for problem in refusal.problems}


def entities_with(collection, field, value):
    """The entities of a collection of the default world, the first with a value in a field."""
    if collection == "tokens":
        return [replace(Token("ci", secret=SECRET, projects=["shop"], account="acme"), **{field: value})]
    first, *others = getattr(default_world(), collection)
    return [replace(first, **{field: value}), *others]


def is_of_type(value, hint):
    """Whether a value is of the outer type that a field is annotated with."""
    origin = typing.get_origin(hint) or hint
    if isinstance(value, bool):
        return origin is bool
    return isinstance(value, int | float if origin is float else origin)


def require_sound(world):
    """Look at a world, and have restores made in it, without any error of the simulator."""
    with Simulator(world=world, strict=False, listen=False) as sim:
        stub = RestoreServiceStub(sim.channel())
        metadata = [("authorization", f"Bearer {token.secret}") for token in world.tokens]
        request = restore_pb2.CreateRestoreRequest(
            namespace_id=world.namespaces[0].uid,
            project_id=world.projects[0].uid,
            restore={
                "meta": {"name": "copy"},
                "config": {"source_references": {"backup_id": world.backups[0].uid}},
            },
        )
        for call, asked in (
            (stub.CreateRestore, request),
            (stub.ListRestores, restore_pb2.ListRestoresRequest()),
            (stub.GetRestorabilityMatrix, empty_pb2.Empty()),
        ):
            outcome = call.future(asked, metadata=metadata)
            assert outcome.code() not in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN), outcome.details()
        for cluster in world.clusters:
            sim.inject(faults.outage(60), cluster=cluster.uid, at=20)
        sim.advance(10_000_000)
        assert sim.errors == ()
        sim.timeline.to_json_lines().encode()


@pytest.mark.parametrize(("collection", "field"), FIELDS)
@settings(max_examples=15)
@given(value=ANYTHING)
def test_a_value_of_the_wrong_type_in_any_field_is_told_with_its_place(collection, field, value):
    hint = typing.get_type_hints(KINDS[collection])[field]
    entities = entities_with(collection, field, value)

    world, refusal = declare(**{collection: entities})

    assert is_of_type(value, hint) or (collection, field) in places(refusal)
    if world is not None:
        require_sound(world)


@pytest.mark.parametrize("table", [*KINDS, *TABLES])
@settings(max_examples=15)
@given(value=ANYTHING)
def test_a_value_of_the_wrong_type_in_the_place_of_a_table_is_told(table, value):
    world, refusal = declare(**{table: value})

    can_be = isinstance(value, Mapping | None) if table in TABLES else isinstance(value, list | tuple | range)
    assert can_be or (table, "") in places(refusal)
    if world is not None and world.namespaces and world.projects and world.backups:
        require_sound(world)


@settings(max_examples=15)
@given(values=st.lists(st.tuples(st.sampled_from(FIELDS), ANYTHING), min_size=2, max_size=6))
def test_all_that_is_wrong_is_told_at_once(values):
    wrong = {}
    for (collection, field), value in values:
        if not is_of_type(value, typing.get_type_hints(KINDS[collection])[field]):
            wrong.setdefault(collection, {})[field] = value
    changes = {}
    for collection, broken in wrong.items():
        changes[collection] = entities_with(collection, *next(iter(broken.items())))
        changes[collection][0] = replace(changes[collection][0], **broken)

    world, refusal = declare(**changes)

    assert (world is None) == bool(wrong)
    if wrong:
        assert {(collection, field) for collection, broken in wrong.items() for field in broken} <= places(refusal)


def test_every_field_of_every_entity_says_how_it_is_checked():
    every = [entry for kind in KINDS.values() for entry in fields(kind)]

    assert [entry.name for entry in every if "check" not in entry.metadata] == []
