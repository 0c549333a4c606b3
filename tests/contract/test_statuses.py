"""What every store of statuses must do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.dao import DynamoAccountDao, DynamoFollowDao
from accounts.entities import Account, AccountId, Follow
from statuses.dao import DynamoStatusDao
from statuses.entities import Link, Mention, Receipt, Reference, Status
from statuses.ids import created_at_of, next_status_id
from statuses.interfaces import KeyUsed, StatusDao
from tests.contract.test_accounts import account_of, session_of
from tweeter.limits import NONE_YET, Tally
from tweeter.pages import PageRequest
from tweeter.store import Missing, Outdated

NOW = datetime(2126, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)
ANN = AccountId("ann")

pytestmark = pytest.mark.usefixtures("aws", "ann")


@pytest.fixture
def ann(aws: None) -> Account:
    account = account_of("Ann")
    DynamoAccountDao().put_with_session(account, session_of(account))
    return account


@pytest.fixture
def statuses() -> StatusDao:
    return DynamoStatusDao()


def status_of(after: str = "", text: str = "hello 🦆", followers: int = 1) -> Status:
    status_id = next_status_id(account_of("Ann").story_tag, after, NOW)
    return Status(
        id=status_id,
        author_id=ANN,
        text=text,
        mentions=(Mention("Bob", 0, 4),),
        links=(Link("https://example.org/?a=b", 5, 9),),
        followers=followers,
        created_at=created_at_of(status_id),
    )


def put(
    statuses: StatusDao, status: Status, after: str = "", receipt: Receipt | None = None
) -> None:
    tag, tally = account_of("Ann").story_tag, Tally(3600, 7)
    statuses.put(status, story_tag=tag, after=after, receipt=receipt, posting=tally, now=NOW)


def post(author: AccountId, after: str = "") -> str:
    """Store a status of Ann's, as other tests need one, and return its id."""
    assert author == ANN
    status = status_of(after)
    put(DynamoStatusDao(), status, after)
    return status.id


def receipt_of(status: Status, expires_at: datetime = NOW + timedelta(days=1)) -> Receipt:
    return Receipt(
        account_id=ANN,
        key_hash="k",
        text_hash="x",
        status_id=status.id,
        expires_at=expires_at.replace(microsecond=0),
    )


def count() -> int:
    account = DynamoAccountDao().find(ANN)
    assert account is not None
    return account.statuses_count


def test_a_status_comes_back_as_it_was_put(statuses: StatusDao) -> None:
    status = status_of()
    put(statuses, status)
    assert statuses.find(status.id) == status
    assert count() == 1


def test_the_tally_of_posts_is_kept_with_the_account(statuses: StatusDao, ann: Account) -> None:
    assert ann.posting == NONE_YET
    put(statuses, status_of())
    account = DynamoAccountDao().find(ANN)
    assert account is not None
    assert account.posting == Tally(3600, 7)


def test_an_unknown_status_is_none(statuses: StatusDao) -> None:
    assert statuses.find("0" * 32) is None


def test_a_status_is_refused_when_its_author_has_posted_meanwhile(statuses: StatusDao) -> None:
    put(statuses, status_of())
    late = status_of(after=status_of().id)
    with pytest.raises(Outdated):
        put(statuses, late, after="")
    assert statuses.find(late.id) is None
    assert count() == 1


def test_a_status_without_followers_is_refused_when_there_are_some_by_now(
    statuses: StatusDao,
) -> None:
    put(statuses, status_of(followers=0))
    account = account_of("Bob")
    DynamoAccountDao().put_with_session(account, session_of(account))
    first = status_of().id
    DynamoFollowDao().add(Follow(account.id, ANN, first), NOW)
    with pytest.raises(Outdated):
        put(statuses, status_of(after=first, followers=0), after=first)


def test_an_idempotency_key_is_used_once(statuses: StatusDao) -> None:
    status = status_of()
    put(statuses, status, receipt=receipt_of(status))
    second = status_of(after=status.id)
    with pytest.raises(KeyUsed):
        put(statuses, second, after=status.id, receipt=receipt_of(second))
    assert statuses.find(second.id) is None
    assert statuses.look_up([], (ANN, "k")).receipt == receipt_of(status)


def test_an_expired_idempotency_key_may_be_used_again(statuses: StatusDao) -> None:
    status = status_of()
    put(statuses, status, receipt=receipt_of(status, NOW - timedelta(seconds=5)))
    second = status_of(after=status.id)
    put(statuses, second, after=status.id, receipt=receipt_of(second))
    assert statuses.look_up([], (ANN, "k")).receipt == receipt_of(second)


def test_a_look_up_finds_accounts_and_a_receipt_together(statuses: StatusDao, ann: Account) -> None:
    status = status_of()
    put(statuses, status, receipt=receipt_of(status))
    found = statuses.look_up([ANN, AccountId("nobody")], (ANN, "k"))
    assert set(found.accounts) == {ANN}
    assert found.receipt == receipt_of(status)
    assert statuses.look_up([ANN], None).receipt is None
    assert statuses.look_up([], (ANN, "other")).receipt is None


def test_references_are_resolved_in_order_and_to_none_where_something_is_gone(
    statuses: StatusDao, ann: Account
) -> None:
    first = status_of()
    put(statuses, first)
    second = status_of(after=first.id, text="second")
    put(statuses, second, after=first.id)
    references = [
        Reference(second.id, ANN),
        Reference("0" * 32, ANN),
        Reference(first.id, AccountId("nobody")),
        Reference(first.id, ANN),
    ]
    found = statuses.find_authored(references)
    assert [each and each.status.text for each in found] == ["second", None, None, first.text]
    assert found[0] is not None
    assert found[0].author.statuses_count == 2


def test_a_deleted_status_is_gone_and_counted_off_once(statuses: StatusDao) -> None:
    status = status_of()
    put(statuses, status)
    statuses.delete(status.id, status.author_id)
    assert statuses.find(status.id) is None
    with pytest.raises(Missing):
        statuses.delete(status.id, status.author_id)
    assert count() == 0


def test_a_status_is_not_stored_again_under_an_id_that_was_deleted(statuses: StatusDao) -> None:
    status = status_of()
    put(statuses, status)
    statuses.delete(status.id, status.author_id)
    with pytest.raises(Outdated):
        put(statuses, status)


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_a_story_is_read_newest_first_page_by_page(statuses: StatusDao, size: int) -> None:
    after, texts = "", ["a", "b", "c", "d", "e"]
    for text in texts:
        status = status_of(after=after, text=text)
        put(statuses, status, after=after)
        after = status.id
    seen: list[str] = []
    position: str | None = None
    tag = account_of("Ann").story_tag
    while page := statuses.page_of_story(tag, PageRequest(size, position)):
        assert len(page) <= size
        seen += [status.text for status in page]
        position = page[-1].position
    assert seen == texts[::-1]
