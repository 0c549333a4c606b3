"""The tables' throughput: what is configured is carried out, what an operator set is kept.

The two are told apart by a note on the table (a tag) of what was configured when it was last
provisioned: only when that has changed since does provisioning touch the throughput. So neither
`manage.py capacity` nor a switch of the billing by hand is undone by the next deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tweeter import aws
from tweeter.capacity import TableCapacity, Throughput
from tweeter.errors import Conflict
from tweeter.provisioning.waiting import wait_until_active
from tweeter.tables import TableSpec

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TagTypeDef

_NOTE = "tweeter:configured-throughput"
_ON_DEMAND = "on demand"


def note_of(spec: TableSpec) -> TagTypeDef:
    """Return the note of what is configured, for a table that is created so."""
    return {"Key": _NOTE, "Value": _configured(spec)}


def carry_out_throughput(spec: TableSpec, capacity: TableCapacity) -> list[str]:
    """Give a table the configured throughput if that has changed since it was last provisioned.

    A table without a note, from before there were any, keeps what it has. Returns what was done,
    or is kept against the configuration. Idempotent; interrupted, it is completed by the next
    run. Conflict `decrease_rationed` or `billing_rationed` when AWS allows the change later only,
    InvalidInput when never; the note stays as it was then.
    """
    present = capacity.show(spec.short_name)
    noted = capacity.notes(spec.short_name).get(_NOTE)
    configured = _configured(spec)
    done = []
    if _present(present) != configured:
        if noted in {None, configured}:
            done = [f"keeps {_present(present)} instead of the configured {configured}"]
        else:
            done = [_change(spec, present, capacity)]
    if noted != configured:
        capacity.note(spec.short_name, _NOTE, configured)
    return done


def _change(spec: TableSpec, present: Throughput, capacity: TableCapacity) -> str:
    """Change a table to the configured throughput, and return in which way."""
    name, wanted = spec.full_name, spec.capacity
    if wanted is None:
        with _rationed(name):
            aws.client("dynamodb").update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
        wait_until_active(name)
        return f"billing changed to {_ON_DEMAND}"
    if present.on_demand:
        aws.client("dynamodb").update_table(
            TableName=name,
            BillingMode="PROVISIONED",
            ProvisionedThroughput={
                "ReadCapacityUnits": wanted.read,
                "WriteCapacityUnits": wanted.write,
            },
        )
        wait_until_active(name)
        return f"billing changed to provisioned, {wanted}"
    capacity.change(spec.short_name, read=wanted.read, write=wanted.write)
    units = (("RCU", present.read, wanted.read), ("WCU", present.write, wanted.write))
    return ", ".join(f"{old} -> {new} {unit}" for unit, old, new in units if old != new)


@contextmanager
def _rationed(name: str) -> Iterator[None]:
    """Turn the refusal of one more switch to on demand into a Conflict that names the ration."""
    try:
        yield
    except ClientError as error:
        if aws.error_code(error) != "LimitExceededException":
            raise
        message = (
            f"AWS switches a table to on demand four times in 24 hours at most, and {name} not "
            f"now; provision again later ({error.response['Error'].get('Message')})."
        )
        raise Conflict("billing_rationed", message) from error


def _configured(spec: TableSpec) -> str:
    return _ON_DEMAND if spec.capacity is None else str(spec.capacity)


def _present(throughput: Throughput) -> str:
    return _ON_DEMAND if throughput.on_demand else str(throughput.capacity)
