"""A step of a policy as a sentence in the language of the page, and what happened in it: what `sharing.sentence` says in English, for people."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from ..sharing.policy import Step

REMARKS = {
    "No income names a product that somebody contributed to.": gettext_lazy("No income names a product that somebody contributed to."),
    "No contribution counts here.": gettext_lazy("No contribution counts here."),
    "No member counts as active.": gettext_lazy("No member counts as active."),
    "Every member got the most that the step allows.": gettext_lazy("Every member got the most that the step allows."),
    "Every share would be below the smallest that is paid.": gettext_lazy("Every share would be below the smallest that is paid."),
    "Everybody got the most that the bounds allow.": gettext_lazy("Everybody got the most that the bounds allow."),
}
_FULL = re.compile(r"(\d+) contributions; (\d+) make a full step\.")


def number(value: int | str) -> str:
    """A figure as the language writes it."""
    from .jinja import number as written

    return written(value)


def remark(said: str) -> str:
    """What is remarked of a step in a distribution; words of people stay as they are."""
    if found := _FULL.fullmatch(said):
        return _("%(count)s contributions; %(full)s make a full step.") % {"count": number(found[1]), "full": number(found[2])}
    return str(REMARKS.get(said, said))


def step_sentence(step: Step, currency: str, names: Mapping[str, str], *, weights: bool = False) -> str:
    """What a step takes, to whom it gives, what counts, and within which limits.

    Args:
        names: Of the agents that the policy names, by id; one without a name is called by its id.
        weights: Whether the sentence tells the weights; not where they stand beside it.
    """
    takes = _("%(part)s %(receivers)s") % {"part": _takes(step, currency), "receivers": _gives(step, names, weights=weights)}
    funds = (
        [ngettext("only for the fund %(names)s", "only for the funds %(names)s", len(step.funds)) % {"names": ", ".join(step.funds)}]
        if step.funds
        else []
    )
    return "; ".join([takes, *funds, *_counts(step), *_flows(step), *_limits(step, currency)])


def _takes(step: Step, currency: str) -> str:
    if step.percent:
        share = {"percent": number(step.percent)}
        return (_("%(percent)s %% of the total") if step.of == "total" else _("%(percent)s %% of what is left")) % share
    if step.monthly:
        return _("%(amount)s %(currency)s for each month") % {"amount": number(step.monthly), "currency": currency}
    return _("the rest") if step.rest else f"{number(step.amount)} {currency}"


def _gives(step: Step, names: Mapping[str, str], *, weights: bool) -> str:
    called = [(names.get(receiver.agent) or receiver.agent, receiver.parts) for receiver in step.agents]
    receivers = ", ".join(f"{name} ({number(parts)})" if len(called) > 1 else name for name, parts in called)
    said = {
        "members": _("to all %(members)s, equally") % {"members": _members(step)},
        "contributions": _("by validated contributions"),
        "flow": _("back along the history of what was sold, to those who contributed to it"),
        "agents": _("to %(receivers)s") % {"receivers": receivers},
        "upstream": _("upstream, to %(receivers)s") % {"receivers": receivers},
        "repay": _("back to those who lent or paid for the commons"),
        "reserve": _("kept as a reserve"),
    }[step.to]
    told = ", ".join(f"{kind} {number(weight)}" for kind, weight in step.weights.items()) if weights else ""
    said += f": {told}" if told else ""
    said += ", " + _("by their worth in money") if step.by_value else ""
    return said + (", " + _("oldest first") if step.to == "repay" and step.order == "oldest" else "")


def _members(step: Step) -> str:
    rolls = {"producer": pgettext("to all …", "producers"), "user": pgettext("to all …", "users")}
    who = pgettext("to all …", "members") if not step.rolls else (" " + _("and") + " ").join(rolls[roll] for roll in step.rolls)
    if not step.active_days:
        return who
    if step.active_contributions == 1:
        return _("%(members)s who contributed in the last %(days)s days") % {"members": who, "days": number(step.active_days)}
    return _("%(members)s who contributed at least %(times)s times in the last %(days)s days") % {
        "members": who, "times": number(step.active_contributions), "days": number(step.active_days),
    }  # fmt: skip


def _counts(step: Step) -> list[str]:
    """Which contributions count, and how their age matters."""
    only = ((_("only of %(names)s"), step.kinds), (_("only in %(names)s"), step.domains), (_("only for %(names)s"), step.processes))
    said = [words % {"names": ", ".join(these)} for words, these in only if these]
    said += [_("only from %(day)s") % {"day": step.since}] if step.since else []
    said += [_("only before %(day)s") % {"day": step.until}] if step.until else []
    said += [_("only of the last %(days)s days") % {"days": number(step.last_days)}] if step.last_days else []
    return said + ([_("half as much after %(days)s days") % {"days": number(step.half_life_days)}] if step.half_life_days else [])


def _flows(step: Step) -> list[str]:
    """What using and citing is worth in a step by flow."""
    said = []
    for words, prices in ((_("using counts an hour: %(prices)s"), step.use), (_("citing counts each time: %(prices)s"), step.cite)):
        other, whole = _("anything else"), _("all that it is worth")
        told = [f"{other if name == '*' else name} {whole if price == 'whole' else number(price)}" for name, price in prices.items()]
        said += [words % {"prices": ", ".join(told)}] if told else []
    return said


def _limits(step: Step, currency: str) -> list[str]:
    bounds = (
        (_("at least %(amount)s %(currency)s each"), step.at_least),
        (_("at most %(amount)s %(currency)s each"), step.at_most),
        (_("nothing below %(amount)s %(currency)s each"), step.drop_below),
    )
    said = [words % {"amount": number(amount), "currency": currency} for words, amount in bounds if amount]
    said += [_("at most %(percent)s %% each") % {"percent": number(step.at_most_percent)}] if step.at_most_percent else []
    said += [_("who got less than their part so far comes first")] if step.catch_up else []
    return said + ([_("in full from %(count)s contributions on, in proportion below") % {"count": number(step.full_at)}] if step.full_at else [])
