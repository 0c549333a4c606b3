"""A person's own data, as one document or a few pages of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.dao import DynamoAccountDao, DynamoFollowDao, DynamoSessionDao
from statuses.dao import DynamoStatusDao
from statuses.examples import EXPORT
from statuses.export import Export, ExportService
from tests.world import PASSWORD, Person, World, avatar
from tweeter import clock, wiring


def pages_of(person: Person) -> Iterator[dict[str, Any]]:
    """Yield the pages of an export."""
    url: str | None = "/accounts/me/export/"
    while url:
        answer = person.client.get(url)
        assert answer.status_code == 200, answer.data
        yield answer.data
        url = answer.data["next"]


def test_an_export_holds_account_sessions_statuses_and_follows(world: World) -> None:
    ann, bob, cid = world.people("Ann", "Bob", "cid")
    ann.client.patch("/accounts/me/", {"avatar": avatar("red")})
    ann.follow(bob)
    cid.follow(ann)
    posted = ann.post("hello @bob, see https://example.org/")
    (page,) = pages_of(ann)
    assert page["account"] == ann.account()
    assert page["statuses"] == [ann.client.get(f"/statuses/{posted['id']}/").data]
    assert [each["alias"] for each in page["following"]] == ["Bob"]
    assert [each["alias"] for each in page["followers"]] == ["cid"]
    for each in (*page["following"], *page["followers"]):
        assert each["followed_at"] < posted["created_at"] < page["exported_at"]
    (session,) = page["sessions"]
    assert datetime.fromisoformat(session["used_at"]) < datetime.fromisoformat(
        session["expires_at"]
    )


def test_the_end_of_a_session_is_soon_after_what_the_session_is_told_as_in_the_example(
    world: World,
) -> None:
    sessions: Any = EXPORT["sessions"]
    (example,) = sessions
    with time_machine.travel(example["used_at"], tick=False):
        ann = world.sign_up("ann")
        (page,) = pages_of(ann)
        told = ann.client.get("/sessions/current/").data["expires_at"]
    assert [dict(session) for session in page["sessions"]] == [example]
    late = datetime.fromisoformat(example["expires_at"]) - datetime.fromisoformat(told)
    assert timedelta(0) < late <= timedelta(minutes=1, seconds=1)


def test_a_session_that_is_over_is_not_in_it(world: World) -> None:
    ann = world.sign_up("ann")
    world.anonymous.post("/sessions/", {"alias": "ann", "password": PASSWORD})
    (page,) = pages_of(ann)
    assert len(page["sessions"]) == 2
    change = {"password": "another horse, correct", "current_password": PASSWORD}
    assert ann.client.patch("/accounts/me/", change).status_code == 200
    (page,) = pages_of(ann)
    assert len(page["sessions"]) == 1


def test_nothing_secret_and_nothing_of_others_is_in_it(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    ann.follow(bob)
    bob.post("a thing that bob wrote")
    world.deliver()
    content = ann.client.get("/accounts/me/export/").content.decode()
    for secret in ("argon2", "hash", ann.token, ann.token.partition(".")[2], "bob wrote"):
        assert secret not in content


@pytest.mark.parametrize("page_size", [1, 2, 3, 4, 5, 100])
def test_the_pages_of_a_long_export_give_everything_once(world: World, page_size: int) -> None:
    ann = world.sign_up("ann")
    bob, cid = world.people("bob", "cid")
    bob.follow(ann)
    cid.follow(ann)
    ann.follow(bob)
    ids = [ann.post(f"status {number}")["id"] for number in range(4)]
    exports = service(page_size)
    caller = wiring.session_service().authenticate(ann.token)
    pages: list[Export] = []
    position: str | None = None
    while position is not None or not pages:
        pages.append(exports.page(caller, position))
        position = pages[-1].next_position
    statuses = [each.status.id for page in pages for each in page.statuses]
    following = [each.account.alias for page in pages for each in page.following]
    followers = [each.account.alias for page in pages for each in page.followers]
    assert (statuses, following, followers) == (ids[::-1], ["bob"], ["cid", "bob"])
    assert [len(page.sessions) for page in pages] == [1] + [0] * (len(pages) - 1)
    assert all(page.statuses or page.following or page.followers for page in pages)


def service(page_size: int) -> ExportService:
    return ExportService(
        accounts=DynamoAccountDao(),
        sessions=DynamoSessionDao(),
        follows=DynamoFollowDao(),
        statuses=DynamoStatusDao(),
        clock=clock.system_clock,
        page_size=page_size,
    )


def test_a_cursor_of_an_export_is_good_for_its_owner_and_for_exports_only(world: World) -> None:
    ann, bob = world.people("ann", "bob")
    for number in range(2):
        ann.post(f"status {number}")
    story = ann.client.get("/accounts/ann/story/?page_size=1").data["next"]
    query = story.partition("?")[2]
    for person in (ann, bob):
        answer = person.client.get(f"/accounts/me/export/?{query}")
        assert (answer.status_code, answer.data["errors"][0]["code"]) == (400, "invalid_cursor")
