"""What may be said about flows: that something happened, and what there is, is planned, offered, promised and owed."""

from __future__ import annotations

from typing import Literal

from ..commons.entries import Body, EntryId
from .vocabulary import AnyRecord, EconomicEvent, EconomicResource, Id
from .vocabulary import Note as NoteText

RecordType = Literal[
    "Unit", "ResourceSpecification", "ProcessSpecification", "Recipe", "RecipeProcess", "RecipeExchange", "RecipeFlow",
    "Plan", "Process", "Intent", "Commitment", "Claim", "Agreement", "AgreementBundle", "Proposal", "ProposalList",
    "SpatialThing", "BatchLotRecord", "EconomicResource", "Organization", "EcologicalAgent",
]  # fmt: skip
"""The classes of `vocabulary.AnyRecord`."""


class Event(Body, frozen=True):
    """`flows.event`: something happened.

    Attributes:
        id: The name of the event where it was recorded before; otherwise it is called by the id of its entry.
        newInventoriedResource: The resource that begins with this event, if one does: what is said of it.
    """

    event: EconomicEvent
    id: Id | None = None
    newInventoriedResource: EconomicResource | None = None


class Note(Body, frozen=True):
    """`flows.note`: the note of an event has become this; what happened stays as it was said. revision: As in `flows.update`."""

    event: Id
    note: NoteText
    revision: EntryId


class Create(Body, frozen=True):
    """`flows.create`: something of Valueflows that has an id. Resources begin with an event, so not with this."""

    record: AnyRecord


class Update(Body, frozen=True):
    """`flows.update`: a record has become this, whole. revision: the id of the entry that made it what it was."""

    record: AnyRecord
    revision: EntryId


class Delete(Body, frozen=True):
    """`flows.delete`: a record that nothing refers to any more is taken away; a promise that nothing has kept is given back."""

    type: RecordType
    id: Id
    revision: EntryId
