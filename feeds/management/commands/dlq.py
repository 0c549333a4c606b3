"""`manage.py dlq`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser

from feeds.dead_letter_queue import SqsDeadLetterQueue
from feeds.dead_letters import DeadLetter, look_into, redrive
from feeds.messages import decode_chunk, decode_fan_out
from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.management.base import AwsCommand
from tweeter.management.words import counted

_BODY_WIDTH = 160
_DECODERS: Mapping[str, Callable[[str], object]] = {"fan-out": decode_fan_out, "feed": decode_chunk}


class Command(AwsCommand):
    """Shows dead letters, or sends them back to the queue that they come from."""

    help = "Look into the dead letters of both queues or one, or send them back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do, and with which letters."""
        parser.add_argument("action", choices=["show", "redrive"])
        parser.add_argument("--queue", choices=list(_DECODERS), help="both if left out")
        parser.add_argument("--limit", type=int, default=20, help="letters of a queue to show")
        parser.add_argument(
            "--force", action="store_true", help="send back even what no worker understands"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it for each queue in turn."""
        if options["limit"] < 1:
            message = "--limit must be at least 1."
            raise CommandError(message)
        for queue in [options["queue"]] if options["queue"] else _DECODERS:
            if options["action"] == "show":
                self._show(queue, options["limit"])
            else:
                self._redrive(queue, force=options["force"])

    def _show(self, queue: str, limit: int) -> None:
        letters = look_into(_letters_of(queue), limit)
        if not letters:
            self.stdout.write(f"{queue}: no dead letters")
            return
        more = ", perhaps more" if len(letters) == limit else ""
        self.stdout.write(f"{queue}: {counted(len(letters), 'dead letter')}{more}")
        for letter in letters:
            self._print(letter)

    def _print(self, letter: DeadLetter) -> None:
        self.stdout.write(
            f"  {letter.id}  sent {letter.sent_at:%Y-%m-%d %H:%M:%S}Z, "
            f"received {counted(letter.receives, 'time')}"
        )
        if letter.reason:
            self.stdout.write(f"    reason: {letter.reason}")
        self.stdout.write(f"    {_shown(letter.body)}")

    def _redrive(self, queue: str, *, force: bool) -> None:
        result = redrive(_letters_of(queue), _DECODERS[queue], force=force, clock=system_clock)
        self.stdout.write(f"{queue}: {result.sent} sent back, {len(result.kept)} kept")
        for letter in result.kept:
            self._print(letter)


def _letters_of(queue: str) -> SqsDeadLetterQueue:
    config = get_config()
    names = {"fan-out": config.fan_out_queue_name, "feed": config.feed_queue_name}
    return SqsDeadLetterQueue(names[queue])


def _shown(body: str) -> str:
    """Return the beginning of a body, without anything that a terminal would obey."""
    start = "".join(each if each.isprintable() else "?" for each in body[:_BODY_WIDTH])
    return start if len(body) <= _BODY_WIDTH else f"{start}..."
