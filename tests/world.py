"""People who use the API, and the workers that deliver what they post: the words of the tests."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

import time_machine
from PIL import Image
from rest_framework.test import APIClient

from feeds.queues import dead_letter_name
from tweeter import aws, clock
from tweeter.api.media_types import make_readable
from tweeter.config import get_config
from tweeter.local.lambda_event import LambdaContext, failed_message_ids, sqs_event
from workers import fan_out, feed_write

_WHICH = ("", "NotVisible", "Delayed")
PASSWORD = "a horse, correct"


@contextmanager
def later(after: timedelta) -> Iterator[None]:
    """Let a time pass for everybody, the queues of an AWS in this process included."""
    with time_machine.travel(clock.system_clock() + after):
        yield


def png(colour: str = "teal", size: tuple[int, int] = (8, 8)) -> bytes:
    """Return a picture as a file holds it."""
    content = BytesIO()
    Image.new("RGB", size, colour).save(content, "PNG")
    return content.getvalue()


def avatar(colour: str = "teal") -> str:
    """Return a small picture as JSON takes it."""
    return base64.b64encode(png(colour)).decode()


def stored_pictures() -> set[str]:
    """Return the keys of all pictures in the bucket but the default one."""
    listed = aws.client("s3").list_objects_v2(Bucket=get_config().picture_bucket)
    return {each["Key"] for each in listed.get("Contents", [])} - {"avatars/default.webp"}


class Client(APIClient):
    """Django REST Framework's client, whose requests pass what stands before Django, too."""

    def request(self, **kwargs: Any) -> Any:
        """Send a request, of which these are the parts of a WSGI environment that are its own."""
        make_readable(kwargs)
        return super().request(**kwargs)


@dataclass(frozen=True)
class Person:
    """Somebody who signed up, with a client that is signed in."""

    alias: str
    client: APIClient
    token: str

    def post(self, text: str) -> dict[str, Any]:
        """Post a status and return it."""
        answer = self.client.post("/statuses/", {"text": text})
        assert answer.status_code == 201, answer.data
        return dict(answer.data)

    def follow(self, other: Person) -> None:
        """Follow somebody."""
        answer = self.client.post(f"/accounts/{other.alias}/follow/")
        assert answer.status_code == 201, answer.data

    def unfollow(self, other: Person) -> None:
        """Unfollow somebody."""
        answer = self.client.delete(f"/accounts/{other.alias}/follow/")
        assert answer.status_code == 204, answer.data

    def feed(self) -> list[str]:
        """Return the texts in the feed, newest first."""
        return [status["text"] for status in self.walk("/feed/")]

    def account(self) -> dict[str, Any]:
        """Return one's own account."""
        return dict(self.client.get("/accounts/me/").data)

    def delivery(self, status: dict[str, Any]) -> dict[str, Any]:
        """Return how far the delivery of a status has come."""
        return dict(self.client.get(f"/statuses/{status['id']}/delivery/").data)

    def walk(self, path: str, page_size: int = 100) -> Iterator[dict[str, Any]]:
        """Yield every item of a list, page by page."""
        url: str | None = f"{path}?page_size={page_size}"
        while url:
            answer = self.client.get(url)
            assert answer.status_code == 200, answer.data
            yield from answer.data["results"]
            url = answer.data["next"]


class World:
    """The whole system: its API, its queues and its workers."""

    def __init__(self) -> None:
        self.anonymous = Client()

    def sign_up(self, alias: str, name: str | None = None) -> Person:
        """Let somebody sign up."""
        fields = {"alias": alias, "name": name or alias.title(), "password": PASSWORD}
        answer = self.anonymous.post("/accounts/", fields)
        assert answer.status_code == 201, answer.data
        return self.signed_in(alias, answer.data["token"])

    def sign_in(self, alias: str, password: str = PASSWORD) -> Person:
        """Let somebody who has an account sign in once more."""
        answer = self.anonymous.post("/sessions/", {"alias": alias, "password": password})
        assert answer.status_code == 201, answer.data
        return self.signed_in(alias, answer.data["token"])

    def signed_in(self, alias: str, token: str) -> Person:
        """Return somebody who has signed in already."""
        return Person(alias, Client(HTTP_AUTHORIZATION=f"Bearer {token}"), token)

    def people(self, *aliases: str) -> list[Person]:
        """Let several people sign up."""
        return [self.sign_up(alias) for alias in aliases]

    def deliver(self) -> int:
        """Run both workers until their queues are empty; return how many messages they had."""
        done = 0
        while handled := self.run_fan_out() + self.run_feed_write():
            done += handled
        return done

    def run_fan_out(self) -> int:
        """Have the fan-out worker handle what its queue holds now."""
        return self.fan_out_queue.drain(fan_out.handler)

    def run_feed_write(self) -> int:
        """Have the feed writer handle what its queue holds now."""
        return self.feed_queue.drain(feed_write.handler)

    @cached_property
    def fan_out_queue(self) -> LocalQueue:
        """The queue of statuses to be fanned out."""
        return LocalQueue(get_config().fan_out_queue_name)

    @cached_property
    def feed_queue(self) -> LocalQueue:
        """The queue of chunks to be written."""
        return LocalQueue(get_config().feed_queue_name)


class LocalQueue:
    """A queue as its event source sees it, one step at a time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.url = self._url(name)

    def drain(self, handler: Callable[[Any, Any], Any]) -> int:
        """Hand every receivable message to a handler once, as Lambda would; return how many."""
        count = 0
        while messages := self.receive():
            count += len(messages)
            self.invoke(handler, messages)
        return count

    def receive(self) -> list[Any]:
        """Receive up to ten messages."""
        answer = aws.client("sqs").receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=0,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(answer.get("Messages", []))

    def invoke(self, handler: Callable[[Any, Any], Any], messages: list[Any]) -> frozenset[str]:
        """Hand messages to a handler, delete those that it processed, return the others' ids."""
        arn = f"arn:aws:sqs:us-east-1:123456789012:{self.name}"
        context = LambdaContext(function_name="tweeter", timeout_seconds=30)
        ids = {message["MessageId"] for message in messages}
        failed = failed_message_ids(handler(sqs_event(messages, arn), context), ids)
        for message in messages:
            if message["MessageId"] not in failed:
                aws.client("sqs").delete_message(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"]
                )
        return failed

    def send(self, body: str) -> None:
        """Put a message on the queue."""
        aws.client("sqs").send_message(QueueUrl=self.url, MessageBody=body)

    def dead_letters(self) -> list[Any]:
        """Receive from the dead letters."""
        return LocalQueue(dead_letter_name(self.name)).receive()

    def size(self) -> int:
        """Return about how many messages there are, received, delayed and waiting."""
        answer = aws.client("sqs").get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        attributes: dict[str, str] = dict(answer["Attributes"])  # type: ignore[arg-type]
        return sum(int(attributes[f"ApproximateNumberOfMessages{which}"]) for which in _WHICH)

    def _url(self, name: str) -> str:
        return str(aws.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])
