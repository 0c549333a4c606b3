"""Exactly the right feed: whatever happens around the moment of posting."""

from __future__ import annotations

from tests.world import World


def test_a_status_reaches_those_who_follow_when_it_is_posted(world: World) -> None:
    author, follower, stranger = world.people("ann", "bob", "cid")
    follower.follow(author)
    author.post("hello")
    world.deliver()
    assert follower.feed() == ["hello"]
    assert stranger.feed() == []
    assert author.feed() == []


def test_following_adds_no_older_status_even_while_it_is_being_delivered(world: World) -> None:
    author, early, late = world.people("ann", "bob", "cid")
    early.follow(author)
    author.post("before")
    late.follow(author)
    world.deliver()
    author.post("after")
    world.deliver()
    assert late.feed() == ["after"]
    assert early.feed() == ["after", "before"]


def test_a_status_posted_before_an_unfollow_still_arrives(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    author.post("before")
    follower.unfollow(author)
    author.post("after")
    world.deliver()
    assert follower.feed() == ["before"]


def test_unfollowing_while_chunks_wait_to_be_written_takes_nothing_away(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    author.post("hello")
    world.run_fan_out()
    follower.unfollow(author)
    world.deliver()
    assert follower.feed() == ["hello"]


def test_each_of_several_follows_counts_for_what_was_posted_during_it(world: World) -> None:
    author, follower, constant = world.people("ann", "bob", "cid")
    constant.follow(author)
    author.post("0")
    follower.follow(author)
    author.post("1")
    follower.unfollow(author)
    author.post("2")
    follower.follow(author)
    author.post("3")
    follower.unfollow(author)
    follower.follow(author)
    author.post("4")
    world.deliver()
    assert follower.feed() == ["4", "3", "1"]
    assert constant.feed() == ["4", "3", "2", "1", "0"]


def test_a_status_is_in_a_feed_once_however_often_its_messages_come(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    status = author.post("hello")
    job = world.fan_out_queue.receive()[0]["Body"]
    for body in (job, job, job):
        world.fan_out_queue.send(body)
    world.run_fan_out()
    chunks = [message["Body"] for message in world.feed_queue.receive()]
    for body in chunks * 3:
        world.feed_queue.send(body)
    world.deliver()
    assert follower.feed() == ["hello"]
    delivery = author.delivery(status)
    assert (delivery["state"], delivery["followers"], delivery["delivered"]) == ("delivered", 1, 1)


def test_statuses_delivered_in_another_order_are_read_newest_first(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    for text in ("1", "2", "3"):
        author.post(text)
    jobs = [message["Body"] for message in world.fan_out_queue.receive()]
    for body in reversed(jobs):
        world.fan_out_queue.send(body)
        world.deliver()
    assert follower.feed() == ["3", "2", "1"]


def test_a_status_deleted_before_its_fan_out_reaches_nobody(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    status = author.post("oops")
    author.client.delete(f"/statuses/{status['id']}/")
    assert world.deliver() == 1  # the job, and no chunk
    assert follower.feed() == []


def test_a_status_deleted_between_fan_out_and_writing_reaches_nobody(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    status = author.post("oops")
    world.run_fan_out()
    author.client.delete(f"/statuses/{status['id']}/")
    world.deliver()
    assert follower.feed() == []
    assert world.feed_queue.size() == 0


def test_a_delivered_status_leaves_every_feed_when_it_is_deleted(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    statuses = [author.post(text) for text in ("1", "2", "3")]
    world.deliver()
    author.client.delete(f"/statuses/{statuses[1]['id']}/")
    assert follower.feed() == ["3", "1"]


def test_walking_a_feed_skips_deleted_statuses_and_ends_where_nothing_is_left(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    statuses = [author.post(str(number)) for number in range(7)]
    world.deliver()
    for number in (0, 1, 3, 6):
        author.client.delete(f"/statuses/{statuses[number]['id']}/")
    for page_size, pages in ((1, ["5", "4", "2"]), (2, ["54", "2"]), (3, ["542"]), (100, ["542"])):
        walked = []
        url = f"/feed/?page_size={page_size}"
        while url:
            page = follower.client.get(url).data
            walked.append("".join(status["text"] for status in page["results"]))
            url = page["next"]
        assert walked == pages, page_size


def test_a_feed_shows_authors_as_they_are_now(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    author.post("hello")
    world.deliver()
    author.client.patch("/accounts/me/", {"name": "Ann the Great"})
    status = next(follower.walk("/feed/"))
    assert status["author"]["name"] == "Ann the Great"


def test_statuses_that_arrive_during_a_walk_neither_repeat_nor_hide_others(world: World) -> None:
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    for number in range(5):
        author.post(str(number))
    world.deliver()
    first = follower.client.get("/feed/?page_size=2").data
    author.post("new")
    world.deliver()
    seen = [status["text"] for status in first["results"]]
    url = first["next"]
    while url:
        page = follower.client.get(url).data
        seen += [status["text"] for status in page["results"]]
        url = page["next"]
    assert seen == ["4", "3", "2", "1", "0"]
