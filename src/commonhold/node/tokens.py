"""Tokens: who holds one may act as an agent of a commons, until it expires or is revoked. Only their digests are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from ..commons.queries import find_agent
from ..journal.kinds import time_text
from ..problems import bad_input, not_found
from ..store.transaction import Transaction

PREFIX = "chold_"
ID_DIGITS = 12
LABEL_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token stands for."""

    commons: str
    agent: str


def create_token(transaction: Transaction, commons: str, agent: str, label: str, expires: int) -> str:
    """Make a token for an agent; return it. It is told this once.

    Args:
        label: What it is for, if its owner cares to say. expires: Unix seconds.

    Raises:
        NotFound: `commons.unknown_agent`. BadInput: `api.bad_label`.
    """
    known = find_agent(transaction, commons, agent)
    if known is None or known.type == "Identity":
        raise not_found("commons.unknown_agent", f"{agent} cannot act here.", "agent")
    if len(label) > LABEL_LENGTH_MAX:
        raise bad_input("api.bad_label", f"A label has at most {LABEL_LENGTH_MAX} characters.", "label")
    token = PREFIX + secrets.token_urlsafe(32)
    transaction.insert("private_token", _digest(token), commons, agent, label, expires)
    return token


def list_tokens(transaction: Transaction, commons: str, agent: str | None = None) -> list[dict[str, Any]]:
    """The tokens of a commons, or of one agent: id (for revoking), agent, label, when they expire."""
    sql, parameters = "SELECT hash, agent, label, expires FROM private_token WHERE commons = ?", [commons]
    if agent is not None:
        sql, parameters = f"{sql} AND agent = ?", [commons, agent]
    rows = transaction.rows(f"{sql} ORDER BY agent, expires, hash", parameters)
    return [{"id": digest[:ID_DIGITS], "agent": holder, "label": label, "expires": time_text(expires)} for digest, holder, label, expires in rows]


def revoke_token(transaction: Transaction, commons: str, id_: str) -> dict[str, Any]:
    """End a token, named by its id or by itself; return what it was.

    Raises:
        NotFound: `api.unknown_token`.
    """
    wanted = _digest(id_)[:ID_DIGITS] if id_.startswith(PREFIX) else id_
    found = [token for token in list_tokens(transaction, commons) if token["id"] == wanted]
    if not found:
        raise not_found("api.unknown_token", f"No token {wanted} is known in {commons}; see: commonhold token list.", "id")
    low, high = wanted.ljust(64, "0"), wanted.ljust(64, "f")
    transaction.execute("DELETE FROM private_token WHERE commons = ? AND hash BETWEEN ? AND ?", (commons, low, high))
    return found[0]


def token_holder(transaction: Transaction, token: str, now: int) -> Holder | None:
    """Whom a token stands for, or None if it is not known or has expired."""
    digest = _digest(token)
    row = transaction.row("SELECT hash, commons, agent, expires FROM private_token WHERE hash = ?", (digest,))
    if row is None or not hmac.compare_digest(row[0], digest) or row[3] <= now:
        return None
    return Holder(row[1], row[2])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
