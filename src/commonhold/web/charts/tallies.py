"""How many voted, and for what: a bar for each line, in parts, with a mark where enough is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from markupsafe import Markup

from .marks import SERIES_MAX, clipped, extent, frame, patterns, text

SIZES = {"broad": 720, "narrow": 290}
_ROW, _BAR, _MARK = 46, 18, 17
"""Height of a row, of its bar, and of the words below a mark."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: how long, with which filling (None: hardly any), and what it is."""

    size: Fraction
    colour: int | None
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A line.

    Attributes:
        name: Stands above it. aside: At the end above it. parts: From left to right.
        whole: What the full breadth is. mark: Where enough is; said below, if it is said.
    """

    name: str
    aside: str
    parts: Sequence[Part]
    whole: Fraction
    mark: Fraction | None = None
    said: str = ""


def tallies(prefix: str, title: str, description: str, bars: Sequence[Bar]) -> Markup:
    """The picture for broad and for narrow windows."""
    pictures = []
    for show, width in SIZES.items():
        name = prefix if show == "broad" else f"{prefix}-narrow"
        inside, height = _drawn(name, bars, width)
        pictures.append(frame(name, width, height, title, description, patterns(name, SERIES_MAX) + inside, show=show))
    return Markup("{}{}").format(*pictures)


def _drawn(prefix: str, bars: Sequence[Bar], width: int) -> tuple[str, int]:
    parts, top = [], 2.0
    for bar in bars:
        aside = clipped(bar.aside, width * 0.5)
        room = (width - extent(aside) - 14) * 0.93
        parts.append(text(0, top + 13, clipped(bar.name, room), strong=True))
        parts.append(text(width, top + 13, aside, anchor="end"))
        parts.append(_bar(prefix, bar, width, top + 20))
        top += _ROW + (_MARK if bar.mark is not None and bar.said else 0)
    return "".join(parts), int(top + 2)


def _bar(prefix: str, bar: Bar, width: int, top: float) -> str:
    whole = bar.whole or Fraction(1)
    drawn = [f'<rect x="0" y="{top:g}" width="{width}" height="{_BAR}" rx="3" fill="currentColor" fill-opacity=".1"/>']
    x = Fraction(0)
    for part in bar.parts:
        wide = min(part.size / whole * width, width - x)
        if wide > 0:
            fill = 'fill="currentColor" fill-opacity=".25"' if part.colour is None else f'fill="url(#{prefix}-{part.colour % SERIES_MAX})"'
            drawn.append(f'<g><title>{escape(part.said)}</title><rect x="{_at(x)}" y="{top:g}" width="{_at(wide)}" height="{_BAR}" {fill}/></g>')
        x += wide
    if bar.mark is not None:
        place = min(bar.mark / whole, Fraction(1)) * width
        drawn.append(f'<path d="M{_at(place)} {top - 4:g}V{top + _BAR + 4:g}" stroke="currentColor" stroke-width="2.5"/>')
        drawn.append(_said(bar.said, place, width, top + _BAR + 16) if bar.said else "")
    return "".join(drawn)


def _said(words: str, place: Fraction, width: int, y: float) -> str:
    """Words below a mark, on the side where there is more room."""
    right = place * 2 < width
    room = float(width - place if right else place)
    kept = clipped(words, room - 4) if extent(words) > room - 4 and extent(words) > width else words
    anchor, x = ("start", float(place)) if right else ("end", float(place))
    if extent(kept) > room:
        anchor, x = ("start", 0.0)
    return f'<g opacity=".8">{text(x, y, kept, anchor=anchor, size=0.92)}</g>'


def _at(place: Fraction) -> str:
    return f"{float(place):.1f}"
