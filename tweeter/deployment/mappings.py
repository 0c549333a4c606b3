"""The event source mappings by which Lambda takes messages from the queues."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from tweeter import aws
from tweeter.errors import TweeterError
from tweeter.triggers import AT_REST

_LOOKS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """A queue, and how Lambda is to take its messages."""

    queue_arn: str
    batch_size: int
    maximum_concurrency: int
    """Invocations at one time at most. Lambda's reserved concurrency would not do: pollers that it
    throttles use up receives, and good messages become dead letters."""
    enabled: bool

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return what an `event_source` of Zappa's settings says, completed by `Deployment`."""
        return cls(
            queue_arn=settings["arn"],
            batch_size=settings["batch_size"],
            maximum_concurrency=settings["maximum_concurrency"],
            enabled=not settings.get("rests", False),
        )

    @property
    def settled(self) -> str:
        """The state of its mapping at rest, as Lambda calls it."""
        return "Enabled" if self.enabled else "Disabled"

    @property
    def wanted(self) -> dict[str, Any]:
        """The attributes of its mapping.

        Without ReportBatchItemFailures, Lambda deletes messages that a handler reports as failed.
        """
        return {
            "BatchSize": self.batch_size,
            "MaximumBatchingWindowInSeconds": 0,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": self.maximum_concurrency},
        }


def queue_arn(name: str) -> str | None:
    """Return the ARN of a queue, None if there is none of that name."""
    client = aws.client("sqs")
    try:
        url = client.get_queue_url(QueueName=name)["QueueUrl"]
    except client.exceptions.QueueDoesNotExist:
        return None
    answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def find(function: str, source: EventSource) -> dict[str, Any] | None:
    """Return the mapping of a function to a queue, None if there is none.

    TweeterError `mapped_twice` if there are several: each message would be taken by any of them.
    """
    answer = aws.client("lambda").list_event_source_mappings(
        FunctionName=function, EventSourceArn=source.queue_arn
    )
    mappings = answer["EventSourceMappings"]
    if len(mappings) > 1:
        ids = ", ".join(mapping["UUID"] for mapping in mappings)
        message = f"{source.queue_arn} is mapped to {function} more than once: {ids}"
        raise TweeterError("mapped_twice", message)
    return dict(mappings[0]) if mappings else None


def finish(
    function: str,
    source: EventSource,
    *,
    looks: int = _LOOKS,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Give a mapping all of its attributes, wait until they are in effect, and return it.

    TweeterError `not_mapped` when Zappa has not made it, which it only logs, and `mapping_differs`
    when it is not at rest, or then not what it should be, after so many looks, one a second.
    """
    mapping = find(function, source)
    if mapping is None:
        message = f"{source.queue_arn} is not mapped to {function}; see what Zappa said above."
        raise TweeterError("not_mapped", message)
    wait = partial(_wait, source, mapping, looks=looks, sleep=sleep)
    wait(lambda now: now["State"] in AT_REST)  # Zappa has made or changed it just now
    aws.client("lambda").update_event_source_mapping(
        UUID=mapping["UUID"], Enabled=source.enabled, **source.wanted
    )
    return wait(lambda now: now["State"] == source.settled and not _differences(now, source))


def _wait(
    source: EventSource,
    mapping: dict[str, Any],
    is_so: Callable[[Mapping[str, Any]], bool],
    *,
    looks: int,
    sleep: Callable[[float], None],
) -> dict[str, Any]:
    """Return a mapping once it is so; TweeterError `mapping_differs` after so many looks."""
    for _ in range(looks):
        mapping = dict(aws.client("lambda").get_event_source_mapping(UUID=mapping["UUID"]))
        if is_so(mapping):
            return mapping
        sleep(1)
    message = (
        f"The mapping of {source.queue_arn} is {mapping['State']}, should be {source.settled}, "
        f"and differs in: {_differences(mapping, source)}"
    )
    raise TweeterError("mapping_differs", message)


def _differences(mapping: Mapping[str, Any], source: EventSource) -> dict[str, Any]:
    """Return those attributes that are not as wanted, as they are."""
    return {
        name: mapping.get(name)
        for name, value in source.wanted.items()
        if (mapping.get(name) or 0) != value
    }
