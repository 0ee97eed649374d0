"""For whoever watches the server: is it alive, and can it answer?"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from ..problems import CommonholdError

_UNCOVERED = (
    "SELECT h.commons FROM journal_head h WHERE NOT EXISTS (SELECT 1 FROM journal_checkpoint c"
    " WHERE c.commons = h.commons AND c.size = h.size) ORDER BY h.commons LIMIT 1"
)


@require_safe
def healthz(request: Any) -> Any:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@require_safe
def readyz(request: Any) -> Any:
    """The database answers, and a signed checkpoint covers the head of every journal."""
    try:
        with request.node.read() as transaction:
            uncovered = transaction.value(_UNCOVERED)
    except CommonholdError as error:
        return _not_ready(error.code)
    if uncovered is not None:
        return _not_ready(f"no checkpoint covers the head of {uncovered}")
    return HttpResponse("ready\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def _not_ready(why: str) -> Any:
    return HttpResponse(f"not ready: {why}\n", status=503, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
