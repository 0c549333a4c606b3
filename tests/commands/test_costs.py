"""`manage.py costs`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tweeter import aws as aws_clients
from tweeter.capacity import TableCapacity
from tweeter.config import get_config


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("costs", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("aws")
def test_the_capacity_that_the_table_has_is_what_counts() -> None:
    TableCapacity().change("feeds", write=200)
    assert "200 WCU of the feed table" in said()


@pytest.mark.usefixtures("aws")
def test_before_there_is_a_table_it_is_what_is_configured() -> None:
    aws_clients.client("dynamodb").delete_table(TableName=get_config().table_name("feeds"))
    text = said()
    assert f"{get_config().feed_write_capacity} WCU of the feed table" in text
    assert "as configured" in text


@pytest.mark.usefixtures("aws")
def test_entries_of_a_table_on_demand_are_paid_by_request() -> None:
    aws_clients.client("dynamodb").update_table(
        TableName=get_config().table_name("feeds"), BillingMode="PAY_PER_REQUEST"
    )
    [entries] = [line for line in said().splitlines() if line.startswith("feed entries")]
    assert entries.split()[-1] == "6,250.00"


@pytest.mark.usefixtures("aws")
def test_a_post_is_counted_for_as_many_followers_as_asked() -> None:
    assert "a million posts to 500 followers" in said("--followers", "500")


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("number", ["-1", "many", "1.5", ""])
def test_what_is_no_number_of_followers_is_refused(number: str) -> None:
    with pytest.raises(CommandError, match=r"no number of followers|expected"):
        said(f"--followers={number}")
