"""An expression selects by parts of names, as pytest's ``-k`` does."""

import pytest

from scenarios.loading.selection import WrongExpression, parse_selection

NAMES = ("orders[large]", "restore-orders")


@pytest.mark.parametrize(
    ("expression", "selected"),
    [
        ("orders", True),
        ("ORD", True),
        ("carts", False),
        ("not carts", True),
        ("not not orders", True),
        ("orders and large", True),
        ("orders and carts", False),
        ("orders or carts", True),
        ("carts or orders and nothing", False),
        ("(carts or orders) and large", True),
        ("not orders or large", True),
        ("not (orders or large)", False),
        ("[large]", True),
        ("[larg]", False),
        ("'orders[large]'", True),
        ('"restore-orders"', True),
        ("'not'", False),
        ("notorious or android", False),
        ("  orders  ", True),
        ("(orders)and(large)", True),
        ("''", True),
    ],
)
def test_an_expression_selects(expression, selected):
    assert parse_selection(expression)(NAMES) is selected


def test_words_may_be_in_different_names():
    assert parse_selection("large and restore-")(NAMES)


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("", "the end"),
        ("orders and", "column 1, at 'orders'"),
        ("or orders", "column 1, at 'or'"),
        ("orders carts", "column 8, at 'carts'"),
        ("orders ''", "column 8, at \"''\""),
        ("orders (carts)", "column 1, at 'orders'"),
        ("(orders", "column 1, at '('"),
        ("orders)", "column 7, at ')'"),
        ("'orders", 'column 1, at "\'"'),
        ("()", "column 1, at '('"),
        ("not", "column 1, at 'not'"),
    ],
)
def test_a_wrong_expression_is_refused_with_the_place(expression, place):
    with pytest.raises(WrongExpression) as caught:
        parse_selection(expression)

    assert str(caught.value) == f"{place}: expected parts of names, joined by 'and', 'or', 'not' and parentheses"


@pytest.mark.parametrize("expression", ["(" * 10_000 + "a", "not " * 10_000 + "a"])
def test_nesting_has_an_end(expression):
    with pytest.raises(WrongExpression, match="has more than 50 parentheses"):
        parse_selection(expression)


def test_a_long_row_of_names_is_no_nesting():
    assert parse_selection(" or ".join(["carts"] * 5_000 + ["orders"]))(NAMES)
