"""Regular expressions match whole texts, and none takes for ever."""

import pytest

from scenarios.format.regular_expressions import compile_expression, matches_whole, quoted


@pytest.mark.parametrize(
    ("expression", "text", "is_match"),
    [
        ("rst:[0-9a-f-]+", "rst:0-a", True),
        ("rst:", "rst:0-a", False),
        ("l.den|laden", "läden", True),
        ("", "", True),
        ("(?i)ORDERS", "orders", True),
    ],
)
def test_the_whole_text_has_to_match(expression, text, is_match):
    assert matches_whole(expression, text) is is_match


@pytest.mark.timeout(10)
@pytest.mark.parametrize("expression", ["(a+)+b", "(a|aa)+b", "(.*a){20}b", "(a?){64}a{64}b"])
def test_an_expression_that_could_be_tried_in_very_many_ways_is_done_at_once(expression):
    assert not matches_whole(expression, "a" * 10_000 + "!")


@pytest.mark.parametrize("expression", ["(", "[a", "a**", "(?=a)b", "((a{1000}){1000}){1000}", "(a)\\1"])
def test_what_is_none_is_refused_without_a_word_on_the_terminal(capfd, expression):
    with pytest.raises(ValueError, match=r"."):  # in the words of RE2
        compile_expression(expression)

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["a.b*c", "(ü) [x] {1} ^$ \\d\n-", ""])
def test_a_quoted_text_matches_itself_alone(text):
    assert matches_whole(quoted(text), text)
    assert not matches_whole(quoted(text), f"{text}x")
