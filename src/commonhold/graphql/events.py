"""Reading events in batches, with the notes that they have now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import msgspec

from ..flows.vocabulary import EconomicEvent
from .things import Thing

if TYPE_CHECKING:
    from .view import View

_COLUMNS = ("action", "provider", "receiver", "resource", "to_resource", "previous", "input_of", "output_of", "corrects")
_SQL = (
    f"SELECT e.position, e.id, j.leaf, j.data, n.revised, n.note, r.leaf, {', '.join(f'e.{name}' for name in _COLUMNS)} FROM economic_event e"
    " JOIN journal_entry j ON j.commons = e.commons AND j.position = e.position"
    " LEFT JOIN event_note n ON n.commons = e.commons AND n.event = e.position"
    " LEFT JOIN journal_entry r ON r.commons = n.commons AND r.position = n.revised WHERE e.commons = ? AND e.position IN"
)


class _Body(msgspec.Struct):
    event: EconomicEvent


class _Envelope(msgspec.Struct):
    body: _Body
    created: str


_event = msgspec.json.Decoder(_Envelope)


def read_events(view: View, positions: Collection[int]) -> dict[int, Thing]:
    """Events by position."""
    found = {}
    for position, id_, leaf, data, revised, note, noted, *values in view.rows(_SQL, positions):
        envelope = _event.decode(bytes(data))
        event = envelope.body.event
        if revised is not None:
            event = msgspec.structs.replace(event, note=note or None)
        entry = bytes(leaf if revised is None else noted).hex()
        found[position] = Thing(
            "EconomicEvent", position, id_ or bytes(leaf).hex(), event, created=position, revised=position if revised is None else revised, entry=entry,
            columns=dict(zip(_COLUMNS, values, strict=True)) | {"recorded": envelope.created},
        )  # fmt: skip
    return found


def positions_of(view: View, ids: Iterable[str]) -> dict[str, int]:
    """Where the events are that are called so, or whose entries are."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, int] = dict(view.rows("SELECT id, position FROM economic_event WHERE commons = ? AND id IN", wanted))
    leaves = {bytes.fromhex(id_): id_ for id_ in wanted if id_ not in found and len(id_) == 64 and not set(id_) - set("0123456789abcdef")}
    sql = "SELECT leaf, position FROM journal_entry WHERE commons = ? AND leaf IN"
    placed = {leaves[bytes(leaf)]: position for leaf, position in view.rows(sql, leaves)}
    events = view.events(placed.values())
    return found | {id_: position for id_, position in placed.items() if position in events}
