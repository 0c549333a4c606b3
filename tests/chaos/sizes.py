"""How large a campaign is, and how the product is configured for it."""

from __future__ import annotations

from dataclasses import dataclass

SETTINGS = {
    "TWEETER_CHUNK_SIZE": "25",
    "TWEETER_FUNCTION_TIMEOUT_SECONDS": "20",
    "TWEETER_ARGON2_MEMORY_KIB": "8",
    "TWEETER_ARGON2_PASSES": "1",
}
"""What differs from a developer's machine: small chunks, so that most fan-outs have several, a
timeout after which messages come back soon, and passwords that cost nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is of everything."""

    faults: int
    """How many strike, unless asked for otherwise."""
    followers: tuple[int, ...]
    """Of the authors with many."""
    longest_delay: int
    """Seconds for which messages are delayed at most. On AWS an account's removal waits for 15
    minutes twice, and the check of a picture for two; what these times must exceed, the longest
    delay of another message and the life of a request, is shorter here, too."""


FULL = Size(faults=1_000, followers=(400, 200, 90), longest_delay=45)
SHORT = Size(faults=60, followers=(120, 60), longest_delay=15)
