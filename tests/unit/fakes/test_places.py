"""Places are granted one by one, in the order in which they were asked for, as events of their own."""

import pytest

from fakes.places import Places


@pytest.fixture
def granted():
    """Who has come to a place, in the order of their coming."""
    return []


@pytest.fixture
def ask(granted):
    """Asks for a place under a name."""
    return lambda places, name: places.ask(lambda: granted.append(name))


def test_a_place_is_taken_at_once_but_told_of_as_an_event(environment, granted, ask):
    places = Places(environment, 1)
    place = ask(places, "first")

    assert (places.count, place.is_granted, place.has_arrived, granted) == (1, True, False, [])
    environment.advance_to(0)
    assert (place.has_arrived, granted) == (True, ["first"])


def test_never_more_are_granted_than_there_are(environment, granted, ask):
    places = Places(environment, 2)
    for name in ("first", "second", "third"):
        ask(places, name)
    environment.advance_to(10)

    assert (places.count, granted) == (2, ["first", "second"])


def test_who_waits_comes_after_what_was_arranged_for_the_same_time(environment, granted, ask):
    places = Places(environment, 1)
    first = ask(places, "first")
    ask(places, "second")
    environment.advance_to(10)
    places.give_back(first)
    environment.call_after(0, lambda: granted.append("arranged before"))
    environment.advance_to(10)

    assert granted == ["first", "arranged before", "second"]


def test_who_no_longer_waits_is_passed_over(environment, granted, ask):
    places = Places(environment, 1)
    first, second, _ = (ask(places, name) for name in ("first", "second", "third"))
    places.give_back(second)
    places.give_back(first)
    environment.advance_to(10)

    assert (places.count, granted) == (1, ["first", "third"])
