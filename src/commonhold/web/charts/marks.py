"""What all charts share: colours that colour-blind people can tell apart (Okabe and Ito), each with a pattern of its own."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
SERIES_MAX = len(COLOURS)
FONT_SIZE = 12.5
"""Of the letters in a chart, in its units; the style sheet says the same."""
_BREADTHS = dict.fromkeys("iljtfr'.,:;|!()[] ", 0.37) | dict.fromkeys("mwMW@%", 1.0) | dict.fromkeys("<>=+_/", 0.84)
_BROAD_FROM = 0x2E80
"""From here on: Chinese, Japanese and Korean letters, as broad as they are high."""
_STROKES = ("", "M0 8L8 0M-2 2L2 -2M6 10L10 6", "M0 4H8", "M4 0V8", "M0 0L8 8M-2 6L2 10M6 -2L10 2", "M0 4H8M4 0V8", "M2 4H6")


def patterns(prefix: str, count: int) -> str:
    """The definitions of the first so many fillings; they are called `prefix-0`, `prefix-1` …"""
    return f"<defs>{''.join(_pattern(f'{prefix}-{number}', number) for number in range(min(count, SERIES_MAX)))}</defs>"


def _pattern(name: str, number: int) -> str:
    stroke = f'<path d="{_STROKES[number]}" stroke="#fff" stroke-opacity=".6" stroke-width="1.5"/>' if _STROKES[number] else ""
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{COLOURS[number]}"/>{stroke}</pattern>'
    )


def swatch(prefix: str, number: int) -> Markup:
    """The filling of a series, for a legend; with a definition of its own, since a chart that is not shown lends none."""
    name = f"{prefix}-key-{number}"
    return Markup(  # noqa: S704 - nothing in it is a text of people
        f'<svg class="swatch" width="14" height="14" aria-hidden="true"><defs>{_pattern(name, number)}</defs>'
        f'<rect width="14" height="14" rx="2" fill="url(#{name})"/></svg>'
    )


def frame(prefix: str, width: int, height: int, title: str, description: str, inside: str, *, show: str, role: str = "img") -> Markup:
    """A chart with its name and description. `show`: in which windows, `broad` or `narrow`. `role`: `group`, if links are in it."""
    return Markup(  # noqa: S704 - every text in it has been escaped
        f'<svg class="chart {show}" role="{role}" viewBox="0 0 {width} {height}" aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{escape(title)}</title><desc id="{prefix}-desc">{escape(description)}</desc>{inside}</svg>'
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", strong: bool = False, size: float = 1) -> str:
    """Words at a place, in the colour of the page's text. `size`: of the letters, as a part of the usual one."""
    weight = (' font-weight="600"' if strong else "") + (f' font-size="{size:.2f}em"' if size < 1 else "")
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="currentColor"{weight}>{escape(words)}</text>'


def extent(words: str) -> float:
    """About how broad words are, in units of the chart, in a broad typeface.

    >>> extent("Will") < extent("Mamma")
    True
    """
    return FONT_SIZE * sum(_BREADTHS.get(letter, 1.0 if ord(letter) >= _BROAD_FROM else 0.7 if letter.isupper() else 0.61) for letter in words)


def clipped(words: str, room: float) -> str:
    """Words that fit into so many units of the chart.

    >>> clipped("Basic income of active members", 110)
    'Basic income…'
    """
    if extent(words) <= room:
        return words
    kept = len(words)
    while kept and extent(words[:kept]) > room - FONT_SIZE:
        kept -= 1
    return words[:kept].rstrip() + "…"


def wrapped(words: str, room: float) -> list[str]:
    """Words on at most two lines of so many units of the chart; what is too long for two is cut.

    >>> wrapped("Basic income of all active members", 110)
    ['Basic income of', 'all active me…']
    >>> wrapped("Basic income of active members", 110)
    ['Basic income of', 'active members']
    >>> wrapped("Gifts", 140)
    ['Gifts']
    """
    if extent(words) <= room:
        return [words]
    parts = words.split()
    kept = len(parts) - 1
    while kept > 0 and extent(" ".join(parts[:kept])) > room:
        kept -= 1
    if kept <= 0:
        return [clipped(words, room)]
    return [" ".join(parts[:kept]), clipped(" ".join(parts[kept:]), room)]
