"""``pds-sim protos`` writes files that compilers take; clients in other languages are generated from them elsewhere."""

import pytest


def test_it_writes_over_its_own_files_and_leaves_others(pds_sim, tmp_path):
    folder = tmp_path / "new" / "protos"
    first = pds_sim("protos", "--output", folder)
    written = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "buf.yaml").write_text("old")
    (folder / "mine.proto").write_text('syntax = "proto3";')

    again = pds_sim("protos", "--output", folder)

    assert (first.exit_code, again.exit_code, again.stdout) == (0, 0, first.stdout)
    assert {path: path.read_bytes() for path in written} == written
    assert (folder / "mine.proto").exists()


def test_commands_quote_the_name_of_the_folder(pds_sim, tmp_path):
    outcome = pds_sim("protos", "--output", tmp_path / "it's here")

    commands = [line for line in outcome.stdout.splitlines() if line.startswith("  ")]
    quoted = f"'{tmp_path}/it'\"'\"'s here'"
    assert commands
    assert [line for line in commands if quoted[1:-1] not in line] == []


@pytest.mark.parametrize(("name", "reason"), [("file/protos", "Not a directory"), ("n" * 300, "File name too long")])
def test_a_folder_that_can_not_be_written_ends_with_2(pds_sim, tmp_path, name, reason):
    (tmp_path / "file").touch()

    outcome = pds_sim("protos", "--output", f"{tmp_path}/{name}")

    assert outcome.exit_code == 2
    assert f"can't be written: {reason}" in outcome.stderr
