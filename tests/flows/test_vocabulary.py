"""The structs of `vocabulary.py` are the classes of the ontology: every name, every property, nothing invented."""

import typing

import msgspec
import pytest
from rdflib import Graph

from commonhold.flows import vocabulary
from commonhold.flows.actions import ACTIONS, BEHAVIOURS
from commonhold.flows.ontology.extract import actions_of, model_of
from commonhold.flows.ontology.model import COUNTED, PARENTS, PROPERTIES, VERSION, properties_of

STRUCTS = {
    name: struct
    for name, struct in vars(vocabulary).items()
    if isinstance(struct, type) and issubclass(struct, msgspec.Struct) and struct.__module__ == vocabulary.__name__
}
SHARED = {"Record", "Named", "Flow", "Planned"}
"""What classes have in common: no classes of the ontology."""
ELSEWHERE = {"Action": "actions.py", "Agent": "commons", "Person": "commons"}
OURS = {"EconomicResource": {"mayOverdraw"}, "Intent": {"clauseOf", "reciprocalClauseOf"}}
INVERSE = {one.name for one in PROPERTIES.values() if one.inverse_of}
ANSWERED = {"EconomicResource": COUNTED | {"contains"}, "EconomicEvent": {"created"}}
"""Properties that no entry says: they follow from events, or are the time of the entry. Inverses follow from the other side."""

CLASSES = sorted(set(PARENTS) - set(ELSEWHERE))


def test_the_model_is_that_of_the_version_that_the_actions_are_of():
    assert (VERSION, len(PARENTS), len(PROPERTIES), len(ACTIONS)) == ("1.0.0", 26, 111, 19)
    assert tuple(BEHAVIOURS) == ACTIONS
    assert {one.name for one in properties_of("Action")} - {"label"} == set(BEHAVIOURS["work"].__struct_fields__)


def test_every_class_has_a_struct_or_is_elsewhere():
    assert sorted(set(STRUCTS) - SHARED) == CLASSES


def test_every_record_is_one_that_entries_can_create():
    records = {struct.__name__ for struct in typing.get_args(vocabulary.AnyRecord)}
    assert records == set(CLASSES) - {"Measure", "EconomicEvent"}


@pytest.mark.parametrize("name", CLASSES)
def test_fields_are_properties(name):
    stored = set(STRUCTS[name].__struct_fields__) - {"id"} - OURS.get(name, set())
    of_the_ontology = {one.name for one in properties_of(name)}
    assert stored == of_the_ontology - INVERSE - ANSWERED.get(name, set())


def test_what_is_answered_is_not_stored_twice():
    for one in PROPERTIES.values():
        if one.inverse_of:
            assert PROPERTIES[one.inverse_of].inverse_of is None
            assert set(one.range) <= set(PROPERTIES[one.inverse_of].domain)


@pytest.mark.parametrize("name", CLASSES)
def test_several_values_are_lists_and_one_is_none(name):
    fields = {field.name: field for field in msgspec.inspect.type_info(STRUCTS[name]).fields}
    for one in properties_of(name):
        if field := fields.get(one.name):
            assert isinstance(field.type, msgspec.inspect.ListType) == one.many, one.name
            assert field.required == (one.cardinality == "1" or name == "Measure"), one.name


ONTOLOGY = """
@prefix vf: <https://w3id.org/valueflows/ont/vf#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix vs: <http://www.w3.org/2003/06/sw-vocab-status/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
vf:Action a owl:Class ; vs:term_status "stable" .
vf:Box a owl:Class ; vs:term_status "stable" .
vf:Crate a owl:Class ; rdfs:subClassOf vf:Box ; vs:term_status "testing" .
vf:BoxDomain a owl:Class ; owl:unionOf ( vf:Crate vf:Action ) .
vf:size a owl:DatatypeProperty ; rdfs:domain vf:BoxDomain ; rdfs:range xsd:string ; owl:maxCardinality 1 ; vs:term_status "stable" .
vf:inside a owl:ObjectProperty ; rdfs:domain vf:Box ; rdfs:range vf:Box ; owl:cardinality 1 ; vs:term_status "stable" .
vf:around a owl:ObjectProperty ; owl:inverseOf vf:inside ; rdfs:domain vf:Box ; rdfs:range vf:Box ; vs:term_status "stable" .
vf:red a owl:NamedIndividual , vf:Colour .
vf:Colour a owl:Class .
vf:work a owl:NamedIndividual , vf:Action .
"""


def test_facts_are_extracted_from_an_ontology():
    graph = Graph().parse(data=ONTOLOGY, format="turtle")
    assert model_of(graph) == {
        "classes": {"Action": {"status": "stable"}, "Box": {"status": "stable"}, "Crate": {"status": "testing", "subClassOf": "Box"}},
        "properties": {
            "around": {"kind": "object", "status": "stable", "domain": ["Box"], "range": ["Box"], "cardinality": "*", "inverseOf": "inside"},
            "inside": {"kind": "object", "status": "stable", "domain": ["Box"], "range": ["Box"], "cardinality": "1"},
            "size": {"kind": "data", "status": "stable", "domain": ["Action", "Crate"], "range": ["string"], "cardinality": "0..1"},
        },
        "values": {"Colour": ["red"]},
    }
    with pytest.raises(ValueError, match="other actions"):
        actions_of(graph)
