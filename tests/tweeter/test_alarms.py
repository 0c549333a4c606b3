"""The alarms and the dashboard: about metrics that there are, and as they are defined."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.configuration import Configure
from tests.faults import throttled
from tests.metric_lines import Recorded, SeriesKey, recorded_metrics
from tests.security.damage import damage_status
from tests.world import World
from tweeter import aws as aws_clients
from tweeter import provisioning  # pytest would call a `teardown_function` in this module itself
from tweeter.config import get_config
from tweeter.metrics import NAMESPACE
from tweeter.provisioning.alarm_definitions import alarms
from tweeter.provisioning.alarms import alarm_name, delete_alarms, provision_alarms
from tweeter.provisioning.dashboard import delete_dashboard, provision_dashboard

OPERATOR = "operator@example.org"


@pytest.fixture
def deployment(empty_aws: None, set_config: Configure) -> None:
    """An empty AWS for a deployment to dev."""
    set_config(environment="dev", alarm_email=OPERATOR)


def provisioned_alarms() -> list[str]:
    """Provision the alarms, and return what was reported."""
    lines: list[str] = []
    provision_alarms(lines.append)
    return lines


def provisioned_dashboard() -> str:
    lines: list[str] = []
    provision_dashboard(lines.append)
    return "\n".join(lines)


def present() -> dict[str, Any]:
    """Return all alarms of the account, by their names."""
    answer = aws_clients.client("cloudwatch").describe_alarms()
    return {alarm["AlarmName"]: alarm for alarm in answer["MetricAlarms"]}


def put_by_hand(name: str, **changes: object) -> None:
    alarm = {
        "AlarmName": name,
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    aws_clients.client("cloudwatch").put_metric_alarm(**{**alarm, **changes})  # type: ignore[arg-type]


def topics() -> list[str]:
    return [topic["TopicArn"] for topic in aws_clients.client("sns").list_topics()["Topics"]]


def dashboard() -> Any:
    answer = aws_clients.client("cloudwatch").get_dashboard(DashboardName="tweeter-dev")
    return json.loads(answer["DashboardBody"])


@pytest.fixture
def measured(world: World) -> Recorded:
    """The metrics of a day on which everything happens that is measured."""
    author, follower = world.people("ann", "bob")
    follower.follow(author)
    with recorded_metrics() as recorded:
        status = author.post("hello")
        with throttled("BatchWriteItem", times=1, attempts=1):
            world.run_fan_out()
            world.run_feed_write()
        world.feed_queue.send("not ours")
        world.deliver()
        follower.feed()
        with throttled("Query", times=3):
            APIClient().get("/accounts/ann/story/")
        damage_status(status["id"], {"text": None})
        follower.feed()
    return recorded


def own_series_of_alarms() -> set[SeriesKey]:
    series = [alarm.series for alarm in alarms()]
    series += [alarm.capacity for alarm in alarms() if alarm.capacity]
    return {
        (each.name, frozenset(each.dimensions.items()))
        for each in series
        if each.namespace == NAMESPACE
    }


def own_series_of_dashboard() -> set[SeriesKey]:
    name = get_config().name_prefix
    answer = aws_clients.client("cloudwatch").get_dashboard(DashboardName=name)
    found = set()
    for widget in json.loads(answer["DashboardBody"])["widgets"]:
        for line in widget["properties"]["metrics"]:
            if line[0] == NAMESPACE:
                parts = [part for part in line[1:] if isinstance(part, str)]
                dimensions = frozenset(zip(parts[1::2], parts[2::2], strict=True))
                found.add((parts[0], dimensions))
    return found


def test_alarms_and_dashboard_are_about_metrics_that_are_written(measured: Recorded) -> None:
    provision_dashboard(lambda _: None)
    written = set(measured.by_series())
    assert own_series_of_alarms()
    assert own_series_of_alarms() <= written
    by_route = {series for series in written if "route" in dict(series[1])}
    assert by_route
    assert own_series_of_dashboard() == written - by_route  # these it looks for


def test_the_routes_are_looked_for_by_what_is_written(measured: Recorded) -> None:
    provision_dashboard(lambda _: None)
    (name,) = {name for name, pairs in measured.by_series() if "route" in dict(pairs)}
    body = aws_clients.client("cloudwatch").get_dashboard(DashboardName=get_config().name_prefix)
    assert f'{{{NAMESPACE},environment,route}} MetricName=\\"{name}\\"' in body["DashboardBody"]


def test_each_alarm_is_created_once(deployment: None) -> None:
    names = [alarm_name(alarm) for alarm in alarms()]
    lines = provisioned_alarms()
    assert [line for line in lines if line.startswith("alarm")] == [
        f"alarm {name}: created" for name in names
    ]
    before = present()
    assert set(before) == set(names)
    assert all(line.endswith(": is there") for line in provisioned_alarms())
    assert present() == before


def test_each_alarm_calls_the_operators_and_says_where_to_read_on(deployment: None) -> None:
    provisioned_alarms()
    (topic,) = topics()
    for name, alarm in present().items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic], name
        section = name.removeprefix("tweeter-dev/")
        assert alarm["AlarmDescription"].endswith(f"See docs/operations.md#{section}."), name
        assert len(alarm["AlarmDescription"]) <= 1024, name
        assert alarm["TreatMissingData"] == "notBreaching", name


def test_names_of_alarms_are_anchors_of_their_own(deployment: None) -> None:
    names = [alarm.name for alarm in alarms()]
    assert len(set(names)) == len(names)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz-") for name in names)


@pytest.mark.parametrize("name", ["function-errors", "refused-entries"])
def test_an_alarm_that_was_changed_is_set_right(deployment: None, name: str) -> None:
    provisioned_alarms()
    before = present()
    put_by_hand(f"tweeter-dev/{name}", Threshold=99.0)
    lines = provisioned_alarms()
    assert f"alarm tweeter-dev/{name}: changed" in lines
    assert sum(line.endswith(": changed") for line in lines) == 1
    for key in ("Threshold", "AlarmActions", "Metrics", "MetricName"):
        assert present()[f"tweeter-dev/{name}"].get(key) == before[f"tweeter-dev/{name}"].get(key)


def test_a_changed_setting_changes_its_alarms(deployment: None, set_config: Configure) -> None:
    provisioned_alarms()
    set_config(function_timeout_seconds="60")
    changed = [line for line in provisioned_alarms() if line.endswith(": changed")]
    assert changed == [
        "alarm tweeter-dev/fan-out-queue-age: changed",
        "alarm tweeter-dev/feed-queue-age: changed",
    ]
    assert present()["tweeter-dev/feed-queue-age"]["Threshold"] == 6 * 60 + 60


def test_an_alarm_that_is_no_longer_defined_is_deleted_and_no_others(deployment: None) -> None:
    put_by_hand("tweeter-dev/bygone")
    put_by_hand("tweeter-dev-2/function-errors")
    put_by_hand("somebody-else")
    assert "alarm tweeter-dev/bygone: deleted" in provisioned_alarms()
    others = {name for name in present() if not name.startswith("tweeter-dev/")}
    assert others == {"tweeter-dev-2/function-errors", "somebody-else"}
    assert "tweeter-dev/bygone" not in present()


def test_refusals_are_compared_with_what_the_table_could_take(deployment: None) -> None:
    provisioned_alarms()
    metrics = {each["Id"]: each for each in present()["tweeter-dev/refused-entries"]["Metrics"]}
    assert [term for term, each in metrics.items() if each["ReturnData"]] == ["percentage"]
    stats = {
        term: (each["MetricStat"]["Metric"]["MetricName"], each["MetricStat"]["Stat"])
        for term, each in metrics.items()
        if "MetricStat" in each
    }
    assert stats == {
        "amount": ("EntriesRefused", "Sum"),
        "capacity": ("ProvisionedWriteCapacityUnits", "Average"),
    }
    expression = metrics["percentage"]["Expression"]
    assert all(term in expression for term in stats)


def test_the_operator_is_asked_once(deployment: None) -> None:
    assert f"topic tweeter-dev-alarms: {OPERATOR} is asked to confirm" in provisioned_alarms()
    provisioned_alarms()
    subscriptions = aws_clients.client("sns").list_subscriptions()["Subscriptions"]
    assert [(each["Protocol"], each["Endpoint"]) for each in subscriptions] == [("email", OPERATOR)]


def test_nobody_is_asked_without_an_address(empty_aws: None, set_config: Configure) -> None:
    set_config(environment="dev")
    provisioned_alarms()
    assert aws_clients.client("sns").list_subscriptions()["Subscriptions"] == []
    assert len(topics()) == 1


def test_alarms_and_topic_can_be_deleted_again_and_again(deployment: None) -> None:
    put_by_hand("somebody-else")
    provisioned_alarms()
    for _ in range(2):
        delete_alarms(lambda _: None)
        assert set(present()) == {"somebody-else"}
        assert topics() == []


def test_the_dashboard_is_made_kept_and_set_right(deployment: None) -> None:
    assert provisioned_dashboard() == "dashboard tweeter-dev: created"
    before = dashboard()
    assert provisioned_dashboard() == "dashboard tweeter-dev: is there"
    aws_clients.client("cloudwatch").put_dashboard(
        DashboardName="tweeter-dev", DashboardBody=json.dumps({"widgets": []})
    )
    assert provisioned_dashboard() == "dashboard tweeter-dev: changed"
    assert dashboard() == before


def test_no_two_widgets_lie_on_each_other(deployment: None) -> None:
    provisioned_dashboard()
    places = {(widget["x"], widget["y"]) for widget in dashboard()["widgets"]}
    assert len(places) == len(dashboard()["widgets"]) > 0
    assert all(
        x + widget["width"] <= 24 for widget in dashboard()["widgets"] for x in [widget["x"]]
    )


def test_the_dashboard_can_be_deleted_again_and_again(deployment: None) -> None:
    provisioned_dashboard()
    lines: list[str] = []
    delete_dashboard(lines.append)
    delete_dashboard(lines.append)
    assert lines == ["dashboard tweeter-dev: deleted", "dashboard tweeter-dev: was not there"]
    assert aws_clients.client("cloudwatch").list_dashboards()["DashboardEntries"] == []


def test_a_deployment_gets_both_and_loses_both(empty_aws: None, set_config: Configure) -> None:
    set_config(environment="dev", name_prefix=get_config().name_prefix)  # that of the models
    provisioning.provision_function(lambda _: None)
    assert len(present()) == len(alarms())
    assert len(topics()) == 1
    assert len(aws_clients.client("cloudwatch").list_dashboards()["DashboardEntries"]) == 1
    provisioning.teardown_function(lambda _: None)
    assert present() == {}
    assert topics() == []
    assert aws_clients.client("cloudwatch").list_dashboards()["DashboardEntries"] == []


def test_nobody_is_called_about_a_function_that_is_not_deployed(empty_aws: None) -> None:
    provisioning.provision_function(lambda _: None)
    assert present() == {}
    assert topics() == []
