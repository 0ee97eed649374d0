"""`/{commons}/record/offer/` and `record/request/`: what somebody has to give, or needs, and what they want or give in return."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ...flows.entries import Create
from ...flows.rules import EFFORT_ACTIONS
from ...flows.store import find_record
from ...flows.units import find_unit
from ...flows.vocabulary import Intent, Proposal, ResourceSpecification
from ...problems import Refused, bad_input
from ...store.transaction import Transaction
from ..addresses import at
from ..flow_words import DO
from ..form_choices import records_to_choose, units_to_choose
from ..forms import Entered, Form, Sent, measure, of_shape, utc
from ..member import Member
from ..pages import Values

Path = Mapping[str, str]
ACTIONS = ("transfer", "deliverService", "work", "use", "transferCustody", "produce")
"""What is usually offered and asked for."""
_FIELDS = ("action", "amount", "unit", "kind", "new_kind", "return_amount", "return_unit", "return_kind", "each", "until", "name", "note")


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    return {"action": "transfer", "unit": "piece", "return_unit": "piece"}


def _context(purpose: str, transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    return {
        "purpose": purpose, "actions": [(action, str(DO[action])) for action in ACTIONS], "units": units_to_choose(transaction, commons),
        "kinds": records_to_choose(transaction, commons, "ResourceSpecification", values.get("kind", "")),
    }  # fmt: skip


def _flow(sent: Sent, purpose: str, name: str, action: str, quantity: Values | None, kind: str, note: str = "") -> Values:
    """An intent of who sends the form: they provide what they offer, and receive what they ask for."""
    effort = quantity is not None and action in EFFORT_ACTIONS and (unit := find_unit(quantity["hasUnit"])) is not None and unit.kind == "time"
    return {
        "type": "Intent", "id": sent.made_id(name), "action": action, "provider" if purpose == "offer" else "receiver": sent.member.agent,
        "effortQuantity" if effort else "resourceQuantity": quantity, "resourceConformsTo": kind, "note": note,
    }  # fmt: skip


def _send(purpose: str, sent: Sent) -> str:
    entered = sent.values
    kind = sent.made_id("kind") if entered["new_kind"] else entered["kind"]
    if not kind:
        raise bad_input("web.what", "Say what it is: choose a kind, or name a new one.", "kind")
    steps: list[tuple[type[Any], Values]] = []
    if entered["new_kind"]:
        steps.append((ResourceSpecification, {"type": "ResourceSpecification", "id": kind, "name": entered["new_kind"]}))
    main = _flow(sent, purpose, "intent", entered["action"], measure(entered["amount"], entered["unit"]), kind)
    steps.append((Intent, main))
    back = None
    if entered["return_kind"] or entered["return_amount"]:
        other = "request" if purpose == "offer" else "offer"
        back = _flow(sent, other, "return", "transfer", measure(entered["return_amount"], entered["return_unit"]), entered["return_kind"])
        steps.append((Intent, back))
    made = sent.made_id("proposal")
    proposal = {
        "type": "Proposal", "id": made, "name": entered["name"], "note": entered["note"], "purpose": purpose,
        "publishes": [main["id"]], "reciprocal": [back["id"]] if back else [], "unitBased": bool(entered["each"]), "hasEnd": utc(entered["until"], "until"),
    }  # fmt: skip
    steps.append((Proposal, proposal))
    records: list[Any] = [of_shape(shape, plain) for shape, plain in steps]
    there = at(sent.commons, "intents", main["id"], said="offered")
    if _is_there(sent, made):
        return there
    try:
        commands = [("flow.create", Create(record=one)) for one in records]
        sent.act_all(commands)
    except Refused:
        if not _is_there(sent, made):
            raise
    return there


def _is_there(sent: Sent, proposal: str) -> bool:
    """Whether this filling-in has landed already."""
    with sent.node.read() as transaction:
        return find_record(transaction, sent.commons, "Proposal", proposal) is not None


def _form(purpose: str) -> Form:
    places = (
        ("Quantity.hasUnit", "unit"), ("Quantity", "amount"), ("hasNumericalValue", "amount"), ("resourceConformsTo", "kind"), ("hasEnd", "until"),
        ("name", "name"), ("note", "note"), ("action", "action"),
    )  # fmt: skip
    return Form("flows/offer.html", _FIELDS, _begin, partial(_context, purpose), partial(_send, purpose), places)


offer = _form("offer").view()
request = _form("request").view()
