"""`/{commons}/me/profile/`: what a member lets the node keep about them. Nothing of it enters the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...commons.people import read_profile, write_profile
from ...store.transaction import Transaction
from ..forms import Entered, Form, Sent
from ..member import Member


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    kept = read_profile(transaction, commons, member.agent)
    return {
        "name": kept.name or "",
        "public": "yes" if kept.public else "",
        "email": kept.email or "",
        "iban": kept.iban or "",
        "bic": kept.bic or "",
    }


def _context(transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered) -> dict[str, Any]:
    return {}


def _send(sent: Sent) -> str:
    values = sent.values
    with sent.node.database.write() as transaction:
        write_profile(
            transaction, sent.commons, sent.member.agent, name=values["name"] or None, public=bool(values["public"]), email=values["email"] or None,
            iban=values["iban"] or None, bic=values["bic"] or None,
        )  # fmt: skip
    return f"/{sent.commons}/me/?said=kept"


profile = Form(
    "me/profile.html", ("name", "public", "email", "iban", "bic"), _begin, _context, _send, longest=200,
).view()  # fmt: skip
"""See the module."""
