"""Signing in to the browsable API with a browser: an HTML form, and the token in a cookie."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tweeter import wiring
from tweeter.api.authentication import cookie_name
from tweeter.api.client_address import client_address
from tweeter.api.errors import error_page
from tweeter.config import get_config
from tweeter.errors import TweeterError, Unauthenticated

_FORM = "tweeter/sign_in.html"


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form; then set the cookie and go on to where the browser came from."""
    going_to = _safe_target(request)
    if request.method == "GET":
        return render(request, _FORM, {"next": going_to})
    alias = request.POST.get("alias", "")
    try:
        session = wiring.session_service().sign_in(
            alias=alias,
            password=request.POST.get("password", ""),
            address=client_address(request),
        )
    except TweeterError as error:
        return error_page(request, _FORM, error, next=going_to, alias=alias)
    response = redirect(going_to)
    response.set_cookie(
        cookie_name(), session.token, httponly=True, samesite="Lax", secure=get_config().https
    )
    return response


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of the cookie, if it is alive, and remove the cookie."""
    sessions = wiring.session_service()
    with suppress(Unauthenticated):  # it has ended already, which is what was asked for
        sessions.sign_out(sessions.authenticate(request.COOKIES.get(cookie_name(), "")))
    response = redirect("root")
    response.delete_cookie(cookie_name(), samesite="Lax")
    return response


def _safe_target(request: HttpRequest) -> str:
    """Return the path that `next` names, or the root: a link must not lead off to another site."""
    target = request.POST.get("next") or request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if allowed else resolve_url("root")
