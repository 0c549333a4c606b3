"""Compares what is stored after a campaign with the contract, and with what the clients know.

It shares nothing with the product but the layout of its tables: neither its DAOs nor its services.
Each function yields a sentence for every difference that it finds.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from tests.chaos.record import AccountRecord, FollowRecord, PostRecord, Record, SessionRecord
from tests.chaos.stored import Interval, Item, Stored

DEFAULT_PICTURE = "avatars/default.webp"
_ALIAS_HELD_SECONDS = 30 * 24 * 3_600
_KEPT_OF_THE_GONE = frozenset(["account_id", "story_tag", "closed_at", "expires_at"])


def check(stored: Stored, record: Record, dead_letters: Iterable[tuple[str, str]]) -> list[str]:
    """Return every difference; none when all is as it must be. All must have settled before."""
    return [
        *record.problems,
        *_accounts(stored, record),
        *_closed_accounts(stored, record),
        *_pictures(stored),
        *_sessions(stored, record),
        *_counts(stored),
        *_rosters(stored),
        *_known_follows(stored, record),
        *_known_posts(stored, record),
        *_feeds(stored),
        *_leftovers(stored, record),
        *_seen_feeds(stored, record),
        *_feeds_by_the_clock(stored, record),
        *_deliveries(stored, record),
        *_dead_letters(record, dead_letters),
    ]


def _accounts(stored: Stored, record: Record) -> Iterator[str]:
    """What clients were told of their accounts is so, and nobody else is there."""
    for known in record.accounts.values():
        item = stored.accounts.get(known.account_id)
        if item is None and known.is_there:
            yield f"account {known.account_id} is lost"
        if item is not None and known.is_there is False:
            yield f"account {known.account_id} is there, which is gone"
        if item is not None and known.is_there:
            if known.name is not None and item["name"] != known.name:
                yield f"account {known.account_id} is named {item['name']!r}, not {known.name!r}"
            yield from _picture_of(known, item.get("picture_key"))
    for account_id in stored.accounts.keys() - record.accounts.keys():
        yield f"account {account_id} is there, which nobody signed up"


def _closed_accounts(stored: Stored, record: Record) -> Iterator[str]:
    """A deleted account keeps its alias for 30 days, and nothing else."""
    for known in record.accounts.values():
        if known.is_there is False and known.account_id not in stored.closed:
            yield f"the alias of {known.account_id} could be given to somebody else"
    for account_id, item in stored.closed.items():
        if item.get("expires_at", 0) - item["closed_at"] / 1_000_000 < _ALIAS_HELD_SECONDS - 1:
            yield f"account {account_id} is closed, and not removed to its end"
        for name in item.keys() - _KEPT_OF_THE_GONE:
            yield f"account {account_id} is gone, and its {name} is there"
    leftovers = {
        "a feed": {owner for owner, _ in stored.feeds},
        "statuses": {item["author_id"] for item in stored.statuses.values()},
        "followers": {pair.followee for pair in stored.followers},
        "followees": {pair.follower for pair in stored.following},
        "former followers": {pair.followee for pair in stored.former},
        "a session": {account_id for account_id, _ in stored.sessions},
    }
    for what, owners in leftovers.items():
        for owner in owners - stored.accounts.keys():
            yield f"{owner} is gone, and has {what}"


def _picture_of(known: AccountRecord, key: str | None) -> Iterator[str]:
    if known.picture_key is not None and key != known.picture_key:
        yield f"account {known.account_id} shows {key}, not {known.picture_key}"
    if known.has_picture is not None and known.has_picture is not (key is not None):
        yield f"account {known.account_id} shows {key}, and has_picture is {known.has_picture}"


def _pictures(stored: Stored) -> Iterator[str]:
    """Each account's picture is in the bucket, and nothing but these."""
    shown = {item["picture_key"] for item in stored.accounts.values() if "picture_key" in item}
    for key in shown - stored.objects:
        yield f"picture {key} is shown and missing"
    for key in stored.objects - shown - {DEFAULT_PICTURE}:
        yield f"picture {key} is nobody's"


def _sessions(stored: Stored, record: Record) -> Iterator[str]:
    """A session lives from its answer until its sign-out, or until a new password."""
    for session in record.sessions:
        is_alive = _is_alive(stored, session)
        if session.is_alive is not None and session.is_alive is not is_alive:
            yield (
                f"a session of {session.account_id} is {'alive' if is_alive else 'dead'}"
                f" ({session.token[:20]}...)"
            )


def _is_alive(stored: Stored, session: SessionRecord) -> bool:
    account_id, _, secret = session.token.partition(".")
    item = stored.sessions.get((account_id, hashlib.sha256(secret.encode()).hexdigest()))
    account = stored.accounts.get(account_id)
    return bool(item and account and item["credentials_version"] == account["credentials_version"])


def _counts(stored: Stored) -> Iterator[str]:
    """Counts equal what they count."""
    counted = {
        "followers_count": Counter(pair.followee for pair in stored.followers),
        "following_count": Counter(pair.follower for pair in stored.following),
        "statuses_count": Counter(item["author_id"] for item in stored.statuses.values()),
    }
    for account_id, item in stored.accounts.items():
        for name, counter in counted.items():
            if item.get(name) != counter[account_id]:
                yield f"{name} of {account_id} is {item.get(name)}, not {counter[account_id]}"


def _rosters(stored: Stored) -> Iterator[str]:
    """Both rosters tell the same of each follow."""
    for pair in stored.followers.keys() ^ stored.following.keys():
        yield f"the follow of {pair.followee} by {pair.follower} stands in one roster only"
    for pair in stored.followers.keys() & stored.following.keys():
        if stored.followers[pair]["since"] != stored.following[pair]["since"]:
            yield f"the rosters disagree since when {pair.follower} follows {pair.followee}"


def _known_follows(stored: Stored, record: Record) -> Iterator[str]:
    """What was answered last about a pair is so."""
    for pair, history in record.histories():
        last = history[-1]
        is_settled = last.is_done and all(one.ended <= last.began for one in history[:-1])
        are_there = {*pair} <= stored.accounts.keys()
        if is_settled and are_there and last.follows is not (pair in stored.followers):
            yield (
                f"{pair.follower} was told to {'' if last.follows else 'not '}follow"
                f" {pair.followee}, and the tables disagree"
            )


def _known_posts(stored: Stored, record: Record) -> Iterator[str]:
    """Answered posts are there as posted, unanswered ones at most once, deleted ones are not."""
    by_text = Counter((item["author_id"], item["text"]) for item in stored.statuses.values())
    for post in record.posts:
        times = by_text[post.author, post.text]
        if times > 1:
            yield f"{post.text!r} was posted {times} times"
        if post.status_id is None:
            continue
        item = stored.statuses.get(post.status_id)
        if item is None and post.is_deleted is False and post.author in stored.accounts:
            yield f"{post.text!r} was answered and is lost"
        if item is not None and item["text"] != post.text:
            yield f"{post.text!r} became {item['text']!r}"
        if post.is_deleted and times:
            yield f"{post.text!r} was deleted and is there"
    known = {(post.author, post.text) for post in record.posts}
    for author, text in by_text.keys() - known:
        yield f"{text!r} by {author} is there, which nobody posted"


def _feeds(stored: Stored) -> Iterator[str]:
    """Feeds hold a status exactly where a follow covers it, by the tables' own intervals."""
    intervals = stored.intervals()
    owners_of = stored.owners()
    for status_id, item in stored.statuses.items():
        due = _due(status_id, intervals.get(item["author_id"], {})) & stored.accounts.keys()
        owners = owners_of.get(status_id, set())
        for owner in due - owners:
            yield f"the feed of {owner} misses {item['text']!r} ({status_id})"
        for owner in owners - due:
            yield f"the feed of {owner} has {item['text']!r} ({status_id}), which it must not"
    for (owner, status_id), author in stored.feeds.items():
        there = stored.statuses.get(status_id)
        if there is not None and there["author_id"] != author:
            yield f"the feed of {owner} has {status_id} as by {author}"


def _leftovers(stored: Stored, record: Record) -> Iterator[str]:
    """What feeds hold besides are statuses that were deleted, where they once belonged."""
    deleted = {post.status_id: post for post in record.posts if post.is_deleted is not False}
    of_the_gone = {
        status_id
        for (_, status_id), author in stored.feeds.items()
        if author not in stored.accounts and author in record.accounts
    }
    intervals = stored.intervals()
    for status_id, owners in stored.owners().items():
        if status_id in stored.statuses or status_id in of_the_gone:
            continue
        post = deleted.get(status_id)
        if post is None:
            yield f"{len(owners)} feeds have {status_id}, which is no status"
            continue
        for owner in owners - _due(status_id, intervals.get(post.author, {})):
            yield f"the feed of {owner} has {post.text!r}, deleted, which it never had to get"


def _seen_feeds(stored: Stored, record: Record) -> Iterator[str]:
    """What people see is what their feeds hold and is not deleted, newest first."""
    for account_id, seen in record.feeds.items():
        held = {status_id for owner, status_id in stored.feeds if owner == account_id}
        there = sorted(held & stored.statuses.keys(), reverse=True)
        if seen != there:
            yield f"{account_id} saw {len(seen)} statuses, not the {len(there)} of the feed"


def _due(status_id: str, intervals: dict[str, list[Interval]]) -> set[str]:
    return {
        follower
        for follower, some in intervals.items()
        if any(interval.covers(status_id) for interval in some)
    }


def _feeds_by_the_clock(stored: Stored, record: Record) -> Iterator[str]:
    """Where the clients' own clock leaves no doubt who followed when, the feeds agree with it."""
    posts: dict[str, list[tuple[PostRecord, str]]] = {}
    ids = {(item["author_id"], item["text"]): key for key, item in stored.statuses.items()}
    for post in record.posts:
        status_id = ids.get((post.author, post.text))
        if status_id is not None:
            posts.setdefault(post.author, []).append((post, status_id))
    for pair, history in record.histories():
        for post, status_id in posts.get(pair.followee, ()):
            followed = _followed(history, post)
            has = (pair.follower, status_id) in stored.feeds
            if followed is not None and followed is not has and pair.follower in stored.accounts:
                yield (
                    f"{pair.follower} {'followed' if followed else 'did not follow'}"
                    f" {pair.followee} at {post.text!r}, but the feed"
                    f" {'has it' if has else 'misses it'}"
                )


def _followed(history: list[FollowRecord], post: PostRecord) -> bool | None:
    """Tell whether a follower followed while a status was being posted; None when in doubt."""
    before = [one for one in history if one.began < post.ended]
    if any(one.ended > post.began for one in before):
        return None
    if any(earlier.ended > later.began for earlier, later in pairwise(before)):
        return None
    if not before:
        return False
    return before[-1].follows if before[-1].is_done else None


def _deliveries(stored: Stored, record: Record) -> Iterator[str]:
    """Each status with followers was delivered to its end, and says so."""
    gone = _gone_followers(record)
    for item in stored.line:
        yield f"{item['status_id']} is still in line"
    intervals = stored.intervals()
    for status_id, item in stored.statuses.items():
        if item["followers"] == 0:
            continue
        segments = stored.progress.get(status_id, [])
        planned = next((segment["planned"] for segment in segments if "planned" in segment), None)
        delivered = sum(segment.get("delivered", 0) for segment in segments)
        by_follower = intervals.get(item["author_id"], {})
        due = len(_due(status_id, by_follower))
        left = sum(
            any(each.until is not None and each.covers(status_id) for each in some)
            for some in by_follower.values()
        )
        if planned is None:
            yield f"{item['text']!r} ({status_id}) was never planned to its end"
        elif not due <= planned <= due + left + len(gone[item["author_id"]]):
            yield f"{item['text']!r} ({status_id}) was planned for {planned} feeds, not {due}"
        elif delivered < planned:
            yield f"{item['text']!r} ({status_id}) counts {delivered} feeds of {planned}"
        elif not _is_told(segments):
            yield f"{item['text']!r} ({status_id}) is never told to be delivered"


def _is_told(segments: Iterable[Item]) -> bool:
    """Tell whether the chunks that are finished lead from the first owner to the last, each number
    made of the chunk's own in front of 16 bits of where it begins and 16 of where it ends."""
    finished = [int(each) for segment in segments for each in segment.get("finished_chunks", ())]
    outline = next(segment for segment in segments if "planned" in segment)
    ends = {0}
    for number in range(int(outline["chunks"])):
        ends = {
            each & 0xFFFF
            for each in finished
            if each >> 32 == number and each >> 16 & 0xFFFF in ends
        }
    return outline["last"] in ends


def _gone_followers(record: Record) -> dict[str, set[str]]:
    """Return who may have followed each author before deleting their own account."""
    found: dict[str, set[str]] = defaultdict(set)
    for follow in record.follows:
        if record.accounts[follow.follower].is_there is not True:
            found[follow.followee].add(follow.follower)
    return found


def _dead_letters(record: Record, dead_letters: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The dead letters are the poison, and nothing else."""
    sent, found = set(record.poison), set(dead_letters)
    for queue, body in sent - found:
        yield f"poison in {queue} was not buried: {body}"
    for queue, body in found - sent:
        yield f"a good message of {queue} is a dead letter: {body}"
