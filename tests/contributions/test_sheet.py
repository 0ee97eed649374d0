"""Sheets: columns and constants, what is told of each row, and that a sheet lands whole, once, or not at all."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import CHARTER, World

from commonhold.commons.people import names, write_profile
from commonhold.contributions.entries import Evidence
from commonhold.contributions.queries import Filter, batches, list_contributions
from commonhold.contributions.sheet import import_sheet, read_sheet
from commonhold.journal.commands import Act
from commonhold.journal.keys import SigningKey
from commonhold.journal.writer import Landed
from commonhold.node.imports import Importer, SheetRefused
from commonhold.problems import BadInput

PLAIN = b"kind,amount,domain\nwork,1.5,firmware\ncare,2,hardware\n"


def imported(world: World, data: bytes, mapping: dict[str, str] | None = None, label: str = "hours", **options: Any) -> dict[str, Any]:
    return Importer(world.node, "test", world.ids["Ana"]).sheet(data, label, mapping or {}, **options)


def listed(world: World) -> list[dict[str, Any]]:
    with world.node.read() as transaction:
        return list(list_contributions(transaction, "test", Filter()))[::-1]


def size(world: World) -> int:
    with world.node.read() as transaction:
        return int(transaction.value("SELECT size FROM journal_head"))


def test_a_sheet_becomes_claims_of_one_batch(world: World) -> None:
    """Every row is a claim, with all that its columns say; a second import finds them known."""
    data = (
        "by,kind,amount,domain,at,process,fulfills,note,url,commit,sha256,repayment\r\n"
        f'Bo,work,1.5,firmware,2025-12-01,mill,task-1,"Soldered, ""twice""\nand tested",https://example.org/1,ab12,{"cd" * 32},once\r\n'
        ",expense,12.50,hardware,2025-12-02T08:30:00+01:00,,,,,,,until_repaid\r\n"
    ).encode()
    world.commitment("Bo", "task-1")
    report = imported(world, data)
    assert (report["rows"], report["contributions"], report["refused"]) == (2, 2, [])
    one, two = listed(world)
    assert (one["contributor"], one["kind"], one["claimed"], one["state"]) == (world.ids["Bo"], "work", "1.5", "claimed")
    assert (one["hasPointInTime"], one["process"], one["fulfills"], one["repayment"]) == ("2025-12-01T12:00:00Z", "mill", ["task-1"], "once")
    assert one["note"] == 'Soldered, "twice"\nand tested'
    assert [Evidence(**line).type for line in one["evidence"]] == ["url", "commit", "sha256"]
    assert (two["contributor"], two["hasPointInTime"], two["unit"]) == (world.ids["Ana"], "2025-12-02T07:30:00Z", "EUR")
    with world.node.read() as transaction:
        (batch,) = batches(transaction, "test")
    assert (batch["source"], batch["label"], batch["states"]) == ("csv", "hours", {"claimed": 2})
    assert {one["batch"], two["batch"]} == {batch["position"]} and batch["id"] == report["batch"]
    before = size(world)
    again = imported(world, data)
    assert (again["contributions"], again["alreadyKnown"], size(world)) == (0, 2, before)
    assert world.verify().ok


def test_a_sheet_with_a_bad_row_leaves_nothing_unless_asked(world: World) -> None:
    """Each refused row is reported with its line and reason; with `partial` the others are taken over, and the rest later."""
    data = b'kind,amount,domain,note\nwork,1,firmware,"two\nlines"\npoetry,1,firmware,\nwork,x,firmware,\n\nwork,2,sales,\nwork,3,hardware,\n'
    before = size(world)
    with pytest.raises(SheetRefused) as refused:
        imported(world, data)
    assert size(world) == before and listed(world) == []
    told = {row["line"]: row["problems"][0]["code"] for row in refused.value.report["refused"]}
    assert told == {4: "contributions.unknown_kind", 5: "imports.bad_amount", 7: "contributions.unknown_domain"}
    assert len(refused.value.problems) == 3
    report = imported(world, data, partial=True)
    assert (report["rows"], report["contributions"], len(report["refused"])) == (5, 2, 3)
    assert [line["claimed"] for line in listed(world)] == ["1", "3"]
    world.charter(CHARTER.replace("[kinds.care]", '[kinds.care]\n[kinds.poetry]\naction = "work"\nunit = "hour"'))
    report = imported(world, data, label="hours, again", partial=True)
    assert (report["contributions"], report["alreadyKnown"], len(report["refused"])) == (1, 2, 2)
    assert world.verify().ok


def test_a_dry_run_of_a_sheet_writes_nothing(sqlite_world: World) -> None:
    """The report is what it would be."""
    before = size(sqlite_world)
    report = Importer(sqlite_world.node, "test", sqlite_world.ids["Ana"], dry_run=True).sheet(PLAIN, "hours", {})
    assert (report["contributions"], size(sqlite_world)) == (2, before)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
def test_separators_and_byte_order_marks_are_found_out(separator: str, before: bytes) -> None:
    """As spreadsheets of several languages save it."""
    rows = read_sheet(before + PLAIN.replace(b",", separator.encode()), {})
    assert [(row.line, row.fields["kind"], row.fields["amount"]) for row in rows] == [(2, "work", "1.5"), (3, "care", "2")]


def test_columns_are_mapped_and_constants_fill_in(sqlite_world: World) -> None:
    """Our fields from other titles; what begins with = is the same for all rows."""
    data = "Stunden;Wer;Tätigkeit\n1.5;Bo;gelötet\n".encode()
    mapping = {"amount": "Stunden", "by": "Wer", "note": "Tätigkeit", "kind": "=work", "domain": "=hardware"}
    assert imported(sqlite_world, data, mapping)["contributions"] == 1
    (line,) = listed(sqlite_world)
    assert (line["kind"], line["domain"], line["note"], line["contributor"]) == ("work", "hardware", "gelötet", sqlite_world.ids["Bo"])


@pytest.mark.parametrize(
    ("data", "mapping", "field", "message"),
    [
        (b"", {}, "line 1", "no column 'kind'"),
        (b"kind,domain\nwork,firmware\n", {}, "line 1", "no column 'amount'"),
        (PLAIN, {"note": "Remark"}, "line 1", "no column 'Remark'"),
        (PLAIN, {"hours": "amount"}, "map", "'hours' is no field"),
        (PLAIN.decode().encode("utf-16"), {}, "file", "not UTF-8"),
        ("kind,amount,note\nwork,1,Löten\n".encode("latin-1"), {}, "file", "not UTF-8 (byte 25)"),
        (b'kind,amount,domain\nwork,"1,firmware\nwork,2,firmware\n', {}, "line 3", "Not CSV"),
        (b"kind,amount," + b"x" * 200_000 + b"\n", {}, "line 1", "Not CSV"),
        (b"kind,amount,note\nwork,1," + b"x" * 200_000 + b"\n", {}, "line 2", "Not CSV"),
    ],
)
def test_a_file_that_is_no_sheet_is_told(data: bytes, mapping: dict[str, str], field: str, message: str) -> None:
    """What cannot be read as a whole is refused as a whole, with the place."""
    with pytest.raises(BadInput) as refused:
        read_sheet(data, mapping)
    assert (refused.value.code, refused.value.problems[0].field) == ("imports.bad_sheet", field)
    assert message in refused.value.problems[0].message


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        ('work,"1,5",firmware,,,', "imports.bad_amount", "a point before the fraction"),
        ("work,1,5,firmware,,,", "imports.bad_row", "more cells than the file has titles"),
        ("work,-1,firmware,,,", "imports.bad_amount", "'-1' is not an amount"),
        ("work,1.0000001,firmware,,,", "imports.bad_amount", "more than 6 digits"),
        ("work,,firmware,,,", "imports.bad_amount", "not an amount"),
        ("work,1,,,,", "contributions.which_domain", "firmware, hardware"),
        ("work,1,firmware,1.12.2025,,", "imports.bad_time", "2026-11-23"),
        ("work,1,firmware,0001-01-01,,", "imports.bad_time", "between the years"),
        ("work,1,firmware,9999-12-31T23:59:59-10:00,,", "imports.bad_time", "between the years"),
        ("work,1,firmware,2027-01-01,,", "contributions.in_the_future", "has happened already"),
        ("work,1,firmware,,Nobody,", "commons.unknown_agent", "Nobody"),
        ("code,1,firmware,,,until_repaid", "contributions.no_value", "worth"),
        ("work,1,firmware,,,sometimes", "journal.bad_body", "sometimes"),
    ],
)
def test_each_thing_wrong_in_a_row_is_told(sqlite_world: World, row: str, code: str, message: str) -> None:
    """By the line of the row, with a code and what would be right."""
    with pytest.raises(SheetRefused) as refused:
        imported(sqlite_world, f"kind,amount,domain,at,by,repayment\n{row}\n".encode())
    (line,) = refused.value.report["refused"]
    assert (line["line"], line["problems"][0]["code"]) == (2, code)
    assert message in line["problems"][0]["message"]
    assert listed(sqlite_world) == []


def test_rows_that_say_the_same_are_as_many_claims(world: World) -> None:
    """Two equal rows are two claims; the same sheet with a third adds one."""
    row = b"work,1,firmware\n"
    assert imported(world, b"kind,amount,domain\n" + row * 2)["contributions"] == 2
    report = imported(world, b"kind,amount,domain\n" + row * 3)
    assert (report["contributions"], report["alreadyKnown"]) == (1, 2)


def test_a_key_of_its_own_names_a_row(world: World) -> None:
    """A row with a key is known by it; two rows of one file cannot have the same; long keys are told apart to the end."""
    head = b"kind,amount,domain,key\n"
    assert imported(world, head + b"work,1,firmware,t-1\n")["contributions"] == 1
    assert imported(world, head + b"work,1,firmware,t-1\nwork,1,firmware,t-2\n")["contributions"] == 1
    with pytest.raises(SheetRefused) as refused:
        imported(world, head + b"work,1,firmware,t-3\nwork,2,firmware,t-3\n")
    assert [(row["line"], row["problems"][0]["code"]) for row in refused.value.report["refused"]] == [(3, "imports.repeated_key")]
    long = b"k" * 300
    assert imported(world, head + b"work,1,firmware," + long + b"a\nwork,1,firmware," + long + b"b\n")["contributions"] == 2


def test_contributors_who_are_not_here_become_identities_only_if_asked(world: World) -> None:
    """Their address does not enter the journal; the same address is the same identity."""
    data = b"by,kind,amount,domain\nzed@example.org,work,1,firmware\nZED@example.org ,work,2,firmware\nBo,work,3,firmware\n"
    with pytest.raises(SheetRefused):
        imported(world, data)
    assert imported(world, data, identities=True)["contributions"] == 3
    one, two, three = (line["contributor"] for line in listed(world))
    assert one == two and one.startswith("id:") and three == world.ids["Bo"]
    with world.node.read() as transaction:
        assert not any(b"example.org" in bytes(row[0]) for row in transaction.rows("SELECT data FROM journal_entry"))


def test_what_is_in_a_row_cannot_be_tried_against_its_key(sqlite_world: World) -> None:
    """The keys of rows stand in the journal; another commons, with another secret, has others for the same rows."""
    keys = [row_keys(sqlite_world, secret) for secret in (b"1" * 32, b"2" * 32)]
    assert keys[0] == row_keys(sqlite_world, b"1" * 32)
    assert not set(keys[0]) & set(keys[1])
    assert imported(sqlite_world, BOTH, identities=True)["contributions"] == 2
    with sqlite_world.node.read() as transaction:
        journal = b"".join(bytes(row[0]) for row in transaction.rows("SELECT data FROM journal_entry"))
    for row in read_sheet(BOTH, {}):
        said = "\0".join(f"{name}={row.fields[name]}" for name in sorted(row.fields))
        assert hashlib.sha256(said.encode()).hexdigest()[:40].encode() not in journal
        long = f"sheet:{row.fields['key']}"
        assert hashlib.sha256(long.encode()).hexdigest().encode() not in journal


BOTH = f"by,kind,amount,domain,key\nzed@example.org,work,1,firmware,\n,work,2,firmware,{'zed@example.org' * 20}\n".encode()


def row_keys(world: World, secret: bytes) -> list[str]:
    """The keys that the rows would have under a secret."""
    with world.node.writing("test", dry_run=True) as writer:
        act = Act(writer, world.ids["Ana"], world.keys["Ana"])
        with_keys: list[str] = []
        write = writer.write

        def noting(*arguments: Any, **options: Any) -> Landed:
            with_keys.append(arguments[4])
            return write(*arguments, **options)

        writer.write = noting  # type: ignore[method-assign]
        import_sheet(act, read_sheet(BOTH, {}), "hours", secret, identities=True)
    return with_keys


def test_no_empty_batch_stays_behind(world: World) -> None:
    """Rows that only the rules refuse leave nothing, not even the batch that they would have come in."""
    before = size(world)
    data = b"kind,amount,domain\nwork,1,sales\n"
    report = imported(world, data, partial=True)
    assert (report["contributions"], len(report["refused"]), report["batch"], size(world)) == (0, 1, "", before)
    with world.node.read() as transaction:
        assert list(batches(transaction, "test")) == []
    assert imported(world, data + b"work,2,firmware\n", partial=True)["contributions"] == 1


def test_a_large_sheet(sqlite_world: World) -> None:
    """Thousands of rows in one batch, each a claim."""
    rows = "".join(f"work,{number % 9 + 1}.25,firmware,row {number}\n" for number in range(2_000))
    report = imported(sqlite_world, ("kind,amount,domain,note\n" + rows).encode())
    assert report["contributions"] == 2_000
    with sqlite_world.node.read() as transaction:
        assert transaction.row("SELECT COUNT(*), COUNT(DISTINCT batch) FROM contribution") == (2_000, 1)


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=6))
def test_whatever_is_in_the_cells_is_read_back(cells: list[tuple[str, str]]) -> None:
    """Quotes, separators and line ends in quoted cells are text; only blanks around it are dropped."""
    rows = "".join(f'work,"{note.replace(chr(34), chr(34) * 2)}","{amount.replace(chr(34), chr(34) * 2)}"\n' for note, amount in cells)
    found = read_sheet(("kind,note,amount\n" + rows).encode(), {})
    assert [(row.fields["note"], row.fields["amount"]) for row in found] == [(note.strip(), amount.strip()) for note, amount in cells]


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    """Any file is either a sheet or refused as none."""
    try:
        rows = read_sheet(data, {"kind": "=work", "amount": "=1"})
    except BadInput as refused:
        assert refused.code == "imports.bad_sheet"
    else:
        assert all(row.fields["kind"] == "work" for row in rows)


def test_a_name_that_several_have_is_nobodys_identity(sqlite_world: World) -> None:
    """An ambiguous name is refused, also where unknown names become identities; their names are remembered for whoever claims them."""
    for _ in range(2):
        key = SigningKey.generate()
        sqlite_world.node.join("test", key, ["producer"], keep=True)
        with sqlite_world.node.database.write() as transaction:
            write_profile(transaction, "test", key.did, name="Twin")
    importer = Importer(sqlite_world.node, "test", sqlite_world.ids["Ana"])
    rows = b"by,kind,amount,domain\nTwin,work,1,firmware\nNina,work,1,firmware\nNina,work,2,firmware\n"
    found = importer.sheet(rows, "hours", {}, partial=True, identities=True)
    assert (found["contributions"], [row["problems"][0]["code"] for row in found["refused"]]) == (2, ["commons.which_agent"])
    with sqlite_world.node.read() as transaction:
        assert names(transaction, "test")[importer.identity("Nina")] == "Nina"


@pytest.mark.parametrize("label", ["https://ana:s3cret@example.org/x", "git@example.org:x", "ana@example.org"])
def test_no_address_or_password_stands_in_a_label(sqlite_world: World, label: str) -> None:
    importer = Importer(sqlite_world.node, "test", sqlite_world.ids["Ana"])
    with pytest.raises(BadInput) as wrong:
        importer.sheet(b"by,kind,amount,domain\nBo,work,1,firmware\n", label, {})
    assert wrong.value.code == "imports.address_in_label"
