"""The Kubernetes resource of a restore has a valid name, whatever people call the restore."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes import derive_uid
from fakes.lifecycle.restores import custom_resource_name

UID = "rst:0b8e2fd1-7c3a-4a52-9d0e-3f6f2f1f6a77"
RFC_1123_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders", "restore-orders-0b8e2fd1"),
        ("Orders Copy_2", "restore-orders-copy-2-0b8e2fd1"),
        ("a - b", "restore-a-b-0b8e2fd1"),
        ("--orders--", "restore-orders-0b8e2fd1"),
        ("x" * 63, f"restore-{'x' * 46}-0b8e2fd1"),
        (f"{'x' * 45} {'y' * 17}", f"restore-{'x' * 45}-0b8e2fd1"),
        ("läden", "restore-l-den-0b8e2fd1"),
        ("订单", "restore-0b8e2fd1"),
        ("", "restore-0b8e2fd1"),
    ],
)
def test_the_name_is_built_from_name_and_short_id(name, expected):
    assert custom_resource_name(name, UID) == expected


@settings(max_examples=300)
@given(name=st.text(max_size=300) | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_ -]{1,61}[A-Za-z0-9]", fullmatch=True))
@example(name="İ" * 63)
@example(name=f"{'x' * 45}{'-' * 18}")
def test_the_name_is_a_valid_kubernetes_name_whatever_the_restore_is_called(name):
    made = custom_resource_name(name, derive_uid("restore", name))

    assert re.fullmatch(RFC_1123_LABEL, made)
    assert len(made) <= 63
    assert made.startswith("restore-")


def test_restores_of_the_same_name_have_different_resources():
    uids = [derive_uid("restore", str(number)) for number in range(100)]

    assert len({custom_resource_name("orders", uid) for uid in uids}) == 100
