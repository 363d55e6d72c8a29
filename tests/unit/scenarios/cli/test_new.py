"""``pds-sim new`` writes a scenario that passes, with a schema for editors beside it, and writes nothing over."""

import pytest

from scenarios.format.json_schema import scenario_schema_text


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("options", [(), ("--no-schema",)])
def test_what_it_writes_has_no_warnings_and_passes(pds_sim, tmp_path, options):
    file = tmp_path / "first.pds.yaml"

    assert pds_sim("new", file, *options).exit_code == 0
    assert pds_sim("check", "--strict", file).exit_code == 0
    assert pds_sim("run", file).exit_code == 0


def test_the_schema_stands_beside_it_where_its_first_line_says(pds_sim, folder):
    (folder / "inner").mkdir()

    outcome = pds_sim("new", "inner/first.yaml")

    assert outcome.stdout.splitlines() == ["inner/first.yaml", "inner/scenario.schema.json"]
    first_line = (folder / "inner" / "first.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first_line == "# yaml-language-server: $schema=scenario.schema.json"
    assert (folder / "inner" / "scenario.schema.json").read_text(encoding="utf-8") == scenario_schema_text()


def test_without_a_schema_a_comment_says_how_to_get_it(pds_sim, folder):
    assert pds_sim("new", "--no-schema", "first.yaml").stdout == "first.yaml\n"

    assert [file.name for file in folder.iterdir()] == ["first.yaml"]
    assert "pds-sim schema --output scenario.schema.json" in (folder / "first.yaml").read_text(encoding="utf-8")


def test_nothing_is_written_over(pds_sim, folder):
    (folder / "first.yaml").write_text("mine")
    (folder / "scenario.schema.json").write_text("mine too")

    refused, written = pds_sim("new", "first.yaml"), pds_sim("new", "second.yaml")

    assert (refused.exit_code, refused.stderr) == (2, "first.yaml: exists already; expected the name of a new file\n")
    assert (folder / "first.yaml").read_text() == "mine"
    assert (written.exit_code, written.stdout) == (0, "second.yaml\n")
    assert written.stderr == (
        "scenario.schema.json: is kept, but differs from the schema of this version;"
        " to renew it: pds-sim schema --output scenario.schema.json\n"
    )
    assert (folder / "scenario.schema.json").read_text() == "mine too"


@pytest.mark.parametrize(
    ("name", "reason"),
    [("absent/first.yaml", "No such file or directory"), ("x" * 300, "File name too long")],
)
def test_a_file_that_can_not_be_written_ends_with_2(pds_sim, folder, name, reason):
    outcome = pds_sim("new", name)

    assert (outcome.exit_code, outcome.stderr) == (2, f"{name}: can't be written: {reason}\n")
    assert list(folder.iterdir()) == []


def test_of_a_schema_that_is_up_to_date_nothing_is_said(pds_sim, tmp_path):
    first, second = pds_sim("new", tmp_path / "first.yaml"), pds_sim("new", tmp_path / "second.yaml")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert (second.stdout, second.stderr) == (f"{tmp_path / 'second.yaml'}\n", "")
