"""`/{commons}/`: the ledger first, then what is decided, the work, the people, and the charter in short."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from ...commons.queries import commons_section, organization_names
from ...flows.overview import some_open_tasks
from ...governance.store import proposals_before
from ...journal.head import latest_checkpoint, read_head
from ...node import money_pages, overview
from ...node.flow_pages import names_of, whole
from ...node.fund_figures import in_between
from ...node.people_pages import lately_at_work
from ...sharing.compute import policy_of
from ...sharing.statement import charter_at
from ...store.transaction import Transaction
from ..charts.columns import fold_series, stacked_columns
from ..labels import label
from ..money_pictures import money_flow
from ..pages import Values, page
from ..policy_words import step_sentence

DISTRIBUTIONS_SHOWN = 5
INCOMES_SHOWN = 5
QUESTIONS_SHOWN = 8
DECIDED_SHOWN = 5
PEOPLE_SHOWN = 8
TASKS_SHOWN = 5


def _present(values: Values) -> Values:
    policy = [step["step"] for step in values["charter"]["steps"]]
    time = values["overTime"]
    labels = {line["kind"]: line["label"] for line in values["kinds"]}
    series = fold_series([(labels.get(kind, kind), counts) for kind, counts in time["kinds"].items()], _("Other kinds"))
    title = _("Contributions over time, by kind")
    said = _("Number of contributions in each %(step)s; those refused or withdrawn are left out.") % {"step": label("step", time["step"])}
    return {
        "flow": money_flow(values["name"], values["money"], policy), "series": series,
        "columns": stacked_columns("time", title, said, time["periods"], series),
    }  # fmt: skip


@page("commons.html", _present, timed=True)
def commons(request: Any, transaction: Transaction, commons: str) -> Values:
    """A commons in figures. What is here of contributions is read from tallies, so a long journal costs no more than a short one."""
    head = read_head(transaction, commons)
    tasks = [whole("Intent", one) for one in some_open_tasks(transaction, commons, TASKS_SHOWN)]
    return overview.commons_line(transaction, commons) | {
        "thisMonth": _this_month(transaction, commons, request.node.now()),
        "money": overview.money(transaction, commons),
        "incomes": money_pages.incomes_page(transaction, commons, limit=INCOMES_SHOWN),
        "latestDistributions": money_pages.distributions_page(transaction, commons, limit=DISTRIBUTIONS_SHOWN),
        "questions": _questions(transaction, commons),
        "kinds": overview.kinds_and_states(transaction, commons),
        "overTime": overview.over_time(transaction, commons),
        "people": lately_at_work(transaction, commons, PEOPLE_SHOWN),
        "tasks": tasks,
        "names": names_of(transaction, commons, tasks),
        "charter": _charter(transaction, commons),
        "journal": {"verifierKey": head.vkey, "root": head.frontier.root().hex(), "checkpoint": latest_checkpoint(transaction, commons)},
    }


def _this_month(transaction: Transaction, commons: str, now: int) -> Values:
    """What came in and was shared since the month began, UTC."""
    today = datetime.fromtimestamp(now, UTC)
    start = int(datetime(today.year, today.month, 1, tzinfo=UTC).timestamp())
    return {"month": f"{today:%Y-%m}"} | in_between(transaction, commons, start, now + 1)


def _questions(transaction: Transaction, commons: str) -> Values:
    """What is not decided, and what was, both the newest first; in which phase it is, is on the page of decisions."""
    newest = proposals_before(transaction, commons, None, 10 * QUESTIONS_SHOWN)
    waiting = [one for one in newest if not one.outcome][:QUESTIONS_SHOWN]
    decided = [one for one in newest if one.outcome][:DECIDED_SHOWN]
    return {
        "open": [{"number": one.number, "title": one.title, "question": one.question} for one in waiting],
        "decided": [{"number": one.number, "title": one.title, "question": one.question, "outcome": one.outcome} for one in decided],
    }


def _charter(transaction: Transaction, commons: str) -> Values:
    """The charter in short: who may join, and how money is shared. `number` counts the charters so far."""
    section = commons_section(transaction, commons)
    number, position = transaction.rows("SELECT COUNT(*), MAX(position) FROM charter WHERE commons = ?", (commons,))[0]
    names = organization_names(transaction, commons)
    steps = policy_of(charter_at(transaction, commons, position)).steps
    return {
        "number": int(number), "position": position, "joining": section.joining,
        "steps": [{"step": step.id, "label": step.label or step.id, "rule": step_sentence(step, section.currency, names)} for step in steps],
    }  # fmt: skip
