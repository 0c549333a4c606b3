"""The line of fan-outs on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.exceptions import DeleteError, PutError
from pynamodb.expressions.condition import Condition

from accounts.entities import AccountId
from feeds.entities import Plan
from feeds.models import LINE, PlanModel
from statuses.ids import created_at_of
from tweeter.clock import from_microseconds, to_microseconds
from tweeter.dynamodb import condition_failed, made_out, store_errors, undamaged, whole
from tweeter.store import AlreadyExists, Outdated

_MICROSECONDS = 1_000_000


class DynamoLine:
    """A `Line` in one partition of the line table: status ids, and so plans, sort by time."""

    def all(self) -> Sequence[Plan]:
        with store_errors():
            return undamaged(PlanModel.query(LINE, consistent_read=True), _plan)

    def find(self, status_id: str) -> Plan | None:
        try:
            with store_errors():
                item = PlanModel.get(LINE, status_id, consistent_read=True)
        except PlanModel.DoesNotExist:
            return None
        return made_out(_plan, item, item.key())

    def join(self, plan: Plan) -> None:
        try:
            with store_errors():
                _item(plan).save(PlanModel.status_id.does_not_exist())
        except PutError as error:
            if not condition_failed(error):
                raise
            raise AlreadyExists from error

    def advance(self, before: Plan, after: Plan) -> None:
        try:
            with store_errors():
                _item(after).save(_unchanged(before))
        except PutError as error:
            if not condition_failed(error):
                raise
            raise Outdated from error

    def leave(self, plan: Plan) -> None:
        try:
            with store_errors():
                _item(plan).delete(_unchanged(plan))
        except DeleteError as error:
            if not condition_failed(error):
                raise
            raise Outdated from error


def _unchanged(plan: Plan) -> Condition:
    unchanged: Condition = (PlanModel.next_chunk == plan.next_chunk) & (
        PlanModel.position == plan.position
        if plan.position is not None
        else PlanModel.position.does_not_exist()
    )
    return unchanged


def _plan(item: PlanModel) -> Plan:
    whole(item)
    created_at_of(item.status_id)  # what everyone's turns go by
    return Plan(
        status_id=item.status_id,
        author_id=AccountId(item.author_id),
        followers=int(item.followers),
        promised=item.promised,
        started_at=from_microseconds(int(item.started_at)),
        position=item.position,
        next_chunk=int(item.next_chunk),
        planned=int(item.planned),
        behind=int(item.behind or 0),
        rests_until=float(item.rests_until or 0) / _MICROSECONDS,
        request_id=item.request_id,
    )


def _item(plan: Plan) -> PlanModel:
    return PlanModel(
        LINE,
        plan.status_id,
        author_id=plan.author_id,
        followers=plan.followers,
        promised=plan.promised,
        started_at=to_microseconds(plan.started_at),
        position=plan.position,
        next_chunk=plan.next_chunk,
        planned=plan.planned,
        behind=plan.behind or None,
        rests_until=round(plan.rests_until * _MICROSECONDS) or None,
        request_id=plan.request_id,
    )
