"""The WhoAmIService: shows whose token a call has."""

from __future__ import annotations

from google.protobuf.message import Message

from simulator.api import whoami_pb2
from simulator.rpc.authentication import ACCOUNT
from simulator.rpc.call import Call
from simulator.rpc.match_context import caller_of
from simulator.services.service import Service


def who_am_i(call: Call) -> Message:
    """Answer with the account of the token; in a world without tokens, with the account that the call names, or all."""
    wanted = call.caller.account or call.header(ACCOUNT)
    response = whoami_pb2.WhoAmIResponse(id=caller_of(call))
    with call as world:
        for account in world.accounts.values():
            if not wanted or wanted == account.uid:
                response.accounts.add(id=account.uid, dns_name=account.name, name=account.name)
    return response


SERVICE = Service("public.portworx.platform.whoami.v1.WhoAmIService", {"WhoAmI": who_am_i})
