"""When a claim counts: properties of the rule, and of verdicts in any order."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from commonhold.contributions.decision import Decision, Verdict, decide

VERDICTS = st.lists(
    st.builds(
        Verdict,
        st.integers(0, 9),
        st.sampled_from(["accept", "adjust", "refuse"]),
        st.integers(0, 10**12) | st.integers(0, 5),
        st.sampled_from("abc"),
    ),
    max_size=9,
    unique_by=lambda verdict: verdict.attester,
)
QUORUM = st.integers(1, 6)


def positive(verdicts: list[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.verdict != "refuse"]


@given(VERDICTS, QUORUM)
def test_nothing_is_decided_before_a_quorum(verdicts: list[Verdict], quorum: int) -> None:
    """A quorum of acceptances validates, a quorum of refusals refuses, and less decides nothing."""
    decision = decide(verdicts, quorum)
    agree = len(positive(verdicts))
    if agree >= quorum:
        assert decision is not None and decision.state == "validated"
    elif len(verdicts) - agree >= quorum:
        assert decision == Decision("refused", 0, decision.kind if decision else "")
    else:
        assert decision is None


@given(VERDICTS, QUORUM, st.randoms(use_true_random=False))
def test_verdicts_decide_the_same_in_any_order(verdicts: list[Verdict], quorum: int, chance: object) -> None:
    """What counts does not depend on who spoke first."""
    mixed = list(verdicts)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = decide(verdicts, quorum), decide(mixed, quorum)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.state, one.amount) == (other.state, other.amount)
        assert one.state == "refused" or one.kind == other.kind


@given(VERDICTS, QUORUM)
def test_what_counts_is_the_lower_median(verdicts: list[Verdict], quorum: int) -> None:
    """At least half of the agreeing peers said as much or more, and somebody said just that."""
    decision = decide(verdicts, quorum)
    assume(decision is not None and decision.state == "validated")
    assert decision is not None
    amounts = [verdict.amount for verdict in positive(verdicts)]
    assert decision.amount in amounts
    assert 2 * sum(amount >= decision.amount for amount in amounts) >= len(amounts)
    assert 2 * sum(amount <= decision.amount for amount in amounts) >= len(amounts)
    assert all(decision.amount <= other for other in amounts if 2 * sum(amount <= other for amount in amounts) >= len(amounts))


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8), st.integers(0, 10**9))
def test_no_single_peer_raises_what_the_others_agree_on(amounts: list[int], much: int) -> None:
    """With one peer more, however much they say, no more counts than the largest that another peer named."""
    honest = [Verdict(number, "adjust", amount, "work") for number, amount in enumerate(amounts)]
    decision = decide([*honest, Verdict(99, "adjust", much, "work")], 2)
    assert decision is not None
    assert decision.amount <= max(amounts)


@given(VERDICTS, QUORUM)
def test_the_kind_is_what_most_say(verdicts: list[Verdict], quorum: int) -> None:
    """The kind that most agreeing peers named; ties go to the first in the alphabet."""
    decision = decide(verdicts, quorum)
    assume(decision is not None and decision.state == "validated")
    assert decision is not None
    kinds = [verdict.kind for verdict in positive(verdicts)]
    assert all((-kinds.count(decision.kind), decision.kind) <= (-kinds.count(kind), kind) for kind in kinds)
