"""Where something came from, as lines that run together: a row for each thing, beside it the lines that lead on.

As in the pictures of a version history, every row has one thing, so no label can lie on another, however much there is. The
thing that was asked for is at the top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from .marks import clipped, extent, frame, text

LANES = 6
"""So many colours; the style sheet has them for light and dark pages."""
_SIZES = {"broad": (720, 22, 12), "narrow": (290, 15, 8)}
"""Width of the picture, distance of the lines, and the first line's distance from the edge."""
_PART = 0.45
"""How much of the breadth the lines may take."""
_LINE = 16
_THIN, _THICK = 34, 36
_GAP = 8
_LINES_MAX = 4
_SMALL = 0.92


@dataclass(frozen=True, slots=True)
class Row:
    """A thing.

    Attributes:
        address: Its page. parts: What stands below its name, with dots between, on as many lines as are needed. aside: What stands at the end of its row, if there is room.
        ways: The rows below that lines lead on to. process: Whether something was done, or something is there.
        more: What is said where lines lead on to what is not shown; nothing, if they do not.
    """

    name: str
    address: str
    process: bool
    parts: Sequence[str]
    aside: str
    ways: Sequence[int]
    more: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line from a row to one below, on a lane between them."""

    source: int
    target: int
    lane: int


def lines_chart(prefix: str, title: str, description: str, rows: Sequence[Row]) -> Markup:
    """The picture for broad and for narrow windows. The first row is the thing that was asked for."""
    lanes, lines = _lanes(rows)
    pictures = []
    for show, (width, distance, left) in _SIZES.items():
        name = prefix if show == "broad" else f"{prefix}-narrow"
        inside, height = _drawn(rows, lanes, lines, width, distance, left, aside=show == "broad")
        pictures.append(frame(name, width, height, title, description, inside, show=show, role="group"))
    return Markup("{}{}").format(*pictures)


def _lanes(rows: Sequence[Row]) -> tuple[list[int], list[_Line]]:
    """The lane of each row, and the lines between rows. A row goes on in its own lane; what joins it comes from lanes beside."""
    waiting: list[int | None] = []
    lanes: list[int] = []
    lines: list[_Line] = []
    begun: dict[int, list[tuple[int, int]]] = {}
    for place, row in enumerate(rows):
        own = [lane for lane, awaited in enumerate(waiting) if awaited == place]
        lane = own[0] if own else _free(waiting, 0)
        lines += [_Line(source, place, via) for source, via in begun.pop(place, [])]
        for one in own:
            waiting[one] = None
        _put(waiting, lane, None)
        lanes.append(lane)
        for number, way in enumerate(way for way in row.ways if way > place):
            via = next((one for one, awaited in enumerate(waiting) if awaited == way), None)
            if via is None:
                via = lane if number == 0 and waiting[lane] is None else _free(waiting, lane + 1)
                _put(waiting, via, way)
            begun.setdefault(way, []).append((place, via))
    return lanes, lines


def _free(waiting: list[int | None], least: int) -> int:
    return next((lane for lane in range(least, len(waiting)) if waiting[lane] is None), max(least, len(waiting)))


def _put(waiting: list[int | None], lane: int, place: int | None) -> None:
    waiting.extend([None] * (lane + 1 - len(waiting)))
    waiting[lane] = place


def _drawn(
    rows: Sequence[Row], lanes: list[int], lines: list[_Line], width: int, distance: float, left: float, *, aside: bool
) -> tuple[str, int]:  # fmt: skip
    count = 1 + max([*lanes, *(line.lane for line in lines)], default=0)
    distance = min(distance, (_PART * width - left) / count)
    start = left + distance * count + 4
    below = [_wrapped(row.parts, width - start - 20) for row in rows]
    tops, heights, top = [], [], 4.0
    for place, row in enumerate(rows):
        tall = (_THICK + 4 if row.process and below[place] else _THIN) + _LINE * len(below[place]) - (4 if below[place] else 0)
        tops.append(top)
        heights.append(tall)
        top += tall + _GAP + (_LINE if row.more else 0)
    spots = [(left + distance * lane, tops[place] + (18 if rows[place].process else _THIN / 2)) for place, lane in enumerate(lanes)]
    parts = [_curve(spots[line.source], left + distance * line.lane, spots[line.target], line.lane) for line in lines]
    for place, row in enumerate(rows):
        parts.append(_row(row, below[place], spots[place], lanes[place], start, tops[place], heights[place], width, first=place == 0, aside=aside))
    return "".join(parts), int(top + 4)


def _wrapped(parts: Sequence[str], room: float) -> list[str]:
    """Parts with dots between them, on at most four lines; what is too much is counted.

    >>> _wrapped(["4 nuts", "2 bolts", "0.5 hours of work"], 130)
    ['4 nuts · 2 bolts', '0.5 hours of work']
    """
    lines: list[str] = []
    for place, part in enumerate(parts):
        joined = f"{lines[-1]} · {part}" if lines else part
        if lines and extent(joined) <= room:
            lines[-1] = joined
        elif len(lines) < _LINES_MAX:
            lines.append(clipped(part, room))
        else:
            rest = f" · +{len(parts) - place}"
            lines[-1] = clipped(lines[-1], room - extent(rest)) + rest
            break
    return lines


def _curve(source: tuple[float, float], via: float, target: tuple[float, float], lane: int) -> str:
    """From a mark into the lane at once, down along it, and out of it just above the other mark."""
    (x, y), (end, bottom) = source, target
    bend = min(26.0, (bottom - y) / 2)
    path = f"M{x:.1f} {y:.1f}"
    path += f"C{x:.1f} {y + bend * 0.7:.1f} {via:.1f} {y + bend * 0.3:.1f} {via:.1f} {y + bend:.1f}" if via != x else ""
    path += f"V{bottom - bend if end != via else bottom:.1f}"
    path += f"C{via:.1f} {bottom - bend * 0.3:.1f} {end:.1f} {bottom - bend * 0.7:.1f} {end:.1f} {bottom:.1f}" if end != via else ""
    return f'<path class="lane lane-{lane % LANES}" d="{path}" fill="none" stroke-width="2.5"/>'


def _row(
    row: Row, lines: list[str], spot: tuple[float, float], lane: int, start: float, top: float, tall: float, width: int, *, first: bool, aside: bool
) -> str:  # fmt: skip
    x, y = spot
    said, room = "", width - start - 20
    if aside and row.aside:
        said = f'<g opacity=".75">{text(width - 10, y + 4.5, row.aside, anchor="end", size=_SMALL)}</g>'
        room -= extent(row.aside) + 12
    name = text(start + 10, y + 4.5, clipped(row.name, room * 0.93), strong=True)
    link = f'<a href="{escape(row.address)}">{name}</a>' if row.address and not first else name
    below = [text(start + 10, y + 6 + _LINE * number, line, size=_SMALL) for number, line in enumerate(lines, 1)]
    if row.more:
        below.append(f'<g opacity=".75">{text(start + 10, top + tall + _LINE - 6, row.more, size=_SMALL)}</g>')
        below.append(
            f'<path class="lane lane-{lane % LANES}" d="M{x:.1f} {y:.1f}V{top + tall + _LINE - 2:.1f}" stroke-width="2.5" stroke-dasharray="2 5"/>'
        )
    card = f'<rect x="{start:.1f}" y="{top:.1f}" width="{width - start:.1f}" height="{tall}" rx="7" fill="currentColor" fill-opacity=".06"/>'
    if row.process:
        mark = f'<rect class="knot lane-{lane % LANES}" x="{x - 5.5:.1f}" y="{y - 5.5:.1f}" width="11" height="11" rx="2.5"/>'
    else:
        mark = f'<circle class="thing lane-{lane % LANES}" cx="{x:.1f}" cy="{y:.1f}" r="{7 if first else 5}" stroke-width="3"/>'
    return (card if row.process else "") + mark + link + said + "".join(below)
