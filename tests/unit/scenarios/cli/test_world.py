"""``pds-sim world`` shows what there is at first, with the uids that calls take."""

import json

import pytest

from fakes.world.entities import COLLECTIONS

DEFAULT = {
    "accounts": ["acme"],
    "tenants": ["acme-engineering"],
    "projects": ["shop", "analytics"],
    "clusters": ["east", "west"],
    "backup_locations": ["vault"],
    "namespaces": ["shop-prod", "shop-staging", "analytics-prod"],
    "deployments": ["orders", "carts", "events"],
    "backups": [
        *("orders-backup", "carts-backup", "events-backup"),
        *("orders-running-backup", "events-failed-backup", "orders-legacy-backup"),
    ],
}


def test_json_has_every_entity_with_the_uid_that_a_simulator_gives_it(pds_sim, sim):
    outcome = pds_sim("world", "--json")

    shown = json.loads(outcome.stdout)
    assert {collection: list(entities) for collection, entities in shown.items()} == DEFAULT
    assert {
        (collection, name, entity["uid"]) for collection, entities in shown.items() for name, entity in entities.items()
    } == {
        (collection, entity.name, entity.uid)
        for collection in COLLECTIONS
        for entity in getattr(sim.world, collection).values()
    }


def test_json_tells_what_else_there_is_to_know(pds_sim, sim):
    shown = json.loads(pds_sim("world", "--json").stdout)

    backup = shown["backups"]["orders-running-backup"]
    assert backup["deployment"] == sim.world.deployments["orders"].uid
    assert (backup["size_bytes"], backup["state"]) == (10 * 1024**3, "in progress")
    assert backup["capabilities"] == {"backup": "v2"}
    assert shown["namespaces"]["shop-prod"]["projects"] == [sim.world.projects["shop"].uid]
    assert shown["clusters"]["west"]["capacity"] == 2


def test_the_table_has_every_name_and_uid_on_a_line(pds_sim, sim):
    outcome = pds_sim("world")

    assert outcome.exit_code == 0
    lines = [line.split() for line in outcome.stdout.splitlines()]
    for collection, names in DEFAULT.items():
        for name in names:
            uid = getattr(sim.world, collection)[name].uid
            assert len([words for words in lines if name in words and uid in words]) == 1


@pytest.mark.parametrize(
    "about",
    [
        "4 restores at once, 200 MiB/s",
        "on west, assigned to analytics",
        "Kafka in analytics-prod",
        "of orders in vault, 10 GiB, in progress, backup v2",
        "of orders in vault, 10 GiB, completed, backup v1",
    ],
)
def test_the_table_tells_what_the_default_world_is_like(pds_sim, about):
    assert about in pds_sim("world").stdout


def test_the_world_of_a_scenario_is_shown(pds_sim, write):
    file = write(
        "version: 1\nworld: {base: empty, accounts: {only: {}}, tenants: {t: {}}, clusters: {c: {durations:"
        " {PENDING: 1s}}}, namespaces: {n: {}}}"
    )

    table = pds_sim("world", "--scenario", file).stdout
    shown = json.loads(pds_sim("world", "--json", "--scenario", file).stdout)

    assert "on c, assigned to no project" in table
    assert {collection: list(entities) for collection, entities in shown.items() if entities} == {
        "accounts": ["only"],
        "tenants": ["t"],
        "clusters": ["c"],
        "namespaces": ["n"],
    }


def test_names_are_shown_as_they_are_and_never_cut(pds_sim, write):
    long, markup = "a" * 255, "[/bold] [red] :smile:"
    file = write(
        f"version: 1\nworld: {{base: empty, accounts: {{{long}: {{uid: '{'u' * 500}'}}, '{markup}': {{uid: x}}}}}}"
    )

    outcome = pds_sim("world", "--scenario", file)

    assert outcome.exit_code == 0
    assert f" {long} " in outcome.stdout
    assert f" {'u' * 500}\n" in outcome.stdout
    assert f" {markup} " in outcome.stdout


def test_a_wrong_scenario_ends_with_2(pds_sim, wrong):
    outcome = pds_sim("world", "--scenario", wrong)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"{wrong}:3:5: steps[0].advanc: is no key here")


def test_lines_of_a_pipe_do_not_end_in_blanks(pds_sim):
    lines = pds_sim("world").stdout.splitlines()

    assert lines == [line.rstrip() for line in lines]


def test_one_of_several_cases_has_to_be_named(pds_sim, cases):
    unnamed = pds_sim("world", "--scenario", cases)
    named = pds_sim("world", "--json", "--scenario", cases, "--case", "large")

    assert (unnamed.exit_code, unnamed.stdout) == (2, "")
    assert "has several cases; expected one of 'small', 'large'; --case NAME says which" in unnamed.stderr
    assert json.loads(named.stdout)["accounts"]["only"]["uid"] == "many"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--case", "x"], "--case: there is no --scenario that it could be one of\n"),
        (["--scenario", "cases", "--case", "smal"], "has no case 'smal'; did you mean 'small'?\n"),
        (["--scenario", "faults"], "expected one, such as"),
    ],
)
def test_a_case_or_a_scenario_that_is_none_ends_with_2(pds_sim, arguments, message):
    outcome = pds_sim("world", *arguments)

    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert message in outcome.stderr
