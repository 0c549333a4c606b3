"""Where pictures are kept and fetched, and for how long caches may keep them."""

from __future__ import annotations

from typing import Any

from accounts.dao import S3PictureStore
from accounts.entities import AccountId
from tests.configuration import Configure
from tests.world import World, avatar, stored_pictures
from tweeter import aws, wiring
from tweeter.config import get_config

ANN = AccountId("ann")
PICTURE = b"a picture"


def stored(key: str) -> Any:
    return aws.client("s3").head_object(Bucket=get_config().picture_bucket, Key=key)


def store_with(secret: str) -> S3PictureStore:
    return S3PictureStore(bucket="b", base_url="https://pictures.example.org", secret=secret)


def test_a_picture_may_be_kept_for_a_year_and_the_default_one_for_an_hour(world: World) -> None:
    ann = world.sign_up("ann")
    ann.client.patch("/accounts/me/", {"avatar": avatar()})
    (key,) = stored_pictures()
    assert stored(key)["CacheControl"] == "public, max-age=31536000, immutable"
    default = wiring.picture_store().url(None).rpartition("/avatars/")[2]
    assert stored(f"avatars/{default}")["CacheControl"] == "public, max-age=3600"


def test_pictures_are_fetched_from_where_the_bucket_is_served(
    world: World, set_config: Configure
) -> None:
    ann = world.sign_up("ann")
    ann.client.patch("/accounts/me/", {"avatar": avatar()})
    set_config(picture_base_url="https://pictures.example.org/tweeter/")
    (key,) = stored_pictures()
    assert ann.account()["avatar_url"] == f"https://pictures.example.org/tweeter/{key}"
    policy = ann.client.get("/accounts/me/", headers={"Accept": "text/html"}).headers[
        "Content-Security-Policy"
    ]
    (images,) = [each for each in policy.split("; ") if each.startswith("img-src ")]
    assert "https://pictures.example.org/tweeter/" in images.split()


def test_without_the_secret_nobody_can_tell_the_key_of_a_picture() -> None:
    one, other = store_with("one secret"), store_with("another secret")
    key = one.new_key(ANN, PICTURE, "image/webp")
    assert one.holds(key, ANN, PICTURE)
    assert not other.holds(key, ANN, PICTURE)
    assert not one.holds(key, AccountId("bob"), PICTURE)
