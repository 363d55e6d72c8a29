"""``pds-sim check`` tells errors and warnings without a run, and ends with 0, 1 or 2."""

import json
import os

import pytest


@pytest.fixture
def doubtful(write):
    return write("version: 1\nsteps:\n  - list: {as: page}\n  - matrix:\n", "doubtful.yaml")


def test_a_scenario_without_fault_ends_with_0(pds_sim, passing):
    outcome = pds_sim("check", "--strict", passing)

    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (0, "1 file: no errors, no warnings\n", "")


def test_errors_are_told_in_the_words_of_run_and_end_with_2(pds_sim, write, wrong, passing):
    other = write("version: 2\nseed: x\n", "other.yaml")

    outcome = pds_sim("check", wrong, passing, other)

    assert outcome.exit_code == 2
    *lines, summary = outcome.stdout.splitlines()
    assert lines == pds_sim("run", other, wrong).stderr.splitlines()
    assert summary == "3 files: 3 errors, no warnings"


def test_warnings_end_with_0_unless_they_are_to_be_taken_seriously(pds_sim, doubtful):
    outcome, strict = pds_sim("check", doubtful), pds_sim("check", "--strict", doubtful)

    assert (outcome.exit_code, strict.exit_code) == (0, 1)
    assert outcome.stdout == strict.stdout
    assert outcome.stdout == (
        f"{doubtful}:3:16: steps[0].list.as: warning: no step refers to the answer 'page'\n"
        "1 file: no errors, 1 warning\n"
    )


def test_errors_count_for_more_than_warnings(pds_sim, wrong, doubtful):
    outcome = pds_sim("check", "--strict", wrong, doubtful)

    assert outcome.exit_code == 2
    assert outcome.stdout.splitlines()[-1] == "2 files: 1 error, 1 warning"


def test_a_program_gets_one_json_object(pds_sim, wrong, doubtful):
    outcome = pds_sim("check", "--json", wrong, doubtful)

    assert outcome.exit_code == 2
    assert json.loads(outcome.stdout) == {
        "files": 2,
        "errors": 1,
        "warnings": 1,
        "problems": [
            {
                "file": str(doubtful),
                "severity": "warning",
                "line": 3,
                "column": 16,
                "path": "steps[0].list.as",
                "message": "no step refers to the answer 'page'",
            },
            {
                "file": str(wrong),
                "severity": "error",
                "line": 3,
                "column": 5,
                "path": "steps[0].advanc",
                "message": "is no key here; did you mean 'advance' or 'advance_until'?",
            },
        ],
    }


def test_a_file_that_is_not_there_is_an_error(pds_sim, tmp_path):
    outcome = pds_sim("check", tmp_path / "missing.yaml")

    assert (outcome.exit_code, outcome.stdout.splitlines()[0]) == (
        2,
        f"{tmp_path / 'missing.yaml'}: can't be read: No such file or directory",
    )


def test_what_is_so_in_several_cases_is_told_once_and_what_fails_in_one_as_well(pds_sim, write):
    file = write(
        "version: 1\n"
        "parameters: [{method: GetRestore}, {method: ListRestores}]\n"
        'faults: [{method: "${parameters.method}", hang: }]\n'
        "steps: [{list: {as: page, expect: {code: DEADLINE_EXCEEDED}}}]\n"
    )

    outcome = pds_sim("check", file)

    missed, *others = outcome.stdout.splitlines()
    assert missed.startswith(f"{file}:3:9: faults: warning: fails when it is run: the rule 'hang on method=GetRestore'")
    assert others == [
        f"{file}:4:9: steps[0]: warning: fails when it is run: expected code DEADLINE_EXCEEDED, found OK",
        f"{file}:4:21: steps[0].list.as: warning: no step refers to the answer 'page'",
        "1 file: no errors, 3 warnings",
    ]


@pytest.mark.parametrize(("text", "place"), [("version: 1\n", "1:1"), ("version: 1\nsteps: []\n", "2:1")])
def test_what_can_not_be_run_for_want_of_steps_is_a_warning(pds_sim, write, text, place):
    file = write(text, "idle.yaml")

    outcome = pds_sim("check", "--strict", file)

    assert outcome.exit_code == 1
    assert outcome.stdout.splitlines()[0] == f"{file}:{place}: warning: has no steps; there is nothing to run"


def test_pipes_in_a_folder_are_left_out_and_refused_by_themselves(pds_sim, passing):
    pipe = passing.with_name("pipe.yaml")
    os.mkfifo(pipe)

    folder, alone = pds_sim("check", passing.parent), pds_sim("check", pipe)

    assert (folder.exit_code, folder.stdout) == (0, "1 file: no errors, no warnings\n")
    assert (alone.exit_code, alone.stdout.splitlines()[0]) == (2, f"{pipe}: is no regular file")


def test_a_pipe_that_the_shell_has_made_is_read(pds_sim):
    reader, writer = os.pipe()
    os.write(writer, b"version: 1\nsteps: [advance: 1s]\n")
    os.close(writer)

    assert pds_sim("check", "--strict", f"/dev/fd/{reader}").exit_code == 0
    os.close(reader)
