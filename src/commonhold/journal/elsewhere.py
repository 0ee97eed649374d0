"""Keys that somebody holds elsewhere, in a browser for instance: what is to be signed is handed out, and comes back signed.

A command is run twice. The first time `ElsewhereKey` has no signature for the document and raises `NeedsSignature`, and all is undone. The second
time, at the same moment and with the same idempotency key, the same document comes about, and its signature is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


class NeedsSignature(Exception):
    """A document is to be signed before it can be written.

    Attributes:
        document: Its canonical bytes, without a proof.
    """

    def __init__(self, document: bytes) -> None:
        super().__init__("a signature is needed")
        self.document = document


class ElsewhereKey:
    """Stands for a key that is not here.

    Args:
        did: Its name; nothing, as long as it is not known which key will sign. signatures: By the SHA-256 of a document, in hexadecimal.
    """

    def __init__(self, did: str, signatures: Mapping[str, bytes]) -> None:
        self.did = did
        self._signatures = signatures

    def signature_for(self, document: bytes) -> bytes:
        """The signature of a document.

        Raises:
            NeedsSignature: It was not handed in.
        """
        found = self._signatures.get(hashlib.sha256(document).hexdigest())
        if found is None or not self.did:
            raise NeedsSignature(document)
        return found
