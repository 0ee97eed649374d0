"""One contribution, told to people: what was claimed, what peers said and why, and what is still needed."""

from __future__ import annotations

from typing import Any

import click

from .output import counted, printable, table
from .session import Session

STANDING = {
    "claimed": "is a claim that waits for peers",
    "appealed": "was appealed, and waits for peers",
    "validated": "counts",
    "refused": "was refused",
    "withdrawn": "was withdrawn",
}
HOW = {"attested": "", "committed": "committed it", "merged": "merged it", "reviewed": "reviewed it", "acked": "acked it", "tested": "tested it"}


def show_contribution(session: Session, entry: str) -> None:
    """Print all there is to know about a contribution.

    Raises:
        NotFound: `journal.unknown_entry`, `contributions.unknown`.
    """
    from ..commons.people import names, short
    from ..contributions.account import account
    from ..contributions.queries import position_of, resolve_id

    with session.node.read() as transaction:
        position = position_of(transaction, session.commons, resolve_id(transaction, session.commons, entry))
        assert position is not None
        found = account(transaction, session.commons, position)
        known = names(transaction, session.commons)

    def called(agent: str) -> str:
        return printable(known.get(agent) or short(agent))

    name = called(found["contributor"] if known.get(found["contributor"]) else found["provider"])
    session.answer({"contribution": found | {"name": name}}, lambda: _print(found, name, called))


def _print(found: dict[str, Any], name: str, called: Any) -> None:
    counts = f", as {found['counted']} {found['unit']} of {found['kind']}" if found["state"] == "validated" else ""
    click.echo(
        f"Entry {found['position']}: {found['claimed']} {found['unit']} of {found['loggedKind']} by {name} {STANDING[found['state']]}{counts}.\n"
    )
    lines = [
        ("note", found["note"] or ""),
        *(("evidence", " ".join(filter(None, (one["type"], one["value"], one.get("source", ""))))) for one in found["evidence"]),
        ("domain", found["domain"]),
        ("went into", found["process"] or ""),
        ("fulfils", ", ".join(found["fulfills"])),
        ("done", found["hasPointInTime"]),
        ("logged", found["logged"]),
        ("decided", found["decided"] or ""),
        ("shares", found["repayment"]),
        ("import", "" if found["batch"] is None else f"entry {found['batch']}"),
        ("id", found["id"]),
    ]
    for title, value in lines:
        if value:
            click.echo(f"{title:<9}  {printable(str(value))}")
    if found["verdicts"]:
        click.echo()
        rows = [_verdict_row(verdict, called) for verdict in found["verdicts"]]
        table(("entry", "round", "who", "verdict", "amount", "kind", "reason"), rows, "014")
    _print_own_words(found, called)
    _print_needed(found)


def _verdict_row(verdict: dict[str, Any], called: Any) -> tuple[Any, ...]:
    amount, kind = ("", "") if verdict["verdict"] == "refuse" else (verdict["amount"], verdict["kind"])
    reason = printable(verdict["reason"]) or HOW.get(verdict["how"], verdict["how"])
    return verdict["entry"], verdict["round"] + 1, called(verdict["agent"]), verdict["verdict"], amount, kind, reason


def _print_own_words(found: dict[str, Any], called: Any) -> None:
    for said, what in ((found["appeal"], "appealed"), (found["withdrawal"], "withdrew it")):
        if said:
            reason = f": {printable(said['reason'])}" if said["reason"] else "."
            click.echo(f"\n{called(said['agent'])} {what} (entry {said['entry']}){reason}")


def _print_needed(found: dict[str, Any]) -> None:
    needed = found["needed"]
    if needed:
        voices = counted(needed["accept"], "more voice")
        click.echo(f"\nIt takes {voices} to count, or {needed['refuse']} to be refused (of {found['quorum']} each in this round).")
