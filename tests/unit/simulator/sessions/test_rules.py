"""A rule is written as an effect and keywords; a keyword that means nothing is refused with what comes close."""

import pytest

from fakes import Phase
from fakes.faults.errors import InvalidRule
from fakes.faults.rule import Rule
from fakes.faults.selector import KEYS
from simulator import faults
from simulator.sessions.rules import rule, where


def test_keywords_say_where_and_when():
    effect, unless, east = (
        faults.fail(),
        faults.Where({"namespace": ("shop-prod",)}),
        faults.Where({"cluster": ("east",)}),
    )

    assert rule(
        effect,
        phase="RESTORING_*",
        cluster=["east", "west"],
        label={"team": "pay*"},
        any_of=[east],
        unless=unless,
        name="bad luck",
        after=1,
        times=2,
        probability=0.5,
        between=(5, 10),
    ) == Rule(
        effect=effect,
        where=faults.Where({"phase": ("RESTORING_*",), "cluster": ("east", "west")}, {"team": "pay*"}, [east], unless),
        name="bad luck",
        after=1,
        times=2,
        probability=0.5,
        between_seconds=(5, 10),
    )


def test_an_effect_on_the_world_takes_a_time():
    assert rule(faults.outage(60), cluster="west", at=90).at_seconds == 90


@pytest.mark.parametrize("key", KEYS)
def test_every_key_takes_a_pattern_or_several(key):
    assert rule(faults.fail(), **{key: "a*"}).where.patterns == {key: ("a*",)}
    assert rule(faults.fail(), **{key: ["a*", "b"]}).where.patterns == {key: ("a*", "b")}
    assert where(**{key: ("a*", "b")}).patterns == {key: ("a*", "b")}


def test_a_phase_can_be_one():
    several = rule(faults.fail(), phase=[Phase.PENDING, "RESTORING_*"])

    assert rule(faults.fail(), phase=Phase.PENDING) == rule(faults.fail(), phase="PENDING")
    assert several.where.patterns == {"phase": ("PENDING", "RESTORING_*")}


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"fase": "PENDING"}, "fase: 'fase' is nothing that a rule takes; did you mean 'phase'"),
        ({"time": 1}, "time: 'time' is nothing that a rule takes; did you mean 'times'"),
        ({"at_seconds": 1}, "at_seconds: 'at_seconds' is nothing that a rule takes"),
        ({"cluster": ""}, "cluster: has no pattern; '*' matches everything"),
        ({"cluster": []}, "cluster: has no pattern; '*' matches everything"),
        ({"cluster": ["east", ""]}, "cluster: has no pattern; '*' matches everything"),
        ({"cluster": None}, "cluster: is None; expected a name, a uid or a pattern for such, or several"),
        ({"cluster": [5]}, "cluster: is [5]; expected a name, a uid or a pattern for such, or several"),
        ({"between": 5}, "between: is 5; expected two times, in seconds from the start"),
        ({"between": (1, 2, 3)}, "between: is (1, 2, 3); expected two times, in seconds from the start"),
        ({"times": 0}, "times: is 0; a rule that never takes effect is none; expected 1 or more"),
        ({"probability": 1.5}, "probability: is 1.5; expected more than 0 and at most 1"),
    ],
)
def test_what_means_nothing_is_refused(keywords, message):
    with pytest.raises(InvalidRule) as caught:
        rule(faults.fail(), **keywords)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("effect", faults.EFFECTS, ids=lambda effect: effect.name)
def test_every_effect_has_the_name_under_which_it_is_offered(effect):
    assert getattr(faults, effect.name) is effect
    assert effect.name in faults.__all__


def test_combinations_are_written_as_mappings_too():
    written = rule(
        faults.slow(2), any_of=[{"cluster": "west"}, {"label": {"team": "p*"}}], unless={"phase": Phase.PENDING}
    )

    assert written == rule(
        faults.slow(2), any_of=[where(cluster="west"), where(label={"team": "p*"})], unless=where(phase="PENDING")
    )


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"unless": {}}, "unless: has a part that asks for nothing"),
        ({"any_of": [{"cluster": "west"}, {}]}, "any_of: has a part that asks for nothing"),
        (
            {"unless": {"clutser": "west"}},
            "clutser: 'clutser' is nothing that a rule can ask for; did you mean 'cluste",
        ),
        ({"unless": {5: "west"}}, "5: 5 is nothing that a rule can ask for"),
        ({"unless": {"times": "1"}}, "times: 'times' is nothing that a rule can ask for"),
        ({"any_of": {"cluster": "west"}}, "any_of: is {'cluster': 'west'}; expected a list"),
        ({"any_of": ["west"]}, "any_of: is ['west']; expected a list"),
        ({"label": "team"}, "label: is 'team'; expected patterns by key"),
    ],
)
def test_combinations_that_make_no_sense_are_refused(keywords, message):
    with pytest.raises(InvalidRule) as caught:
        rule(faults.slow(2), **keywords)

    assert str(caught.value).startswith(message)
