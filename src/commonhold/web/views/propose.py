"""`/{commons}/decisions/new/`: a question is chosen, filled in, looked at as it would be, and put."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from django.http import HttpResponse

from ...commons.queries import commons_section
from ...governance import queries
from ...governance.changes import CHARTER, Edit, apply_edits, charter_text
from ...governance.charter import governance_in_force, terms_of
from ...governance.entries import Propose
from ...node.decisions import charter_effects
from ...node.overview import called, public_names
from ...problems import CommonholdError, Problem
from ...sharing.kinds import fund_names
from ...store.transaction import Transaction
from ..asked import asked_text
from ..decision_words import rule_sentence
from ..errors import error_page
from ..form_choices import CHOICES_MAX
from ..forms import Answer, Entered, Form, Sent, Shown, private
from ..labels import QUESTIONS as NAMES
from ..member import Member, member_of
from ..pages import Values
from .decisions import agents_named
from .flows import head_of
from .questions import CANDIDATES, FIELDS, PROJECTS, QUESTIONS, question_entered
from .whatif import proposed_charter

Path = Mapping[str, str]
LONGEST = 200_000


def members_to_choose(transaction: Transaction, commons: str, *, asking: bool = False) -> list[tuple[str, str]]:
    """(id, name) of members by name, as everybody may see them; none, where they are too many to choose from."""
    states = "('member', 'asking')" if asking else "('member')"
    sql = (
        "SELECT a.id FROM membership m JOIN agent a ON a.commons = m.commons AND a.number = m.agent"
        f" WHERE m.commons = ? AND m.state IN {states} AND a.type = 'Person' ORDER BY a.number LIMIT ?"
    )
    ids = [id_ for (id_,) in transaction.rows(sql, (commons, CHOICES_MAX + 1))]
    if len(ids) > CHOICES_MAX:
        return []
    known = public_names(transaction, commons, ids)
    return sorted(((id_, called(known, id_)) for id_ in ids), key=lambda pair: (pair[1].casefold(), pair[0]))


def _begin(question: str, request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    domains, funds = commons_section(transaction, commons).domains, fund_names(transaction, commons)
    found = {
        "charter": charter_text(transaction, commons), "role": "steward", "granted": "yes", "way": "admit" if question == "member" else "share",
        "fund": funds[0] if funds else "", "seats": "1", "domain": asked_text(request, "domain"), "agent": asked_text(request, "agent"),
    }  # fmt: skip
    if question == "charter":
        found |= proposed_charter(transaction, commons, request)
    if question in ("steward", "recall") and not found["domain"] and domains:
        found["domain"] = domains[0]
    return {name: value for name, value in found.items() if name in FIELDS[question]}


def _context(question: str, transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    section = commons_section(transaction, commons)
    terms = msgspec.to_builtins(terms_of(governance_in_force(transaction, commons), question))
    return {
        "question": question, "questions": [(name, str(NAMES[name])) for name in QUESTIONS], "rule": rule_sentence(terms, values.get("domain") or "…"),
        "terms": terms, "domains": section.domains, "funds": list(fund_names(transaction, commons)), "currency": section.currency,
        "members": members_to_choose(transaction, commons, asking=question == "member"), "projects": range(1, PROJECTS + 1),
        "candidates": range(1, CANDIDATES + 1), "names": {"Agent": {}},
    }  # fmt: skip


def _send(question: str, sent: Sent) -> str | Answer:
    """What is only to be looked at is tried, and undone: so all that speaks against it is said before it is put."""
    if sent.values["step"] == "change":
        with sent.node.read() as transaction:
            more = _context(question, transaction, sent.commons, sent.member, sent.path, sent.values)
        return Answer("decisions/new.html", more | {"form": Shown(sent.values, key=sent.key)})
    with sent.node.read() as transaction:
        params = question_entered(transaction, sent.commons, question, sent.values)
    if sent.values["step"] != "put":
        sent.attempt("decision.propose", params)
        with sent.node.read() as transaction:
            return Answer("decisions/preview.html", _preview(sent, transaction, question, params))
    done = sent.act("decision.propose", params)
    return f"/{sent.commons}/decisions/{done['proposal']}/?said=proposed"


def _preview(sent: Sent, transaction: Transaction, question: str, params: Propose) -> Values:
    """The question as it would be shown."""
    commons = sent.commons
    options, effects = [], []
    for option in params.options:
        changes = []
        for change in option.changes:
            told: Values = {"kind": change.kind, "body": change.body}
            if change.kind == CHARTER:
                edits = [Edit(before=one["before"], after=one["after"]) for one in change.body["edits"]]
                told["difference"] = [line for edit in edits for line in queries.difference(edit.before, edit.after)]
                effects += _effects(sent, transaction, apply_edits(charter_text(transaction, commons), edits))
            changes.append(told)
        options.append({"id": option.id, "title": option.title, "text": option.text, "cost": option.cost, "to": option.to, "changes": changes})
    context = _context(question, transaction, commons, sent.member, sent.path, sent.values)
    return context | {
        "entered": {name: value for name, value in sent.values.items() if name != "step"}, "key": sent.key, "params": params, "options": options,
        "effects": effects, "names": agents_named(transaction, commons, options),
    }  # fmt: skip


def _effects(sent: Sent, transaction: Transaction, text: str | None) -> list[Values]:
    found = [] if text is None else charter_effects(sent.node, transaction, sent.commons, text)
    affected = [line for one in found for line in one["agents"]]
    known = public_names(transaction, sent.commons, [line["agent"] for line in affected])
    for line in affected:
        line["name"] = called(known, line["agent"])
    return found


_PLACES = (
    ("body.title", "title"), ("body.text", "text"), ("edits", "charter"), ("body.body.agent", "agent"), ("body.agent", "agent"), ("body.role", "role"),
    ("body.reason", "reason"), ("body.organization", "organization"), ("body.domain", "domain"), ("body.seats", "seats"), ("body.fund", "fund"),
    ("body.origin", "origin"), ("body.amount", "amount"), (".cost", "amount"), ("options", "title"),
)  # fmt: skip


@cache
def _view(question: str) -> Any:
    fields = (*FIELDS[question], "step")

    def begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
        return _begin(question, request, transaction, commons, member, path)

    def context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
        return _context(question, transaction, commons, member, path, values)

    return Form("decisions/new.html", fields, begin, context, lambda sent: _send(question, sent), _PLACES, longest=LONGEST).view()


def propose(request: Any, commons: str) -> Any:
    """First which question, then its form."""
    question = str(request.POST.get("question") or request.GET.get("question") or "")
    if question in FIELDS:
        return _view(question)(request, commons)
    try:
        with request.node.read() as transaction:
            head_of(transaction, commons)
            member = member_of(request, transaction, commons)
            governance = governance_in_force(transaction, commons)
            sorts = [(name, str(NAMES[name]), rule_sentence(msgspec.to_builtins(terms_of(governance, name)), "…")) for name in QUESTIONS]
            if question:
                raise _unknown(question)
            answer: HttpResponse = private(request, transaction, commons, "decisions/which.html", {"sorts": sorts, "member": member})
            return answer
    except CommonholdError as error:
        return error_page(request, error)


def _unknown(question: str) -> CommonholdError:
    from ...problems import BadInput

    return BadInput(Problem("web.bad_filter", f"{question[:40]!r} is no question: {', '.join(QUESTIONS)}.", "question"))
