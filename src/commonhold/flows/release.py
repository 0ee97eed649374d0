"""Letting go of a promise, as far as it is not kept: what is open of it is open for others again."""

from __future__ import annotations

import msgspec

from ..measure import format_quantity
from ..store.transaction import Transaction
from . import entries as e
from .queries import promise_state, revision_of
from .record_views import is_used
from .rules import signed_quantity
from .store import Known
from .vocabulary import Commitment, Measure


def released(transaction: Transaction, commons: str, known: Known) -> e.Delete | e.Update:
    """What ends a commitment: it goes, if nothing was done for it; otherwise it is finished, with what was done."""
    commitment = known.record()
    assert isinstance(commitment, Commitment)
    state = promise_state(transaction, commons, known)
    revision = revision_of(transaction, commons, known)
    if not state.resource and not state.effort and not is_used(transaction, commons, known):
        return e.Delete(type="Commitment", id=commitment.id, revision=revision)
    reduced = {}
    for name, counted in (("resourceQuantity", state.resource), ("effortQuantity", state.effort)):
        measure: Measure | None = getattr(commitment, name)
        if measure is not None:
            reduced[name] = Measure(hasNumericalValue=format_quantity(min(counted, signed_quantity(measure))), hasUnit=measure.hasUnit)
    return e.Update(record=msgspec.structs.replace(commitment, finished=True, **reduced), revision=revision)
