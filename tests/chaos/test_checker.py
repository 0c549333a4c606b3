"""The checker finds nothing wrong with what is right, and each thing that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.chaos.faults import QUEUES
from tests.chaos.story import Story
from tests.provisioned_aws import provisioned_aws
from tests.world import World


@pytest.fixture(scope="module")
def told_once() -> Iterator[Story]:
    """The story, which takes longer to happen than to be checked."""
    with provisioned_aws():
        yield Story(World())


@pytest.fixture
def story(told_once: Story) -> Iterator[Story]:
    yield told_once
    told_once.restore()


def test_nothing_is_wrong_with_what_is_right(story: Story) -> None:
    assert story.differences() == []


def lose_an_entry(story: Story) -> None:
    story.drop("feeds", {"owner_id": "bob", "status_id": story.status("to bob")["status_id"]})


def lose_the_entry_of_one_who_left(story: Story) -> None:
    story.drop("feeds", {"owner_id": "cid", "status_id": story.status("to both")["status_id"]})


def add_a_stray_entry(story: Story) -> None:
    status = story.status("to bob")
    entry = {"owner_id": "cid", "status_id": status["status_id"], "author_id": "ann"}
    story.put("feeds", entry)


def add_an_entry_of_no_status(story: Story) -> None:
    story.put("feeds", {"owner_id": "bob", "status_id": "0" * 32, "author_id": "ann"})


def give_an_entry_to_another_author(story: Story) -> None:
    key = {"owner_id": "bob", "status_id": story.status("to bob")["status_id"]}
    story.change("feeds", key, author_id="cid")


def forget_that_somebody_left(story: Story) -> None:
    """Both the entry and the interval are gone, so only the clients' own clock can tell."""
    [former] = story.direct.items("former-follows")
    story.drop("former-follows", {"followee": "ann", "ended": former["ended"]})
    for item in list(story.direct.items("feeds")):
        if item["owner_id"] == "cid":
            story.drop("feeds", {"owner_id": "cid", "status_id": item["status_id"]})


def miscount(name: str) -> Callable[[Story], None]:
    return lambda story: story.change("accounts", {"account_id": "ann"}, **{name: 7})


def lose_a_roster(story: Story) -> None:
    story.drop("follows", {"roster": "bob#following", "member": "ann"})


def lose_a_follow(story: Story) -> None:
    story.drop("follows", {"roster": "bob#following", "member": "ann"})
    story.drop("follows", {"roster": "ann#followers", "member": "bob"})


def lose_a_picture(story: Story) -> None:
    key = story.record.accounts["ann"].picture_key
    story.direct.s3.delete_object(Bucket=story.direct.bucket, Key=key)


def leave_a_picture(story: Story) -> None:
    story.direct.s3.put_object(Bucket=story.direct.bucket, Key="avatars/x.webp", Body=b"x")


def forget_a_picture(story: Story) -> None:
    story.change("accounts", {"account_id": "ann"}, picture_key=None)


def lose_an_account(story: Story) -> None:
    story.drop("accounts", {"account_id": "cid"})


def keep_what_the_gone_had(story: Story) -> None:
    follow = {"roster": "dan#following", "member": "ann", "since": "", "position": "x"}
    story.put("follows", follow)


def stop_in_the_middle_of_a_removal(story: Story) -> None:
    story.change("accounts", {"account_id": "dan"}, expires_at=None)


def keep_a_name(story: Story) -> None:
    story.change("accounts", {"account_id": "dan"}, name="Dan")


def free_an_alias(story: Story) -> None:
    story.drop("accounts", {"account_id": "dan"})


def revive_an_account(story: Story) -> None:
    story.change("accounts", {"account_id": "dan"}, closed_at=None)


def rename(story: Story) -> None:
    story.change("accounts", {"account_id": "ann"}, name="Somebody Else")


def lose_a_session(story: Story) -> None:
    for item in list(story.direct.items("sessions")):
        key = {"account_id": item["account_id"], "token_hash": item["token_hash"]}
        story.drop("sessions", key)


def show_it_twice(story: Story) -> None:
    story.record.feeds["bob"] *= 2


def hide_it(story: Story) -> None:
    story.record.feeds["bob"].pop()


def revive_a_session(story: Story) -> None:
    """What a sign-out that was answered and not carried out would look like."""
    story.record.sessions[1].is_alive = False
    story.record.sessions[0].is_alive = False


def lose_a_status(story: Story) -> None:
    status = story.status("to both")
    story.drop("statuses", {key: status[key] for key in ("story_tag", "status_id")})


def post_twice(story: Story) -> None:
    status = story.status("to both")
    story.put("statuses", status | {"status_id": "f" * 32})


def keep_what_was_deleted(story: Story) -> None:
    status = story.status("to both")
    [post] = [post for post in story.record.posts if post.text == "deleted"]
    story.put("statuses", status | {"status_id": post.status_id, "text": "deleted"})


def never_finish(story: Story) -> None:
    key = {"status_id": story.status("to both")["status_id"], "segment": "000000"}
    story.change("progress", key, delivered=1)


def forget_a_chunk(story: Story) -> None:
    key = {"status_id": story.status("to both")["status_id"], "segment": "000000"}
    story.change("progress", key, finished_chunks={1 << 32})


def never_plan(story: Story) -> None:
    key = {"status_id": story.status("to both")["status_id"], "segment": "000000"}
    story.change("progress", key, planned=None)


def stay_in_line(story: Story) -> None:
    story.put("line", {"line": "feeds", "status_id": story.status("to both")["status_id"]})


def bury_a_good_message(story: Story) -> None:
    story.dead.append(("fan-out", '{"version":1,"kind":"take_turns"}'))


def swallow_poison(story: Story) -> None:
    story.dead.clear()


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lose_an_entry, "the feed of bob misses 'to bob'"),
        (lose_the_entry_of_one_who_left, "the feed of cid misses 'to both'"),
        (add_a_stray_entry, "the feed of cid has 'to bob'"),
        (add_an_entry_of_no_status, "1 feeds have " + "0" * 32 + ", which is no status"),
        (give_an_entry_to_another_author, "as by cid"),
        (forget_that_somebody_left, "cid followed ann at 'to both', but the feed misses it"),
        (show_it_twice, "bob saw 4 statuses, not the 2 of the feed"),
        (hide_it, "bob saw 1 statuses, not the 2 of the feed"),
        (miscount("followers_count"), "followers_count of ann is 7, not 1"),
        (miscount("following_count"), "following_count of ann is 7, not 0"),
        (miscount("statuses_count"), "statuses_count of ann is 7, not 2"),
        (lose_a_roster, "the follow of ann by bob stands in one roster only"),
        (lose_a_follow, "bob was told to follow ann, and the tables disagree"),
        (lose_a_picture, "is shown and missing"),
        (leave_a_picture, "picture avatars/x.webp is nobody's"),
        (forget_a_picture, "account ann shows None"),
        (lose_an_account, "account cid is lost"),
        (lose_an_account, "cid is gone, and has a feed"),
        (keep_what_the_gone_had, "dan is gone, and has followees"),
        (stop_in_the_middle_of_a_removal, "account dan is closed, and not removed to its end"),
        (keep_a_name, "account dan is gone, and its name is there"),
        (free_an_alias, "the alias of dan could be given to somebody else"),
        (revive_an_account, "account dan is there, which is gone"),
        (rename, "account ann is named 'Somebody Else', not 'Ann'"),
        (lose_a_session, "a session of ann is dead"),
        (revive_a_session, "a session of ann is alive"),
        (lose_a_status, "'to both' was answered and is lost"),
        (post_twice, "'to both' was posted 2 times"),
        (keep_what_was_deleted, "'deleted' was deleted and is there"),
        (never_finish, "counts 1 feeds of 2"),
        (forget_a_chunk, "is never told to be delivered"),
        (never_plan, "was never planned to its end"),
        (stay_in_line, "is still in line"),
        (bury_a_good_message, "a good message of fan-out is a dead letter"),
        (swallow_poison, "poison in feed was not buried"),
    ],
)
def test_each_thing_that_is_wrong_is_found(
    story: Story, damage: Callable[[Story], None], found: str
) -> None:
    damage(story)
    assert any(found in difference for difference in story.differences())


def test_what_was_never_answered_may_have_happened_or_not(story: Story) -> None:
    [post] = [post for post in story.record.posts if post.text == "to bob"]
    post.status_id = None
    story.record.sessions[-1].is_alive = None
    story.record.accounts["cid"].name = None
    assert story.differences() == []


def test_the_queues_of_the_campaign_are_those_of_the_product(story: Story) -> None:
    assert [story.direct.waiting(queue) for queue in QUEUES] == [0, 0]
