"""`/{commons}/decisions/…`: what is being decided and what was, and each question with all that was said of it."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ...commons.queries import number_of
from ...governance import queries
from ...governance.changes import CHARTER, charter_text
from ...governance.charter import RANKED
from ...governance.commands import find_proposal
from ...governance.store import Proposal, seconders
from ...journal.kinds import unix_time
from ...measure import format_quantity
from ...node import decisions as node_decisions
from ...node.overview import called, public_names
from ...problems import CommonholdError, bad_input
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number, asked_text
from ..decision_pictures import funding, meters, outcome_picture, rounds_picture
from ..decision_words import lasting, mentioned, rule_sentence, unchecked
from ..errors import error_page
from ..forms import Entered, Shown
from ..labels import PHASES
from ..member import Member, member_of
from ..pages import Values, page
from .flows import head_of

ROWS = 30
OPEN = ("voting", "due", "discussion", "objections", "support", "seconds")
"""Phases of what is not decided, in the order in which they are shown."""
ACTS: dict[str, tuple[str, ...]] = {
    "vote": (), "second": ("option",), "comment": ("text", "reply_to"), "object": ("reason",), "lift": (), "consent": (),
    "amend": ("title", "text", "cost", "to", "agent", "charter"), "withdraw": ("reason",), "close": (), "execute": (), "support": ("part",),
    "revise": ("title", "text", "reason"), "report": ("option", "text", "links", "done"),
    "draw": (), "open": ("receipt",), "receipt": ("receipt",),
}  # fmt: skip
"""What can be said of a question on its page, and the fields of its form."""


def agents_named(transaction: Transaction, commons: str, *told: Any) -> dict[str, dict[str, str]]:
    """What the agents in plain values are called in public."""
    ids = sorted(mentioned(told))
    known = public_names(transaction, commons, ids)
    return {"Agent": {id_: called(known, id_) for id_ in ids}}


def whoever(request: Any, transaction: Transaction, commons: str) -> Member | None:
    """Who is signed in, if anybody is."""
    return member_of(request, transaction, commons)


def _ends(one: Values, now: int) -> Values:
    """A summary with what comes next, and in how many seconds."""
    phase = one["phase"]
    time = one["opens"] if phase == "discussion" else one["closes"] if phase in ("voting", "objections") else None
    return one | {"next": time, "secondsLeft": None if time is None else unix_time(time) - now}


def _present(values: Values) -> Values:
    onward = at(values["commons"], "decisions", before=values["before"], phase=values["phase"]) if values["before"] else ""
    return {"onward": onward, "phases": [(phase, PHASES[phase]) for phase in (*OPEN, "closed")], "left": lasting}


@page("decisions/overview.html", _present, timed=True)
def decisions(request: Any, transaction: Transaction, commons: str) -> Values:
    """What is open, by phase, and what was decided, the newest first; first of all what waits for the vote of who is signed in."""
    head = head_of(transaction, commons)
    now = request.node.now()
    phase, before = asked_text(request, "phase"), asked_number(request, "before", least=1, most=10**9)
    if phase and phase not in PHASES:
        raise bad_input("web.bad_filter", f"phase is one of {', '.join(PHASES)}.", "phase")
    member = whoever(request, transaction, commons)
    open_ = [] if phase == "closed" else [_ends(one, now) for one in queries.list_open(transaction, commons, now) if phase in ("", one["phase"])]
    found = queries.decided_before(transaction, commons, now, before, ROWS + 1) if phase in ("", "closed") else []
    waiting = [] if member is None or phase else queries.waiting_for(transaction, commons, number_of(transaction, commons, member.agent), now)
    waiting = [_ends(one, now) for one in waiting]
    return head | {
        "phase": phase, "open": sorted(open_, key=lambda one: (OPEN.index(one["phase"]), one["next"] or "", one["number"])), "from": before,
        "decided": found[:ROWS], "before": found[ROWS - 1]["number"] if len(found) > ROWS else None, "waiting": None if member is None else waiting,
        "names": agents_named(transaction, commons, waiting),
    }  # fmt: skip


def ballot_mode(rule: str, choices: list[str]) -> str:
    """How people vote: by an answer, by ranking, or by approving."""
    if rule in RANKED:
        return "rank"
    if rule == "yes_no":
        return "answer" if len(choices) == 2 else "rank"
    return "approve"


def ballot_fields(transaction: Transaction, commons: str, found: Proposal) -> tuple[str, ...]:
    """The fields of the ballot of a question."""
    choices = queries.choices_of(transaction, commons, found)
    mode = ballot_mode(found.terms.rule, choices)
    return ("answer",) if mode == "answer" else tuple(f"{mode}-{id_}" for id_ in choices)


def _you(transaction: Transaction, commons: str, found: Proposal, member: Member, told: Values) -> Values:
    """What who is signed in may do here, and has done."""
    agent = number_of(transaction, commons, member.agent)
    heard = queries.heard(transaction, commons, found, agent)
    standing = [one for one in told["objections"] if one["agent"] == member.agent and not one["lifted"]]
    consented = transaction.value("SELECT COUNT(*) FROM consent WHERE commons = ? AND proposal = ? AND agent = ?", (commons, found.number, agent))
    part = transaction.value("SELECT part FROM support WHERE commons = ? AND proposal = ? AND agent = ?", (commons, found.number, agent))
    return heard | {
        "agent": member.agent, "mine": told["author"] == member.agent, "seconded": member.agent in told["seconds"], "objects": bool(standing),
        "consented": bool(consented), "support": int(part or 0),
        "secondedOptions": [one["id"] for one in told["options"] if not one["listed"] and agent in seconders(transaction, commons, found.number, one["id"])],
    }  # fmt: skip


def told_of(request: Any, transaction: Transaction, commons: str, number: int) -> Values:
    """All of a question, with public names only."""
    now = request.node.now()
    told = node_decisions.decision(request.node, transaction, commons, number)
    found, _id = find_proposal(transaction, commons, number)
    affected = [line for effect in told.get("effects", ()) for line in effect["agents"]]
    known = public_names(transaction, commons, [line["agent"] for line in affected])
    for line in affected:
        line["name"] = called(known, line["agent"])
    for one in told["orders"]:
        one["distribution"] = transaction.value("SELECT number FROM distribution WHERE commons = ? AND position = ?", (commons, one["position"]))
    won = [
        change for id_ in (told["result"] or {"winners": []})["winners"] for one in told["options"] if one["id"] == id_ for change in one["changes"]
    ]
    for place, one in enumerate(told["orders"]):
        same = place < len(won) and len(won) == len(told["orders"]) and won[place]["kind"] == one["kind"]
        one["change"] = {"kind": one["kind"], "body": won[place]["body"]} if same and one["kind"] != CHARTER else None
    if "support" in told:
        for name in ("conviction", "stake"):
            told["support"][f"{name}Units"] = format_quantity(told["support"][name])
        needed = told["support"]["needed"]
        told["support"]["neededUnits"] = None if needed is None else format_quantity(needed)
    told["choices"] = queries.choices_of(transaction, commons, found)
    told["mode"] = ballot_mode(found.terms.rule, told["choices"])
    told["ordersWait"] = any(one["position"] is None for one in told["orders"])
    jury = told.get("jury")
    told["juryDue"] = bool(jury and not jury["jurors"] and jury["from"] and unix_time(jury["from"]) <= now)
    lapses = found.asked + found.terms.petition_days * 86_400
    return _ends(told, now) | {"lapsesIn": lapses - now if told["phase"] == "seconds" else None}


def _steps(values: Values) -> list[Values]:
    """The phases of a question as a line of steps: when each began or begins, and which is now."""
    terms, phase = values["terms"], values["phase"]
    voted = terms["rule"] not in ("consent", "lazy", "conviction")
    rows = [("asked", _("Proposed"), values["asked"])]
    if phase == "seconds" or values["secondsNeeded"]:
        rows.append(("seconds", _("Others want a vote"), None))
    if terms["rule"] == "conviction":
        rows.append(("support", _("Support grows"), None))
    elif voted:
        rows += [("discussion", _("Discussion"), values["asked"]), ("voting", _("Voting"), values["opens"])]
    else:
        rows.append(("objections", _("Objections"), values["opens"]))
    rows.append(("closed", _("Decided") if values["decided"] else _("Count"), values["decided"] or values["closes"]))
    current = "closed" if phase == "due" else phase
    place = next((number for number, row in enumerate(rows) if row[0] == current), 0)
    return [
        {"name": name, "time": time, "state": "now" if number == place and phase != "closed" else "done" if number <= place else "next"}
        for number, (_key, name, time) in enumerate(rows)
    ]


def fresh_forms(fields: tuple[str, ...], begin: dict[str, Entered]) -> dict[str, Shown]:
    """A form for each act, empty or with what it begins with, and with a key of its own."""
    return {
        act: Shown(dict.fromkeys((*names, *(fields if act == "vote" else ())), "") | begin.get(act, {}), key=secrets.token_hex(16))
        for act, names in ACTS.items()
    }


def _present_one(values: Values) -> Values:
    more: Values = {
        "steps": _steps(values), "rule": rule_sentence(values["terms"], values["domain"]), "left": lasting,
        "meters": meters(values) if values["turnout"] and values["terms"]["rule"] != "conviction" and values["opens"] else "",
        "funded": funding(values) if values["question"] == "budget" and values["result"] else [],
        "picture": outcome_picture(values), "rounds": rounds_picture(values),
        "cost_of": {one["id"]: one["cost"] for one in values["options"]}, "unchecked": unchecked(values["recount"]),
        "title_of": {one["id"]: one["title"] for one in values["options"]} | {"no-change": _("Nothing changes")},
    }  # fmt: skip
    if values["you"] is not None:
        fields = ("answer",) if values["mode"] == "answer" else tuple(f"{values['mode']}-{id_}" for id_ in values["choices"])
        part = values["you"]["support"] // 10_000
        more["forms"] = fresh_forms(
            fields,
            {
                "vote": _own_ballot(values),
                "support": {"part": str(part)},
                "amend": {"charter": values["charter"]},
                "revise": {"title": values["title"], "text": values["text"]},
            },
        )
    return more


def _own_ballot(values: Values) -> Entered:
    """The fields of an open ballot that was cast before."""
    ballot = values["you"].get("ballot") or {}
    found = {"answer": ballot["answer"]} if ballot.get("answer") else {}
    found |= {f"approve-{id_}": "yes" for id_ in ballot.get("approvals") or ()}
    return found | {f"rank-{id_}": str(place) for place, group in enumerate(ballot.get("ranking") or (), 1) for id_ in group}


@page("decisions/decision.html", _present_one, timed=True, forms=True)
def _decision(request: Any, transaction: Transaction, commons: str, number: str) -> Values:
    head = head_of(transaction, commons)
    told = told_of(request, transaction, commons, int(number))
    found, _id = find_proposal(transaction, commons, int(number))
    member = whoever(request, transaction, commons)
    you = None if member is None else _you(transaction, commons, found, member, told)
    counted = node_decisions.recount(transaction, commons, int(number)) if "recount" in request.GET else None
    charter = charter_text(transaction, commons) if told["question"] == "charter" and you is not None and told["phase"] != "closed" else ""
    return head | told | {"you": you, "recount": counted, "charter": charter, "names": agents_named(transaction, commons, told, you)}


@require_safe
def decision(request: Any, commons: str, number: str, *, as_json: bool = False) -> Any:
    """A question; or its ballots as a file, once it is decided."""
    form = str(request.GET.get("form", ""))
    if not form:
        return _decision(request, commons=commons, number=number, as_json=as_json)
    if form == "json":
        return HttpResponseRedirect(f"/{commons}/decisions/{number}.json")
    try:
        if form not in ("pb", "blt"):
            raise bad_input("web.bad_filter", "form is json, pb or blt.", "form")
        with request.node.read() as transaction:
            head_of(transaction, commons)
            text = node_decisions.exported(transaction, commons, int(number), form)
    except CommonholdError as error:
        return error_page(request, error)
    name = f'attachment; filename="{commons}-{number}.{form}"'
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name, "Cache-Control": "public, no-cache"})
