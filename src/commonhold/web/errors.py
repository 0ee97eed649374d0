"""Errors as pages, and as JSON where the sibling of a page was asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from ..problems import CommonholdError, for_others, problem_document


def error_page(request: Any, error: CommonholdError) -> Any:
    """What cannot be done, and why. No more than the problem itself is told."""
    problems = for_others(error)
    if request.path.endswith(".json"):
        return JsonResponse(problem_document(error, problems), status=error.status, content_type="application/problem+json")
    html = render_to_string("error.html", {"status": error.status, "problems": problems, "number": getattr(request, "request_id", "")})
    return HttpResponse(html, status=error.status, headers={"Cache-Control": "no-store"})
