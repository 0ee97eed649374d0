"""The classes of Valueflows 1.0.0 as they stand in entries, with the names of the ontology.

What is optional there is optional here; what a class needs to make sense is asked for by `rules.py`. Times, quantities and
ids are texts of a certain form. Fields that the ontology derives from the other side (`hasInput`, `stipulates`,
`fulfilledBy`, …) are not stored: they are answered from the side that is. `tests/flows/test_vocabulary.py` compares every
class and field with the ontology.

Not in the ontology, and marked so: ids, and what `commons-own` says in a field's docstring.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ..commons.entries import AgentId, Body
from ..forms import form
from .actions import Action

Decimal = Annotated[str, form(r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?\Z", "a quantity: digits, and a point before at most six more, like 12.5")]
SignedDecimal = Annotated[
    str, form(r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?\Z", "a quantity: digits, and a point before at most six more, like 12.5")
]
Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Id = Annotated[str, form(r"^[!-~]{1,200}\Z", "an id: 1 to 200 visible ASCII characters without blanks")]
Time = Annotated[str, form(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z\Z", "a time like 2026-11-23T08:30:00Z")]
Note = Annotated[str, msgspec.Meta(max_length=1_000)]
Title = Annotated[str, msgspec.Meta(max_length=300)]
Address = Annotated[str, form(r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,2000}\Z", "an absolute address (a URI)")]
Words = Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=300)]], msgspec.Meta(max_length=200)]
Many = Annotated[list[Id], msgspec.Meta(max_length=100)]
Addresses = Annotated[list[Address], msgspec.Meta(max_length=20)]
Degrees = Annotated[str, form(r"^-?[0-9]{1,7}(\.[0-9]{1,12})?\Z", "a decimal number, like 52.3702")]
UnitName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Measure(Body, frozen=True):
    """`vf:Measure`: an amount of a unit. The unit: a name or OM 2 identifier that `units.py` knows, a currency, or the id of a Unit."""

    hasNumericalValue: SignedDecimal
    hasUnit: UnitName


class Record(Body, frozen=True, tag_field="type", tag=True):
    """Something of Valueflows that has an id. `type` is the name of the class."""

    id: Id


class Named(Record, frozen=True):
    """A record with a name and a note: public for good, so no personal data."""

    name: Title | None = None
    note: Note | None = None


# Knowledge: what can be made, and how.


class Unit(Record, frozen=True):
    """`vf:Unit`. Without `omUnitIdentifier` it is a count of its own kind."""

    label: Title
    symbol: Title | None = None
    omUnitIdentifier: UnitName | None = None
    classifiedAs: Words = msgspec.field(default_factory=list)


class ResourceSpecification(Named, frozen=True):
    """`vf:ResourceSpecification`: a kind of resource."""

    image: Address | None = None
    imageList: Addresses = msgspec.field(default_factory=list)
    resourceClassifiedAs: Words = msgspec.field(default_factory=list)
    defaultUnitOfResource: UnitName | None = None
    defaultUnitOfEffort: UnitName | None = None
    mediumOfExchange: bool | None = None
    substitutable: bool | None = None


class ProcessSpecification(Named, frozen=True):
    """`vf:ProcessSpecification`: a kind of process, which may be a stage of what goes through it."""

    image: Address | None = None


class Recipe(Named, frozen=True):
    """`vf:Recipe`: recipe processes that belong together."""

    primaryOutput: Id | None = None
    recipeIncludes: Many = msgspec.field(default_factory=list)


class RecipeProcess(Named, frozen=True):
    """`vf:RecipeProcess`: a step of a recipe."""

    image: Address | None = None
    hasDuration: Measure | None = None
    processConformsTo: Id | None = None
    processClassifiedAs: Words = msgspec.field(default_factory=list)


class RecipeExchange(Named, frozen=True):
    """`vf:RecipeExchange`: an exchange that belongs to a recipe."""


class RecipeFlow(Record, frozen=True):
    """`vf:RecipeFlow`: what goes into a step, comes out of it, or is exchanged, for one run of the recipe."""

    action: Action
    note: Note | None = None
    effortQuantity: Measure | None = None
    resourceQuantity: Measure | None = None
    resourceConformsTo: Id | None = None
    resourceClassifiedAs: Words = msgspec.field(default_factory=list)
    recipeInputOf: Id | None = None
    recipeOutputOf: Id | None = None
    recipeClauseOf: Id | None = None
    recipeReciprocalClauseOf: Id | None = None
    stage: Id | None = None
    state: Title | None = None


# Plan: what is wished, offered, promised and owed.


class Plan(Named, frozen=True):
    """`vf:Plan`."""

    created: Time | None = None
    due: Time | None = None


class Process(Named, frozen=True):
    """`vf:Process`: an activity that turns inputs into outputs, planned or under way or done."""

    basedOn: Id | None = None
    classifiedAs: Words = msgspec.field(default_factory=list)
    finished: bool = False
    hasBeginning: Time | None = None
    hasEnd: Time | None = None
    inScopeOf: AgentId | None = None
    plannedWithin: Id | None = None


class Flow(Record, frozen=True):
    """What an Intent, a Commitment, a Claim and an EconomicEvent have in common. Not a class of the ontology."""

    action: Action
    provider: AgentId | None = None
    receiver: AgentId | None = None
    resourceConformsTo: Id | None = None
    resourceClassifiedAs: Words = msgspec.field(default_factory=list)
    resourceQuantity: Measure | None = None
    effortQuantity: Measure | None = None
    note: Note | None = None


class Planned(Flow, frozen=True):
    """What an Intent and a Commitment have in common. Not a class of the ontology."""

    resourceInventoriedAs: Id | None = None
    inputOf: Id | None = None
    outputOf: Id | None = None
    plannedWithin: Id | None = None
    hasPointInTime: Time | None = None
    hasBeginning: Time | None = None
    hasEnd: Time | None = None
    due: Time | None = None
    finished: bool = False
    stage: Id | None = None
    state: Title | None = None


class Intent(Planned, frozen=True):
    """`vf:Intent`: something that is wished or offered, by one side, or by nobody in particular (an open task).

    commons-own: `clauseOf`, `reciprocalClauseOf`: of what agreement it becomes a clause when it is promised.
    """

    name: Title | None = None
    image: Address | None = None
    imageList: Addresses = msgspec.field(default_factory=list)
    availableQuantity: Measure | None = None
    minimumQuantity: Measure | None = None
    clauseOf: Id | None = None
    reciprocalClauseOf: Id | None = None


class Commitment(Planned, frozen=True):
    """`vf:Commitment`: a promise."""

    created: Time | None = None
    satisfies: Many = msgspec.field(default_factory=list)
    clauseOf: Id | None = None
    reciprocalClauseOf: Id | None = None
    independentDemandOf: Id | None = None


class Claim(Flow, frozen=True):
    """`vf:Claim`: what the receiver says is due to them, triggered by an event."""

    created: Time | None = None
    due: Time | None = None
    finished: bool = False
    triggeredBy: Id | None = None


class Agreement(Named, frozen=True):
    """`vf:Agreement`."""

    created: Time | None = None
    bundledIn: Id | None = None


class AgreementBundle(Named, frozen=True):
    """`vf:AgreementBundle`: agreements that belong together, like the lines of an order."""

    created: Time | None = None


class Proposal(Named, frozen=True):
    """`vf:Proposal`: intents published as an offer or a request, with what is wanted in return."""

    created: Time | None = None
    hasBeginning: Time | None = None
    hasEnd: Time | None = None
    purpose: Literal["offer", "request"] | None = None
    unitBased: bool = False
    eligibleLocation: Id | None = None
    publishes: Many = msgspec.field(default_factory=list)
    reciprocal: Many = msgspec.field(default_factory=list)
    proposedTo: Annotated[list[AgentId], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=list)
    listedIn: Many = msgspec.field(default_factory=list)


class ProposalList(Named, frozen=True):
    """`vf:ProposalList`: proposals that belong together, like a price list."""

    created: Time | None = None
    proposedTo: Annotated[list[AgentId], msgspec.Meta(max_length=100)] = msgspec.field(default_factory=list)


# Observation: what is there, and what has happened.


class SpatialThing(Named, frozen=True):
    """`vf:SpatialThing`: a place. It is public for good: not where a person lives."""

    lat: Degrees | None = None
    long: Degrees | None = None
    alt: Degrees | None = None
    mappableAddress: Note | None = None
    hasDetailedGeometry: Annotated[list[Annotated[str, msgspec.Meta(max_length=5_000)]], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=list
    )


class BatchLotRecord(Record, frozen=True):
    """`vf:BatchLotRecord`: a batch or lot that resources come from."""

    batchLotCode: Title | None = None
    expirationDate: Time | None = None


class EconomicResource(Named, frozen=True):
    """`vf:EconomicResource`, as far as it is said and not counted: quantities, stage, place and holder follow from events.

    commons-own: `mayOverdraw`: an account that may go below nothing, such as one of mutual credit.
    """

    conformsTo: Id | None = None
    classifiedAs: Words = msgspec.field(default_factory=list)
    image: Address | None = None
    imageList: Addresses = msgspec.field(default_factory=list)
    trackingIdentifier: Title | None = None
    ofBatchLot: Id | None = None
    unitOfEffort: UnitName | None = None
    currentVirtualLocation: Address | None = None
    currentCurrencyLocation: Title | None = None
    mayOverdraw: bool = False


class Organization(Named, frozen=True):
    """`vf:Organization`: what is told of one, under its id (`org:…`); that there is one is said by `commons.agent`."""

    image: Address | None = None
    classifiedAs: Words = msgspec.field(default_factory=list)
    primaryLocation: Id | None = None


class EcologicalAgent(Named, frozen=True):
    """`vf:EcologicalAgent`: what is told of a river, a forest, the air, in the same way."""

    image: Address | None = None
    classifiedAs: Words = msgspec.field(default_factory=list)
    primaryLocation: Id | None = None


class EconomicEvent(Body, frozen=True):
    """`vf:EconomicEvent`: something that was given, made, used or done. It is never changed; another one corrects it.

    `created` is the time of its entry. `note` is public for good: no personal data.
    """

    action: Action
    provider: AgentId | None = None
    receiver: AgentId | None = None
    hasPointInTime: Time | None = None
    hasBeginning: Time | None = None
    hasEnd: Time | None = None
    resourceConformsTo: Id | None = None
    resourceClassifiedAs: Words = msgspec.field(default_factory=list)
    resourceInventoriedAs: Id | None = None
    toResourceInventoriedAs: Id | None = None
    resourceQuantity: Measure | None = None
    effortQuantity: Measure | None = None
    inputOf: Id | None = None
    outputOf: Id | None = None
    fulfills: Many = msgspec.field(default_factory=list)
    satisfies: Many = msgspec.field(default_factory=list)
    settles: Many = msgspec.field(default_factory=list)
    realizationOf: Id | None = None
    reciprocalRealizationOf: Id | None = None
    corrects: Id | None = None
    toLocation: Id | None = None
    state: Title | None = None
    image: Address | None = None
    note: Note | None = None

    def quantity(self) -> Measure | None:
        """The one quantity that counts as a contribution: of effort, else of resource."""
        return self.effortQuantity or self.resourceQuantity


AnyRecord = (
    Unit | ResourceSpecification | ProcessSpecification | Recipe | RecipeProcess | RecipeExchange | RecipeFlow
    | Plan | Process | Intent | Commitment | Claim | Agreement | AgreementBundle | Proposal | ProposalList
    | SpatialThing | BatchLotRecord | EconomicResource | Organization | EcologicalAgent
)  # fmt: skip
"""Everything that entries can create and revise by its id. Persons tell of themselves beside the journal; events have kinds of their own."""
