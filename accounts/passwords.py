"""Passwords by Django's hashers and validators, without `django.contrib.auth`'s models."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import FieldDoesNotExist, ValidationError

from tweeter.config import get_config
from tweeter.errors import InvalidInput


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with the configured work, in one lane: Lambda gives less than one processor."""

    time_cost = get_config().argon2_passes
    memory_cost = get_config().argon2_memory_kib
    parallelism = 1


class DjangoPasswordHasher:
    """A `PasswordHasher` on Django's Argon2 hasher."""

    def __init__(self, argon2: Argon2Hasher | None = None) -> None:
        self._hasher = argon2 or Argon2Hasher()

    def hash(self, password: str) -> str:
        return self._hasher.encode(password, self._hasher.salt())

    def verify(self, password: str, password_hash: str | None) -> bool:
        matches = self._hasher.verify(password, password_hash or self._nobodys_hash)
        return matches and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        return self._hasher.must_update(password_hash)

    @cached_property
    def _nobodys_hash(self) -> str:
        """A hash of no password, by the parameters of all others. It is made up: to compute one
        would make the first sign-in of a process with an unknown alias take twice as long."""
        parameters = self._hasher.params()
        salt, digest = (
            base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
            for size in (len(self._hasher.salt()), parameters.hash_len)
        )
        work = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
        return f"{self._hasher.algorithm}$argon2id$v={parameters.version}${work}${salt}${digest}"


class _NoFields:
    """Stands for a Django model's `_meta`, which has no field of any name."""

    def get_field(self, name: str) -> None:
        raise FieldDoesNotExist(name)


@dataclass(frozen=True)
class _Likeness:
    """What a password is compared with; Django's validator takes it for a user."""

    alias: str
    name: str
    _meta = _NoFields()


class DjangoPasswordPolicy:
    """A `PasswordPolicy` that runs `AUTH_PASSWORD_VALIDATORS`."""

    def check(self, password: str, *, alias: str, name: str) -> None:
        try:
            validate_password(password, _Likeness(alias, name))  # type: ignore[arg-type]
        except ValidationError as error:
            raise InvalidInput.combined(
                [
                    InvalidInput(one.code or "invalid", " ".join(one.messages), "password")
                    for one in error.error_list
                ]
            ) from error
