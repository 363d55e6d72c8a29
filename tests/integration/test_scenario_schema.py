"""An independent validator of JSON Schema agrees with the models about what a scenario may be."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scenarios.format.json_schema import SCHEMA_FILE, scenario_schema
from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import load_cases
from scenarios.loading.shipped import SUFFIX, library, shipped_names
from scenarios.loading.yaml_source import read_source

VALIDATOR = Draft202012Validator(scenario_schema())
STARTER = library().parent / "starter.yaml"
FILES = [*(library() / f"{name}{SUFFIX}" for name in shipped_names()), STARTER]
CREATE = "create: {name: copy, backup: orders-backup, namespace: shop-staging, project: shop"

WRONG = [
    # the scenario
    "{}",
    "version: 2",
    "version: '1'",
    "version: true",
    "version: 1\nstep: []",
    "version: 1\nname: [a]",
    'version: 1\nname: "two\\nlines"',
    f"version: 1\nname: {'x' * 101}",
    "version: 1\nseed: 1.5",
    "version: 1\nseed: true",
    "version: 1\nclock: fast",
    "version: 1\nspeed: 2",
    "version: 1\nclock: wall\nspeed: 0",
    "version: 1\nstrict: 1",
    "version: 1\nworld:",
    "version: 1\nsteps: {advance: 1s}",
    "version: 1\nclock: wall\nsteps: [{advance: 1s}]",
    # the world
    "version: 1\nworld: {base: full}",
    "version: 1\nworld: {cluster: {}}",
    "version: 1\nworld: {clusters: {east: {capacity: 0}}}",
    "version: 1\nworld: {clusters: {east: {bandwidth: 0}}}",
    "version: 1\nworld: {clusters: {east: {bandwidth: 0MiB/s}}}",
    "version: 1\nworld: {clusters: {east: {bandwidth: 5MiB/m}}}",
    "version: 1\nworld: {clusters: {east: }}",
    "version: 1\nworld: {backups: {orders-backup: {size: 20GIB}}}",
    "version: 1\nworld: {backups: {orders-backup: {size: -1}}}",
    "version: 1\nworld: {backups: {orders-backup: {size: 1.5}}}",
    "version: 1\nworld: {backups: {orders-backup: {state: done}}}",
    "version: 1\nworld: {tokens: {ci: {secret: ''}}}",
    "version: 1\nworld: {durations: {PENDNG: 3s}}",
    "version: 1\nworld: {durations: {PENDING: soon}}",
    "version: 1\nworld: {durations: {SUCCESSFUL: 1s}}",
    "version: 1\nworld: {clusters: {east: {durations: {FAILED: 1s}}}}",
    "version: 1\nworld: {data_service_durations: {Kafka: {SUCCESSFUL: 1s}}}",
    "version: 1\nworld: {durations: {PENDING: {}}}",
    "version: 1\nworld: {durations: {PENDING: {constant: 1s, exponential: {mean: 1s}}}}",
    "version: 1\nworld: {durations: {PENDING: {exponential: {mean: 0}}}}",
    "version: 1\nworld: {durations: {PENDING: {lognormal: {median: 1s, sigma: -1}}}}",
    "version: 1\nworld: {durations: {PENDING: {uniform: {low: 1s}}}}",
    # rules
    "version: 1\nfaults: [{method: GetRestore}]",
    "version: 1\nfaults: [{hang: , gate: }]",
    "version: 1\nfaults: [{method: GetRestor, hang: }]",
    "version: 1\nfaults: [{method: [], hang: }]",
    "version: 1\nfaults: [{method: [GetRestore, Get], hang: }]",
    "version: 1\nfaults: [{phase: SUCCESSFUL, gate: }]",
    "version: 1\nfaults: [{phase: PENDING, hang: }]",
    "version: 1\nfaults: [{method: GetRestore, fail: }]",
    "version: 1\nfaults: [{method: CreateRestore, stale: 5s}]",
    "version: 1\nfaults: [{method: [CreateRestore], stale: 5s}]",
    "version: 1\nfaults: [{hang: , at: 5s}]",
    "version: 1\nfaults: [{outage: }]",
    "version: 1\nfaults: [{cluster: west, namespace: shop-prod, outage: }]",
    "version: 1\nfaults: [{cluster: west, times: 1, outage: }]",
    "version: 1\nfaults: [{cluster: west, label: {a: b}, outage: }]",
    "version: 1\nfaults: [{cluster: west, phase: PENDING, at: 5s, outage: }]",
    "version: 1\nfaults: [{cluster: west, outage: {duration: 0s}}]",
    "version: 1\nfaults: [{error: {code: OK}}]",
    "version: 1\nfaults: [{lose_response: {code: ABORTED}}]",
    "version: 1\nfaults: [{error: {details: [a]}}]",
    "version: 1\nfaults: [{rate_limit: {per_second: 0}}]",
    "version: 1\nfaults: [{rate_limit: {}}]",
    "version: 1\nfaults: [{delay: later}]",
    "version: 1\nfaults: [{phase: PENDING, slow: 0}]",
    "version: 1\nfaults: [{phase: PENDING, fail: {error_code: NOPE}}]",
    "version: 1\nfaults: [{phase: PENDING, fail: {at: 101%}}]",
    "version: 1\nfaults: [{phase: PENDING, fail: {at: 2}}]",
    "version: 1\nfaults: [{hang: , times: 0}]",
    "version: 1\nfaults: [{hang: , after: -1}]",
    "version: 1\nfaults: [{hang: , probability: 0}]",
    "version: 1\nfaults: [{hang: , between: 5s}]",
    "version: 1\nfaults: [{hang: , between: [5s]}]",
    "version: 1\nfaults: [{hang: , between: [1s, 2s, 3s]}]",
    "version: 1\nfaults: [{hang: , between: [2025-01-01, 2d]}]",
    "version: 1\nfaults: [{cluster: west, at: 2025-01-01T00:00:05, outage: }]",
    "version: 1\nfaults: [{hang: , unless: {}}]",
    "version: 1\nfaults: [{hang: , any_of: []}]",
    "version: 1\nfaults: [{hang: , name: ''}]",
    "version: 1\nname: ''",
    "version: 1\nsteps: [{parallel: [{steps: [{matrix: }]}, {name: '', steps: [{matrix: }]}]}]",
    "version: 1\nfaults: [{hang: , any_of: [{clustr: west}]}]",
    "version: 1\nfaults: [{hang: , cluster: }]",
    # steps
    "version: 1\nsteps: [{}]",
    "version: 1\nsteps: [advance]",
    "version: 1\nsteps: [{advance: 1s, matrix: }]",
    "version: 1\nsteps: [{get: }]",
    "version: 1\nsteps: [{advance: }]",
    "version: 1\nsteps: [{advance: 10 minutes}]",
    "version: 1\nsteps: [{advance: -1}]",
    "version: 1\nsteps: [{advnce: 1s}]",
    "version: 1\nsteps: [{create: {}}]",
    f"version: 1\nsteps: [{{{CREATE}, alias: a}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, as: ''}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, backup_id: x}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, labels: {{a: 1}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, timeout: soon}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, bearer: ü}}}}]",
    "version: 1\nsteps: [{create: {name: copy, backup: orders-backup, namespace: , project: shop}}]",
    "version: 1\nsteps: [{recreate: {name: copy}}]",
    "version: 1\nsteps: [{get: {}}]",
    "version: 1\nsteps: [{list: {tenant: acme-engineering, project: shop}}]",
    "version: 1\nsteps: [{list: {sort: {by: NAMES}}}]",
    "version: 1\nsteps: [{list: {sort: {order: UP}}}]",
    "version: 1\nsteps: [{list: {page: {size: 9223372036854775808}}}]",
    "version: 1\nsteps: [{advance_until: {restore: a, phase: DONE}}]",
    "version: 1\nsteps: [{repeat: {times: 0, steps: [{matrix: }]}}]",
    "version: 1\nsteps: [{repeat: {times: 1, steps: []}}]",
    "version: 1\nsteps: [{repeat: {times: 1, steps: [{matrix: , list: }]}}]",
    "version: 1\nsteps: [{change: {}}]",
    "version: 1\nsteps: [{change: {delete_backup: orders-backup, disconnect_cluster: west}}]",
    "version: 1\nsteps: [{change: {create_backup: {name: '', deployment: orders}}}]",
    "version: 1\nsteps: [{change: {upgrade_deployment: {deployment: orders}}}]",
    "version: 1\nsteps: [{inject: {phase: PENDING}}]",
    "version: 1\nsteps: [{parallel: [{steps: [{matrix: }]}]}]",
    "version: 1\nsteps: [{parallel: [{steps: [{matrix: }]}, {steps: []}]}]",
    f"version: 1\nsteps: [{{parallel: [{{steps: [{{matrix: }}]}}, {{name: {'x' * 101}, steps: [{{matrix: }}]}}]}}]",
    "version: 1\nsteps: [{remove: 5}]",
    "version: 1\nsteps: [{client: {command: 'true', timeout: 0s}}]",
    "version: 1\nsteps: [{client: {command: 'true', limit: 0}}]",
    # expectations
    "version: 1\nsteps: [{list: {expect: {code: NOT_FUND}}}]",
    "version: 1\nsteps: [{list: {expect: {code: ABORTED, names: []}}}]",
    "version: 1\nsteps: [{list: {expect: {code: ABORTED, fields: {a: b}}}}]",
    "version: 1\nsteps: [{list: {expect: {violations: [a]}}}]",
    "version: 1\nsteps: [{matrix: {expect: {names: []}}}]",
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{status.phase: PENDNG}}}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{status.phase: }}}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{meta.name: [copy]}}}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{meta.name: {{like: copy}}}}}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{meta.name: {{one_of: copy}}}}}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{meta.name: {{one_of: [[copy]]}}}}}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{meta.name: {{present: maybe}}}}}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{meta.create_time: {{at: noon}}}}}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}}}}}, {{expect: {{fields: {{meta.name: copy}}}}}}]",
    f"version: 1\nsteps: [{{{CREATE}}}}}, {{expect: {{restore: copy, timeline: [{{to: FAILED}}]}}}}]",
    "version: 1\nsteps: [{expect: {timeline: []}}]",
    "version: 1\nsteps: [{expect: {timeline: [{count: 1}]}}]",
    "version: 1\nsteps: [{expect: {timeline: [{to: DONE}]}}]",
    "version: 1\nsteps: [{expect: {timeline: [{event: call}]}}]",
    "version: 1\nsteps: [{expect: {timeline: [{event: rpc, at: noon}]}}]",
    "version: 1\nsteps: [{expect: {calls: [{method: GetRestore}]}}]",
    "version: 1\nsteps: [{expect: {calls: [{method: Get, count: 1}]}}]",
    "version: 1\nsteps: [{expect: {calls: [{code: OK, backoff: {min: 1s}}]}}]",
    "version: 1\nsteps: [{expect: {calls: [{backoff: {min: 1s, factor: 0.5}}]}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: [a]}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {Request-Id: a}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {grpc-status: '0'}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {te: a}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {a: [b]}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {a: 1.5}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {a: true}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {a: ' b'}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {a: é}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {a-bin: ab}}}]",
    "version: 1\nfaults: [{error: {trailing_metadata: {a-bin: 1234}}}]",
    "version: 1\nfaults: [{error: {initial_metadata: {grpc-retry-pushback-ms: 5}}}]",
    # parameters
    "version: 1\nparameters:",
    "version: 1\nparameters: []",
    "version: 1\nparameters: {a: 1}",
    "version: 1\nparameters: [{a: [x]}]",
    "version: 1\nparameters: [{a: }]",
    "version: 1\nparameters: [{case: ''}]",
    "version: 1\nparameters: [{seed: soon}]",
    "version: 1\nparameters: [{seed: []}]",
    f"version: 1\nsteps: [{{{CREATE}}}}}, {{expect: {{restore: copy, answer: copy}}}}]",
    f"version: 1\nsteps: [{{{CREATE}}}}}, {{expect: {{restore: copy, names: []}}}}]",
]
"""What both refuse, each once."""

ONLY_THE_MODELS_CAN_TELL = [
    # what a scenario refers to
    "version: 1\nsteps: [{get: {restore: nobody}}]",
    "version: 1\nsteps: [{list: {project: shp}}]",
    "version: 1\nsteps: [{open: door}]",
    "version: 1\nsteps: [{list: {as: index}}]",
    "version: 1\nfaults: [{name: a, hang: }, {name: a, hang: }]",
    "version: 1\nsteps: [{parallel: [{name: a, steps: [{matrix: }]}, {name: a, steps: [{matrix: }]}]}]",
    'version: 1\nsteps: [{get: {restore_id: "${nobody.meta.uid}"}}]',
    "version: 1\nfaults: [{phase: PENDING, cluster: wst, gate: }]",
    "version: 1\nfaults: [{phase: P?NDIN, gate: }]",
    "version: 1\nworld: {namespaces: {other: {cluster: wst}}}",
    "version: 1\nsteps: [{list: {expect: {fields: {pagnation.x: 1}}}}]",
    # what is the larger of two, and what is too large as a text
    "version: 1\nworld: {durations: {PENDING: {uniform: {low: 3s, high: 1s}}}}",
    "version: 1\nfaults: [{hang: , between: [3s, 1s]}]",
    "version: 1\nsteps: [{expect: {calls: [{count: 1, at_least: 2}]}}]",
    "version: 1\nsteps: [{advance: 365001d}]",
    "version: 1\nworld: {backups: {orders-backup: {size: 8388608TiB}}}",
    # what a text means
    f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{meta.name: {{matches: (}}}}}}}}}}]",
    "version: 1\nfaults: [{cluster: west, at: 2024-12-31T00:00:00Z, outage: }]",
    "version: 1\nclock: wall\nfaults: [{cluster: west, at: 2025-01-01T00:00:00Z, outage: }]",
    "version: 1\nfaults: [{error: {details: [{'@type': google.rpc.Hlp}]}}]",
    # tables and what becomes of them
    "version: 1\nparameters: [{a: 1}, {b: 1}]",
    "version: 1\nparameters: [{a: 1}, {a: 1}]",
    "version: 1\nparameters: [{a: soon}]\nsteps: [{advance: '${parameters.a}'}]",
    "version: 1\nparameters: [{a: 1}]\nsteps: [{advance: '${parameters.b}s'}]",
    "version: 1\nsteps: [{advance: '${parameters.a}'}]",
    # what stands deeper than a rule looks
    "version: 1\nfaults: [{any_of: [{phase: PENDING}], hang: }]",
    "version: 1\nclock: wall\nsteps: [{repeat: {times: 1, steps: [{advance: 1s}]}}]",
]
"""What the schema lets pass; its module says so."""


def refused_by_models(file):
    try:
        load_cases(file)
    except ScenarioError:
        return True
    return False


@pytest.fixture
def scenario(tmp_path):
    def write(text):
        file = tmp_path / "scenario.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_ships_passes(file):
    assert [error.message for error in VALIDATOR.iter_errors(read_source(file).data)] == []


@pytest.mark.parametrize("file", FILES[:-1], ids=lambda file: file.stem)
def test_what_ships_says_where_the_schema_is(file):
    first_line = file.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first_line)

    assert (file.parent / found[1]).resolve() == SCHEMA_FILE.resolve()
    assert not Path(found[1]).is_absolute()


@pytest.mark.parametrize("text", WRONG)
def test_both_refuse_what_is_wrong(scenario, text):
    file = scenario(text)

    assert refused_by_models(file)
    assert not VALIDATOR.is_valid(read_source(file).data)


@pytest.mark.parametrize("text", ONLY_THE_MODELS_CAN_TELL)
def test_some_things_only_the_models_can_tell(scenario, text):
    file = scenario(text)

    assert refused_by_models(file)
    assert VALIDATOR.is_valid(read_source(file).data)


@pytest.mark.parametrize(
    "text",
    [
        "version: 1",
        "version: 1\nclock: wall\nspeed: 2.5\nsteps: [{matrix: {}}, {list: }]",
        "version: 1\nworld: {clusters: {east: {bandwidth: 5 MiB/s, durations: {PENDING: 1h 30m}}}}",
        "version: 1\nworld: {durations: {PENDING: {constant: 3}, INITIALIZING: {normal: {mean: 1s, deviation: 0}}}}",
        "version: 1\nfaults: [{error: }, {hang: {}}, {delay: 5}, {delay: {uniform: {low: 1s, high: 2s}}}]",
        "version: 1\nfaults: [{method: '*Restore', stale: 1m}, {phase: [PENDING, 'R*'], gate: , after: 2}]",
        "version: 1\nfaults: [{cluster: west, at: 2025-01-01T00:00:05.5Z, outage: , after: 0, label: {}}]",
        "version: 1\nfaults: [{hang: , between: ['2025-01-01 01:00+01:00', 1h]}]",
        "version: 1\nfaults: [{phase: PENDING, fail: {at: 0.5}}, {phase: PENDING, stall: {duration: 5s, at: 100%}}]",
        "version: 1\nfaults: [{hang: , any_of: [{cluster: west}], unless: {label: {a: b}}}]",
        f"version: 1\nsteps: [{{{CREATE}, as: one, timeout: 5s, account: '', expect: {{fields: {{}}}}}}}}]",
        f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{status.phase: {{one_of: [PENDING, 1, true]}}}}}}}}}}]",
        f"version: 1\nsteps: [{{{CREATE}, expect: {{fields: {{meta.labels.status.phase: old}}}}}}}}]",
        "version: 1\nsteps: [{list: {page: {size: -1}, expect: {code: INVALID_ARGUMENT, fields: {}, violations: {}}}}]",
        "version: 1\nsteps: [{list: {as: page}}, {expect: {answer: page, names: [a]}}]",
        "version: 1\nsteps: [{parallel: [{name: a, steps: [{matrix: }]}, {steps: [{advance: 1s}]}]}]",
        "version: 1\nsteps: [{expect: {timeline: [{from: PENDING, at: 2025-01-01T00:00:03Z}]}}]",
        "version: 1\nsteps: [{expect: {calls: [{count: 0}, {method: GetRestore, backoff: {min: 1s}}]}}]",
        (
            "version: 1\nparameters: [{seed: [1, 2], a: 5}, {case: slow, a: 6}]\nseed: 3\nsteps: ["
            "{advance: '${parameters.a}'}, {advance: '${parameters.a}s'}, {repeat: {times: '${parameters.a}', steps: "
            "[{list: {page: {size: '${parameters.a}'}, timeout: '${parameters.a}'}}]}}]"
        ),
        (
            "version: 1\nparameters: [{code: OK, phase: PENDING, on: true}]\nstrict: ${parameters.on}\n"
            "faults: [{phase: '${parameters.phase}', slow: 2}]\nsteps: [{list: {expect: {code: '${parameters.code}'}}}]"
        ),
        "version: 1\nparameters: [{clock: wall, speed: 5}]\nclock: ${parameters.clock}\nspeed: ${parameters.speed}",
    ],
)
def test_both_let_pass_what_is_right(scenario, text):
    file = scenario(text)

    assert not refused_by_models(file)
    assert [error.message for error in VALIDATOR.iter_errors(read_source(file).data)] == []
