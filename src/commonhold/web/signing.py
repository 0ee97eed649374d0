"""Signing in the browser: who keeps their own key is shown what is to be signed, signs it, and sends the form again with the signature."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..commons.queries import active_keys, find_agent
from ..journal.elsewhere import ElsewhereKey, NeedsSignature
from ..problems import Forbidden
from ..store.transaction import Transaction

FIELDS = ("signer", "signed_at", "signatures")
SIGNATURES_MAX = 200
_DID = re.compile(r"did:key:z[1-9A-HJ-NP-Za-km-z]{44,50}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Signed:
    """What a form brings of signatures.

    Attributes:
        signer: The did:key that made them; nothing, if there are none yet. at: The moment that all of it is said at, unix seconds.
        signatures: By the SHA-256 of the document, in hexadecimal.
    """

    signer: str = ""
    at: int | None = None
    signatures: Mapping[str, bytes] = field(default_factory=dict)

    def key(self) -> ElsewhereKey:
        """The key that is elsewhere, with what it has signed."""
        return ElsewhereKey(self.signer, self.signatures)


def signed_in_browser(posted: Mapping[str, str]) -> Signed:
    """What was sent; what is not well-formed is as if it were not there, so that it is asked for again."""
    signer, at = posted.get("signer", ""), posted.get("signed_at", "")
    if not _DID.fullmatch(signer) or not re.fullmatch(r"[0-9]{1,12}", at):
        return Signed()
    try:
        told = json.loads(posted.get("signatures", ""))
        pairs = {digest: bytes.fromhex(text) for digest, text in told.items() if _DIGEST.fullmatch(digest) and _SIGNATURE.fullmatch(text)}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return Signed()
    return Signed(signer, int(at), pairs) if len(pairs) <= SIGNATURES_MAX else Signed()


def act_signed(node: Any, commons: str, agent: str, steps: list[tuple[str, Any]], key: str, signed: Signed) -> list[dict[str, Any]]:
    """Run commands as a member: with the key that the node keeps, or with what their own has signed.

    Raises:
        NeedsSignature: The member keeps their own key, and has to sign first.
    """
    if signed.at is None:
        try:
            done: list[dict[str, Any]] = node.act_all(commons, agent, steps, key=key, public_only=True)
        except Forbidden as error:
            if error.code != "commons.no_key_here":
                raise
        else:
            return done
    at = node.now() if signed.at is None else signed.at
    answers: list[dict[str, Any]] = node.act_all(commons, agent, steps, signer=signed.key(), key=key, public_only=True, at=at)
    return answers


def to_sign(transaction: Transaction, commons: str, agent: str, needed: NeedsSignature, signed: Signed, posted: Any, now: int) -> dict[str, Any]:
    """What the page that asks for a signature shows.

    Args:
        posted: What was entered, a QueryDict, which is sent again.
    """
    known = find_agent(transaction, commons, agent)
    keys = active_keys(transaction, commons, known.number) if known is not None else [agent]
    kept = [(name, value) for name, values in posted.lists() for value in values if name not in (*FIELDS, "csrfmiddlewaretoken")]
    document = needed.document.decode()
    return {
        "document": document, "shown": json.dumps(json.loads(document), ensure_ascii=False, indent=2), "keys": keys, "kept": kept,
        "at": now if signed.at is None else signed.at, "signatures": json.dumps({digest: value.hex() for digest, value in signed.signatures.items()}),
    }  # fmt: skip
