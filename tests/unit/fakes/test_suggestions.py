"""What does not exist is answered with what may have been meant."""

import pytest

from fakes.suggestions import NAMES_COMPARED_MAX, NAMES_SHOWN, suggest


@pytest.mark.parametrize(
    ("written", "known", "suggestion"),
    [
        ("orders-bakup", ["orders-backup", "events"], "did you mean 'orders-backup'?"),
        ("backup-3", ["backup-1", "backup-2"], "did you mean 'backup-2' or 'backup-1'?"),
        ("zzz", ["orders", "carts"], "expected one of 'orders', 'carts'"),
        ("zzz", [], "there are none"),
        ("successful", ["PENDING", "SUCCESSFUL"], "did you mean 'SUCCESSFUL'?"),
        ("PENDNG", ["pending", "failed"], "did you mean 'pending'?"),
        ("ok", ["OK", "NOT_FOUND"], "did you mean 'OK'?"),
    ],
)
def test_a_suggestion_names_what_comes_close_or_what_there_is(written, known, suggestion):
    assert suggest(written, known) == suggestion


def test_a_long_list_is_cut():
    known = [f"backup-{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]

    assert suggest("zzz", known).count("'backup-") == NAMES_SHOWN
    assert suggest("zzz", known).endswith(", …")
    assert not suggest("zzz", known[:NAMES_SHOWN]).endswith("…")


def test_among_very_many_names_only_those_of_about_the_same_length_are_compared():
    names = ["orders-backup", *("x" * (20 + number) for number in range(NAMES_COMPARED_MAX * 2))]

    assert suggest("orders-bakup", names) == "did you mean 'orders-backup'?"


def test_what_is_too_long_for_a_name_is_compared_with_none():
    assert suggest("n" * 1_000_000, ["n" * 1_000_000]).startswith("expected one of 'nnn")
