"""What the page about the format of scenarios shows is so: it knows every key and no other."""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import get_args

import pytest
import yaml

from fakes.lifecycle import phase_durations
from scenarios.checks import dry_run
from scenarios.format.expectations import GENERATED
from scenarios.format.scenario import ScenarioDocument
from scenarios.format.steps import RepeatStep
from scenarios.loading import parameters, references, yaml_nodes, yaml_source
from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import load_cases
from simulator.documents import problems, quantities
from simulator.documents.model import Model

PAGE = (Path(__file__).parents[2] / "scenarios" / "README.md").read_text(encoding="utf-8")
YEAR_SECONDS = 365 * 86_400
PLAIN = (bool, float, int, str)
EXAMPLES = re.findall(r"(?<!<!-- wrong -->\n\n)^```yaml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
WRONG = re.findall(
    r"^<!-- wrong -->\n\n```yaml\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL
)


def written(text, folder):
    """A file with an example; a part of a scenario leaves out the version, as the page says."""
    file = folder / "scenario.yaml"
    file.write_text(text if text.startswith("version:") else f"version: 1\n{text}", encoding="utf-8")
    return file


def models_in(annotation):
    """The models in the type of a key."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return {annotation}
    return {model for argument in get_args(annotation) for model in models_in(argument)}


def children(model):
    return {child for entry in model.model_fields.values() for child in models_in(entry.annotation)}


def reachable(*models):
    """All models from which a document is made, with those from which they inherit."""
    found, waiting = set(), set(models)
    while waiting:
        model = waiting.pop()
        found.add(model)
        waiting |= {*children(model), *(base for base in model.__mro__ if issubclass(base, Model))} - found - {Model}
    return {model.__name__: model for model in found if own_keys(model) and model.__module__ != GENERATED}


def declared_by(model, name):
    return next(base for base in reversed(model.__mro__) if issubclass(base, Model) and name in base.model_fields)


def own_keys(model):
    """The entries of a model that it does not inherit, by their keys."""
    entries = model.model_fields.items()
    return {entry.alias or name: entry for name, entry in entries if declared_by(model, name) is model}


def keys_to_show(model):
    """The keys that tables have: all but twins, such as `backup_id` beside `backup`, which the page tells of once."""
    keys = own_keys(model)
    return [key for key in keys if key.removesuffix("_id") == key or key.removesuffix("_id") not in keys]


MODELS = reachable(ScenarioDocument)


def tables(marker):
    """The rows of tables behind a comment, each as a mapping from headings to cells; those of one model together."""
    found = {}
    for name, table in re.findall(rf"^<!-- {marker}: (\w+) -->\n\n((?:\|.*\n)+)", PAGE, flags=re.MULTILINE):
        headings, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
        found.setdefault(name, []).extend(dict(zip(headings, row, strict=True)) for row in rows)
    return found


KEY_TABLES = tables("keys")
INNER_TABLES = tables("keys under")


def key_in(row, *, column=0):
    [key] = re.findall("^`([^`]+)`$", list(row.values())[column])
    return key


def inner_models(name):
    """For the keys of a model the models of what stands under them, as far as these have no table of their own."""
    return {
        key: model
        for key, entry in own_keys(MODELS[name]).items()
        for model in models_in(entry.annotation)
        if model.__name__ not in KEY_TABLES and own_keys(model)
    }


def rows_and_entries():
    """Each row of a table, and the entry of the model that it tells of."""
    for name, rows in KEY_TABLES.items():
        yield from ((row, own_keys(MODELS[name])[key_in(row)]) for row in rows)
    for name, rows in INNER_TABLES.items():
        inner = inner_models(name)
        yield from ((row, own_keys(inner[key_in(row)])[key_in(row, column=1)]) for row in rows)


def used_keys(value):
    """Every key that is given in a document, with the model that declares it."""
    if isinstance(value, Model):
        for name in value.model_fields_set:
            declaring = declared_by(type(value), name)
            yield declaring.__name__, declaring.model_fields[name].alias or name
            yield from used_keys(getattr(value, name))
    elif isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from used_keys(inner)


def test_every_key_is_used_in_an_example(tmp_path, write_stuck_snapshot):
    write_stuck_snapshot(tmp_path)
    documents = [scenario.document for text in EXAMPLES for scenario in load_cases(written(text, tmp_path))]

    used = set(used_keys(documents))

    assert {(name, key) for name, model in MODELS.items() for key in own_keys(model)} - used == set()


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_wrong_example_is_told_of_as_the_page_shows(text, told, tmp_path, monkeypatch):
    written(text, tmp_path)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ScenarioError) as caught:
        load_cases("scenario.yaml")

    assert caught.value.lines() == told.splitlines()


def test_there_are_examples_and_wrong_ones():
    every_block = len(re.findall("^```yaml$", PAGE, flags=re.MULTILINE))

    assert len(EXAMPLES) + len(WRONG) == every_block
    assert len(WRONG) > 1
    assert sum(text.startswith("version:") for text in EXAMPLES) > 1


@pytest.mark.parametrize("name", KEY_TABLES)
def test_a_table_has_every_key_of_its_model_once(name):
    assert sorted(map(key_in, KEY_TABLES[name])) == sorted(keys_to_show(MODELS[name]))


@pytest.mark.parametrize("name", INNER_TABLES)
def test_a_table_of_what_stands_under_keys_has_each_once(name):
    keys = [(key, inner) for key, model in inner_models(name).items() for inner in keys_to_show(model)]

    assert sorted((key_in(row), key_in(row, column=1)) for row in INNER_TABLES[name]) == sorted(keys)


def test_every_model_has_its_table():
    inside = {model.__name__ for name in INNER_TABLES for model in inner_models(name).values()}

    assert {*KEY_TABLES, *inside} == set(MODELS)


def test_the_tables_say_which_keys_are_required():
    rows = [(row, entry) for row, entry in rows_and_entries() if "default" in row]

    assert [row for row, entry in rows if entry.is_required() != (row["default"] == "required")] == []


def test_the_tables_say_what_is_so_where_a_key_is_left_out():
    rows = [(row["default"], entry.default) for row, entry in rows_and_entries() if "default" in row]
    told = [(text, default) for text, default in rows if is_value(text) or (isinstance(default, PLAIN) and default)]

    assert told
    assert [(text, default) for text, default in told if default not in values_of(text)] == []


def is_value(text):
    return re.fullmatch("`[^`]+`", text) is not None


def values_of(text):
    """What a cell may stand for: the value that YAML reads, a duration, or a size."""
    value = yaml.safe_load(text.strip("`"))
    values = [value]
    for read in (quantities.parse_duration_seconds, quantities.parse_size_bytes):
        with suppress(ValueError):
            values.append(read(value))
    return values


def test_the_limits_are_those_that_hold():
    [table] = re.findall(r"^\| limit \| value \|\n\|---\|---\|\n((?:\|.*\n)+)", PAGE, flags=re.MULTILINE)
    [rounds] = [bound.le for bound in RepeatStep.model_fields["times"].metadata if hasattr(bound, "le")]

    assert [int(re.search(r"\d+", line)[0]) for line in table.splitlines()] == [
        yaml_source.FILE_BYTES_MAX // 1024,
        yaml_nodes.DEPTH_MAX,
        yaml_source.NODES_MAX,
        yaml_source.TEXT_LENGTH_MAX,
        parameters.CASES_MAX,
        parameters.VALUES_MAX,
        rounds,
        references.STEPS_MAX,
        problems.PROBLEMS_MAX,
        dry_run.STEPS_MAX,
        quantities.DURATION_SECONDS_MAX // YEAR_SECONDS,
        phase_durations.DURATION_SECONDS_MAX // YEAR_SECONDS,
    ]
