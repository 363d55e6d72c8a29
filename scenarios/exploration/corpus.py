"""Findings as scenario files: each runs the client against the rules that break it, and passes once it is mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from scenarios.clients.limits import Limits
from scenarios.clients.oracles import ORACLES
from scenarios.exploration.findings import Finding
from scenarios.format.writing import scenario_yaml
from scenarios.loading.loader import load_cases
from scenarios.reports.files import file_name, write_whole

SUFFIX = ".pds.yaml"


def read_corpus(folder: Path) -> list[Mapping[str, Any]]:
    """Read earlier findings, in the order of their files, as the arguments of a replay.

    Raises:
        scenarios.loading.errors.ScenarioError: a file is wrong, or does not fit the world.
    """
    return [replay for file in sorted(folder.glob(f"*{SUFFIX}")) if file.is_file() for replay in _read(file)]


def _read(file: Path) -> Iterator[Mapping[str, Any]]:
    for scenario in load_cases(file):
        rules = [fault.to_rule().to_plain() for fault in scenario.document.faults]
        yield {"rules": rules, "seed": scenario.document.seed}


def write_findings(folder: Path, findings: Sequence[Finding], setup: Mapping[str, Any]) -> list[Finding]:
    """Write each finding that a folder does not have yet; give the findings with the names of their files.

    Args:
        folder: The folder. No file in it changes: another schedule with the same cause gets a file with a number.
        findings: What was found.
        setup: How, as `scenarios.exploration.trials.Trials.from_plain` takes it.

    Raises:
        OSError: a file can't be written.
    """
    return [replace(each, scenario=str(_written(folder, each, setup))) for each in findings]


def _written(folder: Path, finding: Finding, setup: Mapping[str, Any]) -> Path:
    """Return the file that has the finding; it is written if there is none."""
    text = scenario_text(finding, setup)
    name = file_name(finding.title)
    for number in count(1):
        file = folder / f"{name if number == 1 else f'{name}-{number}'}{SUFFIX}"
        if not file.exists():
            write_whole(file, text)
            break
        if file.is_file() and _content(file.read_text(encoding="utf-8", errors="replace")) == _content(text):
            break
    return file


def _content(text: str) -> Any:
    """What a scenario runs, whatever its comments and its description say; None where it is no YAML."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    return {**document, "description": ""} if isinstance(document, dict) else None


def scenario_text(finding: Finding, setup: Mapping[str, Any]) -> str:
    """The text of a scenario that shows a finding."""
    described = f"{finding.title}; found by pds-sim explore --seed {setup['seed']}"
    document: dict[str, Any] = {"version": 1, "description": "".join(filter(str.isprintable, described))}
    document |= {"seed": finding.seed} if finding.seed else {}
    document |= {key: setup[key] for key, usual in (("clock", "manual"), ("speed", 1.0)) if setup[key] != usual}
    document |= {"world": setup["world"]} if setup["world"] else {}
    document |= {"strict": False}
    document |= {"faults": [readable(rule) for rule in finding.rules]} if finding.rules else {}
    document["steps"] = [{"client": _client_step(setup)}]
    return scenario_yaml(document)


def readable(plain: Any) -> Any:
    """A rule as one would write it: one pattern in place of a list of one, 60 in place of 60.0."""
    if isinstance(plain, Mapping):
        return {key: readable(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return (
            readable(plain[0]) if len(plain) == 1 and isinstance(plain[0], str) else [readable(each) for each in plain]
        )
    return int(plain) if isinstance(plain, float) and plain.is_integer() else plain


def _client_step(setup: Mapping[str, Any]) -> dict[str, Any]:
    step = dict(setup["client"])
    step |= {"oracles": [*setup["oracles"]]} if [*setup["oracles"]] != [*ORACLES] else {}
    usual = Limits()
    keys = {"virtual_seconds": "limit", "calls": "calls", "real_seconds": "timeout"}
    limits = setup["limits"].items()
    return step | {keys[name]: value for name, value in limits if value != getattr(usual, name)}
