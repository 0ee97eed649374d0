"""`commonhold backup`, `restore`, `token`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .output import counted, note, table
from .session import Session, session_options


def _holdings(done: dict[str, Any]) -> str:
    return ", ".join(f"{counted(count, 'entry', 'entries')} of {name}" for name, count in done["entries"].items())


@click.command("backup")
@click.argument("folder", type=click.Path())
@session_options()
def backup_command(session: Session, folder: str) -> None:
    """Copy the whole node into a new FOLDER while it is in use, and verify the copy. It holds keys: keep it safe."""
    from ..node.backup import backup

    done = backup(session.node, Path(folder))
    session.answer(done, f"{folder} holds {_holdings(done)}, verified.")


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@session_options()
def restore_command(session: Session, folder: str) -> None:
    """Make a node in --home from a backup, and verify it.

    \b
    commonhold restore backups/2026-11-23 --home new-node
    """
    from ..node.backup import restore

    done = restore(Path(folder), session.home)
    session.answer(done, f"{session.home} holds {_holdings(done)}, verified.")


@click.group("token")
def token_command() -> None:
    """Tokens for the API."""


@token_command.command("new")
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3_660), default=90, show_default=True)
@click.option("--as", "agent", metavar="AGENT", help="Whom it speaks for; default: the founder.")
@session_options(writing=True)
def new_token(session: Session, label: str, days: int, agent: str | None) -> None:
    """Make a token; it is shown once. The node must keep the agent's key."""
    from ..commons.custody import kept_key
    from ..node.tokens import create_token

    who = session.agent(agent) if agent else session.author()
    with session.changing() as transaction:
        kept_key(transaction, session.node.vault, session.commons, who)
        token = create_token(transaction, session.commons, who, label, session.node.now() + days * 86_400)
    session.answer({"token": token, "agent": who, "days": days}, token, dry="A token can be made.")
    if not session.dry_run:
        note("Keep it like a password; it is not shown again.")


@token_command.command("list")
@session_options()
def list_command(session: Session) -> None:
    """List tokens, by the beginning of their hash."""
    from ..node.tokens import list_tokens

    with session.node.read() as transaction:
        found = list_tokens(transaction, session.commons)
    rows = [(one["id"], one["label"], one["expires"], one["agent"]) for one in found]
    session.answer({"tokens": found}, lambda: table(("id", "label", "expires", "agent"), rows, empty="No tokens."))


@token_command.command("revoke")
@click.argument("id_", metavar="ID")
@session_options(writing=True)
def revoke_command(session: Session, id_: str) -> None:
    """End a token, named by the id that `commonhold token list` shows, or by itself."""
    from ..node.tokens import revoke_token

    with session.changing() as transaction:
        revoked = revoke_token(transaction, session.commons, id_)
    session.answer({"revoked": revoked}, f"The token {revoked['id']} has ended.")
