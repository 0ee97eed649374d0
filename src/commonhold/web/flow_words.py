"""Flows as sentences of a page: who did, promised or wishes what, with links to all that is named."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from markupsafe import Markup

from ..flows.units import find_unit
from .addresses import address_of
from .labels import UNITS, label

Names = Mapping[str, Mapping[str, str]]

DID = {
    "produce": gettext_lazy("produced"), "consume": gettext_lazy("used up"), "use": gettext_lazy("used"), "work": gettext_lazy("worked"),
    "cite": gettext_lazy("cited"), "deliverService": gettext_lazy("delivered"), "pickup": gettext_lazy("picked up"),
    "dropoff": gettext_lazy("dropped off"), "accept": gettext_lazy("took in"), "modify": gettext_lazy("changed"),
    "combine": gettext_lazy("packed"), "separate": gettext_lazy("unpacked"), "transferAllRights": gettext_lazy("transferred the rights to"),
    "transferCustody": gettext_lazy("handed over"), "transfer": gettext_lazy("transferred"), "move": gettext_lazy("moved"),
    "copy": gettext_lazy("copied"), "raise": gettext_lazy("counted in"), "lower": gettext_lazy("counted out"),
}  # fmt: skip
"""What somebody did."""
DO = {
    "produce": pgettext_lazy("task", "produce"), "consume": pgettext_lazy("task", "use up"), "use": pgettext_lazy("task", "use"),
    "work": pgettext_lazy("task", "work"), "cite": pgettext_lazy("task", "cite"), "deliverService": pgettext_lazy("task", "deliver"),
    "pickup": pgettext_lazy("task", "pick up"), "dropoff": pgettext_lazy("task", "drop off"), "accept": pgettext_lazy("task", "take in"),
    "modify": pgettext_lazy("task", "change"), "combine": pgettext_lazy("task", "pack"), "separate": pgettext_lazy("task", "unpack"),
    "transferAllRights": pgettext_lazy("task", "transfer the rights to"), "transferCustody": pgettext_lazy("task", "hand over"),
    "transfer": pgettext_lazy("task", "transfer"), "move": pgettext_lazy("task", "move"), "copy": pgettext_lazy("task", "copy"),
    "raise": pgettext_lazy("task", "count in"), "lower": pgettext_lazy("task", "count out"),
}  # fmt: skip
"""What somebody is to do."""
FOR = ("work", "use", "deliverService", "produce")
"""Actions that are done for somebody; others are done to them."""
SHORT = 26


def _number(measure: Mapping[str, Any]) -> str:
    from .jinja import number

    return number(str(measure["hasNumericalValue"]))


def counted(measure: Mapping[str, Any], name: str) -> str:
    """How much of something, without a sentence: `4 M6x12`, `Flour, 2 kilograms`."""
    return f"{_number(measure)} {name}" if is_counted(measure) else f"{name}, {amount(measure)}"


def amount(measure: Mapping[str, Any]) -> str:
    """A quantity with its unit in words; pieces of something are only counted: `4`, `1.5 hours`, `2 u_piece`."""
    value, unit = _number(measure), measure.get("hasUnit") or ""
    known = find_unit(unit) if unit else None
    name = known.name if known else unit
    if name in ("one", ""):
        return value
    if name not in UNITS:
        return f"{value} {known.symbol if known and known.symbol else name}"
    return f"{value} {label('one' if abs(Decimal(measure['hasNumericalValue'])) == 1 else 'unit', name)}"


def short_id(id_: str) -> str:
    """The beginning of an id that is too long to be read.

    >>> short_id("batch-7"), short_id("0123456789abcdef0123456789abcdef")
    ('batch-7', '0123456789…')
    """
    return id_ if len(id_) <= SHORT else f"{id_[:10]}…"


def is_counted(measure: Mapping[str, Any]) -> bool:
    """Whether a quantity is a number of things: "4 nuts", not "4 kilograms of nuts"."""
    known = find_unit(measure.get("hasUnit") or "one")
    return known is not None and known.name in ("one", "piece")


def named(commons: str, names: Names, class_: str, id_: str) -> Markup:
    """The name of something, with a link to its page."""
    called = names.get(class_, {}).get(id_, id_)
    called = short_id(id_) if called == id_ else called
    address = address_of(commons, class_, id_)
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(address, called) if address else Markup("<bdi>{}</bdi>").format(called)


def sentence(flow: Mapping[str, Any], commons: str, names: Names, *, own: bool = False) -> Markup:
    """What happened: "Bay worked 3 hours in bms-firmware for Libre Solar". own: Without who did it."""
    provider = flow.get("provider")
    who = [] if own or not provider else [named(commons, names, "Agent", provider)]
    return _joined(
        [*who, Markup("{}").format(DID[flow["action"]]), *_what(flow, commons, names), *_where(flow, commons, names), *_whom(flow, commons, names)]
    )


def task(flow: Mapping[str, Any], commons: str, names: Names) -> Markup:
    """What is to be done: "Work 3 hours in bms-firmware"."""
    verb = str(DO[flow["action"]])
    parts = [Markup("{}").format(verb[:1].upper() + verb[1:]), *_what(flow, commons, names), *_where(flow, commons, names)]
    return _joined([*parts, *_whom(flow, commons, names)])


def promise(flow: Mapping[str, Any], commons: str, names: Names) -> Markup:
    """What somebody promised: "Bay promised to work 3 hours in bms-firmware"."""
    verb = Markup("{}").format(str(DO[flow["action"]]))
    who = named(commons, names, "Agent", flow["provider"]) if flow.get("provider") else Markup("{}").format(_("Somebody"))
    said = _filled(_("%(who)s promised to %(verb)s"), who=who, verb=verb)
    return _joined([said, *_what(flow, commons, names), *_where(flow, commons, names), *_whom(flow, commons, names)])


def _filled(pattern: str, **parts: Markup) -> Markup:
    """A pattern of ours, or of a translator, with its parts."""
    return Markup(pattern) % parts  # noqa: S704 - no pattern is a text of people; the parts are escaped


def _joined(parts: list[Markup]) -> Markup:
    return Markup(" ").join(parts)


def _what(flow: Mapping[str, Any], commons: str, names: Names) -> list[Markup]:
    measures = [flow[name] for name in ("resourceQuantity", "effortQuantity") if flow.get(name)]
    parts = [Markup('<span class="nowrap">{}</span>').format(amount(one)) for one in measures]
    if flow.get("resourceInventoriedAs"):
        thing = named(commons, names, "EconomicResource", flow["resourceInventoriedAs"])
    elif flow.get("resourceConformsTo"):
        thing = named(commons, names, "ResourceSpecification", flow["resourceConformsTo"])
    else:
        return _with_and(parts)
    if flow["action"] == "use" and flow.get("effortQuantity"):
        hours = Markup('<span class="nowrap">{}</span>').format(amount(flow["effortQuantity"]))
        return [thing, _filled(_("for %(hours)s"), hours=hours)]
    if not measures:
        return [thing]
    if len(measures) == 1 and is_counted(measures[0]):
        return [Markup("{}").format(_number(measures[0])), thing]
    return [*_with_and(parts), _filled(pgettext("a quantity of something", "of %(thing)s"), thing=thing)]


def _with_and(parts: list[Markup]) -> list[Markup]:
    return [_filled(_("%(one)s and %(other)s"), one=parts[0], other=parts[1])] if len(parts) == 2 else parts


def _where(flow: Mapping[str, Any], commons: str, names: Names) -> list[Markup]:
    patterns = {
        "inputOf": (pgettext("a process", "in %(what)s"), "Process"),
        "outputOf": (pgettext("a process", "from %(what)s") if flow["action"] == "produce" else pgettext("a process", "in %(what)s"), "Process"),
        "toResourceInventoriedAs": (pgettext("a resource", "into %(what)s"), "EconomicResource"),
        "toLocation": (pgettext("a place", "to %(what)s"), "SpatialThing"),
    }  # fmt: skip
    return [_filled(pattern, what=named(commons, names, class_, flow[field])) for field, (pattern, class_) in patterns.items() if flow.get(field)]


def _whom(flow: Mapping[str, Any], commons: str, names: Names) -> list[Markup]:
    receiver = flow.get("receiver")
    if not receiver or receiver == flow.get("provider"):
        return []
    pattern = pgettext("somebody", "for %(whom)s") if flow["action"] in FOR else pgettext("somebody", "to %(whom)s")
    return [_filled(pattern, whom=named(commons, names, "Agent", receiver))]
