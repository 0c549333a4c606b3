"""The whole product, as `make run` starts it: its processes, its queues, its HTTP."""

from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

from bench.web import ask
from tests.local.tour import Step, follow
from tests.running_product import running_product
from tweeter.local.ports import find_free


def sign_in(port: int, alias: str, password: str) -> str:
    secret = {"alias": alias, "password": password}
    return str(ask(port, "POST", "/sessions/", secret).expect(201)["token"])


def paste_the_tour(port: int, aws_port: int) -> tuple[str, str]:
    """Have it print what the README shows; return the aliases of Ada and Joe."""
    printed = []
    for step, found in follow(port, aws_port):
        assert step.matches(found), f"mend README.md: shown: {step.shown}\nprinted: {found}"
        printed.append(found)
    ada, _, _token = printed[0].partition(".")
    return ada, ada.replace("ada", "joe")


def test_the_readme_can_be_followed_again_and_again_and_what_it_made_is_there_after_a_restart(
    tmp_path: Path,
) -> None:
    port, aws_port = find_free(), find_free()
    with running_product(port, aws_port, tmp_path / "data") as said:
        assert f"http://127.0.0.1:{port}/" in said
        assert paste_the_tour(port, aws_port)
        ada, joe = paste_the_tour(port, aws_port)
    with running_product(port, aws_port, tmp_path / "data"):
        [status] = ask(port, "GET", f"/accounts/{ada}/story/").json["results"]
        assert status["text"].startswith(f"Hello @{joe}")
        joes = sign_in(port, joe, "a thousand looms")
        assert ask(port, "GET", "/feed/", token=joes).json["results"] == [status]
        assert ask(port, "GET", f"/accounts/{ada}/").json["followers_count"] == 1
        with urlopen(status["author"]["avatar_url"]) as picture:  # noqa: S310 - our own address
            assert picture.headers["Content-Type"] == "image/webp"


def test_a_tour_that_prints_something_else_is_noticed() -> None:
    shown = '{"id":"0006612e128ef4a83d212872217a7ebc","text":"Hello",...}'
    step = Step("", shown)
    assert step.matches('{"id":"00000000000000000000000000000000","text":"Hello","links":[]}')
    assert not step.matches('{"id":"0","text":"Hello","links":[]}')
    assert not step.matches('{"id":"00000000000000000000000000000000","text":"Bye","links":[]}')
    assert not step.matches("")
