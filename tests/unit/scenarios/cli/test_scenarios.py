"""``pds-sim scenarios`` lists what ships, with what each shows; other verbs take the names."""

import json

import pytest

from scenarios.loading.shipped import shipped_names


def test_each_scenario_has_a_line_with_its_name_and_what_it_shows(pds_sim):
    outcome = pds_sim("scenarios")
    lines = outcome.stdout.splitlines()

    assert outcome.exit_code == 0
    assert [line.split()[0] for line in lines] == shipped_names()
    assert all(line.endswith(".") for line in lines)
    [quickstart] = [line for line in lines if line.startswith("quickstart ")]
    assert quickstart.split(maxsplit=1)[1] == "A restore of a PostgreSQL backup, from INITIALIZING to SUCCESSFUL."


def test_a_program_gets_json(pds_sim):
    listed = json.loads(pds_sim("scenarios", "--json").stdout)

    assert [scenario["name"] for scenario in listed] == shipped_names()
    assert {tuple(scenario) for scenario in listed} == {("name", "description", "file")}


@pytest.mark.parametrize("name", ["quickstart", "faults/gate", "gate"])
@pytest.mark.parametrize("verb", ["run", "explain", "timeline", "check"])
def test_verbs_take_names(pds_sim, monkeypatch, tmp_path, verb, name):
    monkeypatch.chdir(tmp_path)

    assert pds_sim(verb, name).exit_code == 0


def test_a_file_that_is_there_comes_before_a_name(pds_sim, write, monkeypatch):
    monkeypatch.chdir(write("version: 1\ndescription: mine\nsteps: [{matrix: }]\n", "quickstart").parent)

    assert pds_sim("run", "quickstart").stdout.startswith("quickstart: mine\n")


def test_a_name_that_is_none_is_told_with_what_comes_close(pds_sim):
    outcome = pds_sim("run", "quikstart", "quikstart.yaml", "nofile.yaml", "elsewhere")

    assert outcome.exit_code == 2
    assert outcome.stderr.splitlines() == [
        "quikstart: is no file, and no scenario that ships has that name; did you mean 'quickstart'?",
        "quikstart.yaml: can't be read: No such file or directory; did you mean 'quickstart'?",
        "nofile.yaml: can't be read: No such file or directory",
        "elsewhere: is no file, and no scenario that ships has that name; 'pds-sim scenarios' lists them",
    ]


def test_only_one_can_be_drawn(pds_sim):
    outcome = pds_sim("timeline", "faults")

    assert outcome.exit_code == 2
    assert " scenarios; expected one, such as " in outcome.stderr
