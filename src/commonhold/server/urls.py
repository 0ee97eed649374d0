"""Every address of the server, in order."""

from __future__ import annotations

from django.urls import include, path

from .health import healthz, metrics, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/", include("commonhold.api.urls")),
    path("-/", include("commonhold.web.accounts.urls")),
    path("", include("commonhold.graphql.urls")),
    path("", include("commonhold.web.urls")),
]

handler400 = "commonhold.server.errors.bad_request"
handler403 = "commonhold.server.errors.permission_denied"
handler404 = "commonhold.server.errors.page_not_found"
handler500 = "commonhold.server.errors.server_error"
