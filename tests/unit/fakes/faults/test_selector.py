"""A rule applies where all that it asks for holds, and a miss tells what was found and what would have matched."""

import pytest

from fakes.faults.errors import InvalidRule
from fakes.faults.selector import KEYS, MatchContext, Selector

OCCASION = MatchContext(
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
EAST, WEST = Selector({"cluster": ("east",)}), Selector({"cluster": ("west",)})


@pytest.mark.parametrize(
    "where",
    [
        Selector(),
        Selector({"phase": ("RESTORING_CLOUDSNAP",)}),
        Selector({"cluster": ("clu:1",)}),
        Selector({"restore": ("orders-*",)}),
        Selector({"restore": ("orders-cop?",)}),
        Selector({"restore": ("[mno]rders-copy",)}),
        Selector({"restore": ("rst:*",)}),
        Selector({"phase": ("RESTORING_*",), "cluster": ("east",), "namespace": ("shop-prod",)}),
        Selector({"cluster": ("west", "east")}),
        Selector({"cluster": ("*",)}),
        Selector(labels={"team": "payments"}),
        Selector(labels={"team": "pay*", "empty": ""}),
        Selector(any_of=(EAST, WEST)),
        Selector({"namespace": ("shop-*",)}, any_of=(WEST, Selector(labels={"team": "*"}))),
        Selector(unless=WEST),
        Selector(unless=Selector({"cluster": ("east",), "restore": ("other",)})),
        Selector(any_of=(Selector(any_of=(WEST, EAST), unless=WEST),)),
    ],
    ids=repr,
)
def test_what_asks_for_this_matches(where):
    assert where.matches(OCCASION)
    assert list(where.mismatches(OCCASION)) == []


@pytest.mark.parametrize(
    ("where", "misses"),
    [
        (WEST, ["cluster is 'east' alias 'clu:1', the rule asks for 'west'"]),
        (Selector({"cluster": ("EAST",)}), ["cluster is 'east' alias 'clu:1', the rule asks for 'EAST'"]),
        (Selector({"restore": ("orders",)}), ["restore is 'orders-copy' alias 'rst:3', the rule asks for 'orders'"]),
        (
            Selector({"phase": ("PENDING", "INITIALIZING")}),
            ["phase is 'RESTORING_CLOUDSNAP', the rule asks for 'PENDING' or 'INITIALIZING'"],
        ),
        (Selector({"backup": ("*",)}), ["backup is not known here, the rule asks for '*'"]),
        (
            Selector({"cluster": ("west",), "namespace": ("shop-prod",), "restore": ("x",)}),
            [
                "cluster is 'east' alias 'clu:1', the rule asks for 'west'",
                "restore is 'orders-copy' alias 'rst:3', the rule asks for 'x'",
            ],
        ),
        (Selector(labels={"team": "search"}), ["label team is 'payments', the rule asks for 'search'"]),
        (Selector(labels={"tier": "*"}), ["label tier is None, the rule asks for '*'"]),
        (Selector(any_of=(WEST, Selector({"restore": ("x",)}))), ["none of any_of holds"]),
        (Selector(unless=EAST), ["what it is not to apply to holds"]),
    ],
)
def test_each_part_that_does_not_hold_is_told(where, misses):
    assert not where.matches(OCCASION)
    assert list(where.mismatches(OCCASION)) == misses


def test_all_keys_can_be_asked_for():
    occasion = MatchContext(values={key: (f"a-{key}",) for key in KEYS}, subject="", title="", at_microseconds=0)

    assert Selector({key: (f"?-{key}",) for key in KEYS}).matches(occasion)
    assert len(list(Selector(dict.fromkeys(KEYS, ("b*",))).mismatches(occasion))) == len(KEYS)


def test_an_unknown_key_is_refused_with_what_comes_close():
    with pytest.raises(InvalidRule) as caught:
        Selector({"fase": ("PENDING",)})

    assert (caught.value.key, caught.value.message) == (
        "fase",
        "'fase' is nothing that a rule can ask for; did you mean 'phase'?",
    )


@pytest.mark.parametrize("patterns", [(), ("",), ("PENDING", "")])
def test_an_empty_pattern_is_refused(patterns):
    with pytest.raises(InvalidRule, match=r"^phase: has no pattern; '\*' matches everything$"):
        Selector({"phase": patterns})


def test_it_tells_all_that_it_is_combined_from():
    inner = Selector(any_of=(EAST,), unless=WEST)
    outer = Selector(any_of=(inner,), unless=Selector(unless=EAST))

    assert list(outer.parts()) == [outer, inner, EAST, WEST, Selector(unless=EAST), EAST]


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
        Selector(**keywords)

    assert str(caught.value).startswith(problem)


def test_one_pattern_needs_no_list():
    assert Selector({"restore": "zzz-*"}) == Selector({"restore": ("zzz-*",)})
