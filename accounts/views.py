"""Accounts, sessions and follows over HTTP."""

from __future__ import annotations

from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.examples import ACCOUNT
from accounts.interfaces import Roster
from accounts.serializers import (
    ALIAS_PARAMETER,
    AccountSerializer,
    CredentialsSerializer,
    CurrentSessionSerializer,
    ProfileSerializer,
    RelationshipSerializer,
    RemovalSerializer,
    SessionSerializer,
    SignUpSerializer,
)
from tweeter import wiring
from tweeter.api.authentication import caller_of
from tweeter.api.browsable.cookie import begin_session, end_session
from tweeter.api.client_address import client_address
from tweeter.api.openapi import PAGE_PARAMETERS, describe, page_of
from tweeter.api.pagination import CursorPages
from tweeter.api.views import TweeterViewSet

AccountPage = page_of(AccountSerializer, ACCOUNT, "/accounts/grace_h/followers/")


class AccountViewSet(TweeterViewSet):
    """People. Signing up signs in at once."""

    permission_classes = [AllowAny]

    @describe(
        "sign_up",
        tag="accounts",
        body=SignUpSerializer,
        answers=SessionSerializer,
        status=201,
        errors=[429],
        conflicts=["alias_taken"],
    )
    def create(self, request: Request) -> Response:
        """Sign up. The answer is a session: one is signed in at once."""
        fields = self.parse(request)
        sign_in = wiring.account_service().sign_up(
            alias=fields["alias"],
            name=fields["name"],
            password=fields["password"],
            picture=fields.get("avatar"),
            address=client_address(request),
        )
        answer = self.answer(SessionSerializer, sign_in, status.HTTP_201_CREATED)
        return begin_session(request, answer, sign_in.token)

    @describe(
        "read_account",
        tag="accounts",
        answers=AccountSerializer,
        errors=[404],
        parameters=[ALIAS_PARAMETER],
    )
    def retrieve(self, request: Request, alias: str) -> Response:
        """Show an account."""
        return self.answer(AccountSerializer, wiring.account_service().get(alias))


class OwnAccountViewSet(TweeterViewSet):
    """The caller's own account."""

    @describe("read_own_account", tag="accounts", answers=AccountSerializer)
    def retrieve(self, request: Request) -> Response:
        """Show one's own account."""
        return self.answer(AccountSerializer, caller_of(request).account)

    @describe(
        "update_own_account",
        tag="accounts",
        body=ProfileSerializer,
        answers=AccountSerializer,
        errors=[429],
    )
    def partial_update(self, request: Request) -> Response:
        """Change one's own account. What is left out stays; a new password ends all other
        sessions."""
        fields = self.parse(request)
        account = wiring.account_service().change(
            caller_of(request),
            name=fields.get("name"),
            picture=fields.get("avatar"),
            password=fields.get("password"),
            current_password=fields.get("current_password"),
        )
        return self.answer(AccountSerializer, account)

    @describe(
        "delete_own_account",
        tag="accounts",
        body=RemovalSerializer,
        answers=None,
        status=204,
        errors=[429],
    )
    def destroy(self, request: Request) -> Response:
        """Delete one's own account, at once and for good, with all that belongs to it."""
        password = self.parse(request)["password"]
        wiring.account_service().close(caller_of(request), password=password)
        return end_session(request, Response(status=status.HTTP_204_NO_CONTENT))


class SessionViewSet(TweeterViewSet):
    """Signing in."""

    permission_classes = [AllowAny]

    @describe(
        "sign_in",
        tag="sessions",
        body=CredentialsSerializer,
        answers=SessionSerializer,
        status=201,
        errors=[429],
        refusals=["invalid_credentials"],
    )
    def create(self, request: Request) -> Response:
        """Sign in."""
        fields = self.parse(request)
        sign_in = wiring.session_service().sign_in(
            alias=fields["alias"], password=fields["password"], address=client_address(request)
        )
        answer = self.answer(SessionSerializer, sign_in, status.HTTP_201_CREATED)
        return begin_session(request, answer, sign_in.token)


class CurrentSessionViewSet(TweeterViewSet):
    """The session that a request is sent with."""

    @describe("read_session", tag="sessions", answers=CurrentSessionSerializer)
    def retrieve(self, request: Request) -> Response:
        """Show when the session ends, and whose it is."""
        current = {
            "expires_at": wiring.session_service().expires_at(),
            "account": caller_of(request).account,
        }
        return self.answer(CurrentSessionSerializer, current)

    @describe("sign_out", tag="sessions", answers=None, status=204)
    def destroy(self, request: Request) -> Response:
        """Sign out, at once and for good."""
        wiring.session_service().sign_out(caller_of(request))
        return end_session(request, Response(status=status.HTTP_204_NO_CONTENT))


class FollowViewSet(TweeterViewSet):
    """Following an account."""

    @describe(
        "follow",
        tag="follows",
        answers=RelationshipSerializer,
        status=201,
        errors=[404, 429],
        conflicts=["already_following", "cannot_follow_self"],
        parameters=[ALIAS_PARAMETER],
    )
    def create(self, request: Request, alias: str) -> Response:
        """Follow an account: all that it posts from now on."""
        relationship = wiring.follow_service().follow(caller_of(request), alias)
        return self.answer(RelationshipSerializer, relationship, status.HTTP_201_CREATED)

    @describe(
        "unfollow",
        tag="follows",
        answers=None,
        status=204,
        errors=[404, 429],
        conflicts=["not_following"],
        parameters=[ALIAS_PARAMETER],
    )
    def destroy(self, request: Request, alias: str) -> Response:
        """Unfollow an account. What it posted until now stays, and still arrives."""
        wiring.follow_service().unfollow(caller_of(request), alias)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RelationshipViewSet(TweeterViewSet):
    """Who of the caller and another account follows whom."""

    @describe(
        "read_relationship",
        tag="follows",
        answers=RelationshipSerializer,
        errors=[404],
        parameters=[ALIAS_PARAMETER],
    )
    def retrieve(self, request: Request, alias: str) -> Response:
        """Show whether the caller follows an account, and whether it follows the caller."""
        relationship = wiring.follow_service().relationship(caller_of(request), alias)
        return self.answer(RelationshipSerializer, relationship)


class RosterViewSet(TweeterViewSet):
    """Followers or followees of an account, newest follow first."""

    permission_classes = [AllowAny]

    def page(self, request: Request, alias: str, roster: Roster) -> Response:
        """Return a page of one of an account's rosters."""
        pages = CursorPages(request, f"{roster.value}:{alias.lower()}")
        page = wiring.follow_service().page_of(alias, roster, pages.requested())
        return pages.response(page, self.many(AccountSerializer))


class FollowersViewSet(RosterViewSet):
    """Who follows an account."""

    @describe(
        "read_followers",
        tag="follows",
        answers=AccountPage,
        errors=[400, 404],
        parameters=[ALIAS_PARAMETER, *PAGE_PARAMETERS],
    )
    def list(self, request: Request, alias: str) -> Response:
        """List the followers of an account, newest follow first."""
        return self.page(request, alias, Roster.FOLLOWERS)


class FollowingViewSet(RosterViewSet):
    """Whom an account follows."""

    @describe(
        "read_following",
        tag="follows",
        answers=AccountPage,
        errors=[400, 404],
        parameters=[ALIAS_PARAMETER, *PAGE_PARAMETERS],
    )
    def list(self, request: Request, alias: str) -> Response:
        """List those whom an account follows, newest follow first."""
        return self.page(request, alias, Roster.FOLLOWING)
