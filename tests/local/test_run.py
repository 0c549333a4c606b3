"""The whole product, as `make run` starts it: its processes, its queues, its HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.local.tour import Step, follow
from tests.running_product import running_product
from tweeter.local.ports import find_free


class Api:
    """The API over real HTTP."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def __call__(
        self, method: str, path: str, body: object = None, token: str = ""
    ) -> tuple[int, Any]:
        """Send a request; return its status and what the answer's JSON says."""
        request = Request(self._url + path, method=method)  # noqa: S310 - our own address
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        data = json.dumps(body).encode() if body is not None else None
        try:
            with urlopen(request, data) as answer:  # noqa: S310 - our own address
                return answer.status, json.loads(answer.read() or "null")
        except HTTPError as error:
            with error:
                return error.code, json.loads(error.read())


def sign_in(api: Api, alias: str, password: str) -> str:
    status, session = api("POST", "/sessions/", {"alias": alias, "password": password})
    assert status == 201, session
    return str(session["token"])


def paste_the_tour(port: int, aws_port: int) -> tuple[str, str]:
    """Have it print what the README shows; return the aliases of Ada and Joe."""
    printed = []
    for step, found in follow(port, aws_port):
        assert step.matches(found), f"shown: {step.shown}\nprinted: {found}"
        printed.append(found)
    ada, _, _token = printed[0].partition(".")
    return ada, ada.replace("ada", "joe")


def test_the_readme_can_be_followed_again_and_again_and_what_it_made_is_there_after_a_restart(
    tmp_path: Path,
) -> None:
    port, aws_port = find_free(), find_free()
    api = Api(port)
    with running_product(port, aws_port, tmp_path / "data") as said:
        assert f"http://127.0.0.1:{port}/" in said
        assert paste_the_tour(port, aws_port)
        ada, joe = paste_the_tour(port, aws_port)
    with running_product(port, aws_port, tmp_path / "data"):
        [status] = api("GET", f"/accounts/{ada}/story/")[1]["results"]
        assert status["text"].startswith(f"Hello @{joe}")
        joes = sign_in(api, joe, "a thousand looms")
        assert api("GET", "/feed/", token=joes)[1]["results"] == [status]
        assert api("GET", f"/accounts/{ada}/")[1]["followers_count"] == 1
        with urlopen(status["author"]["avatar_url"]) as picture:  # noqa: S310 - our own address
            assert picture.headers["Content-Type"] == "image/webp"


def test_a_tour_that_prints_something_else_is_noticed() -> None:
    shown = '{"id":"0006612e128ef4a83d212872217a7ebc","text":"Hello",...}'
    step = Step("", shown)
    assert step.matches('{"id":"00000000000000000000000000000000","text":"Hello","links":[]}')
    assert not step.matches('{"id":"0","text":"Hello","links":[]}')
    assert not step.matches('{"id":"00000000000000000000000000000000","text":"Bye","links":[]}')
    assert not step.matches("")
