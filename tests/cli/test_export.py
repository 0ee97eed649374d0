"""`commonhold export`: data on standard output, messages on standard error, files that are whole and private."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from world import World

from commonhold.cli.app import root
from commonhold.cli.export import SCHEMAS as OFFERED
from commonhold.commons.people import write_profile
from commonhold.node.verification import verify_export
from commonhold.problems import BadInput, CommonholdError, Refused
from commonhold.sharing.payments import SCHEMAS

IBAN = "AT611904300234573201"
SEPA = ["sepa", "--distribution", "1", "--debtor-name", "Alder", "--debtor-iban", "DE89370400440532013000"]


@pytest.fixture
def shared(sqlite_world: World) -> World:
    """Bo and Cy share 100.00; Bo has an account."""
    sqlite_world.validated("Bo", note="=cmd()")
    sqlite_world.validated("Cy")
    sqlite_world.income("100.00")
    sqlite_world.share()
    with sqlite_world.node.database.write() as transaction:
        write_profile(transaction, "test", sqlite_world.ids["Bo"], iban=IBAN)
    return sqlite_world


def export(world: World, *arguments: str) -> Result:
    """Run `commonhold export`; an error of ours is raised."""
    result = CliRunner().invoke(root, ["--home", str(world.node.home), "export", *arguments])
    if isinstance(result.exception, CommonholdError):
        raise result.exception
    return result


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_books_on_standard_output_and_in_a_file_are_the_same(shared: World, tmp_path: Path, form: str) -> None:
    """`-o -` is standard output; messages go to standard error; the accounting tool accepts the file."""
    file = tmp_path / f"books.{form}"
    text = export(shared, form).stdout
    assert export(shared, form, "-o", "-").stdout == text
    result = export(shared, form, "-o", str(file))
    assert (result.stdout, file.read_text()) == ("", text)
    assert "2 transactions" in result.stderr
    tool = [Path(sys.executable).with_name("bean-check"), file] if form == "beancount" else ["hledger", "check", "--strict", "-f", file]
    assert subprocess.run(tool, check=False, env=os.environ | {"LANG": "C.UTF-8"}).returncode == 0


def test_json_tells_of_the_file_or_holds_the_text(shared: World, tmp_path: Path) -> None:
    """With a file, --json gives its name and counts; without one, the text is inside the JSON."""
    file = tmp_path / "books"
    told = json.loads(export(shared, "beancount", "--json", "-o", str(file)).stdout)
    assert told == {"file": str(file), "transactions": 2, "accounts": 6, "balances": 4}
    inside = json.loads(export(shared, "beancount", "--json").stdout)
    assert inside == told | {"file": None, "text": file.read_text()}


def test_files_with_personal_data_are_private(shared: World, tmp_path: Path) -> None:
    """Files with names or account numbers have mode 0600, also where a readable file was before; others follow the umask."""
    open_file, private = tmp_path / "open", tmp_path / "private"
    private.write_text("old")
    private.chmod(0o644)
    for arguments in (SEPA, ["csv"], ["beancount", "--names"], ["csv", "--what", "shares", "--names"]):
        private.chmod(0o644)
        assert "only you can read it" in export(shared, *arguments, "-o", str(private)).stderr
        assert mode(private) == 0o600
    export(shared, "csv", "--what", "shares", "-o", str(open_file))
    umask = os.umask(0o022)
    os.umask(umask)
    assert mode(open_file) == 0o666 & ~umask
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["open", "private"]


def test_a_failed_export_leaves_the_old_file(shared: World, tmp_path: Path) -> None:
    """A file is replaced when it is whole, and not before."""
    file = tmp_path / "pay.xml"
    file.write_text("old")
    with pytest.raises(BadInput) as refused:
        export(shared, *SEPA[:-1], "DE00", "-o", str(file))
    assert (refused.value.code, file.read_text()) == ("payments.bad_debtor", "old")
    with pytest.raises(OSError, match="No such file"):
        raise export(shared, *SEPA, "-o", str(tmp_path / "missing" / "pay.xml")).exception


def test_what_is_no_plain_file_is_written_through(shared: World) -> None:
    """A device is not replaced by a file."""
    assert export(shared, *SEPA, "-o", "/dev/null").exit_code == 0
    assert not Path("/dev/null").is_file()


def test_sepa_reports_who_is_left_out_and_what_comes_next(shared: World, tmp_path: Path) -> None:
    """The file has the payment to Bo; Cy, without an account, is named with the amount and the reason."""
    file = tmp_path / "pay.xml"
    result = export(shared, *SEPA, "-o", str(file))
    assert "Left out: Cy, 50.00 EUR: no IBAN is known." in result.stderr
    assert f"commonhold share pay 1 --to {shared.ids['Bo']}" in result.stderr
    assert IBAN in file.read_text() and IBAN not in result.output
    told = json.loads(export(shared, *SEPA, "--json", "--schema", "pain.001.001.09", "-o", str(file)).stdout)
    assert told.pop("messageId") in file.read_text()
    cy = {"agent": shared.ids["Cy"], "name": "Cy", "amount": "50.00", "reason": "no_iban"}
    expected = {"file": str(file), "payments": 1, "amount": "50.00", "currency": "EUR", "schema": "pain.001.001.09", "leftOut": [cy]}
    assert told == expected


def test_the_versions_offered_are_those_that_can_be_written() -> None:
    """The command line keeps its own list, so that help does not load the rest."""
    assert OFFERED == SCHEMAS


def test_every_table_has_its_rows(shared: World) -> None:
    """Each table is CSV with a header, a row for each thing, and no formulas."""
    tables = {what: list(csv.DictReader(io.StringIO(export(shared, "csv", "--what", what).stdout))) for what in ("contributions", "shares", "payouts", "journal")}  # fmt: skip
    with shared.node.read() as transaction:
        size = transaction.value("SELECT COUNT(*) FROM journal_entry")
    assert {what: len(rows) for what, rows in tables.items()} == {"contributions": 2, "shares": 2, "payouts": 2, "journal": size}
    assert [row["amount"] for row in tables["shares"]] == ["50.00", "50.00"]
    assert {row["note"] for row in tables["contributions"]} == {"'=cmd()", ""}
    assert json.loads(tables["journal"][0]["body"])["node"].startswith("did:key:")
    assert tables["payouts"][0].keys() >= {"agent", "name", "amount", "currency", "iban", "bic", "state"}
    assert "Bo" not in {row["name"] for row in tables["shares"]}
    named = csv.DictReader(io.StringIO(export(shared, "csv", "--what", "shares", "--names").stdout))
    assert {row["name"] for row in named} == {"Bo", "Cy"}


def test_a_table_of_one_distribution(shared: World) -> None:
    """Shares and payouts can be those of one distribution; the other tables cannot."""
    shared.income("20.00")
    shared.share()
    rows = list(csv.DictReader(io.StringIO(export(shared, "csv", "--what", "shares", "--distribution", "2").stdout)))
    assert {row["distribution"] for row in rows} == {"2"}
    assert len(list(csv.reader(io.StringIO(export(shared, "csv").stdout)))) == 5
    with pytest.raises(Refused) as refused:
        export(shared, "csv", "--what", "journal", "--distribution", "1")
    assert refused.value.code == "export.no_distribution"


def test_the_journal_as_files_verifies(shared: World, tmp_path: Path) -> None:
    """The folder holds the whole journal, and the verifier key that is printed verifies it."""
    told = json.loads(export(shared, "journal", "--to", str(tmp_path / "log"), "--json").stdout)
    report = verify_export(tmp_path / "log", told["verifierKey"])
    assert report.ok and report.entries == told["entries"]
    assert told["files"] == sum(path.is_file() for path in (tmp_path / "log").rglob("*"))
    assert told["verifierKey"] in export(shared, "journal", "--to", str(tmp_path / "log")).stdout
