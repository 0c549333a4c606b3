"""The DynamoDB tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tweeter import aws
from tweeter.capacity import TableCapacity
from tweeter.errors import Conflict, InvalidInput
from tweeter.provisioning.definitions import definition, differences
from tweeter.provisioning.safeguards import (
    are_protected,
    protect_from_deletion,
    set_expiry,
    switch_on_recovery,
)
from tweeter.provisioning.throughput import carry_out_throughput, note_of
from tweeter.provisioning.waiting import wait_until_active, wait_until_gone
from tweeter.tables import TableSpec, all_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef


def provision_tables(
    report: Callable[[str], object], sleep: Callable[[float], None] = time.sleep
) -> list[str]:
    """Create missing tables, side by side, and give all the settings that they should have.

    Returns the names of tables with a setting that AWS refuses, for now or at all: it is reported
    and the others are dealt with. Before anything is changed, Conflict `table_differs` when a
    table has other keys or local indexes than its model, which only a new table could get.
    """
    specs = all_tables()
    missing = _missing(specs)
    client = aws.client("dynamodb")
    for spec in missing:
        client.create_table(
            **definition(spec),
            DeletionProtectionEnabled=are_protected(),
            Tags=[note_of(spec)],
        )
    refused = []
    for spec in specs:
        name = spec.full_name
        wait_until_active(name)  # created now, or by a run that was interrupted
        done = []
        for carry_out in _settings(spec, sleep, is_new=spec in missing):
            try:
                done += carry_out()
            except (Conflict, InvalidInput) as error:
                refused.append(name)
                done.append(f"refused: {error.message}")
        if spec in missing:
            done = ["created"]
        report(f"table {name}: {', '.join(done) or 'is there'}")
    return list(dict.fromkeys(refused))


def refuse_if_protected() -> None:
    """Raise Conflict `protected`, naming the tables that AWS would refuse to delete, if any."""
    names = []
    for spec in all_tables():
        present = _find(spec.full_name)
        if present and present.get("DeletionProtectionEnabled"):
            names.append(spec.full_name)
    if names:
        message = (
            f"Nothing was deleted: AWS protects {', '.join(names)} from deletion, as it does "
            "all tables of production. To lose their data for good, first run for each: "
            "aws dynamodb update-table --no-deletion-protection-enabled --table-name NAME"
        )
        raise Conflict("protected", message)


def delete_tables(report: Callable[[str], object]) -> None:
    """Delete all tables, and wait until they are gone, so that they can be made anew."""
    client = aws.client("dynamodb")
    deleted = []
    for spec in all_tables():
        name = spec.full_name
        if _find(name) is None:
            report(f"table {name}: was not there")
        else:
            client.delete_table(TableName=name)
            deleted.append(name)
    for name in deleted:
        wait_until_gone(name)
        report(f"table {name}: deleted")


def _missing(specs: Sequence[TableSpec]) -> list[TableSpec]:
    """Return the tables to create; Conflict when one that is there is not its model's."""
    missing, wrong = [], []
    for spec in specs:
        present = _find(spec.full_name)
        if present is None:
            missing.append(spec)
        elif clauses := list(differences(spec, present)):
            wrong.append(f"{spec.full_name}: {'; '.join(clauses)}")
    if wrong:
        message = (
            "Nothing was changed: DynamoDB cannot give a table other keys or local indexes, and a "
            f"new one would be without the data. {'. '.join(wrong)}. Provision under another "
            "TWEETER_NAME_PREFIX and move the data, or delete the table if its data may be lost."
        )
        raise Conflict("table_differs", message)
    return missing


def _settings(
    spec: TableSpec, sleep: Callable[[float], None], *, is_new: bool
) -> list[Callable[[], list[str]]]:
    """Return what carries out each setting, and then says what it changed."""
    name = spec.full_name
    settings: list[Callable[[], list[str]]] = [
        partial(set_expiry, name, spec),
        partial(protect_from_deletion, name),
        partial(switch_on_recovery, name, spec, sleep),
    ]
    if not is_new:  # a new table was created with its throughput
        settings.append(partial(carry_out_throughput, spec, TableCapacity(sleep=sleep)))
    return settings


def _find(name: str) -> TableDescriptionTypeDef | None:
    """Return a table's description; None if it is not there, or as soon as it is deleted."""
    client = aws.client("dynamodb")
    try:
        present = client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None
    if present["TableStatus"] == "DELETING":  # by a teardown that was interrupted
        wait_until_gone(name)
        return None
    return present
