"""A program as the author of a client would write it, on nothing but the generated package.

`test_generated_client.py` runs it, and has its types checked against the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from tweeter_client import AuthenticatedClient, Client
from tweeter_client.api.accounts import (
    delete_own_account,
    export_own_data,
    read_account,
    read_own_account,
    sign_up,
    update_own_account,
)
from tweeter_client.api.feed import read_feed
from tweeter_client.api.follows import (
    follow,
    read_followers,
    read_following,
    read_relationship,
    unfollow,
)
from tweeter_client.api.health import check_health
from tweeter_client.api.sessions import read_session, sign_in, sign_out
from tweeter_client.api.statuses import (
    delete_status,
    post_status,
    read_delivery,
    read_status,
    read_story,
)
from tweeter_client.models import (
    Account,
    AccountPage,
    CredentialsFormRequest,
    CredentialsRequest,
    Delivery,
    DeliveryState,
    ErrorResponse,
    ErrorType,
    Export,
    HealthState,
    PostRequest,
    ProfileMultipartRequest,
    ProfileRequest,
    RemovalRequest,
    Session,
    SignUpMultipartRequest,
    SignUpRequest,
    Status,
    StatusPage,
)
from tweeter_client.types import UNSET, File, Response, Unset

PASSWORD = "a horse, correct"

T = TypeVar("T")
Page = TypeVar("Page", AccountPage, StatusPage)


@dataclass(frozen=True)
class Problem:
    """An error, as a program looks at it."""

    status: int
    type: ErrorType
    code: str
    attr: str | None


def wanted(answer: Response[ErrorResponse | T]) -> T:
    """Return what was asked for."""
    assert answer.parsed is not None
    assert not isinstance(answer.parsed, ErrorResponse), answer.parsed
    return answer.parsed


def problem(answer: Response[Any]) -> Problem:
    """Return what was wrong."""
    assert isinstance(answer.parsed, ErrorResponse), answer
    (error,) = answer.parsed.errors
    assert error.detail
    assert answer.headers["X-Request-Id"]
    return Problem(answer.status_code, answer.parsed.type_, error.code, error.attr)


def walk(read: Callable[[str | Unset], Response[ErrorResponse | Page]]) -> Iterator[Page]:
    """Yield page after page of a list."""
    cursor: str | Unset = UNSET
    while True:
        page = wanted(read(cursor))
        yield page
        if page.next_ is None:
            return
        (cursor,) = parse_qs(urlsplit(page.next_).query)["cursor"]


def anonymous(address: str) -> Client:
    """Return a client of nobody."""
    return Client(base_url=address, raise_on_unexpected_status=True)


def signed_in(address: str, token: str) -> AuthenticatedClient:
    """Return a client of whoever has the token."""
    return AuthenticatedClient(base_url=address, token=token, raise_on_unexpected_status=True)


def join(address: str, alias: str, picture: bytes | None = None) -> AuthenticatedClient:
    """Sign up, by a form with a picture or by JSON without."""
    with anonymous(address) as client:
        body: SignUpMultipartRequest | SignUpRequest
        if picture is None:
            body = SignUpRequest(alias=alias, name=alias.title(), password=PASSWORD)
        else:
            file = File(payload=BytesIO(picture), file_name="me.png", mime_type="image/png")
            body = SignUpMultipartRequest(
                alias=alias, name=alias.title(), password=PASSWORD, avatar=file
            )
        session: Session = wanted(sign_up.sync_detailed(client=client, body=body))
    assert session.account.alias == alias
    return signed_in(address, session.token)


def post(client: AuthenticatedClient, text: str, key: str | Unset = UNSET) -> Status:
    """Post a status."""
    body = PostRequest(text=text)
    return wanted(post_status.sync_detailed(client=client, body=body, idempotency_key=key))


def feed(client: AuthenticatedClient, page_size: int) -> list[list[str]]:
    """Return the texts of a feed, page by page."""
    pages = walk(
        lambda cursor: read_feed.sync_detailed(client=client, cursor=cursor, page_size=page_size)
    )
    return [[status.text for status in page.results] for page in pages]


def story(address: str, alias: str, page_size: int) -> list[list[str]]:
    """Return the texts of a story, page by page, as anybody may read it."""
    with anonymous(address) as client:
        pages = walk(
            lambda cursor: read_story.sync_detailed(
                alias, client=client, cursor=cursor, page_size=page_size
            )
        )
        return [[status.text for status in page.results] for page in pages]


def meet(address: str, picture: bytes) -> tuple[AuthenticatedClient, AuthenticatedClient]:
    """Have two people sign up, one of them sign in, and follow the other."""
    health = wanted(check_health.sync_detailed(client=anonymous(address)))
    assert health.status is HealthState.OK
    ann = join(address, "ann", picture)
    join(address, "bob")
    body = CredentialsRequest(alias="BOB", password=PASSWORD)
    session = wanted(sign_in.sync_detailed(client=anonymous(address), body=body))
    bob = signed_in(address, session.token)
    assert wanted(read_session.sync_detailed(client=bob)).account == session.account
    assert wanted(read_own_account.sync_detailed(client=bob)) == session.account

    followed = wanted(follow.sync_detailed("ann", client=bob))
    assert (followed.following, followed.followed_by) == (True, False)
    towards_bob = wanted(read_relationship.sync_detailed("bob", client=ann))
    assert (towards_bob.following, towards_bob.followed_by) == (False, True)
    return ann, bob


def tell_the_story(address: str, picture: bytes, deliver: Callable[[], object]) -> None:
    """Sign up, sign in, follow, post, read, delete, sign out."""
    ann, bob = meet(address, picture)
    first = post(ann, "Hello @bob, read https://example.org/", key="one")
    assert post(ann, "Hello @bob, read https://example.org/", key="one") == first
    assert [mention.alias for mention in first.mentions] == ["bob"]
    assert [link.url for link in first.links] == ["https://example.org/"]
    for number in (2, 3):
        post(ann, f"number {number}")
    deliver()
    delivery: Delivery = wanted(read_delivery.sync_detailed(first.id, client=ann))
    assert delivery.state is DeliveryState.DELIVERED
    assert (delivery.followers, delivery.delivered) == (1, 1)
    assert delivery.started_at is not None
    assert delivery.started_at >= first.created_at

    assert feed(bob, 2) == [["number 3", "number 2"], [first.text]]
    assert story(address, "ann", 2) == feed(bob, 2)
    assert wanted(read_status.sync_detailed(first.id, client=anonymous(address))) == first

    assert delete_status.sync_detailed(first.id, client=ann).status_code == 204
    assert feed(bob, 3) == [["number 3", "number 2"]]
    assert unfollow.sync_detailed("ann", client=bob).status_code == 204
    assert sign_out.sync_detailed(client=bob).status_code == 204
    assert problem(sign_out.sync_detailed(client=bob)).status == 401


def walk_the_lists(address: str) -> None:
    """Follow, and read who follows whom, page by page."""
    clients = {alias: join(address, alias) for alias in ("ann", "bob", "cid", "dan")}
    for alias in ("bob", "cid", "dan"):
        wanted(follow.sync_detailed("ann", client=clients[alias]))
    with anonymous(address) as client:
        followers = walk(
            lambda cursor: read_followers.sync_detailed(
                "ann", client=client, cursor=cursor, page_size=2
            )
        )
        aliases = [[account.alias for account in page.results] for page in followers]
        following = wanted(read_following.sync_detailed("bob", client=client))
    assert aliases == [["dan", "cid"], ["bob"]]
    assert [account.alias for account in following.results] == ["ann"]
    assert following.results[0].followers_count == 3


def change_export_and_delete(address: str, picture: bytes) -> None:
    """Change an account, take its data along, and delete it."""
    ann = join(address, "ann")
    post(ann, "soon gone")
    name = ProfileRequest(name="Ann B.")
    named: Account = wanted(update_own_account.sync_detailed(client=ann, body=name))
    assert named.name == "Ann B."
    file = File(payload=BytesIO(picture), file_name="me.png")
    form = ProfileMultipartRequest(avatar=file)
    pictured = wanted(update_own_account.sync_detailed(client=ann, body=form))
    assert pictured.name == "Ann B."
    assert pictured.avatar_url != named.avatar_url

    export: Export = wanted(export_own_data.sync_detailed(client=ann))
    assert export.account.name == "Ann B."
    assert [status.text for status in export.statuses] == ["soon gone"]
    assert len(export.sessions) == 1
    assert export.next_ is None

    wrong = RemovalRequest(password="another one")
    assert problem(delete_own_account.sync_detailed(client=ann, body=wrong)).attr == "password"
    right = RemovalRequest(password=PASSWORD)
    assert delete_own_account.sync_detailed(client=ann, body=right).status_code == 204
    gone = read_account.sync_detailed("ann", client=anonymous(address))
    assert problem(gone) == Problem(404, ErrorType.CLIENT_ERROR, "not_found", None)


def meet_errors(address: str) -> Iterator[Problem]:
    """Do what is answered by errors, and yield them."""
    ann, bob = join(address, "ann"), join(address, "bob")
    status = post(ann, "mine", key="one")

    again = SignUpRequest(alias="Ann", name="Ann", password=PASSWORD)
    yield problem(sign_up.sync_detailed(client=anonymous(address), body=again))
    yield problem(follow.sync_detailed("bob", client=bob))
    other = PostRequest(text="another")
    yield problem(post_status.sync_detailed(client=ann, body=other, idempotency_key="one"))
    yield problem(post_status.sync_detailed(client=ann, body=PostRequest(text=" ")))
    yield problem(read_feed.sync_detailed(client=ann, cursor="forged"))
    yield problem(delete_status.sync_detailed(status.id, client=bob))
    yield problem(read_feed.sync_detailed(client=signed_in(address, "nonsense")))


def guess(address: str) -> Response[ErrorResponse | Session]:
    """Try a password, by a form."""
    body = CredentialsFormRequest(alias="nobody", password="a guess")
    return sign_in.sync_detailed(client=anonymous(address), body=body)
