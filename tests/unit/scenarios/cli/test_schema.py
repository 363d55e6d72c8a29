"""``pds-sim schema`` prints the JSON Schema, or writes it into a file."""

import json

import pytest

from scenarios.format.json_schema import scenario_schema, scenario_schema_text


def test_it_is_printed(pds_sim):
    outcome = pds_sim("schema")

    assert (outcome.exit_code, outcome.stdout) == (0, scenario_schema_text())
    assert json.loads(outcome.stdout) == scenario_schema()


def test_it_is_written_over_what_was_there(pds_sim, tmp_path):
    file = tmp_path / "schema.json"
    file.write_text("{}")

    outcome = pds_sim("schema", "--output", file)

    assert (outcome.exit_code, outcome.stdout) == (0, f"{file}\n")
    assert file.read_text(encoding="utf-8") == scenario_schema_text()


@pytest.mark.parametrize(("name", "reason"), [("absent/schema.json", "No such file or directory")])
def test_a_file_that_can_not_be_written_ends_with_2(pds_sim, tmp_path, name, reason):
    outcome = pds_sim("schema", "--output", tmp_path / name)

    assert (outcome.exit_code, outcome.stderr) == (2, f"--output {tmp_path / name}: {reason}\n")
