"""Reads about decisions and stewards: what everybody may see. Hidden ballots are told by no door before they are opened."""

from __future__ import annotations

from typing import Any

import msgspec

from ..commons.queries import find_agent
from ..node import decisions as node
from ..problems import not_found
from .answers import TEXT, json_response, raw_response
from .call import Call, cursor, read_cursor


def decisions(call: Call) -> Any:
    query = call.query
    phase = "" if query.phase is msgspec.UNSET else query.phase
    with call.node.read() as transaction:
        page = node.decisions(call.node, transaction, call.commons, phase, read_cursor(query.next), query.limit)
    return json_response({"decisions": page, "next": cursor(page[-1]["number"]) if len(page) == query.limit else None})


def decision(call: Call) -> Any:
    with call.node.read() as transaction:
        return json_response(node.decision(call.node, transaction, call.commons, int(call.path["number"])))


def recount(call: Call) -> Any:
    with call.node.read() as transaction:
        return json_response(node.recount(transaction, call.commons, int(call.path["number"])))


def ballots(call: Call) -> Any:
    with call.node.read() as transaction:
        return raw_response(node.exported(transaction, call.commons, int(call.path["number"]), call.query.form), TEXT)


def stewards(call: Call) -> Any:
    with call.node.read() as transaction:
        return json_response(node.stewards_page(call.node, transaction, call.commons))


def standing(call: Call) -> Any:
    agent = call.path["agent"]
    with call.node.read() as transaction:
        if find_agent(transaction, call.commons, agent) is None:
            raise not_found("commons.unknown_agent", f"{agent} is not known here.", "agent")
        return json_response(node.standing(call.node, transaction, call.commons, call.path["domain"], agent))
