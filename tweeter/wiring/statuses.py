"""Statuses, stories and exports."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.wiring.accounts import account_service
from tweeter.wiring.limits import limit
from tweeter.wiring.queues import fan_out_queue

if TYPE_CHECKING:
    from statuses.export import ExportService
    from statuses.services import StatusService


@cache
def status_service() -> StatusService:
    """Return the statuses."""
    from accounts.dao import DynamoAccountDao
    from feeds.queues import PostedStatuses
    from statuses.dao import DynamoStatusDao
    from statuses.services import StatusService

    return StatusService(
        directory=account_service(),
        accounts=DynamoAccountDao(),
        statuses=DynamoStatusDao(),
        fan_out=PostedStatuses(queue=fan_out_queue(), clock=system_clock),
        limit=limit("post", get_config().posts_by_account),
        clock=system_clock,
    )


@cache
def export_service() -> ExportService:
    """Return the exports."""
    from accounts.dao import DynamoAccountDao, DynamoFollowDao, DynamoSessionDao
    from statuses.dao import DynamoStatusDao
    from statuses.export import ExportService

    return ExportService(
        accounts=DynamoAccountDao(),
        sessions=DynamoSessionDao(),
        follows=DynamoFollowDao(),
        statuses=DynamoStatusDao(),
        clock=system_clock,
    )
