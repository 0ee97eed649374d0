"""What asks for too much is refused before anything is read; what is no GraphQL is refused in the same words."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from asking import Asker, counting
from graphql import get_introspection_query, parse
from serving import Site

from commonhold.graphql.limits import COST_MAX, DEPTH_MAX, Meter
from commonhold.graphql.schema import schema


def cost(query: str, **variables: Any) -> tuple[int, int, int]:
    document = parse(query)
    return Meter(schema(), document, variables).of(document.definitions[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ plans { edges { node { id name } } } }", (1 + 100 * (1 + (1 + 2)), 0, 4)),
        ("{ plans(first: 3) { edges { node { id } } } }", (1 + 3 * 3, 0, 4)),
        ("{ plans(last: 3) { pageInfo { totalCount } } }", (1 + 3 * 2, 0, 3)),
        ("query($n: Int) { plans(first: $n) { edges { cursor } } }", (1 + 7 * 2, 0, 3)),
        ("query($m: Int = 5) { plans(first: $m) { edges { cursor } } }", (1 + 5 * 2, 0, 3)),
        ('{ plan(id: "x") { processes { id } } }', (1 + 1 + 20, 0, 3)),
        ('{ plans(first: 1, filter: {searchString: "x"}) { edges { cursor } } }', (3, 1000, 3)),
        ('{ agent(id: "x") { claims(first: 1) { edges { cursor } } } }', (1 + 3, 1000, 4)),
        ('{ economicResource(id: "x") { trace(first: 2) { __typename } } }', (1 + 1 + 5000 + 2, 0, 2)),
        ("{ ...P ...P } fragment P on Query { actions { id } }", (2 * 21, 0, 2)),
        ("{ __schema { types { fields { name } } } }", (1 + (1 + 230 * (1 + 10)) // 10, 0, 0)),
    ],
)
def test_what_an_operation_costs(query: str, expected: tuple[int, int, int]) -> None:
    """1 for a field, as many times what is asked of its items; looking through everything counts once, a walk each time."""
    assert cost(query, n=7) == expected


def nested(levels: int) -> str:
    """Something inside of something, without any list."""
    parts = ("meta", "retrievedRevision", "author", "primaryLocation")
    path = [parts[level % 4] for level in range(levels)]
    return "{ myAgent { " + " { ".join([*path, "id"]) + " }" * (levels + 2)


DEEP = nested(30)
COSTLY = "{ plans(first: 1000) { edges { node { planIncludes(first: 1000) { edges { node { __typename } } } } } } }"
MANY = "{" + " ".join(f'a{number}: plans(first: 1, filter: {{searchString: "x"}}) {{ edges {{ cursor }} }}' for number in range(60)) + "}"
LONG = "{" + " plans { __typename }" * 2_000 + "}"
SPREAD = (
    "{ ...F0 }" + "".join(f" fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(20)) + " fragment F20 on Query { actions { id } }"
)
CYCLE = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
CHAIN = "{ ...F0 }" + "".join(f" fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(400)) + " fragment F400 on Query { actions { id } }"
FIELDS = "{a" * 1_500 + "}" * 1_500
INLINE = "{" + "... { " * 300 + "actions { id }" + " }" * 300 + "}"
VALUES = "{ plans(filter: {searchString: " + "[" * 2_000 + "]" * 2_000 + "}) { edges { cursor } } }"
AGAIN = "{" + " ".join(f"a{number}: __schema {{ types {{ fields {{ args {{ type {{ name }} }} }} }} }}" for number in range(100)) + "}"
WALKS = "{" + " ".join(f"a{number}: matches {{ pageInfo {{ totalCount }} }}" for number in range(20)) + "}"
SCHEMA = "{ __schema { types " + "{ fields { type " * 5 + "{ name }" + " } }" * 5 + " } }"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (DEEP, "graphql.too_deep"), (COSTLY, "graphql.too_costly"), (MANY, "graphql.too_costly"), (LONG, "graphql.too_long"),
        (SPREAD, "graphql.too_costly"), (CYCLE, "graphql.invalid"), (CHAIN, "graphql.too_deep"), (FIELDS, "graphql.too_deep"),
        (INLINE, "graphql.too_deep"), (VALUES, "graphql.too_deep"), (SCHEMA, "graphql.too_costly"), (AGAIN, "graphql.too_costly"), (WALKS, "graphql.too_costly"), ("{ plans", "graphql.invalid"), ("{ luck }", "graphql.invalid"),
        ("{ a: plans { __typename } a: actions { id } }", "graphql.invalid"), ("query A { __typename } query B { __typename }", "graphql.which_operation"),
        ("query($n: Int!) { plans(first: $n) { __typename } }", "graphql.invalid"), ("", "graphql.invalid"), ("subscription { x }", "graphql.invalid"),
    ],
    ids=[
        "deep", "costly", "many", "long", "spread", "cycle", "chain", "fields", "inline", "values", "schema", "again", "walks", "syntax", "unknown", "conflict", "which",
        "variable", "empty", "subscription",
    ],
)  # fmt: skip
def test_what_is_too_much_or_wrong_is_refused(lite: Asker, monkeypatch: pytest.MonkeyPatch, query: str, code: str) -> None:
    with counting(monkeypatch) as statements:
        begun = time.monotonic()
        assert lite.refused(query)[0] == code
        assert time.monotonic() - begun < 3
    assert len(statements) <= 1  # which commons lives here


def test_the_same_field_again_and_again_takes_no_time(lite: Asker) -> None:
    begun = time.monotonic()
    lite.answer("{ actions { " + "id " * 4_900 + "} }")
    lite.answer("{" + " actions { id }" * 1_200 + "}")
    assert time.monotonic() - begun < 10


def test_depth_up_to_the_limit_is_fine(lite: Asker) -> None:
    assert cost(nested(10))[2] == DEPTH_MAX
    assert "myAgent" in lite.ask(nested(10))
    assert lite.refused(nested(11))[0] == "graphql.too_deep"


def test_tools_can_read_the_schema(lite: Asker) -> None:
    """The introspection query of the usual clients, at its longest."""
    query = get_introspection_query(
        descriptions=True, specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    assert len(lite.ask(query)["__schema"]["types"]) > 200


REQUESTS: list[tuple[bytes, str, int, str]] = [
    (b"{", "application/json", 400, "api.bad_json"),
    (b'{"query": "{ __typename }", "variables": {"n": NaN}}', "application/json", 400, "api.bad_json"),
    (b"[" * 100_000, "application/json", 400, "api.bad_json"),
    (b"[]", "application/json", 400, "graphql.bad_request"),
    (b'[{"query": "{ __typename }"}]', "application/json", 400, "graphql.bad_request"),
    (b'{"query": 1}', "application/json", 400, "graphql.bad_request"),
    (b'{"query": "{ __typename }", "variables": [1]}', "application/json", 400, "graphql.bad_request"),
    (b"{ __typename }", "application/graphql", 415, "api.bad_media"),
    (b'{"query": "' + b" " * 4_300_000 + b'"}', "application/json", 413, "api.too_large"),
]


@pytest.mark.parametrize(("body", "media", "status", "code"), REQUESTS, ids=range(len(REQUESTS)))
def test_what_is_no_operation_has_a_status_of_its_own(sqlite_site: Site, body: bytes, media: str, status: int, code: str) -> None:
    answer = sqlite_site.post("/graphql", body, media=media)
    said = json.loads(answer.content)["errors"][0]
    assert (answer.status_code, said["extensions"]["code"]) == (status, code)


@pytest.mark.parametrize(
    "value", ["1e999999999", "1e31", '"1e400000"', '"nan"', '"Infinity"', '"١"', "true", '""', "0.1234567890123456789012345678901", '"9" '],
)  # fmt: skip
def test_numbers_beyond_all_measure(lite: Asker, value: str) -> None:
    body = f'{{"query": "mutation($n: Decimal) {{ createSpatialThing(spatialThing: {{name: \\"x\\", alt: $n}}) {{ spatialThing {{ alt }} }} }}", "variables": {{"n": {value}}}}}'
    answer = lite.site.post("/graphql", body.encode(), token=lite.token)
    assert answer.status_code == 200
    code = json.loads(answer.content).get("errors", [{"extensions": {"code": "fine"}}])[0]["extensions"]["code"]
    assert code == ("fine" if value in ('"9" ', '"١"') else "graphql.bad_value"), answer.content


def test_the_most_that_is_allowed_is_quick(lite: Asker) -> None:
    assert cost("{ agents(first: 1000) { edges { node { id name meta { retrievedRevision { id } } } } } }")[0] < COST_MAX
