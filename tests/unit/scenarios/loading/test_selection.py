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
    ("expression", "message"),
    [
        ("", "column 1: expected a part of a name, 'not' or '(', found the end"),
        ("orders and", "column 11: expected a part of a name, 'not' or '(', found the end"),
        ("or orders", "column 1: expected a part of a name, 'not' or '(', found 'or'"),
        ("orders carts", "column 8: expected 'and', 'or' or the end, found 'carts'"),
        ("orders ''", "column 8: expected 'and', 'or' or the end, found ''"),
        ("(orders", "column 8: expected ')', found the end"),
        ("orders)", "column 7: expected 'and', 'or' or the end, found ')'"),
        ("'orders", "column 1: expected a part of a name, 'not' or '(', found \"'\""),
        ("()", "column 2: expected a part of a name, 'not' or '(', found ')'"),
    ],
)
def test_a_wrong_expression_is_refused_with_the_place(expression, message):
    with pytest.raises(WrongExpression) as caught:
        parse_selection(expression)

    assert str(caught.value) == message


@pytest.mark.parametrize("expression", ["(" * 10_000 + "a", "not " * 10_000 + "a"])
def test_nesting_has_an_end(expression):
    with pytest.raises(WrongExpression, match="is more than 50 levels deep"):
        parse_selection(expression)


def test_a_long_row_of_names_is_no_nesting():
    assert parse_selection(" or ".join(["carts"] * 5_000 + ["orders"]))(NAMES)
