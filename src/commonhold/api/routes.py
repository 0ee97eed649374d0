"""Routes: each is written down once; Django's addresses and the OpenAPI document both follow from them."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.views.decorators.csrf import csrf_exempt

from ..problems import CommonholdError, Problem, not_found
from .answers import JSON, WrongMethod, internal, methods, not_modified, problem_response
from .call import Call, read_query

log = logging.getLogger("commonhold.api")

ENTRY = r"[0-9]{1,7}|[0-9a-f]{8,64}"
PATH_PARTS: Mapping[str, tuple[str, str]] = {
    "commons": (r"[a-z0-9][a-z0-9-]{0,40}", "Short name of a commons."),
    "entry": (ENTRY, "Place of an entry in the journal, its id, or the first eight or more digits of its id."),
    "number": (r"[1-9][0-9]{0,8}", "Number of a distribution, or of a proposal."),
    "agent": (r"did:key:z[1-9A-HJ-NP-Za-km-z]{44,50}|org:[a-z0-9][a-z0-9-]{0,62}|id:[0-9a-f]{32}", "Id of an agent."),
    "domain": (r"[a-z0-9][a-z0-9_-]{0,40}", "A domain of the charter."),
    "tile": (r"(entries|[0-9]{1,2})/(x[0-9]{3}/){0,5}[0-9]{3}(\.p/[1-9][0-9]{0,2})?", "Level, place and width of a tile, as in tlog-tiles."),
}
"""What may stand in the braces of a route: pattern, and what it means."""


class NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """A route without parameters."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one address.

    Attributes:
        path: After `/api/`, with parts in braces.
        answers: Shape of the JSON answer, if it is JSON of a known shape. answers_many: To a body of many lines.
        query: Shape of the parameters. body: Shape of the JSON body. media: Of the answer. takes: Media types of the body.
        errors: Statuses besides 200 that it may answer. state: Gives the validator of an answer before it is made.
        token: Whether it asks for one.
    """

    method: str
    path: str
    name: str
    summary: str
    run: Callable[[Call], Any]
    answers: Any = None
    answers_many: Any = None
    query: type[msgspec.Struct] = NoQuery
    body: type[msgspec.Struct] | None = None
    media: str = JSON
    takes: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()
    state: Callable[[Call], str] | None = None
    token: bool = False
    tag: str = "read"

    def pattern(self) -> str:
        """The address as a regular expression."""
        parts = re.split(r"\{(\w+)\}", self.path)
        return "^" + "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>{PATH_PARTS[part][0]})" for at, part in enumerate(parts)) + r"\Z"


def view_of(routes: list[Route]) -> Callable[..., Any]:
    """The view of one address, which may have several methods."""
    by_method = {route.method: route for route in routes}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]
    allowed = ", ".join([*by_method, "OPTIONS"])

    @csrf_exempt
    def view(request: Any, **path: str) -> Any:
        if request.method == "OPTIONS":
            return methods(allowed)
        route = by_method.get(request.method)
        try:
            if route is None:
                raise WrongMethod(Problem("api.wrong_method", f"This address takes {allowed}."))
            response = _run(route, Call(request.node, request, path, read_query(request, route.query)))
        except CommonholdError as error:
            if error.status >= 500:
                log.error("%s: %s", route.name if route else "api", error)  # noqa: TRY400 - nobody needs to know where in the program
            response = problem_response(error)
        except Exception:
            log.exception("unexpected error in %s", route.name if route else "api")
            response = problem_response(internal())
        if response.status_code == 405:
            response.headers["Allow"] = allowed
        if request.method in ("GET", "HEAD"):
            # What everybody may read, scripts of other sites may read too: to show it, or to verify the journal in a browser.
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return view


def _run(route: Route, call: Call) -> Any:
    if route.state is None:
        return route.run(call)
    etag = call.etag(route.state(call))
    known = call.request.headers.get("If-None-Match", "")
    if known and (known.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}):
        return not_modified(etag)
    response = route.run(call)
    if response.status_code == 200:
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = "public, no-cache"
    return response


@csrf_exempt
def no_route(request: Any, rest: str = "") -> Any:
    """What is at no address of the API."""
    return problem_response(not_found("api.no_route", "There is nothing at this address. Begin at /api/, or read /api/openapi.json."))
