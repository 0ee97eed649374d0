"""Payment files: a credit transfer that is valid by its schema, and CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sepaxml.validation import try_valid_xml
from world import START, World

from commonhold.commons.people import write_profile
from commonhold.node.books import read_credit_transfer, read_payees
from commonhold.node.imports import Importer
from commonhold.problems import BadInput, Refused
from commonhold.sharing.commands import PayParams
from commonhold.sharing.payments import (
    PAYOUT_COLUMNS,
    PAYOUT_NUMBERS,
    SCHEMAS,
    CreditTransfer,
    Debtor,
    Order,
    Payee,
    credit_transfer,
    is_iban,
    payout_rows,
    safe_cell,
    write_csv,
)
from commonhold.sharing.queries import unpaid

DEBTOR = Debtor(name="Alder Foundation", iban="DE89 3704 0044 0532 0130 00", bic="COBADEFFXXX")
ORDER = Order(number=3, entry="ab" * 32, currency="EUR", text="Test: distribution 3", created=START)
IBANS = {"Bo": "AT611904300234573201", "Cy": "NL91ABNA0417164300"}


def payee(agent: str, **fields: object) -> Payee:
    told = {"name": f"Peer {agent}", "amount": 1000, "paid": 0, "owed": 1000, "state": "to be paid", "iban": IBANS["Bo"]}
    return Payee(agent=agent, **(told | fields))


def read(xml: bytes) -> ET.Element:
    """The document, without its namespace."""
    return ET.fromstring(re.sub(rb' xmlns="[^"]*"', b"", xml))


def texts(root: ET.Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(f".//{path}")]


def cents(amount: str) -> int:
    whole, fraction = amount.split(".")
    return int(whole) * 100 + int(fraction)


@pytest.fixture
def shared(world: World) -> World:
    """A distribution of 900.00 among Ana, Bo, Cy and an identity; Bo and Cy have accounts, Ana has none."""
    for name in ("Ana", "Bo", "Cy"):
        world.validated(name)
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(b"by,kind,amount,domain\nzed@example.org,work,2,firmware\n", "sheet", {}, identities=True)
    with world.node.read() as transaction:
        position = transaction.value("SELECT MAX(position) FROM contribution WHERE commons = 'test'")
    for peer in ("Bo", "Cy"):
        world.attest(peer, position)
    world.income("900.00")
    world.share()
    with world.node.database.write() as transaction:
        for name, iban in IBANS.items():
            write_profile(transaction, "test", world.ids[name], iban=iban)
    return world


def transfer_of(world: World, schema: str = SCHEMAS[0]) -> CreditTransfer:
    return read_credit_transfer(world.node, "test", 1, DEBTOR, schema)[1]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_transfer_pays_what_is_owed_to_those_who_can_be_paid(shared: World, schema: str) -> None:
    """In every version of the message, it is valid by the schema; amounts, accounts and sums are those of the tables."""
    transfer = transfer_of(shared, schema)
    try_valid_xml(transfer.xml, schema)
    root = read(transfer.xml)
    with shared.node.read() as transaction:
        owed = unpaid(transaction, "test", 1)
    paid = dict(zip(texts(root, "CdtrAcct/Id/IBAN"), map(cents, texts(root, "InstdAmt")), strict=True))
    assert paid == {IBANS[name]: owed[shared.ids[name]] for name in IBANS} == dict.fromkeys(IBANS.values(), 18000)
    assert {cents(text) for text in texts(root, "CtrlSum")} == {sum(paid.values())} == {transfer.total}
    assert set(texts(root, "NbOfTxs")) == {"2"}
    assert texts(root, "DbtrAcct/Id/IBAN") == ["DE89370400440532013000"]
    assert {element.get("Ccy") for element in root.iter("InstdAmt")} == {"EUR"}


def test_whoever_is_left_out_is_reported_with_the_reason(shared: World) -> None:
    """Nobody who is owed something is dropped: paid and left out together are all that is owed."""
    transfer = transfer_of(shared)
    assert {(payee.name, reason) for payee, reason in transfer.left_out} == {("Ana", "no_iban"), ("", "held")}
    assert transfer.total + sum(payee.owed for payee, _ in transfer.left_out) == 90000


def test_a_transfer_holds_only_what_is_still_owed(shared: World) -> None:
    """Who was paid is not paid again; when all were, there is nothing to pay."""
    shared.act("Ana", "share.pay", PayParams(distribution=1, agents=["Bo"]))
    assert [payee.name for payee in transfer_of(shared).paid] == ["Cy"]
    shared.act("Ana", "share.pay", PayParams(distribution=1))
    with pytest.raises(Refused) as refused:
        transfer_of(shared)
    assert refused.value.code == "payments.nothing_to_pay"


def test_a_transfer_is_the_same_bytes_each_time() -> None:
    """The same payments have the same message id and, at the same time, the same bytes; other payments have another id."""
    one = credit_transfer(DEBTOR, [payee("a"), payee("b")], ORDER)
    assert one == credit_transfer(DEBTOR, [payee("a"), payee("b")], ORDER)
    assert one.message.startswith("ab" * 8) and len(one.message) <= 35
    root = read(one.xml)
    assert texts(root, "MsgId") == texts(root, "PmtInfId") == [one.message]
    assert texts(root, "CreDtTm") == ["2026-01-01T00:00:00Z"]
    assert texts(root, "ReqdExctnDt/Dt") == ["2026-01-01"]
    assert texts(root, "EndToEndId")[0] == f"{'ab' * 8}-{hashlib.sha256(b'a').hexdigest()[:16]}"
    later = credit_transfer(DEBTOR, [payee("a"), payee("b")], replace(ORDER, created=START + 86_400, execute=date(2026, 2, 1)))
    assert later.message == one.message and texts(read(later.xml), "ReqdExctnDt/Dt") == ["2026-02-01"]
    assert credit_transfer(DEBTOR, [payee("a")], ORDER).message != one.message
    assert credit_transfer(DEBTOR, [payee("a", owed=999), payee("b")], ORDER).message != one.message


def test_only_euro_goes_by_sepa() -> None:
    """Another currency is refused, and so is a file without anybody to pay."""
    with pytest.raises(Refused) as refused:
        credit_transfer(DEBTOR, [payee("a")], replace(ORDER, currency="CHF"))
    assert refused.value.code == "payments.not_eur"
    with pytest.raises(Refused) as refused:
        credit_transfer(DEBTOR, [payee("a", iban="")], ORDER)
    assert refused.value.code == "payments.nothing_to_pay" and "no IBAN is known" in str(refused.value)


@pytest.mark.parametrize(
    ("debtor", "field"),
    [
        (replace(DEBTOR, name=" & "), "debtor-name"),
        (replace(DEBTOR, iban="DE89370400440532013001"), "debtor-iban"),
        (replace(DEBTOR, bic="COBA"), "debtor-bic"),
    ],
)
def test_a_debtor_that_no_bank_takes_is_refused(debtor: Debtor, field: str) -> None:
    """The field that is wrong is named."""
    with pytest.raises(BadInput) as refused:
        credit_transfer(debtor, [payee("a")], ORDER)
    assert (refused.value.code, refused.value.problems[0].field) == ("payments.bad_debtor", field)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"payable": False}, "held"),
        ({"iban": ""}, "no_iban"),
        ({"iban": "AT611904300234573202"}, "bad_iban"),
        ({"bic": "not a bic"}, "bad_bic"),
        ({"name": ""}, "no_name"),
        ({"name": "\n&"}, "no_name"),
    ],
)
def test_each_reason_to_leave_somebody_out(fields: dict[str, object], reason: str) -> None:
    """One bad record does not spoil the file for the others."""
    transfer = credit_transfer(DEBTOR, [payee("good"), payee("bad", **fields)], ORDER)
    assert [payee.agent for payee in transfer.paid] == ["good"]
    assert [(payee.agent, why) for payee, why in transfer.left_out] == [("bad", reason)]


def test_names_are_written_in_letters_that_banks_take() -> None:
    """Letters beyond the Latin ones that SEPA knows are written with those, long names are cut, and a BIC may be missing."""
    named = [payee("a", name="Łukasz Groß & <Söhne>", bic="ABNANL2A"), payee("b", name="Ana " * 40), payee("c", name="Ольга")]
    root = read(credit_transfer(replace(DEBTOR, bic=""), named, ORDER).xml)
    assert texts(root, "Cdtr/Nm") == ["Lukasz Gross Sohne", ("Ana " * 18)[:70].strip(), "Ol'ga"]
    assert texts(root, "CdtrAgt/FinInstnId/BICFI") == ["ABNANL2A"]
    assert texts(root, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]


@settings(max_examples=20)
@given(st.lists(st.integers(1, 99_999_999_999), min_size=1, max_size=20), st.text(max_size=80))
def test_amounts_read_back_from_the_file_add_up(amounts: list[int], name: str) -> None:
    """Whatever the amounts and names, every payment is in the file to the cent, or its payee is reported."""
    payees = [payee("good")] + [payee(f"{index}", owed=owed, name=name) for index, owed in enumerate(amounts)]
    transfer = credit_transfer(DEBTOR, payees, ORDER)
    found = [cents(text) for text in texts(read(transfer.xml), "InstdAmt")]
    assert found == [payee.owed for payee in transfer.paid]
    assert sum(found) + sum(payee.owed for payee, _ in transfer.left_out) == 1000 + sum(amounts)


def test_a_file_that_would_not_be_valid_is_not_written() -> None:
    """What the schema does not allow, such as an empty remittance text, is refused."""
    with pytest.raises(Refused) as refused:
        credit_transfer(DEBTOR, [payee("a")], replace(ORDER, text="&"))
    assert refused.value.code == "payments.not_valid"


@pytest.mark.parametrize("text", ["", "XX", "1234567890123456", "DE8937040044053201300ä", "DE89 3704 0044 0532 0130 00"])
def test_what_is_no_iban(text: str) -> None:
    """Blanks, other letters and wrong check digits are not an IBAN."""
    assert not is_iban(text)


def test_payouts_as_csv(shared: World) -> None:
    """The table has everybody with what they get, were paid and are owed, and the account to pay it to."""
    shared.act("Ana", "share.pay", PayParams(distribution=1, agents=["Bo"]))
    held = io.StringIO(newline="")
    with shared.node.read() as transaction:
        assert write_csv(held, PAYOUT_COLUMNS, payout_rows(1, "EUR", read_payees(transaction, "test", 1)), PAYOUT_NUMBERS) == 4
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(held.getvalue(), newline=""))}
    assert {name: (row["amount"], row["paid"], row["owed"], row["iban"]) for name, row in rows.items()} == {
        "": ("360.00", "0.00", "360.00", ""),
        "Ana": ("180.00", "0.00", "180.00", ""),
        "Bo": ("180.00", "180.00", "0.00", IBANS["Bo"]),
        "Cy": ("180.00", "0.00", "180.00", IBANS["Cy"]),
    }
    assert rows["Bo"]["state"] == "paid" and rows[""]["state"].startswith("held")


@given(st.lists(st.tuples(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.integers(-(10**6), 10**6)), max_size=5))
def test_csv_is_read_back_and_has_no_formulas(rows: list[tuple[str, int]]) -> None:
    """Text is as it was, with a quote before what a spreadsheet would run; numbers, also negative ones, are untouched."""
    held = io.StringIO(newline="")
    write_csv(held, ("text", "integer", "decimal"), [(text, number, f"{number}.50") for text, number in rows], ("decimal",))
    found = list(csv.reader(io.StringIO(held.getvalue(), newline="")))[1:]
    for (text, number), (cell, integer, decimal) in zip(rows, found, strict=True):
        assert (integer, decimal) == (str(number), f"{number}.50")
        assert cell in (text, f"'{text}")
        assert cell != text or text[:1] not in tuple("=+-@\t\r\n")


@pytest.mark.parametrize("text", [
        "=1+1", "+49 1", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", " =1+1", "\u00a0 =1", "\u200b=1+1", "\ufeff@SUM(A1)", "\0=1", "\u2060+1", "＝1+1", "＋1", "－1",
        " ＠SUM(A1)", "\u202e=1",
    ])  # fmt: skip
def test_cells_that_a_spreadsheet_would_run_are_neutralised(text: str) -> None:
    """A single quote makes them text."""
    assert safe_cell(text) == "'" + text
