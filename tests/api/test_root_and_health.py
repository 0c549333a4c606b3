"""The endpoints that belong to no app: the root, the schema, health."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command

from tests.world import World
from tweeter import aws
from tweeter.config import get_config

PATHS = {
    "/accounts/",
    "/accounts/{alias}/",
    "/accounts/me/",
    "/accounts/me/export/",
    "/accounts/{alias}/followers/",
    "/accounts/{alias}/following/",
    "/accounts/{alias}/relationship/",
    "/accounts/{alias}/follow/",
    "/accounts/{alias}/story/",
    "/sessions/",
    "/sessions/current/",
    "/statuses/",
    "/statuses/{status_id}/",
    "/statuses/{status_id}/delivery/",
    "/feed/",
    "/health/",
}


def test_the_schema_is_valid_and_names_every_path(world: World) -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert set(world.anonymous.get("/schema/?format=json").json()["paths"]) == PATHS


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
