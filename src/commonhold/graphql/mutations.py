"""The fields of Mutation: each is one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping

from graphql import GraphQLObjectType, get_named_type

from .agent_mutations import create_organization, create_person, delete_organization, delete_person, update_organization, update_person
from .event_mutations import create_event, update_event, update_resource
from .plan_mutations import create_plan, give_back_task, replan, take_task
from .record_mutations import create_record, delete_record, update_record
from .resolvers import Resolve
from .view import RECORDS

OTHERS: Mapping[str, Resolve] = {
    "createPerson": create_person,
    "updatePerson": update_person,
    "deletePerson": delete_person,
    **{f"create{type_}": create_organization(type_) for type_ in ("Organization", "EcologicalAgent")},
    **{f"update{type_}": update_organization(type_) for type_ in ("Organization", "EcologicalAgent")},
    **{f"delete{type_}": delete_organization(type_) for type_ in ("Organization", "EcologicalAgent")},
    "createEconomicEvent": create_event,
    "updateEconomicEvent": update_event,
    "updateEconomicResource": update_resource,
    "createPlanFromRecipe": create_plan,
    "replan": replan,
    "takeTask": take_task,
    "giveBackTask": give_back_task,
}


def mutation_resolver(mutation: GraphQLObjectType, name: str) -> Resolve | None:
    """The resolver of a field of Mutation; None if nothing carries it out."""
    if name in OTHERS:
        return OTHERS[name]
    match = re.fullmatch("(create|update|delete)(.+)", name)
    if match is None or match[2] not in RECORDS - {"EconomicResource"}:
        return None
    verb, type_ = match.groups()
    field = mutation.fields[name]
    if verb == "delete":
        return delete_record(type_)
    answer = get_named_type(field.type)
    assert isinstance(answer, GraphQLObjectType)
    return {"create": create_record, "update": update_record}[verb](type_, next(iter(field.args)), next(iter(answer.fields)))
