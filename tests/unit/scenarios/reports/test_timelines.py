"""Each scenario, and each case of it, has a timeline of its own."""

from dataclasses import replace

import pytest

from scenarios.reports.timelines import TimelineFiles, timeline_name


def test_timelines_are_written_as_they_are(tmp_path, passed):
    outcomes = [passed, replace(passed, case="small/er", events=())]

    TimelineFiles(tmp_path / "out", []).write(outcomes)

    assert {file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "out").iterdir()} == {
        "scenario.jsonl": passed.timeline,
        "scenario[small_er].jsonl": "",
    }


def test_two_of_a_name_are_refused_before_anything_is_made(tmp_path, load):
    scenario = load("version: 1\nsteps: [advance: 1s]\n")

    with pytest.raises(ValueError, match=r"several files would write scenario\.jsonl; run them one by one"):
        TimelineFiles(tmp_path / "out", [scenario, scenario])

    assert not (tmp_path / "out").exists()


def test_a_name_is_that_of_the_file_and_the_case():
    assert timeline_name("folder/orders.yaml", "") == "orders.jsonl"
    assert timeline_name("folder/orders.yaml", "large") == "orders[large].jsonl"
    assert timeline_name("folder/orders.pds.yaml", "large") == "orders[large].jsonl"
