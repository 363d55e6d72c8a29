"""Runs scenarios a second time, in another process with another hash seed, and shows where histories differ."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from pathlib import Path

OTHER_HASH_SEED = "4711"


def differences(timelines: Mapping[str, str], seed: int | None) -> dict[str, str]:
    """Run scenarios again and compare what happened.

    Args:
        timelines: What happened the first time, as JSON lines, by the file of the scenario.
        seed: The seed with which that was, if not the scenarios' own.

    Returns:
        For each file whose timeline is not the same, the first line that differs, as it was in both runs.

    Raises:
        RuntimeError: the scenarios could not be run again.
    """
    found = {}
    for batch in _batches(timelines):
        with tempfile.TemporaryDirectory() as directory:
            _run_again(batch, seed, directory)
            for file in batch:
                again = Path(directory, f"{Path(file).stem}.jsonl").read_text(encoding="utf-8")
                if again != timelines[file]:
                    found[file] = _first_difference(timelines[file], again)
    return found


def _batches(files: Iterable[str]) -> list[list[str]]:
    """Divide *files* so that in each part no two write their timeline under the same name."""
    batches: list[dict[str, str]] = []
    for file in files:
        stem = Path(file).stem
        batch = next((batch for batch in batches if stem not in batch), None)
        if batch is None:
            batch = {}
            batches.append(batch)
        batch[stem] = file
    return [list(batch.values()) for batch in batches]


def _run_again(files: list[str], seed: int | None, directory: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": OTHER_HASH_SEED, "PYTHONSAFEPATH": "1"}
    seed_options = [] if seed is None else ["--seed", str(seed)]
    command = [sys.executable, "-m", "scenarios.cli", "run", "--quiet", "--timeline", directory, *seed_options, *files]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if len(list(Path(directory).iterdir())) < len(files):
        raise RuntimeError(f"could not run again: {ended.stderr.strip() or ended.stdout.strip()}")


def _first_difference(first: str, second: str) -> str:
    for number, (before, after) in enumerate(zip_longest(first.splitlines(), second.splitlines()), start=1):
        if before != after:
            return f"event {number} was\n    {before or 'nothing'}\n  and is\n    {after or 'nothing'}"
    return "the line ends differ"
