"""A step of a policy as a sentence. Whatever the step says is in it: nobody should have to read TOML to see why."""

from __future__ import annotations

from collections.abc import Mapping

from .policy import Step


def describe(step: Step, currency: str, names: Mapping[str, str], *, weights: bool = True, funds: bool = True) -> str:
    """What a step takes, to whom it gives, what counts, and within which limits.

    Args:
        names: Of the agents that the policy names, by id; one without a name is called by its id.
        weights: Whether the sentence tells the weights; not where they stand beside it. funds: Whether it tells to which funds the
            step applies; not where it is about one.
    """
    of_funds = [f"only for the fund{'s' if len(step.funds) > 1 else ''} {', '.join(step.funds)}"] if funds and step.funds else []
    takes = f"{_takes(step, currency)} {_gives(step, names, weights=weights)}"
    return "; ".join([takes, *of_funds, *_counts(step), *_flows(step), *_limits(step, currency)])


def _takes(step: Step, currency: str) -> str:
    if step.percent:
        return f"{step.percent} % of {'the total' if step.of == 'total' else 'what is left'}"
    if step.monthly:
        return f"{step.monthly} {currency} for each month"
    return "the rest" if step.rest else f"{step.amount} {currency}"


def _gives(step: Step, names: Mapping[str, str], *, weights: bool) -> str:
    called = [(names.get(receiver.agent) or receiver.agent, receiver.parts) for receiver in step.agents]
    receivers = ", ".join(f"{name} ({parts})" if len(called) > 1 else name for name, parts in called)
    if step.to == "members":
        return f"to all {_members(step)}, equally"
    if step.to in ("contributions", "flow"):
        told = ", ".join(f"{kind} {weight}" for kind, weight in step.weights.items()) if weights else ""
        by = "by validated contributions" if step.to == "contributions" else "back along the history of what was sold, to those who contributed to it"
        return by + (f": {told}" if told else "") + (", by their worth in money" if step.by_value else "")
    return {
        "agents": f"to {receivers}",
        "upstream": f"upstream, to {receivers}",
        "repay": "back to those who lent or paid for the commons" + (", oldest first" if step.order == "oldest" else ""),
        "reserve": "kept as a reserve",
    }[step.to]


def _members(step: Step) -> str:
    who = "members" if not step.rolls else " and ".join(f"{roll}s" for roll in step.rolls)
    if not step.active_days:
        return who
    times = "" if step.active_contributions == 1 else f" at least {step.active_contributions} times"
    return f"{who} who contributed{times} in the last {step.active_days} days"


def _counts(step: Step) -> list[str]:
    """Which contributions count, and how their age matters."""
    said = [f"only {what} {', '.join(only)}" for what, only in (("of", step.kinds), ("in", step.domains), ("for", step.processes)) if only]
    said += [f"only from {step.since}"] if step.since else []
    said += [f"only before {step.until}"] if step.until else []
    said += [f"only of the last {step.last_days} days"] if step.last_days else []
    return said + ([f"half as much after {step.half_life_days} days"] if step.half_life_days else [])


def _flows(step: Step) -> list[str]:
    """What using and citing is worth in a step by flow."""
    said = []
    for what, prices, of in (("using", step.use, "an hour"), ("citing", step.cite, "each time")):
        told = [
            f"{'anything else' if name == '*' else name} {'all that it is worth' if price == 'whole' else price}" for name, price in prices.items()
        ]
        said += [f"{what} counts {of}: {', '.join(told)}"] if told else []
    return said


def _limits(step: Step, currency: str) -> list[str]:
    bounds = (("at least", step.at_least), ("at most", step.at_most), ("nothing below", step.drop_below))
    said = [f"{word} {amount} {currency} each" for word, amount in bounds if amount]
    said += [f"at most {step.at_most_percent} % each"] if step.at_most_percent else []
    said += ["who got less than their part so far comes first"] if step.catch_up else []
    return said + ([f"in full from {step.full_at} contributions on, in proportion below"] if step.full_at else [])
