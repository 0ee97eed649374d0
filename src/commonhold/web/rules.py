"""Rules of a policy for people: a sentence, and beside it the weights one by one; and the colour that each step keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..commons.queries import commons_section, organization_names
from ..contributions.charter import REVIEW, contribution_kinds
from ..sharing.compute import policy_of
from ..sharing.policy import GRANTED
from ..sharing.statement import charter_at
from ..store.transaction import Transaction
from .charts.marks import SERIES_MAX
from .policy_words import step_sentence

REST_COLOUR = SERIES_MAX - 1
"""Of what stays in a fund, on every page."""


def rules_at(transaction: Transaction, commons: str, charter: int) -> dict[str, dict[str, Any]]:
    """By id, the rules of the policy of the charter that came into force at a position, in the order of the policy.

    Each has `sentence`, without weights, and `weights`: `{kind, label, weight, unit}`; a review has no unit.
    """
    values = charter_at(transaction, commons, charter)
    names, currency = organization_names(transaction, commons), commons_section(transaction, commons).currency
    kinds = contribution_kinds(values)
    found = {}
    for step in policy_of(values).steps:
        weights = [
            {
                "kind": kind, "label": kinds[kind].label if kind in kinds else kind, "weight": weight,
                "unit": "" if kind == REVIEW or kind not in kinds else kinds[kind].unit,
            }
            for kind, weight in step.weights.items()
        ]  # fmt: skip
        found[step.id] = {"sentence": step_sentence(step, currency, names), "weights": weights}
    return found


def with_grants(rules: dict[str, dict[str, Any]], steps: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The rules, with what is said of steps that no policy has: those by which a decision granted something."""
    return rules | {step: {"sentence": str(_("granted by a decision")), "weights": []} for step in steps if step.startswith(GRANTED)}


def colours(policy: Sequence[str], shown: Iterable[str]) -> Mapping[str, int]:
    """The colour of each step, by its place in the policy; steps of earlier policies come after those of this one.

    >>> dict(colours(["reserve", "income"], ["income", "gone", "reserve"]))
    {'reserve': 0, 'income': 1, 'gone': 2}
    """
    return {id_: place % REST_COLOUR for place, id_ in enumerate(dict.fromkeys([*policy, *sorted(set(shown) - set(policy))]))}
