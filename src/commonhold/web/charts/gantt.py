"""When what is to happen: a bar for each process, from its beginning to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from markupsafe import Markup

from .marks import clipped, extent, frame, text

SIZES = {"broad": 720, "narrow": 290}
_ROW, _NAMED = 34, 46
"""Height of a row with its name beside the bar, and with its name above it."""
_LABELS = 220
_TOP = 26
_STEPS = (
    timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=2), timedelta(days=7), timedelta(days=14), timedelta(days=28),
    timedelta(days=91), timedelta(days=365), timedelta(days=3650),
)  # fmt: skip
_TICK = 74
"""How far names of days are apart, at least."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A process. Times like `2026-11-23T08:30:00Z`. critical: Whether any delay of it delays all."""

    name: str
    address: str
    begin: str
    end: str
    critical: bool


def gantt(prefix: str, title: str, description: str, bars: Sequence[Bar]) -> Markup:
    """The picture for broad and for narrow windows, a row for each bar in the order given."""
    pictures = []
    for show, width in SIZES.items():
        name = prefix if show == "broad" else f"{prefix}-narrow"
        inside, height = _drawn(bars, width, beside=show == "broad")
        pictures.append(frame(name, width, height, title, description, inside, show=show, role="group"))
    return Markup("{}{}").format(*pictures)


def _drawn(bars: Sequence[Bar], width: int, *, beside: bool) -> tuple[str, int]:
    times = [(datetime.fromisoformat(bar.begin), datetime.fromisoformat(bar.end)) for bar in bars]
    first, last = min(begin for begin, _ in times), max(end for _, end in times)
    whole = max(last - first, timedelta(hours=1))
    left = _LABELS if beside else 4
    row = _ROW if beside else _NAMED
    tall = _TOP + row * len(bars)
    room = width - left - 8

    def place(time: datetime) -> float:
        return left + (time - first) / whole * room

    parts = _days(first, last, whole, room, tall, width, place)
    for number, (bar, (begin, end)) in enumerate(zip(bars, times, strict=True)):
        top = _TOP + row * number
        mark = "◆ " if bar.critical else ""
        name = f"{mark}{clipped(bar.name, (left - 14 if beside else width - 8) * 0.93 - extent(mark))}"
        y = top + (21 if beside else 14)
        parts.append(f'<a href="{escape(bar.address)}">{text(0 if beside else 4, y, name, strong=bar.critical)}</a>')
        x, wide = place(begin), max((end - begin) / whole * room, 3)
        kind = "critical" if bar.critical else "slack"
        parts.append(f'<rect class="bar-{kind}" x="{x:.1f}" y="{top + (8 if beside else 21)}" width="{wide:.1f}" height="18" rx="4"/>')
    return "".join(parts), tall + 6


def _days(first: datetime, last: datetime, whole: timedelta, room: float, tall: int, width: int, place: Callable[[datetime], float]) -> list[str]:
    """Lines at round times, with the day above, as many as fit."""
    step = next((one for one in _STEPS if whole / one * _TICK <= room), _STEPS[-1])
    daily = step >= timedelta(days=1)
    time = first.replace(hour=0 if daily else first.hour, minute=0, second=0, microsecond=0)
    parts = []
    while time <= last:
        if time >= first:
            x = place(time)
            said = f"{time:%Y-%m-%d}" if daily else f"{time:%m-%d %H:%M}"
            parts.append(f'<path d="M{x:.1f} {_TOP - 4}V{tall}" stroke="currentColor" stroke-opacity=".14"/>')
            if x + extent(said) * 0.85 < width:
                parts.append(f'<g opacity=".75">{text(x, _TOP - 10, said, size=0.88)}</g>')
        time += step
    return parts
