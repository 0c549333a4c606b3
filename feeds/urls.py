"""The paths of feeds and deliveries."""

from django.urls import path

from feeds import views

urlpatterns = [
    path("feed/", views.FeedViewSet.as_view({"get": "list"}), name="feed"),
    path(
        "statuses/<str:status_id>/delivery/",
        views.DeliveryViewSet.as_view({"get": "retrieve"}),
        name="delivery",
    ),
]
