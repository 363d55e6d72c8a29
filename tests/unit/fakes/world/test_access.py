"""A caller sees the projects of their token; without tokens everybody sees everything."""

from fakes import ANYBODY, Caller


def test_anybody_sees_every_project():
    assert ANYBODY.sees("prj:shop")


def test_a_caller_sees_their_projects_and_no_others():
    caller = Caller("alice", frozenset({"prj:shop"}))

    assert caller.sees("prj:shop")
    assert not caller.sees("prj:analytics")


def test_a_caller_without_projects_sees_nothing():
    assert not Caller("bob", frozenset()).sees("prj:shop")
