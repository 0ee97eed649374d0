"""The figures of a policy that a what-if can turn, by their steps, with words for everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ...commons.queries import charter_values
from ...contributions.charter import REVIEW, contribution_kinds
from ...node.previews import figure_line
from ...sharing.compute import policy_of
from ...sharing.turned import figures
from ...store.transaction import Transaction
from ..labels import FIGURES
from ..rules import rules_at

Values = dict[str, Any]


def charter_here(transaction: Transaction, commons: str) -> int:
    """Where the charter in force stands in the journal."""
    return int(transaction.value("SELECT MAX(position) FROM charter WHERE commons = ?", (commons,)))


def lines_of(transaction: Transaction, commons: str, fund: str, given: Mapping[str, str]) -> list[Values]:
    """The figures of the policy of a fund, with what is asked for in their place."""
    return [figure_line(one, given) for one in figures(charter_values(transaction, commons), fund)]


def groups_here(transaction: Transaction, commons: str, fund: str) -> list[Values]:
    """The figures as the charter has them, by their steps."""
    return groups_of(transaction, commons, lines_of(transaction, commons, fund, {}))


def groups_of(transaction: Transaction, commons: str, lines: list[Values]) -> list[Values]:
    """The figures by the steps that they are of, with words for everything; the worths of kinds last."""
    values = charter_values(transaction, commons)
    kinds = {name: kind.label for name, kind in contribution_kinds(values).items()} | {REVIEW: _("Review")}
    rules = rules_at(transaction, commons, charter_here(transaction, commons))
    found: list[Values] = []
    for step in policy_of(values).steps:
        own = [line for line in lines if line["step"] == step.id]
        if not own:
            continue
        weights = [line | {"label": kinds.get(line["key"], line["key"])} for line in own if line["form"] == "weight"]
        of = "percent_left" if step.of == "remaining" else "percent"
        plain = [
            line | {"label": str(FIGURES[of if line["key"] == "percent" else line["key"]])} for line in own if line["form"] not in ("weight", "out")
        ]
        found.append(
            {
                "step": step.id, "label": step.label or step.id, "sentence": rules[step.id]["sentence"], "plain": plain,
                "weights": [one for one in weights if one["value"] or one["now"]], "more": [one for one in weights if not one["value"] and not one["now"]],
                "out": next(line for line in own if line["form"] == "out"), "rest": step.rest,
            }
        )  # fmt: skip
    worths = [line | {"label": kinds.get(line["key"], line["key"])} for line in lines if not line["step"]]
    if worths:
        found.append(
            {"step": "", "label": _("Worth of one unit"), "sentence": "", "plain": [], "weights": worths, "more": [], "out": None, "rest": False}
        )
    return found


def change_words(transaction: Transaction, commons: str, lines: list[Values], turned: Mapping[str, str]) -> list[str]:
    """What is turned, in words: *Upstream commons, percent of the total: 7.5 instead of 5*."""
    found = []
    for group in groups_of(transaction, commons, lines):
        for line in (*group["plain"], *group["weights"], *group["more"], *([group["out"]] if group["out"] else [])):
            if line["name"] not in turned:
                continue
            if line["form"] == "out":
                found.append(_("%(step)s: left out") % {"step": group["label"]})
                continue
            words = {"step": group["label"], "what": line["label"], "now": turned[line["name"]] or "0", "before": line["value"] or "0"}
            found.append(_("%(step)s, %(what)s: %(now)s instead of %(before)s") % words)
    return found
