"""The endpoints that belong to no app: the root, and health."""

from __future__ import annotations

from tests.world import World
from tweeter import aws
from tweeter.config import get_config


def test_the_root_links_to_what_there_is(world: World) -> None:
    links = world.anonymous.get("/").data
    assert links["feed"] == "http://testserver/feed/"
    assert all(world.anonymous.get(url).status_code in {200, 401, 405} for url in links.values())


def test_health_needs_every_table_and_queue(world: World) -> None:
    assert world.anonymous.get("/health/").status_code == 200
    aws.client("dynamodb").delete_table(TableName=get_config().table_name("progress"))
    answer = world.anonymous.get("/health/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "tables" in answer.json()["errors"][0]["detail"]
