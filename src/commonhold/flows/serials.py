"""Tracking identifiers: within a kind of resource, each is given once."""

from __future__ import annotations

from ..store.transaction import Transaction


def serial_taken(transaction: Transaction, commons: str, specification: int, identifier: str, but: int = -1) -> bool:
    """Whether a resource of a specification has this tracking identifier. but: The number of a resource that may."""
    sql = "SELECT 1 FROM economic_resource WHERE commons = ? AND tracking = ? AND conforms_to = ? AND number <> ? LIMIT 1"
    return transaction.row(sql, (commons, identifier, specification, but)) is not None
