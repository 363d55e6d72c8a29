"""Cases: a scenario is done once for each row of its table of parameters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from fakes.printable import printable
from fakes.suggestions import suggest
from scenarios.format.parameters import CASE, SEED, Row, Scalar, is_seed
from scenarios.loading.errors import Problem, ScenarioError
from scenarios.loading.yaml_source import TEXT_LENGTH_MAX, Source
from simulator.documents.problems import PROBLEMS_MAX, KeyPath, shown

PLACEHOLDER = re.compile(r"\$\{parameters\.([^{}]*)\}")
"""The place of a parameter: ``${parameters.size}``."""
CASES_MAX = 1_000
VALUES_MAX = 1_000_000
"""Values that the documents of all cases may have together; more would take minutes to check."""


@dataclass(frozen=True)
class Case:
    """One way to run a scenario.

    Args:
        name: Its name.
        row: The index of its row in the table.
        seed: Its seed; None means that of the scenario.
        values: The values of the parameters.
        texts: The values as written.
    """

    name: str
    row: int
    seed: int | None
    values: Mapping[str, Scalar]
    texts: Mapping[str, str]


def read_cases(rows: Sequence[Row], source: Source) -> list[Case]:
    """Make the cases of a table.

    Args:
        rows: The table.
        source: The document in which it stands.

    Raises:
        ScenarioError: rows have different parameters, cases the same name, there are too many of them, or their values
            make too much text.
    """
    problems = list(_problems(rows, source))
    cases = [case for number, row in enumerate(rows) for case in _cases_of(number, row, source)]
    if len(cases) > CASES_MAX:
        problems.append(source.problem(("parameters",), f"makes {len(cases)} cases; expected at most {CASES_MAX}"))
    value_count = sum(path[:1] != ("parameters",) for path in source.value_places)
    if value_count * len(cases) > VALUES_MAX:
        found = f"makes {len(cases)} cases of a document with {value_count} values"
        problems.append(source.problem(("parameters",), f"{found}; expected at most {VALUES_MAX} values in all"))
    problems += _same_names(cases, source)
    problems += _too_much_text(cases, source)
    if problems:
        raise ScenarioError(source.file, list(dict.fromkeys(problems)))
    return cases


def _too_much_text(cases: Sequence[Case], source: Source) -> Iterator[Problem]:
    """Find the text at which filled-in values become too long, before any are made."""
    uses = [(path, len(text), Counter(keys)) for path, text, keys in _uses(source)]
    length = 0
    for case in cases:
        for path, text_length, keys in uses:
            length += text_length + sum(count * len(case.texts.get(key, "")) for key, count in keys.items())
            if length > TEXT_LENGTH_MAX:
                found = f"with this, all cases together have more than {TEXT_LENGTH_MAX} characters of filled-in text"
                yield source.problem(path, f"{found}; expected fewer or shorter parameters")
                return


def _uses(source: Source) -> Iterator[tuple[KeyPath, str, list[str]]]:
    """Yield each text with parameters in it: its path, the text, and the keys of the parameters."""
    for path, text in source.texts():
        keys = PLACEHOLDER.findall(text)
        if keys and path[:1] != ("parameters",):
            yield path, text, keys


def _problems(rows: Sequence[Row], source: Source) -> Iterator[Problem]:
    known = dict.fromkeys(key for row in rows for key in row if key not in (CASE, SEED))
    for number, row in enumerate(rows):
        path: KeyPath = ("parameters", number)
        missing = [key for key in known if key not in row]
        if missing:
            yield source.problem(path, f"has no {' and no '.join(missing)}, which other rows have")
        if CASE in row and (not isinstance(row[CASE], str) or not str(row[CASE]).isprintable() or not row[CASE]):
            yield source.problem((*path, CASE), f"is {shown(row[CASE])}; expected a name")
        if SEED in row and not (is_seed(row[SEED]) or isinstance(row[SEED], list)):
            yield source.problem((*path, SEED), f"is {shown(row[SEED])}; expected a whole number, or a list of such")
        for key in known:
            if isinstance(row.get(key), list):
                yield source.problem((*path, key), "is a list; expected a text, a number, true or false")


def _same_names(cases: Sequence[Case], source: Source) -> Iterator[Problem]:
    first_rows: dict[str, int] = {}
    for case in cases:
        path: KeyPath = ("parameters", case.row)
        if case.name not in first_rows:
            first_rows[case.name] = case.row
        elif first_rows[case.name] == case.row:
            yield source.problem((*path, SEED), f"has {case.seed!r} twice")
        else:
            first = first_rows[case.name] + 1
            yield source.problem(path, f"is the case {case.name!r}, as row {first} is; add another 'case'")


def _cases_of(number: int, row: Row, source: Source) -> Iterator[Case]:
    values: dict[str, Any] = {key: value for key, value in row.items() if key not in (CASE, SEED)}
    texts = {key: source.written(("parameters", number, key), value) for key, value in values.items()}
    found: Any = row.get(SEED)
    name = str(row.get(CASE) or "-".join(map(printable, texts.values())))
    for seed in found if isinstance(found, list) else [found]:
        by_seed = "" if seed is None else f"seed{int(seed) if is_seed(seed) else seed}"
        marked = f"{name}-{by_seed}" if isinstance(found, list) and name else name or by_seed
        yield Case(marked, number, seed, values, texts)


def unused_parameters(source: Source, case: Case) -> list[str]:
    """The parameters of *case* that *source* does not use."""
    used = {key for _, _, keys in _uses(source) for key in keys}
    return [key for key in case.values if key not in used]


def with_values(source: Source, case: Case) -> Source:
    """Put the values of *case* in their places.

    What is nothing but a place becomes the value itself; within a text, the value stands as it is written in the table.
    Of the table only the row of the case stays.

    Raises:
        ScenarioError: there is no such parameter.
    """
    if not isinstance(source.data, dict):
        return source
    unknown = ((path, key) for path, _, keys in _uses(source) for key in keys if key not in case.values)
    problems = [
        source.problem(path, f"there is no parameter {key!r}; {suggest(key, case.values)}")
        for path, key in islice(unknown, PROBLEMS_MAX + 1)
    ]
    if problems:
        raise ScenarioError(source.file, problems)
    data = {
        key: [value[case.row]] if key == "parameters" else _filled(value, case) for key, value in source.data.items()
    }
    if case.seed is not None:
        data[SEED] = case.seed
    return replace(source, data=data)


def _filled(value: Any, case: Case) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, case) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, case) for inner in value]
    if not isinstance(value, str):
        return value
    whole = PLACEHOLDER.fullmatch(value)
    return case.values[whole[1]] if whole else PLACEHOLDER.sub(lambda match: case.texts[match[1]], value)
