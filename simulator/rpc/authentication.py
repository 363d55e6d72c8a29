"""Finds out who calls, in worlds that have tokens."""

from __future__ import annotations

from collections.abc import Awaitable

from fakes import Caller
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import Unauthenticated

AUTHORIZATION = "authorization"
ACCOUNT = "px-account-id"


def authenticating(call: Call, proceed: Handler) -> Awaitable[bytes]:
    """Ask for the token of one who may call, as ``authorization: Bearer <token>``.

    A ``px-account-id`` that is sent along has to be the account of the token. In a world without tokens everybody may
    call.

    Raises:
        Unauthenticated: the call brings no token, an unknown one, or one of another account.
    """
    tokens = call.session.declared.tokens
    if not tokens:
        return proceed(call)
    header = call.header(AUTHORIZATION)
    if header is None:
        raise Unauthenticated("TOKEN_MISSING", f"no {AUTHORIZATION!r} in the metadata; expected 'Bearer <token>'")
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("TOKEN_MALFORMED", f"{AUTHORIZATION!r} is not of the form 'Bearer <token>'")
    token = next((token for token in tokens if token.secret == secret.strip()), None)
    if token is None:
        raise Unauthenticated("TOKEN_UNKNOWN", "the bearer token is not one of those that the world declares")
    account = call.header(ACCOUNT)
    if account and account != token.account:
        raise Unauthenticated(
            "ACCOUNT_MISMATCH", f"{ACCOUNT!r} is {account!r}; the token {token.name!r} is for {token.account}"
        )
    call.caller = Caller(token.name, frozenset(token.projects), token.account)
    return proceed(call)
