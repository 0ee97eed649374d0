"""Persons: identities behind imported work, claiming them, what is kept beside the journal, and erasing it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from world import World

from commonhold.cli.app import root
from commonhold.commons import entries as e
from commonhold.commons.people import (
    About,
    erase,
    find_by_name,
    identity_id,
    name_identities,
    names,
    read_about,
    read_profile,
    write_about,
    write_profile,
)
from commonhold.contributions.queries import Filter, list_contributions
from commonhold.journal.keys import SigningKey
from commonhold.node.backup import ALL_TABLES
from commonhold.node.claims import challenge_token
from commonhold.node.erasure import erase_person
from commonhold.node.imports import Importer
from commonhold.problems import BadInput, CommonholdError, NotFound, Refused

SHEET = b"by,kind,amount,domain\nmara@example.org,work,2,firmware\nmara@example.org,work,3,firmware\n"
FIELDS = {name: name for name in ("by", "kind", "amount", "domain")}
MARKS = ("Marimba Quetzalcoatlus", "quetzal-address@example.org", "DE89370400440532013000", "MARKDEF1100")
ABOUT = About("Marimba plays the marimba", "https://example.org/marimba.png", "house-of-marimba")
TOLD = ("Marimba plays", "example.org/marimba.png", "house-of-marimba")
PICTURE = b"\x89PNG picture of Marimba, for nobody else's eyes" * 20


def imported(world: World) -> str:
    """Two claims of somebody whom the journal knows by a digest only."""
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(SHEET, "hours.csv", FIELDS, identities=True)
    return importer.identity("mara@example.org")


def claim(world: World, who: str, **fields: str) -> str:
    """The code with which a claim is refused, or nothing."""
    try:
        world.act(who, "identity.claim", e.Claim(**fields))  # type: ignore[arg-type]
    except CommonholdError as error:
        return error.code
    return ""


def contributors(world: World) -> list[str]:
    """Whose the contributions are."""
    with world.node.read() as transaction:
        return [line["contributor"] for line in list_contributions(transaction, "test", Filter())]


def journal_bytes(world: World) -> bytes:
    """All entries, one after another."""
    with world.node.read() as transaction:
        return b"\n".join(bytes(row[0]) for row in transaction.rows("SELECT data FROM journal_entry ORDER BY position"))


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=30))
def test_a_digest_is_keyed_and_looks_over_case_and_form(secret: bytes, address: str) -> None:
    assert identity_id(secret, address) == identity_id(secret, f" {address} ")
    assert identity_id(secret, address) != identity_id(secret + b"1", address)
    assert identity_id(secret, "Zoë@Example.ORG") == identity_id(secret, "zoë@example.org") == identity_id(secret, "zoe\u0308@example.org")
    assert identity_id(secret, "zoë@example.org") != identity_id(secret, "zoe@example.org")


def test_no_address_enters_the_journal(world: World) -> None:
    id_ = imported(world)
    data = journal_bytes(world)
    assert id_.encode() in data
    assert b"mara" not in data.lower()
    assert b"example.org" not in data


def test_two_commons_have_two_digests_for_one_address(sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = World(tmp_path / "other")
    assert Importer(other.node, "test", "").identity("a@b.c") != Importer(sqlite_world.node, "test", "").identity("a@b.c")
    other.node.close()


def test_a_claim_by_the_challenge_sent_to_the_address(world: World) -> None:
    id_ = imported(world)
    token = challenge_token(world.node, "test", id_, world.ids["Bo"])
    assert claim(world, "Bo", identity=id_, agent=world.ids["Bo"], by="challenge", token=token) == ""
    assert contributors(world) == [world.ids["Bo"]] * 2
    assert world.verify().ok


def test_a_token_is_for_one_identity_and_one_member(world: World) -> None:
    """Nobody claims another's work: not with their token, not with one for something else, not with none."""
    id_ = imported(world)
    token = challenge_token(world.node, "test", id_, world.ids["Bo"])
    other = challenge_token(world.node, "test", "id:" + "0" * 32, world.ids["Bo"])
    forged = SigningKey.derived("Cy").sign(b"anything").hex()
    bo, cy = world.ids["Bo"], world.ids["Cy"]
    assert claim(world, "Cy", identity=id_, agent=cy, by="challenge", token=token) == "commons.bad_token"
    assert claim(world, "Cy", identity=id_, agent=bo, by="challenge", token=token) == "commons.not_the_author"
    for wrong in (other, forged, "", "1" * 88, token[:-1], token + "1"):
        assert claim(world, "Bo", identity=id_, agent=bo, by="challenge", token=wrong) == "commons.bad_token"
    assert claim(world, "Bo", identity=id_, agent=bo, by="challenge", token=token) == ""


def test_a_claim_by_a_stewards_word(world: World) -> None:
    id_ = imported(world)
    assert claim(world, "Bo", identity=id_, agent=world.ids["Bo"], by="steward") == "commons.lacks_power"
    assert claim(world, "Ana", identity=id_, agent=world.ids["Bo"], by="steward") == ""
    assert claim(world, "Ana", identity=id_, agent=world.ids["Cy"], by="steward") == "commons.claimed_already"
    assert world.verify().ok


def test_what_cannot_be_claimed(sqlite_world: World) -> None:
    id_ = imported(sqlite_world)
    unknown = "id:" + "0" * 32
    org = sqlite_world.organization("Acme")
    assert claim(sqlite_world, "Ana", identity=unknown, agent=sqlite_world.ids["Bo"], by="steward") == "journal.unknown_reference"
    assert claim(sqlite_world, "Ana", identity=id_, agent=org, by="steward") == "commons.not_a_person"
    assert claim(sqlite_world, "Ana", identity=id_, agent=id_, by="steward") == "commons.not_a_person"
    assert claim(sqlite_world, "Ana", identity=id_, agent=SigningKey.derived("x").did, by="steward") == "journal.unknown_reference"


def test_work_imported_after_the_claim_is_the_members_too(world: World) -> None:
    id_ = imported(world)
    assert claim(world, "Ana", identity=id_, agent=world.ids["Bo"], by="steward") == ""
    Importer(world.node, "test", world.ids["Ana"]).sheet(SHEET.replace(b",2,", b",7,"), "more.csv", FIELDS, identities=True)
    assert contributors(world) == [world.ids["Bo"]] * 3


def test_a_claimed_identity_without_a_name_has_that_of_its_member(world: World) -> None:
    id_ = imported(world)
    with world.node.database.write() as transaction:
        transaction.execute("DELETE FROM private_profile WHERE agent = ?", (id_,))
    claim(world, "Ana", identity=id_, agent=world.ids["Bo"], by="steward")
    with world.node.read() as transaction:
        assert names(transaction, "test")[id_] == "Bo"
        assert id_ not in names(transaction, "test", public_only=True)


def filled(world: World, who: str) -> None:
    """Give somebody a profile full of marks that can be looked for."""
    name, email, iban, bic = MARKS
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids[who], name="Marimba Former", email="former-address@example.org")
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids[who], name=name, email=email, iban=iban, bic=bic, picture=PICTURE, public=True)
        write_about(transaction, "test", world.ids[who], ABOUT)


def test_a_profile_stands_beside_the_journal(world: World) -> None:
    before = journal_bytes(world)
    filled(world, "Bo")
    assert journal_bytes(world) == before
    with world.node.read() as transaction:
        profile = read_profile(transaction, "test", world.ids["Bo"])
        assert read_about(transaction, "test", world.ids["Bo"]) == ABOUT
        assert read_about(transaction, "test", world.ids["Cy"]) == About()
    assert (profile.name, profile.email, profile.iban, profile.bic, profile.picture, profile.public) == (*MARKS, PICTURE, True)


def test_a_name_is_public_only_if_its_owner_says_so(world: World) -> None:
    filled(world, "Bo")
    with world.node.read() as transaction:
        assert names(transaction, "test", public_only=True) == {world.ids["Bo"]: MARKS[0]}
        assert names(transaction, "test")[world.ids["Cy"]] == "Cy"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"iban": "DE89370400440532013001"}, "people.bad_iban"),
        ({"iban": "nonsense"}, "people.bad_iban"),
        ({"bic": "COBA"}, "people.bad_bic"),
        ({"picture": b"x" * 1_000_001}, "people.picture_too_large"),
    ],
)
def test_what_a_profile_does_not_take(sqlite_world: World, fields: dict[str, str], code: str) -> None:
    with pytest.raises(BadInput) as error, sqlite_world.node.database.write() as transaction:
        write_profile(transaction, "test", sqlite_world.ids["Bo"], **fields)
    assert error.value.code == code


def test_finding_somebody_by_a_name_by_an_id_or_by_its_beginning(sqlite_world: World) -> None:
    with sqlite_world.node.database.write() as transaction:
        write_profile(transaction, "test", sqlite_world.ids["Cy"], name="bo")
    with sqlite_world.node.read() as transaction:
        assert find_by_name(transaction, "test", "ana") == sqlite_world.ids["Ana"]
        assert find_by_name(transaction, "test", sqlite_world.ids["Bo"]) == sqlite_world.ids["Bo"]
        assert find_by_name(transaction, "test", sqlite_world.ids["Bo"][8:20]) == sqlite_world.ids["Bo"]
        for text, code in (("Bo", "commons.which_agent"), ("nobody", "commons.unknown_agent"), ("z6Mk", "commons.unknown_agent")):
            with pytest.raises(NotFound) as error:
                find_by_name(transaction, "test", text)
            assert error.value.code == code


def database_files(world: World) -> bytes:
    """Every byte of the node's folder: the database, its write-ahead log, and what lies beside."""
    return b"".join(path.read_bytes() for path in sorted(world.node.home.rglob("*")) if path.is_file())


def test_after_erasing_no_byte_is_left(sqlite_world: World) -> None:
    """Not in the tables, not in free pages, not in the write-ahead log; nor of what stood there before the last change."""
    id_ = imported(sqlite_world)
    claim(sqlite_world, "Ana", identity=id_, agent=sqlite_world.ids["Bo"], by="steward")
    filled(sqlite_world, "Bo")
    with sqlite_world.node.read() as transaction:
        sealed = bytes(transaction.value("SELECT sealed FROM private_key WHERE agent = ?", (sqlite_world.ids["Bo"],)))
    marks = [mark.encode() for mark in (*MARKS, *TOLD, "Marimba Former", "former-address")] + [PICTURE[:40], sealed, b"mara@example.org"]
    before = database_files(sqlite_world)
    assert all(mark in before for mark in marks[:7]) and sealed in before and PICTURE[:40] in before
    assert erase_person(sqlite_world.node, "test", sqlite_world.ids["Bo"]) == 3
    after = database_files(sqlite_world)
    assert [mark for mark in marks if mark in after] == []
    assert sqlite_world.ids["Bo"].encode() in after
    assert sqlite_world.verify().ok


def test_after_erasing_no_row_is_left_and_the_journal_verifies(world: World) -> None:
    id_ = imported(world)
    claim(world, "Ana", identity=id_, agent=world.ids["Bo"], by="steward")
    filled(world, "Bo")
    before = journal_bytes(world)
    erase_person(world.node, "test", world.ids["Bo"])
    with world.node.read() as transaction:
        for table in ALL_TABLES:
            for row in transaction.rows(f"SELECT * FROM {table.name}"):
                assert not any(mark in str(value) for value in row for mark in (*MARKS, *TOLD, "mara"))
                assert PICTURE not in row
        assert names(transaction, "test").get(world.ids["Bo"]) is None
    assert journal_bytes(world) == before
    assert world.verify().ok
    world.node.rebuild()
    assert world.verify().ok


def test_erasing_ends_what_the_node_could_say_for_the_person(world: World) -> None:
    erase_person(world.node, "test", world.ids["Bo"])
    with pytest.raises(CommonholdError) as error:
        world.log("Bo")
    assert error.value.code == "commons.no_key_here"
    assert world.log("Cy")
    assert erase_person(world.node, "test", world.ids["Bo"]) == 0


def test_an_import_does_not_bring_an_erased_name_back(world: World) -> None:
    id_ = imported(world)
    with world.node.database.write() as transaction:
        name_identities(transaction, "test", {id_: "Mara"})
        erase(transaction, "test", id_)
        name_identities(transaction, "test", {id_: "Mara", "id:" + "1" * 32: "Other"})
    with world.node.read() as transaction:
        assert id_ not in names(transaction, "test")
        assert names(transaction, "test")["id:" + "1" * 32] == "Other"


def test_the_node_is_not_a_person(sqlite_world: World) -> None:
    """Erasing the node's key would end all writing."""
    with sqlite_world.node.read() as transaction:
        node = transaction.value("SELECT node FROM commons")
    with pytest.raises(Refused) as refused:
        erase_person(sqlite_world.node, "test", node)
    assert refused.value.code == "people.the_node"
    with pytest.raises(NotFound) as missing:
        erase_person(sqlite_world.node, "test", "nobody")
    assert missing.value.code == "commons.unknown_agent"
    assert sqlite_world.log("Ana")


def test_erasing_by_the_command_line_asks_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(world, "Bo")
    monkeypatch.setenv("COMMONHOLD_HOME", str(world.node.home))
    runner = CliRunner()
    assert runner.invoke(root, ["person", "erase", MARKS[0]], input="n\n").exit_code == 1
    dry = runner.invoke(root, ["person", "erase", MARKS[0], "--dry-run"])
    assert (dry.exit_code, dry.stderr) == (0, "Dry run: nothing was written.\n")
    assert MARKS[1] in runner.invoke(root, ["person", "show", MARKS[0]]).stdout
    done = runner.invoke(root, ["person", "erase", MARKS[0], "--yes"])
    assert done.exit_code == 0, done.output
    assert "null" in runner.invoke(root, ["person", "show", world.ids["Bo"], "--json"]).stdout
    if "DATABASE_URL" not in os.environ:
        world.node.close()
        assert not any(mark.encode() in database_files(world) for mark in MARKS)
