"""A refusal says what was asked for, what was found and what would have been accepted."""

import pytest

from fakes.world.errors import AccessDenied, AlreadyExists, NotFound, PreconditionsFailed, Violation, WorldError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NotFound("backup", "bkp:1"), "backup 'bkp:1' not found"),
        (NotFound("backup", "prj:1", "that is the uid of a project"),
         "backup 'prj:1' not found: that is the uid of a project"),
        (AccessDenied("alice", "source", "prj:1", "shop"),
         "'alice' has no access to the source project 'shop' (prj:1)"),
        (PreconditionsFailed([Violation("A", "x", "one"), Violation("B", "y", "two")]), "one; two"),
        (AlreadyExists("restore", "copy", "rst:1", "namespace 'prod'"),
         "a live restore named 'copy' (rst:1) exists in namespace 'prod'"),
    ],
)  # fmt: skip
def test_an_error_reads_as_a_sentence(error, text):
    assert str(error) == text
    assert isinstance(error, WorldError)
