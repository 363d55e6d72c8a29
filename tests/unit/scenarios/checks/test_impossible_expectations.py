"""A step is called hopeless only when it is: each of these warnings is held against a run, in which the step fails."""

import pytest

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop%s}"
REFUSED = "create: {name: bad, backup: orders-backup, namespace_id: x, project: shop, expect: {code: NOT_FOUND}}"


@pytest.mark.parametrize(
    ("step", "warning"),
    [
        (
            "list: {expect: {violations: ▸{a: b}}}",
            "list.expect.violations: can never hold: the code OK, which is expected, comes without",
        ),
        (
            "get: {restore: copy, expect: {message: ▸done}}",
            "get.expect.message: can never hold: the code OK, which is expected, comes without",
        ),
        (
            "list: {expect: {code: ▸NOT_FOUND}}",
            "list.expect.code: can never hold: no rule lets ListRestores end with NOT_FOUND; besides OK it can be",
        ),
        (
            "matrix: {expect: {code: ▸UNAVAILABLE}}",
            "matrix.expect.code: can never hold: no rule lets GetRestorabilityMatrix end with UNAVAILABLE; it can",
        ),
        (
            "expect: {restore: copy, code: ▸UNAUTHENTICATED}",
            "expect.code: can never hold: no rule lets GetRestore end with UNAUTHENTICATED; besides OK it can be",
        ),
        (
            "expect: {answer: copy, code: ▸NOT_FOUND}",
            "expect.code: can never hold: NOT_FOUND is expected of an answer that was expected to be OK",
        ),
        (
            "list: {page: {size: 1}, expect: {names: ▸[copy, other]}}",
            "list.expect.names: can never hold: 2 names are expected on a page of 1",
        ),
    ],
)
def test_codes_and_names_that_no_answer_can_have(hopeless, step, warning):
    assert hopeless(step).startswith(f"steps[1].{warning}")


@pytest.mark.parametrize(
    ("field", "warning"),
    [
        ("meta.resource_version: ▸1", 'meta.resource_version: can never hold: it is a text, not 1; did you mean "1"?'),
        ("meta.name: ▸true", 'meta.name: can never hold: it is a text, not true; did you mean "true"?'),
        ("meta.labels.team: ▸1", 'meta.labels.team: can never hold: it is a text, not 1; did you mean "1"?'),
        (
            "status.phase: ▸1",
            "status.phase: can never hold: it is one of Phase, not 1; expected one of 'PHASE_UNSPECIFIED', ",
        ),
        (
            "meta.create_time: ▸2025-01-01T00:00:00Z",
            "meta.create_time: can never hold: it is a time, read as 2025-01-01T00:00:03.000000Z; '2025-",
        ),
        (
            "meta.name: {one_of: ▸[]}",
            "meta.name.one_of: can never hold: none of nothing can be found; expected at least one value",
        ),
        (
            "status.phase: {one_of: [▸INITIALISING]}",
            "status.phase.one_of[0]: can never be found: it is one of Phase, not 'INITIALISING'; did you mean 'INITIA",
        ),
        (
            "status.phase: {matches: ▸INITIALISING}",
            "status.phase.matches: can never hold: it is one of Phase; did you mean 'INITIALIZING'?",
        ),
        ("status.phase: {at: ▸0s}", "status.phase.at: can never hold: it is one of Phase, not a time"),
        ("meta.name: {at: ▸0s}", "meta.name.at: can never hold: it is a text, not a time"),
        (
            "status.completed_at: {present: ▸false, at: 0s}",
            "status.completed_at.present: can never hold together with 'at', which needs something to be there",
        ),
        (
            "status.error_message: {present: ▸false, matches: .+, one_of: [a]}",
            "status.error_message.present: can never hold together with 'matches and one_of', which needs",
        ),
        (
            "status.error_code: {present: ▸false, one_of: [RESTORE_INTERNAL_ERROR]}",
            "status.error_code.present: can never hold together with 'one_of'",
        ),
    ],
)
def test_values_that_a_field_can_not_have(hopeless, field, warning):
    found = hopeless(f"get: {{restore: copy, expect: {{fields: {{{field}}}}}}}")

    assert found.startswith(f"steps[1].get.expect.fields.{warning}")


@pytest.mark.parametrize(
    ("field", "warning"),
    [
        ("pagination.total_records: ▸'1'", "can never hold: it is a number, not '1'; did you mean 1 without quotes?"),
        ("pagination.total_records: ▸one", "can never hold: it is a number, not 'one'"),
    ],
)
def test_numbers_are_no_texts(hopeless, field, warning):
    found = hopeless(f"list: {{expect: {{fields: {{{field}}}}}}}")

    assert found == f"steps[1].list.expect.fields.pagination.total_records: {warning}"


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        (
            "{status.phase: INITIALIZING, status.error_code: ▸RESTORE_INTERNAL_ERROR}",
            "status.error_code: can never hold: a restore that is INITIALIZING has none",
        ),
        (
            "{status.phase: {one_of: [INITIALIZING, PENDING]}, status.error_message: ▸{matches: .+}}",
            "status.error_message: can never hold: a restore that is INITIALIZING or PENDING has none",
        ),
        (
            "{status.phase: {matches: INIT.*}, status.completed_at: ▸{present: true}}",
            "status.completed_at: can never hold: a restore that is INITIALIZING has none",
        ),
        (
            "{status.phase: PENDING, status.started_at: ▸{at: 3s}}",
            "status.started_at: can never hold: a restore that is PENDING has none",
        ),
        (
            "{status.phase: SUCCESSFUL, status.completed_at: ▸{present: false}}",
            "status.completed_at: can never hold: a restore that is SUCCESSFUL always has one",
        ),
        (
            "{status.phase: FAILED, status.error_code: ▸{present: false}}",
            "status.error_code: can never hold: a restore that is FAILED always has one",
        ),
    ],
)
def test_fields_that_do_not_go_with_a_phase(hopeless, fields, warning):
    found = hopeless(f"expect: {{restore: copy, fields: {fields}}}")

    assert found == f"steps[1].expect.fields.{warning}"


def test_fields_of_listed_restores_are_held_against_the_phase_beside_them(hopeless):
    found = hopeless(
        "list: {expect: {fields: {restores.0.status.phase: PENDING, restores.0.status.completed_at: ▸{at: 1s}}}}"
    )

    assert found.endswith("restores.0.status.completed_at: can never hold: a restore that is PENDING has none")


@pytest.mark.parametrize("clock", ["manual", "on_poll"])
@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ("{status.phase: ▸PENDING}", "status.phase: can never hold: a new restore is INITIALIZING until time passes"),
        (
            "{status.started_at: ▸{at: 3s}}",
            "status.started_at: can never hold: a restore that is INITIALIZING has none",
        ),
    ],
)
def test_a_new_restore_is_in_its_first_phase(hopeless, clock, fields, warning):
    found = hopeless(CREATE % f", expect: {{fields: {fields}}}", top=f"clock: {clock}", before=())

    assert found == f"steps[0].create.expect.fields.{warning}"


@pytest.mark.parametrize(
    "step",
    [
        "get: {restore: ▸bad, expect: {}}",
        "expect: {restore: ▸bad}",
        "advance_until: {restore: ▸bad, phase: FAILED}",
        "recreate: {restore: ▸bad, name: again, project: shop, namespace: shop-staging}",
        'list: {deployment_id: ▸"${bad.config.destination_references.data_service_deployment_id}"}',
    ],
)
def test_a_call_that_failed_left_nothing_to_go_on_with(hopeless, step):
    found = hopeless(step, before=(REFUSED,))

    assert found.endswith(": can never be had: the call 'bad' is expected to end with NOT_FOUND")


@pytest.mark.parametrize(
    ("top", "steps"),
    [
        # rules that let calls end like that
        ("faults: [{method: List*, error: {code: NOT_FOUND}}]", ["list: {expect: {code: NOT_FOUND}}"]),
        ("", ["inject: {error: {code: ABORTED}}", "matrix: {expect: {code: ABORTED}}"]),
        ("faults: [{hang: }]", ["list: {expect: {code: DEADLINE_EXCEEDED}}"]),
        ("faults: [{lose_response: }]", ["list: {expect: {code: UNAVAILABLE, message: broke}}"]),
        ("faults: [{rate_limit: {per_second: 1}}]", ["list:", "list: {expect: {code: RESOURCE_EXHAUSTED}}"]),
        # a world with tokens, and a call that is too large for gRPC itself
        ("world: {tokens: {ci: {secret: s, projects: [shop]}}}", ["list: {expect: {code: UNAUTHENTICATED}}"]),
        ("", [f"list: {{bearer: {'x' * 20_000}, expect: {{code: RESOURCE_EXHAUSTED}}}}"]),
        # an injected fault in the first phase
        ("faults: [{phase: INIT*, fail: }]", [CREATE % ", expect: {fields: {status.phase: FAILED}}"]),
        # what is not there has a text of its own, and a variable may be anything
        ("", [CREATE % ", expect: {fields: {status.error_message: {present: false, matches: .*}}}"]),
        ("", [CREATE % ", expect: {fields: {status.error_code: ERROR_CODE_UNSPECIFIED}}"]),
        (
            "",
            [
                CREATE % "",
                "get: {restore: copy, expect: {fields: {status.phase: {one_of: ['${copy.status.phase}']}}}}",
                "expect: {restore: copy, fields: {meta.name: {matches: '${copy.meta.name}'}}}",
            ],
        ),
        ("", [CREATE % ", labels: {status.phase: FAILED}, expect: {fields: {meta.labels.status.phase: FAILED}}"]),
        # an answer that is known to be an error, looked at again; and a name that is used again
        ("", [REFUSED, "expect: {answer: bad, code: NOT_FOUND}"]),
        ("", [REFUSED, CREATE % ", as: bad", "get: {restore: bad}"]),
    ],
)
def test_what_can_be_is_not_warned_of_and_a_run_shows_it(run, warnings_in, top, steps):
    text = "\n".join(["version: 1", *filter(None, [top]), "steps:", *(f"  - {step}" for step in steps)])

    assert [complaint for result in run(text) for complaint in result.complaints] == []
    assert warnings_in(text) == []
