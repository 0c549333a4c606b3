"""The cookie that keeps a browser signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from tweeter.api.authentication import cookie_name
from tweeter.api.forgery import check_csrf
from tweeter.config import get_config


def may_be_signed_in(request: HttpRequest) -> dict[str, bool]:
    """Tell templates whether the browser has a token, alive or not: all that is known of a visitor
    where nobody looks the session up, as on pages of errors outside of the endpoints."""
    return {"may_be_signed_in": cookie_name() in request.COOKIES}


def keep_token(response: HttpResponseBase, token: str) -> None:
    """Have the browser keep a session's token until it is closed, out of reach of scripts."""
    secure = get_config().https
    response.set_cookie(cookie_name(), token, httponly=True, samesite="Lax", secure=secure)


def drop_token(response: HttpResponseBase) -> None:
    """Have the browser drop the token."""
    response.delete_cookie(cookie_name(), samesite="Lax")


def begin_session(request: Request, response: Response, token: str) -> Response:
    """Keep the token of a session that a page's own form has begun; return the response.

    Programs keep their tokens themselves. A form of another site begins no session here, or it
    could sign people in to an account of its own without their knowing.
    """
    if request.accepted_renderer.format == "api":
        try:
            check_csrf(request)
        except PermissionDenied:
            return response
        keep_token(response, token)
    return response


def end_session(request: Request, response: Response) -> Response:
    """Drop the token of a session that is over, where it came by cookie; return the response."""
    if cookie_name() in request.COOKIES:
        drop_token(response)
    return response
