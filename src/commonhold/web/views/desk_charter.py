"""`/{commons}/desk/charter/`: the charter in force as a text to change: checked as it is written, and then put to a vote or recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...commons.charter import check_charter
from ...commons.entries import ChangeCharter
from ...governance.changes import charter_text
from ...node.charter_pages import changed_lines
from ...node.composition import CHARTER_SECTIONS
from ...node.decisions import charter_effects
from ...node.desk import powers_of
from ...problems import CommonholdError, Problem, bad_input
from ...store.transaction import Transaction
from ..forms import Answer, Entered, Form, Sent, Shown
from ..member import Member
from ..pages import Values
from .decisions import agents_named
from .questions import text_entered

LONGEST = 200_000
NOTHING: Values = {"problems": [], "difference": [], "effects": [], "checked": False, "same": True}


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Mapping[str, str]) -> Entered:
    return {"charter": charter_text(transaction, commons).strip()}


def _context(transaction: Transaction, commons: str, member: Member, path: Mapping[str, str], values: Entered) -> Values:
    return {"mayRecord": powers_of(transaction, commons, member.agent)["charter"], "found": NOTHING, "names": {"Agent": {}}}


def _place(problem: Problem, above: int) -> Values:
    """A problem with its line apart: `line 3, commons.joining`. above: So many empty lines the form does not show."""
    line, _, field = problem.field.partition(", ")
    number = line.removeprefix("line ")
    return {"line": max(1, int(number) - above) if number.isdigit() else None, "field": field, "message": problem.message, "code": problem.code}


def checked(sent: Sent, text: str, *, by_the_rules: bool) -> Values:
    """What is wrong with a charter; if nothing is, what it changes and what it would have made of the last distributions.

    Args:
        by_the_rules: Whether the rules of the journal are asked too, for which it has to be free for a moment.
    """
    problems = check_charter(text, CHARTER_SECTIONS)
    with sent.node.read() as transaction:
        now = charter_text(transaction, sent.commons)
        may = powers_of(transaction, sent.commons, sent.member.agent)["charter"]
        effects = [] if problems or text == now else charter_effects(sent.node, transaction, sent.commons, text)
        names = agents_named(transaction, sent.commons, effects)
    if not problems and by_the_rules and may and text != now:
        try:
            sent.attempt("charter.change", ChangeCharter(charter=text, reason="-"))
        except CommonholdError as error:
            problems = list(error.problems)
    above = text[: len(text) - len(text.lstrip())].count("\n")
    found = {
        "problems": [_place(one, above) for one in problems],
        "difference": changed_lines(now, text),
        "effects": effects,
        "checked": True,
        "same": text == now,
    }
    return {"found": found, "names": names, "mayRecord": may}


def _send(sent: Sent) -> str | Answer:
    with sent.node.read() as transaction:
        text = text_entered(charter_text(transaction, sent.commons), sent.values["charter"])
    if sent.values["step"] != "record":
        shown = checked(sent, text, by_the_rules=sent.values["step"] == "check")
        return Answer("desk/charter.html", shown | {"form": Shown(sent.values, key=sent.key)})
    if not sent.values["reason"]:
        raise bad_input("web.no_reason", "Say why: it stands in the journal, beside the new charter.", "reason")
    sent.act("charter.change", ChangeCharter(charter=text, reason=sent.values["reason"]))
    return f"/{sent.commons}/charter/?said=charter-changed"


desk_charter = Form(
    "desk/charter.html", ("charter", "reason", "title", "step"), _begin, _context, _send, (("reason", "reason"), ("line", "charter"), ("charter", "charter")),
    longest=LONGEST,
).view()  # fmt: skip
"""See the module."""
