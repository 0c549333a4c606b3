"""The paths of statuses and stories."""

from django.urls import path

from statuses import views

urlpatterns = [
    path("statuses/", views.StatusesViewSet.as_view({"post": "create"}), name="statuses"),
    path(
        "statuses/<str:status_id>/",
        views.StatusViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="status",
    ),
    path("accounts/me/export/", views.ExportViewSet.as_view({"get": "retrieve"}), name="export"),
    path("accounts/<str:alias>/story/", views.StoryViewSet.as_view({"get": "list"}), name="story"),
]
