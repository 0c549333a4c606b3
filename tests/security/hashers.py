"""Password hashers of tests: one that keeps count of its work, and one of former parameters."""

from __future__ import annotations

from dataclasses import dataclass

from argon2 import extract_parameters

from accounts.passwords import Argon2Hasher, DjangoPasswordHasher


@dataclass(frozen=True)
class Work:
    """One run of Argon2: its parameters, and the length of the password in characters."""

    kind: str
    memory_kib: int
    passes: int
    lanes: int
    hash_bytes: int
    salt_bytes: int
    characters: int


class CountingHasher(DjangoPasswordHasher):
    """The real hasher, on an Argon2 that writes down each of its runs."""

    def __init__(self) -> None:
        self.work: list[Work] = []
        super().__init__(_CountingArgon2(self.work))


class _CountingArgon2(Argon2Hasher):
    def __init__(self, work: list[Work]) -> None:
        self._work = work

    def encode(self, password: str, salt: str) -> str:
        encoded = super().encode(password, salt)
        self._note(password, encoded)
        return encoded

    def verify(self, password: str, encoded: str) -> bool:
        self._note(password, encoded)
        return super().verify(password, encoded)

    def _note(self, password: str, encoded: str) -> None:
        used = extract_parameters(encoded.removeprefix("argon2"))
        self._work.append(
            Work(
                used.type.name,
                used.memory_cost,
                used.time_cost,
                used.parallelism,
                used.hash_len,
                used.salt_len,
                len(password),
            )
        )


class _HasherOfYesterday(Argon2Hasher):
    """Does other work than is configured now."""

    time_cost = Argon2Hasher.time_cost + 1


def older_hash(password: str) -> str:
    """Return the hash of a password by other parameters than the present ones."""
    return DjangoPasswordHasher(_HasherOfYesterday()).hash(password)
