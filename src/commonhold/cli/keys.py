"""`commonhold key`."""

from __future__ import annotations

from pathlib import Path

import click

from .output import table
from .session import Session, session_options


@click.group("key")
def key_command() -> None:
    """Keys: make, add, revoke, recover."""


@key_command.command("new")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--json", "as_json", is_flag=True)
def new(file: str, as_json: bool) -> None:
    """Make a key of your own in FILE (PKCS #8 PEM). Nobody else has it: keep a copy in a safe place."""
    from ..journal.keyfile import write_key_file
    from ..journal.keys import SigningKey

    key = SigningKey.generate()
    write_key_file(Path(file), key)
    Session(None, None, as_json, None, None, False).answer({"key": key.did, "file": file}, key.did)


@key_command.command("list")
@click.argument("agent")
@session_options()
def list_keys(session: Session, agent: str) -> None:
    """List the keys that speak, or spoke, for an agent, with the entries from and up to which they do."""
    id_ = session.agent(agent)
    sql = (
        "SELECT k.key, k.since, k.until, p.did IS NOT NULL FROM agent_key k JOIN agent a ON a.commons = k.commons AND a.number = k.agent"
        " LEFT JOIN private_key p ON p.commons = k.commons AND p.did = k.key WHERE k.commons = ? AND a.id = ? ORDER BY k.since"
    )
    with session.node.read() as transaction:
        rows = transaction.rows(sql, (session.commons, id_))
    plain = [{"key": key, "since": since, "until": until, "keptByNode": bool(kept)} for key, since, until, kept in rows]
    session.answer(
        {"keys": plain},
        lambda: table(
            ("key", "from entry", "to entry", "kept by the node"),
            [(k["key"], k["since"], "" if k["until"] is None else k["until"], "yes" if k["keptByNode"] else "no") for k in plain],
        ),
    )


@key_command.command("add")
@click.argument("did")
@session_options(acting=True)
def add(session: Session, did: str) -> None:
    """Let another key (did:key:…) speak for you too."""
    from ..commons.entries import AddKey

    session.answer(session.act("key.add", AddKey(key=did)), f"{did} speaks for you.")


@key_command.command("revoke")
@click.argument("did")
@session_options(acting=True)
def revoke(session: Session, did: str) -> None:
    """End one of your keys. What it signed before stands."""
    from ..commons.entries import RevokeKey

    session.answer(session.act("key.revoke", RevokeKey(key=did)), f"{did} no longer speaks for you.")


@key_command.command("recover")
@click.argument("agent")
@click.argument("did")
@session_options(acting=True)
def recover(session: Session, agent: str, did: str) -> None:
    """As a steward: vouch that a new key belongs to a member who lost theirs. It counts when enough stewards say so."""
    from ..commons.entries import Recover

    session.answer(session.act("key.recover", Recover(agent=session.agent(agent), key=did)), f"You vouch that {did} is {agent}'s.")
