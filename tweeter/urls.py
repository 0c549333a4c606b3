"""All paths: each app's own, and those that belong to none."""

from django.urls import include, path

from tweeter.api.browsable import views as pages
from tweeter.api.views import DocsView, HealthView, RootView, SchemaView

urlpatterns = [
    path("", RootView.as_view(), name="root"),
    path("", include("accounts.urls")),
    path("", include("statuses.urls")),
    path("", include("feeds.urls")),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="schema"), name="docs"),
    path("health/", HealthView.as_view(), name="health"),
    path("sign-in/", pages.sign_in, name="browser-sign-in"),
    path("sign-out/", pages.sign_out, name="browser-sign-out"),
    path("find/", pages.find, name="find"),
]

handler400 = "tweeter.api.errors.bad_request"
handler404 = "tweeter.api.errors.not_found"
handler500 = "tweeter.api.errors.server_error"
