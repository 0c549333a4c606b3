"""Whether Lambda takes messages from the queues: both event source mappings, switched together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tweeter import aws
from tweeter.config import get_config
from tweeter.errors import NotFound, Unavailable

AT_REST = frozenset({"Enabled", "Disabled"})
"""The states of a mapping that no change is under way of: until then Lambda refuses another one, as
ResourceInUseException. Source: Lambda API reference, UpdateEventSourceMapping."""

_TAG = "event-source-mapping"
"""The tag of a queue that names its mapping: so nobody needs permission to list all mappings, which
AWS grants for the whole account only."""
_POLL_SECONDS = 1.0
_MAX_POLLS = 120


@dataclass(frozen=True, slots=True)
class Trigger:
    """The mapping of one queue."""

    queue: str
    mapping_id: str | None
    """None where the queue names none by its tag, or one that is gone."""
    state: str
    """Lambda's: `Enabled`, `Disabled`, or on the way to one of them; or `Not connected`."""

    @property
    def is_connected(self) -> bool:
        """Whether a mapping is known: none is before `zappa deploy` has made it, after an
        undeployment, or when somebody has deleted it or the queue's tag."""
        return self.mapping_id is not None

    @property
    def is_polled(self) -> bool:
        """Whether Lambda asks the queue for messages, which is paid for."""
        return self.is_connected and self.state != "Disabled"


class Triggers:
    """Shows and switches the mappings of both queues; Unavailable when AWS does not answer."""

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def show(self) -> list[Trigger]:
        """Return the state of both."""
        config = get_config()
        return [self._trigger(name) for name in (config.fan_out_queue_name, config.feed_queue_name)]

    def switch(self, *, on: bool) -> list[Trigger]:
        """Switch both on or off, and return their state once that is in effect.

        While they are off, messages wait in the queues, for 14 days at most. Where one is not
        connected, the other is switched off, and the caller has to look whether that one is polled
        all the same; but NotFound `not_deployed` keeps it from being switched on: messages would be
        taken halfway only.
        """
        before = self._wait_for(AT_REST)
        if on:
            _refuse_unless_connected(before)
        with aws.away_as_unavailable():
            for trigger in before:
                if trigger.mapping_id is not None:
                    aws.client("lambda").update_event_source_mapping(
                        UUID=trigger.mapping_id, Enabled=on
                    )
        return self._wait_for(frozenset({"Enabled" if on else "Disabled"}))

    def _wait_for(self, states: frozenset[str]) -> list[Trigger]:
        """Return both once each that is connected is in one of these states; Unavailable after too
        many looks."""
        for _ in range(_MAX_POLLS):
            triggers = self.show()
            if all(each.state in states for each in triggers if each.is_connected):
                return triggers
            self._sleep(_POLL_SECONDS)
        wanted = " or ".join(sorted(states)).lower()
        message = f"The event sources are not {wanted} yet; look again later."
        raise Unavailable(message)

    def _trigger(self, queue: str) -> Trigger:
        try:
            with aws.away_as_unavailable():
                mapping_id = _tags(queue)[_TAG]
                mapping = aws.client("lambda").get_event_source_mapping(UUID=mapping_id)
        except (KeyError, Unavailable) as error:
            cause = error.__cause__ or error
            if isinstance(cause, KeyError) or aws.error_code(cause) in aws.MISSING_CODES:
                return Trigger(queue, None, "Not connected")
            raise
        return Trigger(queue, mapping_id, mapping["State"])


def _refuse_unless_connected(triggers: Sequence[Trigger]) -> None:
    for trigger in triggers:
        if not trigger.is_connected:
            message = (
                f"Nothing is connected to {trigger.queue}; `zappa deploy` does that, or `zappa "
                "update` of what is deployed."
            )
            raise NotFound("not_deployed", message)


def remember(queue_arn: str, mapping_id: str) -> None:
    """Note on a queue which mapping takes its messages, for `Triggers` to find it."""
    client = aws.client("sqs")
    url = client.get_queue_url(QueueName=_name(queue_arn))["QueueUrl"]
    client.tag_queue(QueueUrl=url, Tags={_TAG: mapping_id})


def remembered(queue_arn: str) -> str | None:
    """Return the mapping that was noted last, None if there was none."""
    return _tags(_name(queue_arn)).get(_TAG)


def _tags(queue: str) -> dict[str, str]:
    client = aws.client("sqs")
    url = client.get_queue_url(QueueName=queue)["QueueUrl"]
    return client.list_queue_tags(QueueUrl=url).get("Tags", {})


def _name(queue_arn: str) -> str:
    return queue_arn.rpartition(":")[2]
