"""The door: `/graphql` of a node with one commons, `/<commons>/graphql` of each. POST asks; GET gives browsers GraphiQL."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from ..api.answers import JSON, WrongMedia, WrongMethod, internal, methods, problem_json
from ..api.call import Call
from ..journal.head import commons_here
from ..problems import CommonholdError, Problem, bad_input, not_found
from .execution import Operation, carry_out
from .page import graphiql
from .view import View

log = logging.getLogger("commonhold.graphql")

RESPONSE = "application/graphql-response+json"
ALLOWED = "GET, POST, OPTIONS"
_encoder = msgspec.json.Encoder(decimal_format="number")


@csrf_exempt
def only_commons(request: Any) -> Any:
    """`/graphql`: the only commons of the node."""

    def answer() -> Any:
        with request.node.read() as transaction:
            here = commons_here(transaction)
        if len(here) != 1:
            listed = ", ".join(f"/{name}/graphql" for name in here) or "none yet"
            raise not_found("commons.which", f"This node has several commons, each with an address of its own: {listed}.", "commons")
        return _door(request, here[0])

    return _answered(answer)


@csrf_exempt
def one_commons(request: Any, commons: str) -> Any:
    """`/<commons>/graphql`."""

    def answer() -> Any:
        with request.node.read() as transaction:
            if commons not in commons_here(transaction):
                raise not_found("commons.unknown", f"No commons {commons!r} lives on this node.", "commons")
        return _door(request, commons)

    return _answered(answer)


def _answered(answer: Callable[[], Any]) -> Any:
    """What cannot be asked at all has the status of the problem; whatever could be asked has 200."""
    try:
        return answer()
    except CommonholdError as error:
        if error.status >= 500:
            log.error("%s", error)  # noqa: TRY400 - nobody needs to know where in the program
        return _refused(error)
    except Exception:
        log.exception("unexpected error in graphql")
        return _refused(internal())


def _refused(error: CommonholdError) -> Any:
    document = problem_json(error)
    extensions = {**document, "field": document["problems"][0]["field"]}
    response = _json({"errors": [{"message": document["detail"], "extensions": extensions}]}, JSON)
    response.status_code = error.status
    if error.status == 405:
        response.headers["Allow"] = ALLOWED
    return response


def _door(request: Any, commons: str) -> Any:
    if request.method == "OPTIONS":
        return methods(ALLOWED)
    if request.method in ("GET", "HEAD"):
        return graphiql(request)
    if request.method != "POST":
        raise WrongMethod(Problem("api.wrong_method", f"This address takes {ALLOWED}."))
    call = Call(request.node, request, {"commons": commons}, None)
    if call.media() != JSON:
        raise WrongMedia(Problem("api.bad_media", f"Send the operation as {JSON}.", "Content-Type"))
    operation = read_operation(call.body())
    accepted = str(request.headers.get("Accept", ""))
    return _json(carry_out(operation, View(call)), RESPONSE if RESPONSE in accepted and JSON not in accepted else JSON)


def _json(value: Any, media: str) -> Any:
    return HttpResponse(_encoder.encode(value), content_type=media, headers={"Cache-Control": "no-store"})


def read_operation(body: bytes) -> Operation:
    """What stands in a request.

    Raises:
        BadInput: `api.bad_json`, `graphql.bad_request`.
    """
    try:
        plain = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, ArithmeticError):
        raise bad_input("api.bad_json", "The body is not JSON.") from None
    wrong = bad_input("graphql.bad_request", 'Send one operation: {"query": "…", "variables": {…}, "operationName": "…"}.')
    if not isinstance(plain, dict) or not isinstance(plain.get("query"), str):
        raise wrong
    variables, name = plain.get("variables") or {}, plain.get("operationName")
    if not isinstance(variables, dict) or not (name is None or isinstance(name, str)):
        raise wrong
    return Operation(plain["query"], variables, name or None)


def _no_number(text: str) -> Any:
    raise ValueError(text)
