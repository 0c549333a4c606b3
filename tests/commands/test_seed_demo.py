"""`seed` alone: the demo, once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.dao import DynamoAccountDao
from accounts.entities import AccountId, account_id_of
from accounts.models import AccountModel
from accounts.pictures.drawings import draw_initials
from feeds.queues import PostedStatuses
from statuses.dao import DynamoStatusDao
from statuses.services import StatusService
from tests.provisioned_aws import Kept, aws_as_it_was, aws_now, provisioned_aws
from tests.world import Person, World
from tweeter import wiring
from tweeter.clock import system_clock
from tweeter.errors import Unavailable
from tweeter.limits import Limit
from tweeter.management.commands.seed import DEMO_PASSWORD
from tweeter.seeding.cast import CHARACTERS, LATECOMER, STATUSES, TRY
from tweeter.seeding.demo import Demo


def seed() -> str:
    out = StringIO()
    call_command("seed", stdout=out)
    return out.getvalue()


@cache
def _made() -> tuple[str, Kept]:
    with provisioned_aws():
        return seed(), aws_now()


@pytest.fixture
def said() -> Iterator[str]:
    """What was said when the demo was made, which is there: made once, since that takes seconds."""
    words, kept = _made()
    with aws_as_it_was(kept):
        yield words


def sign_in(alias: str) -> Person:
    return World().sign_in(alias, DEMO_PASSWORD)


def accounts_by_alias(person: Person) -> dict[str, dict[str, Any]]:
    aliases = [character.alias for character in (*CHARACTERS, LATECOMER)]
    return {alias: dict(person.client.get(f"/accounts/{alias}/").data) for alias in aliases}


class BreaksDown(PostedStatuses):
    """Takes so many statuses to the fan-out, and is away from then on."""

    def __init__(self, posts: int) -> None:
        super().__init__(queue=wiring.fan_out_queue(), clock=system_clock)
        self._left = posts

    def put(self, status_id: str, author_id: AccountId) -> None:
        if self._left == 0:
            message = "away"
            raise Unavailable(message)
        self._left -= 1
        super().put(status_id, author_id)


def interrupted_demo(posts: int) -> Demo:
    return Demo(
        accounts=wiring.account_service(),
        sessions=wiring.session_service(),
        follows=wiring.follow_service(),
        statuses=StatusService(
            directory=wiring.account_service(),
            accounts=DynamoAccountDao(),
            statuses=DynamoStatusDao(),
            fan_out=BreaksDown(posts),
            limit=Limit("post", 1_000, 3_600),
            clock=system_clock,
        ),
        store=DynamoAccountDao(),
        draw_picture=draw_initials,
        password=DEMO_PASSWORD,
    )


def test_it_tells_an_alias_and_a_password_that_sign_in(said: str) -> None:
    assert f"Sign in as {TRY}, password: {DEMO_PASSWORD}" in said
    assert sign_in(TRY).account()["alias"] == TRY


def test_everyone_has_a_picture_of_their_own(said: str) -> None:
    accounts = accounts_by_alias(sign_in(TRY))
    assert len({account["avatar_url"] for account in accounts.values()}) == len(accounts)


def test_what_is_said_reaches_the_feeds_of_the_followers(said: str) -> None:
    World().deliver()
    followed = next(each.follows for each in CHARACTERS if each.alias == TRY)
    expected = [text for alias, text in STATUSES if alias in followed]
    assert sign_in(TRY).feed() == expected[::-1]


def test_the_latecomer_follows_nobody_and_has_an_empty_feed(said: str) -> None:
    World().deliver()
    latecomer = sign_in(LATECOMER.alias)
    assert latecomer.account()["following_count"] == 0
    assert latecomer.feed() == []


def test_every_mention_in_the_demo_is_of_somebody_in_it(said: str) -> None:
    person = sign_in(TRY)
    mentions = sum(
        len(status["mentions"])
        for character in CHARACTERS
        for status in person.walk(f"/accounts/{character.alias}/story/")
    )
    assert mentions == sum(text.count("@") for _, text in STATUSES) > 0


def test_a_second_run_says_that_it_is_there_and_changes_nothing(said: str) -> None:
    before = accounts_by_alias(sign_in(TRY))
    again = seed()
    assert again.startswith("The demo is there already.")
    assert f"Sign in as {TRY}" in again
    assert accounts_by_alias(sign_in(TRY)) == before


def test_what_people_undo_in_the_demo_stays_undone(said: str) -> None:
    sign_in(TRY).client.delete("/accounts/hanna_sky/follow/")
    seed()
    answer = sign_in(TRY).client.get("/accounts/hanna_sky/relationship/")
    assert answer.data["following"] is False


@pytest.mark.parametrize("alias", [TRY, LATECOMER.alias])
def test_a_deleted_account_of_the_demo_stays_deleted_and_keeps_it_complete(
    said: str, alias: str
) -> None:
    answer = sign_in(alias).client.delete("/accounts/me/", {"password": DEMO_PASSWORD})
    assert answer.status_code == 204
    assert seed().startswith("The demo is there already.")
    assert World().anonymous.get(f"/accounts/{alias}/").status_code == 404


def test_the_demo_is_completed_again_when_the_alias_of_the_latecomer_is_held_no_more(
    said: str,
) -> None:
    sign_in(LATECOMER.alias).client.delete("/accounts/me/", {"password": DEMO_PASSWORD})
    AccountModel(account_id_of(LATECOMER.alias)).delete()  # as its time to live does
    assert seed().startswith("Made the demo")
    assert sign_in(LATECOMER.alias).account()["alias"] == LATECOMER.alias


def test_who_is_shown_to_sign_in_as_is_still_there(said: str) -> None:
    for alias in (TRY, *(each.alias for each in CHARACTERS if each.alias != TRY)):
        assert f"Sign in as {alias}," in seed()
        sign_in(alias).client.delete("/accounts/me/", {"password": DEMO_PASSWORD})
    assert "Sign in" not in seed()


def test_an_interrupted_run_is_completed_without_saying_anything_twice(world: World) -> None:
    with pytest.raises(Unavailable):
        interrupted_demo(posts=25).play()
    assert seed().startswith("Made the demo")
    person = sign_in(TRY)
    for alias in {alias for alias, _ in STATUSES}:
        story = [status["text"] for status in person.walk(f"/accounts/{alias}/story/")]
        assert story == [text for author, text in STATUSES if author == alias][::-1]


def test_an_alias_that_somebody_else_has_is_reported(world: World) -> None:
    world.sign_up("aiko_draws")
    with pytest.raises(CommandError, match="aiko_draws"):
        seed()
