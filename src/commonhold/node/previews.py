"""What a distribution would come to: as things stand, and by another policy, person by person. Only public names.

Everything is computed by the engine that records distributions; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..commons.charter import check_charter, read_toml
from ..commons.queries import charter_values, commons_section
from ..governance.changes import charter_text
from ..journal.head import read_head
from ..measure import format_money, parse_money
from ..problems import CommonholdError, Problem, Refused, bad_input
from ..sharing.commands import default_fund
from ..sharing.compute import Computed, compute, fund_balance
from ..sharing.policy import GRANTED
from ..sharing.queries import Distribution, distributions, member_number, totals_by_agent
from ..sharing.statement import computed_steps, explain_computed
from ..sharing.turned import Figure, figures, read_turns, turned_text
from ..store.transaction import Transaction
from .composition import CHARTER_SECTIONS
from .node import Node
from .public_names import called, public_names


def compute_now(
    node: Node, transaction: Transaction, commons: str, fund: str, amount: str, values: Mapping[str, Any] | None = None, *, whatever: bool = False
) -> Computed:  # fmt: skip
    """What a fund comes to if it were shared now.

    Args:
        fund: The first one, if none is named. amount: All that is there, if nothing is said. values: Of another charter.
        whatever: Also more than the fund holds.

    Raises:
        BadInput: `sharing.bad_amount`. Refused: What `compute` refuses.
    """
    currency = commons_section(transaction, commons).currency
    try:
        minor = parse_money(amount, currency) if amount else None
    except ValueError as error:
        raise bad_input("sharing.bad_amount", f"{error}.", "amount") from None
    time = max(read_head(transaction, commons).time, node.now())
    return compute(transaction, commons, fund or default_fund(transaction, commons), minor, time, values, whatever=whatever)


def by_agent(computed: Computed) -> dict[int, int]:
    """What everybody would get in all, in minor units, by number."""
    found: dict[int, int] = {}
    for _, agent, amount in computed.shares():
        found[agent] = found.get(agent, 0) + amount
    return found


def outcome_of(computed: Computed) -> dict[str, Any]:
    """`amount`, `given` and `kept`, and what each step did."""
    outcome = computed.outcome
    amounts = {"amount": outcome.amount, "given": outcome.given, "kept": outcome.kept}
    return {name: format_money(value, computed.currency) for name, value in amounts.items()} | {"steps": computed_steps(computed)}


def preview(node: Node, transaction: Transaction, commons: str, fund: str, amount: str) -> dict[str, Any]:
    """What a fund would come to, who would get what, and how that compares with the last distribution of the fund.

    `result` names the shares; who records the distribution says it, so that no other is recorded. `size` is that of the journal.

    Raises:
        BadInput, Refused: As `compute_now`.
    """
    computed = compute_now(node, transaction, commons, fund, amount)
    last = last_of(transaction, commons, computed.fund)
    before = {} if last is None else {line["agent"]: line["amount"] for line in totals_by_agent(transaction, commons, last.number)}
    now = {computed.agents[number].id: minor for number, minor in by_agent(computed).items()}
    types = {computed.agents[number].id: computed.agents[number].type for number in by_agent(computed)}
    lines = _compared(transaction, commons, before, now, computed.currency, ("last", "amount"))
    lines.sort(key=lambda line: (-line["minor"]["amount"], line["agent"]))
    return outcome_of(computed) | {
        "currency": computed.currency, "fund": computed.fund, "agents": [line | {"type": types.get(line["agent"], "")} for line in lines],
        "receivers": len(now), "shares": len(computed.shares()), "inputs": computed.inputs, "result": computed.result_hash(),
        "last": None if last is None else {"number": last.number, "given": format_money(last.given, last.currency), "kept": format_money(last.kept, last.currency)},
        "size": read_head(transaction, commons).frontier.size,
    }  # fmt: skip


def last_of(transaction: Transaction, commons: str, fund: str) -> Distribution | None:
    """The last distribution of a fund by a policy; one that was decided share by share is no measure."""
    granted = {row[0] for row in transaction.rows("SELECT distribution FROM step_taken WHERE commons = ? AND step LIKE ?", (commons, f"{GRANTED}%"))}
    return next((one for one in reversed(distributions(transaction, commons)) if one.fund == fund and one.number not in granted), None)


def explain_preview(node: Node, transaction: Transaction, commons: str, agent: str, fund: str, amount: str) -> dict[str, Any]:
    """Why an agent would get what they would get, down to the contributions.

    Raises:
        NotFound: `sharing.no_share`. BadInput, Refused: As `compute_now`.
    """
    computed = compute_now(node, transaction, commons, fund, amount)
    found = explain_computed(transaction, commons, computed, member_number(transaction, commons, agent))
    return found | {"name": called(public_names(transaction, commons, [found["agent"]]), found["agent"])}


def _compared(
    transaction: Transaction, commons: str, before: Mapping[str, int], after: Mapping[str, int], currency: str, words: tuple[str, str]
) -> list[dict[str, Any]]:  # fmt: skip
    """A line for each agent of either: both amounts under the words, and the difference; in minor units under `minor`."""
    agents = before.keys() | after.keys()
    names = public_names(transaction, commons, agents)
    lines = []
    for agent in agents:
        one, other = before.get(agent, 0), after.get(agent, 0)
        minor = {words[0]: one, words[1]: other, "difference": other - one}
        told = {word: format_money(value, currency) for word, value in minor.items()}
        lines.append({"agent": agent, "name": called(names, agent), **told, "minor": minor})
    return lines


def turned_charter(transaction: Transaction, commons: str, given: Mapping[str, str], fund: str = "") -> tuple[str, dict[str, str], list[Problem]]:
    """The charter in force with other figures: its text, what is turned, and all that speaks against it, by the names of figures.

    The text is as in force where something speaks against it, or nothing is turned.
    """
    now = charter_text(transaction, commons)
    known = figures(charter_values(transaction, commons), fund)
    turned, problems = read_turns(known, given)
    if problems or not turned:
        return now, turned, problems
    try:
        text = turned_text(now, turned)
    except Refused as error:
        return now, turned, list(error.problems)
    wrong = check_charter(text, CHARTER_SECTIONS)
    return (now, turned, _at_figures(wrong, text, turned)) if wrong else (text, turned, [])


def _at_figures(problems: Iterable[Problem], text: str, turned: Mapping[str, str]) -> list[Problem]:
    """Problems of a charter, each at the figure that it is about, if that can be told."""
    source = read_toml(text)
    steps = [] if isinstance(source, Problem) else [step["id"] for step in source.values["sharing"]["steps"]]
    found = []
    for problem in problems:
        path = problem.field.partition(", ")[2] or problem.field
        name = ""
        if path.startswith("sharing.steps["):
            place, _, key = path.removeprefix("sharing.steps[").partition("].")
            name = f"steps.{steps[int(place)]}.{key}"
        elif path.startswith("kinds."):
            name = path
        kind = problem.message.partition(":")[0]
        if name.endswith(".weights") and f"{name}.{kind}" in turned:
            name = f"{name}.{kind}"
        near = name if name in turned else next((one for one in turned if name and one.startswith(name)), "")
        found.append(Problem(problem.code, problem.message, near))
    return found


def what_if(
    node: Node, transaction: Transaction, commons: str, fund: str, amount: str, given: Mapping[str, str], number: int | None = None
) -> dict[str, Any]:
    """What an amount would come to by the policy in force, and by it with other figures, agent by agent, who gains most first.

    Args:
        amount: All that is in the fund, if nothing is said; if nothing is there, as much as was shared last.
        given: Texts by names of figures (see `sharing.turned`). number: Of a distribution, to have its shares beside.

    Returns:
        `figures` with `value` (in force) and `now` (asked for); `problems`; and, unless there are some, `before`, `after` and `agents`.
        In both, what is given and kept adds up to `amount`.
    """
    currency = commons_section(transaction, commons).currency
    fund = fund or default_fund(transaction, commons)
    text, turned, problems = turned_charter(transaction, commons, given, fund)
    told: dict[str, Any] = {
        "currency": currency, "fund": fund, "amount": amount, "turned": turned, "agents": [], "before": None, "after": None,
        "figures": [figure_line(one, given) for one in figures(charter_values(transaction, commons), fund)],
    }  # fmt: skip
    try:
        amount = amount or _usual_amount(transaction, commons, fund, currency)
        before = compute_now(node, transaction, commons, fund, amount, whatever=True)
        source = read_toml(text)
        assert not isinstance(source, Problem)
        after = compute_now(node, transaction, commons, fund, amount, source.values, whatever=True) if turned and not problems else before
    except CommonholdError as error:
        return told | {"problems": _told([*problems, *error.problems])}
    if problems:
        return told | {"problems": _told(problems), "amount": format_money(before.outcome.amount, currency)}
    ours, theirs = ({one.agents[place].id: minor for place, minor in by_agent(one).items()} for one in (before, after))
    lines = _compared(transaction, commons, ours, theirs, currency, ("before", "after"))
    lines.sort(key=lambda line: (-line["minor"]["difference"], -line["minor"]["after"], line["agent"]))
    if number is not None:
        recorded = {line["agent"]: line["amount"] for line in totals_by_agent(transaction, commons, number)}
        for line in lines:
            line["recorded"] = format_money(recorded.get(line["agent"], 0), currency)
            line["given"] = line["agent"] in recorded
    return told | {
        "problems": [], "amount": format_money(before.outcome.amount, currency), "before": outcome_of(before), "after": outcome_of(after), "agents": lines,
    }  # fmt: skip


def figure_line(figure: Figure, given: Mapping[str, str]) -> dict[str, str]:
    """A figure with its `value` in force, and what is asked for `now`."""
    asked = given.get(figure.name)
    return {
        "name": figure.name, "step": figure.step, "key": figure.key, "form": figure.form, "value": figure.value,
        "now": figure.value if asked is None else asked.strip(),
    }  # fmt: skip


def _told(problems: Iterable[Problem]) -> list[dict[str, str]]:
    return [{"field": one.field, "code": one.code, "message": one.message} for one in problems]


def _usual_amount(transaction: Transaction, commons: str, fund: str, currency: str) -> str:
    """All that is in a fund; if nothing is there, what was shared of it last; nothing, if that is not either."""
    last = last_of(transaction, commons, fund)
    return format_money(last.amount, currency) if fund_balance(transaction, commons, fund) <= 0 and last is not None else ""
