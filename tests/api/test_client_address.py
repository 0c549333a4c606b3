"""Which address a limit is counted by."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from tweeter.api.client_address import client_address


def gateway_event(source_ip: object) -> dict[str, Any]:
    return {"requestContext": {"identity": {"sourceIp": source_ip}}}


@pytest.mark.parametrize(
    ("seen", "counted_by"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("test-invoke-source-ip", "unknown"),  # what API Gateway's console sends
        ("192.0.2.1, 192.0.2.2", "unknown"),
        ("", "unknown"),
    ],
)
@pytest.mark.parametrize("on_lambda", [False, True])
def test_an_address_is_counted_or_its_network(seen: str, counted_by: str, on_lambda: bool) -> None:
    extra: dict[str, Any] = {"REMOTE_ADDR": seen}
    if on_lambda:
        extra = {"lambda.event": gateway_event(seen)}
    assert client_address(RequestFactory().get("/", **extra)) == counted_by


def test_what_api_gateway_has_seen_goes_before_what_zappa_makes_of_headers() -> None:
    extra: dict[str, Any] = {"lambda.event": gateway_event("192.0.2.1")}
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.9", **extra)
    assert client_address(request) == "192.0.2.1"


@pytest.mark.parametrize(
    "event", [{}, {"requestContext": None}, {"requestContext": {}}, gateway_event(None)]
)
def test_an_event_without_an_address_never_falls_back_on_headers(event: dict[str, Any]) -> None:
    extra: dict[str, Any] = {"lambda.event": event}
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.9", **extra)
    assert client_address(request) == "unknown"
