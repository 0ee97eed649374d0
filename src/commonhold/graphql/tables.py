"""Which fields of the schema are answered from the other side: the inverses of Valueflows, and what belongs to what by way of others.

A field that is in no table here, not stored, and not computed in `computed.py`, does not get into the schema: `schema.py`
refuses to build it.
"""

from __future__ import annotations

from collections.abc import Mapping

from .relations import (
    Relation,
    both,
    events,
    events_by_column,
    events_by_link,
    events_in_return,
    events_of_agent,
    linked,
    named_agents,
    names,
    next_processes,
    resources_by_column,
    resources_of_agent,
    said_of_agent,
    through,
)
from .things import Thing

Relations = tuple[Relation, ...]

_ADJUSTS = "action IN ('raise', 'lower')"
_BRINGS = f" AND input_of IS NULL AND (output_of IS NOT NULL OR {_ADJUSTS})"
_LEADS_ON = f" AND output_of IS NULL AND NOT ({_ADJUSTS} AND previous IS NULL)"
"""Of events, as `flows.tracing.trace` has it: which bring a resource, and to which a resource leads."""


def _is_unplanned(thing: Thing) -> bool:
    return not (thing.said.fulfills or thing.said.satisfies)


def _is_in_no_process(thing: Thing) -> bool:
    return thing.said.inputOf is None and thing.said.outputOf is None


_sides = named_agents("provider", "receiver")
_in_scope = said_of_agent("Process", "inScopeOf")
_commitments = linked("Commitment", "inputOf", "outputOf")
_intents = linked("Intent", "inputOf", "outputOf")
_of_process = events(events_by_column("input_of", "output_of"))
_in_plan = linked("Process", "plannedWithin")
_clauses = linked("Commitment", "clauseOf", "reciprocalClauseOf")
_realized = events(events_by_link("realizationOf", "reciprocalRealizationOf"))
_touching = events(events_by_column("resource", "to_resource"))

_AGENT: Mapping[str, Relations] = {
    "claims": (said_of_agent("Claim", "provider", "receiver"),),
    "claimsAsProvider": (said_of_agent("Claim", "provider"),),
    "claimsAsReceiver": (said_of_agent("Claim", "receiver"),),
    "commitments": (both(said_of_agent("Commitment", "provider", "receiver"), through(_in_scope, _commitments)),),
    "commitmentsAsProvider": (said_of_agent("Commitment", "provider"),),
    "commitmentsAsReceiver": (said_of_agent("Commitment", "receiver"),),
    "commitmentsInScope": (through(_in_scope, _commitments),),
    "intents": (both(said_of_agent("Intent", "provider", "receiver"), through(_in_scope, _intents)),),
    "intentsAsProvider": (said_of_agent("Intent", "provider"),),
    "intentsAsReceiver": (said_of_agent("Intent", "receiver"),),
    "intentsInScope": (through(_in_scope, _intents),),
    "economicEvents": (both(events_of_agent("provider", "receiver"), through(_in_scope, _of_process)),),
    "economicEventsAsProvider": (events_of_agent("provider"),),
    "economicEventsAsReceiver": (events_of_agent("receiver"),),
    "economicEventsInScope": (through(_in_scope, _of_process),),
    "inventoriedEconomicResources": (resources_of_agent("accountable"),),
    "processes": (_in_scope,),
    "plans": (through(_in_scope, names("Plan", "plannedWithin")),),
    "proposals": (through(said_of_agent("Intent", "provider", "receiver"), linked("Proposal", "publishes")),),
    "proposalsTo": (said_of_agent("Proposal", "proposedTo"),),
}

INVERSES: Mapping[str, Mapping[str, Relations]] = {
    "Person": _AGENT,
    "Organization": _AGENT,
    "EcologicalAgent": _AGENT,
    "SpatialThing": {
        "economicResources": (resources_by_column("location"),),
        "economicEvents": (events(events_by_link("toLocation")),),
        "proposals": (linked("Proposal", "eligibleLocation"),),
    },
    "ResourceSpecification": {
        "claims": (linked("Claim", "resourceConformsTo"),),
        "commitments": (linked("Commitment", "resourceConformsTo"),),
        "intents": (linked("Intent", "resourceConformsTo"),),
        "conformingResources": (resources_by_column("conforms_to"),),
        "economicEvents": (events(events_by_column("conforms_to")),),
        "conformingRecipeFlows": (linked("RecipeFlow", "resourceConformsTo"),),
    },
    "ProcessSpecification": {
        "commitmentsRequiringStage": (linked("Commitment", "stage"),),
        "resourcesCurrentlyAtStage": (resources_by_column("stage"),),
        "conformingProcesses": (linked("Process", "basedOn"),),
        "conformingRecipeProcesses": (linked("RecipeProcess", "processConformsTo"),),
        "recipeFlowsRequiringStage": (linked("RecipeFlow", "stage"),),
    },
    "RecipeProcess": {
        "hasRecipeInput": (linked("RecipeFlow", "recipeInputOf"),),
        "hasRecipeOutput": (linked("RecipeFlow", "recipeOutputOf"),),
        "recipeInputs": (linked("RecipeFlow", "recipeInputOf"),),
        "recipeOutputs": (linked("RecipeFlow", "recipeOutputOf"),),
    },
    "RecipeExchange": {
        "recipeStipulates": (linked("RecipeFlow", "recipeClauseOf"),),
        "recipeStipulatesReciprocal": (linked("RecipeFlow", "recipeReciprocalClauseOf"),),
        "recipeClauses": (linked("RecipeFlow", "recipeClauseOf"),),
        "recipeReciprocalClauses": (linked("RecipeFlow", "recipeReciprocalClauseOf"),),
    },
    "Agreement": {
        "involvedAgents": (both(through(_clauses, _sides), through(_realized, _sides)),),
        "commitments": (_clauses,),
        "economicEvents": (_realized,),
        "unplannedEconomicEvents": (events(_realized.pairs, _is_unplanned),),
        "stipulates": (linked("Commitment", "clauseOf"),),
        "stipulatesReciprocal": (linked("Commitment", "reciprocalClauseOf"),),
        "realizes": (events(events_by_link("realizationOf")),),
        "realizesReciprocal": (events(events_by_link("reciprocalRealizationOf")),),
    },
    "AgreementBundle": {
        "bundles": (linked("Agreement", "bundledIn"),),
        "agreements": (linked("Agreement", "bundledIn"),),
    },
    "ProposalList": {"lists": (linked("Proposal", "listedIn"),)},
    "EconomicEvent": {
        "triggers": (linked("Claim", "triggeredBy"),),
        "correctedBy": (events(events_by_column("corrects")),),
        "reciprocalEvents": (events(events_in_return()),),
    },
    "EconomicResource": {
        "contains": (resources_by_column("contained_in"),),
        "economicEventsInOutFrom": (events(events_by_column("resource")),),
        "economicEventsFrom": (events(events_by_column("resource")),),
        "economicEventsTo": (events(events_by_column("to_resource")),),
        "economicEvents": (_touching,),
        "previous": (both(events(events_by_column("resource", where=_BRINGS)), events(events_by_column("to_resource"))),),
        "next": (events(events_by_column("resource", where=_LEADS_ON)),),
        "commitments": (linked("Commitment", "resourceInventoriedAs"),),
        "intents": (linked("Intent", "resourceInventoriedAs"),),
    },
    "BatchLotRecord": {"economicResources": (linked("EconomicResource", "ofBatchLot"),)},
    "Intent": {
        "publishedIn": (linked("Proposal", "publishes", "reciprocal"),),
        "satisfiedBy": (linked("Commitment", "satisfies"), events(events_by_link("satisfies"))),
        "observedBy": (events(events_by_link("satisfies")),),
    },
    "Commitment": {"fulfilledBy": (events(events_by_link("fulfills")),), "involvedAgents": (_sides,)},
    "Claim": {"settledBy": (events(events_by_link("settles")),)},
    "Plan": {
        "inScopeOf": (through(_in_plan, named_agents("inScopeOf")),),
        "involvedAgents": (
            both(
                through(linked("Commitment", "plannedWithin", "independentDemandOf"), _sides), through(linked("Intent", "plannedWithin"), _sides),
                through(_in_plan, _commitments, _sides), through(_in_plan, _intents, _sides), through(_in_plan, _of_process, _sides),
            ),
        ),
        "independentDemands": (linked("Commitment", "independentDemandOf"),),
        "hasIndependentDemand": (linked("Commitment", "independentDemandOf"),),
        "nonProcessCommitments": (linked("Commitment", "plannedWithin", only=_is_in_no_process),),
        "processes": (_in_plan,),
        "planIncludes": (_in_plan, linked("Commitment", "plannedWithin"), linked("Intent", "plannedWithin")),
    },
    "Process": {
        "nextProcesses": (next_processes("output_of", "input_of"),),
        "previousProcesses": (next_processes("input_of", "output_of"),),
        "involvedAgents": (both(through(_of_process, _sides), through(_commitments, _sides), through(_intents, _sides)),),
        "workingAgents": (
            through(events(events_by_column("input_of", "output_of", where=" AND action = 'work'")), named_agents("provider")),
        ),
        "observedInputs": (events(events_by_column("input_of")),),
        "observedOutputs": (events(events_by_column("output_of")),),
        "unplannedInputs": (events(events_by_column("input_of"), _is_unplanned),),
        "unplannedOutputs": (events(events_by_column("output_of"), _is_unplanned),),
        "previous": (events(events_by_column("input_of")),),
        "next": (events(events_by_column("output_of")),),
        "committedInputs": (linked("Commitment", "inputOf"),),
        "committedOutputs": (linked("Commitment", "outputOf"),),
        "intendedInputs": (linked("Intent", "inputOf"),),
        "intendedOutputs": (linked("Intent", "outputOf"),),
        "hasInput": (events(events_by_column("input_of")), linked("Commitment", "inputOf"), linked("Intent", "inputOf")),
        "hasOutput": (events(events_by_column("output_of")), linked("Commitment", "outputOf"), linked("Intent", "outputOf")),
        "economicEvents": (_of_process,),
        "commitments": (_commitments,),
        "intents": (_intents,),
        "unplannedEconomicEvents": (events(_of_process.pairs, _is_unplanned),),
    },
}  # fmt: skip
"""class → field → the relations whose sum it is."""
