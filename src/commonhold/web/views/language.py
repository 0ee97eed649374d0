"""The language that somebody chooses for the pages. A cookie keeps it; it says nothing about who they are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST


@csrf_exempt  # so that pages that everybody sees carry no secret of one browser and can be kept; another site could change no more than words
@require_POST
def language(request: Any) -> Any:
    """Keeps the choice, and goes back to the page it was made on."""
    answer = HttpResponseRedirect(_back(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def _back(request: Any) -> str:
    """The page as the browser tells it, with its question; else its address alone, as the form has it; and nowhere but here."""
    for told in (request.headers.get("Referer", ""), request.POST.get("next", "")):
        if told and url_has_allowed_host_and_scheme(told, {request.get_host()}, require_https=request.is_secure()):
            return str(told)
    return "/"
