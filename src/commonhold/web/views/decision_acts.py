"""`/{commons}/decisions/{number}/vote/` and what else is said of a question: the forms of its page, each with an address of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...commons.queries import commons_section, number_of
from ...governance import commands as c
from ...governance import queries
from ...governance.changes import CHARTER, charter_text
from ...governance.commands import find_proposal
from ...governance.entries import Change, Opened, Option
from ...governance.receipts import check, read_receipt
from ...governance.store import options_of
from ...problems import BadInput, Problem, bad_input
from ...store.transaction import Transaction
from ..forms import Answer, Entered, Form, Sent, Shown
from ..member import Member
from ..pages import Values
from .decisions import ACTS, ballot_fields, ballot_mode
from .log import links_of
from .questions import charter_edits, fitting_id, recipient

Path = Mapping[str, str]
HEADINGS = {
    "vote": gettext_lazy("Vote"), "second": gettext_lazy("I want a vote on it"), "comment": gettext_lazy("Comment"),
    "object": gettext_lazy("Object"), "lift": gettext_lazy("Lift your objection"), "consent": gettext_lazy("I can live with it"),
    "amend": gettext_lazy("Add an option"), "withdraw": gettext_lazy("Take it back"), "close": gettext_lazy("Count it"),
    "execute": gettext_lazy("Carry it out"), "support": gettext_lazy("Support it"),
    "revise": gettext_lazy("A new version"), "report": gettext_lazy("Report on it"), "draw": gettext_lazy("Draw the jury"),
    "open": gettext_lazy("Open your ballot"), "receipt": gettext_lazy("Check a receipt"),
}  # fmt: skip
SAID = {
    "vote": "voted", "second": "seconded", "comment": "commented", "object": "objected", "lift": "lifted", "consent": "consented",
    "amend": "amended", "withdraw": "withdrawn", "close": "closed", "execute": "executed", "support": "supported",
    "revise": "revised", "report": "reported", "draw": "jury-drawn", "open": "opened",
}  # fmt: skip


def _begin(act: str, request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    find_proposal(transaction, commons, int(path["number"]))
    if act == "amend":
        return {"charter": charter_text(transaction, commons)}
    if act == "revise":
        return revised_from(transaction, commons, int(path["number"]))
    return {name: request.GET.get(name, "")[:100] for name in ACTS[act] if name in ("option", "reply_to")}


def revised_from(transaction: Transaction, commons: str, number: int) -> Entered:
    """What a new version begins with: the words of the present one."""
    found, _id = find_proposal(transaction, commons, number)
    return {"title": found.title, "text": found.text, "reason": ""}


def _revise(sent: Sent, number: int) -> c.ReviseParams:
    return c.ReviseParams(proposal=number, title=sent.values["title"], text=sent.values["text"], reason=sent.values["reason"])


def _report(sent: Sent, number: int) -> c.ReportParams:
    values = sent.values
    return c.ReportParams(
        proposal=number, option=values["option"], text=values["text"], done=values["done"] == "yes", evidence=links_of(values["links"])
    )


def _context(act: str, transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    found, _id = find_proposal(transaction, commons, int(path["number"]))
    choices = queries.choices_of(transaction, commons, found)
    options = [one.option for one in options_of(transaction, commons, found.number)]
    titles = {option.id: option.title for option in options}
    return {
        "act": act, "heading": str(HEADINGS[act]), "number": found.number, "title": found.title, "question": found.question, "choices": choices,
        "mode": ballot_mode(found.terms.rule, choices), "title_of": titles | {"no-change": _("Nothing changes")}, "names": {"Agent": {}},
        "cost_of": {option.id: option.cost for option in options}, "currency": commons_section(transaction, commons).currency,
    }  # fmt: skip


def _vote(sent: Sent, number: int) -> str | Answer:
    with sent.node.read() as transaction:
        found, _id = find_proposal(transaction, sent.commons, number)
        choices = queries.choices_of(transaction, sent.commons, found)
        title = found.title
    mode = ballot_mode(found.terms.rule, choices)
    done = sent.act("decision.vote", _ballot(number, mode, choices, sent.values))
    if "receipt" not in done:
        return _there(sent, "vote")
    said = json.dumps(done["receipt"], indent=2, ensure_ascii=False)
    return Answer("decisions/receipt.html", {"receipt": said, "position": done["position"], "number": number, "title": title, "names": {"Agent": {}}})


def _ballot(number: int, mode: str, choices: list[str], values: Entered) -> c.VoteParams:
    if mode == "answer":
        if not values["answer"]:
            raise bad_input("web.no_answer", "Choose one of the answers.", "answer")
        return c.VoteParams(proposal=number, answer=values["answer"])
    if mode == "approve":
        return c.VoteParams(proposal=number, approvals=[id_ for id_ in choices if values[f"approve-{id_}"] == "yes"])
    places: dict[int, list[str]] = {}
    for id_ in choices:
        text = values[f"rank-{id_}"]
        if text:
            if not re.fullmatch(r"[1-9][0-9]{0,2}", text):
                raise bad_input("web.bad_rank", f"{text!r} is not a rank: 1, 2, 3 …", f"rank-{id_}")
            places.setdefault(int(text), []).append(id_)
    if not places:
        raise bad_input("web.no_answer", "Rank one option at least.", "answer")
    return c.VoteParams(proposal=number, ranking=[places[place] for place in sorted(places)])


def _amend(sent: Sent, number: int) -> c.AmendParams:
    values = sent.values
    with sent.node.read() as transaction:
        found, _id = find_proposal(transaction, sent.commons, number)
        listed = [one.option for one in options_of(transaction, sent.commons, number)]
        changes: list[Change] = []
        if found.question == "charter":
            edits = charter_edits(transaction, sent.commons, values["charter"], "charter")
            changes.append(Change(kind=CHARTER, body={"edits": edits}))
        if found.question == "election":
            who = recipient(transaction, sent.commons, values["agent"], "agent")
            role = next((change.body["role"] for option in listed for change in option.changes), "steward")
            changes.append(Change(kind="commons.role", body={"agent": who, "role": role, "granted": True}))
        budget = found.question == "budget"
        to = recipient(transaction, sent.commons, values["to"], "to") if budget and values["to"] else None
        cost = values["cost"].replace(",", ".") or None if budget else None
        id_ = fitting_id(values["title"], [option.id for option in listed])
        if not values["title"]:
            raise bad_input("web.no_title", "Give it a title.", "title")
    return c.AmendParams(proposal=number, option=Option(id=id_, title=values["title"], text=values["text"], changes=changes, cost=cost, to=to))


def _receipt(sent: Sent) -> Opened:
    try:
        plain = json.loads(sent.values["receipt"])
    except ValueError:
        plain = None
    if not isinstance(plain, dict):
        raise bad_input("governance.bad_receipt", "This is not a receipt: paste all of it, from { to }.", "receipt")
    try:
        return read_receipt(plain)
    except BadInput as error:
        raise BadInput(*(Problem(one.code, one.message, "receipt") for one in error.problems)) from None


def _check(sent: Sent, number: int) -> Answer:
    """Nothing is written: it is only looked up."""
    receipt = _receipt(sent)
    with sent.node.read() as transaction:
        found = check(transaction, sent.commons, receipt, sent.node.now())
        context = _context("receipt", transaction, sent.commons, sent.member, sent.path, sent.values)
    return Answer("decisions/act.html", context | {"checked": found, "form": Shown(sent.values, key=sent.key)})


def _support(sent: Sent, number: int) -> c.SupportParams:
    """The unit is spread anew: what supports other grants stays, and is made smaller where it is too much together."""
    text = sent.values["part"].rstrip(" %")
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > 100:
        raise bad_input("web.bad_percent", "Give a whole number from 0 to 100.", "part")
    sql = "SELECT s.proposal, s.part FROM support s JOIN proposal p ON p.commons = s.commons AND p.number = s.proposal WHERE s.commons = ? AND s.agent = ? AND p.outcome = ''"
    with sent.node.read() as transaction:
        agent = number_of(transaction, sent.commons, sent.member.agent)
        parts = {str(other): part for other, part in transaction.rows(sql, (sent.commons, agent)) if other != number}
    return c.SupportParams(parts=parts | {str(number): int(text) * 10_000})


PARAMS: Mapping[str, Callable[[Sent, int], Any]] = {
    "second": lambda sent, number: c.SecondParams(proposal=number, option=sent.values["option"]),
    "comment": lambda sent, number: c.CommentParams(proposal=number, text=sent.values["text"], replyTo=sent.values["reply_to"]),
    "object": lambda sent, number: c.ReasonParams(proposal=number, reason=sent.values["reason"]),
    "lift": lambda _sent, number: c.Named(proposal=number),
    "consent": lambda _sent, number: c.Named(proposal=number),
    "amend": _amend,
    "withdraw": lambda sent, number: c.ReasonParams(proposal=number, reason=sent.values["reason"]),
    "close": lambda _sent, number: c.Named(proposal=number),
    "execute": lambda _sent, number: c.Named(proposal=number),
    "support": _support,
    "revise": _revise,
    "report": _report,
    "draw": lambda _sent, number: c.Named(proposal=number),
    "open": lambda sent, number: c.OpenParams(proposal=number, ballots=[_receipt(sent)]),
}


def _there(sent: Sent, act: str) -> str:
    return f"/{sent.commons}/decisions/{int(sent.path['number'])}/?said={SAID[act]}"


def _send(act: str, sent: Sent) -> str | Answer:
    number = int(sent.path["number"])
    if act == "vote":
        return _vote(sent, number)
    if act == "receipt":
        return _check(sent, number)
    sent.act(f"decision.{act}", PARAMS[act](sent, number))
    return _there(sent, act)


def _fields(transaction: Transaction, commons: str, path: Path) -> tuple[str, ...]:
    found, _id = find_proposal(transaction, commons, int(path["number"]))
    return ballot_fields(transaction, commons, found)


_PLACES = (
    ("option.title", "title"), ("option.text", "text"), ("option.cost", "cost"), ("option.to", "to"), ("edits", "charter"), ("body.agent", "agent"),
    ("reason", "reason"), ("text", "text"), ("parts", "part"),
    ("body.title", "title"), ("evidence", "links"), ("ballots", "receipt"),
)  # fmt: skip


def _form(act: str) -> Form:
    more = _fields if act == "vote" else None
    form = Form("decisions/act.html", ACTS[act], partial(_begin, act), partial(_context, act), partial(_send, act), _PLACES, longest=200_000)
    if more is not None:
        form = Form("decisions/act.html", (), partial(_begin, act), partial(_context, act), partial(_send, act), (("ballot", "answer"),), more=more)
    return form


acts = {act: _form(act).view() for act in ACTS}
"""The views, by what is said."""


def act(request: Any, commons: str, act: str, number: str) -> Any:
    """Say something of a question."""
    return acts[act](request, commons, number=number)
