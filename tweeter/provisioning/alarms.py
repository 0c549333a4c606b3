"""The alarms of a deployment, and the topic that they are told to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from tweeter import aws
from tweeter.config import get_config
from tweeter.provisioning.alarm_definitions import Alarm, alarms
from tweeter.provisioning.series import Series

_DELETED_AT_ONCE = 100
"""AWS: CloudWatch API reference, DeleteAlarms."""


def provision_alarms(report: Callable[[str], object]) -> None:
    """Create the topic, and each alarm that is missing or not as defined here; delete those that
    no longer are.

    The address in the configuration is asked to confirm, by an e-mail of AWS. One that was there
    before stays until it unsubscribes.
    """
    topic = _provision_topic(report)
    client = aws.client("cloudwatch")
    present = _present_alarms()
    wanted = [_definition(alarm, topic) for alarm in alarms()]
    for definition in wanted:
        name = definition["AlarmName"]
        before = present.pop(name, None)
        if before is not None and _is_as_defined(before, definition):
            report(f"alarm {name}: is there")
            continue
        client.put_metric_alarm(**definition)
        report(f"alarm {name}: {'created' if before is None else 'changed'}")
    _delete(list(present), report)


def delete_alarms(report: Callable[[str], object]) -> None:
    """Delete all alarms, and the topic with its subscriptions."""
    _delete(list(_present_alarms()), report)
    aws.client("sns").delete_topic(TopicArn=_topic_arn())
    report(f"topic {_topic_name()}: deleted")


def alarm_name(alarm: Alarm) -> str:
    """Return the full name of an alarm."""
    return f"{_prefix()}{alarm.name}"


def _definition(alarm: Alarm, topic: str) -> dict[str, Any]:
    """Return an alarm in the terms of PutMetricAlarm."""
    seconds = 60 * alarm.minutes
    measured: dict[str, Any] = {
        **alarm.series.in_alarm(),
        "Statistic": alarm.statistic,
        "Period": seconds,
    }
    if alarm.capacity is not None:
        measured = {"Metrics": _percentage(alarm.series, alarm.capacity, seconds)}
    return {
        "AlarmName": alarm_name(alarm),
        "AlarmDescription": f"{alarm.meaning} See docs/operations.md#{alarm.name}.",
        **measured,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": float(alarm.above),
        "EvaluationPeriods": alarm.times,
        "TreatMissingData": "notBreaching",  # nobody posts, and so nothing is slow
        "ActionsEnabled": True,
        "AlarmActions": [topic],
        "OKActions": [topic],
    }


def _percentage(amount: Series, capacity: Series, seconds: int) -> list[dict[str, Any]]:
    """Return how much of a capacity an amount was, by metric math."""
    expression = "100 * amount / (capacity * PERIOD(capacity))"
    return [
        {"Id": "percentage", "Expression": expression, "ReturnData": True},
        _term("amount", amount, "Sum", seconds),
        _term("capacity", capacity, "Average", seconds),
    ]


def _term(term: str, series: Series, statistic: str, seconds: int) -> dict[str, Any]:
    stat = {"Metric": series.in_alarm(), "Period": seconds, "Stat": statistic}
    return {"Id": term, "MetricStat": stat, "ReturnData": False}


def _present_alarms() -> dict[str, Any]:
    """Return the alarms that there are, by their full names."""
    pages = aws.client("cloudwatch").get_paginator("describe_alarms")
    found = chain.from_iterable(
        page["MetricAlarms"] for page in pages.paginate(AlarmNamePrefix=_prefix())
    )
    return {alarm["AlarmName"]: alarm for alarm in found}


def _is_as_defined(present: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tell whether an alarm has all that is wanted; AWS adds defaults, and orders as it likes."""
    return all(_canonical(present.get(name)) == _canonical(wanted[name]) for name in wanted)


def _canonical(value: Any) -> str:
    """Return a value in a form in which the order of dimensions and terms makes no difference."""
    if isinstance(value, list):
        return json.dumps(sorted(_canonical(each) for each in value))
    if isinstance(value, dict):
        return json.dumps({name: _canonical(value[name]) for name in sorted(value)})
    return json.dumps(value)


def _delete(names: Sequence[str], report: Callable[[str], object]) -> None:
    for start in range(0, len(names), _DELETED_AT_ONCE):
        some = names[start : start + _DELETED_AT_ONCE]
        aws.client("cloudwatch").delete_alarms(AlarmNames=some)
    for name in names:
        report(f"alarm {name}: deleted")


def _provision_topic(report: Callable[[str], object]) -> str:
    """Create the topic if it is missing, subscribe the configured address, return its ARN."""
    client = aws.client("sns")
    arn, name, email = _topic_arn(), _topic_name(), get_config().alarm_email
    try:
        client.get_topic_attributes(TopicArn=arn)
    except client.exceptions.NotFoundException:
        client.create_topic(Name=name)
        report(f"topic {name}: created")
    else:
        report(f"topic {name}: is there")
    if email and email not in _subscribers(arn):
        client.subscribe(TopicArn=arn, Protocol="email", Endpoint=email)
        report(f"topic {name}: {email} is asked to confirm")
    return arn


def _subscribers(topic: str) -> set[str]:
    """Return the addresses that are subscribed, or have been asked to confirm."""
    pages = aws.client("sns").get_paginator("list_subscriptions_by_topic")
    return {
        subscription["Endpoint"]
        for page in pages.paginate(TopicArn=topic)
        for subscription in page["Subscriptions"]
    }


def _topic_arn() -> str:
    meta = aws.client("sns").meta
    return f"arn:{meta.partition}:sns:{meta.region_name}:{aws.account_id()}:{_topic_name()}"


def _topic_name() -> str:
    return f"{get_config().name_prefix}-alarms"


def _prefix() -> str:
    """Return what the name of each alarm begins with. The slash stands in no name of a deployment,
    so that those of `tweeter-dev` are never taken for those of `tweeter-dev-2`."""
    return f"{get_config().name_prefix}/"
