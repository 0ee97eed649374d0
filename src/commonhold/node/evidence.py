"""Logging a contribution together with the files that show it: both come in, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ..commons.custody import kept_key
from ..contributions import evidence_files
from ..contributions.commands import LogParams
from ..contributions.entries import Evidence
from ..journal.commands import Act
from ..problems import bad_input
from .composition import COMMANDS
from .node import Node


def log_with_files(node: Node, commons: str, author: str, params: LogParams, files: Sequence[tuple[str, bytes]], key: str) -> dict[str, Any]:
    """Log a contribution of somebody whose key the node keeps; the same key lands once.

    Args:
        files: (what it is called, its bytes) of each. key: Idempotency key.

    Raises:
        BadInput: `evidence.too_many`, `evidence.empty`, `evidence.too_large`. Refused: `evidence.no_room`, or by the rules of contributions.
        Forbidden: `commons.no_key_here`.
    """
    _not_too_many(files)
    with node.writing(commons) as writer:
        signer = kept_key(writer.transaction, node.vault, commons, author)
        kept = [evidence_files.keep_file(writer.transaction, commons, author, name, data, writer.now) for name, data in files]
        shown = [*params.evidence, *(Evidence(type="sha256", value=digest) for digest in dict.fromkeys(kept))]
        act = Act(writer, author, signer, key=key, public_only=True, sealing=node.vault)
        return COMMANDS["contribution.log"].run(act, msgspec.structs.replace(params, evidence=shown))


def keep_files(node: Node, commons: str, agent: str, files: Sequence[tuple[str, bytes]]) -> list[str]:
    """Keep files before what they show is logged, as somebody needs who signs elsewhere; return their SHA-256.

    Raises:
        BadInput, Refused: As `log_with_files`.
    """
    _not_too_many(files)
    with node.database.write() as transaction:
        kept = [evidence_files.keep_file(transaction, commons, agent, name, data, node.now()) for name, data in files]
    return list(dict.fromkeys(kept))


def _not_too_many(files: Sequence[tuple[str, bytes]]) -> None:
    if len(files) > evidence_files.FILES_MAX:
        problem = f"At most {evidence_files.FILES_MAX} files come with a contribution; put them into one archive."
        raise bad_input("evidence.too_many", problem, "files")
