"""Pictures on S3."""

from __future__ import annotations

import hashlib
import hmac

from accounts.entities import AccountId
from tweeter import aws

DEFAULT_KEY = "avatars/default.webp"
_ONE_YEAR = "public, max-age=31536000, immutable"


class S3PictureStore:
    """A `PictureStore` in one bucket, which is served under `base_url`.

    A key tells nothing and cannot be guessed: it is a keyed hash of the account and the picture.
    What is under a key never changes, so caches may keep it for a year.
    """

    def __init__(self, *, bucket: str, base_url: str, secret: str) -> None:
        self._bucket = bucket
        self._base_url = base_url
        self._secret = secret.encode()

    def put(self, account_id: AccountId, content: bytes, content_type: str) -> str:
        digest = hmac.new(self._secret, account_id.encode() + b"\0" + content, hashlib.sha256)
        key = f"avatars/{digest.hexdigest()}.{content_type.removeprefix('image/')}"
        self._put(key, content, content_type, _ONE_YEAR)
        return key

    def put_default(self, content: bytes, content_type: str) -> None:
        """Store the picture that is shown for accounts without one; it may be replaced later."""
        self._put(DEFAULT_KEY, content, content_type, "public, max-age=3600")

    def delete(self, key: str) -> None:
        with aws.away_as_unavailable():
            aws.client("s3").delete_object(Bucket=self._bucket, Key=key)

    def url(self, key: str | None) -> str:
        return f"{self._base_url}/{key or DEFAULT_KEY}"

    def _put(self, key: str, content: bytes, content_type: str, cache_control: str) -> None:
        with aws.away_as_unavailable():
            aws.client("s3").put_object(
                Bucket=self._bucket,
                Key=key,
                Body=content,
                ContentType=content_type,
                CacheControl=cache_control,
            )
