"""Texts are cut to what fits, and say so."""

import pytest

from simulator.rpc.errors import FieldViolation, shortened, shortened_to_bytes

TEXTS = ["", "short", "exactly ten", "x" * 100, "ü" * 100, "😀" * 100, "a😀" * 50, "名前" * 40]


@pytest.mark.parametrize("length", [1, 2, 11, 99, 100, 101])
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_cut_to_a_number_of_characters(text, length):
    cut = shortened(text, length)

    assert len(cut) == min(len(text), length)
    assert (cut == text) == (len(text) <= length)
    assert text.startswith(cut.removesuffix("…"))


@pytest.mark.parametrize("size", [3, 4, 5, 6, 11, 99, 100, 400, 401])
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_cut_to_a_number_of_bytes_but_never_within_a_character(text, size):
    cut = shortened_to_bytes(text, size)

    fits = len(text.encode()) <= size
    assert cut == text if fits else cut.endswith("…")
    assert len(cut.encode()) <= size
    assert text.startswith(cut.removesuffix("…"))


def test_as_much_is_kept_as_fits():
    assert shortened_to_bytes("ü" * 10, 11) == "üüüü…"
    assert shortened_to_bytes("ü" * 10, 12) == "üüüü…"
    assert shortened_to_bytes("ü" * 10, 13) == "üüüüü…"


def test_a_violation_reads_as_its_field_and_what_is_wrong():
    assert str(FieldViolation("restore.meta.name", "is too long")) == "restore.meta.name: is too long"
    assert str(FieldViolation("", "no message")) == "no message"
