"""Which network address a request comes from, as far as nobody but the server in front says so."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

_UNKNOWN = "unknown"
_IPV6_PREFIX_BITS = 64


def client_address(request: HttpRequest | Request) -> str:
    """Return what limits are counted by: an IPv4 address, an IPv6 network, or `unknown`.

    A network of 64 bits is the least that a customer gets (RFC 6177, BCP 157), and all of its
    addresses are at the customer's will. All requests without a proper address count as one
    client: who could do without one would else do without limits.
    """
    try:
        address = ipaddress.ip_address(_seen_address(request.META))
    except ValueError:
        return _UNKNOWN
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), _IPV6_PREFIX_BITS), strict=False))


def _seen_address(meta: Mapping[str, Any]) -> str:
    """Return the address of the connection to API Gateway, or to the server on this machine.

    Zappa leaves Lambda's event in the WSGI environment. Its REMOTE_ADDR is cut out of
    X-Forwarded-For instead, which a client may begin as it likes.
    """
    event = meta.get("lambda.event")
    if event is None:
        return str(meta.get("REMOTE_ADDR", ""))
    identity = (event.get("requestContext") or {}).get("identity") or {}
    return str(identity.get("sourceIp", ""))
