"""When does a claim count? Pure: from the verdicts of peers to what follows from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one peer said: `accept`, `adjust` or `refuse`; amount in millionths of the unit, and kind, as they think right."""

    attester: int
    verdict: str
    amount: int
    kind: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`validated` with what counts, or `refused` with nothing."""

    state: str
    amount: int
    kind: str


def decide(verdicts: list[Verdict], quorum: int) -> Decision | None:
    """What the verdicts come to, or None while they are too few.

    A claim is validated when a quorum of peers has accepted or adjusted it, and refused when a quorum has refused it. What
    counts is the lower median of the amounts (so no single peer can raise it), and the kind that most named (ties: the
    first in the alphabet). Verdicts are independent of their order, but the first quorum that is reached decides.

    >>> decide([Verdict(1, "accept", 10, "work"), Verdict(2, "adjust", 6, "work")], 2)
    Decision(state='validated', amount=6, kind='work')
    """
    positive = [verdict for verdict in verdicts if verdict.verdict != "refuse"]
    if len(positive) >= quorum:
        amounts = sorted(verdict.amount for verdict in positive)
        kinds = Counter(verdict.kind for verdict in positive)
        kind = min(kinds, key=lambda name: (-kinds[name], name))
        return Decision("validated", amounts[(len(amounts) - 1) // 2], kind)
    refusals = [verdict for verdict in verdicts if verdict.verdict == "refuse"]
    if len(refusals) >= quorum:
        return Decision("refused", 0, refusals[0].kind)
    return None
