"""The addresses of this package."""

from __future__ import annotations

from django.urls import re_path

from .door import one_commons, only_commons
from .page import asset

urlpatterns = [
    re_path(r"^graphql\Z", only_commons),
    re_path(r"^(?P<commons>[a-z0-9][a-z0-9-]{0,40})/graphql\Z", one_commons),
    re_path(r"^graphiql/(?P<digest>[0-9a-f]{12})/(?P<name>[a-z.-]+)\Z", asset),
]
