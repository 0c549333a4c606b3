"""What the messages of the queues carry besides what is to be done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from accounts.entities import AccountId, AccountRemoval, Chore, PictureCheck
from feeds.entities import Chunk, FanOutJob, TakeTurns
from feeds.messages import Poisonous, decode_chunk, decode_fan_out, encode
from tests.feeds.desk import CHUNK_SIZE, Desk
from tests.log_lines import recorded_lines

ANN, BOB = AccountId("ann"), AccountId("bob")
STATUS_ID = "0006" + "0" * 28
REQUEST_ID = "4f2c8f6e-7a56-4b0c-9d0b-3c1f4e1d2a11"
JOB = FanOutJob(STATUS_ID, ANN, datetime(2026, 1, 1, tzinfo=UTC), REQUEST_ID)
CHUNK = Chunk(STATUS_ID, ANN, 3, 1, (BOB,), REQUEST_ID, 7, 65_535)


PICTURE = f"avatars/{'0a' * 32}-{'1b' * 8}.webp"
CHECK = PictureCheck(ANN, (PICTURE,), REQUEST_ID)
REMOVAL = AccountRemoval(
    account_id=ANN,
    story_tag="0" * 16,
    picture_key=PICTURE,
    queued_at=datetime(2026, 1, 1, tzinfo=UTC),
    gone_at=datetime(2026, 1, 2, tzinfo=UTC),
    is_quiet=True,
    request_id=REQUEST_ID,
)


@pytest.mark.parametrize(
    "chore", [CHECK, REMOVAL, replace(REMOVAL, picture_key=None, gone_at=None, is_quiet=False)]
)
def test_chores_say_the_same_when_they_are_read(chore: Chore) -> None:
    assert decode_fan_out(encode(chore)) == chore


@pytest.mark.parametrize(
    "key",
    [
        "avatars/default.webp",
        f"avatars/{'0a' * 32}.webp",
        PICTURE.replace("avatars", "other"),
        PICTURE + "x",
        "",
        None,
        5,
    ],
)
def test_only_a_picture_of_an_account_can_be_named_for_deletion(key: object) -> None:
    for chore, name, value in ((CHECK, "pictures", [key]), (REMOVAL, "picture", key or "")):
        body = json.loads(encode(chore)) | {name: value}
        with pytest.raises(Poisonous):
            decode_fan_out(json.dumps(body))


@pytest.mark.parametrize("kind", ["", "other", None, 5, [], {}])
def test_a_message_of_an_unknown_kind_is_poisonous(kind: object) -> None:
    with pytest.raises(Poisonous):
        decode_fan_out(json.dumps(json.loads(encode(CHECK)) | {"kind": kind}))


def test_messages_say_the_same_when_they_are_read() -> None:
    assert decode_fan_out(encode(JOB)) == JOB
    assert decode_fan_out(encode(TakeTurns())) == TakeTurns()
    assert decode_chunk(encode(CHUNK)) == CHUNK


def test_a_chunk_that_was_on_its_way_before_there_were_marks_is_written_all_the_same() -> None:
    body = json.loads(encode(CHUNK))
    del body["behind"], body["last"]
    assert decode_chunk(json.dumps(body)) == replace(CHUNK, behind=0, last=0)


def test_messages_of_unknown_requests_are_as_they_were_before_there_were_ids() -> None:
    job, chunk = replace(JOB, request_id=None), replace(CHUNK, request_id=None)
    assert "request" not in json.loads(encode(job)) | json.loads(encode(chunk))
    assert decode_fan_out(encode(job)) == job
    assert decode_chunk(encode(chunk)) == chunk


@pytest.mark.parametrize("damaged", [None, 7, "", "a b", "x" * 65, ["a"]])
def test_a_damaged_id_is_dropped_and_costs_no_delivery(damaged: object) -> None:
    job = json.loads(encode(JOB)) | {"request": damaged}
    chunk = json.loads(encode(CHUNK)) | {"request": damaged}
    assert decode_fan_out(json.dumps(job)) == replace(JOB, request_id=None)
    assert decode_chunk(json.dumps(chunk)) == replace(CHUNK, request_id=None)


@pytest.mark.parametrize("followers", [1, CHUNK_SIZE, 3 * CHUNK_SIZE])
def test_every_chunk_carries_the_id_of_the_post(followers: int) -> None:
    desk = Desk()
    status = desk.post(followers)
    desk.fan_out.run(replace(desk.job_of(status), request_id=REQUEST_ID), 30.0)
    desk.run_to_the_end()
    chunks = desk.chunks_of(status)
    assert sum(chunk.size for chunk in chunks) == followers
    assert {chunk.request_id for chunk in chunks} == {REQUEST_ID}


def test_a_job_that_will_look_again_keeps_the_id() -> None:
    desk = Desk()
    job = replace(desk.job_of(desk.post(3 * CHUNK_SIZE)), request_id=REQUEST_ID)
    desk.fan_out.run(job, 30.0)
    assert desk.jobs.jobs == [job]


def test_the_planner_logs_what_it_does_for_each_fan_out_under_the_id_of_its_post() -> None:
    desk = Desk()
    desk.give_ahead(60)
    for request_id in ("first", "second"):
        job = replace(desk.job_of(desk.post(CHUNK_SIZE + 1)), request_id=request_id)
        desk.fan_out.run(job, 30.0)
    desk.statuses.by_id.clear()  # deleted before their turn, of which the planner tells
    desk.give_ahead(0)
    with recorded_lines() as lines:
        desk.run_to_the_end()
    assert [line.get("request_id") for line in lines] == ["first", "second"]
