"""Throttling as a client of AWS's own sees it, on simulated time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from bench.capacity import CapacityStandIn
from tests.capacity.conftest import Clock, Tables, client_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THROTTLED = "ProvisionedThroughputExceededException"
KEY = {"p": {"S": "p"}, "s": {"N": "1"}}


def items(count: int, **attributes: Any) -> list[dict[str, Any]]:
    return [{"p": {"S": "p"}, "s": {"N": str(number)}} | attributes for number in range(count)]


def put_all(client: DynamoDBClient, table: str, entries: Sequence[dict[str, Any]]) -> list[Any]:
    """Put a batch; return what came back."""
    requests: Any = [{"PutRequest": {"Item": item}} for item in entries]
    answer = client.batch_write_item(RequestItems={table: requests})
    return list(answer["UnprocessedItems"].get(table, ()))


def error(call: Callable[..., Any], **parameters: Any) -> str:
    """Return the name of the error that a call ends with."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    return raised.value.response["Error"]["Code"]


def totals(standin: CapacityStandIn, name: str) -> dict[str, float]:
    figures: dict[str, float] = standin.report()["tables"][name]["totals"]
    return figures


def test_a_batch_is_done_as_far_as_it_fits(
    client: DynamoDBClient, direct: DynamoDBClient, tables: Tables
) -> None:
    table = tables.make(write=10)
    left = put_all(client, table, items(25))
    assert left == [{"PutRequest": {"Item": item}} for item in items(25)[10:]]
    assert direct.scan(TableName=table)["Count"] == 10


def test_a_batch_of_which_nothing_fits_is_an_error(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make(write=10)
    put_all(client, table, items(10))
    requests = {table: [{"PutRequest": {"Item": item}} for item in items(5)]}
    assert error(client.batch_write_item, RequestItems=requests) == THROTTLED
    assert totals(standin, table)["throttled_requests"] == 1


def test_a_table_gives_its_rate_each_second(
    client: DynamoDBClient, tables: Tables, clock: Clock, standin: CapacityStandIn
) -> None:
    table = tables.make(write=10)
    for _ in range(4):
        assert len(put_all(client, table, items(25))) == 15
        clock.now += 1
    seconds = standin.report()["tables"][table]["seconds"]
    assert [second["write_units"] for second in seconds] == [10] * 4
    assert [second["unprocessed_items"] for second in seconds] == [15] * 4
    assert [second["repeated_puts"] for second in seconds] == [0, 10, 10, 10]
    assert [second["capacity_write"] for second in seconds] == [10] * 4


def test_large_items_use_the_capacity_up_sooner(client: DynamoDBClient, tables: Tables) -> None:
    table = tables.make(write=10)
    assert len(put_all(client, table, items(25, x={"S": "x" * 2500}))) == 22


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("put_item", {"Item": KEY}),
        ("delete_item", {"Key": KEY}),
        ("update_item", {"Key": KEY, "UpdateExpression": "SET a = p"}),
    ],
)
def test_single_writes_are_refused_without_being_done(
    client: DynamoDBClient,
    direct: DynamoDBClient,
    tables: Tables,
    operation: str,
    parameters: dict[str, Any],
) -> None:
    table = tables.make(write=1)
    client.put_item(TableName=table, Item={"p": {"S": "other"}, "s": {"N": "1"}})
    assert error(getattr(client, operation), TableName=table, **parameters) == THROTTLED
    assert direct.scan(TableName=table)["Count"] == 1


def test_reads_are_refused_and_batches_of_them_cut(client: DynamoDBClient, tables: Tables) -> None:
    table = tables.make(read=2)
    keys: Any = items(6)
    answer = client.batch_get_item(RequestItems={table: {"Keys": keys}})
    assert answer["UnprocessedKeys"] == {table: {"Keys": keys[4:]}}
    assert error(client.get_item, TableName=table, Key=KEY) == THROTTLED
    assert error(client.scan, TableName=table) == THROTTLED


def test_a_query_goes_into_debt(client: DynamoDBClient, tables: Tables, clock: Clock) -> None:
    table = tables.make(read=2, write=100)
    put_all(client, table, items(20, x={"S": "x" * 1000}))
    query: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": {":p": {"S": "p"}},
        "ConsistentRead": True,
    }
    assert client.query(**query)["Count"] == 20  # not quite 20 KB: 5 RCU, of which 2 were there
    clock.now += 1.4
    assert error(client.query, **query) == THROTTLED
    clock.now += 0.2
    assert client.query(**query)["Count"] == 20


def test_an_updated_item_costs_by_its_size_without_being_shown(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make()
    client.put_item(TableName=table, Item=KEY)
    standin.reset()
    answer = client.update_item(
        TableName=table,
        Key=KEY,
        UpdateExpression="SET x = :x",
        ExpressionAttributeValues={":x": {"S": "x" * 2500}},
    )
    assert answer.keys() == {"ResponseMetadata"}
    client.update_item(TableName=table, Key=KEY, UpdateExpression="REMOVE x")
    client.delete_item(TableName=table, Key=KEY)
    assert totals(standin, table)["write_units"] == 3 + 3 + 1


def test_a_condition_that_fails_is_paid_for(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make()
    condition = {"ConditionExpression": "attribute_exists(p)"}
    failed = error(client.put_item, TableName=table, Item=KEY, **condition)
    assert failed == "ConditionalCheckFailedException"
    assert totals(standin, table) == totals(standin, table) | {
        "write_units": 1,
        "write_items_accepted": 0,
    }


def test_a_malformed_request_costs_nothing(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make(write=1)
    assert error(client.put_item, TableName=table, Item={"p": {"S": "p"}}) == "ValidationException"
    client.put_item(TableName=table, Item=KEY)
    assert totals(standin, table)["write_units"] == 1


def test_a_transaction_is_done_whole_or_cancelled(
    client: DynamoDBClient, direct: DynamoDBClient, tables: Tables
) -> None:
    table = tables.make(write=5)
    puts: Any = [{"Put": {"TableName": table, "Item": item}} for item in items(3)]
    with pytest.raises(ClientError) as raised:
        client.transact_write_items(TransactItems=puts)
    response: Any = raised.value.response
    codes = [reason["Code"] for reason in response["CancellationReasons"]]
    assert codes == ["None", "None", "ProvisionedThroughputExceeded"]
    assert direct.scan(TableName=table)["Count"] == 0
    client.transact_write_items(TransactItems=puts[:2])
    assert direct.scan(TableName=table)["Count"] == 2


def test_a_transaction_costs_double(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make(write=100)
    puts: Any = [{"Put": {"TableName": table, "Item": item}} for item in items(2)]
    client.transact_write_items(TransactItems=puts)
    gets: Any = [{"Get": {"TableName": table, "Key": key}} for key in items(3)]
    client.transact_get_items(TransactItems=gets)
    assert totals(standin, table)["write_units"] == 4
    assert totals(standin, table)["read_units"] == 6


def test_batches_can_be_cut_anywhere(emulator: str, clock: Clock, tables: Tables) -> None:
    table = tables.make(write=10)
    with (
        CapacityStandIn(upstream=emulator, saving=False, cut_seed=1, clock=clock) as standin,
        client_of(standin.url) as client,
    ):
        left = put_all(client, table, items(25))
    assert len(left) == 15
    assert left != [{"PutRequest": {"Item": item}} for item in items(25)[10:]]


def test_new_throughput_counts_at_once(
    client: DynamoDBClient, tables: Tables, clock: Clock
) -> None:
    table = tables.make(write=10)
    assert len(put_all(client, table, items(25))) == 15
    throughput: Any = {"ReadCapacityUnits": 100, "WriteCapacityUnits": 20}
    client.update_table(TableName=table, ProvisionedThroughput=throughput)
    clock.now += 1
    assert len(put_all(client, table, items(25))) == 5


def test_a_table_paid_by_request_is_counted_and_never_throttled(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make(BillingMode="PAY_PER_REQUEST")
    assert not any(put_all(client, table, items(25)) for _ in range(3))
    assert totals(standin, table)["write_units"] == 75


def test_a_short_global_index_throttles_its_table(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    index: Any = {
        "IndexName": "by_s",
        "KeySchema": [{"AttributeName": "s", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 3},
    }
    table = tables.make(write=100, GlobalSecondaryIndexes=[index])
    assert len(put_all(client, table, items(10))) == 7
    assert totals(standin, f"{table}/by_s")["write_units"] == 3


def test_saved_capacity_can_be_given_and_taken(
    client: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make(write=2)
    put_all(client, table, items(2))
    standin.settle(table=table, burst=10, saving=True)
    assert len(put_all(client, table, items(25))) == 5
    standin.settle(saving=False, burst=0)
    assert len(put_all(client, table, items(25))) == 23


def test_many_clients_together_get_no_more_than_there_is(
    client: DynamoDBClient, direct: DynamoDBClient, tables: Tables, standin: CapacityStandIn
) -> None:
    table = tables.make(write=50)

    def put(number: int) -> bool:
        try:
            client.put_item(TableName=table, Item={"p": {"S": str(number)}, "s": {"N": "1"}})
        except client.exceptions.ProvisionedThroughputExceededException:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(put, range(80)))
    assert done == direct.scan(TableName=table)["Count"] == 50
    assert totals(standin, table)["throttled_requests"] == 30
