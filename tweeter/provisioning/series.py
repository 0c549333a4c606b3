"""The metrics that alarms and dashboard look at: Tweeter's own, and those that AWS has anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tweeter.config import get_config
from tweeter.metrics import ENVIRONMENT, NAMESPACE, Metric


@dataclass(frozen=True, slots=True)
class Series:
    """A metric with the dimensions that single out this deployment."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]

    def in_alarm(self) -> dict[str, Any]:
        """Return it in the terms of PutMetricAlarm."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions.items()]
        return {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}

    def on_dashboard(self, **options: object) -> list[Any]:
        """Return it as a line of a dashboard's widget, drawn with these options."""
        dimensions = [part for pair in self.dimensions.items() for part in pair]
        return [self.namespace, self.name, *dimensions, options]


def own(metric: Metric, **dimensions: str) -> Series:
    """Return a metric that Tweeter writes itself."""
    return Series(NAMESPACE, metric, {ENVIRONMENT: get_config().environment, **dimensions})


def of_queue(name: str, queue: str) -> Series:
    """Return a metric of a queue. Source: SQS developer guide, "Available CloudWatch metrics"."""
    return Series("AWS/SQS", name, {"QueueName": queue})


def of_feed_table(name: str) -> Series:
    """Return a metric of the feed table. Source: DynamoDB developer guide, "Metrics and
    dimensions"."""
    return Series("AWS/DynamoDB", name, {"TableName": get_config().table_name("feeds")})


def of_function(name: str) -> Series:
    """Return a metric of the function. Source: Lambda developer guide, "Types of metrics"."""
    return Series("AWS/Lambda", name, {"FunctionName": get_config().function_name})


def of_api(name: str) -> Series:
    """Return a metric of the API. Source: API Gateway developer guide, "Dimensions and metrics"."""
    return Series("AWS/ApiGateway", name, {"ApiName": get_config().function_name})
