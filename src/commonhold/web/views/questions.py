"""From what was entered in a form to a question: its options, and exactly what each would change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from ...commons.people import find_by_name
from ...governance.changes import CHARTER, charter_text
from ...governance.edits import edits_between
from ...governance.entries import DEFAULT, Change, Option, Propose
from ...problems import NotFound, Problem, bad_input
from ...store.transaction import Transaction
from ..forms import Entered, of_shape

PROJECTS, CANDIDATES = 5, 6
QUESTIONS = ("charter", "role", "member", "steward", "recall", "money", "budget", "election", "statement", "grant", "fork")
"""What can be asked by a form."""
_BASIC = ("title", "text")
FIELDS: dict[str, tuple[str, ...]] = {
    "charter": (*_BASIC, "charter"),
    "role": (*_BASIC, "agent", "role", "granted", "domain"),
    "member": (*_BASIC, "agent", "way", "reason"),
    "steward": (*_BASIC, "agent", "domain", "organization"),
    "recall": (*_BASIC, "agent", "domain", "reason"),
    "money": (*_BASIC, "way", "fund", "amount", "agent", "domain"),
    "budget": (*_BASIC, "fund", "amount", *(f"{name}-{place}" for place in range(1, PROJECTS + 1) for name in ("project", "about", "cost", "to"))),
    "election": (*_BASIC, "role", "seats", *(f"agent-{place}" for place in range(1, CANDIDATES + 1))),
    "statement": (*_BASIC, "domain"),
    "grant": (*_BASIC, "amount", "agent"),
    "fork": (*_BASIC, "origin", "reason"),
}
"""The fields of the form of each question."""


def fitting_id(title: str, taken: Sequence[str]) -> str:
    """An id for an option, from its title; another one than those that are taken.

    >>> fitting_id("Über 3 neue Räder!", []), fitting_id("تعاونية", ["option"]), fitting_id("A", ["a"])
    ('uber-3-neue-rader', 'option-2', 'a-2')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:26].strip("-") or "option"
    used = {*taken, DEFAULT}
    return next(id_ for number in range(1, 10_000) if (id_ := base if number == 1 else f"{base}-{number}") not in used)


def recipient(transaction: Transaction, commons: str, text: str, field: str) -> str:
    """The id of an agent who was named in a form.

    Raises:
        BadInput: `web.who`, or as `find_by_name` says.
    """
    if not text:
        raise bad_input("web.who", "Say who.", field)
    try:
        return find_by_name(transaction, commons, text, public_only=True)
    except NotFound as error:
        raise NotFound(*(Problem(one.code, one.message, field) for one in error.problems)) from None


def text_entered(now: str, entered: str) -> str:
    """A charter as it was entered, with the ends of lines and of the text that forms change as the one in force has them.

    >>> text_entered("a = 1\\r\\n", "a = 2\\nb = 3")
    'a = 2\\r\\nb = 3\\r\\n'
    """
    begin, end = now[: len(now) - len(now.lstrip())], now[len(now.rstrip()) :]
    return begin + (entered.strip().replace("\n", "\r\n") if "\r\n" in now else entered.strip()) + end


def charter_edits(transaction: Transaction, commons: str, entered: str, field: str) -> list[dict[str, str]]:
    """What was made of the charter in force, as edits.

    Raises:
        BadInput: `web.bad_charter`.
    """
    now = charter_text(transaction, commons)
    try:
        return [{"before": edit.before, "after": edit.after} for edit in edits_between(now, text_entered(now, entered))]
    except ValueError as error:
        raise bad_input("web.bad_charter", f"{str(error).capitalize()}.", field) from None


def _money(text: str) -> str:
    return text.replace(",", ".")


def _without(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None)}


def change_entered(transaction: Transaction, commons: str, question: str, values: Entered) -> Change | None:
    """The one entry that a question with one option would write; None of a statement.

    Raises:
        BadInput, NotFound: Beside their fields.
    """

    def who() -> str:
        return recipient(transaction, commons, values["agent"], "agent")

    if question == "charter":
        return Change(kind=CHARTER, body={"edits": charter_edits(transaction, commons, values["charter"], "charter")})
    if question == "role":
        return Change(kind="commons.role", body={"agent": who(), "role": values["role"], "granted": values["granted"] != "no"})
    if question == "member":
        expels = values["way"] == "expel"
        return Change(
            kind="commons.expel" if expels else "commons.admit", body=_without({"agent": who(), "reason": values["reason"] if expels else ""})
        )
    if question == "steward":
        works_for = recipient(transaction, commons, values["organization"], "organization") if values["organization"] else ""
        return Change(kind="governance.appoint", body=_without({"domain": values["domain"], "agent": who(), "organization": works_for}))
    if question == "recall":
        return Change(kind="governance.dismiss", body={"domain": values["domain"], "agent": who(), "reason": values["reason"]})
    if question == "fork":
        return Change(kind="commons.fork", body={"origin": values["origin"], "reason": values["reason"]})
    if question == "money":
        grants = values["way"] == "grant"
        body = _without({"fund": values["fund"], "amount": _money(values["amount"]), "agent": who() if grants else ""})
        return Change(kind="sharing.grant" if grants else "sharing.distribution", body=body)
    return None


def options_entered(transaction: Transaction, commons: str, question: str, values: Entered) -> list[Option]:
    """What can be chosen."""
    title = values["title"]
    if question == "budget":
        return _projects(transaction, commons, values)
    if question == "election":
        return _candidates(transaction, commons, values)
    if question == "grant":
        to = recipient(transaction, commons, values["agent"], "agent")
        return [of_shape(Option, {"id": "grant", "title": title, "cost": _money(values["amount"]), "to": to})]
    change = change_entered(transaction, commons, question, values)
    return [Option(id="yes-it-is" if question == "statement" else "change", title=title, changes=[] if change is None else [change])]


def _projects(transaction: Transaction, commons: str, values: Entered) -> list[Option]:
    found: list[Option] = []
    for place in range(1, PROJECTS + 1):
        name, about, cost, to = (values[f"{field}-{place}"] for field in ("project", "about", "cost", "to"))
        if not name and (about or cost or to):
            raise bad_input("web.no_title", "Give it a title.", f"project-{place}")
        if name:
            plain = {
                "id": fitting_id(name, [one.id for one in found]), "title": name, "text": about, "cost": _money(cost),
                "to": recipient(transaction, commons, to, f"to-{place}") if to else "",
            }  # fmt: skip
            found.append(of_shape(Option, plain))
    return found


def _candidates(transaction: Transaction, commons: str, values: Entered) -> list[Option]:
    from ...node.overview import called, public_names

    found: list[Option] = []
    for place in range(1, CANDIDATES + 1):
        text = values[f"agent-{place}"]
        if text:
            who = recipient(transaction, commons, text, f"agent-{place}")
            if any(one.changes[0].body["agent"] == who for one in found):
                raise bad_input("web.twice", "Name each candidate once.", f"agent-{place}")
            name = called(public_names(transaction, commons, [who]), who)
            change = Change(kind="commons.role", body={"agent": who, "role": values["role"], "granted": True})
            found.append(Option(id=fitting_id(name, [one.id for one in found]), title=name[:200], changes=[change]))
    return found


def question_entered(transaction: Transaction, commons: str, question: str, values: Entered) -> Propose:
    """The question, as the command takes it."""
    if not values["title"]:
        raise bad_input("web.no_title", "Give it a title.", "title")
    budget, seats = question == "budget", values.get("seats", "")
    if question == "election" and not re.fullmatch(r"[1-9][0-9]{0,1}", seats):
        raise bad_input("web.bad_seats", "Say how many are elected, from 1 to 99.", "seats")
    plain = {
        "question": question, "title": values["title"], "text": values["text"], "domain": values.get("domain", ""),
        "fund": values["fund"] if budget else "", "amount": _money(values["amount"]) if budget else "",
        "seats": int(seats) if question == "election" else None,
    }  # fmt: skip
    options = options_entered(transaction, commons, question, values)
    made = of_shape(Propose, plain)
    return Propose(
        question=made.question, title=made.title, text=made.text, domain=made.domain, fund=made.fund, amount=made.amount, seats=made.seats,
        options=options,
    )  # fmt: skip
