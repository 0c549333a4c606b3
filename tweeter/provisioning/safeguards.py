"""What keeps or removes a table's items: expiry, protection from deletion, recovery."""

from __future__ import annotations

import time
from collections.abc import Callable

from tweeter import aws
from tweeter.config import get_config
from tweeter.errors import Conflict, Unavailable
from tweeter.provisioning.waiting import wait_until_active
from tweeter.tables import TableSpec

_EXPIRY_ATTRIBUTE = "expires_at"
_RECOVERY_POLL_SECONDS = 5.0
_RECOVERY_POLLS = 36
"""AWS prepares the backups of a new table for a while (seconds, as a rule) before it takes this."""


def are_protected() -> bool:
    """Tell whether this environment's tables must survive mistakes: those of production only,
    since those of the others are made and deleted as one pleases."""
    return get_config().environment == "production"


def set_expiry(name: str, spec: TableSpec) -> list[str]:
    """Have expired items removed, or kept where the model has none; return what was done.

    Conflict `other_expiry` when the table removes items by another attribute.
    """
    client = aws.client("dynamodb")
    present = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    is_on = present.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
    attribute = present.get("AttributeName", _EXPIRY_ATTRIBUTE)
    if is_on and spec.expires and attribute != _EXPIRY_ATTRIBUTE:
        message = (
            f"{name} removes items by {attribute}, not {_EXPIRY_ATTRIBUTE}; AWS changes that only "
            "by switching it off and, an hour later, on again."
        )
        raise Conflict("other_expiry", message)
    if is_on == spec.expires:
        return []
    client.update_time_to_live(
        TableName=name,
        TimeToLiveSpecification={"Enabled": spec.expires, "AttributeName": attribute},
    )
    return [f"expiry switched {'on' if spec.expires else 'off'}"]


def protect_from_deletion(name: str) -> list[str]:
    """In production, have AWS refuse to delete a table; return what was done.

    Elsewhere nothing is done: a protection that somebody switched on is theirs.
    """
    if not are_protected():
        return []
    client = aws.client("dynamodb")
    if client.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"):
        return []
    client.update_table(TableName=name, DeletionProtectionEnabled=True)
    wait_until_active(name)
    return ["protected from deletion"]


def switch_on_recovery(
    name: str, spec: TableSpec, sleep: Callable[[float], None] = time.sleep
) -> list[str]:
    """In production, let a precious table be restored to any second of the last 35 days.

    That is AWS's default; a shorter period that somebody chose is theirs. Returns what was done.
    Unavailable when AWS has not prepared the table's backups after three minutes.
    """
    if not are_protected() or not spec.precious:
        return []
    client = aws.client("dynamodb")
    answer = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = answer.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
        return []
    for _ in range(_RECOVERY_POLLS):
        try:
            client.update_continuous_backups(
                TableName=name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )
        except client.exceptions.ContinuousBackupsUnavailableException:
            sleep(_RECOVERY_POLL_SECONDS)
        else:
            return ["recovery switched on"]
    message = f"AWS is still preparing the backups of {name}; provision again in a few minutes."
    raise Unavailable(message)
