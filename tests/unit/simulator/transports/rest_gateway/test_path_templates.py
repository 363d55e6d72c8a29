"""Templates of paths match what google/api/http.proto says; requests over HTTP show the rest."""

import pytest

from simulator.transports.rest_gateway.path_templates import parse_template


@pytest.mark.parametrize(
    ("template", "path", "variables"),
    [
        ("/v1/{name=projects/*/items/*}:copy", "v1/projects/a/items/b", {"name": "projects/a/items/b"}),
        ("/v1/{a}/{b.c}", "v1/x/y", {"a": "x", "b.c": "y"}),
        ("/v1/**/end", "v1/a/b/end", {}),
        ("/v1/*/end", "v1/a/b/end", None),
        ("/v1/{rest=**}", "v1", {"rest": ""}),
        ("/v1/a:b/{c}", "v1/a:b/d", {"c": "d"}),
        ("/", "", {}),
    ],
)
def test_a_path_gives_the_values_of_the_variables(template, path, variables):
    assert parse_template(template).match(path.split("/")) == variables


@pytest.mark.parametrize(
    ("template", "verb"),
    [("/v1/{a}:b", "b"), ("/v1/{a}:b:c", "b:c"), ("/v1/a:b:c", "c"), ("/v1/a:b/c", ""), ("/v1/{a=b/*}", "")],
)
def test_a_verb_follows_the_last_segment(template, verb):
    assert parse_template(template).verb == verb


@pytest.mark.parametrize("template", ["", "v1/a", "/v1/{a", "/v1/{a}b", "/v1/{a b}", "/v1/**/**", "/v1/{}"])
def test_what_is_no_template_is_refused(template):
    with pytest.raises(ValueError, match="no path template"):
        parse_template(template)
