"""`/{commons}/take/{intent}/` and `give-back/{commitment}/`: a promise of one's own, and undoing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...flows.commands import GiveBackParams, TakeParams
from ...flows.store import find_record
from ...node.flow_pages import names_of, record_plain
from ...problems import NotFound, refuse
from ...store.transaction import Transaction
from ..addresses import at
from ..forms import Entered, Form, Sent, utc
from ..member import Member
from ..pages import Values
from .flows import wanted_record

Path = Mapping[str, str]


def _begin_take(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    view = record_plain(transaction, commons, wanted_record(transaction, commons, "Intent", path["id_"]))
    open_ = view.get("openEffortQuantity") or view.get("openResourceQuantity")
    return {"amount": open_["hasNumericalValue"] if open_ else "", "due": (view["due"] or "")[:16]}


def _take_context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    view = record_plain(transaction, commons, wanted_record(transaction, commons, "Intent", path["id_"]))
    return {"task": view, "names": names_of(transaction, commons, [view]), "offered": bool(view["provider"]) and not view["receiver"]}


def _send_take(sent: Sent) -> str:
    made = sent.made_id("promise")
    params = TakeParams(
        intent=sent.path["id_"],
        quantity=sent.values["amount"].replace(",", "."),
        due=utc(sent.values["due"], "due"),
        note=sent.values["note"],
        id=made,
    )
    sent.act("task.take", params)
    return at(sent.commons, "commitments", made, said="taken")


take = Form(
    "flows/take.html", ("amount", "due", "note"), _begin_take, _take_context, _send_take,
    (("Quantity", "amount"), ("hasNumericalValue", "amount"), ("due", "due"), ("note", "note")),
).view()  # fmt: skip


def _begin_giving_back(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    wanted_record(transaction, commons, "Commitment", path["id_"])
    return {}


def _giving_back_context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    view = record_plain(transaction, commons, wanted_record(transaction, commons, "Commitment", path["id_"]))
    return {"promise": view, "names": names_of(transaction, commons, [view]), "own": view["provider"] == member.agent}


def _send_giving_back(sent: Sent) -> str:
    """What is gone already was given back before: sent twice, it lands once."""
    there = at(sent.commons, "tasks", said="given-back")
    with sent.node.read() as transaction:
        known = find_record(transaction, sent.commons, "Commitment", sent.path["id_"])
    if known is not None and known.deleted:
        return there
    if known is not None and getattr(known.record(), "finished", False):
        raise refuse("web.finished", "This promise is finished: nothing of it is left to give back.")
    try:
        sent.act("task.give_back", GiveBackParams(commitment=sent.path["id_"]))
    except NotFound:
        if known is None:
            raise
    return there


give_back = Form("flows/give_back.html", (), _begin_giving_back, _giving_back_context, _send_giving_back).view()
