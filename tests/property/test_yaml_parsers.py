"""With and without libyaml, the same files are read alike, or refused in the same words at the same place."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from scenarios.loading.errors import ScenarioError
from scenarios.loading.yaml_source import parse_source

LIBRARY = Path(__file__).parents[2] / "scenarios" / "library"
TEXTS = [file.read_text(encoding="utf-8") for file in sorted(LIBRARY.rglob("*.yaml"))]
LENGTH_MAX = 300
SNIPPETS = [
    *("\t", " ", "\n", "\r", "\u2028", "\x85", "\ufeff", "\n  ", "\n\n"),
    *(": ", ":", "::", "- ", "- - ", "? ", "?", "{", "}", "[", "]", ",", "{a}", "{a:b}", "[a:b]", "a:b", "'':"),
    *("&a ", "*a ", "&", "*", "!x ", "!", "<<: ", "'", '"', "\\", "|", "> ", "|+\n", "#", " #", "%", "@", "`"),
    *("-", "~", "---", "...", "%YAML 1.2\n---\n", "%TAG ! x\n---\n", "\xe9", "\U0001f600", "\ue000"),
]


@st.composite
def damaged_texts(draw):
    """A part of a scenario that ships, with things put in and taken out."""
    text = draw(st.sampled_from(TEXTS))
    start = draw(st.integers(0, len(text) - 1))
    text = text[start : start + draw(st.integers(0, LENGTH_MAX))]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(["", *SNIPPETS])) + text[at + draw(st.integers(0, 3)) :]
    return text


def outcome(text):
    try:
        source = parse_source(text, "f")
    except ScenarioError as error:
        return error.lines()
    return repr(source.data), source.value_places, source.key_places


@given(damaged_texts())
@example("{phase: P?NDIN, a: b? , c: ?}")
@example("a: {b:{c}}")
@example("a: b\tc")
@example("a: b\t\n")
@example("a:\tb")
@example("a: [b:,c]")
@example("{a: }")
@example("a: |#b\n")
@example("\ue000?: [\ue000?]")
@example("---\n# nothing\n")
def test_what_comes_of_a_text_does_not_depend_on_libyaml(text):
    with_libyaml = outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader")
        without_libyaml = outcome(text)

    assert with_libyaml == without_libyaml
