"""Other settings for a test, which take effect at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

import pytest

from tweeter import wiring
from tweeter.config import get_config


class Configure(Protocol):
    """Sets settings by their names in the configuration."""

    def __call__(self, **settings: str) -> None: ...


@contextmanager
def configured(variables: Mapping[str, str]) -> Iterator[None]:
    """Have environment variables say something else, and everything be wired anew by them."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            forget_configuration()
            yield
    finally:
        forget_configuration()


def forget_configuration() -> None:
    """Have the environment read, and everything wired, anew; clients of AWS stay as they are."""
    get_config.cache_clear()
    wiring.forget()
