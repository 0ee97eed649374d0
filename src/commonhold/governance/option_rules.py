"""Are the options of a question in order, and do their changes belong to it? So that no question decides what is another's."""

from __future__ import annotations

from typing import Any

from ..journal.kinds import unknown_reference
from ..measure import parse_money
from ..problems import Problem
from . import entries as e
from . import secret
from .charter import MANY_OPTIONS, Terms
from .entries import Option
from .view import View


def fitting_problems(question: str, domain: str | None, options: list[Option], where: str) -> list[Problem]:
    """What is wrong with the changes of all options together."""
    if question in ("steward", "recall"):
        return _office_problems(domain, options, where)
    if question == "election":
        return _election_problems(options, where)
    return []


def _bodies(options: list[Option]) -> list[dict[str, Any]]:
    return [change.body for option in options for change in option.changes]


def _office_problems(domain: str | None, options: list[Option], where: str) -> list[Problem]:
    """Those of one domain decide about its stewards, and no others."""
    if any(body.get("domain") != domain for body in _bodies(options)):
        return [Problem("governance.other_domain", "Who decides in a domain decides about its stewards: name the same domain in both.", where)]
    return []


def _election_problems(options: list[Option], where: str) -> list[Problem]:
    """An election gives one role, to some of several people: nothing is taken or given beside."""
    bodies = _bodies(options)
    problems = []
    if any(len(option.changes) != 1 for option in options) or any(body.get("granted") is not True for body in bodies):
        problems.append(Problem("governance.election", "Each option of an election gives a role to one candidate, and does nothing else.", where))
    if len({str(body.get("role")) for body in bodies}) > 1:
        problems.append(Problem("governance.election", "All candidates stand for the same role.", where))
    if len({str(body.get("agent")) for body in bodies}) < len(bodies):
        problems.append(Problem("governance.election", "Nobody stands twice.", where))
    return problems


def count_problems(count: int, question: str, seats: int, terms: Terms) -> list[Problem]:
    """How many options a question needs."""
    if question == "budget":
        return []
    if terms.rule in MANY_OPTIONS and count <= seats:
        return [Problem("governance.too_few_options", f"To choose {seats}, give more options than that.", "body.options")]
    if terms.rule not in MANY_OPTIONS and count != 1:
        return [Problem("governance.one_option", "Propose one option; others can add theirs by amendments.", "body.options")]
    return []


def secret_problems(view: View, count: int) -> list[Problem]:
    """Secret ballots have a size, and an entry has room for so many."""
    problems = []
    many = view.terms.jury if view.terms is not None and view.terms.jury else len(view.electors)
    if many > secret.ELECTORS_MAX:
        problem = f"At most {secret.ELECTORS_MAX} can vote in secret, and here are {many}: let a smaller jury decide it, or do not ask in secret."
        problems.append(Problem("governance.too_many_electors", problem, "body.question"))
    if count > secret.ANSWERS_MAX:
        problem = f"A secret ballot has at most {secret.ANSWERS_MAX} options."
        problems.append(Problem("governance.too_many_options", problem, "body.options"))
    return problems


def money_problems(view: View, body: e.Propose) -> list[Problem]:
    """A budget says what is divided, and of which fund; grants are asked of the fund that the charter names."""
    if body.question != "budget":
        said = body.fund is not None or body.amount is not None
        problems = [Problem("governance.no_budget", "Only a budget divides an amount of a fund.", "body.fund")] if said else []
        if body.question == "grant" and view.balance < 0:
            problems.append(Problem("governance.no_fund", "The charter names no fund for grants: [governance.conviction] fund.", "body.question"))
        return problems
    if body.fund not in view.funds:
        return [Problem("governance.unknown_fund", f"Name a fund of the charter: {', '.join(view.funds)}.", "body.fund")]
    amount = _minor(body.amount, view.currency)
    if amount is None or not 0 < amount <= view.balance:
        return [Problem("governance.bad_budget", "Divide more than nothing, and not more than the fund holds.", "body.amount")]
    return []


def _minor(amount: str | None, currency: str) -> int | None:
    try:
        return None if amount is None else parse_money(amount, currency)
    except ValueError:
        return None


def options_problems(view: View, options: list[e.Option], question: str) -> list[Problem]:
    ids = [option.id for option in options]
    problems = []
    for place, option in enumerate(options):
        where = f"body.options[{place}]"
        if ids.index(option.id) != place or option.id == e.DEFAULT:
            problems.append(Problem("governance.option_id", f"Each option has an id of its own, and none is {e.DEFAULT}.", f"{where}.id"))
        problems += option_problems(view, option, question, where)
    return problems


def option_problems(view: View, option: e.Option, question: str, where: str) -> list[Problem]:
    problems = []
    pays = question in ("budget", "grant")
    if pays == bool(option.changes) and (pays or question != "statement"):
        problem = "A project has a cost and who is granted it, and no changes." if pays else "Say what it changes: one entry at least."
        problems.append(Problem("governance.no_change", problem, f"{where}.changes"))
    if question == "statement" and option.changes:
        problems.append(Problem("governance.no_change", "A statement changes nothing in the journal.", f"{where}.changes"))
    if not pays and (option.cost is not None or option.to is not None or option.excludes):
        problems.append(Problem("governance.no_project", "Only projects have a cost, a recipient and exclusions.", where))
    if pays and option.cost is not None and not _minor(option.cost, view.currency):
        problem = f"{option.cost} is not an amount of {view.currency} above nothing."
        problems.append(Problem("governance.bad_cost", problem, f"{where}.cost"))
    total = view.proposal.amount if view.proposal is not None else _minor(view.asked_amount, view.currency)
    if question == "budget" and option.cost is not None and total is not None and (_minor(option.cost, view.currency) or 0) > total:
        problems.append(Problem("governance.bad_cost", "No project costs more than the whole budget.", f"{where}.cost"))
    if pays and option.to is not None and view.named.get(option.to) is None:
        problems.append(unknown_reference(f"The agent {option.to}", f"{where}.to"))
    if question == "grant" and (option.cost is None or option.to is None):
        problems.append(Problem("governance.no_project", "A grant has a cost and who is granted it.", where))
    return problems
