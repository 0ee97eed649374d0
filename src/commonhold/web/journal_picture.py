"""The way from an entry to the root of the tree, as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from .charts.marks import frame, text

SIZES = {"broad": (720, 240, 170), "narrow": (290, 88, 104)}
"""In which windows → breadth of the picture, how far a hash beside the way is from its middle, breadth of a box."""
_HEIGHT, _STEP = 40, 74
"""Height of a box, and from one row to the next."""


def way_up(position: int, tree: Mapping[str, Any]) -> Markup:
    """The picture for broad and for narrow windows: the root above, the entry below, and beside the way what is hashed with it.

    Args:
        tree: As `node.journal_pages.entry_at` tells it: `leaf`, `root`, `size`, and `path` from the leaf up.
    """
    title = _("From entry %(n)s to the root of the tree") % {"n": position}
    description = _("The same hashes are in the table below it.")
    pictures = []
    for show, (width, aside, box) in SIZES.items():
        inside, height = _drawn(position, tree, width / 2, aside, box)
        name = "way" if show == "broad" else "way-narrow"
        pictures.append(frame(name, width, height, title, description, inside, show=show))
    return Markup("").join(pictures)


def _drawn(position: int, tree: Mapping[str, Any], middle: float, aside: float, box: float) -> tuple[str, int]:
    path = list(reversed(tree["path"]))
    ours = [tree["root"], *(step["makes"] for step in path[1:]), tree["leaf"]] if path else [tree["leaf"]]
    lines, boxes = [], []
    for row, hash_ in enumerate(ours):
        top = 2 + row * _STEP
        says = (
            _("entry %(n)s") % {"n": position} if row == len(ours) - 1
            else ngettext("root of %(n)s entry", "root of %(n)s entries", tree["size"]) % {"n": tree["size"]} if row == 0
            else ""
        )  # fmt: skip
        boxes.append(_box(middle, top, box, hash_, says, own=True))
        if row:
            step = path[row - 1]
            beside = middle - aside if step["side"] == "left" else middle + aside
            above = top - _STEP + _HEIGHT
            lines += [_line(middle, above, middle, top), _line(middle, above, beside, top)]
            boxes.append(_box(beside, top, box, step["hash"], _span(step["first"], step["last"]), own=False))
    return "".join(lines + boxes), 4 + (len(ours) - 1) * _STEP + _HEIGHT


def _span(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}–{last}"


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="currentColor" stroke-opacity=".45" stroke-width="1.5" fill="none"/>'


def _box(x: float, top: float, box: float, hash_: str, says: str, *, own: bool) -> str:
    kind = "knot-own" if own else "knot-beside"
    drawn = f'<rect class="{kind}" x="{x - box / 2:g}" y="{top:g}" width="{box:g}" height="{_HEIGHT}" rx="5"/>'
    first = top + (17 if says else 25)
    drawn += text(x, first, f"{hash_[:8]}…", anchor="middle", strong=own)
    return drawn + (text(x, top + 33, says, anchor="middle", size=0.88) if says else "")
