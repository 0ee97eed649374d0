"""What a decision can change: the kinds of entries that a proposal may carry, and how each is shown, checked and carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from ..commons.charter import SectionCheck, check_charter, currency_of
from ..commons.entries import Body
from ..commons.queries import open_mandates
from ..forms import in_words
from ..journal.canonical import canonical
from ..journal.commands import Act
from ..problems import CommonholdError, Problem
from ..store.transaction import Transaction
from .entries import Change, Option

CHARTER = "commons.charter"
CHARTER_JSON_MAX = 60_000
"""Bytes of a charter as it stands in an entry, which has a name, a reason and a signature beside it."""


class Edit(Body, frozen=True):
    """One difference: a piece of the charter as it is, and as it would be. `before` stands in the charter exactly once."""

    before: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
    after: Annotated[str, msgspec.Meta(max_length=20_000)]


class EditCharter(Body, frozen=True):
    """A change of the charter, as a proposal tells it."""

    edits: Annotated[list[Edit], msgspec.Meta(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that a change belongs to: its number, its entry's id, and its title."""

    number: int
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Executable:
    """A kind of entry that a decision can order.

    Attributes:
        questions: To which questions it belongs. shape: How a proposal tells it.
        whole: Whether the whole body is decided; if not, the other fields are what the rules of the kind compute.
        check: What is wrong with it when it is proposed. Rules that hold at the time of carrying it out are asked then.
        expand: The body (or the decided fields of it) as it stands when it is carried out; None if what it was to change is gone.
        carry_out: Writes the entries in the name of the node; by default the body as it is.
    """

    kind: str
    questions: frozenset[str]
    shape: type[msgspec.Struct]
    whole: bool = True
    check: Callable[[Transaction, str, Any], list[Problem]] = lambda _transaction, _commons, _body: []
    expand: Callable[[Transaction, str, Any, Decided], Any] = lambda _transaction, _commons, body, _decided: body
    carry_out: Callable[[Act, str, Mapping[str, Any]], None] | None = None


Executables = Mapping[str, Executable]


@dataclass(frozen=True, slots=True)
class Order:
    """An entry that the node is to write."""

    kind: str
    body: bytes
    whole: bool


def apply_edits(text: str, edits: list[Edit]) -> str | None:
    """A text with its differences made, or None if a piece is not there exactly once.

    >>> apply_edits("quorum = 2", [Edit(before="2", after="3")])
    'quorum = 3'
    """
    for edit in edits:
        if text.count(edit.before) != 1:
            return None
        text = text.replace(edit.before, edit.after)
    return text


def charter_change(sections: Mapping[str, SectionCheck]) -> Executable:
    """A change of the charter: `sections` are those that a charter may have."""

    def check(transaction: Transaction, commons: str, body: EditCharter) -> list[Problem]:
        now = charter_text(transaction, commons)
        text = apply_edits(now, body.edits)
        if text is None:
            return [Problem("governance.edit_not_found", "A piece that is to be changed does not stand in the charter exactly once.", "edits")]
        if text == now:
            return [Problem("governance.nothing_changes", "This leaves the charter as it is.", "edits")]
        if len(canonical(text)) > CHARTER_JSON_MAX:
            return [Problem("charter.too_large", "With this, the charter would not fit an entry of the journal.", "edits")]
        problems = check_charter(text, sections)
        if not problems and currency_of(text) != currency_of(now):
            problems.append(Problem("charter.currency_changed", "Money does not change its currency by a charter.", "edits"))
        return [Problem(one.code, f"{one.message} ({one.field})" if one.field else one.message, "edits") for one in problems]

    def expand(transaction: Transaction, commons: str, body: EditCharter, decided: Decided) -> dict[str, str] | None:
        text = apply_edits(charter_text(transaction, commons), body.edits)
        if text is None or len(canonical(text)) > CHARTER_JSON_MAX or check_charter(text, sections):
            return None
        return {"charter": text, "reason": f"Decision {decided.number}: {decided.title}"}

    return Executable(CHARTER, frozenset({"charter"}), EditCharter, check=check, expand=expand)


def charter_text(transaction: Transaction, commons: str) -> str:
    """The charter in force."""
    return str(transaction.value("SELECT toml FROM charter WHERE commons = ? ORDER BY position DESC LIMIT 1", (commons,)))


def read_change(change: Change, executables: Executables, question: str, path: str) -> tuple[Executable, Any] | Problem:
    """A change as what it would write, or what is wrong with it."""
    executable = executables.get(change.kind)
    if executable is None or question not in executable.questions:
        fitting = ", ".join(sorted(kind for kind, one in executables.items() if question in one.questions)) or "nothing"
        return Problem("governance.not_by_decision", f"A question of this sort can order {fitting}, not {change.kind}.", f"{path}.kind")
    try:
        return executable, msgspec.convert(change.body, executable.shape)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        inner = place.strip("`").removeprefix("$")
        words = in_words(message, executable.shape, f"${inner}")
        return Problem("governance.bad_change", words if words.endswith("?") else f"{words}.", f"{path}.body{inner}")


def change_problems(transaction: Transaction, commons: str, option: Option, executables: Executables, question: str, path: str) -> list[Problem]:
    """What is wrong with the changes of an option."""
    problems = []
    for place, change in enumerate(option.changes):
        where = f"{path}.changes[{place}]"
        found = read_change(change, executables, question, where)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            executable, body = found
            problems += [
                Problem(one.code, one.message, f"{where}.body.{one.field}" if one.field else f"{where}.body")
                for one in executable.check(transaction, commons, body)
            ]
    return problems


def orders(
    transaction: Transaction, commons: str, options: list[Option], executables: Executables, question: str, decided: Decided
) -> list[Order] | None:
    """What the node has to write for the options that won; None if one of the changes applies no longer.

    All edits of the charter make one change together, in their order.
    """
    read = [read_change(change, executables, question, "") for option in options for change in option.changes]
    changes = [one for one in read if not isinstance(one, Problem)]
    assert len(changes) == len(read), read
    edits = [edit for executable, body in changes if executable.kind == CHARTER for edit in body.edits]
    if edits:
        changes = [(executables[CHARTER], EditCharter(edits=edits)), *(one for one in changes if one[0].kind != CHARTER)]
    found = []
    for executable, body in changes:
        expanded = executable.expand(transaction, commons, body, decided)
        if expanded is None:
            return None
        found.append(Order(executable.kind, canonical(expanded), executable.whole))
    return found


def carry_out(act: Act, decision: int, executables: Executables) -> list[dict[str, Any]]:
    """Let the node write what a decision has ordered. What the rules refuse now stays ordered for a month, and can be tried again.

    Returns:
        For each order: its kind and number, and whether it is done; if not, the code and the words of the refusal.
    """
    transaction, commons = act.transaction, act.commons
    now = max(act.writer.head.time, act.writer.now)
    kinds: dict[int, str] = dict(transaction.rows("SELECT number, kind FROM mandate WHERE commons = ? AND decision = ?", (commons, decision)))
    told: list[dict[str, Any]] = []
    for _, number, text, _ in open_mandates(transaction, commons, now, decision=decision):
        kind = kinds[number]
        body = msgspec.json.decode(text)
        key = f"decision-{decision}.{number}"
        try:
            own = executables[kind].carry_out
            if own is not None:
                own(act, key, body)
            else:
                act.writer.says(kind, body, key)
            told.append({"kind": kind, "number": number, "done": True})
        except CommonholdError as error:
            told.append({"kind": kind, "number": number, "done": False, "code": error.code, "problem": str(error)})
    return told
