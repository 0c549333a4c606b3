"""The real system behind the methods of the model: what they do goes through HTTP and SQS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from rest_framework.test import APIClient
from time_machine import Traveller

from accounts.entities import AccountId
from feeds.dao import DynamoFeedDao
from tests.stateful.model import HANDLED, PASSWORD, Answer
from tests.stateful.workers import fan_out_worker, feed_worker
from tweeter.clock import BEGINNING, system_clock
from tweeter.pages import PageRequest

_LONGEST_DELAY = 900.0
"""Seconds that a message can be delayed for. Source: SQS developer guide, message timers."""


class System:
    """Tweeter, as those see it who know the model's words."""

    def __init__(self, clock: Traveller) -> None:
        self.fan_out_worker, self.feed_worker = fan_out_worker(), feed_worker()
        self._workers = (self.fan_out_worker, self.feed_worker)
        self._clock = clock
        self._tokens: dict[str, str] = {}
        self._status_ids: dict[str, str] = {}

    def at(self, clock: Traveller) -> System:
        """Return the same as it is now, to go on from here more than once."""
        copy = System(clock)
        copy._tokens, copy._status_ids = dict(self._tokens), dict(self._status_ids)
        for ours, theirs in zip(self._workers, copy._workers, strict=True):
            theirs.messages = list(ours.messages)
        return copy

    def sign_up(self, session: str, alias: str, password: str = PASSWORD) -> Answer:
        fields = {"alias": alias, "name": alias, "password": password}
        return self._begin(session, self._client().post("/accounts/", fields))

    def sign_in(self, session: str, alias: str, password: str = PASSWORD) -> Answer:
        fields = {"alias": alias, "password": password}
        return self._begin(session, self._client().post("/sessions/", fields))

    def sign_out(self, session: str) -> Answer:
        return _answer(self._client(session).delete("/sessions/current/"), lambda _: None)

    def current_session(self, session: str) -> Answer:
        """Answer whose session it is, and for how many seconds more."""

        def gist(data: Any) -> object:
            expires_at = datetime.fromisoformat(data["expires_at"])
            return data["account"]["alias"], round((expires_at - system_clock()).total_seconds())

        return _answer(self._client(session).get("/sessions/current/"), gist)

    def rename(self, session: str, name: str) -> Answer:
        return self._change(session, name=name)

    def change_password(self, session: str, current: str, new: str) -> Answer:
        return self._change(session, current_password=current, password=new)

    def close(self, session: str, password: str) -> Answer:
        """Delete the account."""
        response = self._client(session).delete("/accounts/me/", {"password": password})
        return _answer(response, lambda _: None)

    def follow(self, session: str, alias: str) -> Answer:
        return _answer(self._client(session).post(f"/accounts/{alias}/follow/"), _relationship)

    def unfollow(self, session: str, alias: str) -> Answer:
        return _answer(self._client(session).delete(f"/accounts/{alias}/follow/"), lambda _: None)

    def relationship(self, session: str, alias: str) -> Answer:
        """Answer whether the caller follows the account, and the other way round."""
        response = self._client(session).get(f"/accounts/{alias}/relationship/")
        return _answer(response, _relationship)

    def post(self, session: str, text: str, key: str | None = None) -> Answer:
        """Answer text and mentions, unless another status has that text."""
        headers = {} if key is None else {"Idempotency-Key": key}
        response = self._client(session).post("/statuses/", {"text": text}, headers=headers)

        def gist(data: Any) -> object:
            known = self._status_ids.setdefault(data["text"], data["id"])
            text = data["text"] if known == data["id"] else f"{known} once more: {data['id']}"
            return text, tuple(mention["alias"] for mention in data["mentions"])

        return _answer(response, gist)

    def delete(self, session: str, text: str) -> Answer:
        return _answer(self._client(session).delete(self._path(text)), lambda _: None)

    def delivery(self, session: str, text: str) -> dict[str, Any]:
        """Return how far a status of the session's owner has come."""
        return dict(self._client(session).get(f"{self._path(text)}delivery/").data)

    def holders(self, text: str, aliases: Iterable[str]) -> set[str]:
        """Return which of some accounts have a status in their feeds, as the store has them."""
        owners = [AccountId(alias.lower()) for alias in aliases]
        pages = {
            owner: DynamoFeedDao().page(owner, PageRequest(100), BEGINNING) for owner in owners
        }
        status_id = self._status_ids[text]
        return {o for o, page in pages.items() if status_id in {each.status_id for each in page}}

    def page(self, path: str, session: str) -> tuple[list[str], str | None]:
        """Return a page's aliases or texts, and the address of the next one."""
        data = self._client(session).get(path).data
        return [item.get("text") or item["alias"] for item in data["results"]], data["next"]

    def account(self, alias: str) -> Answer:
        """Answer the alias, the name and the three counts."""

        def gist(data: Any) -> object:
            counts = ("followers_count", "following_count", "statuses_count")
            return data["alias"], data["name"], *(data[count] for count in counts)

        return _answer(self._client().get(f"/accounts/{alias}/"), gist)

    def followers(self, alias: str) -> list[str]:
        """Return the aliases of followers, the newest follow first."""
        return self._list(f"/accounts/{alias}/followers/", "alias")

    def following(self, alias: str) -> list[str]:
        """Return the aliases of followees, the newest follow first."""
        return self._list(f"/accounts/{alias}/following/", "alias")

    def story(self, alias: str) -> list[str]:
        """Return the texts of a story, the newest first."""
        return self._list(f"/accounts/{alias}/story/", "text")

    def feed(self, session: str) -> list[str]:
        """Return the texts in the feed of a session's owner, the newest first."""
        return self._list("/feed/", "text", session)

    def take(self) -> None:
        """Take all messages that have been sent to the workers."""
        for worker in self._workers:
            worker.take()

    def run(self, worker: str, *, again: bool = False) -> Answer:
        """Have a worker handle the oldest message that it has, be it to come once more."""
        getattr(self, worker).run(again=again)
        return HANDLED

    def deliver(self) -> None:
        """Have all messages handled, the clock moving on while they wait for their time."""
        pause = 1.0
        while True:
            self.take()
            if any(worker.messages for worker in self._workers):
                pause = 1.0
            for worker in self._workers:
                while worker.messages:
                    worker.run()
            if not any(worker.waits() for worker in self._workers):
                return
            self._clock.shift(pause)
            pause = min(2 * pause, _LONGEST_DELAY)

    def lives(self, session: str) -> bool:
        """Tell whether a session is neither signed out nor over, which counts as its use."""
        return session in self._tokens and self.current_session(session)[0] == 200

    def _begin(self, session: str, response: Any) -> Answer:
        """Keep a session that has begun."""

        def gist(data: Any) -> object:
            self._tokens[session] = data["token"]
            return data["account"]["alias"]

        return _answer(response, gist)

    def _change(self, session: str, **fields: str) -> Answer:
        response = self._client(session).patch("/accounts/me/", fields)
        return _answer(response, lambda data: data["name"])

    def _list(self, path: str, field: str, session: str | None = None) -> list[str]:
        answer = self._client(session).get(path, {"page_size": 100})
        if answer.status_code == 404:
            return []
        assert (answer.status_code, answer.data["next"]) == (200, None), answer.data
        return [item[field] for item in answer.data["results"]]

    def _path(self, text: str) -> str:
        return f"/statuses/{self._status_ids[text]}/"

    def _client(self, session: str | None = None) -> APIClient:
        """Return a client of its own for each request: they may come at the same time."""
        if session is None:
            return APIClient()
        return APIClient(HTTP_AUTHORIZATION=f"Bearer {self._tokens[session]}")


def _answer(response: Any, gist: Callable[[Any], object]) -> Answer:
    if response.status_code < 400:
        return response.status_code, gist(response.data)
    assert response.status_code < 500, response.data
    code = response.data["errors"][0]["code"]
    # A session that ends while a request runs is noticed later, and called so; a 401 all the same.
    return response.status_code, "authentication_failed" if code == "not_authenticated" else code


def _relationship(data: Any) -> object:
    return data["following"], data["followed_by"]
