"""The addresses of accounts, all below `/-/`, which no commons can be called."""

from __future__ import annotations

from django.urls import include, path

from ..views.account import erase, invited, me
from ..views.notifications import stop_letters

urlpatterns = [
    path("me/", me),
    path("me.json", me, {"as_json": True}),
    path("me/erase/", erase),
    path("invited/<str:secret>/", invited),
    path("letters/<str:token>/", stop_letters),
    path("account/", include("allauth.urls")),
]
