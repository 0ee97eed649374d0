"""`commonhold backup`, `restore`, `token`, `serve`."""

from __future__ import annotations

from pathlib import Path

import click

from .output import note, table
from .session import Session, session_options


@click.command("backup")
@click.argument("folder", type=click.Path())
@session_options()
def backup_command(session: Session, folder: str) -> None:
    """Copy the whole node into a new FOLDER while it is in use, and verify the copy. It holds keys: keep it safe."""
    from ..node.backup import backup

    done = backup(session.node, Path(folder))
    session.answer(done, f"{folder} holds {', '.join(f'{count} entries of {name}' for name, count in done['entries'].items())}, verified.")


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
    session.answer(done, f"{session.home} holds {', '.join(f'{count} entries of {name}' for name, count in done['entries'].items())}, verified.")


@click.group("token")
def token_command() -> None:
    """Tokens for the API."""


@token_command.command("new")
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3_660), default=90, show_default=True)
@click.option("--as", "agent", metavar="AGENT", help="Whom it speaks for; default: the founder.")
@session_options()
def new_token(session: Session, label: str, days: int, agent: str | None) -> None:
    """Make a token; it is shown once. The node must keep the agent's key."""
    from ..api.tokens import create_token

    who = session.agent(agent) if agent else session.author()
    with session.node.database.write() as transaction:
        token = create_token(transaction, session.commons, who, label, session.node.now() + days * 86_400)
    session.answer({"token": token, "agent": who, "days": days}, token)
    note("Keep it like a password; it is not shown again.")


@token_command.command("list")
@session_options()
def list_tokens(session: Session) -> None:
    """List tokens, by the beginning of their hash."""
    from ..journal.kinds import time_text

    sql = "SELECT hash, agent, label, expires FROM private_token WHERE commons = ? ORDER BY expires, hash"
    with session.node.read() as transaction:
        rows = transaction.rows(sql, (session.commons,))
    plain = [{"id": hash_[:12], "agent": agent, "label": label, "expires": time_text(expires)} for hash_, agent, label, expires in rows]
    session.answer(
        {"tokens": plain}, lambda: table(("id", "label", "expires", "agent"), [(t["id"], t["label"], t["expires"], t["agent"]) for t in plain])
    )


@token_command.command("revoke")
@click.argument("id_", metavar="ID")
@session_options()
def revoke_token(session: Session, id_: str) -> None:
    """End a token, named by the beginning of its hash."""
    from ..problems import not_found

    if len(id_) < 8 or set(id_) - set("0123456789abcdef"):
        raise not_found("api.unknown_token", "Name a token by the id that commonhold token list shows.", "id")
    with session.node.database.write() as transaction:
        count = transaction.execute("DELETE FROM private_token WHERE commons = ? AND hash LIKE ?", (session.commons, f"{id_}%"))
    if not count:
        raise not_found("api.unknown_token", f"There is no token {id_}.", "id")
    session.answer({"revoked": count}, "The token has ended.")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8_400, show_default=True)
@click.option("--allowed-host", "allowed", multiple=True, help="Names under which the node is reached, behind a proxy.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@session_options()
def serve_command(session: Session, host: str, port: int, allowed: tuple[str, ...], workers: int) -> None:
    """Serve the pages (read-only) and the API."""
    from ..server.run import serve

    session.node.close()
    serve(session.home, host, port, allowed_hosts=list(allowed), workers=workers)
