"""The flows of a commons as a Valueflows document: the shape that `flow_import` takes, with resources as they stand."""

from __future__ import annotations

from typing import Any

import msgspec

from ..commons.people import names
from ..flows.interchange.document import AGENTS, CLASSES, Document
from ..flows.queries import event_view, list_events, list_records, resource_view
from ..flows.store import record_numbered
from ..flows.vocabulary import EconomicResource
from ..store.transaction import Transaction


def flow_document(transaction: Transaction, commons: str, *, named: bool = False) -> Document:
    """All flows of a commons.

    Args:
        named: With the names of persons that are not public; the document is then personal data.
    """
    document: Document = {AGENTS: _agents(transaction, commons, named=named)}
    for key, struct in CLASSES.items():
        if key == "economicEvents":
            document[key] = _events(transaction, commons)
        elif struct is EconomicResource:
            document[key] = [_filled(resource_view(transaction, commons, one)) for one in list_records(transaction, commons, "EconomicResource")]
        else:
            document[key] = [_plain(one.record()) for one in list_records(transaction, commons, struct.__name__)]
    return {key: items for key, items in document.items() if items}


def _agents(transaction: Transaction, commons: str, *, named: bool) -> list[dict[str, Any]]:
    called = names(transaction, commons, public_only=not named)
    types = {"Organization": "Organization", "EcologicalAgent": "EcologicalAgent"}
    rows = transaction.rows("SELECT id, type FROM agent WHERE commons = ? AND type <> 'Node' ORDER BY number", (commons,))
    return [{"id": id_, "type": types.get(type_, "Person"), **({"name": called[id_]} if id_ in called else {})} for id_, type_ in rows]


def _events(transaction: Transaction, commons: str) -> list[dict[str, Any]]:
    """Events in the order of the journal; with each, the resource that begins with it."""
    begun: dict[int, int] = dict(
        transaction.rows("SELECT created, number FROM flow_record WHERE commons = ? AND type = 'EconomicResource'", (commons,))
    )
    found = []
    for past in list_events(transaction, commons):
        plain = event_view(transaction, commons, past)
        if past.position in begun:
            said = _plain(record_numbered(transaction, commons, begun[past.position]).record())
            plain["newInventoriedResource"] = said
        found.append(plain)
    return found


def _plain(record: Any) -> dict[str, Any]:
    plain = msgspec.to_builtins(record)
    assert isinstance(plain, dict)
    plain.pop("type", None)
    return plain


def _filled(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value is not None}
