"""The one family of errors that services and DAOs raise; `tweeter.api.errors` knows HTTP."""

from __future__ import annotations

from collections.abc import Sequence


class TweeterError(Exception):
    """What the caller must be told: a stable `code` for programs, a `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InvalidInput(TweeterError):
    """A value breaks a rule; `attr` names the field at fault, None when no single one is."""

    def __init__(self, code: str, message: str, attr: str | None = None) -> None:
        super().__init__(code, message)
        self.attr = attr
        self.problems: tuple[InvalidInput, ...] = (self,)

    @classmethod
    def combined(cls, problems: Sequence[InvalidInput]) -> InvalidInput:
        """Return one error that reports all of `problems` (at least one), in their order."""
        first = problems[0]
        error = cls(first.code, first.message, first.attr)
        error.problems = tuple(problems)
        return error


class Unauthenticated(TweeterError):
    """The caller did not prove who they are."""


class Forbidden(TweeterError):
    """The caller is known, and may not do this."""


class NotFound(TweeterError):
    """What was named does not exist."""


class Conflict(TweeterError):
    """The request contradicts what is stored; the code says in which way."""


class TooLarge(TweeterError):
    """More bytes than are accepted."""


class TooManyRequests(TweeterError):
    """A limit is used up; `retry_after` seconds later it no longer is."""

    def __init__(self, code: str, message: str, retry_after: int) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after


class Unavailable(TweeterError):
    """A store or queue is away or throttles; nothing is wrong with the request itself."""

    def __init__(self, message: str, retry_after: int = 2) -> None:
        super().__init__("unavailable", message)
        self.retry_after = retry_after
