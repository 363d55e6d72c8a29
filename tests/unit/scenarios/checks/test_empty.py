"""An expectation that expects nothing is reported."""

import pytest

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"


@pytest.mark.parametrize(
    ("step", "warning"),
    [
        (
            "get: {restore: copy, expect: {fields: ▸{}}}",
            "get.expect.fields: expects nothing; expected at least one ",
        ),
        ("expect: {restore: copy, fields: ▸{}}", "expect.fields: expects nothing; expected at least one field"),
        (
            "expect: {answer: copy, fields: {meta.name: ▸{}}}",
            "expect.fields.meta.name: expects nothing; expected at least one of present, matches, at, one_of",
        ),
    ],
)
def test_an_empty_expectation(warning_at_mark, step, warning):
    found = warning_at_mark(f"version: 1\nsteps:\n  - {CREATE}\n  - {step}")

    assert found.startswith(f"steps[1].{warning}")


def test_an_expectation_of_a_page_without_restores_is_one(warnings_in):
    assert warnings_in("version: 1\nsteps:\n  - list: {expect: {names: []}}") == []
