"""How large what comes before a request's body is, and may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_HEAD_BYTES = 16_384
"""Path, query and headers together. API Gateway lets 10,240 through (AWS: "Quotas for configuring
and running a REST API"), so this binds only where something else stands in front."""


def head_bytes(environ: Mapping[str, Any]) -> int:
    """Return about how many bytes there are; WSGI has a character for each byte."""
    return sum(
        len(name) + len(str(value))
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "PATH_INFO", "QUERY_STRING"}
    )
