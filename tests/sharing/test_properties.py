"""What must hold for every policy and whatever was contributed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from policy_values import DAY, IDENTITIES, VALUED, Given, Scene, givens, in_pieces, scenes, shared, totals
from world import START, World

from commonhold.commons.charter import check_charter
from commonhold.measure import parse_decimal, parse_money
from commonhold.node.composition import CHARTER_SECTIONS
from commonhold.problems import Refused
from commonhold.sharing.compute import Computed
from commonhold.sharing.distribute import StepResult
from commonhold.sharing.policy import Step, day_start
from commonhold.sharing.rounding import decay_table

MONTHS = 4
"""From the charter of a scene to its distribution: October to January."""

FEW = settings(max_examples=50)
MANY = settings(max_examples=100)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A commons whose tables each example writes and gives up again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        return World(tmp_path_factory.mktemp("ground") / "home")


def outcome(world: World, scene: Scene) -> Computed:
    """What a scene comes to, where its floors can be satisfied."""
    try:
        return shared(world, scene)
    except Refused as refused:
        assert refused.code == "sharing.unsatisfiable"
        assert any("at_least" in step for step in scene.steps)
        assume(False)
        raise


@settings(MANY)
@given(scenes())
def test_the_random_policies_are_in_order(scene: Scene) -> None:
    """What the other properties are about are charters that the check accepts."""
    assert check_charter(scene.charter(), CHARTER_SECTIONS) == []


@settings(MANY)
@given(scene=scenes())
def test_what_comes_in_is_what_goes_out_and_what_stays(ground: World, scene: Scene) -> None:
    """To the last minor unit, step by step and in all; nobody gets less than nothing, and nobody twice from one step."""
    computed = outcome(ground, scene)
    left = scene.pot
    for step in computed.outcome.steps:
        assert 0 <= step.taken <= left
        left -= step.taken
        assert sum(amount for _, amount in step.given) == (0 if step.step.to == "reserve" else step.taken)
        assert all(amount > 0 for _, amount in step.given)
        assert len({agent for agent, _ in step.given}) == len(step.given)
    assert computed.outcome.given == sum(amount for _, _, amount in computed.shares())
    assert computed.outcome.given + computed.outcome.kept == scene.pot
    assert computed.outcome.kept >= 0


@settings(MANY)
@given(scene=scenes())
def test_the_bounds_of_steps_hold(ground: World, scene: Scene) -> None:
    """Caps, floors, smallest shares, percentages and what a step asks for: checked against the policy, not the program."""
    computed = outcome(ground, scene)
    left = scene.pot
    for step in computed.outcome.steps:
        asked = _asked(step.step, scene, left)
        assert step.taken <= min(asked, left)
        left -= step.taken
        amounts = [amount for _, amount in step.given]
        if step.step.at_most:
            assert all(amount <= parse_money(step.step.at_most, scene.currency) for amount in amounts)
        if step.step.at_most_percent:
            assert all(amount * 100 * 10**4 <= asked * parse_decimal(step.step.at_most_percent, 4) for amount in amounts)
        if step.step.drop_below:
            assert all(amount >= parse_money(step.step.drop_below, scene.currency) for amount in amounts)
        if step.step.at_least and not step.step.at_most_percent and amounts:
            least = parse_money(step.step.at_least, scene.currency)
            assert all(amount >= min(least, _room(step, scene, agent)) for agent, amount in step.given)
        if step.step.to == "members" and amounts:
            assert max(amounts) - min(amounts) <= 1
            assert {agent for agent, _ in step.given} <= scene.members


def _asked(step: Step, scene: Scene, left: int) -> int:
    """What a step may take at most."""
    if step.percent:
        return (scene.pot if step.of == "total" else left) * parse_decimal(step.percent, 4) // (100 * 10**4)
    if step.monthly:
        got = sum(amount for id_, _, amount in scene.earlier if id_ == step.id)
        return max(0, MONTHS * parse_money(step.monthly, scene.currency) - got)
    return left if step.rest else parse_money(step.amount, scene.currency)


def _room(step: StepResult, scene: Scene, agent: int) -> int:
    """What an agent's contributions can hold: without an end where any of them shares while it lasts."""
    mine = step.points.ceilings[step.points.agents == agent]
    return scene.pot if (mine < 0).any() else int(mine.sum())


@settings(MANY)
@given(scene=scenes())
def test_every_share_is_explained_to_the_last_unit(ground: World, scene: Scene) -> None:
    """What each contribution brought adds up to the share, the points of all shares to the points of the step."""
    for step in outcome(ground, scene).outcome.steps:
        by_peer = 0
        explained = list(step.explained())
        assert [(agent, amount) for agent, amount, _, _ in explained] == step.given
        for agent, amount, points, detail in explained:
            if step.step.to not in ("contributions", "repay"):
                assert (points, detail) == (0, "")
                continue
            positions, weights, amounts, reviews = json.loads(detail)
            assert sum(amounts) == amount and min(amounts) >= 0
            assert sum(weights) == points > 0
            by_peer += points
            for position, review in zip(positions, reviews, strict=True):
                behind = scene.given[position - 100]
                assert agent in [scene.member(who) for who in (behind.reviewers if review else (behind.provider,))]
        silent = set(step.points.agents.tolist()) - {agent for agent, _ in step.given}
        assert (
            by_peer + sum(int(point) for point, agent in zip(step.points.points, step.points.agents, strict=True) if agent in silent)
            == step.all_points()
        )


@settings(MANY)
@given(scene=scenes())
def test_only_what_passes_the_filters_counts_and_never_what_chose_not_to(ground: World, scene: Scene) -> None:
    """Kinds, domains, processes and days of a step; never is never, once is once, and what is repaid has ended."""
    repaid: Counter[int] = Counter()
    for result in outcome(ground, scene).outcome.steps:
        step = result.step
        for position, amount, review in zip(result.points.positions.tolist(), result.amounts, result.points.reviews, strict=True):
            one = scene.given[position - 100]
            at = START - one.age * DAY
            assert one.repayment != "never" and (one.repayment != "once" or one.repaid is None or review)
            assert not step.kinds or one.kind in step.kinds
            assert not step.domains or one.domain in step.domains
            assert not step.processes or one.process in step.processes
            assert not step.since or at >= day_start(step.since)
            assert not step.until or at < day_start(step.until)
            assert not step.last_days or one.age <= step.last_days
            assert step.by_value or step.to == "repay" or parse_decimal(step.weights[one.kind], 6) > 0
            if one.repayment == "until_repaid" and not review:
                repaid[position] += int(amount)
            assert step.to != "repay" or one.repayment == "until_repaid"
    for position, amount in repaid.items():
        assert amount <= scene.worth(scene.given[position - 100])


PLAIN = {"id": "s", "to": "contributions", "rest": True}


@settings(MANY)
@given(
    st.lists(givens("EUR"), min_size=1, max_size=10),
    st.sampled_from([{"weights": {"work": "1", "code": "0.01", "care": "2.5", "review": "0.3"}}, {"by_value": True}]),
    st.sampled_from([{}, {"half_life_days": 30}]),
    st.integers(1, 10**9),
)
def test_shares_are_in_proportion_to_amount_weight_and_age(ground: World, made: list[Given], what: dict, age: dict, pot: int) -> None:
    """Reckoned anew with fractions: amount x weight x 2^(-age/half-life), reviews by their part; each share is less than a unit off."""
    scene = Scene("EUR", (PLAIN | what | age,), pot, tuple(replace(one, repayment="while_it_lasts", repaid=None) for one in made))
    decay = decay_table(30, 400)
    expected: dict[int, Fraction] = {}
    for one in scene.given:
        weight = Fraction(what["weights"].get(one.kind, "0")) if "weights" in what else Fraction(VALUED.get(one.kind, 0))
        points = one.amount * weight * (int(decay[one.age]) if age else 1)
        if not points:
            continue
        expected[one.provider] = expected.get(one.provider, Fraction(0)) + points
        for reviewer in one.reviewers if "weights" in what else ():
            expected[reviewer] = expected.get(reviewer, Fraction(0)) + points * Fraction("0.3") / len(one.reviewers)
    found, whole = totals(outcome(ground, scene)), sum(expected.values())
    assert set(found) <= set(expected)
    for agent, points in expected.items():
        assert abs(found.get(agent, 0) - pot * points / whole) < 1


@settings(FEW)
@given(scene=scenes())
def test_the_same_input_in_any_order_gives_the_same(ground: World, scene: Scene) -> None:
    """Reckoning again, and from tables that were written in the opposite order, gives the same shares and fingerprints."""
    first = outcome(ground, scene)
    for again in (shared(ground, scene), shared(ground, scene, backwards=True)):
        assert again.shares() == first.shares()
        assert (again.inputs, again.result_hash()) == (first.inputs, first.result_hash())
        assert [list(step.explained()) for step in again.outcome.steps] == [list(step.explained()) for step in first.outcome.steps]


@settings(FEW)
@given(scene=scenes(), chance=st.randoms(use_true_random=False))
def test_the_order_in_which_work_was_logged_does_not_matter(ground: World, scene: Scene, chance: object) -> None:
    """A peer's share depends on what was contributed, not on where in the journal it stands (but for "oldest first")."""
    scene = replace(scene, steps=scene.steps[:1])
    assume(scene.steps[0].get("order") != "oldest")
    mixed = list(scene.given)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert totals(outcome(ground, scene)) == totals(shared(ground, replace(scene, given=tuple(mixed))))


@settings(FEW)
@given(scene=scenes())
def test_equal_contributors_get_equal_shares(ground: World, scene: Scene) -> None:
    """Two peers who did the same differ by one unit at most; it goes to who is longer in the commons."""
    assume(scene.steps[0].get("order") != "oldest")
    steps_ = ({name: value for name, value in scene.steps[0].items() if name != "agents"},)
    assume(steps_[0]["to"] not in ("agents", "upstream"))
    mine = [one for one in scene.given if one.provider in (1, 2)]
    others = [one for one in scene.given if one.provider not in (1, 2)]
    both = [replace(one, provider=who, reviewers=(5,)) for one in mine for who in (1, 2)] + [replace(one, reviewers=(5,)) for one in others]
    assume(not any(member in (1, 2) for _, member in scene.claims))
    twin = replace(scene, steps=steps_, given=tuple(both), members=scene.members | {1, 2}, earlier=())
    found = totals(outcome(ground, twin))
    assert found.get(1, 0) - found.get(2, 0) in (0, 1)


@settings(FEW)
@given(scene=scenes())
def test_steps_that_come_later_do_not_change_earlier_ones(ground: World, scene: Scene) -> None:
    """Without its last step a policy gives the same by all others, and what the last one gave stays."""
    assume(len(scene.steps) > 1)
    whole = outcome(ground, scene)
    earlier = tuple(line for line in scene.earlier if line[0] != scene.steps[-1]["id"])
    lost = sum(amount for _, _, amount in scene.earlier) - sum(amount for _, _, amount in earlier)
    cut = shared(ground, replace(scene, steps=scene.steps[:-1], earlier=earlier))
    assert lost >= 0
    assert cut.outcome.steps == [] or [step.given for step in cut.outcome.steps] == [step.given for step in whole.outcome.steps[:-1]]
    assert cut.outcome.kept == whole.outcome.kept + sum(amount for _, amount in whole.outcome.steps[-1].given)


@settings(MANY)
@given(scene=scenes(counting=False), data=st.data())
def test_entering_work_in_pieces_does_not_raise_a_share(ground: World, scene: Scene, data: st.DataObject) -> None:
    """Whatever the policy, k pieces of a contribution bring no more than the whole, but for one unit of rounding a step.

    Rules that count contributions (`full_at`, `active_contributions`) are left out: they speak of numbers by intent.
    """
    assume(scene.given)
    index = data.draw(st.integers(0, len(scene.given) - 1))
    whole = scene.given[index]
    assume(whole.repaid is None)
    pieces = in_pieces(scene, index, data.draw(st.lists(st.integers(1, whole.amount), min_size=1, max_size=12)))
    before, after = totals(outcome(ground, scene)), totals(outcome(ground, pieces))
    peer = scene.member(whole.provider)
    assert after.get(peer, 0) <= before.get(peer, 0) + len(scene.steps)


@settings(FEW)
@given(scene=scenes(), data=st.data())
def test_one_person_in_several_identities_gets_no_more(ground: World, scene: Scene, data: st.DataObject) -> None:
    """Work under identities that the same member claimed is the member's: caps, floors and rounding see one peer."""
    claimed = tuple((identity, 1) for identity in IDENTITIES)
    owner = [one for one in scene.given if one.provider in (1, *IDENTITIES)]
    assume(owner)
    spread = [data.draw(st.sampled_from([1, *IDENTITIES])) if one in owner else one.provider for one in scene.given]
    one = replace(scene, claims=claimed, given=tuple(replace(g, provider=1) if g in owner else g for g in scene.given))
    many = replace(one, given=tuple(replace(g, provider=who) for g, who in zip(scene.given, spread, strict=True)))
    assert outcome(ground, one).shares() == shared(ground, many).shares()
