"""Each verb makes its call, or changes the world, as the step says."""

import pytest

from scenarios.running.runner import ScenarioRun

CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-prod, project: shop%s}"
TOKENS = """\
world:
  tokens:
    shop-only: {secret: s3cret, projects: [shop], account: acme}
"""


@pytest.fixture
def last(load):
    """Runs steps and returns what came of the last, with the run itself."""

    def run_steps(*steps: str, head: str = ""):
        text = f"version: 1\n{head}steps:\n" + "".join(f"  - {step}\n" for step in steps)
        with ScenarioRun(load(text)) as current:
            *before, result = current.steps()
            assert all(earlier.passed for earlier in before)
            return result, current

    return run_steps


def request(current):
    return current.simulator.calls[-1].request


def test_create_sends_all_that_the_step_has(last):
    result, current = last(CREATE % ", description: why, labels: {team: checkout}, annotations: {note: any text}")

    world = current.simulator.world
    assert result.passed
    assert request(current).namespace_id == world.namespaces["shop-prod"].uid
    assert request(current).project_id == world.projects["shop"].uid
    sent = request(current).restore
    assert sent.config.source_references.backup_id == world.backups["orders-backup"].uid
    assert (sent.meta.name, sent.meta.description) == ("copy", "why")
    assert (dict(sent.meta.labels), dict(sent.meta.annotations)) == ({"team": "checkout"}, {"note": "any text"})


@pytest.mark.parametrize(
    ("head", "step", "sent"),
    [
        ("", "{name: abc, backup: carts-backup, namespace: shop-staging}", ("carts-backup", "shop-staging", "shop")),
        (
            "defaults: {backup: carts-backup}\n",
            "{name: abc, namespace: shop-prod}",
            ("carts-backup", "shop-prod", "shop"),
        ),
        (
            "defaults: {backup: carts-backup, namespace: shop-prod, project: analytics}\n",
            "{name: abc, backup: events-backup, expect: {code: FAILED_PRECONDITION}}",
            ("events-backup", "shop-prod", "analytics"),
        ),
        (
            "defaults: {namespace: shop-prod, backup: orders-backup}\n",
            '{name: abc, namespace_id: "${b.namespaces.2.meta.uid}"}',
            ("orders-backup", "analytics-prod", "analytics"),
        ),
    ],
)
def test_create_takes_what_a_step_leaves_out_from_the_defaults_and_the_world(last, head, step, sent):
    sort = "{by: CREATED_AT, order: ASC}"
    result, current = last(f"list_namespaces: {{as: b, sort: {sort}}}", f"create: {step}", head=head)

    made, world = request(current), current.simulator.world
    assert result.passed, result.complaints
    assert made.restore.config.source_references.backup_id == world.backups[sent[0]].uid
    assert (made.namespace_id, made.project_id) == (world.namespaces[sent[1]].uid, world.projects[sent[2]].uid)


def test_what_can_no_longer_be_told_fails_the_step(last):
    namespace = "{namespaces: {extra: {cluster: east, projects: [shop, analytics]}}}"
    result, _ = last(f"change: {{add: {namespace}}}", "create: {name: abc, backup: orders-backup, namespace: extra}")

    assert result.complaints == ("gives no project; expected one of 'shop', 'analytics'",)


def test_identifiers_are_sent_as_they_are(last):
    result, current = last(
        "create: {name: copy, backup_id: b, namespace_id: n, project_id: '', expect: {code: INVALID_ARGUMENT}}"
    )

    assert result.passed
    assert request(current).namespace_id == "n"
    assert request(current).project_id == ""
    assert request(current).restore.config.source_references.backup_id == "b"


FAILED = (
    "create: {name: orders, backup: orders-backup, namespace: shop-prod, project: shop}",
    "advance_until: {restore: orders, phase: FAILED}",
)


def test_recreate_takes_namespace_and_project_from_the_failed_restore(last):
    result, current = last(*FAILED, "recreate: {restore: orders, name: again}")

    world = current.simulator.world
    assert result.summary.startswith("recreate again orders → INITIALIZING rst:")
    assert request(current).id == world.restores["orders"].uid
    assert (request(current).name, request(current).namespace_id) == ("again", world.namespaces["shop-prod"].uid)
    assert request(current).project_id == world.projects["shop"].uid


def test_recreate_may_go_elsewhere(last):
    result, current = last(*FAILED, "recreate: {restore: orders, name: again, namespace: shop-staging, project_id: p}")

    assert request(current).namespace_id == current.simulator.world.namespaces["shop-staging"].uid
    assert request(current).project_id == "p"
    assert result.complaints[0].startswith("expected code OK, found NOT_FOUND: project 'p' not found")


def test_recreate_of_an_identifier_sends_only_what_is_given(last):
    result, current = last("recreate: {restore_id: x, name: again, expect: {code: INVALID_ARGUMENT}}")

    assert result.passed
    assert (request(current).id, request(current).namespace_id, request(current).project_id) == ("x", "", "")


def test_get_asks_for_a_restore_or_an_identifier(last):
    found, _ = last(CREATE % "", "get: {restore: copy, as: seen}", "expect: {answer: seen, fields: {meta.name: copy}}")
    missing, current = last("get: {restore_id: 'rst:x', expect: {code: NOT_FOUND, message: 'rst:x'}}")

    assert found.summary.startswith("expect seen → INITIALIZING rst:")
    assert missing.summary.startswith("get rst:x → NOT_FOUND: ")
    assert request(current).id == "rst:x"


@pytest.mark.parametrize(
    ("key", "name", "field", "collection"),
    [
        ("tenant", "acme-engineering", "tenant_id", "tenants"),
        ("project", "shop", "project_id", "projects"),
        ("deployment", "orders", "data_service_deployment_id", "deployments"),
        ("backup", "orders-backup", "backup_id", "backups"),
    ],
)
def test_list_filters_by_name_or_identifier(last, key, name, field, collection):
    _, by_name = last(f"list: {{{key}: {name}}}")
    _, by_identifier = last(f"list: {{{key}_id: anything}}")

    assert request(by_name).WhichOneof("list_by") == field
    assert getattr(request(by_name), field) == getattr(by_name.simulator.world, collection)[name].uid
    assert getattr(request(by_identifier), field) == "anything"


def test_list_sorts_and_pages(last):
    result, current = last("list: {sort: {by: NAME, order: DESC}, page: {number: 2, size: 3}}")

    assert result.summary == "list → 0 of 0, page 2 of 0"
    assert request(current).WhichOneof("list_by") is None
    assert (request(current).sort.sort_by, request(current).sort.sort_order) == (1, 2)
    assert (request(current).pagination.page_number, request(current).pagination.page_size) == (2, 3)


def test_a_change_goes_behind_the_back_of_the_api(last):
    _, current = last("change: {delete_backup: orders-backup}", "change: {delete_deployment: carts}")
    _, lost = last("change: {lose_credentials: vault}")
    _, given = last("change: {lose_credentials: vault}", "change: {give_back_credentials: vault}")

    assert "orders-backup" not in current.simulator.world.backups.names()
    assert "carts" not in current.simulator.world.deployments.names()
    assert len(current.simulator.calls) == 0
    assert lost.simulator.world.backup_locations["vault"].credentials_valid is False
    assert given.simulator.world.backup_locations["vault"].credentials_valid is True


def test_a_deployment_that_a_restore_made_can_be_deleted(last):
    result, current = last(
        CREATE % "",
        "advance_until: {restore: copy, phase: SUCCESSFUL}",
        "change: {delete_deployment: '${copy.config.destination_references.data_service_deployment_id}'}",
    )

    assert result.passed
    assert "copy" not in current.simulator.world.deployments.names()


def test_a_change_of_what_is_not_there_any_more_fails(last):
    result, _ = last("change: {delete_backup: orders-backup}", "change: {delete_backup: orders-backup}")

    assert result.summary == "change delete backup orders-backup"
    assert result.complaints[0].startswith("no backup 'orders-backup'; did you mean ")


def test_expect_looks_at_a_restore_as_it_is_now_and_at_an_answer_as_it_was(last):
    now, _ = last(CREATE % "", "advance: 1s", "expect: {restore: copy, fields: {status.phase: PENDING}}")
    then, _ = last(CREATE % "", "advance: 1s", "expect: {answer: copy, fields: {status.phase: INITIALIZING}}")
    wrong, _ = last(CREATE % "", "advance: 1s", "expect: {answer: copy, fields: {status.phase: PENDING}}")

    assert now.passed
    assert then.passed
    assert wrong.complaints == ("status.phase: expected 'PENDING', found 'INITIALIZING'",)


def test_expect_looks_at_a_refusal_again(last):
    refused = "create: {name: x, backup_id: '', namespace_id: '', project_id: '', expect: {code: INVALID_ARGUMENT}}"

    again, _ = last(refused, "expect: {answer: x, code: INVALID_ARGUMENT, message: required}")
    needed, _ = last(refused, "expect: {restore: x}")

    assert again.summary.startswith("expect x → INVALID_ARGUMENT: ")
    assert needed.complaints[0].startswith("needs the answer 'x', but that is INVALID_ARGUMENT: ")


@pytest.mark.parametrize(
    ("keys", "metadata", "caller"),
    [
        ("token: shop-only", {"authorization": "Bearer [redacted]"}, "shop-only"),
        ("token: shop-only, bearer: other", {"authorization": "Bearer [redacted]"}, ""),
        ("token: shop-only, account: 'acc:other'", {"px-account-id": "acc:other"}, ""),
        ("bearer: s3cret", {"authorization": "Bearer [redacted]"}, "shop-only"),
        ("bearer: ''", {"authorization": "Bearer"}, ""),
        ("account: 'acc:x'", {"px-account-id": "acc:x"}, ""),
    ],
)
def test_a_call_is_made_with_the_token_secret_and_account_of_the_step(last, keys, metadata, caller):
    _, current = last(f"list: {{{keys}}}", head=TOKENS)

    call = current.simulator.calls[-1]
    assert metadata.items() <= {key: value.strip() for key, value in call.metadata}.items()
    assert call.caller == caller


def test_a_token_brings_its_account(last):
    _, current = last("list: {token: shop-only}", head=TOKENS)

    assert ("px-account-id", current.simulator.world.accounts["acme"].uid) in current.simulator.calls[-1].metadata


def test_a_restore_is_looked_at_with_the_token_with_which_it_was_made(last):
    result, current = last(CREATE % ", token: shop-only", "expect: {restore: copy}", head=TOKENS)

    assert result.passed
    assert current.simulator.calls[-1].caller == "shop-only"


def test_variables_are_filled_in_from_earlier_answers(last):
    result, current = last(
        CREATE % "",
        "list: {as: page}",
        "create: {name: other, backup_id: '${copy.config.source_references.backup_id}', namespace: shop-staging,"
        " project: shop, description: 'after ${copy.meta.name}, one of ${page.pagination.total_records}',"
        " labels: {team: '${page.restores.0.meta.name}'},"
        " expect: {fields: {meta.description: 'after ${copy.meta.name}, one of 1',"
        " status.phase: '${copy.status.phase}',"
        " meta.name: {one_of: ['${copy.meta.name}', other]}}}}",
    )

    assert result.complaints == ()
    assert request(current).restore.meta.description == "after copy, one of 1"
    assert dict(request(current).restore.meta.labels) == {"team": "copy"}


def test_an_expected_number_can_be_a_variable(last):
    expected = "pagination.total_records: '${page.pagination.total_records}'"

    result, _ = last(CREATE % "", "list: {as: page}", f"list: {{expect: {{fields: {{{expected}}}}}}}")

    assert result.complaints == ()


def test_a_variable_in_a_pattern_stands_for_its_text(last):
    result, _ = last(
        "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop, description: '(a*'}",
        "expect: {restore: copy, fields: {meta.description: {matches: '${copy.meta.description}'}}}",
    )

    assert result.complaints == ()


def test_a_pattern_that_a_variable_makes_too_large_fails_the_step(last):
    description = "y" * 100
    expected = f"meta.description: {{matches: '({'${copy.meta.description}' * 15}){{1000}}'}}"

    result, _ = last(
        CREATE % f", description: {description}", f"get: {{restore: copy, expect: {{fields: {{{expected}}}}}}}"
    )

    assert "yyy… is no regular expression: " in result.complaints[0]


def test_variables_that_make_too_much_text_fail_the_step(last):
    variable = "${copy.meta.annotations.note}"

    result, _ = last(CREATE % f", annotations: {{note: {'y' * 10_000}}}", f"get: {{restore_id: '{variable * 1_001}'}}")

    assert result.complaints == (f"{variable} makes a text of more than 10000000 characters",)


def test_a_variable_of_zero_is_zero(last):
    _, current = last("list: {as: page}", "get: {restore_id: 'n${page.pagination.total_records}'}")

    assert request(current).id == "n0"


@pytest.mark.parametrize("path", ["status.completed_at", "meta.labels.nobody", "status.started_at"])
def test_a_variable_of_nothing_fails_the_step(last, path):
    result, _ = last(CREATE % "", f"get: {{restore_id: '${{copy.{path}}}'}}")

    assert result.complaints == (f"needs {path} of the answer 'copy', but nothing is there",)


def test_an_alias_may_have_a_dot(last):
    result, _ = last(CREATE % ", as: a.b", "get: {restore: a.b}", "expect: {answer: a.b, fields: {meta.name: copy}}")

    assert result.passed
