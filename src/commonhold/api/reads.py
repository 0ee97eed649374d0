"""Reads: what everybody may see. Names only where their owners made them public; no addresses, no accounts."""

from __future__ import annotations

from typing import Any

from .. import __version__
from ..commons.queries import charter_history
from ..contributions.queries import Filter, attestations, batches, list_contributions, position_of, resolve_id
from ..journal.head import read_head
from ..journal.kinds import time_text
from ..node import overview
from ..node.sharing import distribution_lines, explain, statement
from ..problems import not_found
from ..sharing.queries import member_number
from .answers import json_response
from .call import Call, cursor, read_cursor

API_VERSION = 1
"""Raised with every change of the API; the versions are listed in `docs/reference/api.md`."""


def state(call: Call) -> str:
    """The state of the commons in the path."""
    with call.node.read() as transaction:
        return overview.validator(transaction, call.commons)


def index(call: Call) -> Any:
    links = {"commons": "/api/commons", "openapi": "/api/openapi.json"}
    return json_response({"name": "commonhold", "version": __version__, "apiVersion": API_VERSION, "links": links})


def commons_list(call: Call) -> Any:
    with call.node.read() as transaction:
        return json_response({"commons": overview.commons_lines(transaction)})


def commons(call: Call) -> Any:
    name = call.commons
    with call.node.read() as transaction:
        position, time, _, _, toml = charter_history(transaction, name)[-1]
        found = overview.commons_line(transaction, name) | {
            "verifierKey": read_head(transaction, name).vkey,
            "charter": {"position": position, "time": time_text(time), "toml": toml},
            "money": overview.money(transaction, name),
            "kinds": overview.kinds_and_states(transaction, name),
            "validation": overview.validation(transaction, name),
        }
    parts = ("members", "contributions", "batches", "incomes", "distributions", "journal/checkpoint", "journal/verifier-key")
    return json_response(found | {"links": {part: f"/api/commons/{name}/{part}" for part in parts} | {"page": f"/{name}/"}})


def members(call: Call) -> Any:
    after = read_cursor(call.query.next)
    with call.node.read() as transaction:
        found = overview.members_page(transaction, call.commons, after=-1 if after is None else after, limit=call.query.limit)
    return _page("members", found, call.query.limit, "number")


def contributions(call: Call) -> Any:
    query = call.query
    with call.node.read() as transaction:
        batch = None
        if query.batch:
            batch = position_of(transaction, call.commons, resolve_id(transaction, call.commons, query.batch))
        only = Filter(
            state=query.state or "",
            kind=query.kind or "",
            domain=query.domain or "",
            agent=member_number(transaction, call.commons, query.agent) if query.agent else None,
            batch=batch,
            before=read_cursor(query.next),
            limit=query.limit,
        )
        listed = list(list_contributions(transaction, call.commons, only))
        names = overview.public_names(transaction, call.commons, [one["contributor"] for one in listed])
        found = [one | {"name": overview.called(names, one["contributor"])} for one in listed]
    return _page("contributions", found, query.limit, "position")


def contribution(call: Call) -> Any:
    name = call.commons
    with call.node.read() as transaction:
        position = position_of(transaction, name, resolve_id(transaction, name, call.path["entry"]))
        assert position is not None
        found = next(list_contributions(transaction, name, Filter(before=position + 1, limit=1)), None)
        if found is None or found["position"] != position:
            raise not_found("contributions.unknown", f"Entry {position} is no contribution.", "entry")
        verdicts = attestations(transaction, name, position)
        names = overview.public_names(transaction, name, {found["contributor"], *(one["agent"] for one in verdicts)})
        said = [one | {"name": overview.called(names, one["agent"])} for one in verdicts]
    links = {
        "entry": f"/api/commons/{name}/journal/entries/{position}",
        "receipt": f"/api/commons/{name}/journal/receipts/{position}",
        "page": f"/{name}/contributions/{position}/",
    }
    return json_response(found | {"name": overview.called(names, found["contributor"]), "attestations": said, "links": links})


def batch_list(call: Call) -> Any:
    with call.node.read() as transaction:
        found = batches(transaction, call.commons)
    return _newest("batches", found, call, "position")


def incomes(call: Call) -> Any:
    with call.node.read() as transaction:
        found = overview.incomes_page(transaction, call.commons, before=read_cursor(call.query.next), limit=call.query.limit)
    return _page("incomes", found, call.query.limit, "position")


def distributions(call: Call) -> Any:
    with call.node.read() as transaction:
        found = distribution_lines(transaction, call.commons)
    return _newest("distributions", found, call, "number")


def distribution(call: Call) -> Any:
    with call.node.read() as transaction:
        return json_response(statement(transaction, call.commons, int(call.path["number"]), public=True))


def share(call: Call) -> Any:
    agent = call.path["agent"]
    with call.node.read() as transaction:
        if member_number(transaction, call.commons, agent) < 0:
            raise not_found("commons.unknown_agent", f"{agent} is not known here.", "agent")
    return json_response(explain(call.node, call.commons, agent, int(call.path["number"]), public=True))


def _newest(name: str, found: list[dict[str, Any]], call: Call, key: str) -> Any:
    """A page of what is listed oldest first, newest first."""
    before = read_cursor(call.query.next)
    rest = [one for one in reversed(found) if before is None or one[key] < before]
    return _page(name, rest[: call.query.limit], call.query.limit, key)


def _page(name: str, found: list[dict[str, Any]], limit: int, key: str) -> Any:
    return json_response({name: found, "next": cursor(found[-1][key]) if len(found) == limit else None})
