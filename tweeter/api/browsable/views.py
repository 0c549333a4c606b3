"""The pages that are no endpoints: signing in and out, and looking for an account."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from accounts.rules import ALIAS, MAX_ALIAS
from tweeter import wiring
from tweeter.api.authentication import cookie_name
from tweeter.api.browsable.cookie import drop_token, keep_token
from tweeter.api.client_address import client_address
from tweeter.api.errors import error_page, error_response, page_or_error
from tweeter.errors import NotFound, TweeterError, Unauthenticated

_View = Callable[[HttpRequest], HttpResponse]

_FORM = "tweeter/sign_in.html"


def _takes(*methods: str) -> Callable[[_View], _View]:
    """Have a view answer these methods only. Others are refused as they are by endpoints, where
    Django's own decorators would answer nothing but the status."""

    def decorate(view: _View) -> _View:
        @wraps(view)
        def taking(request: HttpRequest) -> HttpResponse:
            if request.method in methods:
                return view(request)
            detail, allow = f'Method "{request.method}" not allowed.', {"Allow": ", ".join(methods)}
            return error_response(405, "method_not_allowed", detail, allow, request=request)

        return taking

    return decorate


@never_cache
@_takes("GET", "HEAD", "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form; then set the cookie and go on to where the browser came from."""
    going_to = _safe_target(request)
    shown = {"next": going_to, "may_be_signed_in": False}
    if request.method != "POST":
        return render(request, _FORM, shown)
    alias = request.POST.get("alias", "").strip().removeprefix("@")
    try:
        session = wiring.session_service().sign_in(
            alias=alias,
            password=request.POST.get("password", ""),
            address=client_address(request),
        )
    except TweeterError as error:
        as_typed = alias[: MAX_ALIAS + 1]  # no longer than its field takes
        return error_page(request, _FORM, error, alias=as_typed, **shown)
    response = HttpResponseRedirect(going_to)  # redirect() might take it for the name of a route
    keep_token(response, session.token)
    return response


@never_cache
@_takes("POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of the cookie, if it is alive, and remove the cookie."""
    sessions = wiring.session_service()
    with suppress(Unauthenticated):  # it has ended already, which is what was asked for
        sessions.sign_out(sessions.authenticate(request.COOKIES.get(cookie_name(), "")))
    response = redirect("root")
    drop_token(response)
    return response


@_takes("GET", "HEAD")
def find(request: HttpRequest) -> HttpResponse:
    """Go to the account with the alias that somebody typed: a form cannot put it into a path."""
    alias = request.GET.get("alias", "").strip().removeprefix("@")
    if not ALIAS.fullmatch(alias):
        error = NotFound("not_found", "There is no account with this alias.")
        return page_or_error(request, error, sought=alias)
    return redirect("account", alias=alias)


def _safe_target(request: HttpRequest) -> str:
    """Return what `next` names where it is a path from the root of this site, and else the root: a
    link must not lead off to another site."""
    target = request.POST.get("next") or request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if allowed and target.startswith("/") else resolve_url("root")
