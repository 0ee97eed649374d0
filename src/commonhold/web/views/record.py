"""`/{commons}/record/…`: what happened, as sentences to fill in. Work of one's own has a form of its own: `log`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...flows.actions import ACTIONS, BEHAVIOURS
from ...flows.commands import RecordParams
from ...flows.rules import may_create
from ...node.flow_pages import agent_choices
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_text
from ..flow_words import DID
from ..form_choices import CHOICES_MAX, now_to_enter, records_to_choose, units_to_choose
from ..forms import Entered, Form, Sent, measure, of_shape, utc
from ..member import Member
from ..pages import Values, page
from .flows import head_of
from .log import promised

Path = Mapping[str, str]


@page("flows/record.html")
def record(request: Any, transaction: Transaction, commons: str) -> Values:
    """Where to begin."""
    return head_of(transaction, commons) | {"names": {}}


def _begin_event(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    found = {
        "action": asked_text(request, "action"), "provider": member.agent, "unit": "piece", "effort_unit": "hour",
        "at": now_to_enter(request.node.now()), "process": asked_text(request, "process"), "resource": asked_text(request, "resource"),
    }  # fmt: skip
    promise = promised(request, transaction, commons)
    if promise is None:
        return found
    found |= {
        "action": promise.action, "provider": promise.provider or "", "receiver": promise.receiver or "", "fulfills": promise.id,
        "process": promise.inputOf or promise.outputOf or "", "side": "out" if promise.outputOf else "in",
        "resource": promise.resourceInventoriedAs or "", "kind": promise.resourceConformsTo or "",
    }  # fmt: skip
    for name, quantity in (("", promise.resourceQuantity), ("effort_", promise.effortQuantity)):
        if quantity is not None:
            found |= {f"{name}unit": quantity.hasUnit}
    return found


def _event_context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    agents = agent_choices(transaction, commons, CHOICES_MAX)
    return {
        "actions": [(action, str(DID[action])) for action in ACTIONS],
        "agents": agents if any(id_ == member.agent for id_, _ in agents) else [(member.agent, member.name), *agents],
        "resources": records_to_choose(transaction, commons, "EconomicResource", values.get("resource", "")),
        "kinds": records_to_choose(transaction, commons, "ResourceSpecification", values.get("kind", "")),
        "processes": records_to_choose(transaction, commons, "Process", values.get("process", "")),
        "places": records_to_choose(transaction, commons, "SpatialThing", values.get("place", "")),
        "units": units_to_choose(transaction, commons),
    }


def _send_event(sent: Sent) -> str:
    entered = sent.values
    action = entered["action"]
    creates = may_create(action) if action in BEHAVIOURS else ""
    new = {"id": sent.made_id("resource"), "name": entered["new_resource"], "conformsTo": entered["kind"]} if entered["new_resource"] else None
    side = {"input": "inputOf", "output": "outputOf"}.get(BEHAVIOURS[action].inputOutput if action in BEHAVIOURS else "", "")
    side = side or ("outputOf" if entered["side"] == "out" else "inputOf")
    event: Values = {
        "action": action, "provider": entered["provider"], "receiver": entered["receiver"], "hasPointInTime": utc(entered["at"], "at"),
        "resourceConformsTo": "" if new else entered["kind"], "resourceInventoriedAs": "" if new and creates == "resource" else entered["resource"],
        "toResourceInventoriedAs": "" if new and creates == "to" else entered["to_resource"],
        "resourceQuantity": measure(entered["amount"], entered["unit"]), "effortQuantity": measure(entered["effort"], entered["effort_unit"]),
        side: entered["process"], "fulfills": [entered["fulfills"]] if entered["fulfills"] else [], "state": entered["state"],
        "toLocation": entered["place"], "note": entered["note"],
    }  # fmt: skip
    kept = {name: value for name, value in event.items() if value not in ("", None, [])}
    params = of_shape(RecordParams, {"event": kept, "newInventoriedResource": new and {k: v for k, v in new.items() if v}})
    return at(sent.commons, "events", sent.act("flow.record", params)["id"], said="recorded")


event = Form(
    "flows/record_event.html",
    (
        "provider", "action", "amount", "unit", "kind", "resource", "to_resource", "new_resource", "process", "side", "effort", "effort_unit",
        "receiver", "at", "place", "state", "note", "fulfills",
    ),
    _begin_event, _event_context, _send_event,
    (
        ("resourceQuantity.hasUnit", "unit"), ("effortQuantity.hasUnit", "effort_unit"), ("resourceQuantity", "amount"), ("effortQuantity", "effort"),
        ("newInventoriedResource", "new_resource"), ("toResourceInventoriedAs", "to_resource"), ("resourceInventoriedAs", "resource"),
        ("resourceConformsTo", "kind"), ("inputOf", "process"), ("outputOf", "process"), ("provider", "provider"), ("receiver", "receiver"),
        ("hasPointInTime", "at"), ("toLocation", "place"), ("state", "state"), ("note", "note"), ("fulfills", "fulfills"), ("action", "action"),
    ),
).view()  # fmt: skip
