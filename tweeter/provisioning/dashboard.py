"""The dashboard of a deployment: from a post to the feeds, and what stands in the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from feeds.queues import dead_letter_name
from tweeter import aws
from tweeter.config import get_config
from tweeter.metrics import ENVIRONMENT, NAMESPACE, Metric
from tweeter.provisioning.alarm_definitions import DEADLINE_SECONDS
from tweeter.provisioning.series import Series, of_api, of_feed_table, of_function, of_queue, own

_WIDTH, _HEIGHT = 12, 6
"""Of a widget, in the units of the grid, which has 24 columns."""
_SECONDS = 60
"""Over which each point is taken."""

Line = list[Any]
"""A metric or an expression, in the terms of a dashboard's body."""


@dataclass(frozen=True, slots=True)
class Widget:
    """A graph."""

    title: str
    lines: list[Line]
    mark: float | None = None
    """A value that is drawn across, if any."""


def provision_dashboard(report: Callable[[str], object]) -> None:
    """Create the dashboard, or make it what it is here. The first three in an account are free
    (CloudWatch pricing)."""
    client, name = aws.client("cloudwatch"), get_config().name_prefix
    before, wanted = _present(name), _body()
    if before == wanted:
        report(f"dashboard {name}: is there")
        return
    client.put_dashboard(DashboardName=name, DashboardBody=json.dumps(wanted))
    report(f"dashboard {name}: {'created' if before is None else 'changed'}")


def delete_dashboard(report: Callable[[str], object]) -> None:
    """Delete the dashboard."""
    client, name = aws.client("cloudwatch"), get_config().name_prefix
    if _present(name) is None:
        report(f"dashboard {name}: was not there")
        return
    client.delete_dashboards(DashboardNames=[name])
    report(f"dashboard {name}: deleted")


def _present(name: str) -> object:
    """Return the body of the dashboard as it is, None without one."""
    client = aws.client("cloudwatch")
    # Two errors of CloudWatch's have the same code, of which botocore takes one.
    not_found = (client.exceptions.DashboardNotFoundError, client.exceptions.ResourceNotFound)
    try:
        body = client.get_dashboard(DashboardName=name)["DashboardBody"]
    except not_found:
        return None
    return json.loads(body)


def _body() -> dict[str, Any]:
    """Return the dashboard, two widgets a row. Source: CloudWatch API reference, "Dashboard body
    structure and syntax"."""
    widgets = [*_of_deliveries(), *_of_queues(), *_of_requests()]
    return {"widgets": [_placed(widget, *divmod(n, 2)) for n, widget in enumerate(widgets)]}


def _placed(widget: Widget, row: int, column: int) -> dict[str, Any]:
    """Return a widget in the terms of a dashboard's body."""
    properties: dict[str, Any] = {
        "title": widget.title,
        "region": aws.client("cloudwatch").meta.region_name,
        "view": "timeSeries",
        "period": _SECONDS,
        "metrics": widget.lines,
    }
    if widget.mark is not None:
        properties["annotations"] = {"horizontal": [{"value": widget.mark}]}
    place = {"x": column * _WIDTH, "y": row * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}
    return {"type": "metric", **place, "properties": properties}


def _of_deliveries() -> Iterator[Widget]:
    delay = own(Metric.CHUNK_DELAY_SECONDS)
    lines = [_line(delay, stat, stat) for stat in ("Maximum", "p99", "p50")]
    yield Widget("From the post to the feeds, seconds", lines, mark=DEADLINE_SECONDS)
    written = own(Metric.ENTRIES_WRITTEN)
    consumed = of_feed_table("ConsumedWriteCapacityUnits")
    yield Widget(
        "Feed table: entries and WCU, a second",
        [
            [{"expression": "written / PERIOD(written)", "label": "entries written"}],
            [{"expression": "consumed / PERIOD(consumed)", "label": "WCU consumed"}],
            written.on_dashboard(id="written", stat="Sum", visible=False),
            consumed.on_dashboard(id="consumed", stat="Sum", visible=False),
            _line(of_feed_table("ProvisionedWriteCapacityUnits"), "Average", "WCU provisioned"),
        ],
    )
    yield Widget(
        "Refused and put back",
        [
            _line(own(Metric.ENTRIES_REFUSED), "Sum", "entries refused"),
            _line(own(Metric.THROTTLED_CALLS), "Sum", "calls throttled"),
            _line(own(Metric.MESSAGES_PUT_BACK), "Sum", "messages put back"),
            _line(of_feed_table("WriteThrottleEvents"), "Sum", "feed table's throttled writes"),
        ],
    )


def _of_queues() -> Iterator[Widget]:
    config = get_config()
    queues = {"fan-out": config.fan_out_queue_name, "feed": config.feed_queue_name}
    states = {"Visible": "waiting", "Delayed": "delayed", "NotVisible": "in work"}
    yield Widget(
        "Messages",
        [
            _line(of_queue(f"ApproximateNumberOfMessages{state}", queue), "Maximum", f"{of} {word}")
            for of, queue in queues.items()
            for state, word in states.items()
        ],
    )
    oldest = [
        _line(of_queue("ApproximateAgeOfOldestMessage", queue), "Maximum", f"{of}, oldest")
        for of, queue in queues.items()
    ]
    received = [
        _line(own(Metric.QUEUE_AGE_SECONDS, queue=queue), "Maximum", f"{of}, when received")
        for of, queue in queues.items()
    ]
    yield Widget("Age of messages, seconds", [*oldest, *received])
    visible = "ApproximateNumberOfMessagesVisible"
    dead = [
        _line(of_queue(visible, dead_letter_name(queue)), "Maximum", of)
        for of, queue in queues.items()
    ]
    buried = _line(own(Metric.MESSAGES_BURIED), "Sum", "buried just now")
    damaged = _line(own(Metric.DAMAGED_ITEMS), "Sum", "damaged items met")
    yield Widget("Dead letters and damaged items", [*dead, buried, damaged])


def _of_requests() -> Iterator[Widget]:
    yield Widget(
        "Requests by route, milliseconds",
        [[{"expression": _search_routes(stat), "label": stat}] for stat in ("p99", "p50")],
    )
    yield Widget(
        "Requests",
        [
            _line(of_api("Count"), "Sum", "all"),
            _line(of_api("4XXError"), "Sum", "4xx"),
            _line(of_api("5XXError"), "Sum", "5xx"),
            _line(own(Metric.SERVER_ERRORS), "Sum", "5xx, of the application"),
        ],
    )
    duration = of_function("Duration")
    yield Widget(
        "Function: duration, milliseconds",
        [_line(duration, stat, stat) for stat in ("Maximum", "p99", "p50")],
    )
    yield Widget(
        "Function: invocations at once, and failed",
        [
            _line(of_function("ConcurrentExecutions"), "Maximum", "at once"),
            _line(of_function("Errors"), "Sum", "errors"),
            _line(of_function("Throttles"), "Sum", "throttled"),
        ],
    )


def _line(series: Series, statistic: str, label: str) -> Line:
    return series.on_dashboard(stat=statistic, label=label)


def _search_routes(statistic: str) -> str:
    """Return the expression for every route that has been measured, whichever these are."""
    schema = f"{NAMESPACE},{ENVIRONMENT},route"
    name = f'MetricName="{Metric.REQUEST_MILLISECONDS}"'
    which = f'{ENVIRONMENT}="{get_config().environment}"'
    return f"SEARCH('{{{schema}}} {name} {which}', '{statistic}', {_SECONDS})"
