"""What can be expected of an answer, and what can't."""

import pytest

PLAIN = "expected a text, a number, true or false"
VALUE = "expected a text, a number, true, false, or a mapping with present, matches, at, one_of"


@pytest.mark.parametrize(
    ("expectation", "problem"),
    [
        ("{code: ▸NOTFOUND}", "code: 'NOTFOUND' is no status code; did you mean 'NOT_FOUND'?"),
        ("{code: ▸5}", "code: 5 is no status code; expected one of 'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT'"),
        ("{▸cod: OK}", "cod: is no key here; did you mean 'code'?"),
        ("{message: ▸[a]}", "message: is a list; expected a text"),
        ("{violations: ▸[a]}", "violations: is a list; expected a mapping"),
        ("{violations: {a: ▸1}}", "violations.a: is 1; expected a text"),
        ("{names: ▸a}", "names: is 'a'; expected a list"),
        ("{fields: ▸[a]}", "fields: is a list; expected a mapping"),
        ("{fields: {status.phase: ▸[]}}", f"fields.status.phase: is an empty list; {VALUE}"),
        ("{fields: {status.phase: ▸~}}", f"fields.status.phase: is nothing; {VALUE}"),
        (
            "{fields: {status.phase: {▸presnt: true}}}",
            "fields.status.phase.presnt: is no key here; did you mean 'present'?",
        ),
        (
            "{fields: {status.phase: {present: ▸yes}}}",
            "fields.status.phase.present: is 'yes'; expected true or false",
        ),
        ("{fields: {meta.name: {one_of: ▸a}}}", "fields.meta.name.one_of: is 'a'; expected a list"),
        ("{fields: {meta.name: {one_of: [a, ▸[b]]}}}", f"fields.meta.name.one_of[1]: is a list; {PLAIN}"),
        ("{fields: {meta.name: {one_of: [▸~]}}}", f"fields.meta.name.one_of[0]: is nothing; {PLAIN}"),
        ("{fields: {meta.name: {matches: ▸'('}}}", "fields.meta.name.matches: '(' is no regular expression: "),
        (
            "{fields: {meta.name: {matches: ▸'(a)(?=b)'}}}",
            "fields.meta.name.matches: '(a)(?=b)' is no regular expression: ",
        ),
        ("{fields: {meta.name: {matches: ▸7}}}", "fields.meta.name.matches: is 7; expected a text"),
        ("{fields: {meta.create_time: {at: ▸soon}}}", "fields.meta.create_time.at: 'soon' is no duration; expected"),
        (
            "{fields: {meta.create_time: {at: ▸9999999d}}}",
            "fields.meta.create_time.at: '9999999d' is too long; expected",
        ),
    ],
)
def test_what_is_wrong_with_an_expectation_is_told_with_its_place(problem_at_mark, expectation, problem):
    text = f"version: 1\nsteps:\n  - list: {{expect: {expectation}}}"

    assert problem_at_mark(text).startswith(f"steps[0].list.expect.{problem}")


def test_a_pattern_that_is_nested_too_deep_is_refused(problem_at_mark):
    text = f"version: 1\nsteps:\n  - list: {{expect: {{fields: {{meta.name: {{matches: ▸'{'(' * 20_000}'}}}}}}}}"

    assert "is no regular expression" in problem_at_mark(text)
