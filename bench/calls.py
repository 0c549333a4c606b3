"""How many calls to AWS each request makes, and which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.api import Api, Request
from bench.options import Options
from bench.people import author_with_follower, reader_with_full_page, text
from bench.recorder import Call, Recorder
from bench.tables import print_table
from tweeter import aws


@dataclass(frozen=True, slots=True)
class Counted:
    """A request whose calls are counted, what it must be answered with, and what is aimed at."""

    name: str
    request: Request
    status: int
    target: int | None = None


def measure(api: Api, _options: Options) -> None:
    """Count the calls of each request in a process that has answered the like before."""
    for counted in _requests(api, "first"):  # makes clients, looks up the queue's address
        counted.request.send().expect(counted.status)
    clients = [aws.client(service) for service in ("dynamodb", "sqs", "s3")]
    clients.append(aws.client("dynamodb", attempts=1))
    rows = []
    for counted in _requests(api, "second"):
        calls: list[Call] = []
        with Recorder(clients, calls.append):
            counted.request.send().expect(counted.status)
        target = "-" if counted.target is None else counted.target
        sent = sum(call.sent for call in calls)
        rows.append((counted.name, sent, target, ", ".join(call.operation for call in calls)))
    title = "Calls to AWS by each request (a session's use is also written down once a minute)"
    print_table(title, ("request", "calls", "target", "which"), rows)


def _requests(api: Api, name: str) -> Iterator[Counted]:
    """Yield the requests in an order in which each finds what it needs, by people of this name."""
    reader = reader_with_full_page(api, name)
    yield Counted("GET /feed/ (20 statuses, 20 authors)", reader.request("GET", "/feed/"), 200, 3)
    yield from _posts(api, name)
    yield from _reading(api, name, reader.get("/feed/")["results"][0]["id"])
    yield from _following(api, name)
    yield from _sessions(api, name)


def _posts(api: Api, name: str) -> Iterator[Counted]:
    author = author_with_follower(api, f"{name}_poster")
    plain = {"text": text(1)}
    mention = {"text": f"{text(2)} @{author.alias}_follower"}
    posting = "POST /statuses/"
    yield Counted(posting, author.request("POST", "/statuses/", plain), 201, 4)
    yield Counted(f"{posting} (mention)", author.request("POST", "/statuses/", mention), 201, 4)
    keyed = author.request("POST", "/statuses/", mention, HTTP_IDEMPOTENCY_KEY="k1")
    yield Counted(f"{posting} (mention, idempotency key)", keyed, 201, 4)
    yield Counted(f"{posting} (the same key again)", keyed, 201, 4)
    loner = api.sign_up(f"{name}_loner")
    alone = loner.request("POST", "/statuses/", plain)
    yield Counted(f"{posting} (no followers)", alone, 201, 4)
    status_id = author.post("/statuses/", plain)["id"]
    delivery = author.request("GET", f"/statuses/{status_id}/delivery/")
    yield Counted("GET /statuses/{id}/delivery/", delivery, 200)
    deletion = author.request("DELETE", f"/statuses/{status_id}/")
    yield Counted("DELETE /statuses/{id}/", deletion, 204)


def _reading(api: Api, name: str, status_id: str) -> Iterator[Counted]:
    story, account = f"/accounts/{name}_poster/story/", f"/accounts/{name}_author1/"
    anyone = api.anonymous
    yield Counted("GET .../story/ (no session)", anyone.request("GET", story), 200, 2)
    status = anyone.request("GET", f"/statuses/{status_id}/")
    yield Counted("GET /statuses/{id}/ (no session)", status, 200)
    yield Counted("GET /accounts/{alias}/ (no session)", anyone.request("GET", account), 200)
    followers = anyone.request("GET", f"{account}followers/")
    yield Counted("GET .../followers/ (no session)", followers, 200)
    yield Counted("GET /health/", anyone.request("GET", "/health/"), 200)


def _following(api: Api, name: str) -> Iterator[Counted]:
    fan, follow = api.sign_up(f"{name}_fan"), f"/accounts/{name}_poster/follow/"
    yield Counted("POST .../follow/", fan.request("POST", follow), 201, 5)
    relationship = fan.request("GET", f"/accounts/{name}_poster/relationship/")
    yield Counted("GET .../relationship/", relationship, 200)
    yield Counted("DELETE .../follow/", fan.request("DELETE", follow), 204, 5)
    yield Counted("GET /accounts/me/", fan.request("GET", "/accounts/me/"), 200)
    change = fan.request("PATCH", "/accounts/me/", {"name": "Somebody Else"})
    yield Counted("PATCH /accounts/me/ (name)", change, 200)


def _sessions(api: Api, name: str) -> Iterator[Counted]:
    yield Counted("POST /accounts/", api.signing_up(f"{name}_newcomer"), 201)
    yield Counted("POST /sessions/", api.signing_in(f"{name}_newcomer"), 201)
    leaving = api.sign_up(f"{name}_leaver")
    current = "/sessions/current/"
    yield Counted("GET /sessions/current/", leaving.request("GET", current), 200)
    yield Counted("DELETE /sessions/current/", leaving.request("DELETE", current), 204)
