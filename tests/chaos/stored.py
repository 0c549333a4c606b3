"""Everything that is stored, read once by bare boto3, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.chaos.direct import Direct
from tests.chaos.record import Pair

Item = Mapping[str, Any]
_FOLLOWERS, _FOLLOWING = "#followers", "#following"


class Interval(NamedTuple):
    """A follow in the followee's own time: it covers statuses after `since`, up to `until`."""

    since: str
    until: str | None
    """None for a follow that has not ended."""

    def covers(self, status_id: str) -> bool:
        """Tell whether a status belongs to the follower's feed. Source: decision 0003."""
        return self.since < status_id and (self.until is None or status_id <= self.until)


@dataclass(frozen=True)
class Stored:
    """What the tables and the bucket hold."""

    accounts: Mapping[str, Item]
    """Those in use."""
    closed: Mapping[str, Item]
    """What is kept of accounts that their owners have deleted."""
    sessions: Mapping[tuple[str, str], Item]
    statuses: Mapping[str, Item]
    followers: Mapping[Pair, Item]
    """The items in the followees' rosters."""
    following: Mapping[Pair, Item]
    """The items in the followers' rosters."""
    former: Mapping[Pair, list[Interval]]
    feeds: Mapping[tuple[str, str], str]
    """The author of each entry, by owner and status: the table's key, so none is there twice."""
    progress: Mapping[str, list[Item]]
    line: list[Item]
    objects: frozenset[str]

    def intervals(self) -> dict[str, dict[str, list[Interval]]]:
        """Return the follows of each followee, by the follower."""
        found: dict[str, dict[str, list[Interval]]] = defaultdict(lambda: defaultdict(list))
        for pair, intervals in self.former.items():
            found[pair.followee][pair.follower] += intervals
        for pair, item in self.followers.items():
            found[pair.followee][pair.follower].append(Interval(item["since"], None))
        return found

    def owners(self) -> dict[str, set[str]]:
        """Return whose feeds hold each status."""
        found: dict[str, set[str]] = defaultdict(set)
        for owner, status_id in self.feeds:
            found[status_id].add(owner)
        return found


def read(direct: Direct) -> Stored:
    """Read all of it."""
    accounts = {item["account_id"]: item for item in direct.items("accounts")}
    follows = list(direct.items("follows"))
    progress: dict[str, list[Item]] = defaultdict(list)
    for segment in direct.items("progress"):
        progress[segment["status_id"]].append(segment)
    former: dict[Pair, list[Interval]] = defaultdict(list)
    for item in direct.items("former-follows"):
        until, _, follower = item["ended"].partition("#")
        former[Pair(follower, item["followee"])].append(Interval(item["since"], until))
    return Stored(
        accounts={key: item for key, item in accounts.items() if "closed_at" not in item},
        closed={key: item for key, item in accounts.items() if "closed_at" in item},
        sessions={
            (item["account_id"], item["token_hash"]): item for item in direct.items("sessions")
        },
        statuses={item["status_id"]: item for item in direct.items("statuses")},
        followers={
            Pair(item["member"], item["roster"].removesuffix(_FOLLOWERS)): item
            for item in follows
            if item["roster"].endswith(_FOLLOWERS)
        },
        following={
            Pair(item["roster"].removesuffix(_FOLLOWING), item["member"]): item
            for item in follows
            if item["roster"].endswith(_FOLLOWING)
        },
        former=former,
        feeds={
            (item["owner_id"], item["status_id"]): item["author_id"]
            for item in direct.items("feeds")
        },
        progress=progress,
        line=list(direct.items("line")),
        objects=frozenset(direct.objects()),
    )
