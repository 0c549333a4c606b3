"""The time of a request against that of the same calls to AWS made by bare boto3, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import boto3
from botocore import xform_name

from accounts.dao import DynamoAccountDao
from accounts.entities import account_id_of
from bench.api import Api, Request
from bench.options import Options
from bench.people import author_with_follower, reader_with_full_page, text
from bench.recorder import Call, Recorder
from bench.tables import print_table
from tweeter import aws

_TARGET = "1.50"
_WARM_UP_ROUNDS = 10

Rename = Callable[[Any], Any]
"""Turns the parameters of a recorded call into those that the bare call is made with."""


@dataclass(frozen=True, slots=True)
class Round:
    """One request and its bare calls; all in milliseconds."""

    request: float
    in_boto: float
    """The part of the request's time that its calls took."""
    bare: float


def measure(api: Api, options: Options) -> None:
    """Time a page of a feed and a post."""
    rows = [
        _row("GET /feed/ (20 by 20 authors)", pages(api, options.rounds)),
        _row("POST /statuses/", posts(api, options.rounds)),
    ]
    headings = ("medians in ms", "request", "bare calls", "ratio", "target", "in boto3", "outside")
    title = (
        f"Time of a request, and of the same calls by bare boto3 ({options.rounds} rounds, "
        "request and bare calls in turn)"
    )
    print_table(title, headings, rows)


def pages(api: Api, rounds: int) -> list[Round]:
    """Time a page of a feed."""
    reader = reader_with_full_page(api, "time_reader")
    return _rounds(reader.request("GET", "/feed/"), 200, _unchanged, rounds)


def posts(api: Api, rounds: int) -> list[Round]:
    """Time a post."""
    author = author_with_follower(api, "time_author")
    post = author.request("POST", "/statuses/", {"text": text(1)})
    return _rounds(post, 201, _by_twin(api, "time_author"), rounds)


def _rounds(request: Request, status: int, rename: Rename, count: int) -> list[Round]:
    """Send the request and make its bare calls, in turn; the first rounds only warm up.

    The bare calls are those of the round before, so that they can go first in every second round:
    whatever the one does to the machine's caches, the other has as often.
    """
    bare = _Bare()
    before = _send(request, status)
    rounds = []
    for number in range(_WARM_UP_ROUNDS + count):
        parameters = [_as_new(rename(call.parameters)) for call in before.calls]
        if number % 2:
            bare_took = bare.make(before.calls, parameters)
            sent = _send(request, status)
        else:
            sent = _send(request, status)
            bare_took = bare.make(before.calls, parameters)
        in_boto = sum(call.seconds for call in sent.calls)
        rounds.append(Round(sent.took * 1000, in_boto * 1000, bare_took * 1000))
        before = sent
    return rounds[_WARM_UP_ROUNDS:]


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request that was answered."""

    took: float
    """Seconds."""
    calls: list[Call]


def _send(request: Request, status: int) -> _Sent:
    calls: list[Call] = []
    with Recorder([aws.client("dynamodb"), aws.client("sqs")], calls.append):
        started = time.perf_counter()
        answer = request.send()
        took = time.perf_counter() - started
    answer.expect(status)
    return _Sent(took, calls)


class _Bare:
    """Clients as boto3 makes them when it is told nothing but the address."""

    def __init__(self) -> None:
        self._clients = {service: self._client(service) for service in ("dynamodb", "sqs")}

    def make(self, calls: Sequence[Call], parameters: Sequence[Mapping[str, Any]]) -> float:
        """Make calls with other parameters than they were recorded with; return the seconds."""
        started = time.perf_counter()
        for call, arguments in zip(calls, parameters, strict=True):
            getattr(self._clients[call.service], xform_name(call.operation))(**arguments)
        return time.perf_counter() - started

    def _client(self, service: Any) -> Any:
        used = aws.client(service)
        return boto3.session.Session().client(
            service,
            endpoint_url=used.meta.endpoint_url,
            region_name=used.meta.region_name,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - the embedded AWS takes any
        )


def _unchanged(parameters: Any) -> Any:
    return parameters


def _as_new(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a call's parameters without its token, by which DynamoDB would know the call again."""
    return {name: value for name, value in parameters.items() if name != "ClientRequestToken"}


def _by_twin(api: Api, alias: str) -> Rename:
    """Return what makes of an author's calls the same calls of a twin.

    A transaction that stores a status cannot be repeated: the status would be there, and the
    author's newest status another one. The twin has an account like the author's, with an alias
    as long, and neither has posted. When everything that the author posts is repeated with the
    twin's alias and story tag, of which all ids consist, all of its conditions hold again.
    """
    twin = alias[:-1] + "2"
    api.sign_up(twin)
    names = {alias: twin, _story_tag(alias): _story_tag(twin)}

    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: rename(one) for key, one in value.items()}
        if isinstance(value, list):
            return [rename(one) for one in value]
        if isinstance(value, str):
            for name, other in names.items():
                value = value.replace(name, other)
        return value

    return rename


def _story_tag(alias: str) -> str:
    account = DynamoAccountDao().find(account_id_of(alias))
    if account is None:
        message = f"there is no account {alias}"
        raise RuntimeError(message)
    return account.story_tag


def _row(name: str, rounds: list[Round]) -> tuple[str, ...]:
    request, bare = median(r.request for r in rounds), median(r.bare for r in rounds)
    in_boto = median(r.in_boto for r in rounds)
    outside = median(r.request - r.in_boto for r in rounds)
    request_ms, bare_ms, ratio, *shares = (
        f"{figure:.2f}" for figure in (request, bare, request / bare, in_boto, outside)
    )
    return (name, request_ms, bare_ms, ratio, _TARGET, *shares)
