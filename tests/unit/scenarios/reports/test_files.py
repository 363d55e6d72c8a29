"""Files are written whole or not at all, and it is known before whether they can be."""

import os
import stat

import pytest

from scenarios.reports.files import check_file, check_folder, unique_names, write_whole


def test_a_file_gets_its_content_and_nothing_is_left_beside_it(tmp_path):
    file = tmp_path / "report"

    write_whole(file, "first ✓")
    write_whole(file, "second")

    assert file.read_text(encoding="utf-8") == "second"
    assert list(tmp_path.iterdir()) == [file]


def test_what_can_not_be_written_leaves_the_old_content_and_nothing_beside_it(tmp_path, monkeypatch):
    file = tmp_path / "report"
    file.write_text("old", encoding="utf-8")

    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr("scenarios.reports.files.shutil.copymode", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_whole(file, "new")

    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_a_link_and_what_it_points_to_is_written(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)

    write_whole(link, "new")

    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"


def test_permissions_stay_and_new_files_have_those_of_any_other(tmp_path):
    old, new, other = tmp_path / "old", tmp_path / "new", tmp_path / "other"
    old.touch()
    old.chmod(0o640)
    other.touch()

    write_whole(old, "")
    write_whole(new, "")

    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    check_file(pipe)
    write_whole(pipe, "content")

    assert os.read(reader, 100) == b"content"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)


def test_folders_are_made_and_nothing_is_left_by_a_check(tmp_path):
    check_file(tmp_path / "some" / "where" / "report")
    check_folder(tmp_path / "other")

    assert {path.name for path in tmp_path.rglob("*")} == {"some", "where", "other"}


def test_a_check_leaves_a_file_as_it_is(tmp_path):
    file = tmp_path / "report"
    file.write_text("old", encoding="utf-8")

    check_file(file)

    assert file.read_text(encoding="utf-8") == "old"


def test_a_folder_is_no_file_and_a_file_is_no_folder(tmp_path):
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(IsADirectoryError):
        check_file(tmp_path)
    for check, path in ((check_folder, file), (check_file, file / "below"), (check_folder, file / "below" / "deeper")):
        with pytest.raises(NotADirectoryError):
            check(path)


def test_names_of_files_differ_even_where_case_does_not_count():
    assert unique_names(["a", "A", "a/b", "a b", "", "..", "a-2", "index"], taken=["INDEX"]) == [
        *("a", "A-2", "a_b", "a_b-2", "_", "_-2", "a-2-2", "index-2"),
    ]
