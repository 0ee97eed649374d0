"""Where money came from and where it went: bands through a fund, as broad as the sums are large.

Bands begin at the top and only ever go down, so that the name above the fund and the labels beside the ends never touch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from .marks import SERIES_MAX, clipped, extent, frame, patterns, text, wrapped

WIDTH, NARROW = 720, 280
_TALL = {WIDTH: 200, NARROW: 130}
_SLOT = 42
_LINE = 14
"""How much higher a slot is for a label of two lines."""
_BAR = 12
_TOP = 30
_BOLD = 1.15
"""How much broader bold letters are."""
_NAME = 0.8
"""How much of the breadth the name may take."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A sum with its names: for the picture, and the amount as people read it.

    Attributes:
        colour: Which filling it has; by its place, where none is said.
    """

    label: str
    minor: int
    amount: str
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class _Side:
    """Half of a picture: the bands between the bar of the fund and the bars of the streams. `way`: 1 to the right, -1 to the left."""

    width: int
    way: int
    hub: float
    edge: float
    top: float
    total: int
    free: Sequence[int]
    """Fillings for streams that have none of their own."""

    def room(self) -> float:
        """How broad a label may be."""
        return self.width - self.edge - _BAR - 10 if self.way > 0 else self.edge - 10

    def slot(self, one: Stream) -> float:
        """How much height a stream takes at least, for its label and amount."""
        return _SLOT + _LINE * (len(wrapped(one.label, self.room())) - 1)

    def height(self, streams: Sequence[Stream]) -> float:
        """Of all streams together."""
        return sum(max(one.minor / self.total * _TALL[self.width], self.slot(one)) for one in streams)


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


def _free(goals: Sequence[Stream]) -> list[int]:
    """Fillings in their order, those first that no goal has."""
    used = {one.colour if one.colour is not None else place for place, one in enumerate(goals)}
    return sorted(range(SERIES_MAX), key=lambda number: (number in used, number))


def _broad(prefix: str, sources: Sequence[Stream], hub: str, goals: Sequence[Stream], total: int) -> tuple[str, int]:
    centre = 315.0 if sources else 4.0
    anchor, at = ("middle", centre + _BAR / 2) if sources else ("start", centre)
    left, right = _Side(WIDTH, -1, centre, 150, _TOP, total, _free(goals)), _Side(WIDTH, 1, centre + _BAR, 480, _TOP, total, range(SERIES_MAX))
    parts = [patterns(prefix, SERIES_MAX), _hub(WIDTH, centre, _TOP), text(at, _TOP - 12, clipped(hub, _NAME * WIDTH), anchor=anchor, strong=True)]
    parts += [*_bands(prefix, sources, left), *_bands(prefix, goals, right)]
    tall = max(left.height(sources), right.height(goals), _TALL[WIDTH])
    return "".join(parts), int(tall + _TOP + 8)


def _narrow(prefix: str, sources: Sequence[Stream], hub: str, goals: Sequence[Stream], total: int) -> tuple[str, int]:
    """The sources above, and the goals below them: side by side their labels would not fit on a telephone."""
    parts, top = [patterns(prefix, SERIES_MAX)], float(_TOP)
    if sources:
        right = float(NARROW - _BAR)
        above = _Side(NARROW, -1, right, 140, top, total, _free(goals))
        parts += [_hub(NARROW, right, top), text(NARROW, top - 12, clipped(hub, _NAME * NARROW), anchor="end", strong=True)]
        parts += _bands(prefix, sources, above)
        top += max(above.height(sources), _TALL[NARROW]) + _TOP + 16
    below = _Side(NARROW, 1, _BAR, 118, top, total, range(SERIES_MAX))
    parts += [_hub(NARROW, 0, top), text(0, top - 12, clipped(hub, _NAME * NARROW), strong=True)]
    parts += _bands(prefix, goals, below)
    return "".join(parts), int(top + max(below.height(goals), _TALL[NARROW]) + 8)


def _hub(width: int, x: float, y: float) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{_BAR}" height="{_TALL[width]}" fill="currentColor" rx="2"/>'


def _bands(prefix: str, streams: Sequence[Stream], side: _Side) -> list[str]:
    parts = []
    outer = inner = side.top
    for number, one in enumerate(streams):
        thick = one.minor / side.total * _TALL[side.width]
        colour = side.free[number % SERIES_MAX] if one.colour is None else one.colour
        fill = f"url(#{prefix}-{colour})"
        parts.append(
            f"<g><title>{escape(f'{one.label}: {one.amount}')}</title>{_band(side, inner, outer, max(thick, 1.5), fill)}{_named(side, outer, one)}</g>"
        )
        outer, inner = outer + max(thick, side.slot(one)), inner + thick
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
    lines = wrapped(one.label, side.room())
    size = min(1.0, side.room() / (_BOLD * extent(one.amount)))
    said = [text(x, top + 11 + _LINE * place, line, anchor=anchor) for place, line in enumerate(lines)]
    return "".join(said) + text(x, top + 14 + _LINE * len(lines), one.amount, anchor=anchor, strong=True, size=size)
