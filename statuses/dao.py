"""Statuses and idempotency keys on DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pynamodb.transactions import TransactWrite

from accounts.dao.items import IS_OPEN, open_accounts_of
from accounts.entities import AccountId
from accounts.models import AccountModel
from statuses.entities import AuthoredStatus, Link, Mention, Receipt, Reference, Status
from statuses.ids import created_at_of, story_tag_of
from statuses.interfaces import KeyUsed, LookedUp
from statuses.models import ReceiptModel, StatusModel
from tweeter.dynamodb import (
    ConditionsFailed,
    Key,
    Table,
    batch_get,
    count_items,
    delete_some,
    made_out,
    store_errors,
    transact,
    undamaged,
    unless_damaged,
    whole,
)
from tweeter.limits import Tally
from tweeter.pages import PageRequest
from tweeter.store import Missing, Outdated


class DynamoStatusDao:
    """A `StatusDao` on the statuses, receipts and accounts tables."""

    def look_up(
        self, account_ids: Iterable[AccountId], receipt_of: tuple[AccountId, str] | None
    ) -> LookedUp:
        wanted: dict[type[Table], list[Key]] = {
            AccountModel: [(account_id,) for account_id in account_ids],
            ReceiptModel: [(_receipt_id(*receipt_of),)] if receipt_of else [],
        }
        found = batch_get(wanted)
        accounts = open_accounts_of(found[AccountModel].values())
        receipts = (unless_damaged(_receipt_of, r, r.key()) for r in found[ReceiptModel].values())
        return LookedUp(accounts, next(receipts, None))

    def put(
        self,
        status: Status,
        *,
        story_tag: str,
        after: str,
        receipt: Receipt | None,
        posting: Tally,
        now: datetime,
    ) -> None:
        unchanged = (AccountModel.last_status_id == after) & IS_OPEN
        if status.followers == 0:
            unchanged &= AccountModel.followers_count == 0

        def build(transaction: TransactWrite) -> None:
            transaction.save(
                _status_item(status, story_tag), StatusModel.status_id.does_not_exist()
            )
            if receipt:
                unused = ReceiptModel.receipt_id.does_not_exist() | (
                    ReceiptModel.expires_at < int(now.timestamp())
                )
                transaction.save(_receipt_item(receipt), unused)
            transaction.update(
                AccountModel(status.author_id),
                [
                    AccountModel.last_status_id.set(status.id),
                    AccountModel.statuses_count.add(1),
                    AccountModel.posts_window.set(posting.window),
                    AccountModel.posts_in_window.set(posting.count),
                ],
                unchanged,
            )

        try:
            transact(build)
        except ConditionsFailed as error:
            raise (KeyUsed if receipt and 1 in error.failed else Outdated) from error

    def find(self, status_id: str) -> Status | None:
        key = (story_tag_of(status_id), status_id)
        try:
            with store_errors():
                item = StatusModel.get(*key, consistent_read=True)
        except StatusModel.DoesNotExist:
            return None
        return made_out(_status_of, item, key)

    def is_there(self, status_id: str) -> bool:
        try:
            with store_errors():
                StatusModel.get(
                    story_tag_of(status_id),
                    status_id,
                    consistent_read=True,
                    attributes_to_get=list(StatusModel.key_names()),
                )
        except StatusModel.DoesNotExist:
            return False
        return True

    def find_authored(self, references: Sequence[Reference]) -> Sequence[AuthoredStatus | None]:
        found = batch_get(
            {
                StatusModel: [(story_tag_of(r.status_id), r.status_id) for r in references],
                AccountModel: [(r.author_id,) for r in references],
            }
        )
        authors = open_accounts_of(found[AccountModel].values())
        statuses: Mapping[Key, Any] = found[StatusModel]

        def resolve(reference: Reference) -> AuthoredStatus | None:
            key = (story_tag_of(reference.status_id), reference.status_id)
            item, author = statuses.get(key), authors.get(reference.author_id)
            status = unless_damaged(_status_of, item, key) if item else None
            return AuthoredStatus(status, author) if status and author else None

        return [resolve(reference) for reference in references]

    def delete(self, status_id: str, author_id: AccountId) -> None:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(
                StatusModel(story_tag_of(status_id), status_id), StatusModel.status_id.exists()
            )
            transaction.update(
                AccountModel(author_id),
                [AccountModel.statuses_count.add(-1)],
                AccountModel.account_id.exists(),
            )

        try:
            transact(build)
        except ConditionsFailed as error:
            raise Missing from error

    def delete_some(self, story_tag: str) -> bool:
        return delete_some(StatusModel, story_tag)

    def count(self, story_tag: str) -> int:
        return count_items(StatusModel, story_tag)

    def page_of_story(self, story_tag: str, request: PageRequest) -> Sequence[Status]:
        behind = None if request.position is None else StatusModel.status_id < request.position
        with store_errors():
            items = StatusModel.query(
                story_tag,
                behind,
                scan_index_forward=False,
                page_size=request.size,
                consistent_read=True,
            )
            return undamaged(items, _status_of, request.size)


def _status_item(status: Status, story_tag: str) -> StatusModel:
    return StatusModel(
        story_tag,
        status.id,
        author_id=status.author_id,
        text=status.text,
        mentions=[{"alias": m.alias, "start": m.start, "end": m.end} for m in status.mentions],
        links=[{"url": link.url, "start": link.start, "end": link.end} for link in status.links],
        followers=status.followers,
    )


def _status_of(item: StatusModel) -> Status:
    whole(item)
    return Status(
        id=item.status_id,
        author_id=AccountId(item.author_id),
        text=item.text,
        mentions=tuple(Mention(m["alias"], int(m["start"]), int(m["end"])) for m in item.mentions),
        links=tuple(Link(m["url"], int(m["start"]), int(m["end"])) for m in item.links),
        followers=int(item.followers),
        created_at=created_at_of(item.status_id),
    )


def _receipt_id(account_id: AccountId, key_hash: str) -> str:
    return f"{account_id}#{key_hash}"


def _receipt_item(receipt: Receipt) -> ReceiptModel:
    return ReceiptModel(
        _receipt_id(receipt.account_id, receipt.key_hash),
        text_hash=receipt.text_hash,
        status_id=receipt.status_id,
        expires_at=int(receipt.expires_at.timestamp()),
    )


def _receipt_of(item: ReceiptModel) -> Receipt:
    account_id, _, key_hash = whole(item).receipt_id.partition("#")
    return Receipt(
        account_id=AccountId(account_id),
        key_hash=key_hash,
        text_hash=item.text_hash,
        status_id=item.status_id,
        expires_at=datetime.fromtimestamp(int(item.expires_at), UTC),
    )
