"""Every access to the tables of statuses, feeds and their delivery."""

from __future__ import annotations

from functools import partial

from accounts.entities import Account, AccountId
from bench.data_model.examples import AT, HEX
from bench.data_model.pattern import Act, Pattern
from bench.data_model.patterns_of_accounts import LARGEST_PAGE, PAGE
from bench.data_model.stage import (
    AUTHOR,
    READER,
    TALLY,
    Stage,
    chunk,
    crowd,
    further,
    next_status,
    plan,
    receipt,
)
from feeds.budget import Budget
from feeds.entities import Outline
from statuses.entities import Receipt, Reference, Status
from tweeter.clock import BEGINNING


def _put(stage: Stage, author: Account, posted: Status, of_key: Receipt | None) -> Act:
    return partial(
        stage.statuses.put,
        posted,
        story_tag=author.story_tag,
        after=author.last_status_id,
        receipt=of_key,
        posting=TALLY,
        now=AT,
    )


def _post(stage: Stage) -> Act:
    author = stage.person("post_person1")
    return _put(stage, author, next_status(author), None)


def _post_with_key(stage: Stage) -> Act:
    author = stage.person("post_with_ke")
    posted = next_status(author)
    return _put(stage, author, posted, receipt(posted))


def _delete(stage: Stage) -> Act:
    author = stage.person("delete_perso", statuses=1)
    return partial(stage.statuses.delete, stage.only_status(author).id, author.id)


def _advance(stage: Stage) -> Act:
    before = plan(stage.story[1].id)
    stage.line.join(before)
    return partial(stage.line.advance, before, further(before))


def _leave(stage: Stage) -> Act:
    last = plan(stage.story[2].id)
    stage.line.join(last)
    return partial(stage.line.leave, last)


def _join(stage: Stage) -> Act:
    return partial(stage.line.join, plan(stage.story[0].id))


def _remove_feed(stage: Stage) -> Act:
    owner = AccountId("remove_feed1")
    references = stage.references(25)
    for reference in references:
        stage.feeds.put([owner], reference)
    return partial(stage.feeds.remove_some, owner, [each.status_id for each in references])


STATUSES = [
    Pattern(
        "DynamoStatusDao.look_up",
        "a post with a mention and an idempotency key",
        lambda s: partial(s.statuses.look_up, [READER], (AUTHOR, HEX)),
    ),
    Pattern("DynamoStatusDao.put", "a post", _post),
    Pattern("DynamoStatusDao.put", "a post with an idempotency key", _post_with_key),
    Pattern(
        "DynamoStatusDao.find",
        "a status; the beginning of its fan-out",
        lambda s: partial(s.statuses.find, s.story[0].id),
    ),
    Pattern(
        "DynamoStatusDao.is_there",
        "each further look of a worker whether it is still there",
        lambda s: partial(s.statuses.is_there, s.story[0].id),
    ),
    Pattern(
        "DynamoStatusDao.find_authored",
        "a page of 20 of a feed, each by another author",
        lambda s: partial(s.statuses.find_authored, s.references(PAGE.size)),
    ),
    Pattern(
        "DynamoStatusDao.find_authored",
        "a page of 100 of a feed",
        lambda s: partial(s.statuses.find_authored, s.references(LARGEST_PAGE.size)),
    ),
    Pattern(
        "DynamoStatusDao.count",
        "`recount`: an account with 101 statuses",
        lambda s: partial(s.statuses.count, s.story[0].id[16:]),
    ),
    Pattern("DynamoStatusDao.delete", "deleting a status", _delete),
    Pattern(
        "DynamoStatusDao.page_of_story",
        "a page of 20 of a story",
        lambda s: partial(s.statuses.page_of_story, s.story[0].id[16:], PAGE),
    ),
    Pattern(
        "DynamoStatusDao.page_of_story",
        "a page of 100 of a story",
        lambda s: partial(s.statuses.page_of_story, s.story[0].id[16:], LARGEST_PAGE),
    ),
    Pattern(
        "DynamoStatusDao.delete_some",
        "removal of an account: 25 statuses at a time",
        lambda s: partial(s.statuses.delete_some, s.person("delete_story", statuses=25).story_tag),
    ),
]

FEEDS = [
    Pattern(
        "DynamoFeedDao.put",
        "one status into 25 feeds",
        lambda s: partial(s.feeds.put, crowd(25), Reference(s.story[0].id, AUTHOR)),
    ),
    Pattern(
        "DynamoFeedDao.page",
        "a page of 20",
        lambda s: partial(s.feeds.page, READER, PAGE, BEGINNING),
    ),
    Pattern(
        "DynamoFeedDao.page",
        "a page of 100",
        lambda s: partial(s.feeds.page, READER, LARGEST_PAGE, BEGINNING),
    ),
    Pattern(
        "DynamoFeedDao.some_of",
        "removal of an account: which 25 entries are next",
        lambda s: partial(s.feeds.some_of, READER),
    ),
    Pattern("DynamoFeedDao.remove_some", "removal of an account: 25 entries", _remove_feed),
    Pattern("DynamoLine.join", "a status to more than one chunk", _join),
    Pattern(
        "DynamoLine.find",
        "its job, each minute; a look at its delivery",
        lambda s: partial(s.line.find, s.story[0].id),
    ),
    Pattern("DynamoLine.advance", "each turn of a fan-out", _advance),
    Pattern("DynamoLine.all", "each run of the planner, with two in line", lambda s: s.line.all),
    Pattern("DynamoLine.leave", "the last turn", _leave),
    Pattern(
        "DynamoDeliveryDao.put_outline",
        "once all followers are planned",
        lambda s: partial(s.deliveries.put_outline, s.story[0].id, Outline(10_000, 100, AT)),
    ),
    Pattern(
        "DynamoDeliveryDao.finish",
        "each chunk that is written",
        lambda s: partial(s.deliveries.finish, chunk(s.story[0].id, 3), AT),
    ),
    Pattern(
        "DynamoDeliveryDao.is_finished",
        "the planner's look at its trial of saved capacity",
        lambda s: partial(s.deliveries.is_finished, s.story[0].id, 3),
    ),
    Pattern(
        "DynamoDeliveryDao.find",
        "a look at a delivery; the beginning of a fan-out",
        lambda s: partial(s.deliveries.find, s.story[0].id),
    ),
    Pattern(
        "DynamoBudgetStore.replace",
        "each run of the planner, each small fan-out, each refusal",
        lambda s: partial(s.budget.replace, Budget(given_until=AT.timestamp(), saved=27_512.3), 0),
    ),
    Pattern("DynamoBudgetStore.find", "the same, before", lambda s: s.budget.find),
]
