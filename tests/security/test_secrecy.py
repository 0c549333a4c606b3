"""No secret gets out: not into the log at any level, nor into answers, messages or metrics."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bench.recorder import Call, Recorder
from tests.log_lines import line_formatter, logging_to
from tests.metric_lines import recorded_metrics
from tests.security.story import Story
from tests.world import World
from tweeter import aws, wiring
from tweeter.logs import BoundFields

LEVELS = [logging.DEBUG, logging.INFO]


class _Lines(logging.Handler):
    """Keeps every line in both of its formats: for CloudWatch, and for people."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(BoundFields())
        self.lines: list[str] = []
        self._formatters = [line_formatter(on_lambda=on_lambda) for on_lambda in (True, False)]

    def emit(self, record: logging.LogRecord) -> None:
        for formatter in self._formatters:
            record.exc_text = None  # which the other one has left here
            self.lines.append(formatter.format(record))


@contextmanager
def recorded_log(level: int) -> Iterator[list[str]]:
    """Collect all that is logged at a level and above, in both formats."""
    handler = _Lines()
    with logging_to(handler, level):
        yield handler.lines


def found(secrets: set[str], texts: list[str]) -> list[str]:
    """Return each text that holds a secret."""
    return [text for text in texts if any(secret in text for secret in secrets)]


@pytest.mark.parametrize("level", LEVELS, ids=logging.getLevelName)
def test_no_secret_of_a_whole_story_is_logged_answered_sent_or_measured(
    world: World, level: int
) -> None:
    story = Story(world)
    messages: list[Call] = []
    sqs: Any = aws.client("sqs")
    with (
        recorded_log(level) as lines,
        recorded_metrics() as measured,
        Recorder([sqs], messages.append),
    ):
        story.tell()
    assert {200, 201, 204, 302, 400, 401, 403, 404, 405, 409, 429, 500, 503} <= set(
        story.statuses()
    )
    assert len(story.secrets) > 15
    assert min(len(secret) for secret in story.secrets) > 8
    assert len(lines) > 100
    assert any("Traceback" in line for line in lines)
    assert found(story.secrets, lines) == []
    sent = [repr(call.parameters) for call in messages if call.operation.startswith("Send")]
    assert len(sent) >= 4
    assert found(story.secrets, sent) == []
    assert measured.lines
    assert found(story.secrets, measured.lines) == []
    unexpected = [answer for answer in story.answers if not _gives_a_token(answer)]
    bodies = [answer.content.decode() for answer in unexpected]
    assert found(story.secrets, bodies) == []
    assert found(story.secrets, [str(dict(answer.headers)) for answer in story.answers]) == []


def _gives_a_token(answer: Any) -> bool:
    return answer.status_code == 201 and set(answer.data) == {"token", "expires_at", "account"}


def test_a_secret_in_a_line_would_be_found() -> None:
    with recorded_log(logging.INFO) as lines:
        logging.getLogger("tweeter").info("token %s", "ann.7777")
        error = ValueError("ann.8888")
        logging.getLogger("tweeter").error("failed", exc_info=error)
    assert len(found({"ann.7777"}, lines)) == 2
    assert len(found({"ann.8888"}, lines)) == 2


def test_nothing_shows_the_hash_of_a_password_or_a_token_by_mistake(world: World) -> None:
    """Entities stand in tracebacks and messages of errors: what is secret of them does not."""
    ann = world.sign_up("ann")
    caller = wiring.session_service().authenticate(ann.token)
    assert caller.account.password_hash not in repr(caller)
    assert caller.session.token_hash not in repr(caller)
    sign_in = wiring.session_service().prepare(caller.account)[1]
    assert sign_in.token not in repr(sign_in)
