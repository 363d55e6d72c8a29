"""Scenarios that ship are found by name, in a checkout as in an installed package."""

import pytest

from scenarios.loading.shipped import library, shipped_files, shipped_names

FOLDERS = {"faults", "journeys", "situations"}


def test_names_are_paths_below_the_library_the_plain_ones_first():
    names = shipped_names()

    assert {"quickstart", "faults/lose-response"} <= set(names)
    assert {name.partition("/")[0] for name in names if "/" in name} == FOLDERS
    assert names.index("refused") < names.index("faults/delay")
    assert all((library() / f"{name}.yaml").is_file() for name in names)


def test_no_two_end_alike():
    stems = [name.rpartition("/")[2] for name in shipped_names()]

    assert len(set(stems) | FOLDERS) == len(stems) + len(FOLDERS)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("quickstart", "quickstart.yaml"),
        ("faults/lose-response", "faults/lose-response.yaml"),
        ("lose-response", "faults/lose-response.yaml"),
    ],
)
def test_a_name_stands_for_a_file(name, file):
    assert shipped_files(name) == [library() / file]


@pytest.mark.parametrize("name", ["faults", "faults/"])
def test_a_folder_of_the_library_stands_for_all_in_it(name):
    files = shipped_files(name)

    assert len(files) > 10
    assert {file.parent for file in files} == {library() / "faults"}


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("quikstart", "did you mean 'quickstart'?"),
        ("faults/lose-respnse", "did you mean 'lose-response'?"),
        ("quickstart.yaml", "did you mean 'quickstart'?"),
        ("nothing-like-it-at-all", ""),
        ("../library/quickstart", "did you mean 'quickstart'?"),
        ("fault", "did you mean 'faults'?"),
        ("nofile", ""),
    ],
)
def test_a_name_that_is_none_is_told_with_what_comes_close(name, suggestion):
    with pytest.raises(LookupError) as caught:
        shipped_files(name)

    assert str(caught.value) == suggestion
