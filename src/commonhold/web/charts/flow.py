"""Where money came from and where it went: bands through a fund, as broad as the sums are large.

Bands begin at the top and only ever go down, so that the name above the fund and the labels beside the ends never touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from .marks import SERIES_MAX, clipped, extent, frame, patterns, text

WIDTH, NARROW = 720, 280
_TALL = {WIDTH: 200, NARROW: 130}
_SLOT = 42
_BAR = 12
_TOP = 30
_BOLD = 1.15
"""How much broader bold letters are."""
_NAME = 0.8
"""How much of the breadth the name may take."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A sum with its names: for the picture, and the amount as people read it."""

    label: str
    minor: int
    amount: str


@dataclass(frozen=True, slots=True)
class _Side:
    """Half of a picture: the bands between the bar of the fund and the bars of the streams. `way`: 1 to the right, -1 to the left."""

    width: int
    way: int
    hub: float
    edge: float
    top: float
    total: int
    offset: int


def flow(prefix: str, title: str, description: str, sources: Sequence[Stream], hub: str, goals: Sequence[Stream]) -> Markup:
    """Bands from the sources (may be none) through the hub to the goals, for broad and for narrow windows.

    Sums of nothing are left out. The style sheet shows one of the two pictures.
    """
    sources, goals = [one for one in sources if one.minor > 0], [one for one in goals if one.minor > 0]
    total = max(sum(one.minor for one in sources), sum(one.minor for one in goals), 1)
    broad = _broad(prefix, sources, hub, goals, total)
    narrow = _narrow(f"{prefix}-narrow", sources, hub, goals, total)
    return Markup("{}{}").format(
        frame(prefix, WIDTH, broad[1], title, description, broad[0], show="broad"),
        frame(f"{prefix}-narrow", NARROW, narrow[1], title, description, narrow[0], show="narrow"),
    )


def _broad(prefix: str, sources: Sequence[Stream], hub: str, goals: Sequence[Stream], total: int) -> tuple[str, int]:
    centre = 315.0 if sources else 4.0
    anchor, at = ("middle", centre + _BAR / 2) if sources else ("start", centre)
    parts = [patterns(prefix, SERIES_MAX), _hub(WIDTH, centre, _TOP), text(at, _TOP - 12, clipped(hub, _NAME * WIDTH), anchor=anchor, strong=True)]
    parts += _bands(prefix, sources, _Side(WIDTH, -1, centre, 150, _TOP, total, len(goals)))
    parts += _bands(prefix, goals, _Side(WIDTH, 1, centre + _BAR, 480, _TOP, total, 0))
    tall = max(_height(sources, total, WIDTH), _height(goals, total, WIDTH), _TALL[WIDTH])
    return "".join(parts), int(tall + _TOP + 8)


def _narrow(prefix: str, sources: Sequence[Stream], hub: str, goals: Sequence[Stream], total: int) -> tuple[str, int]:
    """The sources above, and the goals below them: side by side their labels would not fit on a telephone."""
    parts, top = [patterns(prefix, SERIES_MAX)], float(_TOP)
    if sources:
        right = float(NARROW - _BAR)
        parts += [_hub(NARROW, right, top), text(NARROW, top - 12, clipped(hub, _NAME * NARROW), anchor="end", strong=True)]
        parts += _bands(prefix, sources, _Side(NARROW, -1, right, 140, top, total, len(goals)))
        top += max(_height(sources, total, NARROW), _TALL[NARROW]) + _TOP + 16
    parts += [_hub(NARROW, 0, top), text(0, top - 12, clipped(hub, _NAME * NARROW), strong=True)]
    parts += _bands(prefix, goals, _Side(NARROW, 1, _BAR, 118, top, total, 0))
    return "".join(parts), int(top + max(_height(goals, total, NARROW), _TALL[NARROW]) + 8)


def _hub(width: int, x: float, y: float) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{_BAR}" height="{_TALL[width]}" fill="currentColor" rx="2"/>'


def _height(streams: Sequence[Stream], total: int, width: int) -> float:
    return sum(max(one.minor / total * _TALL[width], _SLOT) for one in streams)


def _bands(prefix: str, streams: Sequence[Stream], side: _Side) -> list[str]:
    parts = []
    outer = inner = side.top
    for number, one in enumerate(streams):
        thick = one.minor / side.total * _TALL[side.width]
        fill = f"url(#{prefix}-{(number + side.offset) % SERIES_MAX})"
        parts.append(
            f"<g><title>{escape(f'{one.label}: {one.amount}')}</title>{_band(side, inner, outer, max(thick, 1.5), fill)}{_named(side, outer, one)}</g>"
        )
        outer, inner = outer + max(thick, _SLOT), inner + thick
    return parts


def _band(side: _Side, inner: float, outer: float, thick: float, fill: str) -> str:
    """A band from the fund's bar at height `inner` to the stream's own bar at height `outer`."""
    end = side.edge if side.way > 0 else side.edge + _BAR
    bend = (side.hub + end) / 2
    path = (
        f"M{side.hub:g} {inner:.1f}C{bend:g} {inner:.1f} {bend:g} {outer:.1f} {end:g} {outer:.1f}V{outer + thick:.1f}"
        f"C{bend:g} {outer + thick:.1f} {bend:g} {inner + thick:.1f} {side.hub:g} {inner + thick:.1f}Z"
    )
    bar = f'<rect x="{side.edge:g}" y="{outer:.1f}" width="{_BAR}" height="{thick:.1f}" fill="{fill}"/>'
    return f'<path d="{path}" fill="{fill}" fill-opacity=".38"/>{bar}'


def _named(side: _Side, top: float, one: Stream) -> str:
    """The label and the amount, beside the beginning of the stream's bar."""
    x, anchor = (side.edge + _BAR + 10, "start") if side.way > 0 else (side.edge - 10, "end")
    room = side.width - x if side.way > 0 else x
    label = clipped(one.label, room)
    size = min(1.0, room / (_BOLD * extent(one.amount)))
    return text(x, top + 11, label, anchor=anchor) + text(x, top + 28, one.amount, anchor=anchor, strong=True, size=size)
