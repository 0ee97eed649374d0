"""`/{commons}/`: the ledger first, then the work, the people, the distributions and the charter."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _

from ...commons.charter import Powers
from ...commons.queries import charter_history, charter_section, commons_section, organization_names
from ...contributions.charter import kinds_in_force
from ...governance.store import Proposal, proposals
from ...journal.head import latest_checkpoint, read_head
from ...journal.kinds import time_text
from ...measure import format_money
from ...node import overview
from ...node.sharing import distribution_lines
from ...sharing.policy import Policy
from ...sharing.sentence import describe
from ...store.transaction import Transaction
from ..charts.columns import fold_series, stacked_columns
from ..charts.flow import Stream, flow
from ..jinja import number
from ..labels import label
from ..pages import Values, page
from ..rules import REST_COLOUR, colours, rules_at

DISTRIBUTIONS_SHOWN = 12
CHARTERS_SHOWN = 10
QUESTIONS_SHOWN = 8
_KEPT_MAX = 64
_kept: OrderedDict[str, Values] = OrderedDict()
_lock = Lock()


def _present(values: Values) -> Values:
    money, currency = values["money"], values["currency"]
    sources = [Stream(label("source", line["source"]), line["minor"], f"{number(line['amount'])} {currency}") for line in money["bySource"]]
    colour = colours([step["step"] for step in values["charter"]["steps"]], [line["step"] for line in money["byStep"]])
    goals = [Stream(line["label"], line["minor"], f"{number(line['amount'])} {currency}", colour[line["step"]]) for line in money["byStep"]]
    goals.append(Stream(_("Still in the funds"), money["inFundsMinor"], f"{number(money['inFunds'])} {currency}", REST_COLOUR))
    picture = flow(
        "money", _("Where the money came from and where it went"), _("All figures of this picture are in the tables below it."), sources,
        values["name"], goals,
    )  # fmt: skip
    time = values["overTime"]
    labels = {line["kind"]: line["label"] for line in values["kinds"]}
    series = fold_series([(labels.get(kind, kind), counts) for kind, counts in time["kinds"].items()], _("Other kinds"))
    title = _("Contributions over time, by kind")
    said = _("Number of contributions in each %(step)s; those refused or withdrawn are left out.") % {"step": label("step", time["step"])}
    return {"flow": picture, "columns": stacked_columns("time", title, said, time["periods"], series), "series": series}


@page("commons.html", _present)
def commons(request: Any, transaction: Transaction, commons: str) -> Values:
    """A commons. What it costs to add up is kept until the journal, or a public name, changes."""
    state = overview.validator(transaction, commons)
    with _lock:
        if state in _kept:
            _kept.move_to_end(state)
            return _kept[state]
    values = _values(transaction, commons)
    with _lock:
        _kept[state] = values
        while len(_kept) > _KEPT_MAX:
            _kept.popitem(last=False)
    return values


def open_questions(transaction: Transaction, commons: str) -> list[Proposal]:
    """What is not decided, the newest first; in which phase it is depends on the time, and is on the page of decisions."""
    return proposals(transaction, commons, still_open=True)[:QUESTIONS_SHOWN]


def _values(transaction: Transaction, commons: str) -> Values:
    head = read_head(transaction, commons)
    return overview.commons_line(transaction, commons) | {
        "money": overview.money(transaction, commons),
        "incomes": overview.incomes_page(transaction, commons),
        "kinds": overview.kinds_and_states(transaction, commons),
        "overTime": overview.over_time(transaction, commons),
        "people": overview.people(transaction, commons),
        "latestDistributions": distribution_lines(transaction, commons)[: -DISTRIBUTIONS_SHOWN - 1 : -1],
        "questions": [{"number": one.number, "title": one.title, "question": one.question} for one in open_questions(transaction, commons)],
        "validation": overview.validation(transaction, commons),
        "charter": _charter(transaction, commons),
        "journal": {"verifierKey": head.vkey, "root": head.frontier.root().hex(), "checkpoint": latest_checkpoint(transaction, commons)},
    }


def _charter(transaction: Transaction, commons: str) -> Values:
    history = charter_history(transaction, commons)
    currency = commons_section(transaction, commons).currency
    policy = charter_section(transaction, commons, "sharing", Policy)
    powers = charter_section(transaction, commons, "powers", Powers)
    section = commons_section(transaction, commons)
    names = organization_names(transaction, commons)
    return {
        "toml": history[-1][4],
        "rules": rules_at(transaction, commons, history[-1][0]),
        "joining": section.joining,
        "kinds": [
            {
                "kind": kind.name, "label": kind.label, "action": kind.action, "unit": kind.unit,
                "value": None if kind.value_minor is None else format_money(kind.value_minor, currency),
            }
            for kind in kinds_in_force(transaction, commons).values()
        ],
        "steps": [{"step": step.id, "label": step.label or step.id, "rule": describe(step, currency, names)} for step in policy.steps],
        "powers": {name: getattr(powers, name) for name in powers.__struct_fields__},
        "history": [
            {"position": position, "time": time_text(time), "author": author, "reason": reason}
            for position, time, author, reason, _ in history[: -CHARTERS_SHOWN - 1 : -1]
        ],
    }  # fmt: skip
