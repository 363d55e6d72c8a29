"""Cases: a scenario done once for each row of its table of parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fakes.suggestions import suggest
from scenarios.format.parameters import CASE, SEED, Row, Scalar, is_seed
from scenarios.loading.errors import Problem
from scenarios.loading.yaml_source import Source
from simulator.documents.problems import KeyPath, shown

PLACEHOLDER = re.compile(r"\$\{parameters\.([^{}]*)\}")
"""The place of a parameter: ``${parameters.size}``."""
CASES_MAX = 1_000
VALUES_MAX = 1_000_000
"""Values that the documents of all cases may have together; more would take minutes to check."""


@dataclass(frozen=True)
class Case:
    """One way to run a scenario.

    Args:
        name: What it is called.
        row: The index of its row in the table.
        seed: Its seed; None means that of the scenario.
        values: The values of the parameters.
    """

    name: str
    row: int
    seed: int | None
    values: Mapping[str, Scalar]


class WrongTable(Exception):
    """Something is wrong with the table; *problems* lists all of it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


def read_cases(rows: Sequence[Row], source: Source) -> list[Case]:
    """Make the cases of a table.

    Args:
        rows: The table.
        source: The document in which it stands.

    Raises:
        WrongTable: rows have different parameters, cases the same name, or there are too many of them.
    """
    problems = list(_problems(rows, source))
    cases = [case for number, row in enumerate(rows) for case in _cases_of(number, row)]
    if len(cases) > CASES_MAX:
        problems.append(source.problem(("parameters",), f"makes {len(cases)} cases; expected at most {CASES_MAX}"))
    value_count = sum(path[:1] != ("parameters",) for path in source.value_places)
    if value_count * len(cases) > VALUES_MAX:
        found = f"makes {len(cases)} cases of a document with {value_count} values"
        problems.append(source.problem(("parameters",), f"{found}; expected at most {VALUES_MAX} values in all"))
    problems += _same_names(cases, source)
    if problems:
        raise WrongTable(list(dict.fromkeys(problems)))
    return cases


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
            yield source.problem((*path, SEED), f"has {case.seed} twice")
        else:
            first = first_rows[case.name] + 1
            yield source.problem(path, f"is the case {case.name!r}, as row {first} is; add another 'case'")


def _cases_of(number: int, row: Row) -> Iterator[Case]:
    values: dict[str, Any] = {key: value for key, value in row.items() if key not in (CASE, SEED)}
    found: Any = row.get(SEED)
    name = str(row.get(CASE) or "-".join(map(_printable, values.values())))
    for seed in found if isinstance(found, list) else [found]:
        by_seed = "" if seed is None else f"seed{seed}"
        marked = f"{name}-{by_seed}" if isinstance(found, list) and name else name or by_seed
        yield Case(marked, number, seed, values)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _printable(value: object) -> str:
    """A value as part of a name, which stands on one line of a terminal."""
    text = _text(value)
    return text if text.isprintable() else repr(text)[1:-1]


def unused_parameters(source: Source, case: Case) -> list[str]:
    """The parameters of *case* for which *source* has no place."""
    texts = (text for path, text in source.texts() if path[:1] != ("parameters",))
    used = {key for text in texts for key in PLACEHOLDER.findall(text)}
    return [key for key in case.values if key not in used]


def with_values(source: Source, case: Case) -> Source:
    """Put the values of *case* in their places.

    What is nothing but a place becomes the value itself; within a text, the value is written out. Of the table only the
    row of the case stays.

    Raises:
        WrongTable: there is no such parameter.
    """
    if not isinstance(source.data, dict):
        return source
    problems: list[Problem] = []

    def value_of(key: str, path: KeyPath) -> Scalar:
        if key not in case.values:
            problems.append(source.problem(path, f"there is no parameter {key!r}; {suggest(key, case.values)}"))
            return ""
        return case.values[key]

    data = {
        key: [value[case.row]] if key == "parameters" else _filled(value, (key,), value_of)
        for key, value in source.data.items()
    }
    if problems:
        raise WrongTable(problems)
    if case.seed is not None:
        data[SEED] = case.seed
    return replace(source, data=data)


def _filled(value: Any, path: KeyPath, value_of: Callable[[str, KeyPath], Scalar]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, (*path, key), value_of) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, (*path, index), value_of) for index, inner in enumerate(value)]
    if not isinstance(value, str):
        return value
    whole = PLACEHOLDER.fullmatch(value)
    if whole:
        return value_of(whole[1], path)
    return PLACEHOLDER.sub(lambda match: _text(value_of(match[1], path)), value)
