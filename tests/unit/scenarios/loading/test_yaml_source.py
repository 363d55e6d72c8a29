"""YAML is read with the place of everything in it, as YAML 1.2 sees it, and no file can do harm."""

import pickle

import pytest
import yaml

from fakes.printable import printable
from scenarios.loading.errors import ScenarioError
from scenarios.loading.yaml_nodes import DEPTH_MAX
from scenarios.loading.yaml_source import FILE_BYTES_MAX, NODES_MAX, parse_source, read_source

LEVELS = 400_000
REFUSED_BY_YAML = "is no valid YAML: "


@pytest.fixture(autouse=True, params=["libyaml", "python"])
def parser(request, monkeypatch):
    """Whether there is a libyaml; nothing that can be seen depends on it."""
    if request.param == "libyaml":
        assert yaml.__with_libyaml__
    else:
        monkeypatch.delattr(yaml, "CSafeLoader")


def problems_in(text):
    with pytest.raises(ScenarioError) as caught:
        parse_source(text, "f")
    return caught.value.lines()


@pytest.mark.parametrize(
    "written",
    [
        *("on", "off", "yes", "no", "y", "n", "On", "NO", "tRUE", "nil", "None"),
        *("1:30", "12:30:45", "2025-01-01", "2025-01-01T00:00:00Z"),
        *("1_000", "0x1F", "0o17", "0b1", ".inf", ".nan", "+", "-x", "1e", ".", "e3", "<<", "="),
    ],
)
def test_what_only_old_yaml_takes_for_something_else_stays_a_text(written):
    assert parse_source(f"key: {written}", "f").data == {"key": written}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("null", None),
        ("Null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1e3", -1000.0),
        ("1E-2", 0.01),
        ('"7"', "7"),
        ("'true'", "true"),
        ("|\n  7\n", "7\n"),
        ("[1, a, {b: ~}]", [1, "a", {"b": None}]),
    ],
)
def test_plain_data_comes_out(written, value):
    data = parse_source(f"key: {written}", "f").data

    assert data == {"key": value}
    assert isinstance(data["key"], type(value))


@pytest.mark.parametrize("written", ["7", "007", "+7", "17.10", "1.", ".5", "1e3", "-0", "1E-2"])
def test_a_number_shows_itself_as_it_is_written(written):
    number = parse_source(f"key: {written}", "f").data["key"]

    assert (repr(number), str(number), f"{number}") == (written, written, written)
    assert (number, hash(number)) == (float(written), hash(float(written)))
    assert repr(pickle.loads(pickle.dumps(number))) == written  # noqa: S301  # just pickled


def test_keys_are_texts_whatever_they_look_like():
    assert parse_source("{1: a, true: b, null: c, 2025-01-01: d, on: e}", "f").data == {
        "1": "a",
        "true": "b",
        "null": "c",
        "2025-01-01": "d",
        "on": "e",
    }


def test_an_alias_stands_for_what_its_anchor_has():
    source = parse_source("a: &one {b: 1}\nc: *one\nd: [*one, *one]", "f")

    assert source.data == {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}


def test_everything_knows_its_place():
    source = parse_source("a: 1\nb:\n  - c: x\n    'd': [1,\n      2]\n", "f")

    def places(path):
        return tuple(
            (problem.line, problem.column)
            for problem in (source.problem(path, "", at_key=True), source.problem(path, ""))
        )

    assert places(("a",)) == ((1, 1), (1, 4))
    assert places(("b", 0)) == ((3, 5), (3, 5))
    assert places(("b", 0, "d")) == ((4, 5), (4, 10))
    assert places(("b", 0, "d", 1)) == ((5, 7), (5, 7))
    assert source.line(("b", 0, "d")) == 4


def test_what_is_not_there_has_the_place_of_what_it_would_be_in():
    source = parse_source("a: 1\nb:\n  - c: x\n", "f")

    assert source.problem(("b", 0, "missing", "deeper"), "is missing").line == 3
    assert source.problem(("z",), "is missing").line == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "f:1:1: is empty; expected at least 'version' and 'steps'"),
        ("# nothing but this\n", "f:1:1: is empty; expected at least 'version' and 'steps'"),
        ("a: [1, 2", "f:1:4: is a list that does not end; expected ']'"),
        ("a: {b: 2\n\n", "f:1:4: is a mapping that does not end; expected '}'"),
        ("a: 'b\nc: d\n", "f:1:4: is a text in quotes that does not end; expected the same quote again"),
        ('a: "b', "f:1:4: is a text in quotes that does not end; expected the same quote again"),
        ("a:\n   b: 1\n  c: 2", "f:3:3: is indented by 2 spaces; expected as many as "),
        ("a:\n  - b: 1\n c: 2", "f:3:2: is indented by 1 spaces; expected as many as "),
        ("a: *b", "f:1:4: '*b' stands for nothing; expected '&b' before it"),
        ("a: &orders 1\nb: *order", "f:2:4: '*order' stands for nothing; did you mean 'orders'?"),
        ("a: &b 1\nc: &b 2", "f:2:4: the anchor '&b' stands twice; first in line 1"),
        ("a: 1\n---\nb: 2\n", "f:2:1: is another document; expected one file for each scenario"),
        ("a:\n\tb: 1", "f:2:1: is indented with a tab; YAML takes spaces only"),
        ("a: |\n\tb\n  c", "f:2:1: is indented with a tab; YAML takes spaces only"),
        ('a: "\\ud800"', "f:1:4: is no valid YAML: it has an escape that is half a character"),
        ('a: "\\UFFFFFFFF"', "f:1:7: is no valid YAML: it has a number that is too large"),
        (f"%YAML 1.{'9' * 5000}\n---\na: 1", "f:1:9: is no valid YAML: it has a number that is too large"),
        ("a: 1\nb: x\0y", "f:2:5: is no valid YAML: it must not contain the character '\\x00'"),
        ("a\x07: 1", "f:1:2: is no valid YAML: it must not contain the character '\\x07'"),
        ("a: \ufffe", "f:1:4: is no valid YAML: it must not contain the character '\\ufffe'"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place(text, problem):
    [found] = problems_in(text)

    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("a: 1\n b: 2", "2:3", "; expected a text with ': ' in it to be in quotes"),
        ("a: b: c", "1:5", "; expected a text with ': ' in it to be in quotes"),
        ("a: @b", "1:4", "; expected a text that begins like this to be in quotes"),
        ("a: `b", "1:4", "; expected a text that begins like this to be in quotes"),
        ("%YAML 9.9\n---\na: 1", "1:1", ""),
        ("a: ]", "1:4", ""),
        ('a: "b" c', "1:8", ""),
    ],
)
def test_what_only_the_parser_can_tell_has_a_place_and_where_we_know_one_a_remedy(text, place, remedy):
    [found] = problems_in(text)

    assert found.startswith(f"f:{place}: {REFUSED_BY_YAML}")
    assert found.endswith(remedy)


def test_a_key_that_stands_twice_is_told_with_both_places_and_all_of_them_at_once():
    text = "a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\n? [x]\n: 1\n? {y: z}\n: 2\na: 3\n"

    assert problems_in(text) == [
        "f:2:17: b.c: stands twice; first in line 2",
        "f:3:1: a: stands twice; first in line 1",
        "f:4:3: has a list as a key; expected a plain text",
        "f:6:3: has a mapping as a key; expected a plain text",
        "f:8:1: a: stands twice; first in line 3",
    ]


@pytest.mark.parametrize(
    ("text", "place", "tag"),
    [
        ("a: !!python/object/apply:os.system [ls]", "f:1:4: a", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !!python/name:os.system x", "f:1:4: a", "tag:yaml.org,2002:python/name:os.system"),
        ("a: !!python/object:os.system {b: 1}", "f:1:4: a", "tag:yaml.org,2002:python/object:os.system"),
        ("a: [!own {b: 1}]", "f:1:5: a[0]", "!own"),
        ("{!own a: 1}", "f:1:2: a", "!own"),
        ("!own\na: 1", "f:1:1", "!own"),
        ("a: !!binary aGk=", "f:1:4: a", "tag:yaml.org,2002:binary"),
        ("a: !!timestamp 2025-01-01", "f:1:4: a", "tag:yaml.org,2002:timestamp"),
        ("a: !!set {b}", "f:1:4: a", "tag:yaml.org,2002:set"),
        ("a: !!int 1", "f:1:4: a", "tag:yaml.org,2002:int"),
        ("a: !!int '7'", "f:1:4: a", "tag:yaml.org,2002:int"),
        ("a: !!str b", "f:1:4: a", "tag:yaml.org,2002:str"),
        ("a: !!null", "f:1:4: a", "tag:yaml.org,2002:null"),
        ("a: !!bool maybe", "f:1:4: a", "tag:yaml.org,2002:bool"),
        ("a: ! b", "f:1:4: a", "!"),
        ("!!str a: 1", "f:1:1: a", "tag:yaml.org,2002:str"),
        ("!!map\na: 1", "f:1:1", "tag:yaml.org,2002:map"),
        ("a: !!seq [b]", "f:1:4: a", "tag:yaml.org,2002:seq"),
    ],
)
def test_tags_are_refused_wherever_they_stand(text, place, tag):
    assert problems_in(text) == [f"{place}: has the tag {tag!r}; tags are not allowed"]


def test_a_number_of_thousands_of_digits_is_refused():
    assert problems_in(f"a: {'9' * 5000}") == ["f:1:4: a: has 5000 digits; expected at most 4000"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{a: 1, <<: {b: 2}}", "1:8: <<"),
        ("a: &a {b: 1}\nc: {<<: *a}", "2:5: c.<<"),
        ("a: &a {b: 1}\nc:\n  <<: [*a, *a]\n  d: 1", "3:3: c.<<"),
        ("a: {? << : 1}", "1:7: a.<<"),
    ],
)
def test_merge_keys_are_refused_wherever_they_stand(text, place):
    assert problems_in(text) == [f"f:{place}: is a merge key; merge keys are not allowed"]


def test_a_key_in_quotes_is_no_merge_key():
    assert parse_source("{'<<': 1, a: <<}", "f").data == {"<<": 1, "a": "<<"}


@pytest.mark.parametrize(
    "text",
    ["[" * LEVELS, "- " * LEVELS, "{a: " * (LEVELS // 2), "? " * LEVELS, f"a: {'[' * LEVELS}{']' * LEVELS}"],
    ids=["lists", "blocks", "mappings", "keys", "closed"],
)
def test_deep_nesting_is_refused_before_it_can_end_the_process(text):
    [problem] = problems_in(text)

    assert problem.endswith(f"is more than {DEPTH_MAX} levels deep")


@pytest.mark.parametrize("ending", ["", "@", "]" * 60, "}", "\0", "'", "\n\tx", "*a", "\n---\n"])
def test_nesting_is_told_at_the_place_where_it_is_passed_whatever_comes_after_it(ending):
    text = f"a:\n  {'[' * 60}{ending}"

    assert problems_in(text) == ["f:2:52: is more than 50 levels deep"]


def test_a_document_may_be_as_deep_as_the_limit():
    assert parse_source("[" * DEPTH_MAX + "]" * DEPTH_MAX, "f").data


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: {c: *a}}", "&a [1, *a]"])
def test_an_alias_that_contains_itself_is_refused(text):
    [problem] = problems_in(text)

    assert problem.endswith(f"…: more than {DEPTH_MAX} levels; does an alias contain itself?")
    assert len(problem) < 100


def test_an_alias_bomb_is_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]

    [problem] = problems_in("\n".join(lines))

    assert problem.endswith(f"more than {NODES_MAX} values; does an alias contain itself?")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"a: 1\nb: \xff\n",
            ":2:4: is not UTF-8: it has the byte 0xff (invalid start byte); expected the file to be saved as UTF-8",
        ),
        ("a: 1".encode("utf-16"), ":1:1: is UTF-16; expected the file to be saved as UTF-8"),
        (b"\xfe\xff\x00a", ":1:1: is UTF-16; expected the file to be saved as UTF-8"),
        ("a: 1".encode("utf-32"), ":1:1: is UTF-32; expected the file to be saved as UTF-8"),
        (
            "a: ü".encode("latin-1"),
            ":1:4: is not UTF-8: it has the byte 0xfc (invalid start byte); expected the file to be saved as UTF-8",
        ),
        (
            b"\xef\xbb\xbfa: '\xc3\xbc\xe2\x82\xac\xff'",
            ":1:7: is not UTF-8: it has the byte 0xff (invalid start byte); expected the file to be saved as UTF-8",
        ),
        (b" " * (FILE_BYTES_MAX + 9), ": has 1048585 bytes; expected at most 1048576 (1024 KiB)"),
        (b"", ":1:1: is empty; expected at least 'version' and 'steps'"),
        (b"\x00" * 100, ":1:1: is no valid YAML: it must not contain the character '\\x00'"),
    ],
    ids=["bytes", "utf-16", "big-endian", "utf-32", "latin-1", "mixed", "large", "empty", "zeros"],
)
def test_a_file_that_is_no_text_is_refused(write, content, problem):
    file = write(content)

    with pytest.raises(ScenarioError) as caught:
        read_source(file)

    assert str(caught.value) == f"{file}{problem}"


def test_a_byte_order_mark_is_no_part_of_the_text(write):
    assert read_source(write(b"\xef\xbb\xbfa: \xc3\xbc")).data == {"a": "ü"}


def test_a_file_may_be_as_large_as_the_limit(write):
    content = b"a: 1\n#" + b"x" * FILE_BYTES_MAX

    assert read_source(write(content[:FILE_BYTES_MAX])).data == {"a": 1}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.yaml", "No such file or directory"),
        (".", "Is a directory"),
        ("a\0b", "embedded null byte"),
        ("x" * 300, "File name too long"),
        ("scenario.yaml/deeper", "Not a directory"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused(tmp_path, write, name, reason):
    write("a: 1")
    file = tmp_path / name

    with pytest.raises(ScenarioError) as caught:
        read_source(file)

    assert str(caught.value) == f"{printable(str(file))}: can't be read: {reason}"


def test_texts_are_found_with_their_paths():
    source = parse_source("a: x\nb: [1, y, {c: z, d: ~}]\n", "f")

    assert list(source.texts()) == [(("a",), "x"), (("b", 1), "y"), (("b", 2, "c"), "z")]
    assert list(source.texts(("b", 2))) == [(("b", 2, "c"), "z")]


def test_what_is_no_name_of_a_file_is_refused():
    with pytest.raises(TypeError, match="file is None; expected the name of a file"):
        read_source(None)
