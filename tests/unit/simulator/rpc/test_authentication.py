"""Who calls is known by the token, and anybody is somebody in a world that has none."""

import pytest

from fakes import ANYBODY
from simulator.rpc.authentication import authenticating
from simulator.rpc.errors import Unauthenticated


@pytest.fixture
def authenticated(answer):
    """The caller that the service sees."""

    def caller_of(call):
        seen = []

        async def handler(call):
            seen.append(call.caller)
            return b""

        answer(authenticating, call, handler)
        return seen[0]

    return caller_of


@pytest.mark.parametrize("metadata", [(), (("authorization", "Bearer anything"),), (("authorization", "nonsense"),)])
def test_a_world_without_tokens_lets_anybody_do_everything(make_call, authenticated, metadata):
    assert authenticated(make_call(metadata=metadata)) == ANYBODY


@pytest.mark.parametrize("header", ["Bearer of-the-shop", "bearer of-the-shop", "Bearer   of-the-shop "])
def test_a_caller_has_the_name_and_the_projects_of_the_token(make_call, guarded_session, authenticated, header):
    caller = authenticated(make_call(metadata=(("authorization", header),), session=guarded_session))

    world = guarded_session.world
    assert caller.name == "shop-team"
    assert caller.sees(world.projects["shop"].uid)
    assert not caller.sees(world.projects["analytics"].uid)


@pytest.mark.parametrize("header", ["Bearer of-the-sho", "Bearer of-the-shop2", "Bearer", "Token of-the-shop", ""])
def test_nobody_gets_past_with_anything_else(make_call, guarded_session, header):
    call = make_call(metadata=(("authorization", header),), session=guarded_session)

    with pytest.raises(Unauthenticated) as caught:
        authenticating(call, lambda _: pytest.fail("it must not get here"))

    assert "of-the-sho" not in caught.value.description
    assert call.caller == ANYBODY
