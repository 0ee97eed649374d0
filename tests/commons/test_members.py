"""Who belongs to a commons, and what they may do: joining, leaving, organizations, roles and powers."""

from __future__ import annotations

from typing import get_args

import pytest
from world import CHARTER, World

from commonhold.commons import entries as e
from commonhold.commons.queries import members
from commonhold.journal.keys import SigningKey
from commonhold.problems import BadInput, CommonholdError, Forbidden, Refused
from commonhold.sharing.commands import IncomeParams, PayParams, ShareParams

ADMISSION = CHARTER.replace('currency = "EUR"', 'currency = "EUR"\njoining = "admission"')


def state(world: World, who: str) -> tuple[str, list[str], list[str]]:
    """State, rolls and roles of a member."""
    with world.node.read() as transaction:
        line = next(line for line in members(transaction, "test") if line["agent"] == world.ids[who])
    return line["state"], line["rolls"], line["roles"]


def refused(world: World, who: str, command: str, params: object) -> str:
    """The code with which a command is refused; the journal must not have grown."""
    before = size(world)
    with pytest.raises(CommonholdError) as error:
        world.act(who, command, params)
    assert size(world) == before
    return error.value.code


def size(world: World) -> int:
    """How many entries the journal has."""
    with world.node.read() as transaction:
        return int(transaction.value("SELECT size FROM journal_head WHERE commons = 'test'"))


def test_the_founder_is_producer_user_and_steward(world: World) -> None:
    assert state(world, "Ana") == ("member", ["producer", "user"], ["steward"])


def test_joining_is_free_where_the_charter_says_so(world: World) -> None:
    world.join("Dee", rolls=("user",))
    assert state(world, "Dee") == ("member", ["user"], [])
    world.join("Eve", rolls=("producer", "user"))
    assert state(world, "Eve") == ("member", ["producer", "user"], [])


def test_nobody_joins_twice(sqlite_world: World) -> None:
    with pytest.raises(Refused) as error:
        sqlite_world.node.join("test", sqlite_world.keys["Bo"], ["user"], keep=True)
    assert error.value.code == "commons.member_already"


@pytest.mark.parametrize("rolls", [[], ["owner"], ["producer", "producer"]])
def test_a_member_is_producer_or_user_or_both(sqlite_world: World, rolls: list[str]) -> None:
    with pytest.raises((BadInput, Refused)) as error:
        sqlite_world.node.join("test", SigningKey.derived("Dee"), rolls, keep=True)
    assert error.value.code in ("journal.bad_body", "commons.bad_rolls")


def test_where_the_charter_wants_it_a_steward_lets_people_in(world: World) -> None:
    world.charter(ADMISSION)
    world.join("Dee")
    assert state(world, "Dee") == ("asking", ["producer"], [])
    with pytest.raises(Refused) as error:
        world.log("Dee")
    assert error.value.code == "commons.lacks_power"
    assert refused(world, "Bo", "member.admit", e.Admit(agent=world.ids["Dee"])) == "commons.lacks_power"
    assert refused(world, "Dee", "member.admit", e.Admit(agent=world.ids["Dee"])) == "commons.lacks_power"
    world.act("Ana", "member.admit", e.Admit(agent=world.ids["Dee"]))
    assert state(world, "Dee")[0] == "member"
    assert world.log("Dee")
    assert refused(world, "Ana", "member.admit", e.Admit(agent=world.ids["Dee"])) == "commons.not_asking"
    assert world.verify().ok


def test_who_asked_under_the_old_charter_is_not_let_in_by_the_new_one(world: World) -> None:
    world.charter(ADMISSION)
    world.join("Dee")
    world.charter(CHARTER)
    assert state(world, "Dee")[0] == "asking"
    world.join("Eve")
    assert state(world, "Eve")[0] == "member"


def test_leaving_keeps_what_was_earned(world: World) -> None:
    world.validated("Bo", amount="3")
    world.validated("Cy", amount="1")
    world.act("Bo", "member.leave", e.Leave())
    assert state(world, "Bo")[0] == "left"
    world.income("100.00")
    assert world.share() == {"Bo": "75.00", "Cy": "25.00"}
    world.act("Ana", "share.pay", PayParams(distribution=1, agents=[world.ids["Bo"]]))
    assert world.verify().ok


def test_who_left_does_not_act_as_a_member_and_can_come_back(world: World) -> None:
    position = world.log("Cy")
    world.act("Bo", "member.leave", e.Leave())
    with pytest.raises(Refused):
        world.log("Bo")
    with pytest.raises(Refused):
        world.attest("Bo", position)
    assert refused(world, "Bo", "member.leave", e.Leave()) == "commons.not_a_member"
    world.join("Bo")
    assert state(world, "Bo")[0] == "member"
    world.attest("Bo", position)


def test_roles_end_with_the_membership(world: World) -> None:
    world.act("Ana", "role.set", e.SetRole(agent=world.ids["Bo"], role="steward", granted=True))
    world.act("Bo", "member.leave", e.Leave())
    world.join("Bo")
    assert state(world, "Bo") == ("member", ["producer"], [])
    assert refused(world, "Bo", "charter.change", e.ChangeCharter(charter=CHARTER, reason="mine")) == "commons.lacks_power"


@pytest.mark.parametrize("class_", get_args(e.Classification))
def test_organizations_of_every_class(sqlite_world: World, class_: str) -> None:
    id_ = sqlite_world.organization("Some", class_)
    with sqlite_world.node.read() as transaction:
        row = transaction.row("SELECT type, name, classified_as FROM agent WHERE id = ?", (id_,))
    assert row == ("EcologicalAgent" if class_ == "ecological" else "Organization", "Some", class_)


def test_organizations_are_added_once_and_by_those_who_may(world: World) -> None:
    world.organization("Acme")
    again = e.AddAgent(id="org:acme", name="Acme the second", classifiedAs="other")
    assert refused(world, "Ana", "agent.add", again) == "commons.agent_exists"
    other = e.AddAgent(id="org:other", name="Other", classifiedAs="other")
    assert refused(world, "Bo", "agent.add", other) == "commons.lacks_power"


def test_an_organization_does_not_speak_for_itself(sqlite_world: World) -> None:
    """It has no key; an entry in its name is refused, whoever signs."""
    id_ = sqlite_world.organization("Acme")
    with pytest.raises((Refused, Forbidden)) as error:
        sqlite_world.node.act("test", id_, "member.leave", e.Leave(), signer=sqlite_world.keys["Ana"])
    assert error.value.code == "commons.key_not_active"


def test_a_role_is_given_and_taken_by_those_who_may(world: World) -> None:
    give = e.SetRole(agent=world.ids["Cy"], role="treasurer", granted=True)
    assert refused(world, "Bo", "role.set", give) == "commons.lacks_power"
    world.act("Ana", "role.set", give)
    assert state(world, "Cy")[2] == ["treasurer"]
    assert refused(world, "Ana", "role.set", give) == "commons.role_unchanged"
    take = e.SetRole(agent=world.ids["Cy"], role="treasurer", granted=False)
    assert refused(world, "Bo", "role.set", take) == "commons.lacks_power"
    world.act("Cy", "role.set", take)
    assert state(world, "Cy")[2] == []


def test_nobody_gives_a_role_to_themselves(sqlite_world: World) -> None:
    mine = e.SetRole(agent=sqlite_world.ids["Bo"], role="steward", granted=True)
    assert refused(sqlite_world, "Bo", "role.set", mine) == "commons.lacks_power"


@pytest.mark.parametrize("role", ["member", "anyone"])
def test_membership_is_not_given_as_a_role(sqlite_world: World, role: str) -> None:
    give = e.SetRole(agent=sqlite_world.ids["Bo"], role=role, granted=True)
    assert refused(sqlite_world, "Ana", "role.set", give) == "commons.bad_role"


def test_roles_are_given_to_members_only(sqlite_world: World) -> None:
    id_ = sqlite_world.organization("Acme")
    assert refused(sqlite_world, "Ana", "role.set", e.SetRole(agent=id_, role="steward", granted=True)) == "commons.not_a_member"
    unknown = SigningKey.derived("nobody").did
    assert refused(sqlite_world, "Ana", "role.set", e.SetRole(agent=unknown, role="steward", granted=True)) == "journal.unknown_reference"


def test_powers_follow_the_charter(world: World) -> None:
    """A treasurer may do what the charter gives to treasurers, and nothing more; a steward no longer may."""
    world.organization("Giver")
    world.charter(CHARTER + '\n[powers]\nincome = "treasurer"\nshare = "treasurer"\npay = "member"\n')
    world.act("Ana", "role.set", e.SetRole(agent=world.ids["Bo"], role="treasurer", granted=True))
    world.validated("Cy")
    income = IncomeParams(amount="10.00", currency="EUR", giver="org:giver")
    assert refused(world, "Ana", "income.add", income) == "commons.lacks_power"
    assert refused(world, "Cy", "income.add", income) == "commons.lacks_power"
    world.act("Bo", "income.add", income)
    assert refused(world, "Ana", "share.record", ShareParams()) == "commons.lacks_power"
    world.act("Bo", "share.record", ShareParams())
    assert refused(world, "Bo", "charter.change", e.ChangeCharter(charter=CHARTER, reason="mine")) == "commons.lacks_power"
    world.act("Cy", "share.pay", PayParams(distribution=1))
    assert world.verify().ok


def test_anyone_is_whoever_the_journal_knows(world: World) -> None:
    """`anyone` opens an act to those who left or only ask, not to keys that the journal has never seen."""
    world.charter(CHARTER + '\n[powers]\nlog = "anyone"\n')
    world.act("Bo", "member.leave", e.Leave())
    assert world.log("Bo")
    stranger = SigningKey.derived("stranger")
    with pytest.raises(Refused) as error:
        world.node.act("test", stranger.did, "member.leave", e.Leave(), signer=stranger)
    assert error.value.code == "journal.unknown_reference"


def test_nobody_speaks_for_another(world: World) -> None:
    with pytest.raises(Refused) as error:
        world.node.act("test", world.ids["Ana"], "member.leave", e.Leave(), signer=world.keys["Bo"])
    assert error.value.code == "commons.key_not_active"


def test_the_node_says_nothing_but_what_follows_from_time(world: World) -> None:
    from commonhold.commons.custody import kept_key
    from commonhold.commons.queries import node_key

    with world.node.read() as transaction:
        node = node_key(transaction, "test")
        key = kept_key(transaction, world.node.vault, "test", node)
    for command, params in (
        ("role.set", e.SetRole(agent=world.ids["Bo"], role="steward", granted=True)),
        ("charter.change", e.ChangeCharter(charter=CHARTER, reason="the node wants it")),
        ("agent.add", e.AddAgent(id="org:node", name="Node", classifiedAs="other")),
    ):
        with pytest.raises(Refused) as error:
            world.node.act("test", node, command, params, signer=key)
        assert error.value.code == "commons.not_for_the_node"


def test_only_the_node_tells_the_time(sqlite_world: World) -> None:
    with sqlite_world.node.writing("test") as writer, pytest.raises(Refused) as error:
        writer.write(sqlite_world.keys["Ana"], sqlite_world.ids["Ana"], "journal.clock", e.Clock(), "now")
    assert error.value.code == "journal.not_the_node"


def test_a_commons_is_created_once(sqlite_world: World) -> None:
    with pytest.raises(Refused) as error:
        sqlite_world.node.found("test", CHARTER, SigningKey.generate(), keep=True)
    assert error.value.code == "commons.exists"
    with sqlite_world.node.writing("test") as writer, pytest.raises(Refused) as error:
        writer.write(
            sqlite_world.keys["Ana"], sqlite_world.ids["Ana"], "commons.create", e.Create(charter=CHARTER, node=sqlite_world.ids["Ana"]), "x"
        )
    assert error.value.code == "commons.not_first"
