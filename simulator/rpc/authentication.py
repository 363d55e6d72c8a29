"""Identifies callers, in worlds that have tokens."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from functools import partial

from fakes import Caller, Token
from simulator.rpc.call import Call, Handler
from simulator.rpc.errors import Unauthenticated

AUTHORIZATION = "authorization"
ACCOUNT = "px-account-id"


def authenticating(call: Call, proceed: Handler) -> Awaitable[bytes]:
    """Interceptor that requires a valid token, as ``authorization: Bearer <token>``.

    A ``px-account-id`` in the metadata has to be the account of the token. In a world without tokens everybody may
    call.

    Raises:
        Unauthenticated: the call has no token, an unknown one, or one of another account.
    """
    tokens = call.session.declared.tokens
    if tokens:
        call.caller = _caller(call, tokens)
    return proceed(call)


def _caller(call: Call, tokens: Sequence[Token]) -> Caller:
    refuse = partial(Unauthenticated, service=call.method.service)
    header = call.header(AUTHORIZATION)
    if header is None:
        raise refuse("TOKEN_MISSING", f"no {AUTHORIZATION!r} in the metadata; expected 'Bearer <token>'")
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        raise refuse("TOKEN_MALFORMED", f"{AUTHORIZATION!r} is not of the form 'Bearer <token>'")
    token = next((token for token in tokens if token.accepts(secret.strip())), None)
    if token is None:
        raise refuse("TOKEN_UNKNOWN", "the bearer token is not one of those that the world declares")
    account = call.header(ACCOUNT)
    if account and account != token.account:
        raise refuse("ACCOUNT_MISMATCH", f"{ACCOUNT!r} is {account!r}; the token {token.name!r} is for {token.account}")
    return Caller(token.name, frozenset(token.projects), token.account)
