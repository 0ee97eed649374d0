"""Older shapes at the border: what comes out has the names of 1.0, and what cannot come in is named."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.flows.actions import ACTIONS
from commonhold.flows.interchange.document import check_document
from commonhold.flows.interchange.legacy import normalise, read_json
from commonhold.flows.interchange.legacy_values import kept_id, number_text, rounded, time_text
from commonhold.problems import BadInput


def codes(problems):
    return [problem.code for problem in problems]


def clean(data, **options):
    """What comes of data from which nothing may be lost."""
    document, problems = normalise(data, **options)
    assert problems == []
    assert check_document(document) == []
    return document


def lossy(data, **options):
    """What comes of data, and (code, field) of what is lost."""
    document, problems = normalise(data, **options)
    assert check_document(document) == []
    return document, [(problem.code, problem.field) for problem in problems]


KILO = {"hasNumericalValue": "1.50", "hasUnit": "kg"}
OWN = {
    "source": "here",
    "agents": [{"id": "ana", "type": "Person", "name": "Ana"}],
    "units": [{"label": "u_piece", "omUnitIdentifier": "om2:one"}],
    "economicEvents": [
        {"id": "e1", "action": "raise", "provider": "ana", "receiver": "ana", "resourceInventoriedAs": "r", "resourceQuantity": KILO, "note": None},
        {"id": "e2", "action": "produce", "provider": "ana", "resourceInventoriedAs": "s", "resourceQuantity": {**KILO, "hasUnit": "u_piece"}},
    ],
    "expectedFinalEconomicResources": [{"id": "r", "onhandQuantity": KILO}],
    "traceOrder": [{"type": "EconomicResource", "id": "r"}],
}


def test_a_document_of_ours_comes_as_it_is():
    before = copy.deepcopy(OWN)
    document = clean(OWN)
    assert before == OWN, "the input is not changed"
    assert document["units"] == [{"id": "u_piece", "label": "u_piece", "omUnitIdentifier": "om2:one"}]
    assert document["economicEvents"] == [{k: v for k, v in event.items() if v is not None} for event in OWN["economicEvents"]]
    assert {key: document[key] for key in ("source", "agents", "expectedFinalEconomicResources", "traceOrder")} == {
        key: OWN[key] for key in ("source", "agents", "expectedFinalEconomicResources", "traceOrder")
    }
    assert clean(document) == document


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("transfer-custody", "transferCustody"),
        ("deliver_service", "deliverService"),
        ("pack", "combine"),
        ("unpack", "separate"),
        ("vf:work", "work"),
    ],
)
def test_actions_in_older_spellings(written, meant):
    events = [{"id": "e", "action": action, "provider": "ana"} for action in (written, {"id": written}, {"label": written})]
    for event in events:
        document, _ = lossy({"agents": OWN["agents"], "economicEvents": [event]})
        assert document["economicEvents"][0]["action"] == meant


def test_an_action_that_is_gone_is_told_and_its_event_left_out():
    document, lost = lossy({"economicEvents": [{"id": "e", "action": "pass"}, {"id": "f", "action": "work"}]})
    assert [event["id"] for event in document["economicEvents"]] == ["f"]
    assert lost == [("flows.unknown_action", "economicEvents[0].action")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019-04-18T8:00:00-5:00", "2019-04-18T13:00:00Z"),
        ("2019-04-18T08:00:00+01:00", "2019-04-18T07:00:00Z"),
        ("2019-04-18T08:00:00.1234567Z", "2019-04-18T08:00:00.123456Z"),
        ("2019-04-18T08:00:00.500Z", "2019-04-18T08:00:00.500Z"),
        ("2019-04-18 08:00", "2019-04-18T08:00:00Z"),
        ("2019-04-18", "2019-04-18T00:00:00Z"),
        ("2022/03/01", "2022-03-01T00:00:00Z"),
        ("2024-02-29T23:59:59-0030", "2024-03-01T00:29:59Z"),
        (1555574400, "2019-04-18T08:00:00Z"),
        (1555574400250, "2019-04-18T08:00:00.25Z"),
        (Decimal("1555574400.5"), "2019-04-18T08:00:00.5Z"),
        ({"@value": "2019-04-18T08:00:00Z"}, "2019-04-18T08:00:00Z"),
        ("2019-02-29", None),
        ("2019-02-29T00:00:00Z", None),
        ("20190418", None),
        ("2019-04-18T25:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        (10**40, None),
        (True, None),
        ("soon", None),
    ],
)
def test_times(written, meant):
    assert time_text(written) == meant


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 - the zone is given beside
def test_a_time_with_any_offset_is_the_same_moment_in_utc(moment, minutes):
    local = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert datetime.fromisoformat(time_text(local.isoformat())) == local.astimezone(UTC)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**11), max_value=10**11))
def test_numbers_are_kept_exactly_up_to_six_digits(number):
    text = number_text(number)
    assert Decimal(text) == number
    assert abs(Decimal(rounded(text)) - number) <= Decimal("0.0000005")
    assert number_text(str(number)) == text


def test_json_numbers_lose_nothing():
    assert read_json(b'{"a": 0.1, "b": 12345678901234567890}') == {"a": Decimal("0.1"), "b": 12345678901234567890}
    with pytest.raises(BadInput, match="line 1"):
        read_json(b"{,}")
    with pytest.raises(BadInput, match="deeply"):
        read_json("[" * 100_000)


@pytest.mark.parametrize(
    ("given_", "kept"), [("ok-1", "ok-1"), (7, "7"), ("x" * 200, "x" * 200), ("", None), (None, None), (True, None), ({"@value": "q"}, "q")]
)
def test_ids_that_are_ids_are_kept(given_, kept):
    assert kept_id("Intent", given_) == kept


@given(st.text(min_size=1))
def test_other_ids_become_ids_that_are_always_the_same(text):
    id_ = kept_id("Intent", text)
    assert id_ is None or (id_ == kept_id("Intent", text) and 0 < len(id_) <= 200 and id_.isascii() and not any(one.isspace() for one in id_))


def test_spellings_of_fields_and_measures_may_be_mixed():
    event = {
        "id": "e", "action": "consume", "has_point_in_time": "2020-01-01", "resource-quantity": {"om2:hasNumericalValue": Decimal("2.50"), "om2:hasUnit": "om2:kilogram"},
        "resource_quantity": None, "effortQuantity": {"has_numerical_value": 3, "has_unit": {"label": "h"}}, "inputOf": {"id": "p", "name": "Wash", "isFinished": None},
    }  # fmt: skip
    document = clean({"economicEvents": [event]})
    assert document["economicEvents"] == [
        {
            "id": "e", "action": "consume", "hasPointInTime": "2020-01-01T00:00:00Z", "resourceQuantity": {"hasNumericalValue": "2.5", "hasUnit": "om2:kilogram"},
            "effortQuantity": {"hasNumericalValue": "3", "hasUnit": "h"}, "inputOf": "p",
        }
    ]  # fmt: skip
    assert document["processes"] == [{"id": "p", "name": "Wash"}]


def test_what_is_rounded_assumed_or_no_value_is_told():
    event = {
        "id": "e",
        "action": "work",
        "effortQuantity": {"hasNumericalValue": "0.12345678"},
        "hasBeginning": "2020-01-01T08:00",
        "hasEnd": "later",
    }
    document, lost = lossy({"economicEvents": [event, {"id": "f", "action": "use", "resourceQuantity": "3 kg"}]})
    assert document["economicEvents"][0] == {
        "id": "e", "action": "work", "effortQuantity": {"hasNumericalValue": "0.123457", "hasUnit": "om2:one"}, "hasBeginning": "2020-01-01T08:00:00Z",
    }  # fmt: skip
    assert lost == [
        ("flows.rounded", "economicEvents[0].effortQuantity"),
        ("flows.unit_assumed", "economicEvents[0].effortQuantity"),
        ("flows.time_zone_assumed", "economicEvents[0].hasBeginning"),
        ("flows.bad_time", "economicEvents[0].hasEnd"),
        ("flows.bad_quantity", "economicEvents[1].resourceQuantity"),
    ]


def test_units_by_label_and_units_that_nobody_knows():
    def counted(unit):
        return {"id": f"e-{unit}", "action": "consume", "resourceQuantity": {"hasNumericalValue": 1, "hasUnit": unit}}

    units = [{"id": "u1", "label": "crate", "symbol": "cr"}, {"id": "u2", "label": "kilo", "symbol": "om2:kilogram"}]
    document, lost = lossy({"units": units, "economicEvents": [counted(unit) for unit in ("Crate", "cr", "u1", "kilo", "lb", "wheelbarrow full")]})
    assert [event["resourceQuantity"]["hasUnit"] for event in document["economicEvents"]] == [
        "u1", "u1", "u1", "u2", "om2:poundAvoirdupois", "wheelbarrow-full",
    ]  # fmt: skip
    assert document["units"] == [
        {"id": "u1", "label": "crate", "symbol": "cr"},
        {"id": "u2", "label": "kilo", "omUnitIdentifier": "om2:kilogram"},
        {"id": "wheelbarrow-full", "label": "wheelbarrow full"},
    ]
    assert lost[0][0] == "flows.unit_of_its_own"


# Zenflows

PIECE = {"id": "U1", "label": "u_piece", "symbol": "om2:one"}
ANA, BO = ({"__typename": "Person", "id": name, "name": name.title()} for name in ("ana", "bo"))
GOWN = {
    "__typename": "EconomicResource", "id": "gown", "name": "gown", "trackingIdentifier": "gown-1", "conformsTo": {"id": "S1", "name": "gown"},
    "primaryAccountable": ANA, "custodian": BO, "accountingQuantity": {"hasNumericalValue": "1", "hasUnit": PIECE},
    "onhandQuantity": {"hasNumericalValue": "0.0", "hasUnit": PIECE}, "metadata": None,
}  # fmt: skip


def zen(id_, action, **fields):
    quantity = {"resourceQuantity": {"hasNumericalValue": "1", "hasUnit": PIECE}}
    return {
        "__typename": "EconomicEvent", "id": id_, "action": {"id": action}, "provider": ANA, "receiver": ANA, **quantity,
        "resourceInventoriedAs": GOWN, "hasPointInTime": None, "triggeredBy": None, **fields,
    }  # fmt: skip


def test_a_trace_of_zenflows():
    wash = {"__typename": "Process", "id": "wash", "name": "Wash", "groupedIn": "g"}
    ids = [f"063MF4W9EF5Y1T18VHKEFC3SP{last}" for last in "MNPQ"]
    trace = [
        GOWN,
        zen(ids[3], "transferCustody", receiver=BO, toLocation={"id": "lab", "name": "Lab", "lat": 52.4, "long": 4.9}),
        zen(ids[2], "unpack", outputOf=wash),
        wash,
        zen(ids[1], "pack", inputOf=wash),
        zen(ids[0], "raise"),
    ]
    document, lost = lossy(trace)
    assert [(event["id"], event["action"]) for event in document["economicEvents"]] == list(
        zip(ids, ["raise", "combine", "separate", "transferCustody"], strict=True)
    )
    assert document["economicEvents"][3] == {
        "id": ids[3], "action": "transferCustody", "provider": "ana", "receiver": "bo", "resourceInventoriedAs": "gown", "toLocation": "lab",
        "resourceQuantity": {"hasNumericalValue": "1", "hasUnit": "U1"},
    }  # fmt: skip
    assert document["economicResources"] == [{"id": "gown", "name": "gown", "trackingIdentifier": "gown-1", "conformsTo": "S1"}]
    one = {"hasNumericalValue": "1", "hasUnit": "U1"}
    assert document["expectedFinalEconomicResources"] == [
        {
            "id": "gown", "name": "gown", "trackingIdentifier": "gown-1", "primaryAccountable": "ana", "custodian": "bo",
            "accountingQuantity": one, "onhandQuantity": {**one, "hasNumericalValue": "0"},
        }
    ]  # fmt: skip
    assert document["units"] == [{"id": "U1", "label": "u_piece", "omUnitIdentifier": "om2:one"}]
    assert document["agents"] == [{"id": "ana", "name": "Ana", "type": "Person"}, {"id": "bo", "name": "Bo", "type": "Person"}]
    assert document["spatialThings"] == [{"id": "lab", "name": "Lab", "lat": "52.4", "long": "4.9"}]
    assert lost == [("flows.left_out", "[2].outputOf.groupedIn")]


def test_the_nested_trace_of_zenflows_data_base_however_deep():
    tree = None
    for number in reversed(range(3_000)):
        event = {
            "id": f"e{number}", "action_id": "modify", "provider_id": "ana", "receiver_id": "ana", "resource_inventoried_as_id": "gown",
            "resource_quantity_has_numerical_value": "1", "resource_quantity_has_unit_id": "om2:one", "output_of_id": None,
            "has_point_in_time": f"2023-01-26T15:{number // 60:02}:{number % 60:02}Z", "previous_event_id": "x",
        }  # fmt: skip
        tree = {"type": "EconomicEvent", "node": event, "children": [tree] if tree else []}
    document, problems = normalise(tree)
    assert len(document["economicEvents"]) == 3_000
    assert document["economicEvents"][0] == {
        "id": "e0", "action": "modify", "provider": "ana", "receiver": "ana", "resourceInventoriedAs": "gown",
        "resourceQuantity": {"hasNumericalValue": "1", "hasUnit": "om2:one"}, "hasPointInTime": "2023-01-26T15:00:00Z",
    }  # fmt: skip
    assert codes(problems) == ["flows.agent_type_assumed"]


def test_answers_of_graphql_are_opened():
    answer = {
        "data": {
            "economicEvents": {
                "edges": [{"cursor": "x", "node": {"id": "b", "action": "work", "hasEnd": "2020-01-02", "revisionId": "1"}}, {"node": {"id": "a", "action": "use", "hasEnd": "2020-01-01"}}],
                "pageInfo": {"hasNextPage": False},
            },
            "createPerson": {"agent": {"id": "bo", "name": "Bo", "__typename": "Person"}},
            "organizations": [{"id": "lab", "name": "Lab", "__typename": "Organization"}],
        }
    }  # fmt: skip
    document = clean(answer)
    assert [event["id"] for event in document["economicEvents"]] == ["a", "b"]
    assert [(agent["id"], agent["type"]) for agent in document["agents"]] == [("bo", "Person"), ("lab", "Organization")]


# vf-graphql before 1.0


def test_links_between_records_become_direct():
    half = {"hasNumericalValue": 1, "hasUnit": "om2:hour"}
    document, lost = lossy(
        {
            "economicEvents": [
                {"id": "e1", "action": "work", "fulfills": [{"id": "f1", "fulfills": {"id": "c1"}, "effortQuantity": half}]},
                {"id": "e2", "action": "work"},
            ],
            "commitments": [{"id": "c1", "action": "work"}, {"id": "c2", "action": "work", "fulfilledBy": [{"fulfilledBy": {"id": "e2"}}]}],
            "intents": [{"id": "i1", "action": "work"}],
            "claims": [{"id": "k1", "action": "transfer", "triggeredBy": {"id": "e1"}}],
            "satisfactions": [{"id": "s1", "satisfies": "i1", "satisfiedBy": "c1"}, {"id": "s2", "satisfies": "i1", "satisfiedBy": {"id": "e2", "__typename": "EconomicEvent"}}],
            "settlements": [{"id": "t1", "settles": "k1", "settledBy": "e1"}],
        }
    )  # fmt: skip
    assert document["economicEvents"] == [
        {"id": "e1", "action": "work", "fulfills": ["c1"], "settles": ["k1"]},
        {"id": "e2", "action": "work", "fulfills": ["c2"], "satisfies": ["i1"]},
    ]
    assert document["commitments"] == [{"id": "c1", "action": "work", "satisfies": ["i1"]}, {"id": "c2", "action": "work"}]
    assert document["claims"][0]["triggeredBy"] == "e1"
    assert lost == [("flows.link_quantity_left_out", "economicEvents[0].fulfills[0].effortQuantity")]


def test_proposals_and_what_they_publish():
    bread, price = {"id": "bread", "action": "transfer", "provider": "ana"}, {"id": "price", "action": "transfer", "receiver": "ana"}
    document = clean(
        {
            "proposals": [
                {"id": "p", "unitBased": True, "publishes": [{"id": "x", "publishes": bread}, {"reciprocal": True, "publishes": price}], "publishedTo": [{"proposedTo": ANA}]},
                {"id": "q", "primaryIntents": [{"id": "bread"}], "hasBegining": "2023-02-14T15:55:59Z"},
            ],
            "proposedIntents": [{"id": "y", "reciprocal": True, "publishedIn": {"id": "q"}, "publishes": "price"}],
            "proposedTos": [{"id": "z", "proposed": "q", "proposedTo": ANA}],
        }
    )  # fmt: skip
    assert document["proposals"] == [
        {"id": "p", "unitBased": True, "publishes": ["bread"], "reciprocal": ["price"], "proposedTo": ["ana"]},
        {"id": "q", "hasBeginning": "2023-02-14T15:55:59Z", "publishes": ["bread"], "reciprocal": ["price"], "proposedTo": ["ana"]},
    ]
    assert [intent["id"] for intent in document["intents"]] == ["bread", "price"]


def test_an_item_of_an_id_alone_is_told():
    document, lost = lossy({"data": {"intents": [{"id": "i"}, {"id": "j", "action": "work"}]}})
    assert ([one["id"] for one in document["intents"]], lost) == (["j"], [("flows.empty_item", "data.intents[0]")])


def test_what_1_0_has_no_place_for_is_told():
    data = {
        "economicEvents": [{"id": "e", "action": "pickup", "triggeredBy": "x", "inScopeOf": ["lab"], "atLocation": {"id": "here", "name": "Here"}}],
        "economicResources": [{"id": "r", "name": "Cheese", "lot": {"id": "b", "batchNumber": "17", "expiryDate": "2026-01-01"}}],
        "appreciations": [{"id": "a", "appreciationOf": "e"}],
        "scenarios": [{"id": "s", "name": "Best"}],
        "agentRelationships": [{"id": "ar", "subject": "x"}, {"id": "as", "subject": "y"}],
        "weather": [{"sun": 1}],
    }
    document, lost = lossy(data)
    assert document["economicEvents"] == [{"id": "e", "action": "pickup", "toLocation": "here"}]
    assert document["economicResources"] == [{"id": "r", "name": "Cheese", "ofBatchLot": "b"}]
    assert document["batchLotRecords"] == [{"id": "b", "batchLotCode": "17", "expirationDate": "2026-01-01T00:00:00Z"}]
    assert sorted(lost) == [
        ("flows.class_left_out", "agentRelationships[0]"),
        ("flows.class_left_out", "appreciations[0]"),
        ("flows.class_left_out", "scenarios[0]"),
        ("flows.left_out", "economicEvents[0].inScopeOf"),
        ("flows.left_out", "economicEvents[0].triggeredBy"),
        ("flows.unknown_shape", "weather[0]"),
    ]


# Carbon Farm Network: its shapes, with our own wool.


def pounds(number):
    return {"has_numerical_value": number, "has_unit": {"label": "lb"}}


CFN = {
    "units": [{"id": "poundAvoirdupois", "label": "pound (avoirdupois)", "symbol": "lb", "overrideLabel": "pound"}],
    "agents": [{"id": "hill_farm", "name": "Hill Farm", "type": "organization", "latLng": [42.5, -76.25], "address": "1 Hill Road"}],
    "resource_specifications": [{"id": "raw_wool", "name": "Raw Wool", "substitutable": True, "defaultUnitOfResource": "Pound"}],
    "process_specifications": [{"id": "scour", "name": "Scour", "image": ""}],
    "recipes": [
        {
            "id": "scouring", "type": "recipe_process", "name": "Scouring", "process_conforms_to": {"name": "scour"},
            "has_duration": {"numeric_duration": 7, "unit_type": "unitDay"},
            "has_recipe_input": [{"id": "in", "action": {"label": "consume"}, "resource_quantity": pounds(1), "resourceConformsTo": {"name": "Raw wool"}, "stage": {"name": ""}}],
            "has_recipe_output": [{"id": "out", "action": "deliver_service", "resourceConformsTo": {"name": "Scouring Service"}}],
        },
        {"id": "x1", "type": "recipe_exchange", "name": "Pay 1", "has_recipe_clause": [{"id": "out", "action": "deliver_service"}], "has_recipe_reciprocal_clause": [{"id": "usd", "action": "transfer"}]},
        {"id": "x2", "type": "recipe_exchange", "name": "Pay 2", "has_recipe_reciprocal_clause": [{"id": "usd", "action": "transfer"}]},
    ],
    "offers": [
        {
            "id": "proposal_id", "unit_based": True, "proposed_intents": [
                {"id": "proposed_intent_id", "reciprocal": False, "intent": {"id": "intent_id", "resource_conforms_to": {"name": "Raw Wool"}, "resource_quantity": pounds(number), "provider": {"name": "Hill Farm"}}},
                {"id": "proposed_intent_id", "reciprocal": True, "intent": {"id": "intent_id", "resource_quantity": pounds(5), "receiver": {"name": "Hill Farm"}}},
            ],
        }
        for number in (1, 2)
    ],
    "plan": {
        "id": "plan_id", "name": "Season", "process_specifications": [
            {"id": "process_specification_id", "name": "Scour", "processes": [{"id": "process_id", "inputs": [{"id": "input_id", "type": "Commitment", "resource_quantity": pounds(20), "provider": {"name": "Hill Farm"}}]}]},
        ],
    },
    "inventory": [{"name": "Sack", "conforms_to": {"name": "Raw Wool"}, "onhand_quantity": pounds(22)}],
}  # fmt: skip


def test_files_of_carbon_farm_network():
    document, lost = lossy(CFN)
    assert document["resourceSpecifications"][0] == {
        "id": "raw_wool",
        "name": "Raw Wool",
        "substitutable": True,
        "defaultUnitOfResource": "poundAvoirdupois",
    }
    assert [one["name"] for one in document["resourceSpecifications"]] == ["Raw Wool", "Scouring Service"]
    assert document["recipeProcesses"] == [
        {"id": "scouring", "name": "Scouring", "processConformsTo": "scour", "hasDuration": {"hasNumericalValue": "7", "hasUnit": "day"}},
    ]
    flows = {flow["id"]: flow for flow in document["recipeFlows"]}
    assert (flows["in"]["recipeInputOf"], flows["in"]["resourceConformsTo"]) == ("scouring", "raw_wool")
    assert (flows["out"]["recipeOutputOf"], flows["out"]["recipeClauseOf"], flows["out"]["action"]) == ("scouring", "x1", "deliverService")
    assert sorted(flow["recipeReciprocalClauseOf"] for flow in document["recipeFlows"] if flow["id"].startswith("usd")) == ["x1", "x2"]
    assert len(document["proposals"]) == 2 and len({id_ for one in document["proposals"] for id_ in (*one["publishes"], *one["reciprocal"])}) == 4
    (commitment,) = document["commitments"]
    (process,) = document["processes"]
    assert (commitment["action"], commitment["inputOf"], commitment["provider"]) == ("consume", process["id"], "hill_farm")
    assert (process["basedOn"], process["plannedWithin"]) == ("scour", document["plans"][0]["id"])
    assert document["spatialThings"][0] == {**document["spatialThings"][0], "lat": "42.5", "long": "-76.25", "mappableAddress": "1 Hill Road"}
    assert document["agents"][0]["primaryLocation"] == document["spatialThings"][0]["id"]
    assert {code for code, _ in lost} == {"flows.action_assumed", "flows.doubled_id", "flows.stock_without_event"}
    assert normalise(CFN) == normalise(copy.deepcopy(CFN)), "ids are the same when the same comes again"


def test_a_list_that_does_not_tell_what_it_is_can_be_named():
    assert clean([{"id": "spin", "name": "Spin"}], named="process_specifications") == {"processSpecifications": [{"id": "spin", "name": "Spin"}]}
    assert codes(normalise([{"id": "spin", "name": "Spin"}])[1]) == ["flows.unknown_shape"]


# NRP


def nrp(model, pk, **fields):
    return {"model": f"valueaccounting.{model}", "pk": pk, "fields": fields}


def test_a_dump_of_nrp():
    def event(pk, type_, **fields):
        return nrp("economicevent", pk, event_type=[type_], resource_type=4, quantity="2.00", unit_of_quantity=1, **fields)

    document, lost = lossy(
        [
            nrp("unit", 1, name="Hours", abbrev="hr"),
            nrp("agenttype", 1, name="Individual", party_type="individual"),
            nrp("economicagent", 1, name="Kit", agent_type=1, email="kit@example.org"),
            nrp("economicagent", 2, name="Lab", agent_type=["Network"]),
            nrp("economicresourcetype", 4, name="Sensor"),
            nrp("process", 6, name="Make", context_agent=2, finished=True),
            nrp(
                "commitment",
                3,
                event_type=["Resource Production"],
                due_date="2014-03-05",
                resource_type=4,
                quantity="2",
                unit_of_quantity=1,
                process=6,
            ),
            event(13, "Receive", transfer=9, exchange=5, resource=14, from_agent=2, to_agent=1, event_date="2014-03-06"),
            event(12, "Give", transfer=9, exchange=5, resource=8, from_agent=2, to_agent=1, event_date="2014-03-06"),
            event(11, "Resource Production", process=6, context_agent=2, commitment=3, resource=8, event_date="2014-03-04", value="0.00"),
            event(10, "Time Contribution", process=6, from_agent=1, to_agent=2, event_date="2014-03-03", is_contribution=True),
            nrp(
                "economicevent",
                15,
                event_type=["Adjust Quantity"],
                resource=8,
                resource_type=4,
                quantity="-2",
                unit_of_quantity=1,
                event_date="2014-03-07",
            ),
            nrp("exchange", 5, name="Sale"),
            nrp("economicevent", 16, event_type=["Todo"], event_date="2014-03-08", quantity="1", unit_of_quantity=1, resource_type=4),
            nrp("valueequation", 1, name="Equation"),
        ]
    )
    events = {one["id"]: one for one in document["economicEvents"]}
    assert [(id_, one["action"]) for id_, one in events.items()] == [
        ("event-10", "work"), ("event-11", "produce"), ("event-12", "transfer"), ("event-15", "lower"),
    ]  # fmt: skip
    two = {"hasNumericalValue": "2", "hasUnit": "unit-1"}
    assert events["event-10"] == {
        "id": "event-10", "action": "work", "provider": "agent-1", "receiver": "agent-2", "inputOf": "process-6", "effortQuantity": two,
        "resourceConformsTo": "resource-type-4", "hasPointInTime": "2014-03-03T00:00:00Z",
    }  # fmt: skip
    assert (events["event-11"]["outputOf"], events["event-11"]["fulfills"]) == ("process-6", ["commitment-3"])
    sale = events["event-12"]
    assert (sale["resourceInventoriedAs"], sale["toResourceInventoriedAs"], sale["realizationOf"]) == ("resource-8", "resource-14", "exchange-5")
    assert events["event-15"]["resourceQuantity"] == two
    assert document["commitments"][0]["due"] == "2014-03-05T00:00:00Z"
    assert document["processes"] == [{"id": "process-6", "name": "Make", "inScopeOf": "agent-2", "finished": True}]
    assert [(one["id"], one["type"]) for one in document["agents"]] == [("agent-1", "Person"), ("agent-2", "Organization")]
    assert [code for code, _ in lost] == [
        "flows.class_left_out", "flows.left_out", "flows.halves_joined", "flows.unknown_action", "flows.private_left_out",
    ]  # fmt: skip
    assert "example.org" not in str(document)


def test_rest_answers_of_nrp():
    at = "https://nrp.example/api"
    document, lost = lossy(
        {
            "events": [
                {
                    "api_url": f"{at}/economic-event/7/", "event_date": "2014-03-02", "event_type": "Citation", "from_agent": f"{at}/people/5/",
                    "to_agent": "Lab", "context_agent": "Lab", "resource_type": "Design", "description": "cited", "quantity": "1.00", "unit_of_quantity": "Each",
                },
            ],
        }
    )  # fmt: skip
    (event,) = document["economicEvents"]
    assert (event["id"], event["action"], event["provider"], event["receiver"], event["note"]) == ("event-7", "cite", "agent-5", "Lab", "cited")
    assert event["resourceQuantity"] == {"hasNumericalValue": "1", "hasUnit": "each"}
    assert [code for code, _ in lost] == ["flows.left_out", "flows.agent_type_assumed"]


# The document


def test_a_document_is_checked_down_to_the_field():
    bad = {
        "agents": [{"id": "ana", "type": "Robot", "shoe": 43}],
        "economicEvents": [
            {"id": "e", "action": "work", "provider": "bo", "resourceQuantity": {"hasNumericalValue": "1,5", "hasUnit": "kg"}},
            {"id": "e", "action": "consume", "resourceInventoriedAs": "nowhere", "inputOf": "p", "inScopeOf": "ana"},
            {"id": "g h", "action": "produce", "resourceInventoriedAs": "made", "resourceQuantity": {"hasNumericalValue": "1", "hasUnit": "smoot"}},
            {"action": "work"},
        ],
        "economicResources": "none",
        "scenarios": [],
    }
    found = [(problem.code, problem.field) for problem in check_document(bad)]
    assert found == [
        ("flows.bad_agent", "agents[ana].type"),
        ("flows.bad_field", "agents[ana].shoe"),
        ("flows.bad_field", "economicEvents[e].resourceQuantity.hasNumericalValue"),
        ("flows.doubled_id", "economicEvents[e]"),
        ("flows.bad_field", "economicEvents[e].inScopeOf"),
        ("flows.bad_id", "economicEvents[g h].id"),
        ("flows.bad_item", "economicEvents[3]"),
        ("flows.not_a_list", "economicResources"),
        ("flows.unknown_list", "scenarios"),
        ("flows.dangling_reference", "economicEvents[e].provider"),
        ("flows.dangling_reference", "economicEvents[e].resourceInventoriedAs"),
        ("flows.dangling_reference", "economicEvents[e].inputOf"),
        ("flows.unknown_unit", "economicEvents[g h].resourceQuantity"),
    ]


EVENTS = st.fixed_dictionaries(
    {"id": st.text("abc", min_size=1, max_size=3), "action": st.sampled_from(ACTIONS)},
    optional={
        "provider": st.sampled_from(["ana", {"id": "bo", "name": "Bo"}, {"name": "Cy"}, 7, ""]),
        "has_point_in_time": st.one_of(st.integers(), st.text(max_size=5), st.just("2020-01-01")),
        "resource_quantity": st.one_of(st.none(), st.text(max_size=3), st.dictionaries(st.sampled_from(["has_numerical_value", "has_unit"]), st.text(max_size=4))),
        "note": st.one_of(st.text(), st.integers(), st.lists(st.text())),
        "fulfills": st.one_of(st.text(max_size=3), st.lists(st.text(max_size=3)), st.lists(st.fixed_dictionaries({"fulfills": st.text(max_size=3)}))),
        "inputOf": st.one_of(st.text(max_size=3), st.fixed_dictionaries({}, optional={"id": st.text(max_size=3), "name": st.text(max_size=3)})),
    },
)  # fmt: skip


@given(st.lists(EVENTS, max_size=6))
def test_whatever_comes_the_document_has_the_shape_of_1_0(events):
    document, _ = normalise({"economicEvents": events})
    assert {problem.code for problem in check_document(document)} <= {"flows.dangling_reference"}
    assert normalise(document)[0] == document


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["id", "name", "data", "agents", "plan", "intents", "edges", "type", "fields", "model"]), inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_any_json_is_read_or_refused_in_words_never_with_an_exception(data):
    document, problems = normalise(data)
    assert isinstance(document, dict) and all(problem.code.startswith("flows.") and problem.message for problem in problems)
