"""A commons with members always has somebody who may change its charter; nobody recovers an account for themselves."""

from __future__ import annotations

import pytest
from world import CHARTER, World

from commonhold.commons import entries as e
from commonhold.journal.entry import sign_entry
from commonhold.journal.keys import SigningKey
from commonhold.problems import CommonholdError, Refused


def leave(world: World, who: str) -> None:
    world.act(who, "member.leave", e.Leave())


def role(world: World, by: str, of: str, granted: bool, name: str = "steward") -> None:
    world.act(by, "role.set", e.SetRole(agent=world.ids[of], role=name, granted=granted))


def test_the_last_steward_stays_until_there_is_another(world: World) -> None:
    for attempt in (lambda: leave(world, "Ana"), lambda: role(world, "Ana", "Ana", False)):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "commons.last_keeper"
        assert "steward" in str(refused.value)
    role(world, "Ana", "Bo", True)
    role(world, "Ana", "Ana", False)
    with pytest.raises(Refused):
        leave(world, "Bo")
    leave(world, "Ana")
    assert world.verify().ok


def test_the_last_member_may_leave(world: World) -> None:
    for who in ("Bo", "Cy", "Ana"):
        leave(world, who)
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM membership WHERE state = 'member'") == 0


def test_where_every_member_changes_the_charter_everybody_may_leave(world: World) -> None:
    world.charter(CHARTER + '\n[powers]\ncharter = "member"\n')
    leave(world, "Ana")


def test_nobody_vouches_for_their_own_recovery(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.act("Ana", "key.recover", e.Recover(agent=world.ids["Ana"], key=SigningKey.derived("new").did))
    assert refused.value.code == "commons.not_for_oneself"


def test_what_a_new_key_signs_may_come_before_the_key(world: World) -> None:
    """Signed by a key that is added later: it waits, and lands when the key is there; a revoked key's entries never do."""
    new, bo = SigningKey.derived("new"), world.keys["Bo"]

    def entry(signer: SigningKey, kind: str, body: object, key: str) -> bytes:
        return sign_entry(signer, author=bo.did, body=body, commons=world.origin, created="2026-01-01T00:00:00Z", key=key, kind=kind)

    leaves, adds = entry(new, "commons.leave", {}, "leave"), entry(bo, "commons.key_add", e.AddKey(key=new.did), "add")
    revokes = entry(new, "commons.key_revoke", e.RevokeKey(key=bo.did), "revoke")

    def submit(*entries: bytes) -> list[str]:
        with world.node.writing("test") as writer:
            return [one.code if isinstance(one, CommonholdError) else one.state for one in writer.accept_all(list(entries))]

    assert submit(revokes) == ["waiting"]
    assert submit(adds) == ["new"]
    assert submit(leaves, entry(bo, "commons.leave", {}, "late")) == ["new", "commons.key_not_active"]
    assert world.verify().ok
