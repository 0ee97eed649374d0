"""Proving that an address is one's own: the node signs a claim and sends it there; who receives it can make it."""

from __future__ import annotations

from ..commons.custody import kept_key
from ..commons.queries import node_key
from ..commons.rules import claim_message
from ..journal.head import read_head
from ..journal.keys import base58
from .node import Node


def challenge_token(node: Node, commons: str, identity: str, agent: str) -> str:
    """The node's signature over the claim, to be sent to the address behind the identity and nowhere else."""
    with node.read() as transaction:
        key = kept_key(transaction, node.vault, commons, node_key(transaction, commons))
        return base58(key.sign(claim_message(read_head(transaction, commons).origin, identity, agent)))
