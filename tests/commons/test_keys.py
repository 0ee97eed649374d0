"""Keys: kept by the node or held by the peer, added, ended, recovered; valid by position in the journal."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from world import CHARTER, START, World

from commonhold.commons import entries as e
from commonhold.commons.custody import Vault
from commonhold.contributions.commands import LogParams, log_body
from commonhold.journal.entry import sign_entry
from commonhold.journal.keyfile import read_key_file, write_key_file
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text
from commonhold.problems import BadInput, Broken, CommonholdError, Forbidden, Refused

LOG = LogParams(kind="work", amount="1", domain="firmware")
NEW = SigningKey.derived("Bo's telephone")


def log_as(world: World, who: str, key: SigningKey | None = None) -> int:
    """Log an hour, signed with a key, or with the one that the node keeps."""
    return int(world.node.act("test", world.ids[who], "contribution.log", LOG, signer=key)["position"])


def refusal(world: World, who: str, key: SigningKey | None = None) -> str:
    """The code with which an entry under this key is refused."""
    with pytest.raises(CommonholdError) as error:
        log_as(world, who, key)
    return error.value.code


def signed_log(world: World, author: str, key: SigningKey, name: str) -> bytes:
    """An entry signed elsewhere: an hour of work."""
    with world.node.read() as transaction:
        body = log_body(transaction, "test", author, START, LOG)
    return sign_entry(key, author=author, body=body, commons=world.origin, created=time_text(START), key=name, kind="contributions.log")


def test_the_node_keeps_keys_sealed(world: World) -> None:
    """No seed stands in the database, and the file that opens them is its owner's alone."""
    seeds = [key.seed() for key in world.keys.values()]
    with world.node.read() as transaction:
        sealed = [bytes(row[0]) for row in transaction.rows("SELECT sealed FROM private_key")]
    assert len(sealed) == 4
    assert not any(seed in one for seed in seeds for one in sealed)
    path = world.node.home / "node.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_sealed_secret_opens_for_its_purpose_and_with_its_key_alone() -> None:
    vault, other = Vault(b"1" * 32), Vault(b"2" * 32)
    sealed = vault.seal(b"secret", "one")
    assert vault.open(sealed, "one") == b"secret"
    for wrong, purpose, text in ((vault, "two", sealed), (other, "one", sealed), (vault, "one", sealed[:-1]), (vault, "one", b"")):
        with pytest.raises(Broken) as error:
            wrong.open(text, purpose)
        assert error.value.code == "commons.vault_damaged"


def test_a_node_whose_key_file_is_gone_says_so_and_makes_no_other(world: World) -> None:
    path = world.node.home / "node.key"
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(Broken) as error:
        world.log("Bo")
    assert error.value.code == "commons.vault_missing"
    assert not path.exists()
    path.write_bytes(kept[:5])
    with pytest.raises(Broken) as error:
        world.log("Bo")
    assert error.value.code == "commons.vault_damaged"
    path.write_bytes(kept)
    assert world.log("Bo")


def test_who_holds_the_key_signs_and_the_node_cannot(world: World) -> None:
    own = world._key("Dee")
    world.node.join("test", own, ["producer"], keep=False)
    assert refusal(world, "Dee") == "commons.no_key_here"
    assert log_as(world, "Dee", own)
    with world.node.read() as transaction:
        assert transaction.value("SELECT COUNT(*) FROM private_key WHERE did = ?", (own.did,)) == 0


def test_another_key_speaks_too_and_the_first_can_end(world: World) -> None:
    """Rotation: add the new one, end the old one; who speaks stays the same agent."""
    world.act("Bo", "key.add", e.AddKey(key=NEW.did))
    before = log_as(world, "Bo")
    with_new = log_as(world, "Bo", NEW)
    world.node.act("test", world.ids["Bo"], "key.revoke", e.RevokeKey(key=world.ids["Bo"]), signer=NEW)
    assert refusal(world, "Bo", world.keys["Bo"]) == "commons.key_not_active"
    assert refusal(world, "Bo") == "commons.no_key_here"
    after = log_as(world, "Bo", NEW)
    with world.node.read() as transaction:
        rows = transaction.rows("SELECT DISTINCT provider FROM contribution WHERE position IN (?, ?, ?)", (before, with_new, after))
    assert len(rows) == 1
    assert world.verify().ok


def test_what_was_signed_before_a_key_ended_stands(world: World) -> None:
    """Valid by position: the entry stays where it is, also in a fresh fold; the same key signs nothing later."""
    position = world.validated("Bo")
    late = signed_log(world, world.ids["Bo"], world.keys["Bo"], "signed before, sent after")
    world.act("Bo", "key.add", e.AddKey(key=NEW.did))
    world.act("Bo", "key.revoke", e.RevokeKey(key=world.ids["Bo"]))
    with world.node.writing("test") as writer:
        (answer,) = writer.accept_all([late])
    assert isinstance(answer, Refused)
    assert answer.code == "commons.key_not_active"
    world.node.rebuild()
    assert world.contribution(position)[0] == "validated"
    assert world.verify().ok


def test_a_key_that_ended_does_not_come_back(sqlite_world: World) -> None:
    sqlite_world.act("Bo", "key.add", e.AddKey(key=NEW.did))
    sqlite_world.act("Bo", "key.revoke", e.RevokeKey(key=NEW.did))
    with pytest.raises(Refused) as error:
        sqlite_world.act("Bo", "key.add", e.AddKey(key=NEW.did))
    assert error.value.code == "commons.key_known"


def test_the_last_key_stays(sqlite_world: World) -> None:
    with pytest.raises(Refused) as error:
        sqlite_world.act("Bo", "key.revoke", e.RevokeKey(key=sqlite_world.ids["Bo"]))
    assert error.value.code == "commons.last_key"


def test_nobody_ends_or_takes_the_key_of_another(sqlite_world: World) -> None:
    with pytest.raises(Refused) as error:
        sqlite_world.act("Cy", "key.revoke", e.RevokeKey(key=sqlite_world.ids["Bo"]))
    assert error.value.code == "commons.key_unknown"
    with pytest.raises(Refused) as error:
        sqlite_world.act("Cy", "key.add", e.AddKey(key=sqlite_world.ids["Bo"]))
    assert error.value.code == "commons.key_known"


@pytest.mark.parametrize("did", ["did:key:z" + "1" * 46, "did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc"])
def test_a_key_is_an_ed25519_key(sqlite_world: World, did: str) -> None:
    with pytest.raises(Refused) as error:
        sqlite_world.act("Bo", "key.add", e.AddKey(key=did))
    assert error.value.code == "commons.bad_key"


def test_stewards_recover_a_member_who_lost_all_keys(world: World) -> None:
    """Two stewards by the charter; one alone changes nothing, and the same one twice is not two."""
    vouch = e.Recover(agent=world.ids["Bo"], key=NEW.did)
    world.act("Ana", "role.set", e.SetRole(agent=world.ids["Cy"], role="steward", granted=True))
    world.act("Ana", "key.recover", vouch)
    assert refusal(world, "Bo", NEW) == "journal.unknown_reference"
    with pytest.raises(Refused) as error:
        world.act("Ana", "key.recover", vouch)
    assert error.value.code == "commons.vouched_already"
    assert log_as(world, "Bo", world.keys["Bo"])
    world.act("Cy", "key.recover", vouch)
    assert log_as(world, "Bo", NEW)
    assert refusal(world, "Bo", world.keys["Bo"]) == "commons.key_not_active"
    assert world.verify().ok


def test_only_stewards_recover(sqlite_world: World) -> None:
    with pytest.raises(Refused) as error:
        sqlite_world.act("Cy", "key.recover", e.Recover(agent=sqlite_world.ids["Bo"], key=NEW.did))
    assert error.value.code == "commons.lacks_power"


def test_a_key_of_one_member_is_not_given_to_another(sqlite_world: World) -> None:
    sqlite_world.charter(CHARTER.replace('currency = "EUR"', 'currency = "EUR"\nrecovery_stewards = 1'))
    with pytest.raises(Refused) as error:
        sqlite_world.act("Ana", "key.recover", e.Recover(agent=sqlite_world.ids["Bo"], key=sqlite_world.ids["Cy"]))
    assert error.value.code == "commons.vouched_already"


def test_an_organization_has_no_keys_to_recover(sqlite_world: World) -> None:
    id_ = sqlite_world.organization("Acme")
    with pytest.raises(Refused) as error:
        sqlite_world.act("Ana", "key.recover", e.Recover(agent=id_, key=NEW.did))
    assert error.value.code == "journal.unknown_reference"


def test_a_key_file_is_written_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "ana.pem"
    write_key_file(path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key_file(path).did == NEW.did
    before = path.read_bytes()
    with pytest.raises(BadInput) as error:
        write_key_file(path, SigningKey.generate())
    assert error.value.code == "keys.file_exists"
    assert path.read_bytes() == before


def test_a_key_with_a_password_or_of_another_kind_is_told(tmp_path: Path) -> None:
    locked = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    other = rsa.generate_private_key(65_537, 2_048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for number, data in enumerate((locked, other, b"", b"\xff\xfe", b"-----BEGIN PRIVATE KEY-----\n")):
        path = tmp_path / f"{number}.pem"
        path.write_bytes(data)
        with pytest.raises(BadInput) as error:
            read_key_file(path)
        assert error.value.code == "keys.bad_file"


def test_a_key_does_not_print_itself() -> None:
    assert NEW.seed().hex() not in repr(NEW)
    assert repr(NEW) == f"SigningKey({NEW.did})"


def test_the_key_that_the_node_keeps_is_not_used_for_somebody_else(world: World) -> None:
    with pytest.raises(Forbidden) as error:
        world.node.act("test", SigningKey.derived("nobody").did, "member.leave", e.Leave())
    assert error.value.code == "commons.no_key_here"
