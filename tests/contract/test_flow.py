"""The main job, on each kind of AWS: people sign up, follow and post, and feeds fill."""

from __future__ import annotations

from tests.configuration import Configure
from tests.world import World


def test_a_status_travels_through_both_queues_into_the_followers_feeds(world: World) -> None:
    ann, bob, cid = world.people("ann", "bob", "cid")
    bob.follow(ann)
    cid.follow(ann)
    status = ann.post("hello @bob, see https://example.org/")
    assert ann.delivery(status)["state"] == "queued"
    assert world.run_fan_out() == 1
    assert ann.delivery(status)["state"] == "delivering"
    assert world.run_feed_write() == 1
    delivery = ann.delivery(status)
    assert (delivery["state"], delivery["followers"], delivery["delivered"]) == ("delivered", 2, 2)
    assert bob.feed() == cid.feed() == ["hello @bob, see https://example.org/"]
    (received,) = bob.walk("/feed/")
    assert received == status | {"author": received["author"]}
    assert received["mentions"] == [{"alias": "bob", "start": 6, "end": 10}]


def test_a_status_reaches_more_followers_than_a_chunk_holds(
    world: World, set_config: Configure
) -> None:
    set_config(chunk_size="25")
    star, *fans = world.people("star", *(f"fan{number}" for number in range(30)))
    for fan in fans:
        fan.follow(star)
    fans[7].unfollow(star)
    status = star.post("hello")
    fans[8].unfollow(star)
    world.deliver()
    assert [len(fan.feed()) for fan in fans] == [0 if fan is fans[7] else 1 for fan in fans]
    assert star.delivery(status)["delivered"] == 29
