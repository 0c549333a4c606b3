"""A short story for the checker: people, what they did, and all that is stored of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from random import Random
from typing import Any

from rest_framework.test import APIClient

from tests.chaos import checker, stored
from tests.chaos.direct import Direct
from tests.chaos.people import Person, draw_picture, sign_up
from tests.chaos.record import Record
from tests.chaos.web import Web
from tests.world import World, later
from tweeter.config import get_config
from tweeter.tables import all_tables

TABLES = [spec.short_name for spec in all_tables()]
POISON = "{ nobody understands this"


class Story:
    """A few people, what they did, and all that is stored of it, which can be put back."""

    def __init__(self, world: World) -> None:
        config = get_config()
        self.record = Record()
        self.direct = Direct(endpoint=None, prefix=config.name_prefix, bucket=config.picture_bucket)
        self.ann, self.bob, self.cid, dan = map(self._sign_up, ("Ann", "Bob", "Cid", "Dan"))
        self.bob.follow("Ann")
        self.cid.follow("Ann")
        self.ann.post("to both", "key")
        self.ann.post("deleted", None)
        self.cid.unfollow("Ann")
        self.ann.post("to bob", None)
        self.ann.delete(self.ann.posts[1])
        self.bob.sign_out()
        self.bob.sign_in()
        dan.follow("Ann")
        dan.delete_account()
        world.feed_queue.send(POISON)
        self.record.poison.append(("feed", POISON))
        world.deliver()
        for minutes in (16, 32, 48):  # looks for what is left of an account, until nothing is
            with later(timedelta(minutes=minutes)):
                world.deliver()
        self.dead = [("feed", body) for body in self.direct.dead_letters("feed")]
        self.bob.walk_feed()
        self._before = Before(self)

    def restore(self) -> None:
        """Put back what has been damaged."""
        self.record, self.dead = deepcopy(self._before.record), list(self._before.dead)
        for table, items in self._before.tables.items():
            self._restore(table, items)
        for key, content in self._before.objects.items():
            self.direct.s3.put_object(Bucket=self.direct.bucket, Key=key, Body=content)
        for key in self.direct.objects() - self._before.objects.keys():
            self.direct.s3.delete_object(Bucket=self.direct.bucket, Key=key)

    def differences(self) -> list[str]:
        """Return what the checker has to say."""
        return checker.check(stored.read(self.direct), self.record, self.dead)

    def status(self, text: str) -> dict[str, Any]:
        """Return the stored status with this text."""
        [item] = [item for item in self.direct.items("statuses") if item["text"] == text]
        return item

    def put(self, table: str, item: Mapping[str, Any]) -> None:
        """Store an item in place of whatever has its key."""
        self.direct.table(table).put_item(Item=dict(item))

    def drop(self, table: str, key: Mapping[str, Any]) -> None:
        """Take an item away."""
        self.direct.table(table).delete_item(Key=dict(key))

    def change(self, table: str, key: Mapping[str, Any], **values: Any) -> None:
        """Set attributes of an item; None takes one away."""
        item = self.direct.table(table).get_item(Key=dict(key))["Item"] | values
        self.put(table, {name: value for name, value in item.items() if value is not None})

    def _restore(self, table: str, items: list[dict[str, Any]]) -> None:
        keys = [key["AttributeName"] for key in self.direct.table(table).key_schema]
        for item in list(self.direct.items(table)):
            if item not in items:
                self.drop(table, {key: item[key] for key in keys})
        there = list(self.direct.items(table))
        for item in items:
            if item not in there:
                self.put(table, item)

    def _sign_up(self, alias: str) -> Person:
        person = sign_up(alias, draw_picture(Random(alias)), InProcess(), self.record, set())
        assert person is not None
        return person


class Before:
    """What there was before anything was damaged."""

    def __init__(self, story: Story) -> None:
        direct = story.direct
        self.record, self.dead = deepcopy(story.record), list(story.dead)
        self.tables = {table: list(direct.items(table)) for table in TABLES}
        self.objects = {
            key: direct.s3.get_object(Bucket=direct.bucket, Key=key)["Body"].read()
            for key in direct.objects()
        }


class InProcess(Web):
    """The same client, to the API in this process."""

    def __init__(self) -> None:
        super().__init__([0], 0)

    def _send(
        self, method: str, path: str, fields: object, headers: Mapping[str, str]
    ) -> tuple[int | None, Any]:
        extra: Any = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        answer = APIClient().generic(
            method,
            path,
            json.dumps(fields) if fields is not None else "",
            "application/json",
            **extra,
        )
        return answer.status_code, answer.json() if answer.content else None
