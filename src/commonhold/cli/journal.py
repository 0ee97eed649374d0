"""`commonhold journal`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..problems import Broken, CommonholdError, Problem, bad_input, problem_document
from .output import emit_json, note, table
from .session import INTEGER_MAX, Session, read_text, session_options


@click.group("journal")
def journal_command() -> None:
    """Entries, receipts, offline signing, submitting."""


@journal_command.command("list")
@click.option("--from", "start", type=click.IntRange(0, INTEGER_MAX), help="First entry; default: the last twenty.")
@click.option("--count", type=click.IntRange(1, 10_000), default=20, show_default=True)
@session_options()
def list_entries(session: Session, start: int | None, count: int) -> None:
    """List entries of the journal."""
    from ..journal.entry import entry_id, open_envelope
    from ..journal.head import entries, read_head

    with session.node.read() as transaction:
        size = read_head(transaction, session.commons).frontier.size
        first = max(0, size - count) if start is None else start
        found = []
        for position, data in enumerate(entries(transaction, session.commons, first, first + count), first):
            envelope = open_envelope(data)
            found.append({"position": position, "id": entry_id(data), "kind": envelope.kind, "author": envelope.author, "created": envelope.created})
    rows = [(e["position"], e["created"], e["kind"], str(e["author"])[-12:], str(e["id"])[:12]) for e in found]
    session.answer({"size": size, "entries": found}, lambda: table(("entry", "created", "kind", "author", "id"), rows, "0"))


@journal_command.command("show")
@click.argument("entry")
@session_options()
def show(session: Session, entry: str) -> None:
    """Print the signed bytes of an entry, by its number or id."""
    _, data = _entry(session, entry)
    click.echo(data)


def _entry(session: Session, text: str) -> tuple[int, bytes]:
    from ..contributions.queries import position_of, resolve_id

    with session.node.read() as transaction:
        position = position_of(transaction, session.commons, resolve_id(transaction, session.commons, text))
        sql = "SELECT data FROM journal_entry WHERE commons = ? AND position = ?"
        return int(position or 0), bytes(transaction.value(sql, (session.commons, position)))


@journal_command.command("checkpoint")
@session_options()
def checkpoint(session: Session) -> None:
    """Print the newest signed checkpoint: keep it, and the journal can never be rewritten unnoticed (verify --since)."""
    from ..journal.head import latest_checkpoint, read_head

    with session.node.read() as transaction:
        text = latest_checkpoint(transaction, session.commons)
        vkey = read_head(transaction, session.commons).vkey
    session.answer({"checkpoint": text, "vkey": vkey}, lambda: click.echo(text, nl=False))


@journal_command.command("vkey")
@session_options()
def vkey(session: Session) -> None:
    """Print the verifier key of the journal."""
    from ..journal.head import read_head

    with session.node.read() as transaction:
        key = read_head(transaction, session.commons).vkey
    session.answer({"vkey": key}, key)


@journal_command.command("receipt")
@click.argument("entry")
@click.option("-o", "--output", type=click.Path(dir_okay=False, allow_dash=True), help="Default: ENTRY.tlog-proof; - is standard output.")
@session_options()
def receipt(session: Session, entry: str, output: str | None) -> None:
    """Write a receipt that shows, without the node, that an entry is in the journal.

    \b
    commonhold journal receipt 17
    commonhold journal check 17.tlog-proof --vkey "example.org/name+…"
    """
    from ..journal.receipt import make_receipt

    position, _ = _entry(session, entry)
    with session.node.read() as transaction:
        text = make_receipt(transaction, session.commons, position)
    name = output or f"{position}.tlog-proof"
    if name == "-":
        session.answer({"file": None, "position": position, "text": text}, lambda: click.echo(text, nl=False))
        return
    Path(name).write_text(text, encoding="utf-8")
    session.answer({"file": name, "position": position}, f"{name} shows that entry {position} is in the journal.")


@journal_command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--vkey", required=True, help="The verifier key of the journal.")
@click.option("--json", "as_json", is_flag=True)
def check(file: str, vkey: str, as_json: bool) -> None:
    """Check a receipt: the entry's signature, and its place under a signed checkpoint. No node is needed."""
    from ..journal.entry import open_envelope, signer_of
    from ..journal.receipt import open_receipt

    found = open_receipt(read_text(file), vkey)
    envelope = open_envelope(found.entry)
    if envelope.commons != found.checkpoint.origin:
        problem = f"The receipt does not verify: its entry was signed for {envelope.commons}, and the checkpoint is of {found.checkpoint.origin}."
        raise Broken(Problem("journal.bad_receipt", problem))
    signer = signer_of(found.entry, envelope)
    plain = {
        "position": found.index,
        "size": found.checkpoint.size,
        "origin": found.checkpoint.origin,
        "kind": envelope.kind,
        "author": envelope.author,
    }
    said = f"Entry {found.index} of {found.checkpoint.origin}, {envelope.kind} by {envelope.author}, signed by {signer}, is in the journal."
    Session(None, None, as_json, None, None, dry_run=False).answer(plain | {"signer": signer}, said)


@journal_command.command("sign")
@click.argument("kind")
@click.argument("body", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--key", "key_file", required=True, type=click.Path(exists=True, dir_okay=False), help="Your key file.")
@click.option("--origin", required=True, help="Origin of the journal (first line of its checkpoint).")
@click.option("--author", help="Your id; default: the did:key of the key.")
@click.option("--idempotency-key", help="Default: random.")
@click.option("--created", help="2026-11-23T08:30:00Z; default: now.")
@click.option("--json", is_flag=True, expose_value=False, help="The entry is JSON in any case.")
def sign(kind: str, body: str, key_file: str, origin: str, author: str | None, idempotency_key: str | None, created: str | None) -> None:
    """Sign an entry without a node, from a body in JSON; print it on one line, to be submitted later.

    \b
    commonhold journal sign contributions.log body.json --key ana.pem --origin example.org/name > entry.jsonl
    """
    import json
    import secrets
    import time

    from ..journal.canonical import canonical_problem
    from ..journal.entry import open_envelope, sign_entry
    from ..journal.keyfile import read_key_file
    from ..journal.kinds import time_text

    try:
        value = json.loads(read_text(body))
    except json.JSONDecodeError as error:
        raise bad_input("cli.bad_json", f"The body is not JSON: {error}.", "body") from None
    signer = read_key_file(Path(key_file))
    data = sign_entry(
        signer,
        author=author or signer.did,
        body=value,
        commons=origin,
        created=created or time_text(int(time.time())),
        key=idempotency_key or secrets.token_hex(16),
        kind=kind,
    )
    open_envelope(data)
    assert canonical_problem(data) is None
    click.echo(data)


@journal_command.command("submit")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@session_options(writing=True)
def submit(session: Session, file: str) -> None:
    """Submit entries that were signed elsewhere, one a line, in any order; what is known already lands once.

    An entry that refers to one that is not here yet waits for it. Exit code 1 if any entry is refused.
    """
    text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    lines = [line for line in text.split(b"\n") if line]
    if not lines:
        raise bad_input("cli.nothing_there", "The file has no entry.", "file")
    with session.node.writing(session.commons, dry_run=session.dry_run) as writer:
        answers = writer.accept_all(lines)
    plain: list[dict[str, Any]] = [
        problem_document(answer) if isinstance(answer, CommonholdError) else {"id": answer.id, "position": answer.position, "state": answer.state}
        for answer in answers
    ]
    if session.as_json:
        emit_json({"entries": plain} | ({"dryRun": True} if session.dry_run else {}))
    for line in plain if not session.as_json else []:
        if "state" in line:
            where = f"is entry {line['position']}" if line["position"] >= 0 else "waits for an entry that it refers to"
            click.echo(f"{line['id'][:12]} {where} ({line['state']})")
        else:
            note(f"refused: {line['detail']} [{line['code']}]")
    if session.dry_run and not session.as_json:
        note("Dry run: nothing was written.")
    click.get_current_context().exit(1 if any("code" in line for line in plain) else 0)
