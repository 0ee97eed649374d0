"""Why an offer and a request fit, in the language of the page; `flows.market.rules` says the same in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from . import flow_words
from .flow_words import Names


def reason_words(reason: Mapping[str, Any], names: Names) -> str:
    """A reason (`code`, `sentence`, `values`); its own sentence if there are no words for it."""
    values: Mapping[str, str] = reason["values"]
    patterns = {
        "same_action": _("Both are about the same action."),
        "action_serves": _("What is offered serves what is asked for."),
        "substitutable": _("Another one of the specification %(specification)s does as well."),
        "same_resource": _("The offer is of the very resource %(resource)s that is requested."),
        "same_specification": _("Both are of the specification %(specification)s."),
        "same_classification": _("The offer is %(classes)s, as requested."),
        "quantity_covers": _("The offer covers all of it: %(quantity)s."),
        "quantity_partly": _("The offer covers %(quantity)s of %(requested)s."),
        "quantity_not_named": _("The request names no quantity; %(quantity)s is offered.")
        if "quantity" in values
        else _("Neither names a quantity."),
        "time_overlaps": _("Their times overlap."),
        "within_place": _("They are %(metres)s m apart, not more than %(radius)s m.") if "radius" in values else _("Both are at %(place)s."),
    }
    if reason["code"] not in patterns:
        return str(reason["sentence"])
    shown = dict(values)
    for name in ("quantity", "requested"):
        if name in values and "unit" in values:
            shown[name] = flow_words.amount({"hasNumericalValue": values[name], "hasUnit": values["unit"]})
    for name, class_ in (("specification", "ResourceSpecification"), ("resource", "EconomicResource"), ("place", "SpatialThing")):
        if name in values:
            shown[name] = names.get(class_, {}).get(values[name], values[name])
    return str(patterns[reason["code"]] % shown)
