"""Pairs of columns over time: what came in beside what went out, for broad and for narrow windows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from .columns import SIZES, labelled, tick
from .marks import extent, frame, patterns, text

_RIGHT, _TOP, _BOTTOM = 6, 12, 30
_LABEL_WIDTH = 62
_SMALL = 0.88
_PART = 0.8
"""How much of a period's breadth its columns take."""


@dataclass(frozen=True, slots=True)
class Column:
    """A series: its name, its filling, and for each period minor units with the amount as people read it. Below 0 counts as 0."""

    name: str
    colour: int
    minor: Sequence[int]
    amounts: Sequence[str]


def pairs(
    prefix: str, title: str, description: str, periods: Sequence[str], series: Sequence[Column], unit: int, shown: Callable[[int], str]
) -> Markup:  # fmt: skip
    """The chart.

    Args:
        unit: Minor units of one unit of the currency. shown: A whole number of units, as people read it.
    """
    charts = [
        frame(name, width, height, title, description, _drawn(name, width, height, periods, series, unit, shown), show=show)
        for show, (width, height) in SIZES.items()
        for name in [prefix if show == "broad" else f"{prefix}-narrow"]
    ]
    return Markup("{}{}").format(*charts)


def _drawn(
    prefix: str, width: int, height: int, periods: Sequence[str], series: Sequence[Column], unit: int, shown: Callable[[int], str]
) -> str:  # fmt: skip
    most = -(-max((minor for one in series for minor in one.minor), default=0) // unit)
    step = tick(max(most, 0))
    top = max(step, -(-most // step) * step)
    left = min(_SMALL * extent(shown(top)) + 12, width * 0.34)
    high, wide = height - _TOP - _BOTTOM, (width - left - _RIGHT) / max(len(periods), 1)
    parts = [patterns(prefix, 1 + max((one.colour for one in series), default=0)), _lines(step, top, left, width, high, shown)]
    breadth = min(wide * _PART / max(len(series), 1), 22)
    for at, period in enumerate(periods):
        x, bars = left + wide * (at + 0.5) - breadth * len(series) / 2, []
        for place, one in enumerate(series):
            tall = max(one.minor[at], 0) / (top * unit) * high
            if tall:
                bars.append(
                    f'<rect x="{x + breadth * place:.1f}" y="{_TOP + high - max(tall, 1):.1f}" width="{breadth:.1f}" height="{max(tall, 1):.1f}"'
                    f' fill="url(#{prefix}-{one.colour})"/>'
                )
        if any(one.minor[at] for one in series):
            said = ", ".join(f"{one.name} {one.amounts[at]}" for one in series if one.minor[at])
            parts.append(f"<g><title>{escape(f'{period}: {said}')}</title>{''.join(bars)}</g>")
    every = max(1, math.ceil(_LABEL_WIDTH / wide))
    parts += [text(left + wide * (at + 0.5), height - 8, periods[at], anchor="middle") for at in labelled(len(periods), every)]
    return "".join(parts)


def _lines(step: int, top: int, left: float, width: int, high: float, shown: Callable[[int], str]) -> str:
    lines = []
    for value in range(0, top + 1, step):
        y = _TOP + high - value / top * high
        lines.append(f'<path d="M{left:.1f} {y:.1f}H{width - _RIGHT}" stroke="currentColor" stroke-opacity="{".5" if value == 0 else ".14"}"/>')
        size = min(_SMALL, (left - 10) / extent(shown(value)))
        lines.append(text(left - 6, y + 4, shown(value), anchor="end", size=size))
    return "".join(lines)
