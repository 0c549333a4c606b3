"""The paths of accounts, sessions and follows."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("accounts/", views.AccountViewSet.as_view({"post": "create"}), name="accounts"),
    path(
        "accounts/me/",
        views.OwnAccountViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
        name="own-account",
    ),
    path(
        "accounts/<str:alias>/",
        views.AccountViewSet.as_view({"get": "retrieve"}),
        name="account",
    ),
    path(
        "accounts/<str:alias>/followers/",
        views.FollowersViewSet.as_view({"get": "list"}),
        name="followers",
    ),
    path(
        "accounts/<str:alias>/following/",
        views.FollowingViewSet.as_view({"get": "list"}),
        name="following",
    ),
    path(
        "accounts/<str:alias>/relationship/",
        views.RelationshipViewSet.as_view({"get": "retrieve"}),
        name="relationship",
    ),
    path(
        "accounts/<str:alias>/follow/",
        views.FollowViewSet.as_view({"post": "create", "delete": "destroy"}),
        name="follow",
    ),
    path("sessions/", views.SessionViewSet.as_view({"post": "create"}), name="sessions"),
    path(
        "sessions/current/",
        views.CurrentSessionViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="current-session",
    ),
]
