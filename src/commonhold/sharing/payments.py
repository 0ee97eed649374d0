"""Payment files: who is to be paid, as CSV, and as a SEPA credit transfer (ISO 20022 `pain.001`) for the bank.

Both hold names and account numbers: personal data. Whoever is owed something and is not in the credit transfer is reported
with the reason. Nothing here reads the clock, and the same input gives the same bytes, so that a bank sees a file that is
sent twice as the same message.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, TextIO

from ..journal.kinds import time_text
from ..measure import format_money
from ..problems import Problem, Refused, bad_input, refuse

SCHEMAS = ("pain.001.001.09", "pain.001.001.11", "pain.001.001.10", "pain.001.001.03")
"""Versions of the message that can be written; first the one that the SEPA rulebooks of 2023 and 2025 ask for."""

REASONS = {
    "held": "the identity has not been claimed",
    "no_iban": "no IBAN is known",
    "bad_iban": "the IBAN that is known is not one",
    "bad_bic": "the BIC that is known is not one",
    "no_name": "no name is known that a bank can write",
}

Reason = Literal["held", "no_iban", "bad_iban", "bad_bic", "no_name"]

_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]+")
_NO_BIC = b"<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>"
_FORMULA = ("=", "+", "-", "@")
_ENDS_A_CELL = ("\t", "\r", "\n")
_UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs")
"""Categories of characters that a spreadsheet may drop or pass over: controls, marks without a width, blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """What one agent gets of a distribution: share, what of it was paid, what is owed, in minor units; and where to pay it.

    Attributes:
        name: Empty if none is known. iban, bic: Empty if not known. payable: False while it is held for an identity.
        state: In words.
    """

    agent: str
    name: str
    amount: int
    paid: int
    owed: int
    state: str
    payable: bool = True
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """Whose account the money goes from; `bic` may be empty."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is paid: distribution `number` of `entry` (hexadecimal id), in which currency.

    Attributes:
        text: What the payees read on their bank statements. created: When the file is made, unix seconds.
        execute: The day of payment. schema: One of `SCHEMAS`.
    """

    number: int
    entry: str
    currency: str
    text: str
    created: int
    execute: date | None = None
    schema: str = SCHEMAS[0]


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """A file for the bank: its bytes and message id, who is paid by it, and who is owed something but left out, and why."""

    xml: bytes
    message: str
    paid: tuple[Payee, ...]
    left_out: tuple[tuple[Payee, Reason], ...]

    @property
    def total(self) -> int:
        """The sum of the payments, in cents."""
        return sum(payee.owed for payee in self.paid)


def credit_transfer(debtor: Debtor, payees: Sequence[Payee], order: Order) -> CreditTransfer:
    """A SEPA credit transfer to all who are owed something and can be paid, valid by the schema of the message.

    Raises:
        Refused: `payments.not_eur`, `payments.nothing_to_pay`, `payments.not_valid`.
        BadInput: `payments.bad_debtor`.
    """
    if order.currency != "EUR":
        raise refuse("payments.not_eur", f"SEPA carries euro only; this distribution is in {order.currency}. Use the CSV of payouts.", "currency")
    debtor = _checked(debtor)
    owed = [payee for payee in payees if payee.owed > 0]
    reasons = [(payee, _reason(payee)) for payee in owed]
    paid = tuple(payee for payee, reason in reasons if reason is None)
    left_out = tuple((payee, reason) for payee, reason in reasons if reason is not None)
    if not paid:
        why = f"{len(left_out)} agents are owed something, but cannot be paid by SEPA" if left_out else "nobody is owed anything of it any more"
        lines = (f"{payee.name or payee.agent}: {REASONS[reason]}" for payee, reason in left_out[:5])
        raise refuse("payments.nothing_to_pay", "; ".join([f"Distribution {order.number}: {why}", *lines]) + ".", "distribution")
    message = _message(debtor, paid, order)
    return CreditTransfer(_xml(debtor, paid, order, message), message, paid, left_out)


def _message(debtor: Debtor, paid: Sequence[Payee], order: Order) -> str:
    """The id of the message: the same for the same payments of the same distribution, so that a bank can refuse the second copy."""
    lines = [debtor.iban, *(f"{payee.agent} {payee.owed} {payee.iban} {payee.bic} {payee.name}" for payee in paid)]
    return f"{order.entry[:16]}-{_digest(chr(10).join(lines))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _checked(debtor: Debtor) -> Debtor:
    found = Debtor(name=_latin(debtor.name)[:70], iban=_bare(debtor.iban), bic=_bare(debtor.bic))
    if not found.name:
        raise bad_input("payments.bad_debtor", "The debtor's name is empty.", "debtor-name")
    if not is_iban(found.iban):
        raise bad_input("payments.bad_debtor", "The debtor's IBAN is not one: its check digits do not fit.", "debtor-iban")
    if found.bic and not _BIC.fullmatch(found.bic):
        raise bad_input("payments.bad_debtor", "The debtor's BIC is not one: it has 8 or 11 letters and digits.", "debtor-bic")
    return found


def _reason(payee: Payee) -> Reason | None:
    """Why somebody cannot be paid by SEPA, or None."""
    if not payee.payable:
        return "held"
    if not payee.iban:
        return "no_iban"
    if not is_iban(_bare(payee.iban)):
        return "bad_iban"
    if payee.bic and not _BIC.fullmatch(_bare(payee.bic)):
        return "bad_bic"
    return None if _latin(payee.name) else "no_name"


def is_iban(text: str) -> bool:
    """Whether this is an IBAN, without blanks, whose check digits are right (ISO 13616).

    >>> is_iban("DE89370400440532013000"), is_iban("DE89370400440532013001")
    (True, False)
    """
    return bool(_IBAN.fullmatch(text)) and int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def _bare(text: str) -> str:
    return "".join(text.split()).upper()


def _latin(text: str) -> str:
    """A text in the letters that every bank in SEPA takes."""
    from text_unidecode import unidecode  # type: ignore[import-untyped]

    return " ".join(_NOT_SEPA.sub(" ", unidecode(text)).split())


def _xml(debtor: Debtor, paid: Sequence[Payee], order: Order, message: str) -> bytes:
    """The message, with our ids and time in place of those that the library draws by lot."""
    from sepaxml import SepaTransfer
    from sepaxml.validation import ValidationError, try_valid_xml

    account = {"name": debtor.name, "IBAN": debtor.iban, "currency": "EUR", "batch": True} | ({"BIC": debtor.bic} if debtor.bic else {})
    transfer = SepaTransfer(account, schema=order.schema)
    execute = order.execute or datetime.fromtimestamp(order.created, UTC).date()
    for payee in paid:
        transfer.add_payment(
            {
                "name": _latin(payee.name)[:70],
                "IBAN": _bare(payee.iban),
                "amount": payee.owed,
                "execution_date": execute,
                "description": _latin(order.text)[:140],
                "endtoend_id": f"{order.entry[:16]}-{_digest(payee.agent)}",
            }
            | ({"BIC": _bare(payee.bic)} if payee.bic else {})
        )
    xml: bytes = transfer.export(validate=False)
    for name, value in (("MsgId", message), ("CreDtTm", time_text(order.created)), ("PmtInfId", message)):
        xml, count = re.subn(f"<{name}>[^<]*</{name}>".encode(), f"<{name}>{value}</{name}>".encode(), xml)
        assert count == 1, name
    xml = xml.replace(b"<DbtrAgt><FinInstnId /></DbtrAgt>", _NO_BIC)
    try:
        try_valid_xml(xml, order.schema)
    except ValidationError as error:
        raise Refused(Problem("payments.not_valid", f"The payment file would not be valid by {order.schema}: {error.__cause__ or error}")) from None
    return xml


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[str] = ()) -> int:
    """Write a table as CSV (RFC 4180, with a header); return how many rows there were.

    Text that a spreadsheet would take for a formula gets a single quote before it; integers and the columns named in
    `numbers` are left as they are.
    """
    writer = csv.writer(stream)
    writer.writerow(columns)
    plain = [name in set(numbers) for name in columns]
    count = 0
    for row in rows:
        writer.writerow([cell if isinstance(cell, int) or is_plain else safe_cell(cell) for cell, is_plain in zip(row, plain, strict=True)])
        count += 1
    return count


def safe_cell(value: object) -> str:
    """Text that no spreadsheet runs as a formula; None is empty.

    Blanks and unseen characters before a formula do not hide it, nor do wide forms of its sign.

    >>> safe_cell("=1+1"), safe_cell(" ＝1+1"), safe_cell("Ana"), safe_cell(None)
    ("'=1+1", "' ＝1+1", 'Ana', '')
    """
    text = "" if value is None else str(value)
    first = next((character for character in text if unicodedata.category(character) not in _UNSEEN), "")
    runs = text.startswith(_ENDS_A_CELL) or unicodedata.normalize("NFKC", first).startswith(_FORMULA)
    return f"'{text}" if runs else text


PAYOUT_COLUMNS = ("distribution", "agent", "name", "amount", "paid", "owed", "currency", "iban", "bic", "state")
PAYOUT_NUMBERS = ("amount", "paid", "owed")


def payout_rows(number: int, currency: str, payees: Iterable[Payee]) -> Iterable[tuple[object, ...]]:
    """The rows of the CSV of payouts, in `PAYOUT_COLUMNS`."""
    for payee in payees:
        money = (format_money(minor, currency) for minor in (payee.amount, payee.paid, payee.owed))
        yield (number, payee.agent, payee.name, *money, currency, payee.iban, payee.bic, payee.state)
