"""Looking into the dead letters of a queue, and sending them back to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feeds.messages import Poisonous
from tweeter.clock import Clock

_BATCH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that a queue's worker could not process."""

    id: str
    handle: str
    """By which it can be deleted or put back; good for this one receive."""
    body: str
    sent_at: datetime
    """When it was first sent, or when the worker buried it."""
    receives: int
    """How often it has been received, as a dead letter and before."""
    reason: str | None
    """Why the worker buried it; None when it died of too many receives."""


class DeadLetterQueue(Protocol):
    """Keeps the dead letters of one source queue. All methods raise Unavailable."""

    def receive(self, limit: int) -> Sequence[DeadLetter]:
        """Return up to `limit` (1 to 10) letters, none only when no more can be received, and hide
        them from others for about a minute."""

    def put_back(self, letters: Iterable[DeadLetter]) -> None:
        """Let letters that were received be received again at once."""

    def send_to_source(self, letter: DeadLetter) -> None:
        """Send the body anew to the source queue."""

    def delete(self, letter: DeadLetter) -> None:
        """Remove a letter."""


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of dead letters: how many were sent back, and which stay."""

    sent: int
    kept: tuple[DeadLetter, ...]


def look_into(letters: DeadLetterQueue, limit: int) -> list[DeadLetter]:
    """Return up to `limit` dead letters in no order; they all stay where they are."""
    found: dict[str, DeadLetter] = {}
    try:
        while len(found) < limit:
            some = letters.receive(min(_BATCH, limit - len(found)))
            if all(letter.id in found for letter in some):
                break  # there are no others: the first ones have come into sight again
            found |= {letter.id: letter for letter in some}
    finally:
        letters.put_back(found.values())
    return list(found.values())


def redrive(
    letters: DeadLetterQueue, decode: Callable[[str], object], *, force: bool, clock: Clock
) -> Redriven:
    """Send dead letters back to their source queue, each deleted only after it was sent.

    So a crash loses none, and at worst one is sent twice, which its worker is made for. A letter
    that `decode` finds Poisonous would only die again: it stays, unless `force`. One that is
    buried anew after this has begun stays too, or else it would go round for ever.
    """
    begun_at = clock()
    kept: dict[str, DeadLetter] = {}
    sent = in_vain = 0
    try:
        # Those that are kept come into sight again: when only they do, none is left.
        while in_vain <= len(kept) + _BATCH and (some := letters.receive(_BATCH)):
            in_vain = in_vain + 1 if all(letter.id in kept for letter in some) else 0
            for letter in some:
                is_old = letter.sent_at <= begun_at
                if letter.id not in kept and is_old and (force or _is_sound(letter, decode)):
                    letters.send_to_source(letter)
                    letters.delete(letter)
                    sent += 1
                else:
                    kept[letter.id] = letter  # by its last handle it can be put back
    finally:
        letters.put_back(kept.values())
    return Redriven(sent, tuple(kept.values()))


def _is_sound(letter: DeadLetter, decode: Callable[[str], object]) -> bool:
    try:
        decode(letter.body)
    except Poisonous:
        return False
    return True
