"""A rule applies where all that it asks for holds, and a miss tells what was found and what would have matched."""

import pytest

from fakes.faults.errors import InvalidRule
from fakes.faults.where import KEYS, Occasion, Where

OCCASION = Occasion(
    values={
        "phase": ("RESTORING_CLOUDSNAP",),
        "cluster": ("east", "clu:1"),
        "namespace": ("shop-prod", "nam:2"),
        "restore": ("orders-copy", "rst:3"),
    },
    labels={"team": "payments", "empty": ""},
    subject="rst:3 RESTORING_CLOUDSNAP",
    title="orders-copy in RESTORING_CLOUDSNAP",
    at_microseconds=0,
)
EAST, WEST = Where({"cluster": ("east",)}), Where({"cluster": ("west",)})


@pytest.mark.parametrize(
    "where",
    [
        Where(),
        Where({"phase": ("RESTORING_CLOUDSNAP",)}),
        Where({"cluster": ("clu:1",)}),
        Where({"restore": ("orders-*",)}),
        Where({"restore": ("orders-cop?",)}),
        Where({"restore": ("[mno]rders-copy",)}),
        Where({"restore": ("rst:*",)}),
        Where({"phase": ("RESTORING_*",), "cluster": ("east",), "namespace": ("shop-prod",)}),
        Where({"cluster": ("west", "east")}),
        Where({"cluster": ("*",)}),
        Where(labels={"team": "payments"}),
        Where(labels={"team": "pay*", "empty": ""}),
        Where(any_of=(EAST, WEST)),
        Where({"namespace": ("shop-*",)}, any_of=(WEST, Where(labels={"team": "*"}))),
        Where(unless=WEST),
        Where(unless=Where({"cluster": ("east",), "restore": ("other",)})),
        Where(any_of=(Where(any_of=(WEST, EAST), unless=WEST),)),
    ],
    ids=repr,
)
def test_what_asks_for_this_matches(where):
    assert where.matches(OCCASION)
    assert list(where.misses(OCCASION)) == []


@pytest.mark.parametrize(
    ("where", "misses"),
    [
        (WEST, ["cluster is 'east' alias 'clu:1', the rule asks for 'west'"]),
        (Where({"cluster": ("EAST",)}), ["cluster is 'east' alias 'clu:1', the rule asks for 'EAST'"]),
        (Where({"restore": ("orders",)}), ["restore is 'orders-copy' alias 'rst:3', the rule asks for 'orders'"]),
        (
            Where({"phase": ("PENDING", "INITIALIZING")}),
            ["phase is 'RESTORING_CLOUDSNAP', the rule asks for 'PENDING' or 'INITIALIZING'"],
        ),
        (Where({"backup": ("*",)}), ["backup is not known here, the rule asks for '*'"]),
        (
            Where({"cluster": ("west",), "namespace": ("shop-prod",), "restore": ("x",)}),
            [
                "cluster is 'east' alias 'clu:1', the rule asks for 'west'",
                "restore is 'orders-copy' alias 'rst:3', the rule asks for 'x'",
            ],
        ),
        (Where(labels={"team": "search"}), ["label team is 'payments', the rule asks for 'search'"]),
        (Where(labels={"tier": "*"}), ["label tier is None, the rule asks for '*'"]),
        (Where(any_of=(WEST, Where({"restore": ("x",)}))), ["none of any_of holds"]),
        (Where(unless=EAST), ["what it is not to apply to holds"]),
    ],
)
def test_each_part_that_does_not_hold_is_told(where, misses):
    assert not where.matches(OCCASION)
    assert list(where.misses(OCCASION)) == misses


def test_all_keys_can_be_asked_for():
    occasion = Occasion(values={key: (f"a-{key}",) for key in KEYS}, subject="", title="", at_microseconds=0)

    assert Where({key: (f"?-{key}",) for key in KEYS}).matches(occasion)
    assert len(list(Where(dict.fromkeys(KEYS, ("b*",))).misses(occasion))) == len(KEYS)


def test_an_unknown_key_is_refused_with_what_comes_close():
    with pytest.raises(InvalidRule) as caught:
        Where({"fase": ("PENDING",)})

    assert (caught.value.key, caught.value.message) == (
        "fase",
        "'fase' is nothing that a rule can ask for; did you mean 'phase'?",
    )


@pytest.mark.parametrize("patterns", [(), ("",), ("PENDING", "")])
def test_an_empty_pattern_is_refused(patterns):
    with pytest.raises(InvalidRule, match=r"^phase: has no pattern; '\*' matches everything$"):
        Where({"phase": patterns})


def test_it_tells_all_that_it_is_combined_from():
    inner = Where(any_of=(EAST,), unless=WEST)
    outer = Where(any_of=(inner,), unless=Where(unless=EAST))

    assert list(outer.parts()) == [outer, inner, EAST, WEST, Where(unless=EAST), EAST]


@pytest.mark.parametrize(
    ("keywords", "problem"),
    [
        ({"patterns": {"phase": (5,)}}, "phase: is (5,); expected texts"),
        ({"labels": {"team": 5}}, "label: is {'team': 5}; expected patterns by key"),
        ({"labels": 5}, "label: is 5; expected patterns by key"),
        ({"any_of": 5}, "any_of: is 5; expected a list of Where(...)"),
        ({"any_of": ({},)}, "any_of: is ({},); expected a list of Where(...)"),
        ({"unless": {}}, "unless: is {}; expected Where(...)"),
    ],
)
def test_what_is_of_the_wrong_type_is_refused_at_once(keywords, problem):
    with pytest.raises(InvalidRule) as caught:
        Where(**keywords)

    assert str(caught.value).startswith(problem)


def test_one_pattern_needs_no_list():
    assert Where({"restore": "zzz-*"}) == Where({"restore": ("zzz-*",)})
