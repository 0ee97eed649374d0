"""The OpenAPI document: it is one, and the API does what it says, whatever is sent."""

from __future__ import annotations

from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks
from serving import Site

EXAMPLES = 12
"""For each operation and kind of data. More find nothing new; they only take longer."""

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
SLASHES = "journal.tile"
"""A tile's name has slashes, which no parameter of a path may have that schemathesis makes up."""


def described(site: Site) -> Any:
    """The document as the API serves it, and the application that it describes, with something in it."""
    world = site.world
    world.validated("Bo", amount="3")
    world.log("Cy", "documentation", "2", domain="hardware", note="a note")
    world.income("100.00")
    world.share()
    return schemathesis.openapi.from_wsgi("/api/openapi.json", site.wsgi, headers={"Host": "localhost"})


def test_it_is_an_openapi_document_and_its_schemas_are_json_schemas(sqlite_site: Site) -> None:
    schema = described(sqlite_site)
    schema.validate()
    document = schema.raw_schema
    assert document["openapi"] == "3.1.0"
    for shape in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)
    named = {part["$ref"].removeprefix("#/components/schemas/") for part in _objects(document) if "$ref" in part}
    assert named == set(document["components"]["schemas"])


def _objects(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return ([value] if isinstance(value, dict) else []) + [found for one in inner for found in _objects(one)]


def test_the_api_keeps_to_it_when_all_is_right(site: Site) -> None:
    statuses = asked(site, GenerationMode.POSITIVE)
    assert statuses[200] > 100 and statuses[400] and statuses[404] and statuses[422]


def test_the_api_keeps_to_it_when_something_is_wrong(sqlite_site: Site) -> None:
    statuses = asked(sqlite_site, GenerationMode.NEGATIVE)
    assert statuses[200] < 10 and statuses[400] and statuses[404]


def asked(site: Site, mode: GenerationMode) -> Counter[int]:
    """Ask every operation with made up data, check every answer, and tell how many there were of each status."""
    headers = {"Authorization": f"Bearer {site.token('Ana')}"}
    known = {"commons": "test", "entry": "3", "number": "1", "agent": site.world.ids["Bo"]}
    statuses: Counter[int] = Counter()
    for operation in (found.ok() for found in described(site).get_all_operations()):
        if operation.definition.raw["operationId"] == SLASHES if mode is GenerationMode.POSITIVE else not _can_be_wrong(operation):
            continue

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
        @given(case=operation.as_strategy(generation_mode=mode), is_known=st.sampled_from([True, True, True, False]))
        def ask(case: Any, is_known: bool) -> None:
            path = case.meta.components.get(ParameterLocation.PATH)
            if is_known and path is not None and path.mode is GenerationMode.POSITIVE:
                case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
            answer = case.call(headers=headers)
            statuses[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        ask()
    return statuses


def _can_be_wrong(operation: Any) -> bool:
    return bool(operation.body or list(operation.iter_parameters()))
