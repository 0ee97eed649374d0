"""The journal as it is: checkpoint, tiles in the layout of tlog-tiles, signed entries, receipts; and landing signed entries."""

from __future__ import annotations

from typing import Any

from ..contributions.queries import position_of, resolve_id
from ..journal.entry import entry_id
from ..journal.head import latest_checkpoint, read_head
from ..journal.receipt import make_receipt
from ..journal.static import entry_bundle
from ..journal.static import tile as hash_tile
from ..journal.tiles import TILE_HEIGHT, TILE_WIDTH, parse_tile_path
from ..problems import CommonholdError, Problem, bad_input, not_found
from .answers import BYTES, JSON, TEXT, TooLarge, WrongMedia, json_response, problem_json, raw_response
from .call import Call

ENTRIES_MAX = 1_000
JSONL = "application/jsonl"


def head_state(call: Call) -> str:
    """The size and root of the journal."""
    with call.node.read() as transaction:
        found = read_head(transaction, call.commons).checkpoint()
    return f"{found.size} {found.root.hex()}"


def checkpoint(call: Call) -> Any:
    with call.node.read() as transaction:
        read_head(transaction, call.commons)
        return raw_response(latest_checkpoint(transaction, call.commons), TEXT)


def verifier_key(call: Call) -> Any:
    with call.node.read() as transaction:
        return raw_response(read_head(transaction, call.commons).vkey + "\n", TEXT)


def tile(call: Call) -> Any:
    missing = not_found("journal.no_tile", "The tree has no such tile.", "tile")
    parsed = parse_tile_path("tile/" + call.path["tile"])
    if parsed is None:
        raise missing
    level, index, width = parsed
    with call.node.read() as transaction:
        size = read_head(transaction, call.commons).frontier.size
        height = 0 if isinstance(level, str) else level * TILE_HEIGHT
        if (index * TILE_WIDTH + width) << height > size:
            raise missing
        if isinstance(level, str):
            return raw_response(entry_bundle(transaction, call.commons, index, width), BYTES, forever=True)
        return raw_response(hash_tile(transaction, call.commons, level, index, width), BYTES, forever=True)


def entry(call: Call) -> Any:
    with call.node.read() as transaction:
        read_head(transaction, call.commons)
        id_ = resolve_id(transaction, call.commons, call.path["entry"])
        sql = "SELECT data FROM journal_entry WHERE commons = ? AND leaf = ?"
        data = bytes(transaction.value(sql, (call.commons, bytes.fromhex(id_))))
    return raw_response(data, JSON, etag=f'"{id_}"', forever=True)


def receipt(call: Call) -> Any:
    with call.node.read() as transaction:
        read_head(transaction, call.commons)
        position = position_of(transaction, call.commons, resolve_id(transaction, call.commons, call.path["entry"]))
        assert position is not None
        response = raw_response(make_receipt(transaction, call.commons, position), TEXT)
    response.headers["Content-Disposition"] = f'attachment; filename="{call.commons}-{position}.tlog-proof"'
    return response


def land(call: Call) -> Any:
    """Land one signed entry, or many: the signature is the authorisation."""
    media, data = call.media(), call.body()
    if media == JSON:
        landed = _land(call, [data])[0]
        if isinstance(landed, CommonholdError):
            raise landed
        return json_response({"id": landed.id, "position": landed.position, "state": landed.state})
    if media != JSONL:
        raise WrongMedia(Problem("api.bad_media", f"Send one entry as {JSON}, or many, one in a line, as {JSONL}.", "Content-Type"))
    lines = [line for line in data.split(b"\n") if line]
    if not lines:
        raise bad_input("api.no_entries", "Send at least one entry.")
    if len(lines) > ENTRIES_MAX:
        raise TooLarge(Problem("api.too_many", f"Send at most {ENTRIES_MAX} entries at a time; this is {len(lines)}."))
    return json_response({"entries": [_answer(line, answer) for line, answer in zip(lines, _land(call, lines), strict=True)]})


def _land(call: Call, entries: list[bytes]) -> list[Any]:
    with call.node.writing(call.commons) as writer:
        return list(writer.accept_all(entries))


def _answer(data: bytes, answer: Any) -> dict[str, Any]:
    if isinstance(answer, CommonholdError):
        return {"id": entry_id(data), "problem": problem_json(answer)}
    return {"id": answer.id, "position": answer.position, "state": answer.state}
