"""Where money came from and where it went: bands through a fund, as broad as the sums are large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from .marks import SERIES_MAX, clipped, frame, patterns, text

WIDTH = 720
_TALL = 200
_SLOT = 42
_BAR = 12
_TOP = 28
_LABEL = 24


@dataclass(frozen=True, slots=True)
class Stream:
    """A sum with its names: for the picture, and the amount as people read it."""

    label: str
    minor: int
    amount: str


def flow(prefix: str, title: str, description: str, sources: Sequence[Stream], hub: str, goals: Sequence[Stream]) -> Markup:
    """Bands from the sources (left; may be none) through the hub to the goals (right). Sums of nothing are left out."""
    sources, goals = [one for one in sources if one.minor > 0], [one for one in goals if one.minor > 0]
    total = max(sum(one.minor for one in sources), sum(one.minor for one in goals), 1)
    tall = max(_height(sources, total), _height(goals, total), _TALL)
    centre = 362 if sources else 14
    middle = _TOP + (tall - _TALL) / 2
    parts = [patterns(prefix, SERIES_MAX)]
    parts.append(f'<rect x="{centre}" y="{middle:.1f}" width="{_BAR}" height="{_TALL}" fill="currentColor" rx="2"/>')
    parts.append(text(centre + (_BAR / 2 if sources else 0), middle - 10, hub, anchor="middle" if sources else "start", strong=True))
    offset = len(goals)
    parts += _side(prefix, sources, total, tall, 178, centre, middle, -1, offset)
    parts += _side(prefix, goals, total, tall, 530, centre + _BAR, middle, 1, 0)
    return frame(prefix, WIDTH, int(tall + _TOP + 10), title, description, "".join(parts))


def _height(streams: Sequence[Stream], total: int) -> float:
    return sum(max(one.minor / total * _TALL, _SLOT) for one in streams)


def _side(
    prefix: str, streams: Sequence[Stream], total: int, tall: float, edge: float, hub: float, middle: float, way: int, offset: int
) -> list[str]:
    parts = []
    y, inner = _TOP + (tall - _height(streams, total)) / 2, middle
    for number, one in enumerate(streams):
        thick = one.minor / total * _TALL
        slot = max(thick, _SLOT)
        top, shown = y + (slot - thick) / 2, max(thick, 1.5)
        fill = f"url(#{prefix}-{(number + offset) % SERIES_MAX})"
        near, far = (hub, edge) if way > 0 else (edge + _BAR, hub)
        first, last = (inner, top) if way > 0 else (top, inner)
        bend = (near + far) / 2
        band = (
            f"M{near} {first:.1f}C{bend} {first:.1f} {bend} {last:.1f} {far} {last:.1f}V{last + shown:.1f}"
            f"C{bend} {last + shown:.1f} {bend} {first + shown:.1f} {near} {first + shown:.1f}Z"
        )
        label = edge + _BAR + 10 if way > 0 else edge - 10
        anchor = "start" if way > 0 else "end"
        parts.append(
            f"<g><title>{escape(f'{one.label}: {one.amount}')}</title>"
            f'<path d="{band}" fill="{fill}" fill-opacity=".38"/>'
            f'<rect x="{edge}" y="{top:.1f}" width="{_BAR}" height="{shown:.1f}" fill="{fill}"/>'
            f"{text(label, y + slot / 2 - 3, clipped(one.label, _LABEL), anchor=anchor)}"
            f"{text(label, y + slot / 2 + 14, one.amount, anchor=anchor, strong=True)}</g>"
        )
        y, inner = y + slot, inner + thick
    return parts
