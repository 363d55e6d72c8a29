"""The world of a scenario: on top of the default world or of nothing, with the names and units of people."""

import pytest

from fakes import GIB, MIB, BackupState, Condition, Constant, Exponential, LogNormal, Normal, Phase, Uniform
from fakes import default_world as make_default_world
from simulator import World


@pytest.fixture
def world_of(load):
    def make(text) -> World:
        lines = "".join(f"  {line}\n" for line in text.splitlines())
        return load(f"version: 1\nworld:\n{lines}").world

    return make


def by_name(entities):
    return {entity.name: entity for entity in entities}


def test_what_is_not_given_stays_as_in_the_default_world(world_of):
    default = make_default_world()

    world = world_of("clusters:\n  east: {capacity: 1}")

    east = by_name(world.clusters)["east"]
    assert (east.capacity, east.bandwidth_bytes_per_second) == (1, 200 * MIB)
    assert east.uid == by_name(default.clusters)["east"].uid
    assert by_name(world.clusters)["west"] == by_name(default.clusters)["west"]
    assert world.backups == default.backups


def test_entities_are_added_to_the_default_world(world_of):
    world = world_of("namespaces:\n  new: {cluster: west, projects: [shop, analytics]}\ntenants:\n  second: {}")

    assert [namespace.name for namespace in world.namespaces] == ["shop-prod", "shop-staging", "analytics-prod", "new"]
    west, projects = by_name(world.clusters)["west"], by_name(world.projects)
    assert by_name(world.namespaces)["new"].cluster == west.uid
    assert by_name(world.namespaces)["new"].projects == (projects["shop"].uid, projects["analytics"].uid)


def test_what_refers_to_an_entity_of_the_default_world_follows_when_its_uid_is_given(world_of):
    world = world_of(
        "clusters: {west: {uid: 'clu:mine'}}\nprojects: {shop: {uid: 'prj:mine'}}\naccounts: {acme: {uid: 'acc:mine'}}"
    )

    assert by_name(world.clusters)["west"].uid == "clu:mine"
    staging = by_name(world.namespaces)["shop-staging"]
    assert (staging.cluster, staging.projects) == ("clu:mine", ("prj:mine",))
    assert {deployment.name for deployment in world.deployments if deployment.project == "prj:mine"} == {
        "orders",
        "carts",
    }
    assert world.tenants[0].account == "acc:mine"


def test_an_empty_base_has_nothing_but_what_is_given(world_of):
    world = world_of("base: empty\naccounts:\n  only: {}")

    assert [account.name for account in world.accounts] == ["only"]
    assert (world.tenants, world.clusters, world.backups) == ((), (), ())


def test_a_world_of_ones_own_needs_no_references_where_only_one_could_be_meant(world_of):
    world = world_of(
        "base: empty\naccounts: {a: {}}\ntenants: {t: {}}\nprojects: {p: {}}\nbackup_locations: {l: {}}\n"
        "clusters: {c: {bandwidth: 10MiB/s}}\nnamespaces: {n: {projects: [p]}}\n"
        "deployments: {d: {data_service: MySQL}}\nbackups: {b: {size: 2GiB}}"
    )

    [backup], [deployment], [cluster] = world.backups, world.deployments, world.clusters
    assert (backup.deployment, backup.location) == (deployment.uid, world.backup_locations[0].uid)
    assert (backup.size_bytes, backup.capabilities, backup.state) == (2 * GIB, {"backup": "v2"}, BackupState.COMPLETED)
    assert (deployment.project, deployment.image_capabilities) == (world.projects[0].uid, {"pds_restore": "v1"})
    assert (cluster.capacity, cluster.bandwidth_bytes_per_second) == (4, 10 * MIB)
    assert world.matrix == {"MySQL": (Condition({"backup": "v2"}, {"pds_restore": "v1"}),)}


def test_every_field_of_an_entity_has_a_key(world_of):
    world = world_of(
        "backup_locations:\n"
        "  vault: {credentials_valid: false}\n"
        "deployments:\n"
        "  ledger: {namespace: shop-prod, project: shop, data_service: MySQL, image: 'mysql:8', uid: 'dep:l',\n"
        "    image_capabilities: {pds_restore: v3}}\n"
        "backups:\n"
        "  ledger-backup: {deployment: ledger, location: vault, size: 3GB, state: in progress, cloudsnap: 'snp:l',\n"
        "    capabilities: {backup: v9}}\n"
    )

    assert by_name(world.backup_locations)["vault"].credentials_valid is False
    ledger = by_name(world.deployments)["ledger"]
    assert (ledger.uid, ledger.image, ledger.image_capabilities) == ("dep:l", "mysql:8", {"pds_restore": "v3"})
    backup = by_name(world.backups)["ledger-backup"]
    assert (backup.deployment, backup.size_bytes, backup.cloudsnap) == ("dep:l", 3_000_000_000, "snp:l")
    assert (backup.state, backup.capabilities) == (BackupState.IN_PROGRESS, {"backup": "v9"})


def test_tokens_have_their_projects_and_account(world_of):
    [token] = world_of("tokens:\n  ci: {secret: s3cret, projects: [shop], account: acme}").tokens

    default = make_default_world()
    assert (token.name, token.secret) == ("ci", "s3cret")
    assert token.projects == (by_name(default.projects)["shop"].uid,)
    assert token.account == default.accounts[0].uid


@pytest.mark.parametrize(
    ("written", "duration"),
    [
        ("90s", Constant(90)),
        ("0", Constant(0)),
        ("1.5", Constant(1.5)),
        ("{constant: 1m}", Constant(60)),
        ("{constant: 0}", Constant(0)),
        ("{uniform: {low: 500ms, high: 2s}}", Uniform(0.5, 2)),
        ("{normal: {mean: 5s, deviation: 1}}", Normal(5, 1)),
        ("{lognormal: {median: 30s, sigma: 0.5}}", LogNormal(30, 0.5)),
        ("{lognormal: {median: 30s, sigma: 1}}", LogNormal(30, 1)),
        ("{exponential: {mean: 4s}}", Exponential(4)),
    ],
)
def test_durations_of_every_distribution_are_given_for_the_world_a_cluster_and_a_data_service(
    world_of, written, duration
):
    world = world_of(
        f"durations:\n  PENDING: {written}\n"
        f"clusters:\n  east:\n    durations:\n      RESTORING_CLOUDSNAP: {written}\n"
        f"data_service_durations:\n  Kafka:\n    INITIALIZING: {written}\n"
    )

    assert world.durations == {Phase.PENDING: duration}
    assert by_name(world.clusters)["east"].durations == {Phase.RESTORING_CLOUDSNAP: duration}
    assert world.data_service_durations == {"Kafka": {Phase.INITIALIZING: duration}}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("▸soon", ": 'soon' is no duration; expected something like 90s, 10m, 1h30m, 250ms or a number of seconds"),
        ("▸[3]", ": a list is no duration; expected something like 90s, 10m, 1h30m, 250ms or a number of seconds"),
        ("▸{}", ": has none; expected exactly one of constant, uniform, normal, lognormal, exponential"),
        (
            "▸{constant: 1, exponential: {mean: 1}}",
            ": has constant and exponential; expected exactly one of constant, uniform, normal, lognormal,",
        ),
        ("{constant: ▸~}", ".constant: has no value; expected one, or no such key"),
        ("{uniform: ▸{low: 3, high: 1}}", ".uniform: is from 3 to 1 s; expected a high that is at least low"),
        ("{exponential: {mean: ▸0}}", ".exponential.mean: is 0; expected a duration above 0"),
        ("{lognormal: {median: ▸0s, sigma: 1}}", ".lognormal.median: is 0; expected a duration above 0"),
    ],
)
def test_a_duration_that_makes_no_sense_is_refused(problem_at_mark, written, problem):
    found = problem_at_mark(f"version: 1\nworld:\n  durations:\n    PENDING: {written}")

    assert found.startswith(f"world.durations.PENDING{problem}")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{uniform: {low: 1s}}", "world.durations.PENDING.uniform.high: is missing"),
        (
            "{normal: {mean: 1s, devation: 1}}",
            "world.durations.PENDING.normal.devation: is no key here; did you mean 'deviation'?",
        ),
        (
            "{lognormal: {median: 1, sigma: -1}}",
            "world.durations.PENDING.lognormal.sigma: is -1; expected greater than",
        ),
        (
            "{gamma: 1}",
            "world.durations.PENDING.gamma: is no key here; expected one of 'constant', 'uniform', 'normal'",
        ),
        ("{constant: -1}", "world.durations.PENDING.constant: -1 is no duration"),
    ],
)
def test_what_is_wrong_inside_a_distribution_is_told_with_its_path(problems_of, written, problem):
    assert any(problem in found for found in problems_of(f"version: 1\nworld:\n  durations:\n    PENDING: {written}"))


def test_the_restorability_matrix_is_replaced_as_a_whole(world_of):
    world = world_of("restorability:\n  Redis:\n    - {backup: {backup: v1}, image: {pds_restore: v1}}\n    - {}\n")

    assert world.matrix == {"Redis": [Condition({"backup": "v1"}, {"pds_restore": "v1"}), Condition()]}


def test_a_matrix_may_have_nothing_in_it(world_of):
    assert world_of("restorability: {}").matrix == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("base: ▸defalt", "base: 'defalt' is no base; did you mean 'default'?"),
        ("▸cluster: {}", "cluster: is no key here; did you mean 'clusters'?"),
        ("clusters: ▸[east]", "clusters: is a list; expected a mapping"),
        ("clusters: {east: ▸3}", "clusters.east: is 3; expected a mapping"),
        ("clusters: {east: {capacity: ▸0}}", "clusters.east.capacity: is 0; expected greater than or equal to 1"),
        ("clusters: {east: {capacity: ▸'4'}}", "clusters.east.capacity: is '4'; expected a whole number"),
        ("clusters: {east: {bandwidth: ▸0}}", "clusters.east.bandwidth: is 0; expected greater than or equal to 1"),
        (
            "backup_locations: {vault: {credentials_valid: ▸no}}",
            "backup_locations.vault.credentials_valid: is 'no'; expected true or false",
        ),
        ("namespaces: {a: {projects: ▸shop}}", "namespaces.a.projects: is 'shop'; expected a list"),
        (
            "namespaces: {a: {projects: [▸1]}}",
            'namespaces.a.projects[0]: is 1; expected a text; in quotes, it is one: "1"',
        ),
        ("deployments: {a: {data_service: ▸''}}", "deployments.a.data_service: is ''; expected 1 or more characters"),
        (
            "tokens: {a: ▸{}}",
            "tokens.a.secret: is missing; expected what the caller sends as 'authorization: Bearer <secret>'",
        ),
        ("restorability: {Redis: ▸{backup: v1}}", "restorability.Redis: is a mapping; expected a list"),
        (
            "restorability: {Redis: [{▸back: {}}]}",
            "restorability.Redis[0].back: is no key here; did you mean 'backup'?",
        ),
        (
            "backups: {orders-backup: {size: ▸8388608TiB}}",
            "backups.orders-backup.size: '8388608TiB' is too large; expected less than 8388608TiB",
        ),
        (
            "backups: {orders-backup: {▸stat: failed}}",
            "backups.orders-backup.stat: is no key here; did you mean 'state'?",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_was_expected(problem_at_mark, text, problem):
    assert problem_at_mark(f"version: 1\nworld:\n  {text}") == f"world.{problem}"
