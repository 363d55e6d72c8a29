"""Rules are taken in the words of YAML as well, and checked as those are."""

import grpc
import pytest

from simulator import faults

ERROR = {"method": "GetRestore", "times": 1, "error": {"code": "ABORTED", "retry_delay": "5s"}}
FAIL = {"phase": "PENDING", "cluster": ["east", "wes*"], "fail": {"error_code": "FAILED_BACKUP_CREDENTIAL_SYNC"}}


def test_a_dictionary_is_the_rule_that_a_scenario_has(make_simulator, open_stub, failure_of):
    with make_simulator(rules=[ERROR, faults.rule(faults.slow(2), phase="PENDING")]) as sim:
        stub = open_stub(sim)
        sim.inject(FAIL)
        created = stub.CreateRestore(sim.requests.create("copy", backup="orders-backup", namespace="shop-staging"))

        error = failure_of(lambda: stub.GetRestore(sim.requests.get(created)))
        restore = sim.advance_until(created, "FAILED")

        assert error.code() is grpc.StatusCode.ABORTED
        assert restore.status.error_code.name == "FAILED_BACKUP_CREDENTIAL_SYNC"
        assert sim.rules[0].rule.to_plain()["method"] == ["GetRestore"]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"phase": "PENDING"}, "rule: has none; expected exactly one of error, lose_response, delay"),
        ({"method": "GetRestore", "tims": 3, "error": {}}, "rule.tims: is no key here; did you mean 'times'"),
        ({"method": "GetRestore", "error": {"code": "OKAY"}}, "rule.error.code: 'OKAY' is no status code"),
        ({"phase": "PENDING", "cluster": "esat", "fail": {}}, "cluster: 'esat' matches no cluster"),
        ({"phase": "PENDING", "method": "GetRestore", "fail": {}}, "method: "),
        ({1: 2}, r"rule\[1\]: is 1; expected a key that is a text"),
        ({}, "rule: has none"),
    ],
)
def test_what_is_wrong_with_one_is_told_with_its_path_and_nothing_changes(sim, rule, message):
    with pytest.raises(ValueError, match=message):
        sim.inject(rule)

    assert not sim.rules


@pytest.mark.parametrize(
    ("rules", "error", "message"),
    [
        ([FAIL, {"phase": "PENDING", "fial": {}}], ValueError, r"rules\[1\].fial: is no key here; did you mean 'fail'"),
        ([{"method": 5, "hang": {}}], ValueError, r"rules\[0\].method: is 5; expected a text, or a list of texts"),
        ([{"method": "*", "delay": {"exponential": "2s"}}], ValueError, "exponential: is '2s'; .* mapping with 'mean'"),
        (FAIL, TypeError, "rules is {.*; expected a list of effects and rules"),
        ("fail", TypeError, "rules is 'fail'; expected a list"),
    ],
)
def test_what_is_wrong_with_those_of_the_start_is_told_with_its_index(make_simulator, rules, error, message):
    with pytest.raises(error, match=message):
        make_simulator(rules=rules).start()


def test_a_whole_rule_says_where_and_when_itself(sim):
    with pytest.raises(TypeError, match="a whole rule says where and when itself; found times"):
        sim.inject(FAIL, times=1)
