"""One operation: read, judged, carried out, and answered. What goes wrong is told in the words of every other door."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, execute_sync, get_operation_ast, parse, validate

from ..api.answers import internal, problem_json
from ..problems import CommonholdError
from .limits import TOKENS_MAX, too_much
from .schema import schema
from .view import View

log = logging.getLogger("commonhold.graphql")

TOLD_MAX = 20
"""So many errors are told at most."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a client sends."""

    query: str
    variables: Mapping[str, Any]
    name: str | None = None


def carry_out(operation: Operation, view: View) -> dict[str, Any]:
    """An operation, as plain values: `data`, `errors`. The view is ended."""
    document, errors = _read(operation)
    if document is None:
        return {"errors": [_told(error) for error in errors[:TOLD_MAX]]}
    try:
        result = execute_sync(
            schema(),
            document,
            context_value=view,
            variable_values=dict(operation.variables),
            operation_name=operation.name,
            max_coercion_errors=TOLD_MAX,
        )
    finally:
        view.end()
    answer: dict[str, Any] = {"data": result.data}
    return {"errors": [_told(error) for error in result.errors[:TOLD_MAX]]} | answer if result.errors else answer


def _read(operation: Operation) -> tuple[DocumentNode | None, list[GraphQLError]]:
    """The document, if it is in order and not too much."""
    try:
        document = parse(operation.query, max_tokens=TOKENS_MAX)
        chosen = get_operation_ast(document, operation.name)
        if chosen is None:
            return None, [_error("graphql.which_operation", "Say with operationName which operation is meant.")]
        errors = too_much(schema(), document, chosen, operation.variables) or validate(schema(), document, max_errors=TOLD_MAX)
    except GraphQLSyntaxError as error:
        if "token" in error.message and str(TOKENS_MAX) in error.message:
            return None, [_error("graphql.too_long", f"A document has at most {TOKENS_MAX} tokens.")]
        return None, [_too_deep() if "nested too deeply" in error.message else error]
    except RecursionError:
        return None, [_too_deep()]
    return (None, list(errors)) if errors else (document, [])


def _too_deep() -> GraphQLError:
    return _error("graphql.too_deep", "Parts of the document stand in one another too deep.")


def _error(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def _told(error: GraphQLError) -> dict[str, Any]:
    """An error with its code: of ours the problem document, of the language `graphql.invalid`, of anything else nothing."""
    told: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, CommonholdError):
        if cause.status >= 500:
            log.error("%s", cause)
        document = problem_json(cause)
        told["message"] = document["detail"]
        told["extensions"] = {**document, "field": document["problems"][0]["field"]}
    elif cause is None or isinstance(cause, GraphQLError):
        told["extensions"] = {"code": "graphql.invalid", "field": "", "problems": []} | dict(error.extensions or {})
        told["extensions"]["problems"] = [{"code": told["extensions"]["code"], "field": "", "message": error.message}]
    else:
        log.error("unexpected error at %s", error.path, exc_info=cause)
        document = problem_json(internal())
        told["message"], told["extensions"] = document["detail"], {**document, "field": ""}
    return told
