"""Whatever stands in a scenario file, it is loaded and can be run, or it is refused as a scenario file is."""

import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.loading.errors import ScenarioError
from scenarios.loading.loader import load_cases
from scenarios.running.runner import ScenarioRun

LIBRARY = Path(__file__).parents[2] / "scenarios" / "library"
TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in sorted(LIBRARY.glob("*.yaml"))}
DOCUMENTS = {name: yaml.safe_load(text) for name, text in TEXTS.items()}

# A pattern that a scenario expects may be one that Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def words_of(value):
    """Every key and value of a document that is no collection."""
    if isinstance(value, dict):
        return {word for key, entry in value.items() for word in {key} | words_of(entry)}
    if isinstance(value, list):
        return {word for entry in value for word in words_of(entry)}
    return {value}


WORDS = sorted({str(word) for document in DOCUMENTS.values() for word in words_of(document)})
scalars = (
    st.sampled_from(WORDS)
    | st.text(max_size=10)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.none()
    | st.sampled_from(["9" * 400, 10**400, "1000d", "999999d", "9TiB", "${a.b}", "${orders-copy.meta.uid}", "", "("])
)
keys = st.sampled_from(WORDS) | st.text(max_size=5)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20
)
LINE_ENDS = (b"\n", b"\r", b"\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
"""What ends a line for YAML."""
CASES_RUN_MAX = 2
"""Cases of a scenario that are run; the others differ in values only."""
examples = settings(max_examples=60)


@pytest.fixture(scope="module")
def attempt(tmp_path_factory):
    """Loads what is written, and runs it when it makes sense."""
    file = tmp_path_factory.mktemp("scenarios") / "scenario.yaml"

    def load_and_run(content: bytes) -> None:
        file.write_bytes(content)
        lines_max = sum(content.count(end) for end in LINE_ENDS) + 2
        try:
            scenarios = load_cases(file)
        except ScenarioError as error:
            assert error.problems and all(problem.message for problem in error.problems)  # noqa: PT017, PT018
            assert all(0 <= problem.line <= lines_max for problem in error.problems)  # noqa: PT017
        else:
            for scenario in scenarios[:CASES_RUN_MAX]:
                with ScenarioRun(scenario) as current:
                    assert all(result.passed is (not result.complaints) for result in current.steps())

    return load_and_run


def as_yaml(data) -> bytes:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode("utf-8", "surrogatepass")


@examples
@given(st.binary(max_size=200))
def test_bytes(attempt, content):
    attempt(content)


@examples
@given(st.text(max_size=200))
def test_text(attempt, text):
    attempt(text.encode("utf-8", "surrogatepass"))


@examples
@given(st.lists(st.sampled_from([*"[]{}:,-?&*!|>'\"%@`#~ \t\n\0a1", "&a ", "*a", "!!str ", "- ", ": ", "<<"])))
def test_what_looks_like_yaml(attempt, pieces):
    attempt("".join(pieces).encode())


@examples
@given(values)
def test_data(attempt, data):
    attempt(as_yaml(data))


@examples
@given(st.fixed_dictionaries({"version": st.just(1)}, optional={"world": values, "steps": values, "clock": scalars}))
def test_data_in_the_form_of_a_scenario(attempt, data):
    attempt(as_yaml(data))


@st.composite
def mutated_documents(draw):
    """A scenario of the library with a few values, keys or entries that are others, or gone, or there twice."""
    document = copy.deepcopy(DOCUMENTS[draw(st.sampled_from(sorted(DOCUMENTS)))])
    for _ in range(draw(st.integers(1, 3))):
        _mutate(draw, document)
    return document


def _mutate(draw, document):
    parents = [parent for parent in _collections(document) if parent]
    parent = draw(st.sampled_from(parents))
    if isinstance(parent, list):
        index = draw(st.integers(0, len(parent) - 1))
        change = draw(st.sampled_from(["replace", "remove", "repeat"]))
        parent[index : index + 1] = {
            "replace": lambda: [draw(values)],
            "remove": list,
            "repeat": lambda: [parent[index], copy.deepcopy(parent[index])],
        }[change]()
        return
    key = draw(st.sampled_from(sorted(map(str, parent))))
    value = parent.pop(key)
    if draw(st.booleans()):
        parent[key] = draw(values)
    elif draw(st.booleans()):
        parent[draw(keys)] = value


def _collections(value):
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _collections(inner)


@settings(max_examples=60)
@given(mutated_documents())
def test_a_scenario_with_something_else_in_it(attempt, document):
    attempt(as_yaml(document))


@st.composite
def mutated_texts(draw):
    """A scenario of the library with a few characters that are others, or gone."""
    text = TEXTS[draw(st.sampled_from(sorted(TEXTS)))]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text) - 1))
        length = draw(st.integers(0, 5))
        text = text[:start] + draw(st.text(max_size=3) | st.sampled_from(WORDS)) + text[start + length :]
    return text


@settings(max_examples=60)
@given(mutated_texts())
def test_a_scenario_with_a_slip_of_the_pen(attempt, text):
    attempt(text.encode("utf-8", "surrogatepass"))
