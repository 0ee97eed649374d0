"""A commons in which every field of every class has something to tell."""

from __future__ import annotations

from typing import Any

from asking import Asker

PICTURE = "https://example.org/picture.png"
CLASSES = ["https://example.org/class"]
DAY = "2026-01-02T00:00:00Z"
LATER = "2026-01-03T00:00:00Z"
IN_HOURS = {"hasNumericalValue": 4, "hasUnit": "hour"}
IN_KILOGRAMS = {"hasNumericalValue": 10, "hasUnit": "kilogram"}


def furnish(ana: Asker) -> dict[str, str]:
    """Fill the commons; return the ids of the things that are furthest apart."""
    me, bo = (ana.site.world.ids[name] for name in ("Ana", "Bo"))
    told = {"note": "A note.", "image": PICTURE}
    place = ana.make(
        "SpatialThing",
        name="Mill",
        note="By the river.",
        lat=52.5,
        long=4.5,
        alt=3,
        mappableAddress="Dam 1",
        hasDetailedGeometry=["POINT (4.5 52.5)"],
    )
    _tell_of_ana(ana, me, place)
    mill = ana.make("Organization", name="Mill", classifiedAs=CLASSES, primaryLocation=place, **told)
    river = ana.make("EcologicalAgent", name="River", classifiedAs=CLASSES, primaryLocation=place, **told)
    eve = ana.make("Person", name="Eve", primaryLocation=place, **told)
    loaf = ana.make("Unit", label="loaf", symbol="lf", omUnitIdentifier="one", classifiedAs=CLASSES)
    flour, bread = (
        ana.make(
            "ResourceSpecification", name=name, imageList=[PICTURE], resourceClassifiedAs=CLASSES, defaultUnitOfResource="kilogram",
            defaultUnitOfEffort="hour", substitutable=True, mediumOfExchange=False, **told,
        )
        for name in ("Flour", "Bread")
    )  # fmt: skip
    baking = ana.make("ProcessSpecification", name="Baking", **told)
    _recipe(ana, flour, bread, baking, loaf)
    lot = ana.make("BatchLotRecord", batchLotCode="L-1", expirationDate=LATER)
    bundle = ana.make("AgreementBundle", name="Order", note="Two lines.", created=DAY)
    agreement = ana.make("Agreement", name="Bread for work", note="Fair.", created=DAY, bundledIn=bundle)
    plan = ana.make("Plan", name="A day", note="Early.", created=DAY, due=LATER)
    process, after = (
        ana.make(
            "Process", name=name, note="Warm.", classifiedAs=CLASSES, hasBeginning=DAY, hasEnd=LATER, finished=True, basedOn=baking, plannedWithin=plan,
            inScopeOf=[scope],
        )
        for name, scope in (("Bake", mill), ("Slice", me))
    )  # fmt: skip
    scopes = [ana.make("Process", name=f"For {scope}", inScopeOf=[scope], plannedWithin=plan) for scope in (river, eve)]
    kind = {"resourceConformsTo": flour, "resourceClassifiedAs": CLASSES, "resourceQuantity": IN_KILOGRAMS}
    said = {
        "name": "Sack", "note": "Heavy.", "classifiedAs": CLASSES, "trackingIdentifier": "S-1", "image": PICTURE, "imageList": [PICTURE], "ofBatchLot": lot,
        "unitOfEffort": "hour", "currentVirtualLocation": "https://example.org/sack", "currentCurrencyLocation": "shelf", "currentLocation": place,
    }  # fmt: skip
    box = ana.event("raise", 1, {"name": "Box"}, provider=me, receiver=me, resourceConformsTo=bread)["resource"]
    sack = ana.event(
        "produce", {"hasNumericalValue": 100, "hasUnit": "kilogram"}, said, provider=me, receiver=me, resourceConformsTo=flour, state="dry"
    )["resource"]
    flows = {
        "action": "consume", "inputOf": process, "plannedWithin": plan, "due": LATER, "note": "Fresh.", "effortQuantity": None, "state": "dry",
        "stage": baking, "resourceInventoriedAs": sack, **kind,
    }  # fmt: skip
    more = {"image": PICTURE, "imageList": [PICTURE], "availableQuantity": IN_KILOGRAMS, "minimumQuantity": IN_KILOGRAMS, "name": "Wish"}
    agreed = {"clauseOf": agreement, "reciprocalClauseOf": agreement}
    intent = ana.make("Intent", provider=me, receiver=bo, hasPointInTime=DAY, **flows, **more, **agreed)
    use = {"action": "use", "inputOf": process, "outputOf": None, "effortQuantity": IN_HOURS, "hasBeginning": DAY, "hasEnd": LATER}
    ana.make("Intent", provider=mill, receiver=river, **use, plannedWithin=plan)
    output = {"action": "produce", "outputOf": process, "resourceConformsTo": bread, "resourceQuantity": {"hasNumericalValue": 9, "hasUnit": loaf}}
    ana.make("Intent", receiver=me, **output, plannedWithin=plan)
    ana.make("Commitment", receiver=mill, **output, plannedWithin=plan)
    ana.make("Commitment", provider=river, receiver=eve, **use)
    task = ana.make("Intent", action="work", receiver=me, name="Help", inputOf=process, effortQuantity=IN_HOURS)
    for_others = [
        ana.make("Intent", action="transfer", provider=one, receiver=other, name="Swap") for one, other in ((river, mill), (eve, river), (mill, eve))
    ]
    for_others += [ana.make("Intent", action="consume", provider=me, inputOf=one) for one in (*scopes, after)]
    committed = ana.make(
        "Commitment", provider=me, receiver=bo, hasPointInTime=DAY, satisfies=[intent], independentDemandOf=plan, created=DAY, **flows, **agreed,
    )  # fmt: skip
    for one in (*scopes, after):
        ana.make("Commitment", action="consume", provider=me, inputOf=one)
    for one, other in ((mill, river), (eve, mill), (river, eve)):
        ana.make("Commitment", action="transfer", provider=one, receiver=other, plannedWithin=plan)
    listed = ana.make("ProposalList", name="Prices", note="Of today.", created=DAY, proposedTo=[bo])
    everybody = [me, bo, mill, river, eve]
    offers = {
        "purpose": "offer",
        "publishes": [intent, *for_others],
        "reciprocal": [task],
        "proposedTo": everybody,
        "listedIn": [listed],
        "eligibleLocation": place,
    }
    ana.make("Proposal", name="Offer", note="Good.", created=DAY, hasBeginning=DAY, hasEnd=LATER, unitBased=True, **offers)
    ana.make("Proposal", name="Request", purpose="request")
    work = {"action": "work", "inputOf": process, "effortQuantity": IN_HOURS, "hasBeginning": DAY, "hasEnd": LATER, "image": PICTURE}
    ana.event(**work, provider=me, receiver=mill, fulfills=[], satisfies=[task])
    consumed = ana.event(
        "consume", IN_KILOGRAMS, provider=me, receiver=bo, inputOf=process, resourceInventoriedAs=sack, resourceConformsTo=flour, fulfills=[committed],
        satisfies=[intent], realizationOf=agreement, note="Used.", resourceClassifiedAs=CLASSES, hasPointInTime=DAY, state="wet",
    )  # fmt: skip
    unplanned = ana.event(
        "consume", IN_KILOGRAMS, provider=me, receiver=me, inputOf=process, resourceInventoriedAs=sack, reciprocalRealizationOf=agreement
    )
    correction = {"hasNumericalValue": -1, "hasUnit": "kilogram"}
    again = {"provider": me, "receiver": me, "inputOf": process, "resourceInventoriedAs": sack, "corrects": unplanned["id"]}
    ana.event("consume", correction, **again)
    made = ana.event(
        "produce",
        {"hasNumericalValue": 9, "hasUnit": loaf},
        {"name": "Bread", "containedIn": box},
        provider=me,
        receiver=me,
        outputOf=process,
        resourceConformsTo=bread,
    )
    ana.event("raise", {"hasNumericalValue": 4, "hasUnit": loaf}, resourceInventoriedAs=made["resource"], provider=me, receiver=me, state="crisp")
    ana.event("consume", {"hasNumericalValue": 1, "hasUnit": loaf}, resourceInventoriedAs=made["resource"], provider=me, receiver=me, inputOf=after)
    there = {"provider": me, "receiver": mill, "resourceInventoriedAs": sack, "toLocation": place}
    bag = ana.event("transfer", IN_KILOGRAMS, {"name": "Bag"}, **there)["resource"]
    for one, other in ((river, mill), (mill, eve), (eve, river)):
        ana.event("transfer", IN_KILOGRAMS, provider=one, receiver=other, resourceConformsTo=flour)
    for one in (river, eve):
        ana.event("raise", 1, {"name": "Stone"}, provider=one, receiver=one, resourceConformsTo=flour)
    for one in scopes:
        ana.event("consume", 1, provider=me, receiver=me, inputOf=one)
    claims = {"action": "transfer", "triggeredBy": consumed["id"], "note": "Due.", "due": LATER, "created": DAY, "effortQuantity": None, **kind}
    claim = ana.make("Claim", provider=bo, receiver=me, finished=True, **claims)
    for one, other in ((mill, river), (river, eve), (eve, mill)):
        ana.make("Claim", action="work", provider=one, receiver=other, effortQuantity=IN_HOURS)
    ana.event("transfer", IN_KILOGRAMS, provider=me, receiver=bo, settles=[claim], resourceConformsTo=flour)
    ana.site.world.log("Ana")
    _revise_everything(ana)
    return {"sack": sack, "bread": made["resource"], "bag": bag, "plan": plan, "intent": intent, "task": task, "flour": flour}


def _tell_of_ana(ana: Asker, me: str, place: str) -> None:
    revision = ana.ask("{ myAgent { revisionId } }")["myAgent"]["revisionId"]
    query = "mutation($p: AgentUpdateParams!) { updatePerson(person: $p) { agent { id } } }"
    ana.ask(query, p={"revisionId": revision, "name": "Ana", "note": "A note.", "image": PICTURE, "primaryLocation": place})


def _recipe(ana: Asker, flour: str, bread: str, baking: str, loaf: str) -> None:
    made = ana.make(
        "RecipeProcess", name="Bake", note="Hot.", image=PICTURE, processConformsTo=baking, processClassifiedAs=CLASSES,
        hasDuration={"numericDuration": 2, "unitType": "hour"},
    )  # fmt: skip
    ana.make("Recipe", name="Bread", note="Plain.", primaryOutput=bread, recipeIncludes=[made])
    exchange = ana.make("RecipeExchange", name="Buy", note="Cash.")
    more: dict[str, Any] = {"note": "Fine.", "resourceClassifiedAs": CLASSES, "stage": baking, "state": "dry"}
    amount = {"hasNumericalValue": 2, "hasUnit": loaf}
    clauses = {"recipeClauseOf": exchange, "recipeReciprocalClauseOf": exchange}
    ana.make("RecipeFlow", action="consume", recipeInputOf=made, resourceConformsTo=flour, resourceQuantity=IN_KILOGRAMS, **more, **clauses)
    ana.make("RecipeFlow", action="work", recipeInputOf=made, effortQuantity=IN_HOURS)
    ana.make("RecipeFlow", action="produce", recipeOutputOf=made, resourceConformsTo=bread, resourceQuantity=amount)


def _revise_everything(ana: Asker) -> None:
    """So that each class has something with a revision before it."""
    lists = {"plan": "plans", "process": "processes", "economicResource": "economicResources", "agreementBundle": "agreementBundles"}
    for one, many in lists.items():
        name = one[0].upper() + one[1:]
        found = ana.ask(f"{{ {many}(first: 1) {{ edges {{ node {{ revisionId }} }} }} }}")[many]["edges"][0]["node"]["revisionId"]
        argument = "resource" if one == "economicResource" else one
        query = f"mutation($given: {name}UpdateParams!) {{ update{name}({argument}: $given) {{ {one} {{ id }} }} }}"
        ana.ask(query, given={"revisionId": found, "note": "Said anew."})
