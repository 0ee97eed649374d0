"""Attempts to let one's own claims count without peers, to be heard twice, or to be paid twice: each is refused or undone."""

from __future__ import annotations

from typing import Any

import pytest
from world import CHARTER, World

from commonhold.commons import entries as ce
from commonhold.contributions import entries as e
from commonhold.contributions.commands import AttestParams, ChooseParams, OneParams
from commonhold.flows.vocabulary import EconomicEvent, Measure
from commonhold.journal.keys import SigningKey
from commonhold.problems import Refused

ONE, TWO = "id:" + "1" * 32, "id:" + "2" * 32


def write(world: World, who: str, kind: str, body: Any, key: str) -> str:
    with world.node.writing("test") as writer:
        return writer.write(world.keys[who], world.ids[who], kind, body, key).id


def batch(world: World, who: str, source: Any = "git") -> str:
    return write(world, who, "contributions.batch", e.Batch(source=source, label="project"), f"batch {who} {source}")


def claim(provider: str, vouched: tuple[str, ...] = (), batch: str | None = None, how: Any = "reviewed") -> e.Log:
    event = EconomicEvent(
        action="work", provider=provider, hasPointInTime="2025-12-01T00:00:00Z", effortQuantity=Measure(hasNumericalValue="100", hasUnit="hour")
    )
    return e.Log(event=event, kind="work", domain="firmware", batch=batch, vouchedBy=[e.Vouched(agent=agent, how=how) for agent in vouched])


def code(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        attempt()
    return refused.value.code


def state(world: World, key: str) -> str:
    with world.node.read() as transaction:
        leaf = bytes.fromhex(key)
        sql = "SELECT c.state FROM contribution c JOIN journal_entry j ON j.commons = c.commons AND j.position = c.position WHERE j.leaf = ?"
        return str(transaction.value(sql, (leaf,)))


def test_nobody_invents_voices_for_a_claim(world: World) -> None:
    """Without the power to import, and outside an import, a claim brings no voices with it."""
    forged = claim(world.ids["Bo"], (ONE, TWO))
    assert code(lambda: write(world, "Bo", "contributions.log", forged, "1")) == "contributions.no_vouching"
    assert code(lambda: write(world, "Ana", "contributions.log", claim(ONE, (TWO,)), "2")) == "contributions.no_vouching"
    assert code(lambda: batch(world, "Bo")) == "commons.lacks_power"
    sheet = batch(world, "Bo", "csv")
    assert code(lambda: write(world, "Bo", "contributions.log", claim(world.ids["Bo"], (ONE, TWO), sheet), "3")) == "contributions.no_vouching"


def test_who_is_trusted_to_import_takes_voices_over(world: World) -> None:
    told = write(world, "Ana", "contributions.log", claim("id:" + "3" * 32, (ONE, TWO), batch(world, "Ana")), "1")
    assert state(world, told) == "validated"


def test_the_power_to_import_is_the_charters_to_give(world: World) -> None:
    world.charter(CHARTER + '\n[powers]\nimports = "member"\n')
    told = write(world, "Bo", "contributions.log", claim("id:" + "3" * 32, (ONE,), batch(world, "Bo")), "1")
    assert state(world, told) == "claimed"


def test_nobody_adds_to_anothers_import(world: World) -> None:
    """A batch is validated as a whole: what somebody else puts into it would be validated along."""
    theirs = batch(world, "Ana")
    assert code(lambda: write(world, "Bo", "contributions.log", claim(world.ids["Bo"], (), theirs), "1")) == "contributions.not_own_batch"


def test_a_claimed_identity_and_its_member_are_one_voice(world: World) -> None:
    """Vouched for in the history, and accepted by the same person as a member: one of two, in either order."""
    opened = batch(world, "Ana")
    first = write(world, "Ana", "contributions.log", claim("id:" + "3" * 32, (ONE,), opened), "1")
    second = write(world, "Ana", "contributions.log", claim("id:" + "4" * 32, (ONE,), opened), "2")
    world.act("Cy", "contribution.attest", AttestParams(verdict="accept", contributions=[first]))
    assert state(world, first) == "validated"
    world.act("Ana", "identity.claim", ce.Claim(identity=ONE, agent=world.ids["Cy"], by="steward"))
    assert state(world, first) == "claimed"
    world.act("Cy", "contribution.attest", AttestParams(verdict="accept", contributions=[second]))
    assert state(world, second) == "claimed"
    world.act("Bo", "contribution.attest", AttestParams(verdict="accept", contributions=[first, second]))
    assert (state(world, first), state(world, second)) == ("validated", "validated")
    assert world.verify().ok


def test_two_identities_of_one_member_are_one_voice(world: World) -> None:
    for identity in (ONE, TWO):
        write(world, "Ana", "contributions.log", claim(identity, (), batch(world, "Ana")), identity)
        world.act("Ana", "identity.claim", ce.Claim(identity=identity, agent=world.ids["Cy"], by="steward"))
    told = write(world, "Ana", "contributions.log", claim("id:" + "3" * 32, (ONE, TWO), batch(world, "Ana")), "1")
    assert state(world, told) == "claimed"
    assert world.verify().ok


def test_an_appeal_does_not_open_the_choice_again(world: World) -> None:
    """Shared once, then appealed: the choice stays, so that the next distribution gives nothing for it."""
    position = world.log("Bo", amount="10", repayment="once")
    for peer in ("Ana", "Cy"):
        world.attest(peer, position, "adjust", amount="9", reason="an hour was lunch")
    world.validated("Cy", amount="9")
    world.income("100.00")
    assert world.share() == {"Bo": "50.00", "Cy": "50.00"}
    world.act("Bo", "contribution.appeal", OneParams(contribution=str(position), reason="It was work"))
    for choice in ("while_it_lasts", "until_repaid"):
        params = ChooseParams(repayment=choice, contributions=[str(position)])  # type: ignore[arg-type]
        assert code(lambda params=params: world.act("Bo", "contribution.choose", params)) == "contributions.chosen_late"
    world.income("100.00")
    assert world.share() == {"Cy": "100.00"}


def test_what_is_validated_after_a_distribution_is_chosen_freely_at_once(world: World) -> None:
    """In the same second, too: a distribution looks at places in the journal, not at clocks."""
    world.validated("Cy")
    world.income("10.00")
    world.share()
    position = world.validated("Bo", repayment="once")
    world.act("Bo", "contribution.choose", ChooseParams(repayment="while_it_lasts", contributions=[str(position)]))


def test_who_logged_for_another_decides_nothing_once_they_are_here(world: World) -> None:
    told = write(world, "Cy", "contributions.log", claim(ONE), "1")
    world.act("Cy", "contribution.choose", ChooseParams(repayment="once", contributions=[told]))
    world.act("Ana", "identity.claim", ce.Claim(identity=ONE, agent=world.ids["Bo"], by="steward"))
    for command, params in (
        ("contribution.choose", ChooseParams(repayment="never", contributions=[told])),
        ("contribution.withdraw", OneParams(contribution=told)),
    ):
        assert code(lambda command=command, params=params: world.act("Cy", command, params)) == "contributions.not_own"
    world.act("Bo", "contribution.withdraw", OneParams(contribution=told))
    assert state(world, told) == "withdrawn"


@pytest.mark.parametrize("kind", ["contributions.attest", "contributions.choose"])
def test_one_contribution_is_named_once(world: World, kind: str) -> None:
    position = world.log("Bo")
    with world.node.read() as transaction:
        id_ = bytes(transaction.value("SELECT leaf FROM journal_entry WHERE position = ?", (position,))).hex()
    body = e.Attest(verdict="accept", contributions=[id_, id_]) if kind.endswith("attest") else e.Choose(repayment="once", contributions=[id_, id_])
    who = "Ana" if kind.endswith("attest") else "Bo"
    assert code(lambda: write(world, who, kind, body, "1")) == "contributions.repeated"
    twice = claim("id:" + "3" * 32, (ONE, ONE), batch(world, "Ana"))
    assert code(lambda: write(world, "Ana", "contributions.log", twice, "2")) == "contributions.repeated"


def test_a_second_key_is_not_a_second_member(world: World) -> None:
    """Who adds a key cannot join with it as somebody else and validate their own work."""
    second = SigningKey.derived("Bo's second")
    world.act("Bo", "key.add", ce.AddKey(key=second.did))
    assert code(lambda: world.node.join("test", second, ["producer"], keep=True)) == "commons.key_known"
    world.act("Bo", "key.revoke", ce.RevokeKey(key=second.did))
    assert code(lambda: world.node.join("test", second, ["producer"], keep=True)) == "commons.key_known"


def test_only_those_who_are_stewards_now_recover_an_account(world: World) -> None:
    new = SigningKey.derived("new")
    vouch = ce.Recover(agent=world.ids["Cy"], key=new.did)
    world.join("Di")
    for who in ("Bo", "Di"):
        world.act("Ana", "role.set", ce.SetRole(agent=world.ids[who], role="steward", granted=True))
    world.act("Bo", "key.recover", vouch)
    world.act("Ana", "role.set", ce.SetRole(agent=world.ids["Bo"], role="steward", granted=False))
    world.act("Ana", "key.recover", vouch)
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM agent_key WHERE key = ?", (new.did,)) == 0
    world.act("Di", "key.recover", vouch)
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM agent_key WHERE key = ?", (new.did,)) == 1
