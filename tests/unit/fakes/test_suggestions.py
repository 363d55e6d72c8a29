"""What does not exist is answered with what may have been meant."""

import pytest

from fakes.suggestions import NAMES_SHOWN, suggest


@pytest.mark.parametrize(
    ("written", "known", "suggestion"),
    [
        ("orders-bakup", ["orders-backup", "events"], "did you mean 'orders-backup'?"),
        ("backup-3", ["backup-1", "backup-2"], "did you mean 'backup-2' or 'backup-1'?"),
        ("zzz", ["orders", "carts"], "expected one of 'orders', 'carts'"),
        ("zzz", [], "there are none"),
    ],
)
def test_a_suggestion_names_what_comes_close_or_what_there_is(written, known, suggestion):
    assert suggest(written, known) == suggestion


def test_a_long_list_is_cut():
    known = [f"backup-{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]

    assert suggest("zzz", known).count("'backup-") == NAMES_SHOWN
    assert suggest("zzz", known).endswith(", …")
    assert not suggest("zzz", known[:NAMES_SHOWN]).endswith("…")
