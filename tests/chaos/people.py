"""People who use the API and write down what they know of what they did.

Each is moved by one thread. What the contract does not allow is noted as a problem.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from random import Random

from PIL import Image

from tests.chaos.record import AccountRecord, FollowRecord, PostRecord, Record, SessionRecord
from tests.chaos.web import Answer, Web

OK, CREATED, GONE = HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT
_PASSWORD = "a horse, correct {number}"


@dataclass(slots=True)
class Person:
    """Somebody with an account."""

    alias: str
    web: Web
    record: Record
    account: AccountRecord
    password: str = _PASSWORD.format(number=0)
    passwords: int = 0
    session: SessionRecord | None = None
    follows: dict[str, bool | None] = field(default_factory=dict)
    """Whether this person follows an account; not known is None, never tried is missing."""
    posts: list[PostRecord] = field(default_factory=list)
    """Those that were answered and not deleted."""
    gone: set[str] = field(default_factory=set)
    """Who may have deleted their account by now; shared by everybody."""

    def sign_in(self) -> bool:
        """Begin a session; tell whether it is known to have begun."""
        answer = self.web.insist("POST", "/sessions/", self._credentials())
        if answer.status == CREATED:
            self._begin(answer)
        elif answer.status is not None:
            self._object("sign in", answer)
        return answer.status == CREATED

    def sign_out(self) -> None:
        """End the session."""
        session = self._require_session()
        answer = self.web.insist("DELETE", "/sessions/current/", **self._who())
        self.session = None
        if answer.status == GONE or (answer.is_doubtful and answer.status == 401):
            session.is_alive = False
        else:
            session.is_alive = None
            self._object_unless_unanswered("sign out", answer)

    def follow(self, followee: str) -> None:
        """Follow somebody."""
        knew = self.follows.get(followee, False)
        answer = self.web.insist("POST", f"/accounts/{followee}/follow/", **self._who())
        there_already = answer.status == 409 and answer.has("already_following")
        is_done = answer.status == CREATED or there_already
        if there_already and knew is False and not answer.is_doubtful:
            self._object(f"follow {followee}", answer)
        elif not is_done and not self._is_gone(followee, answer):
            self._object_unless_unanswered(f"follow {followee}", answer)
        self._note_follow(followee, answer, follows=True, is_done=is_done)

    def unfollow(self, followee: str) -> None:
        """Stop following somebody."""
        knew = self.follows.get(followee, False)
        answer = self.web.insist("DELETE", f"/accounts/{followee}/follow/", **self._who())
        gone_already = answer.status == 409 and answer.has("not_following")
        is_done = answer.status == GONE or gone_already
        if gone_already and knew is True and not answer.is_doubtful:
            self._object(f"unfollow {followee}", answer)
        elif not is_done and not self._is_gone(followee, answer):
            self._object_unless_unanswered(f"unfollow {followee}", answer)
        self._note_follow(followee, answer, follows=False, is_done=is_done)

    def post(self, text: str, key: str | None) -> None:
        """Post a status; with an idempotency key as often as it takes, without one once."""
        path, fields = "/statuses/", {"text": text}
        if key is None:
            answer = self.web.once("POST", path, fields, **self._who())
        else:
            answer = self.web.insist("POST", path, fields, **self._who(), Idempotency_Key=key)
        post = PostRecord(
            author=self.account.account_id, text=text, began=answer.began, ended=answer.ended
        )
        if answer.status == CREATED:
            post.status_id = answer.body["id"]
            self.posts.append(post)
        else:
            self._object_unless_unanswered("post", answer)
        self.record.posts.append(post)

    def delete(self, post: PostRecord) -> None:
        """Delete a status."""
        self.posts.remove(post)
        answer = self.web.insist("DELETE", f"/statuses/{post.status_id}/", **self._who())
        if answer.status == GONE or (answer.is_doubtful and answer.status == 404):
            post.is_deleted = True
        else:
            post.is_deleted = None
            self._object_unless_unanswered("delete", answer)

    def change_picture(self, picture: str) -> None:
        """Show another picture."""
        answer = self.web.insist("PATCH", "/accounts/me/", {"avatar": picture}, **self._who())
        if answer.status == OK:
            self.account.has_picture = True
            self.account.picture_key = _key_of(answer.body["avatar_url"])
        else:
            self.account.has_picture = self.account.has_picture or None
            self.account.picture_key = None
            self._object_unless_unanswered("change the picture", answer)

    def change_name(self, name: str) -> None:
        """Take another name."""
        answer = self.web.insist("PATCH", "/accounts/me/", {"name": name}, **self._who())
        self.account.name = name if answer.status == OK else None
        if answer.status != OK:
            self._object_unless_unanswered("change the name", answer)

    def change_password(self) -> None:
        """Take another password, which ends all sessions but this one."""
        new = _PASSWORD.format(number=self.passwords + 1)
        self.passwords += 1
        fields = {"password": new, "current_password": self.password}
        answer = self.web.insist("PATCH", "/accounts/me/", fields, **self._who())
        if answer.status == OK or (answer.is_doubtful and answer.status == 400):
            self.password = new
            self._end_others(is_alive=False)
            return
        self._object_unless_unanswered("change the password", answer)
        self._end_others(is_alive=None)
        old, self.password = self.password, new
        again = self.web.insist("POST", "/sessions/", self._credentials())
        self.password = new if again.status == CREATED else old

    def delete_account(self) -> None:
        """Delete the account, and see that nobody else gets its alias."""
        self.gone.add(self.alias)
        fields = {"password": self.password}
        answer = self.web.insist("DELETE", "/accounts/me/", fields, **self._who())
        is_gone = answer.status == GONE or (answer.is_doubtful and answer.status == 401)
        if not is_gone:
            self._object_unless_unanswered("delete the account", answer)
        self.account.is_there = False if is_gone else None
        self._end_others(is_alive=False if is_gone else None)
        self._require_session().is_alive = False if is_gone else None
        for post in self.record.posts:
            if post.author == self.account.account_id:
                post.is_deleted = is_gone or None
        if is_gone:
            self._see_that_the_alias_is_kept()

    def _see_that_the_alias_is_kept(self) -> None:
        fields = {"name": "Somebody Else", **self._credentials()}
        answer = self.web.insist("POST", "/accounts/", fields)
        if not (answer.status is None or answer.has("alias_taken")):
            self._object("see that nobody gets the alias", answer)

    def walk_feed(self) -> None:
        """Take down what the whole feed holds, page by page."""
        ids: list[str] = []
        path: str | None = "/feed/?page_size=100"
        while path:
            answer = self.web.insist("GET", path, **self._who())
            if answer.status != OK:
                self._object("walk through the feed", answer)
                return
            ids += [status["id"] for status in answer.body["results"]]
            following = answer.body["next"]
            path = following and following[following.index("/feed/") :]
        self.record.feeds[self.account.account_id] = ids

    def read_feed(self) -> None:
        """Look at the first page of the feed: newest first, and nothing twice."""
        answer = self.web.insist("GET", "/feed/?page_size=50", **self._who())
        if answer.status != OK:
            self._object_unless_unanswered("read the feed", answer)
            return
        ids = [status["id"] for status in answer.body["results"]]
        if ids != sorted(set(ids), reverse=True):
            self.record.problems.append(f"{self.alias}'s feed is out of order: {ids}")

    def _credentials(self) -> dict[str, str]:
        return {"alias": self.alias, "password": self.password}

    def _begin(self, answer: Answer) -> None:
        self.session = SessionRecord(self.account.account_id, answer.body["token"])
        self.record.sessions.append(self.session)

    def _require_session(self) -> SessionRecord:
        assert self.session is not None
        return self.session

    def _who(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._require_session().token}"}

    def _end_others(self, *, is_alive: bool | None) -> None:
        for session in self.record.sessions:
            mine = session.account_id == self.account.account_id
            if mine and session is not self.session and session.is_alive is not False:
                session.is_alive = is_alive

    def _is_gone(self, followee: str, answer: Answer) -> bool:
        return answer.status == HTTPStatus.NOT_FOUND and followee in self.gone

    def _note_follow(self, followee: str, answer: Answer, *, follows: bool, is_done: bool) -> None:
        self.follows[followee] = follows if is_done else None
        self.record.follows.append(
            FollowRecord(
                follower=self.account.account_id,
                followee=followee.lower(),
                began=answer.began,
                ended=answer.ended,
                follows=follows,
                is_done=is_done,
            )
        )

    def _object_unless_unanswered(self, what: str, answer: Answer) -> None:
        if answer.status is not None:
            self._object(what, answer)

    def _object(self, what: str, answer: Answer) -> None:
        problem = f"{self.alias} wanted to {what} and was told {answer.status}: {answer.body}"
        self.record.problems.append(problem)


def sign_up(
    alias: str, picture: str | None, web: Web, record: Record, gone: set[str]
) -> Person | None:
    """Sign somebody up; None when that may not have happened."""
    account = AccountRecord(account_id=alias.lower(), name=alias.title())
    record.accounts[account.account_id] = account
    person = Person(alias, web, record, account, gone=gone)
    fields = {"name": account.name, **person._credentials()}
    if picture is not None:
        fields["avatar"] = picture
    answer = web.insist("POST", "/accounts/", fields)
    account.has_picture = picture is not None
    if answer.status == CREATED:
        person._begin(answer)
        if picture is not None:
            account.picture_key = _key_of(answer.body["account"]["avatar_url"])
    elif not (answer.is_doubtful and answer.has("alias_taken")):
        person._object_unless_unanswered("sign up", answer)
        return None
    elif not person.sign_in():  # made by a request that was not answered, as this one was not
        return None
    account.is_there = True
    return person


def draw_picture(random: Random) -> str:
    """Return a small picture as a client sends it in JSON."""
    file = BytesIO()
    colour = tuple(random.randrange(256) for _ in range(3))
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return b64encode(file.getvalue()).decode()


def _key_of(url: str) -> str:
    """Return the S3 key in a picture's URL."""
    return "/".join(url.rsplit("/", 2)[-2:])
