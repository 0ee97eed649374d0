"""The near history of a thing as plain values, and as a picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from ..flows.store import event_at, record_numbered
from ..journal.kinds import time_text
from ..measure import format_quantity
from ..node.flow_pages import event_plain, name_of
from ..store.transaction import Transaction
from .addresses import address_of
from .charts.lines import Row, lines_chart
from .flow_words import DO, amount, counted
from .lineage import Knot, Step, read_lineage

LEVELS = 6
LEVELS_MAX = 60
_CLASSES = {"resource": "EconomicResource", "process": "Process"}


def read_picture(transaction: Transaction, commons: str, kind: str, number: int, *, forward: bool, levels: int) -> dict[str, Any]:
    """`trace`: the knots in the order of the picture, with what went into each; `cut`: whether there is more of it."""
    lineage = read_lineage(transaction, commons, kind, number, forward=forward, levels=levels)
    places = {knot.key: place for place, knot in enumerate(lineage.knots)}
    shown: set[int] = set()
    trace = []
    for knot in lineage.knots:
        fresh = [step for step in knot.steps if step.position not in shown]
        shown.update(step.position for step in fresh)
        trace.append(_plain(transaction, commons, knot, fresh, [places[way] for way in knot.ways]))
    return {"trace": trace, "cut": lineage.cut}


def _plain(transaction: Transaction, commons: str, knot: Knot, steps: Sequence[Step], ways: list[int]) -> dict[str, Any]:
    known = record_numbered(transaction, commons, knot.key[1])
    return {
        "type": _CLASSES[knot.key[0]], "id": known.id, "name": name_of(transaction, commons, known.type, known.id), "level": knot.level,
        "ways": ways, "more": knot.more, "at": time_text(max(step.at for step in knot.steps)) if knot.steps else None,
        "parts": _parts(transaction, commons, knot.parts), "events": [event_plain(transaction, commons, event_at(transaction, commons, step.position)) for step in steps],
    }  # fmt: skip


def _parts(transaction: Transaction, commons: str, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """What went into a process, added up by action, thing and unit, in the order of the first of each."""
    sums: dict[tuple[str, int | None, int | None, str | None, str | None], list[int]] = defaultdict(lambda: [0, 0])
    for step in steps:
        one = sums[step.action, step.resource, step.conforms_to, step.resource_unit, step.effort_unit]
        one[0] += step.resource_micro or 0
        one[1] += step.effort_micro or 0
    found = []
    for (action, resource, conforms_to, unit, effort_unit), (quantity, effort) in sums.items():
        part: dict[str, Any] = {"action": action}
        for field, number in (("resource", resource), ("specification", conforms_to)):
            if number is not None:
                known = record_numbered(transaction, commons, number)
                part |= {field: known.id, "name": part.get("name") or name_of(transaction, commons, known.type, known.id)}
        if unit:
            part["resourceQuantity"] = {"hasNumericalValue": format_quantity(quantity), "hasUnit": unit}
        if effort_unit:
            part["effortQuantity"] = {"hasNumericalValue": format_quantity(effort), "hasUnit": effort_unit}
        found.append(part)
    return found


def trace_chart(prefix: str, title: str, values: dict[str, Any]) -> Markup:
    """The picture of what `read_picture` gives; nothing, where there is only the thing itself."""
    from .jinja import day

    knots = values["trace"]
    if len(knots) < 2:
        return Markup("")
    rows = [
        Row(
            knot["name"],
            address_of(values["commons"], knot["type"], knot["id"]),
            knot["type"] == "Process",
            [_said(part) for part in knot["parts"]] + _again(knots, place),
            day(knot["at"]).striptags() if knot["at"] else "",
            knot["ways"],
            _("… and further") if knot["more"] else "",
        )
        for place, knot in enumerate(knots)
    ]
    if values["forward"]:
        said = _("Lines lead down to what came of it. Squares are processes, circles are resources.")
    else:
        said = _("Lines lead down to what it came from. Squares are processes, circles are resources.")
    return lines_chart(prefix, title, said + " " + _("The same is in the table below."), rows)


def _said(part: dict[str, Any]) -> str:
    """One part in few words: "4 M6x12", "work: 0.05 hours", "Allen key, 0.03 hours"."""
    resource, effort = part.get("resourceQuantity"), part.get("effortQuantity")
    name = part.get("name")
    if part["action"] == "work" or name is None:
        quantity = effort or resource
        return f"{DO[part['action']]}: {amount(quantity)}" if quantity else str(DO[part["action"]])
    if effort:
        return f"{name}, {amount(effort)}"
    if resource is None:
        return str(name)
    return counted(resource, name)


def _again(knots: list[dict[str, Any]], place: int) -> list[str]:
    """Ways that lead back up, where things go round in circles."""
    back = [knots[way]["name"] for way in knots[place]["ways"] if way <= place]
    if not back:
        return []
    return [ngettext("and again: %(names)s, above", "and again: %(names)s, above", len(back)) % {"names": ", ".join(back[:3])}]
