"""What operators of a deployment are told of: each alarm, what it means, and where it begins."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.queues import dead_letter_name
from tweeter.config import get_config
from tweeter.metrics import Metric
from tweeter.provisioning.series import Series, of_api, of_feed_table, of_function, of_queue, own

DEADLINE_SECONDS = 120
"""Within which a status is to be in the feeds of 10,000 followers: Tweeter's requirement."""
_REFUSED_PERCENT = 5
"""Of what the feed table could take. To find out whether capacity is saved up costs a second's
worth of refusals now and then, which is 0.3 % of five minutes."""
_A_FEW = 4
"""Failures within five minutes that need nobody: a service that is away for a moment, or a message
that kills its worker, which after some more times is a dead letter and so an alarm of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that an operator has to know of."""

    name: str
    """Also the anchor of its section in docs/operations.md."""
    meaning: str
    """What it means, and what to look at first."""
    series: Series
    statistic: str = "Sum"
    above: float
    minutes: int = 5
    """Over which the statistic is taken."""
    times: int = 1
    """In a row that it must be above."""
    capacity: Series | None = None
    """If given, what is taken is the percentage that the sum is of this, an amount a second."""


def alarms() -> list[Alarm]:
    """Return every alarm. What a client does wrong is none: it shows on the dashboard only.

    Each costs money for each metric in it, beyond the first ten (`ALARM_MONTH` in
    tweeter/prices.py).
    """
    return [*_delivery_alarms(), *_queue_alarms(), *_function_alarms(), _damaged_items()]


def _damaged_items() -> Alarm:
    return Alarm(
        name="damaged-items",
        meaning=(
            "Something that is stored cannot be made out. It is shown to nobody, and keeps nothing "
            "else from working. Search the log for 'damaged item', which names its partition, and "
            "mend it."
        ),
        series=own(Metric.DAMAGED_ITEMS),
        above=0,
    )


def _delivery_alarms() -> list[Alarm]:
    return [
        Alarm(
            name="slow-deliveries",
            meaning=(
                f"A status took more than {DEADLINE_SECONDS} s to reach the last of its "
                "followers. Look at entries written against the feed table's capacity: at its "
                "limit, more is posted than it takes (`manage.py capacity feeds --write N`); below "
                "it, look at refusals, queues and the function's errors."
            ),
            series=own(Metric.CHUNK_DELAY_SECONDS),
            statistic="Maximum",
            above=DEADLINE_SECONDS,
            minutes=1,
        ),
        Alarm(
            name="refused-entries",
            meaning=(
                f"For 15 minutes the feed table has refused entries worth more than "
                f"{_REFUSED_PERCENT} % of its capacity. They are written later, but pacing is off. "
                "Look whether something else writes to the table, and whether its capacity was "
                "lowered just now."
            ),
            series=own(Metric.ENTRIES_REFUSED),
            capacity=of_feed_table("ProvisionedWriteCapacityUnits"),
            above=_REFUSED_PERCENT,
            times=3,
        ),
        Alarm(
            name="throttled-calls",
            meaning=(
                "For 15 minutes AWS has answered many calls with there being too many. Search "
                "the log for 'throttled call', which names service and operation, then look at "
                "its account limits (Service Quotas) and, for tables, at ThrottledRequests of "
                "each and at the keys that most is written to."
            ),
            series=own(Metric.THROTTLED_CALLS),
            above=20,
            times=3,
        ),
    ]


def _queue_alarms() -> list[Alarm]:
    config = get_config()
    # A message whose worker died comes again after the visibility timeout. That one happens.
    oldest = 6 * config.function_timeout_seconds + 60
    return [
        alarm
        for short_name, queue in (
            ("fan-out", config.fan_out_queue_name),
            ("feed", config.feed_queue_name),
        )
        for alarm in (
            Alarm(
                name=f"{short_name}-dead-letters",
                meaning=(
                    "A message could not be processed: a delivery is incomplete until it is sent "
                    "back. `manage.py dlq show` says why; mend that, then `manage.py dlq redrive`."
                ),
                series=of_queue("ApproximateNumberOfMessagesVisible", dead_letter_name(queue)),
                statistic="Maximum",
                above=0,
                minutes=1,
            ),
            Alarm(
                name=f"{short_name}-queue-age",
                meaning=(
                    f"Messages have waited for more than {oldest} s: nothing, or not enough, "
                    "takes them. Look at `manage.py triggers status`, then at the function's "
                    "errors, throttles and concurrency."
                ),
                series=of_queue("ApproximateAgeOfOldestMessage", queue),
                statistic="Maximum",
                above=oldest,
                minutes=1,
                times=2,
            ),
        )
    ]


def _function_alarms() -> list[Alarm]:
    return [
        Alarm(
            name="server-errors",
            meaning=(
                "More than a few requests failed on our side within 5 minutes, those that the "
                "function never answered included. Search the log for status >= 500, and by the "
                "request_id of one of them for what came before."
            ),
            series=of_api("5XXError"),
            above=_A_FEW,
        ),
        Alarm(
            name="function-errors",
            meaning=(
                "Invocations end in an error: a timeout, too little memory, or a version that "
                "does not start. Search the log for 'Task timed out' and 'ERROR'. A worker's "
                "messages come again by themselves."
            ),
            series=of_function("Errors"),
            above=_A_FEW,
        ),
        Alarm(
            name="function-throttles",
            meaning=(
                "Lambda refused invocations: the account's concurrency is used up. Requests fail; "
                "messages only wait. Look at ConcurrentExecutions, and raise the account's limit "
                "in Service Quotas."
            ),
            series=of_function("Throttles"),
            above=0,
        ),
    ]
