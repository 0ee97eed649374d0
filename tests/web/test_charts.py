"""Pictures and figures by themselves, where a whole page would hide what is meant."""

from __future__ import annotations

import doctest
import re
from itertools import pairwise

import pytest
from serving import application

from commonhold.web import rules
from commonhold.web.charts import columns, marks
from commonhold.web.charts.flow import Stream, flow


@pytest.mark.parametrize("module", [columns, marks, rules])
def test_the_examples_in_the_chart_modules_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0


def test_bands_are_as_broad_as_the_sums_are_large_and_never_rise() -> None:
    """Their own bars have the heights of the sums; each begins at or below the place where its band leaves the fund."""
    sums = {"a": 1, "b": 4_000, "c": 0, "d": 6_000}
    drawn = str(flow("x", "Title", "Said", [], "Fund", [Stream(name, minor, str(minor)) for name, minor in sums.items()]))
    broad = drawn[: drawn.index("</svg>")]
    found = re.findall(r'<g><title>(\w): \d+</title><path d="M\S+ (\S+?)C.*?<rect x="\S+" y="(\S+)" width="12" height="(\S+)"', broad)
    assert [name for name, *_ in found] == ["a", "b", "d"]
    assert all(float(outer) >= float(inner) for _, inner, outer, _ in found)
    heights = {name: float(height) for name, *_, height in found}
    assert heights["d"] / heights["b"] == pytest.approx(1.5, rel=0.01) and heights["a"] >= 1


def test_columns_are_as_high_as_the_counts_and_stand_on_each_other() -> None:
    drawn = str(columns.stacked_columns("x", "Title", "Said", ["2026-01", "2026-02"], [("one", [2, 0]), ("two", [3, 1])]))
    broad, narrow = drawn.split("</svg>")[:2]
    bar = r"M([\d.]+) ([\d.]+)h[\d.]+v([\d.]+)h-[\d.]+z"
    (_, low_y, low_height), (_, high_y, high_height), (_, _, single) = [tuple(map(float, found)) for found in re.findall(bar, broad)]
    assert high_y + high_height == pytest.approx(low_y, abs=0.11)
    assert (low_height / single, high_height / single) == (pytest.approx(2, rel=0.01), pytest.approx(3, rel=0.01))
    assert re.findall("<g><title>([^<]*)</title>", broad) == ["2026-01: one 2, two 3", "2026-02: two 1"] and "<g>" not in narrow
    assert [len(re.findall(bar, path)) for path in re.findall('<path d="(M[^"]*z)" fill="url', narrow)] == [1, 2]


def test_a_chart_of_nothing_and_one_of_too_many_kinds() -> None:
    assert str(columns.stacked_columns("x", "Title", "Said", [], [])).count("<title") == 2
    folded = columns.fold_series([(f"kind {n}", [n, 1]) for n in range(20)], "Other")
    assert len(folded) == 7 and sum(sum(counts) for _, counts in folded) == sum(range(20)) + 20


@pytest.mark.parametrize(("language", "shown"), [("en", ("1,234,567.89", "-0.50", "0.000001")), ("de", ("1.234.567,89", "-0,50", "0,000001"))])
def test_figures_are_written_as_the_language_does_with_every_digit(language: str, shown: tuple[str, ...]) -> None:
    application()
    from django.utils import translation

    from commonhold.web.jinja import number

    with translation.override(language):
        assert tuple(map(number, ("1234567.89", "-0.50", "0.000001"))) == shown


@pytest.mark.parametrize(
    ("text", "part", "shown"),
    [("0.00", 1, "< 0.01"), ("0.0031", 0, "< 0.01"), ("0.00", 0, "0.00"), ("0.01", 5, "0.01"), ("12.50", 5, "12.50"), ("0.0000", "7", "< 0.01")],
)
def test_a_part_that_is_there_is_never_nothing(text: str, part: int | str, shown: str) -> None:
    application()
    from commonhold.web.jinja import percent

    assert percent(text, part) == shown


def test_a_long_label_stands_on_two_lines_of_the_narrow_picture() -> None:
    """The next band begins below both, and the amount stands below the second."""
    drawn = str(flow("x", "Title", "Said", [], "Fund", [Stream("Basic income of active members", 1, "1"), Stream("Rest", 99, "99")]))
    narrow = drawn[drawn.index('class="chart narrow"') :]
    lines = [(float(y), words) for y, words in re.findall(r'<text x="\S+" y="(\S+)"[^>]*>([^<]*)</text>', narrow)]
    assert [words for _, words in lines] == ["Fund", "Basic income of", "active members", "1", "Rest", "99"]
    assert all(one[0] + 12 <= other[0] for one, other in pairwise(lines))
