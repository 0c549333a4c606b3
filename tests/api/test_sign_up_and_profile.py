"""Signing up, one's profile, and its picture."""

from __future__ import annotations

import base64
import unicodedata
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.world import PASSWORD, Person, World, avatar, png, stored_pictures
from tweeter import aws
from tweeter.config import get_config


def picture_of(account: dict[str, Any]) -> Image.Image:
    key = account["avatar_url"].partition(".amazonaws.com/")[2]
    body = aws.client("s3").get_object(Bucket=get_config().picture_bucket, Key=key)["Body"]
    return Image.open(BytesIO(body.read()))


def codes(answer: Any) -> set[tuple[str, str]]:
    return {(error["attr"], error["code"]) for error in answer.data["errors"]}


def test_signing_up_signs_in_and_shows_the_account(world: World) -> None:
    fields = {"alias": "Ann_1", "name": "  Ann\u0301e ", "password": PASSWORD}
    answer = world.anonymous.post("/accounts/", fields)
    assert answer.status_code == 201
    assert set(answer.data) == {"token", "expires_at", "account"}
    account = answer.data["account"]
    assert (account["alias"], account["name"]) == ("Ann_1", "Anńe")
    assert account["url"] == "http://testserver/accounts/Ann_1/"
    assert account["created_at"].endswith("Z")
    counts = ("followers_count", "following_count", "statuses_count")
    assert [account[count] for count in counts] == [0, 0, 0]
    own = world.anonymous.get(
        "/accounts/me/", headers={"Authorization": f"Bearer {answer.data['token']}"}
    )
    assert own.data == account


def test_an_alias_is_taken_in_every_case_and_found_in_any(world: World) -> None:
    world.sign_up("Ann")
    fields = {"alias": "aNN", "name": "x", "password": PASSWORD}
    answer = world.anonymous.post("/accounts/", fields)
    assert (answer.status_code, answer.data["errors"][0]["code"]) == (409, "alias_taken")
    assert world.anonymous.get("/accounts/ANN/").data["alias"] == "Ann"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"alias": ""}, ("alias", "blank")),
        ({"alias": "a b"}, ("alias", "invalid")),
        ({"alias": "é"}, ("alias", "invalid")),
        ({"alias": "ann\n"}, ("alias", "invalid")),
        ({"alias": "a" * 31}, ("alias", "max_length")),
        ({"alias": "Me"}, ("alias", "reserved")),
        ({"alias": None}, ("alias", "null")),
        ({"alias": 7}, ("alias", "invalid")),
        ({"name": " "}, ("name", "blank")),
        ({"name": "x" * 81}, ("name", "max_length")),
        ({"name": "a\tb"}, ("name", "invalid")),
        ({"password": "short"}, ("password", "password_too_short")),
        ({"password": "x" * 129}, ("password", "max_length")),
        ({"password": "password1"}, ("password", "password_too_common")),
        ({"password": "8273645182"}, ("password", "password_entirely_numeric")),
        ({"password": "stargazer_1"}, ("password", "password_too_similar")),
        ({"name": "Wilhelmina", "password": "wilhelmina9"}, ("password", "password_too_similar")),
        (
            {"name": " " * 80 + "Wilhelmina", "password": "wilhelmina9"},
            ("password", "password_too_similar"),
        ),
    ],
)
def test_what_breaks_a_rule_is_named(
    world: World, fields: dict[str, Any], problem: tuple[str, str]
) -> None:
    good = {"alias": "stargazer", "name": "Ann", "password": PASSWORD}
    answer = world.anonymous.post("/accounts/", good | fields)
    assert answer.status_code == 400
    assert problem in codes(answer)
    assert world.anonymous.get("/accounts/stargazer/").status_code == 404


def test_the_length_of_a_name_counts_after_trimming_and_composing(world: World) -> None:
    longest = "\u1f82" * 80
    name = " " * 5_000 + unicodedata.normalize("NFD", longest) + "\n" * 5_000
    assert world.sign_up("ann", name).account()["name"] == longest


def test_all_that_is_wrong_is_named_at_once(world: World) -> None:
    answer = world.anonymous.post("/accounts/", {"alias": "", "name": "", "password": "x"})
    assert {attr for attr, _ in codes(answer)} == {"alias", "name", "password"}
    missing = world.anonymous.post("/accounts/", {})
    assert codes(missing) == {(attr, "required") for attr in ("alias", "name", "password")}


@pytest.mark.parametrize("kind", ["file", "base64", "data URL"])
def test_a_picture_comes_as_a_file_or_as_base64(world: World, kind: str) -> None:
    content = png("teal", size=(30, 20))
    encoded = base64.b64encode(content).decode()
    sent: Any = {"base64": encoded, "data URL": f"data:image/png;base64,{encoded}"}.get(kind)
    encoding = "json"
    if kind == "file":
        sent, encoding = SimpleUploadedFile("me.png", content), "multipart"
    fields = {"alias": "ann", "name": "Ann", "password": PASSWORD, "avatar": sent}
    answer = world.anonymous.post("/accounts/", fields, format=encoding)
    assert answer.status_code == 201, answer.data
    picture = picture_of(answer.data["account"])
    assert (picture.format, picture.size) == ("WEBP", (20, 20))


def test_without_a_picture_the_default_one_is_shown(world: World) -> None:
    assert picture_of(world.sign_up("ann").account()).format == "WEBP"
    assert stored_pictures() == set()


def test_a_picture_that_is_replaced_is_deleted(world: World) -> None:
    ann = world.sign_up("ann")
    for colour in ("red", "green"):
        assert ann.client.patch("/accounts/me/", {"avatar": avatar(colour)}).status_code == 200
    (key,) = stored_pictures()
    assert ann.account()["avatar_url"].endswith(key)


def test_the_same_picture_again_stays(world: World) -> None:
    ann = world.sign_up("ann")
    answers = [ann.client.patch("/accounts/me/", {"avatar": avatar("red")}) for _ in range(2)]
    urls = {answer.data["avatar_url"] for answer in answers}
    assert len(urls) == len(stored_pictures()) == 1


def test_an_alias_that_is_taken_leaves_no_picture(world: World) -> None:
    world.sign_up("ann")
    fields = {"alias": "ann", "name": "x", "password": PASSWORD, "avatar": avatar("red")}
    assert world.anonymous.post("/accounts/", fields).status_code == 409
    assert stored_pictures() == set()


def test_a_name_can_be_changed_alone(world: World) -> None:
    ann = world.sign_up("ann")
    before = ann.account()
    answer = ann.client.patch("/accounts/me/", {"name": "Anna", "alias": "other", "x": 1})
    assert answer.status_code == 200
    assert answer.data == before | {"name": "Anna"}


@pytest.mark.parametrize(
    ("current", "problem"),
    [({}, "required"), ({"current_password": "wrong"}, "invalid")],
)
def test_a_new_password_needs_the_current_one(
    world: World, current: dict[str, str], problem: str
) -> None:
    ann = world.sign_up("ann")
    fields = {"password": "another horse, correct"} | current
    answer = ann.client.patch("/accounts/me/", fields)
    assert answer.status_code == 400
    assert codes(answer) == {("current_password", problem)}
    assert sign_in(world, ann, PASSWORD) == 201


def sign_in(world: World, person: Person, password: str) -> int:
    fields = {"alias": person.alias, "password": password}
    return int(world.anonymous.post("/sessions/", fields).status_code)


def test_a_new_password_ends_the_other_sessions_and_the_old_password(world: World) -> None:
    ann = world.sign_up("ann")
    fields = {"alias": "ann", "password": PASSWORD}
    other = world.anonymous.post("/sessions/", fields).data["token"]
    change = {"password": "another horse, correct", "current_password": PASSWORD}
    assert ann.client.patch("/accounts/me/", change).status_code == 200
    assert ann.client.get("/accounts/me/").status_code == 200
    stale = world.anonymous.get("/accounts/me/", headers={"Authorization": f"Bearer {other}"})
    assert stale.status_code == 401
    assert sign_in(world, ann, PASSWORD) == 401
    assert sign_in(world, ann, "another horse, correct") == 201


def test_repeated_failures_to_sign_in_are_refused_for_a_while(world: World) -> None:
    ann = world.sign_up("ann")
    answers = [sign_in(world, ann, "wrong") for _ in range(4)]
    assert answers == [401, 401, 401, 429]
    refused = world.anonymous.post("/sessions/", {"alias": "ann", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_signing_out_ends_the_session(world: World) -> None:
    ann = world.sign_up("ann")
    current = ann.client.get("/sessions/current/")
    assert set(current.data) == {"expires_at", "account"}
    assert ann.client.delete("/sessions/current/").status_code == 204
    assert ann.client.get("/sessions/current/").status_code == 401
