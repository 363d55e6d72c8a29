"""A line of a file is shown with what belongs to it."""

import pytest

from scenarios.loading.source_excerpts import excerpt

TEXT = "version: 1\nsteps:\n  - expect:\n      restore: copy\n\n  - advance: 1s\n  - advance: 2s\n"


@pytest.fixture
def numbers(write):
    """The numbers of the lines that are shown for a line, and of the one that is marked."""

    def find(line, text=TEXT):
        lines = excerpt(str(write(text)), line)
        return [shown.number for shown in lines], [shown.number for shown in lines if shown.marked]

    return find


@pytest.mark.parametrize(
    ("line", "shown"),
    [(1, [1]), (2, [1, 2, 3, 4]), (3, [2, 3, 4]), (6, [5, 6]), (7, [6, 7])],
)
def test_the_line_before_and_those_that_belong_to_it_are_shown(numbers, line, shown):
    assert numbers(line) == (shown, [line])


def test_a_long_step_is_cut(numbers):
    text = "steps:\n  - create:\n" + "      label: x\n" * 20

    assert numbers(2, text) == ([1, 2, 3, 4, 5, 6, 7, 8], [2])


def test_lines_are_as_they_stand_in_the_file(write):
    lines = excerpt(str(write(TEXT)), 3)

    assert [line.text for line in lines] == ["steps:", "  - expect:", "      restore: copy"]


@pytest.mark.parametrize("line", [0, 8, -1])
def test_there_may_be_no_such_line(numbers, line):
    assert numbers(line) == ([], [])


def test_a_file_that_can_not_be_read_any_more_shows_nothing(tmp_path, write):
    assert excerpt(str(tmp_path / "gone.yaml"), 1) == ()
    assert excerpt(str(write(b"\xff")), 1) == ()
