"""Documents go out as JSON-LD and Turtle and come back the same; others understand them; what cannot be read is told."""

import json
import re
from decimal import Decimal

import pytest
from flows.interfacer_logs import LOGS
from hypothesis import given, settings
from hypothesis import strategies as st
from pyshacl import validate
from rdflib import Graph
from rdflib.compare import isomorphic

from commonhold.flows.actions import ACTIONS
from commonhold.flows.interchange.context import KINDS, OWN
from commonhold.flows.interchange.iris import identifier_of, reference
from commonhold.flows.interchange.jsonld import from_jsonld, read_jsonld, to_jsonld
from commonhold.flows.interchange.shapes import shapes
from commonhold.flows.interchange.turtle import from_turtle, read_turtle, to_turtle
from commonhold.flows.interchange.values import number_text
from commonhold.flows.ontology.model import COLLECTION_OF, COLLECTIONS, PROPERTIES, PURPOSES, VF, properties_of
from commonhold.problems import BadInput

BASE = "https://ledger.example/bike-shed/"
FLOWS = sorted(LOGS)
SHAPES = Graph().parse(data=shapes(), format="turtle")


def interfacer(name):
    flows = json.loads(LOGS[name].read_bytes())
    kept = {key: [{field: value for field, value in item.items() if value is not None} for item in flows[key]] for key in COLLECTIONS if key in flows}
    assert len(kept["economicEvents"]) == {"libre-solar": 156, "gownshirt": 34, "ifservices": 28}[name]
    return kept


def any_order(document):
    return {key: sorted(json.dumps(item, sort_keys=True) for item in _sorted_lists(items)) for key, items in document.items()}


def _sorted_lists(items):
    return [{field: sorted(value) if isinstance(value, list) else value for field, value in item.items()} for item in items]


def graph_of(document):
    """The triples of a document as rdflib expands its JSON-LD."""
    return Graph().parse(data=json.dumps(to_jsonld(document, BASE)), format="json-ld")


def conforms(graph):
    return validate(graph, shacl_graph=SHAPES)[0]


# Any document at all

ids = st.one_of(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12),
    st.sampled_from([
        "did:key:z6MkpTHR8VNs", "org:x", "id:4f2a", "urn:uuid:e1721a61-cd47-4556-84b9-8b1b81da15bf", "https://bob.example/#me", BASE, f"{BASE}x",
        ".", "..", "a/b", "//x", "?q", "#f", "%", "%41", "unit/kg", "name/h", "hour", "name", "work", "id", "@id", "_:b1", "vf:work", "om2:hour",
        "https://x.example/a/../b", "https://x.example", "urn:x", "did:",
    ]),
)  # fmt: skip
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
numbers = st.decimals(-(10**11), 10**11, places=6).map(str) | st.sampled_from(["0", "7", "0.10", "12.50", "-3", "0.000001"])
unit_names = st.one_of(
    st.sampled_from(["hour", "h", "om2:hour", "kilogram", "kg", "EUR", "piece", "pcs", "line", "om2:bottle", "one", "foot-International"]), ids
)
values = {
    "measure": st.fixed_dictionaries({"hasNumericalValue": numbers, "hasUnit": unit_names}),
    "unit": unit_names,
    "term": st.sampled_from(ACTIONS),
    "geometry": texts,
    "reference": ids,
    "string": texts,
    "boolean": st.booleans(),
    "dateTimeStamp": st.datetimes().map(lambda time: f"{time.isoformat()}Z"),
    "anyURI": st.sampled_from(["https://x.example/ä b", "om2:hour", "ipfs:Qm", "geo:1,2"]),
    "decimal": numbers,
}


def items_of(name):
    fields = {}
    for one in properties_of(name):
        if not one.inverse_of:
            value = st.sampled_from(PURPOSES) if one.name == "purpose" else values[KINDS[one.name]]
            fields[one.name] = st.lists(value, min_size=1, max_size=3, unique=True) if one.many else value
    fields |= {field: values[kind] for field, (owner, kind) in OWN.items() if owner == name}
    return st.fixed_dictionaries({"id": ids}, optional=fields)


def collected(items):
    """Pairs of a class and an item, as a document."""
    document = {}
    for name, item in items:
        key = COLLECTION_OF[name]
        document.setdefault(key, []).append({**item, "type": name} if len(COLLECTIONS[key]) > 1 else item)
    return document


pairs = st.one_of(*(st.tuples(st.just(name), items_of(name)) for name in COLLECTION_OF))
documents = st.lists(pairs, max_size=5, unique_by=lambda pair: pair[1]["id"]).map(collected)


@settings(max_examples=100, deadline=None)
@given(documents)
def test_what_goes_out_comes_back(document):
    written = to_jsonld(document, BASE)
    assert from_jsonld(json.dumps(written)) == document
    assert any_order(from_turtle(to_turtle(document, BASE))) == any_order(document)


@settings(max_examples=40, deadline=None)
@given(documents)
def test_another_processor_finds_the_same_in_both(document):
    graph = graph_of(document)
    assert isomorphic(graph, Graph().parse(data=to_turtle(document, BASE), format="turtle"))
    expanded = json.loads(graph.serialize(format="json-ld"))
    assert any_order(from_jsonld(expanded, BASE)) == any_order(document)


@given(ids, ids)
def test_ids_have_one_iri_each(one, other):
    absolute = Graph().parse(data=f"@base <{BASE}> . <{reference(one, BASE)}> a <x:y> .", format="turtle")
    (subject,) = absolute.subjects()
    assert identifier_of(str(subject), BASE) == one
    assert (reference(one, BASE) == reference(other, BASE)) == (one == other)


# Real flows


@pytest.mark.parametrize("name", FLOWS)
def test_real_flows_go_out_and_come_back(name):
    document = interfacer(name)
    graph = graph_of(document)
    assert from_jsonld(json.dumps(to_jsonld(document, BASE))) == document
    assert from_turtle(to_turtle(document, BASE)) == document
    assert any_order(from_jsonld(json.loads(graph.serialize(format="json-ld")), BASE)) == any_order(document)
    assert isomorphic(graph, Graph().parse(data=to_turtle(document, BASE), format="turtle"))
    assert read_turtle(to_turtle(document, BASE)).passed_over == ()


@pytest.mark.parametrize("name", FLOWS)
def test_real_flows_conform_to_the_shapes(name):
    assert conforms(graph_of(interfacer(name)))


@pytest.mark.parametrize(
    ("good", "broken"),
    [
        ("vf:action vf:raise", "vf:action vf:pass"),
        ("vf:action vf:raise", "vf:name <x>"),
        ("vf:action vf:raise", ""),
        ("vf:hasPointInTime", "vf:hasPointInTime 5 ; vf:hasPointInTime"),
        ("vf:provider <", "vf:provider <x> ; vf:provider <"),
        ("vf:resourceConformsTo <", "vf:resourceInventoriedAs <"),
        ('vf:hasNumericalValue "100"^^xsd:decimal', 'vf:hasNumericalValue "fifty"'),
        ('vf:hasNumericalValue "100"^^xsd:decimal ;', ""),
        ("vf:finished false", 'vf:finished "no"'),
        ("vf:finished false", "vf:finished false ; vf:lat 1.5"),
        ('vf:label "kg" ;', ""),
    ],
)
def test_broken_flows_do_not(good, broken):
    text = to_turtle(interfacer("gownshirt"), BASE)
    assert text.count(good) >= 1
    wrong = re.sub(r";\s*;", ";", text.replace(good, broken, 1))
    assert not conforms(Graph().parse(data=wrong, format="turtle"))


def test_an_example_of_every_class_with_every_property_conforms():
    document = {
        key: [{"id": f"{key}-{name}", **({"type": name} if len(names) > 1 else {}), **example_of(name)} for name in names]
        for key, names in COLLECTIONS.items()
    }
    assert conforms(graph_of(document))
    said = {field for items in document.values() for item in items for field in item} | {"hasNumericalValue", "hasUnit"}
    assert {one.name for one in PROPERTIES.values() if not one.inverse_of and one.domain != ("Action",)} <= said


def example_of(name):
    """An item that has every property of its class, and refers to the examples of the others."""
    simple = {"measure": {"hasNumericalValue": "1.50", "hasUnit": "kg"}, "unit": "hour", "term": "work", "geometry": "POINT (1 2)", "string": "text"}
    simple |= {"boolean": True, "dateTimeStamp": "2026-11-23T08:30:00Z", "anyURI": "https://x.example/", "decimal": "52.3702"}
    item = {}
    for one in properties_of(name):
        if not one.inverse_of:
            target = "Person" if one.range == ("Agent",) else one.range[0]
            to = next((key for key, names in COLLECTIONS.items() if target in names), "")
            value = "offer" if one.name == "purpose" else f"{to}-{target}" if KINDS[one.name] == "reference" else simple[KINDS[one.name]]
            item[one.name] = [value] if one.many else value
    return item


# What others write


EVENT = {"id": "e1", "action": "work", "effortQuantity": {"hasNumericalValue": "0.1", "hasUnit": "hour"}, "provider": "did:key:z6Mk", "inputOf": "p1"}
WANTED = {"processes": [{"id": "p1", "name": "Weld"}], "economicEvents": [EVENT]}


def test_expanded_json_ld():
    expanded = [
        {"@id": f"{BASE}p1", "@type": [f"{VF}Process"], f"{VF}name": [{"@value": "Weld", "@language": "en"}]},
        {
            "@id": f"{BASE}e1",
            "@type": [f"{VF}EconomicEvent"],
            f"{VF}action": [{"@id": f"{VF}work"}],
            f"{VF}provider": [{"@id": "did:key:z6Mk"}],
            f"{VF}inputOf": [{"@id": f"{BASE}p1"}],
            f"{VF}effortQuantity": [
                {
                    f"{VF}hasUnit": [{"@id": "http://www.ontology-of-units-of-measure.org/resource/om-2/hour"}],
                    f"{VF}hasNumericalValue": [{"@value": Decimal("0.1")}],
                }
            ],
        },
    ]
    assert from_jsonld(expanded, BASE) == WANTED


@pytest.mark.parametrize(
    "context",
    [
        "https://w3id.org/valueflows/ont/vf",
        "http://w3id.org/valueflows/ont/vf#",
        ["https://w3id.org/valueflows/ont/vf", {"om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/"}],
        {"@vocab": "http://w3id.org/valueflows/ont/vf#"},
        [{"@vocab": VF}],
        None,
    ],
)
def test_plain_names_with_a_published_context_a_vocabulary_or_none(context):
    text = """{"@graph": [{"@id": "p1", "@type": "Process", "name": "Weld", "hasInput": {
        "@id": "e1", "@type": "EconomicEvent", "action": "work", "provider": "did:key:z6Mk",
        "effortQuantity": {"hasUnit": "hour", "hasNumericalValue": 0.1}}}]}"""
    document = json.loads(text, parse_float=Decimal) | ({"@context": context} if context else {})
    assert from_jsonld(document) == WANTED


def test_prefixes_and_names_of_older_versions():
    text = """{
      "@context": {"vf": "http://w3id.org/valueflows/ont/vf#", "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/", "my": "https://my.example/"},
      "@graph": [{"@id": "my:e", "@type": "vf:EconomicEvent", "vf:action": {"@id": "vf:transfer-custody"}, "vf:provider": {"@id": "my:bob"},
        "vf:hasPointInTime": "2019-04-08T8:30:00-5:00",
        "vf:resourceQuantity": {"om2:hasUnit": {"@id": "om2:kilogram"}, "om2:hasNumericalValue": 12345678901234567.123456}}]}"""
    (event,) = from_jsonld(text)["economicEvents"]
    assert event == {
        "id": "https://my.example/e",
        "action": "transferCustody",
        "provider": "https://my.example/bob",
        "hasPointInTime": "2019-04-08T13:30:00Z",
        "resourceQuantity": {"hasNumericalValue": "12345678901234567.123456", "hasUnit": "kilogram"},
    }


def test_named_graphs_lists_and_nodes_without_ids_are_read():
    text = """{"@context": [{"publishes": {"@id": "vf:publishes", "@container": "@list", "@type": "@id"}}],
      "@id": "g", "@graph": [{"@id": "o", "@type": "Proposal", "publishes": ["i2", {"@type": "Intent", "action": "work"}]}]}"""
    found = from_jsonld(text)
    assert found["proposals"] == [{"id": "o", "publishes": ["i2", found["intents"][0]["id"]]}]


def test_what_valueflows_does_not_have_is_passed_over_and_told():
    text = """{"@graph": [{"@id": "r", "@type": "AgentRelationship"}, {"@id": "q", "@type": "EconomicResource", "locatedAt": "x", "name": "Saw"},
      {"@id": "q", "onhandQuantity": [{"hasUnit": "one", "hasNumericalValue": 1}, {"hasUnit": "one", "hasNumericalValue": 2}]}]}"""
    read = read_jsonld(text)
    assert read.document == {"economicResources": [{"id": "q", "name": "Saw"}]}
    assert sorted(problem.field for problem in read.passed_over) == ["locatedAt", "onhandQuantity", "type"]
    assert {problem.code for problem in read.passed_over} == {"flows.passed_over"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "flows.bad_jsonld"),
        ("[" * 100_000, "flows.bad_jsonld"),
        ('{"name":' * 100 + "1" + "}" * 100, "flows.bad_jsonld"),
        ("7", "flows.bad_jsonld"),
        ('{"@context": {"@vocab": 7, "a": {"@id": []}}}', "flows.bad_jsonld"),
        ('{"@context": "https://evil.example/context.jsonld"}', "flows.unknown_context"),
        ('{"@graph": [{"@context": [{"t": {"@id": "x:t", "@context": "http://127.0.0.1/"}}]}]}', "flows.unknown_context"),
        ('{"@context": {"@import": "https://evil.example/"}}', "flows.unknown_context"),
        ('{"@id": "e", "@type": "Intent", "action": ["work", "use"]}', "flows.two_values"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_fetched(text, code, monkeypatch):
    monkeypatch.setattr("socket.socket", None)
    with pytest.raises(BadInput) as refused:
        from_jsonld(text)
    assert refused.value.code == code


def test_floats_are_refused():
    with pytest.raises(BadInput):
        from_jsonld({"@id": "m", "@type": "SpatialThing", "lat": 0.1})


@pytest.mark.parametrize("text", ["@base", "<a> a", "[" * 5_000, '<a> <b> "c'])
def test_what_is_no_turtle_is_refused(text):
    with pytest.raises(BadInput) as refused:
        from_turtle(text)
    assert refused.value.code == "flows.bad_turtle"


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ({"intents": [{"id": "i", "actoin": "work"}]}, "intents[0].actoin"),
        ({"intents": [{"id": "i", "toLocation": "x"}]}, "intents[0].toLocation"),
        ({"intents": [{"id": "i", "action": "pass"}]}, "intents[0].action"),
        ({"intents": [{"id": "i", "finished": "yes"}]}, "intents[0].finished"),
        ({"intents": [{"id": "i", "note": ["a"]}]}, "intents[0].note"),
        ({"commitments": [{"id": "i", "satisfies": "x"}]}, "commitments[0].satisfies"),
        (
            {"intents": [{"id": "i", "resourceQuantity": {"hasNumericalValue": 1.5, "hasUnit": "kg"}}]},
            "intents[0].resourceQuantity.hasNumericalValue",
        ),
        ({"intents": [{"id": "i", "resourceQuantity": {"value": "1"}}]}, "intents[0].resourceQuantity.value"),
        ({"agents": [{"id": "i", "type": "Robot"}]}, "agents[0].type"),
    ],
)
def test_a_document_that_is_none_is_refused(items, field):
    for write in (to_jsonld, to_turtle):
        with pytest.raises(BadInput) as refused:
            write(items)
        assert (refused.value.code, refused.value.problems[0].field) == ("flows.bad_document", field)


@pytest.mark.parametrize("base", ["", "x", "https://x.example", "urn:x:", "https://x.example/#", "https://x.example/ /", 'https://x.example/">/'])
def test_a_base_that_is_none_is_refused(base):
    with pytest.raises(ValueError, match="slash"):
        to_turtle({}, base)


def test_numbers_with_exponents_are_written_out_and_bombs_are_not():
    assert [number_text(text) for text in ("1e3", "+2", "1E-6", "-.5")] == ["1000", "2", "0.000001", "-0.5"]
    assert [number_text(text) for text in ("1e999999999", "NaN", "-Infinity", "")] == ["1e999999999", "NaN", "-Infinity", ""]
