"""What commands say to people: how far a verdict went, who is who, and receipts that are checked byte by byte."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from world import CHARTER, World

from commonhold.cli.app import root
from commonhold.commons.custody import kept_key
from commonhold.journal.entry import sign_entry
from commonhold.journal.note import Checkpoint, sign_checkpoint
from commonhold.journal.receipt import MAGIC, make_receipt
from commonhold.journal.tree import leaf_hash
from commonhold.problems import BadInput, Broken, CommonholdError, NotFound

SHEET = "by,kind,amount\nDee,work,1\nDee,work,2\nEve,work,3\n"


def run(world: World, *arguments: str, text: str | bytes | None = None) -> Result:
    """Run a command; an error of ours is raised."""
    result = CliRunner().invoke(root, ["--home", str(world.node.home), *arguments], input=text)
    if isinstance(result.exception, CommonholdError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def batch_of(world: World) -> str:
    """Three claims of two people, imported as identities."""
    done = run(world, "import", "csv", "-", "--identities", "--map", "domain==firmware", "--json", text=SHEET)
    return str(json.loads(done.stdout)["batch"])


def test_a_verdict_on_a_batch_says_how_many_claims_it_covers_and_how_many_count(sqlite_world: World) -> None:
    batch = batch_of(sqlite_world)
    first = run(sqlite_world, "validate", "--batch", batch[:12], "--as", "Ana").stdout
    assert first == "Your word (accept) is in the journal. It covers 3 claims: 3 wait for other peers.\n"
    second = run(sqlite_world, "validate", "--batch", batch[:12], "--as", "Bo").stdout
    assert second == "Your word (accept) is in the journal. It covers 3 claims: 3 count now.\n"


def test_the_json_of_a_verdict_has_the_same_figures(sqlite_world: World) -> None:
    batch = batch_of(sqlite_world)
    run(sqlite_world, "validate", "--batch", batch, "--as", "Ana")
    answer = json.loads(run(sqlite_world, "validate", "--batch", batch, "--as", "Bo", "--json").stdout)
    assert (answer["verdict"], answer["covered"], answer["states"]) == ("accept", 3, {"validated": 3})


@pytest.mark.parametrize(
    ("verdict", "said"),
    [((), "counts now"), (("--adjust", "0.5", "--reason", "half"), "counts now"), (("--refuse", "--reason", "no"), "is refused")],
)
def test_a_verdict_on_one_contribution_says_what_became_of_it(sqlite_world: World, verdict: tuple[str, ...], said: str) -> None:
    position = str(sqlite_world.log("Bo"))
    assert "The contribution waits for other peers." in run(sqlite_world, "validate", position, *verdict, "--as", "Ana").stdout
    assert f"The contribution {said}." in run(sqlite_world, "validate", position, *verdict, "--as", "Cy").stdout


def test_a_dry_run_does_not_tell_of_what_did_not_happen(sqlite_world: World) -> None:
    position = str(sqlite_world.log("Bo"))
    done = run(sqlite_world, "validate", position, "--as", "Ana", "--dry-run")
    assert done.stdout == "Your word (accept) can be taken.\n"
    assert done.stderr == "Dry run: nothing was written.\n"
    assert sqlite_world.contribution(int(position))[0] == "claimed"


def test_claiming_names_the_identity_and_the_member(sqlite_world: World) -> None:
    batch_of(sqlite_world)
    sqlite_world.join("Dee")
    identity = next(line["id"] for line in json.loads(run(sqlite_world, "identity", "list", "--json").stdout)["identities"])
    sheet_name = run(sqlite_world, "identity", "find", "Dee").stdout.strip()
    said = run(sqlite_world, "identity", "claim", sheet_name, "--for", "Dee").stdout
    assert identity.startswith("id:")
    assert said.startswith(f"The work imported as {sheet_name} ({sheet_name[:11]}…) now belongs to the member Dee (z6Mk")


def test_an_identity_that_nobody_knows_is_not_found(sqlite_world: World) -> None:
    with pytest.raises(NotFound, match="No identity that waits to be claimed is called Nobody"):
        run(sqlite_world, "identity", "claim", "Nobody", "--for", "Bo")


@pytest.mark.parametrize("joining", ["open", "admission"])
def test_joining_prints_the_id_of_the_member(sqlite_world: World, joining: str) -> None:
    sqlite_world.charter(CHARTER.replace("[kinds.work]", f'joining = "{joining}"\n\n[kinds.work]', 1))
    done = run(sqlite_world, "member", "join", "--name", "Dee")
    with sqlite_world.node.read() as transaction:
        id_ = transaction.value("SELECT agent FROM private_profile WHERE name = 'Dee'")
    assert f"Dee ({id_})" in done.stdout
    assert ("commonhold member admit Dee" in done.stdout) == (joining == "admission")


@pytest.fixture
def receipt(sqlite_world: World, tmp_path: Path) -> tuple[Path, str]:
    """A receipt in a file, and the verifier key."""
    position = sqlite_world.log("Bo")
    with sqlite_world.node.read() as transaction:
        text = make_receipt(transaction, "test", position)
        vkey = transaction.value("SELECT vkey FROM journal_head")
    file = tmp_path / "r.tlog-proof"
    file.write_bytes(text.encode())
    return file, vkey


def test_a_receipt_is_checked_byte_for_byte(sqlite_world: World, receipt: tuple[Path, str]) -> None:
    """Line ends are not translated while reading: a receipt with other bytes is another receipt."""
    file, vkey = receipt
    assert "is in the journal" in run(sqlite_world, "journal", "check", str(file), "--vkey", vkey).stdout
    good = file.read_bytes()
    for bad in (good.replace(b"\n", b"\r\n"), good.replace(b"\n", b"\r", 1), good[:-1] + b"\r"):
        file.write_bytes(bad)
        with pytest.raises(Broken, match="does not verify"):
            run(sqlite_world, "journal", "check", str(file), "--vkey", vkey)


def test_a_receipt_that_is_not_utf8_is_refused_as_such(sqlite_world: World, receipt: tuple[Path, str]) -> None:
    file, vkey = receipt
    file.write_bytes(file.read_bytes() + b"\xff")
    with pytest.raises(BadInput, match="not UTF-8"):
        run(sqlite_world, "journal", "check", str(file), "--vkey", vkey)


def test_a_receipt_is_read_from_standard_input_too(sqlite_world: World, receipt: tuple[Path, str]) -> None:
    file, vkey = receipt
    assert "is in the journal" in run(sqlite_world, "journal", "check", "-", "--vkey", vkey, text=file.read_bytes()).stdout


def test_an_entry_of_another_commons_is_no_receipt_of_this_one(sqlite_world: World, tmp_path: Path) -> None:
    """A log could hold bytes that were signed for another commons; the receipt would have a right proof, and mean nothing."""
    ana = sqlite_world.keys["Ana"]
    entry = sign_entry(ana, author=ana.did, body={}, commons="example.org/other", created="2026-01-01T00:00:00Z", key="k", kind="commons.leave")
    with sqlite_world.node.read() as transaction:
        node = kept_key(transaction, sqlite_world.node.vault, "test", transaction.value("SELECT node FROM commons"))
        vkey = transaction.value("SELECT vkey FROM journal_head")
    note = sign_checkpoint(Checkpoint(sqlite_world.origin, 1, leaf_hash(entry)), node)
    file = tmp_path / "other.tlog-proof"
    file.write_bytes(f"{MAGIC}\nextra {base64.b64encode(entry).decode()}\nindex 0\n\n{note}".encode())
    with pytest.raises(Broken, match=r"signed for example\.org/other"):
        run(sqlite_world, "journal", "check", str(file), "--vkey", vkey)


def test_contributions_are_listed_without_a_filter(sqlite_world: World) -> None:
    """The plainest use of all; a filter that is not given filters nothing."""
    sqlite_world.log("Bo", "care", "2")
    assert "care" in run(sqlite_world, "contributions").stdout
    assert "care" in run(sqlite_world, "contributions", "--state", "claimed").stdout
    assert "care" not in run(sqlite_world, "contributions", "--state", "refused").stdout


def test_a_new_node_is_readable_by_its_owner_alone(sqlite_world: World) -> None:
    """The folder holds names and account numbers of persons."""
    assert sqlite_world.node.home.stat().st_mode & 0o777 == 0o700


def test_a_backup_has_every_secret_of_the_folder(sqlite_world: World, tmp_path: Path) -> None:
    """What the web server signs cookies with comes along, so that nobody is logged out by a restore."""
    (sqlite_world.node.home / "web.key").write_text("x" * 64)
    run(sqlite_world, "backup", str(tmp_path / "copy"))
    run(sqlite_world, "restore", str(tmp_path / "copy"), "--home", str(tmp_path / "new"))
    assert (tmp_path / "new" / "web.key").read_text() == "x" * 64
    assert (tmp_path / "new" / "web.key").stat().st_mode & 0o777 == 0o600
