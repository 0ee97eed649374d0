"""Pictures of decisions: how many voted, who was for what, how a count went round by round, where a budget went."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from .charts.tallies import Bar, Part, tallies
from .jinja import number
from .labels import label

FOR, AGAINST = 2, 5
"""Fillings of those for it, and of those against it."""
ROUNDS_MAX, OPTIONS_MAX = 40, 7


def meters(values: dict[str, Any]) -> Markup:
    """How many of each roll have voted; of a hidden vote nothing else is known before its close."""
    if values["terms"]["rule"] in ("consent", "lazy"):
        return Markup("")
    quorum = values["terms"]["rule"] == "yes_no"
    bars = []
    for line in values["turnout"]:
        voted = Fraction(line["voted"])
        said = _("%(count)s of %(all)s have voted") % {"count": line["voted"], "all": line["electors"]}
        mark = Fraction(line["quorum"]) if quorum else None
        needed = _("%(count)s must be for it") % {"count": line["quorum"]} if quorum else ""
        roll = label("electorate", line["roll"])
        bars.append(Bar(roll[:1].upper() + roll[1:], said, [Part(voted, 0, said)], Fraction(max(1, line["electors"])), mark, needed))
    title = _("How many have voted")
    return tallies("turnout", title, _("For each roll: who has voted, of all who may. The same is in the table below."), bars)


def outcome_picture(values: dict[str, Any]) -> Markup:
    """For and against in each roll; of a budget, what was funded."""
    result = values["result"]
    if result is None:
        return Markup("")
    if values["question"] == "budget":
        return _budget(values)
    if not result["support"] or values["terms"]["rule"] != "yes_no":
        return Markup("")
    title_of = {one["id"]: one["title"] for one in values["options"]}
    several = len({one["option"] for one in result["support"]}) > 1
    bars = []
    for one in result["support"][: OPTIONS_MAX * 2]:
        roll = label("electorate", one["roll"])
        name = f"{title_of.get(one['option'], one['option'])} – {roll}" if several else roll[:1].upper() + roll[1:]
        said = _("%(yes)s for, %(no)s against") % {"yes": one["votes_for"], "no": one["votes_against"]}
        parts = [
            Part(Fraction(one["votes_for"]), FOR, _("%(count)s for") % {"count": one["votes_for"]}),
            Part(Fraction(one["votes_against"]), AGAINST, _("%(count)s against") % {"count": one["votes_against"]}),
        ]
        needed = needed_for(one, values["terms"]["majority"])
        words = _("%(count)s for it were needed") % {"count": needed}
        bars.append(Bar(name, said, parts, Fraction(max(1, one["electors"])), Fraction(needed), words))
    return tallies(
        "support", _("For and against"), _("Of all who could vote, how many were for it and against it. The same is in the table below."), bars
    )


def needed_for(one: dict[str, Any], majority: str) -> int:
    """How many must be for an option, given how many spoke for or against it."""
    share = Fraction(majority)
    spoke = one["votes_for"] + one["votes_against"]
    enough = spoke // 2 + 1 if share == Fraction(1, 2) else -(-spoke * share.numerator // share.denominator)
    return max(one["quorum"], int(enough))


def _budget(values: dict[str, Any]) -> Markup:
    result, currency = values["result"], values["currency"]
    total = Fraction(values["amount"] or "0")
    bars = []
    for one in funding(values):
        cost = Fraction(one["cost"])
        state = _("funded") if one["funded"] else _("not funded")
        bars.append(Bar(one["title"], f"{number(one['cost'])} {currency}, {state}", [Part(cost, FOR if one["funded"] else None, state)], total))
    if not bars:
        return Markup("")
    said = _("Each project as long as its cost, of %(amount)s %(currency)s. The same is in the table below.")
    return (
        tallies("budget", _("What the budget pays for"), said % {"amount": values["amount"], "currency": currency}, bars[:60])
        if result
        else Markup("")
    )


def funding(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The projects of a budget that was decided: cost, approvals, whether they are funded, and whether by most votes first."""
    result = values["result"]
    greedy = result["alternatives"].get("greedy")
    votes = votes_for(values)
    found = [
        {
            "id": one["id"], "title": one["title"], "cost": one["cost"], "to": one["to"], "votes": votes.get(one["id"], 0),
            "funded": one["id"] in result["winners"], "greedy": None if greedy is None else one["id"] in greedy,
        }
        for one in values["options"] if one["id"] in result["options"]
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one["funded"], -one["votes"]))


def votes_for(values: dict[str, Any]) -> dict[str, int]:
    """Approvals of each option in the ballots that were opened, without those cast for others."""
    found: dict[str, int] = {}
    for one in values.get("ballots") or ():
        for id_ in one["ballot"].get("approvals") or ():
            found[id_] = found.get(id_, 0) + 1
    return found


def rounds_picture(values: dict[str, Any]) -> Markup:
    """How many votes each option had, round by round, where a count has rounds."""
    result = values["result"]
    if result is None or result["rule"] != "stv" or not result["rounds"]:
        return Markup("")
    title_of = {one["id"]: one["title"] for one in values["options"]}
    colour = {id_: place for place, id_ in enumerate(result["options"])}
    whole = max((sum((Fraction(text) for text in one["tallies"].values()), Fraction(0)) for one in result["rounds"]), default=Fraction(1))
    quota = int(whole) // (int(result["parameters"]["seats"]) + 1) + 1
    bars = []
    for place, one in enumerate(result["rounds"][:ROUNDS_MAX], 1):
        parts = [
            Part(Fraction(text), colour[id_], f"{title_of.get(id_, id_)}: {number(text)}")
            for id_, text in sorted(one["tallies"].items(), key=lambda pair: colour[pair[0]])
        ]
        what = ", ".join(title_of.get(id_, id_) for id_ in one["options"])
        bars.append(Bar(_("Round %(n)s") % {"n": place}, f"{label('event', one['event'])} {what}".strip(), parts, whole, None, ""))
    said = _("The votes of each option in each round, side by side; %(quota)s elect.") % {"quota": quota}
    return tallies("rounds", _("The count, round by round"), said + " " + _("The same is in the table below."), bars)
