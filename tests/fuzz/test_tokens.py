"""Whatever is sent for a token is either the token of a live session, to the letter, or a 401."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.effort import effort
from tests.fuzz.mutations import damaged_text
from tests.world import Person, World
from tweeter import wiring
from tweeter.errors import Unauthenticated

HEADERS = st.text(st.characters(max_codepoint=255), max_size=120)


@pytest.fixture
def ann(world: World) -> Person:
    return world.sign_up("ann")


@effort(150)
@given(st.data())
def test_a_damaged_token_is_refused(ann: Person, data: st.DataObject) -> None:
    token = data.draw(damaged_text(ann.token))
    with pytest.raises(Unauthenticated):
        wiring.session_service().authenticate(token)
    assert wiring.session_service().authenticate(ann.token).account.alias == "ann"


@effort(150)
@given(st.text(max_size=120) | st.from_regex(r"ann\.[A-Za-z0-9_-]{43}", fullmatch=True))
def test_a_made_up_token_is_refused(ann: Person, token: str) -> None:
    with pytest.raises(Unauthenticated):
        wiring.session_service().authenticate(token)


@effort(150)
@given(HEADERS | HEADERS.map("Bearer {}".format))
def test_any_authorization_is_a_401_or_none(world: World, ann: Person, header: str) -> None:
    answer = world.anonymous.get(f"/accounts/{ann.alias}/", headers={"Authorization": header})
    assert answer.status_code == (401 if header.encode("latin-1").split() else 200)
