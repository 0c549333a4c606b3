"""Who sends a request: by bearer token, or by cookie from the browsable API.

Where sessions can't be looked up, a request is answered as if nobody had sent it if anybody may
have that answer, and is a 503 otherwise. Until it is known, the request's `auth` is the error.
"""

from __future__ import annotations

from dataclasses import dataclass

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts.entities import Caller
from tweeter import wiring
from tweeter.api.forgery import check_csrf
from tweeter.config import get_config
from tweeter.errors import Unauthenticated, Unavailable


def cookie_name() -> str:
    """Return the name of the cookie that holds the token of a browser's session.

    With the prefix, browsers take it from this very host and over HTTPS only: no neighbour under
    the same domain can plant a session of its own. Source: RFC 6265bis, section 4.1.3.2.
    """
    return "__Host-tweeter_token" if get_config().https else "tweeter_token"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What DRF calls the user, in the form that its permissions and pages ask for."""

    alias: str
    is_authenticated: bool = True

    def __str__(self) -> str:
        return f"@{self.alias}"


Looked = tuple[SignedIn, Caller] | tuple[None, Unavailable]


def caller_of(request: Request) -> Caller:
    """Return who sends a request; only for views that need a session. Unavailable when that can't
    be found out."""
    if isinstance(request.auth, Unavailable):
        raise request.auth
    if not isinstance(request.auth, Caller):
        raise Unauthenticated("not_authenticated", "Sign in first.")
    return request.auth


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. A bad token is an error even where none is needed, since
    clients must learn that their session has ended."""

    def authenticate(self, request: Request) -> Looked | None:
        """Return the caller, None without the header; Unauthenticated."""
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        if len(parts) != 2 or parts[0].lower() != b"bearer":
            message = "Authorization must be: Bearer, a space, the token."
            raise Unauthenticated("authentication_failed", message)
        token = parts[1].decode("latin-1")
        return _look_up(token)

    def authenticate_header(self, request: Request) -> str:
        """Return what WWW-Authenticate says."""
        return "Bearer"


class CookieAuthentication(BaseAuthentication):
    """The cookie that signing in to the browsable API sets; forms must carry their CSRF token.

    A stale cookie is no error but anonymous: the browser's user did not send it on purpose, and
    could see no page any more, not even to sign in again.
    """

    def authenticate(self, request: Request) -> Looked | None:
        """Return the caller, or None; PermissionDenied for a form that can't be trusted."""
        token = request.COOKIES.get(cookie_name())
        if not token:
            return None
        try:
            looked_up = _look_up(token)
        except Unauthenticated:
            return None
        check_csrf(request)
        return looked_up


def _look_up(token: str) -> Looked:
    """Return what DRF keeps of a request as its user and its auth; Unauthenticated."""
    try:
        caller = wiring.session_service().authenticate(token)
    except Unavailable as error:
        return None, error
    return SignedIn(caller.account.alias), caller
