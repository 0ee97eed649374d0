"""Each example of the page is asked, and answers what the page says."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from asking import Asker
from furnishing import furnish
from graphql import parse

from commonhold.graphql import connections, limits

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/graphql.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```graphql\n(.*?)```\n(?:\n```json\n(.*?)```)?", PAGE, re.DOTALL)


def test_the_examples_are_found() -> None:
    assert [bool(answer) for _, answer in EXAMPLES] == [True, False, False, True]


@pytest.mark.parametrize(("query", "answer"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_answers_what_the_page_says(lite: Asker, query: str, answer: str) -> None:
    furnish(lite)
    said = lite.answer(query)
    expected = json.loads(answer, parse_float=Decimal) if answer else {}
    if "code" in expected:
        extensions = said["errors"][0]["extensions"]
        assert {name: extensions[name] for name in expected} == expected
    else:
        assert "errors" not in said and (not expected or said == expected)
    parse(query)


def test_the_limits_are_those_of_the_page() -> None:
    figures = (
        limits.DEPTH_MAX,
        limits.TOKENS_MAX,
        limits.COST_MAX,
        limits.SCAN,
        connections.PAGE_DEFAULT,
        limits.LIST,
        connections.PLAIN_MAX,
        limits.WALK,
    )
    assert figures == (12, 5_000, 50_000, 1_000, 100, 20, 1_000, 5_000) and limits.SCAN == connections.PAGE_MAX
    section = PAGE.split("## Limits\n", 1)[1]
    assert all(f"{figure:,}" in section for figure in figures)


def test_every_code_of_the_package_is_in_the_table() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(limits.__file__).parent.glob("*.py"))
    used = set(re.findall(r'"(graphql\.[a-z_]+)"', source)) - {"graphql.page"}
    assert used == set(re.findall(r"^\| `(graphql\.[a-z_]+)`", PAGE, re.MULTILINE))
