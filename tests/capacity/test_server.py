"""What the server does besides throttling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from bench.capacity import CapacityStandIn
from bench.web import ask, send
from tweeter.local.ports import find_free

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.capacity.conftest import Tables

ITEM: dict[str, Any] = {
    "p": {"S": "pä"},
    "s": {"N": "-1.5"},
    "b": {"B": b"\x00\xff"},
    "l": {"L": [{"M": {"x": {"NULL": True}}}, {"SS": ["a"]}]},
}
KEY = {name: ITEM[name] for name in ("p", "s")}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_item", {"Key": KEY}),
    ("get_item", {"Key": KEY, "ProjectionExpression": "b"}),
    ("get_item", {"Key": {"p": {"S": "nobody"}, "s": {"N": "1"}}}),
    ("scan", {}),
    ("scan", {"Select": "COUNT"}),
    ("put_item", {"Item": ITEM, "ReturnValues": "ALL_OLD"}),
    ("put_item", {"Item": ITEM, "ConditionExpression": "attribute_not_exists(p)"}),
    ("put_item", {"Item": {"p": {"S": "p"}}}),
    ("update_item", {"Key": KEY, "UpdateExpression": "SET a = p"}),
    ("update_item", {"Key": KEY, "UpdateExpression": "SET a = p", "ReturnValues": "ALL_NEW"}),
    ("update_item", {"Key": KEY, "UpdateExpression": "REMOVE a", "ReturnValues": "UPDATED_OLD"}),
    ("describe_table", {}),
    ("get_item", {"TableName": "no-such-table", "Key": KEY}),
]


def outcome(client: DynamoDBClient, operation: str, parameters: dict[str, Any]) -> Any:
    """Return an operation's answer or error, without what is new in each."""
    try:
        answer = getattr(client, operation)(**parameters)
    except ClientError as error:
        answer = error.response
    answer.pop("ResponseMetadata")
    return answer


@pytest.mark.parametrize(("operation", "parameters"), CALLS)
def test_answers_are_the_emulators_own(
    client: DynamoDBClient,
    direct: DynamoDBClient,
    tables: Tables,
    operation: str,
    parameters: dict[str, Any],
) -> None:
    table = tables.make()
    answers = []
    for asked in (direct, client):
        direct.put_item(TableName=table, Item=ITEM)
        answers.append(outcome(asked, operation, {"TableName": table} | parameters))
    assert answers[0] == answers[1]


def call(standin: CapacityStandIn, path: str, body: object = None) -> Any:
    """GET what is at a path, or POST to it."""
    method = "GET" if body is None else "POST"
    return ask(port_of(standin), method, f"/_capacity/{path}", body).expect(200)


def port_of(standin: CapacityStandIn) -> int:
    port = urlsplit(standin.url).port
    assert port is not None
    return port


def test_figures_are_told_and_reset_over_http(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make()
    client.put_item(TableName=table, Item=ITEM)
    assert call(standin, "report") == standin.report()
    assert call(standin, "report")["totals"]["write_units"] == 1
    call(standin, "reset", {})
    assert call(standin, "report")["tables"] == {}


def test_settings_are_changed_over_http(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make(write=1)
    client.put_item(TableName=table, Item=ITEM)
    call(standin, "settings", {"table": table, "burst": 1})
    client.put_item(TableName=table, Item=ITEM)


@pytest.mark.parametrize("burst", [-1, 301])
def test_only_five_minutes_can_be_saved(burst: float) -> None:
    with pytest.raises(ValueError, match="0 to 300"):
        CapacityStandIn(upstream="http://127.0.0.1:1", burst=burst)


def test_an_emulator_that_is_away_is_an_error_of_the_server() -> None:
    with CapacityStandIn(upstream=f"http://127.0.0.1:{find_free()}") as standin:
        target = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
        assert send(port_of(standin), "POST", "/", b"{}", target).status == 500


def test_it_stops_while_clients_are_still_connected(
    standin: CapacityStandIn, client: DynamoDBClient
) -> None:
    client.list_tables(Limit=1)
    standin.stop()
    standin.start()
    assert standin.report()["tables"] == {}
