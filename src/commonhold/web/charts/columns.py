"""Stacked columns: how many of each kind in each period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from .marks import SERIES_MAX, frame, patterns, text

SIZES = {"broad": (720, 250), "narrow": (290, 220)}
"""Width and height of the chart for broad and for narrow windows."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 6, 10, 30
_LABEL_WIDTH = 62


def stacked_columns(prefix: str, title: str, description: str, periods: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    """A chart of at most seven series; fold more of them together before (`fold_series`)."""
    assert len(series) <= SERIES_MAX
    charts = [
        frame(name, width, height, title, description, _columns(name, width, height, periods, series, hints=show == "broad"), show=show)
        for show, (width, height) in SIZES.items()
        for name in [prefix if show == "broad" else f"{prefix}-narrow"]
    ]
    return Markup("{}{}").format(*charts)


def _columns(
    prefix: str, width: int, height: int, periods: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], *, hints: bool
) -> str:  # fmt: skip
    """hints: Each period tells its figures to who points at it; on a telephone, nobody points."""
    totals = [sum(counts[at] for _, counts in series) for at in range(len(periods))]
    step = tick(max(totals, default=0))
    top = max(step, -(-max(totals, default=0) // step) * step)
    high, wide = height - _TOP - _BOTTOM, (width - _LEFT - _RIGHT) / max(len(periods), 1)
    parts = [patterns(prefix, len(series)), _grid(step, top, width, high)]
    column = min(wide * 0.78, 48)
    drawn: list[list[str]] = [[] for _ in series]
    for at, period in enumerate(periods):
        x, y = _LEFT + wide * at + (wide - column) / 2, float(_TOP + high)
        bars = []
        for number, (_, counts) in enumerate(series):
            if counts[at]:
                tall = counts[at] / top * high
                y -= tall
                bar = f"M{x:.1f} {y:.1f}h{column:.1f}v{tall:.1f}h-{column:.1f}z"
                drawn[number].append(bar)
                bars.append(_filled(prefix, number, bar))
        if bars and hints:
            said = ", ".join(f"{label} {counts[at]}" for label, counts in series if counts[at])
            parts.append(f"<g><title>{escape(f'{period}: {said}')}</title>{''.join(bars)}</g>")
    if not hints:
        parts += [_filled(prefix, number, "".join(bars)) for number, bars in enumerate(drawn) if bars]
    every = max(1, math.ceil(_LABEL_WIDTH / wide))
    parts += [text(_LEFT + wide * (at + 0.5), height - 8, periods[at], anchor="middle") for at in labelled(len(periods), every)]
    return "".join(parts)


def _filled(prefix: str, number: int, path: str) -> str:
    return f'<path d="{path}" fill="url(#{prefix}-{number})"/>'


def labelled(count: int, every: int) -> list[int]:
    """Which periods have their name below: every so many, but none so near to an edge that its name would be cut.

    >>> labelled(41, 9)
    [4, 13, 22, 31]
    """
    return list(range(every // 2, count - every // 2, every))


def fold_series(series: Sequence[tuple[str, Sequence[int]]], other: str) -> list[tuple[str, list[int]]]:
    """At most seven series, where the last holds all that are too many.

    >>> [name for name, _ in fold_series([(str(n), [n]) for n in range(9)], "other")]
    ['0', '1', '2', '3', '4', '5', 'other']
    """
    kept = [(name, list(counts)) for name, counts in series]
    if len(kept) <= SERIES_MAX:
        return kept
    rest = kept[SERIES_MAX - 1 :]
    return [*kept[: SERIES_MAX - 1], (other, [sum(counts) for counts in zip(*(counts for _, counts in rest), strict=True)])]


def _grid(step: int, top: int, width: int, high: float) -> str:
    lines = []
    for value in range(0, top + 1, step):
        y = _TOP + high - value / top * high
        lines.append(f'<path d="M{_LEFT} {y:.1f}H{width - _RIGHT}" stroke="currentColor" stroke-opacity="{".5" if value == 0 else ".14"}"/>')
        lines.append(text(_LEFT - 8, y + 4, f"{value}", anchor="end"))
    return "".join(lines)


def tick(largest: int) -> int:
    """The distance of the lines: one, two or five times a power of ten, so that there are three to six.

    >>> [tick(n) for n in (0, 3, 12, 95, 4_000)]
    [1, 1, 5, 20, 1000]
    """
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if largest <= 5 * step:
                return step
        power *= 10
