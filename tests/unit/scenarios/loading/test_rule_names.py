"""A name that is given to a rule is that of one rule at a time."""

import pytest

TAKEN = "name: another rule has the name 'busy'; expected a name of its own, or none"
RULE = "{name: busy, method: GetRestore, error: }"
WRONG_RULE = "{name: ▸busy, method: ListRestores, error: }"
MATRIX = "{matrix: }"


def text_of(*steps, faults=(RULE,)):
    lines = ["version: 1", "faults:", *(f"  - {rule}" for rule in faults)]
    return "\n".join([*lines, "steps:", *(f"  - {step}" for step in steps)])


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (text_of("matrix:", faults=[RULE, WRONG_RULE]), "faults[1]"),
        (text_of(f"inject: {WRONG_RULE}"), "steps[0].inject"),
        (text_of("open: holds", f"inject: {WRONG_RULE}", faults=["{name: holds, gate: }", RULE]), "steps[1].inject"),
        (text_of(f"repeat: {{times: 2, steps: [{{inject: {WRONG_RULE}}}]}}"), "steps[0].repeat.steps[0].inject"),
        (
            text_of(
                f"parallel: [{{steps: [{{inject: {RULE}}}]}}, {{steps: [{{inject: {WRONG_RULE}}}]}}]",
                faults=["{hang: }"],
            ),
            "steps[0].parallel[1].steps[0].inject",
        ),
    ],
)
def test_a_second_rule_of_a_name_is_refused(problem_at_mark, text, path):
    assert problem_at_mark(text) == f"{path}.{TAKEN}"


@pytest.mark.parametrize(
    "text",
    [
        text_of("matrix:", faults=["{method: GetRestore, error: }"] * 2),
        text_of("remove: busy", f"inject: {RULE}"),
        text_of(f"repeat: {{times: 2, steps: [{{inject: {RULE}}}]}}", faults=["{hang: }"]),
        text_of(f"repeat: {{times: 2, steps: [{{remove: busy}}, {{inject: {RULE}}}]}}"),
        text_of(
            "repeat: {times: 2, steps: [{inject: {name: 'r-${index}', hang: }}]}",
            "repeat: {times: 2, steps: [{inject: {name: 'r-${index}', gate: }}]}",
        ),
    ],
    ids=["unnamed", "removed", "repeated", "removed each time", "unknown"],
)
def test_a_name_may_come_again(load, text):
    assert load(text)
