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
    """
    if len(files) > evidence_files.FILES_MAX:
        raise bad_input(
            "evidence.too_many", f"At most {evidence_files.FILES_MAX} files come with a contribution; put them into one archive.", "files"
        )
    with node.writing(commons) as writer:
        signer = kept_key(writer.transaction, node.vault, commons, author)
        kept = [evidence_files.keep_file(writer.transaction, commons, author, name, data, writer.now) for name, data in files]
        shown = [*params.evidence, *(Evidence(type="sha256", value=digest) for digest in dict.fromkeys(kept))]
        act = Act(writer, author, signer, key=key, public_only=True, sealing=node.vault)
        return COMMANDS["contribution.log"].run(act, msgspec.structs.replace(params, evidence=shown))
