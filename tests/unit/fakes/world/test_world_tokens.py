"""The tokens of a declared world are usable and stay secret."""

import pytest

from fakes import InvalidWorld, Token, derive_uid


def token(name, secret, **fields):
    return Token(name, secret=secret, **fields)


def test_a_token_names_its_projects_and_has_the_only_account(declare):
    declared = declare(tokens=[token("alice", "secret-1", projects=["shop"])]).tokens[0]

    assert declared.projects == (derive_uid("project", "shop"),)
    assert declared.account == derive_uid("account", "acme")


def test_the_projects_of_a_token_are_a_list(problems_of):
    problems = problems_of(tokens=[token("alice", "secret", projects="shop")])

    assert problems == {
        ("tokens", "alice", "projects"): "is 'shop'; expected a list of names or uids, such as ['shop']"
    }


@pytest.mark.parametrize("secret", ["", "two words", "tab\t", "line\n", "pässword", "bell\x07", "null\x00"])
def test_a_secret_is_printable_ascii_without_spaces(problems_of, secret):
    problems = problems_of(tokens=[token("alice", secret)])

    assert problems["tokens", "alice", "secret"] == "expected printable ASCII without spaces"


def test_two_tokens_need_different_secrets(problems_of):
    problems = problems_of(tokens=[token("alice", "same"), token("bob", "same")])

    assert problems == {("tokens", "bob", "secret"): "'alice' has the same secret"}


def test_no_problem_gives_a_secret_away(declare):
    with pytest.raises(InvalidWorld) as caught:
        declare(tokens=[token("alice", "s3cr3t"), token("bob", "s3cr3t")])

    assert "s3cr3t" not in str(caught.value)
    assert "s3cr3t" not in repr(token("alice", "s3cr3t"))
