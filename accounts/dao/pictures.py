"""Pictures on S3."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from accounts.entities import AccountId
from tweeter import aws

DEFAULT_KEY = "avatars/default.webp"
_ONE_YEAR = "public, max-age=31536000, immutable"


class S3PictureStore:
    """A `PictureStore` in one bucket, which is served under `base_url`.

    A key tells nothing and cannot be guessed: it is a keyed hash of the account and picture, and
    the number of the upload. What is under a key never changes, so caches may keep it for a year.
    No two uploads share one: so what came to nothing may be deleted, whatever others do meanwhile.
    """

    def __init__(self, *, bucket: str, base_url: str, secret: str) -> None:
        self._bucket = bucket
        self._base_url = base_url
        self._secret = secret.encode()

    def new_key(self, account_id: AccountId, content: bytes, content_type: str) -> str:
        suffix = content_type.removeprefix("image/")
        return f"{self._stem(account_id, content)}{secrets.token_hex(8)}.{suffix}"

    def holds(self, key: str, account_id: AccountId, content: bytes) -> bool:
        return key.startswith(self._stem(account_id, content))

    def put(self, key: str, content: bytes, content_type: str) -> None:
        self._put(key, content, content_type, _ONE_YEAR)

    def put_default(self, content: bytes, content_type: str) -> None:
        """Store the picture that is shown for accounts without one; it may be replaced later."""
        self._put(DEFAULT_KEY, content, content_type, "public, max-age=3600")

    def delete(self, key: str) -> None:
        with aws.away_as_unavailable():
            aws.client("s3").delete_object(Bucket=self._bucket, Key=key)

    def url(self, key: str | None) -> str:
        return f"{self._base_url}/{key or DEFAULT_KEY}"

    def _stem(self, account_id: AccountId, content: bytes) -> str:
        digest = hmac.new(self._secret, account_id.encode() + b"\0" + content, hashlib.sha256)
        return f"avatars/{digest.hexdigest()}-"

    def _put(self, key: str, content: bytes, content_type: str, cache_control: str) -> None:
        with aws.away_as_unavailable():
            aws.client("s3").put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                CacheControl=cache_control,
            )
