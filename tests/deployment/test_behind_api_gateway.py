"""Through API Gateway and Zappa: below a stage's prefix, and at a domain of its own."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.deployment.gateway import Answer, Client
from tests.world import PASSWORD, World
from tweeter import aws
from tweeter.config import get_config

HTML = {"Accept": "text/html"}
PAGES = [
    "",
    "accounts/",
    "accounts/ann/",
    "accounts/ann/story/",
    "accounts/bob/",
    "accounts/me/",
    "feed/",
    "nowhere/",
    "sign-in/",
    "statuses/",
]
STATIC_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


class Links(HTMLParser):
    """The addresses on a page: of links, forms, style sheets, scripts and pictures."""

    def __init__(self, page: Answer) -> None:
        super().__init__()
        self._base = page.url
        self.urls: list[str] = []
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.urls += [
            urljoin(self._base, value)
            for name, value in attrs
            if name in {"action", "href", "src"} and value
        ]


def sign_up(client: Client, alias: str, **fields: Any) -> dict[str, str]:
    """Sign up, and return the header that says so."""
    answer = client.post(
        "accounts/", {"alias": alias, "name": alias.title(), "password": PASSWORD} | fields
    )
    assert answer.status == 201, answer.content
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def sign_in(client: Client, **fields: str) -> Answer:
    """Sign in with a browser, from the form on."""
    token = client.get("sign-in/").cookies()[settings.CSRF_COOKIE_NAME].value
    filled = {"alias": "ann", "password": PASSWORD, "csrfmiddlewaretoken": token} | fields
    return client.post("sign-in/", filled, Origin=client.origin)


def test_a_picture_arrives_as_it_was_sent(client: Client) -> None:
    png = BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGB").save(png, "PNG")
    upload = SimpleUploadedFile("ann.png", png.getvalue(), "image/png")
    ann = sign_up(client, "ann", avatar=upload)
    url = client.get("accounts/me/", **ann).json()["avatar_url"]
    key = url.partition(f"{get_config().picture_bucket}.s3.us-east-1.amazonaws.com/")[2]
    stored = aws.client("s3").get_object(Bucket=get_config().picture_bucket, Key=key)
    colours = Image.open(BytesIO(stored["Body"].read())).convert("L").getcolors(65_536)
    assert colours is not None
    assert len(colours) > 100  # noise stays noise; the default picture has a few colours


def test_a_feed_is_read_page_by_page_by_its_own_links(client: Client) -> None:
    ann, bob = sign_up(client, "ann"), sign_up(client, "bob")
    assert client.post("accounts/ann/follow/", {}, **bob).status == 201
    texts = [f"status {number}" for number in range(5)]
    for text in texts:
        status = client.post("statuses/", {"text": text}, **ann).json()
        assert client.get(status["url"]).json()["text"] == text
    World().deliver()
    read = []
    link: str | None = "feed/?page_size=2"
    while link:
        page = client.get(link, **bob).json()
        read += [status["text"] for status in page["results"]]
        link = page["next"]
    assert read == texts[::-1]


def test_the_roots_links_lead_to_what_there_is(client: Client) -> None:
    links = client.get("").json()
    assert {client.get(link).status for link in links.values()} == {200, 401, 405}


@pytest.mark.parametrize("path", PAGES)
def test_all_links_of_a_page_stay_below_the_prefix(client: Client, path: str) -> None:
    ann, _ = sign_up(client, "ann"), sign_up(client, "bob")
    client.post("statuses/", {"text": "hello @bob"}, **ann)
    sign_in(client)
    urls = Links(client.get(path, **HTML)).urls
    own = [url for url in urls if url.startswith(client.origin)]  # pictures are elsewhere
    assert len(own) >= 5
    assert [url for url in own if not url.startswith(f"{client.base}/")] == []


@pytest.mark.parametrize("path", ["", "nowhere/", "sign-in/", "docs/"])
def test_the_static_files_of_a_page_are_served_as_they_are(client: Client, path: str) -> None:
    """The docs page has scripts and a picture, too."""
    base = f"{client.base}/static/"
    urls = [url for url in Links(client.get(path, **HTML)).urls if url.startswith(base)]
    assert urls
    for url in urls:
        answer = client.get(url)
        name = url.removeprefix(base)
        source = finders.find(name)
        assert source is not None
        assert answer.header("Content-Type").startswith(STATIC_TYPES[Path(name).suffix])
        assert answer.content == Path(source).read_bytes()


def test_both_addresses_have_their_own_links_in_one_process(
    behind_stage: Client, behind_domain: Client
) -> None:
    for client in (behind_stage, behind_domain, behind_stage):
        urls = Links(client.get("", **HTML)).urls
        assert all(url.startswith(f"{client.base}/") for url in urls)


def test_the_docs_page_loads_a_schema_that_names_its_server(client: Client) -> None:
    page = client.get("docs/", **HTML)
    (script,) = [url for url in Links(page).urls if "script" in urlsplit(url).query]
    found = re.search(r'url: "([^"]+)"', client.get(script).content.decode())
    assert found
    schema = client.get(urljoin(client.origin, found[1]), Accept="application/json").json()
    assert schema["servers"] == [{"url": client.base}]
    assert client.get(f"{schema['servers'][0]['url']}/health/").status == 200


def test_a_path_without_its_slash_leads_to_the_one_with_it(client: Client) -> None:
    sign_up(client, "ann")
    answer = client.get("accounts/ann?page_size=2")
    assert answer.status == 301
    assert answer.header("Location") == f"{client.prefix}/accounts/ann/?page_size=2"


def test_an_unknown_path_is_not_found(client: Client) -> None:
    answer = client.get("nowhere/")
    assert (answer.status, answer.json()["errors"][0]["code"]) == (404, "not_found")


def test_a_plain_request_is_sent_on_to_https(client: Client) -> None:
    answer = client.send("GET", "feed/?page_size=2", {}, scheme="http")
    assert answer.status == 301
    assert answer.header("Location") == f"{client.base}/feed/?page_size=2"


def test_browsers_are_told_to_stay_with_https(client: Client) -> None:
    lasting = client.get("").header("Strict-Transport-Security")
    assert lasting == "max-age=31536000; includeSubDomains"


def test_the_lists_that_browsers_come_with_are_not_offered_the_domain(client: Client) -> None:
    assert "preload" not in client.get("").header("Strict-Transport-Security")


def test_a_browser_signs_in_posts_and_signs_out(client: Client) -> None:
    ann = sign_up(client, "ann")
    answer = sign_in(client, next=f"{client.prefix}/feed/")
    assert (answer.status, answer.header("Location")) == (302, f"{client.prefix}/feed/")
    cookie = answer.cookies()["__Host-tweeter_token"]
    assert cookie["secure"]
    assert cookie["httponly"]
    page = client.get(answer.header("Location"), **HTML)
    assert b"@ann" in page.content
    form = {"csrfmiddlewaretoken": page.cookies()[settings.CSRF_COOKIE_NAME].value}
    posted = client.post("statuses/", form | {"text": "hello"}, Origin=client.origin, **HTML)
    assert posted.status == 201
    status = client.get("accounts/ann/story/").json()["results"][0]["url"]
    story = Links(client.get("accounts/ann/story/", **HTML))
    assert status in story.urls
    deleted = client.post(status, form | {"_method": "DELETE"}, Origin=client.origin, **HTML)
    assert (deleted.status, client.get(status).status) == (200, 404)
    gone = client.post("sign-out/", form, Origin=client.origin)
    assert gone.header("Location") == f"{client.prefix}/"
    assert b"@ann" not in client.get("", **HTML).content
    assert client.get("accounts/me/", **ann).json()["statuses_count"] == 0


def test_a_cookie_that_a_neighbour_can_set_is_no_session(client: Client) -> None:
    token = sign_up(client, "mallory")["Authorization"].removeprefix("Bearer ")
    shown = {}
    for name in ("tweeter_token", "__Host-tweeter_token"):
        browser = client.at(urlsplit(client.base).netloc)
        shown[name] = b"@mallory" in browser.get("", Cookie=f"{name}={token}", **HTML).content
    assert shown == {"tweeter_token": False, "__Host-tweeter_token": True}


def test_a_form_of_another_site_is_refused(client: Client) -> None:
    sign_up(client, "ann")
    sign_in(client)
    token = client.get("sign-in/").cookies()[settings.CSRF_COOKIE_NAME].value
    fields = {"text": "hello", "csrfmiddlewaretoken": token}
    assert client.post("statuses/", fields, Origin="https://example.net").status == 403


def test_a_request_for_another_host_is_refused(client: Client) -> None:
    assert client.at("example.net").get("").status == 400


def test_the_limit_counts_the_address_that_api_gateway_has_seen(client: Client) -> None:
    statuses = [
        client.send(
            "POST",
            "sessions/",
            {"Content-Type": "application/json", "X-Forwarded-For": f"192.0.2.{number}, 10.0.0.1"},
            b'{"alias": "nobody%d", "password": "wrong password"}' % number,
            address=f"2001:db8:0:1::{number}",
        ).status
        for number in range(get_config().sign_in_attempts_by_address + 1)
    ]
    assert statuses == [401] * get_config().sign_in_attempts_by_address + [429]


def test_a_charset_that_is_none_of_texts_is_the_clients_mistake(client: Client) -> None:
    headers = {"Content_Type": "application/json; charset=base64", "Accept": "application/json"}
    assert client.send("GET", "", headers).status == 200
    assert client.send("POST", "sessions/", headers, b"{}").status == 415
