"""The sharing policy: ordered steps, as data in the charter. Nothing in it is evaluated as code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import msgspec

from ..commons.charter import Section, convert_section
from ..commons.entries import Name
from ..contributions.charter import REVIEW, contribution_kinds, currency_in
from ..measure import currency_digits, parse_decimal, parse_money
from ..problems import Problem

PERCENT_DIGITS = 4
WEIGHT_DIGITS = 6
STEPS_MAX = 50
HUNDRED_PERCENT: int = 100 * 10**PERCENT_DIGITS


class Receiver(Section, frozen=True):
    """One of several receivers of a step, by parts."""

    agent: str
    parts: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1


GRANTED = "grant."
"""How the ids of steps begin that a decision took, not the policy. No step of a policy has a point in its id."""


class Step(Section, frozen=True):
    """`[[sharing.steps]]`: takes some of what is there, and gives it to somebody.

    Applies to all funds, or only to those in `funds`.

    Takes one of:
        percent: Of what is to be shared (`of = "total"`) or of what the steps before have left (`of = "remaining"`).
        amount: A sum in each distribution. monthly: A sum for each calendar month since the step is in force, each by the
            charter of that month, less what it got already. rest: All that is left.
    Gives (`to`):
        agents: To those in `agents`, by parts. upstream: The same, to other commons.
        members: To all members, equally: basic income. Who counts: `rolls`, `active_days`, `active_contributions`.
        contributions: By contributions; see below.
        repay: Back to those whose contributions are to be repaid, by what is still owed, or the oldest first (`order`).
        flow: Back along the production history of the products that incomes of the fund came in for (`income add --for`), to
            those who contributed to it; see below.
        reserve: To nobody: it stays in the fund.
    By flow: each income is split by what was worth how much in its product, by `weights` or `by_value` of the contributions
        in its history, and by the worth of what was used and cited there. It always catches up, so an income is shared once.
        use: Points for an hour of using a resource of a specification ("*": of any other). They go to those who contributed
            that resource; if nobody has, to whoever answers for it. cite: The same for citing; "whole" counts all that the
            cited design is worth.
    Contributions:
        weights: Points per unit of each kind; only these kinds count. `review` weighs reviewing, relative to the points of
            what was reviewed. by_value: Points are the worth of the contribution in money instead.
        kinds, domains, processes: Only these. since, until: Only what was contributed from this day, before that day.
        last_days: Only what was contributed in so many days before. half_life_days: Points halve with this age.
        at_least, at_most: Money per peer. at_most_percent: Of the step, per peer. drop_below: Smaller shares are left out,
            and the rest is shared among the others.
        catch_up: By all that the step ever gave: who got less than their part of the points so far comes first.
        full_at: So many contributions make a full step; fewer make it smaller in proportion. It counts contributions, not
            what they weigh: work entered in pieces fills the step sooner, for everybody.
    """

    id: Name
    to: Literal["agents", "upstream", "members", "contributions", "flow", "repay", "reserve"]
    label: str = ""
    funds: list[Name] = []
    percent: str = ""
    of: Literal["total", "remaining"] = "total"
    amount: str = ""
    monthly: str = ""
    rest: bool = False
    agents: list[Receiver] = []
    rolls: list[Literal["producer", "user"]] = []
    active_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 0
    active_contributions: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    weights: dict[str, str] = {}
    by_value: bool = False
    use: dict[str, str] = {}
    cite: dict[str, str] = {}
    kinds: list[str] = []
    domains: list[str] = []
    processes: list[str] = []
    since: str = ""
    until: str = ""
    last_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 0
    half_life_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 0
    at_least: str = ""
    at_most: str = ""
    at_most_percent: str = ""
    drop_below: str = ""
    catch_up: bool = False
    full_at: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0
    order: Literal["pro_rata", "oldest"] = "pro_rata"


class Policy(Section, frozen=True):
    """`[sharing]`. funds: The funds that there are; the first is meant where none is named."""

    steps: Annotated[list[Step], msgspec.Meta(max_length=STEPS_MAX)] = []
    funds: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=50)] = msgspec.field(default_factory=lambda: ["common"])


_ONLY_CONTRIBUTIONS = (
    "weights", "by_value", "half_life_days", "at_least", "at_most_percent", "drop_below", "catch_up", "full_at",
)  # fmt: skip
_FILTERS = ("kinds", "domains", "processes", "since", "until", "last_days")
_ONLY_MEMBERS = ("rolls", "active_days")
_ONLY_FLOW = ("use", "cite")


def for_fund(policy: Policy, fund: str) -> Policy:
    """The policy with the steps that apply to a fund."""
    return msgspec.structs.replace(policy, steps=[step for step in policy.steps if not step.funds or fund in step.funds])


def check_sharing(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with `[sharing]`; a policy that cannot be satisfied is refused here, with the reason."""
    policy = convert_section(values, "sharing", Policy)
    if isinstance(policy, Problem):
        return [Problem(policy.code, policy.message, policy.field.partition("[...]")[0])]
    problems: list[Problem] = []
    if len(set(policy.funds)) != len(policy.funds):
        problems.append(Problem("charter.bad_policy", "Name each fund once.", "sharing.funds"))
    seen: set[str] = set()
    for number, step in enumerate(policy.steps):
        field = f"sharing.steps[{number}]"
        if step.id in seen:
            problems.append(Problem("charter.bad_policy", f"Two steps have the id {step.id!r}.", f"{field}.id"))
        seen.add(step.id)
        unknown = [fund for fund in step.funds if fund not in policy.funds]
        if unknown:
            problems.append(Problem("charter.bad_policy", f"{unknown[0]!r} is no fund of this charter: {', '.join(policy.funds)}.", f"{field}.funds"))
        problems += _check_step(step, field, values)
    countable = not problems
    for fund in policy.funds:
        problems += _check_order(policy, fund, countable=countable)
    return list(dict.fromkeys(problems))


def _check_order(policy: Policy, fund: str, *, countable: bool) -> list[Problem]:
    """What is wrong with the steps that apply to a fund, taken together. countable: Whether their figures are in order."""
    problems, percent_of_total, ended = [], 0, ""
    for number, step in enumerate(policy.steps):
        if step.funds and fund not in step.funds:
            continue
        if ended:
            problems.append(Problem("charter.bad_policy", "A step that takes the rest is the last: nothing is left after it.", f"{ended}.rest"))
            break
        ended = f"sharing.steps[{number}]" if step.rest else ""
        percent_of_total += parse_decimal(step.percent, PERCENT_DIGITS) if countable and step.percent and step.of == "total" else 0
        if percent_of_total > HUNDRED_PERCENT:
            problem = "The steps take more than 100 percent of the total."
            problems.append(Problem("charter.bad_policy", problem, f"sharing.steps[{number}].percent"))
            break
    return problems


def _check_step(step: Step, field: str, values: Mapping[str, Any]) -> list[Problem]:
    problems = []
    taking = [name for name in ("percent", "amount", "monthly") if getattr(step, name)] + ["rest"] * step.rest
    if len(taking) != 1:
        given = " and ".join(taking) or "none of them"
        problem = f"A step takes one of percent, amount, monthly or rest; this one has {given}."
        problems.append(Problem("charter.bad_policy", problem, f"{field}.{taking[1] if taking[1:] else 'id'}"))
    problems += _check_numbers(step, field, currency_in(values))
    if (step.to in ("agents", "upstream")) != bool(step.agents):
        problems.append(Problem("charter.bad_policy", "Steps to agents or upstream, and only these, have agents.", f"{field}.agents"))
    allowed = _allowed(step.to)
    for name in (*_ONLY_CONTRIBUTIONS, *_FILTERS, *_ONLY_MEMBERS, *_ONLY_FLOW, "at_most"):
        if getattr(step, name) and name not in allowed:
            problems.append(Problem("charter.bad_policy", f"{name} has no meaning in a step to {step.to}.", f"{field}.{name}"))
    if len({receiver.agent for receiver in step.agents}) != len(step.agents):
        problems.append(Problem("charter.bad_policy", "Name each agent of a step once, with its parts.", f"{field}.agents"))
    if step.of != "total" and not step.percent:
        problems.append(Problem("charter.bad_policy", "of says of what the percent is; this step takes no percent.", f"{field}.of"))
    if step.order != "pro_rata" and step.to != "repay":
        problems.append(Problem("charter.bad_policy", f"order has no meaning in a step to {step.to}.", f"{field}.order"))
    if step.active_contributions > 1 and not step.active_days:
        problem = "active_contributions counts those of the last active_days: say how many days."
        problems.append(Problem("charter.bad_policy", problem, f"{field}.active_contributions"))
    if step.to in ("contributions", "flow"):
        problems += _check_weights(step, field, values)
    if step.to == "flow":
        problems += _check_prices(step, field, price_digits(step, values))
    return problems + _check_filters(step, field, values)


def _allowed(to: str) -> set[str]:
    if to == "contributions":
        return {*_ONLY_CONTRIBUTIONS, *_FILTERS, "at_most"}
    if to == "flow":
        return {"weights", "by_value", "drop_below", *_ONLY_FLOW, *_FILTERS}
    if to == "repay":
        return {*_FILTERS}
    return {*_ONLY_MEMBERS, "at_most"} if to == "members" else set()


def _check_numbers(step: Step, field: str, currency: str) -> list[Problem]:
    problems = []
    for name in ("amount", "monthly", "at_least", "at_most", "drop_below"):
        try:
            if getattr(step, name):
                parse_money(getattr(step, name), currency)
        except ValueError as error:
            problems.append(Problem("charter.bad_amount", f"{error}.", f"{field}.{name}"))
    for name in ("percent", "at_most_percent"):
        try:
            if getattr(step, name) and not 0 < parse_decimal(getattr(step, name), PERCENT_DIGITS) <= HUNDRED_PERCENT:
                raise ValueError(f"{getattr(step, name)!r} is not between 0 and 100")
        except ValueError as error:
            problems.append(Problem("charter.bad_amount", f"{error}.", f"{field}.{name}"))
    for name in ("since", "until"):
        try:
            if getattr(step, name):
                date.fromisoformat(getattr(step, name))
        except ValueError:
            problems.append(Problem("charter.bad_date", "Write a day as 2026-11-23.", f"{field}.{name}"))
    if not problems and step.since and step.until and day_start(step.since) >= day_start(step.until):
        problems.append(Problem("charter.bad_policy", "until is not after since: no day is left.", f"{field}.until"))
    if not problems and step.at_least and step.at_most and parse_money(step.at_least, currency) > parse_money(step.at_most, currency):
        problems.append(Problem("charter.bad_policy", "at_least is more than at_most: nobody can get both.", f"{field}.at_least"))
    return problems


def _check_weights(step: Step, field: str, values: Mapping[str, Any]) -> list[Problem]:
    problems = []
    known = _table(values, "kinds")
    if bool(step.weights) == step.by_value:
        problem = 'Say what counts: weights = { work = "1" } for points per unit, or by_value = true.'
        problems.append(Problem("charter.bad_policy", problem, f"{field}.weights"))
    for kind, weight in step.weights.items():
        try:
            if parse_decimal(weight, WEIGHT_DIGITS) >= 10**15:
                raise ValueError(f"{weight!r} is too large for a weight")
        except ValueError as error:
            problems.append(Problem("charter.bad_amount", f"{kind}: {error}.", f"{field}.weights"))
        if kind not in known and kind != REVIEW:
            problems.append(Problem("charter.unknown_kind", f"{kind!r} is no kind of this charter.", f"{field}.weights"))
    if step.catch_up and (step.at_least or step.at_most or step.at_most_percent):
        problems.append(Problem("charter.bad_policy", "catch_up does not go with at_least or at_most.", f"{field}.catch_up"))
    return problems


def _check_prices(step: Step, field: str, digits: int) -> list[Problem]:
    problems = []
    for name, prices in (("use", step.use), ("cite", step.cite)):
        for specification, price in prices.items():
            try:
                if not (name == "cite" and price == "whole") and parse_decimal(price, digits) >= 10**15:
                    raise ValueError(f"{price!r} is too large")
            except ValueError as error:
                problems.append(Problem("charter.bad_amount", f"{specification}: {error}.", f"{field}.{name}"))
    if REVIEW in step.weights:
        problems.append(Problem("charter.bad_policy", "Reviewing is in no production history: a step by flow does not weigh it.", f"{field}.weights"))
    return problems


def _check_filters(step: Step, field: str, values: Mapping[str, Any]) -> list[Problem]:
    problems = [
        Problem("charter.unknown_kind", f"{kind!r} is no kind of this charter.", f"{field}.kinds")
        for kind in step.kinds
        if kind not in _table(values, "kinds") and kind != REVIEW
    ]
    named = _table(values, "commons").get("domains")
    domains = named if isinstance(named, list) else []
    return problems + [
        Problem("charter.unknown_domain", f"{domain!r} is no domain of this charter.", f"{field}.domains")
        for domain in step.domains
        if domain not in domains
    ]


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table of the charter; empty where it is none, which the check of that section tells."""
    table = values.get(name)
    return table if isinstance(table, Mapping) else {}


def day_start(text: str) -> int:
    """Unix seconds of the beginning of a day, UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def point_weights(step: Step, values: Mapping[str, Any]) -> dict[str, int]:
    """Points of one unit of each kind that counts in a step: millionths of the weight, or minor units of the worth."""
    kinds = contribution_kinds(values)
    if step.by_value:
        weights = {name: kind.value_minor or 0 for name, kind in kinds.items()}
    else:
        weights = {name: parse_decimal(weight, WEIGHT_DIGITS) for name, weight in step.weights.items() if name != REVIEW}
    return {name: weight for name, weight in weights.items() if weight and (not step.kinds or name in step.kinds)}


def price_digits(step: Step, values: Mapping[str, Any]) -> int:
    """How many digits after the point what using and citing is worth has: those of the currency, or of a weight."""
    return (currency_digits(currency_in(values)) or 0) if step.by_value else WEIGHT_DIGITS


def review_weight(step: Step) -> int:
    """What reviewing weighs, in millionths of the points of what was reviewed."""
    return parse_decimal(step.weights[REVIEW], WEIGHT_DIGITS) if REVIEW in step.weights else 0
