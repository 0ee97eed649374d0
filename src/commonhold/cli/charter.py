"""`commonhold charter`."""

from __future__ import annotations

import click

from ..problems import not_found
from .output import table
from .session import Session, read_text, session_options


@click.group("charter")
def charter_command() -> None:
    """Check, show and change the charter."""


@charter_command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@session_options()
def check(session: Session, file: str) -> None:
    """Check a charter; every problem has its line and field."""
    from ..node.charters import require_charter

    require_charter(read_text(file))
    session.answer({"ok": True}, "The charter is in order.")


@charter_command.command("show")
@click.option("--at", "position", type=int, help="As it was at this entry of the journal.")
@session_options()
def show(session: Session, position: int | None) -> None:
    """Print the charter in force."""
    from ..commons.queries import charter_history

    with session.node.read() as transaction:
        history = [row for row in charter_history(transaction, session.commons) if position is None or row[0] <= position]
    if not history:
        raise not_found("charter.none_then", "The first charter is that of entry 0.", "at")
    at, _, author, reason, toml = history[-1]
    session.answer({"position": at, "author": author, "reason": reason, "toml": toml}, toml)


@charter_command.command("history")
@session_options()
def history(session: Session) -> None:
    """List all charters that there were."""
    from ..commons.queries import charter_history
    from ..journal.kinds import time_text

    with session.node.read() as transaction:
        rows = charter_history(transaction, session.commons)
    plain = [{"position": at, "time": time_text(time), "author": author, "reason": reason} for at, time, author, reason, _ in rows]
    session.answer(
        {"charters": plain}, lambda: table(("entry", "time", "reason"), [(r["position"], r["time"], r["reason"] or "the founding") for r in plain])
    )


@charter_command.command("change")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--reason", required=True, help="Why; it stands in the journal.")
@session_options(acting=True)
def change(session: Session, file: str, reason: str) -> None:
    """Put a changed charter into force. What was done before is judged by the charter of its time."""
    from ..commons.entries import ChangeCharter

    done = session.act("charter.change", ChangeCharter(charter=read_text(file), reason=reason))
    session.answer(done, f"The new charter is in force from entry {done['position']}.")
