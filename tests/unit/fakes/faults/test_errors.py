"""An error of a rule tells the key first, where it is about one."""

from fakes.faults.errors import InvalidRule


def test_the_key_comes_before_what_is_wrong_with_it():
    assert str(InvalidRule("times", "is 0; expected 1 or more")) == "times: is 0; expected 1 or more"


def test_what_is_wrong_with_the_whole_has_no_key():
    assert str(InvalidRule("", "says nothing")) == "says nothing"


def test_it_is_an_error_of_a_value():
    assert isinstance(InvalidRule("", ""), ValueError)
