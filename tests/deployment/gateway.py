"""API Gateway and Zappa in front of the application, and a client that reaches it through them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any, Self
from urllib.parse import parse_qs, urljoin, urlsplit

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from zappa.handler import (
    DEFAULT_TEXT_MIMETYPES,
    LambdaHandler,
    ZappaWSGIMiddleware,
)

STAGE = "production"


class Handler(LambdaHandler):  # type: ignore[misc]  # Zappa has no types
    """Zappa's handler of a deployment's function, about an application that is given to it.

    Its own constructor imports the application, and only once a process.
    """

    def __new__(cls, *_arguments: Any) -> Self:
        return object.__new__(cls)

    def __init__(self, application: Any) -> None:
        self.wsgi_app = ZappaWSGIMiddleware(application)
        self.app_type = "wsgi"
        self.trailing_slash = True
        self._text_mimetypes = DEFAULT_TEXT_MIMETYPES
        self.settings = SimpleNamespace(
            API_STAGE=STAGE,
            BASE_PATH=None,
            BINARY_SUPPORT=True,
            CONTEXT_HEADER_MAPPINGS={},
            DEBUG=False,
            DOMAIN=None,
            EXCEPTION_HANDLER=None,
        )


class Answer:
    """What API Gateway sends back for an answer of the function."""

    def __init__(self, url: str, answer: dict[str, Any]) -> None:
        self.url = url
        self.status: int = answer["statusCode"]
        self.headers: dict[str, list[str]] = {
            name.lower(): values for name, values in answer.get("multiValueHeaders", {}).items()
        }
        body: str = answer.get("body", "")
        encoded = answer.get("isBase64Encoded", False)
        self.content = base64.b64decode(body) if encoded else body.encode()

    def header(self, name: str) -> str:
        """Return the one value of a header."""
        (value,) = self.headers[name.lower()]
        return value

    def json(self) -> Any:
        """Return the body's value."""
        return json.loads(self.content)

    def cookies(self) -> SimpleCookie:
        """Return the cookies that it sets."""
        cookies: SimpleCookie = SimpleCookie()
        for line in self.headers.get("set-cookie", []):
            cookies.load(line)
        return cookies


class Client:
    """A client of a deployment, which follows links as they are given and keeps cookies.

    `prefix` is what API Gateway takes off each path before the function sees it.
    """

    def __init__(self, handler: Handler, *, host: str, prefix: str) -> None:
        self.base = f"https://{host}{prefix}"
        self.prefix = prefix
        self._handler = handler
        self._host = host
        self._cookies: SimpleCookie = SimpleCookie()

    @property
    def origin(self) -> str:
        """What a browser calls the site."""
        return f"https://{self._host}"

    def at(self, host: str) -> Client:
        """Return a client that asks the same function for another host."""
        return Client(self._handler, host=host, prefix=self.prefix)

    def get(self, link: str, **headers: str) -> Answer:
        """Get what a link leads to."""
        return self.send("GET", link, headers)

    def post(self, link: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        """Send fields, files among them, as a form does."""
        body = encode_multipart(BOUNDARY, dict(fields))
        return self.send("POST", link, {"Content_Type": MULTIPART_CONTENT} | headers, body)

    def send(
        self,
        method: str,
        link: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        scheme: str = "https",
        address: str = "203.0.113.7",
    ) -> Answer:
        """Send a request from an address; header names may have `_` for `-`."""
        url = urljoin(f"{self.base}/", link)
        assert url.startswith(f"{self.base}/"), f"API Gateway does not pass {url} on"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{key}={each.value}" for key, each in self._cookies.items())
        sent["X-Forwarded-For"] = ", ".join(
            filter(None, [sent.get("X-Forwarded-For"), address, "198.51.100.1"])
        )
        sent |= {"Host": self._host, "X-Forwarded-Port": "443", "X-Forwarded-Proto": scheme}
        event = self._event(method, url, sent, body) | {
            "requestContext": {
                "identity": {"sourceIp": address},
                "path": urlsplit(url).path,
                "stage": STAGE,
            }
        }
        answer = Answer(url, self._handler.handler(event, None))
        self._cookies.update(answer.cookies())
        return answer

    def _event(self, method: str, url: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        """Return a request as a REST API hands it to a function (payload format 1.0), with a body
        as it is when all media types count as binary."""
        parts = urlsplit(url)
        query = parse_qs(parts.query, keep_blank_values=True)
        return {
            "resource": "/{proxy+}",
            "path": parts.path.removeprefix(self.prefix),
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": {"proxy": parts.path.removeprefix(self.prefix).lstrip("/")},
            "stageVariables": None,
            "body": base64.b64encode(body).decode() if body else None,
            "isBase64Encoded": bool(body),
        }
