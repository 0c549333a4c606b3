"""Every access to the tables of accounts, sessions, follows and attempts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from accounts.entities import AccountId, ClosedAccount, Follow
from accounts.interfaces import AccountChange, Roster
from bench.data_model.examples import ARGON2, AT
from bench.data_model.pattern import Act, Pattern
from bench.data_model.stage import AUTHOR, FOLLOWERS, Stage, account, crowd, next_status, session
from tweeter.pages import PageRequest

PAGE = PageRequest(21)
"""A page of 20, the usual size, and the one more that tells whether anything is left."""
LARGEST_PAGE = PageRequest(101)
_NEW_HASH = ARGON2[::-1]
_COUNTER = "sign-in#" + "0" * 32


def _sign_up(stage: Stage) -> Act:
    new = account(AccountId("sign_up_per1"))
    return partial(stage.accounts.put_with_session, new, session(new))


def _change_name(stage: Stage) -> Act:
    who = stage.person("change_name1")
    return partial(stage.accounts.change, who, AccountChange(name="Grace"), session(who))


def _change_password(stage: Stage) -> Act:
    who = stage.person("change_passw")
    change = AccountChange(password_hash=_NEW_HASH)
    return partial(stage.accounts.change, who, change, session(who))


def _closed(stage: Stage, alias: str) -> ClosedAccount:
    who = stage.person(alias)
    stage.accounts.close(who, AT)
    return ClosedAccount(
        id=who.id, story_tag=who.story_tag, closed_at=AT, picture_key=who.picture_key
    )


def _renew(stage: Stage) -> Act:
    return partial(stage.sessions.renew, session(stage.person("renew_person")))


def _authenticate(stage: Stage) -> Act:
    begun = session(stage.person("authenticate"))
    return partial(stage.sessions.find_with_account, begun.account_id, begun.token_hash)


def _follow(stage: Stage) -> Act:
    follow = Follow(stage.person("follow_one_1").id, stage.person("follow_other").id, "")
    return partial(stage.follows.add, follow, AT)


def _unfollow(stage: Stage) -> Act:
    follow = stage.follow(stage.person("unfollow_one"), stage.person("unfollow_oth"))
    return partial(stage.follows.remove, follow, "")


def _unfollow_after_a_post(stage: Stage) -> Act:
    author = stage.person("former_autho")
    follow = stage.follow(stage.person("former_follo"), author)
    posted = next_status(author)
    stage.post(author, posted)
    return partial(stage.follows.remove, follow, posted.id)


def _delete_former(stage: Stage) -> Act:
    author = stage.person("delete_forme")
    follow = stage.follow(stage.person("delete_follo"), author)
    posted = next_status(author)
    stage.post(author, posted)
    stage.follows.remove(follow, posted.id)
    return partial(stage.follows.delete_some_former, author.id)


def _former_audience(stage: Stage) -> Act:
    author = stage.person("formers_auth")
    follow = stage.follow(stage.person("formers_foll"), author)
    posted = next_status(author)
    stage.post(author, posted)
    stage.follows.remove(follow, posted.id)
    return partial(stage.follows.audience, author.id, posted.id, "former:", 100)


def _cut(stage: Stage) -> Act:
    closed = stage.person("cut_person_1")
    members = crowd(25)
    stage.crowd.put_follows([Follow(member, closed.id, "") for member in members], AT)
    return partial(stage.follows.cut, closed.id, Roster.FOLLOWERS, members)


def _correct(stage: Stage) -> Act:
    seen = stage.person("correct_per1")
    return partial(stage.counts.correct, seen, replace(seen, followers_count=7))


def _newcomers() -> list[AccountId]:
    return [AccountId(f"newcomer_{number:03}") for number in range(25)]


ACCOUNTS = [
    Pattern(
        "DynamoAccountDao.find",
        "an account by its alias; signing in; a job whose status is missing",
        lambda s: partial(s.accounts.find, AUTHOR),
    ),
    Pattern(
        "DynamoAccountDao.find_many",
        "a page of 20 followers or followees",
        lambda s: partial(s.accounts.find_many, crowd(21)),
    ),
    Pattern("DynamoAccountDao.put_with_session", "signing up", _sign_up),
    Pattern("DynamoAccountDao.change", "another name or picture", _change_name),
    Pattern("DynamoAccountDao.change", "another password", _change_password),
    Pattern(
        "DynamoAccountDao.rehash",
        "signing in, after the parameters of hashes have changed",
        lambda s: partial(s.accounts.rehash, s.person("rehash_perso"), _NEW_HASH),
    ),
    Pattern(
        "DynamoAccountDao.close",
        "deleting one's account",
        lambda s: partial(s.accounts.close, s.person("close_person"), AT),
    ),
    Pattern(
        "DynamoAccountDao.find_closed",
        "each run of its removal",
        lambda s: partial(s.accounts.find_closed, _closed(s, "find_closed1").id),
    ),
    Pattern(
        "DynamoAccountDao.release",
        "the last run of it",
        lambda s: partial(s.accounts.release, _closed(s, "release_pers"), AT + timedelta(days=30)),
    ),
    Pattern("DynamoSessionDao.find_with_account", "every request with a session", _authenticate),
    Pattern(
        "DynamoSessionDao.put",
        "signing in",
        lambda s: partial(s.sessions.put, session(s.person("sign_in_pers"), 7)),
    ),
    Pattern("DynamoSessionDao.renew", "a use, once a minute at the most", _renew),
    Pattern(
        "DynamoSessionDao.delete",
        "signing out",
        lambda s: partial(s.sessions.delete, session(s.person("sign_out_per"))),
    ),
    Pattern(
        "DynamoSessionDao.all_of",
        "the first page of an export, with five sessions",
        lambda s: partial(s.sessions.all_of, s.person("all_sessions", sessions=5).id),
    ),
    Pattern(
        "DynamoSessionDao.delete_some",
        "removal of an account, with five sessions",
        lambda s: partial(s.sessions.delete_some, s.person("delete_sessi", sessions=5).id),
    ),
    Pattern("DynamoFollowDao.add", "following", _follow),
    Pattern(
        "DynamoFollowDao.find",
        "unfollowing",
        lambda s: partial(s.follows.find, crowd(1)[0], AUTHOR),
    ),
    Pattern("DynamoFollowDao.remove", "unfollowing somebody who has not posted since", _unfollow),
    Pattern(
        "DynamoFollowDao.remove", "unfollowing somebody who has posted", _unfollow_after_a_post
    ),
    Pattern(
        "DynamoFollowDao.relationship",
        "who of two follows whom; following",
        lambda s: partial(s.follows.relationship, crowd(1)[0], AUTHOR),
    ),
    Pattern(
        "DynamoFollowDao.page_of_members",
        "a page of 20 followers or followees",
        lambda s: partial(s.follows.page_of_members, AUTHOR, Roster.FOLLOWERS, PAGE),
    ),
    Pattern(
        "DynamoFollowDao.page_of_members",
        "a page of 100",
        lambda s: partial(s.follows.page_of_members, AUTHOR, Roster.FOLLOWERS, LARGEST_PAGE),
    ),
    Pattern(
        "DynamoFollowDao.audience",
        f"the next {FOLLOWERS} followers for the planner, as many as 100 WCU serve in 3 s",
        lambda s: partial(s.follows.audience, AUTHOR, s.story[-1].id, None, FOLLOWERS),
    ),
    Pattern(
        "DynamoFollowDao.audience", "those who have unfollowed since the post", _former_audience
    ),
    Pattern(
        "DynamoFollowDao.some_members",
        "removal of an account: which 25 followers or followees are next",
        lambda s: partial(s.follows.some_members, AUTHOR, Roster.FOLLOWERS, 25),
    ),
    Pattern("DynamoFollowDao.cut", "removal of an account: 25 followers at a time", _cut),
    Pattern(
        "DynamoFollowDao.delete_some_former", "removal of an account: past follows", _delete_former
    ),
    Pattern(
        "DynamoAttemptDao.count",
        "each attempt to sign in or up, to follow, to change the picture, to repeat a password",
        lambda s: partial(s.attempts.count, _COUNTER, 10, AT),
    ),
    Pattern(
        "DynamoAttemptDao.give_back",
        "a right password",
        lambda s: partial(s.attempts.give_back, _COUNTER),
    ),
    Pattern(
        "DynamoAttemptDao.clear",
        "a right password, at the address's own counter",
        lambda s: partial(s.attempts.clear, _COUNTER),
    ),
    Pattern(
        "DynamoAttemptDao.remember",
        "signing in from a new address",
        lambda s: partial(s.attempts.remember, "known-address#" + "0" * 32, AT),
    ),
    Pattern(
        "DynamoAttemptDao.remembered_until",
        "each attempt to sign in",
        lambda s: partial(s.attempts.remembered_until, "known-address#" + "0" * 32),
    ),
    Pattern(
        "DynamoCountsDao.page_of_accounts",
        "`recount`: 100 accounts",
        lambda s: partial(s.counts.page_of_accounts, None, 100),
    ),
    Pattern(
        "DynamoCountsDao.count_members",
        f"`recount`: an account with {FOLLOWERS} followers",
        lambda s: partial(s.counts.count_members, AUTHOR, Roster.FOLLOWERS),
    ),
    Pattern("DynamoCountsDao.correct", "`recount --fix`", _correct),
    Pattern(
        "DynamoUnfinishedDao.page",
        "`removals`: 100 accounts",
        lambda s: partial(s.unfinished.page, None, 100),
    ),
    Pattern(
        "DynamoAccountDao.taken",
        "`seed`: which of 100 aliases are taken",
        lambda s: partial(s.accounts.taken, crowd(100)),
    ),
    Pattern(
        "DynamoCrowdDao.put_accounts",
        "`seed`: 25 accounts",
        lambda s: partial(s.crowd.put_accounts, [account(alias) for alias in _newcomers()]),
    ),
    Pattern(
        "DynamoCrowdDao.put_follows",
        "`seed`: 12 follows",
        lambda s: partial(
            s.crowd.put_follows, [Follow(alias, AUTHOR, "") for alias in _newcomers()[:12]], AT
        ),
    ),
    Pattern(
        "DynamoCrowdDao.followers_among",
        "`seed`: which of 100 follow already",
        lambda s: partial(s.crowd.followers_among, AUTHOR, crowd(100)),
    ),
]
