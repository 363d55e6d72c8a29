"""An alias without references is reported, unless it keeps two answers apart."""

import pytest

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop}"


@pytest.mark.parametrize(
    "steps",
    [
        ["list: {as: ▸page}"],
        ["matrix: {as: ▸conditions}", "list:"],
        [CREATE.replace("copy,", "copy, as: ▸first,"), "list: {expect: {names: [copy]}}"],
        ["repeat: {times: 2, steps: [{list: {as: ▸'page-${index}'}}]}"],
    ],
)
def test_an_alias_that_nobody_refers_to(warning_at_mark, steps):
    text = "\n".join(["version: 1", "steps:", *(f"  - {step}" for step in steps)])

    assert ".as: no step refers to the answer '" in warning_at_mark(text)


@pytest.mark.parametrize(
    "steps",
    [
        [CREATE.replace("copy,", "copy, as: first,"), "get: {restore: first}"],
        ["list: {as: page}", "expect: {answer: page}"],
        [CREATE, "list: {as: page}", 'get: {restore_id: "${page.restores.0.meta.uid}"}'],
        [CREATE, CREATE.replace("copy,", "copy, as: twin, expect: {code: ALREADY_EXISTS},")],
        ["repeat: {times: 2, steps: [{list: {as: 'page-${index}'}}, {expect: {answer: 'page-${index}'}}]}"],
        ["repeat: {times: 2, steps: [{list: {as: 'page-${index}'}}]}", "expect: {answer: page-2}"],
    ],
)
def test_an_alias_that_has_its_use(run, warnings_in, steps):
    text = "\n".join(["version: 1", "steps:", *(f"  - {step}" for step in steps)])

    assert all(result.passed for result in run(text))
    assert warnings_in(text) == []
