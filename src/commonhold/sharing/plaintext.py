"""Books in the plain text of Beancount and of hledger. Both end with assertions, exact to the last minor unit."""

from __future__ import annotations

from collections.abc import Iterator

from ..measure import currency_digits, format_money
from .books import Amount, Books


def beancount_text(books: Books) -> str:
    """The books as a Beancount file. The same books give the same bytes."""
    return "\n".join(_beancount(books)) + "\n"


def _beancount(books: Books) -> Iterator[str]:
    yield f'option "title" {_quoted(books.title)}'
    accounts = books.accounts()
    for currency in sorted({currency for _, currencies in accounts.values() for currency in currencies}):
        yield f'option "operating_currency" "{currency}"'
    yield ""
    for account, (day, currencies) in accounts.items():
        yield f"{day} open {account} {','.join(currencies)}"
        if account in books.names:
            yield f"  name: {_quoted(books.names[account])}"
    for transaction in books.transactions:
        payee = f"{_quoted(transaction.payee)} " if transaction.payee else ""
        link = f" ^distribution-{transaction.distribution}" if transaction.distribution else ""
        yield f"\n{transaction.day} * {payee}{_quoted(transaction.narration)}{link}"
        yield f'  entry: "{transaction.entry}"'
        yield f"  position: {transaction.position}"
        for amount in transaction.amounts:
            yield f"  {amount.account}  {_money(amount)}"
    yield ""
    for amount in books.closing:
        yield f"{books.closing_day()} balance {amount.account}  {format_money(amount.minor, amount.currency)} ~ 0 {amount.currency}"


def hledger_text(books: Books) -> str:
    """The books as an hledger journal. The same books give the same bytes."""
    return "\n".join(_hledger(books)) + "\n"


def _hledger(books: Books) -> Iterator[str]:
    yield f"; {_line(books.title)}"
    yield "decimal-mark ."
    accounts = books.accounts()
    for currency in sorted({currency for _, currencies in accounts.values() for currency in currencies}):
        yield f"commodity 1000.{'0' * (currency_digits(currency) or 0)} {currency}"
    yield ""
    for account in accounts:
        yield f"account {account}" + (f"  ; name:{_line(books.names[account]).replace(',', ' ')}" if account in books.names else "")
    for transaction in books.transactions:
        payee = f"{_described(transaction.payee)} | " if transaction.payee else ""
        yield f"\n{transaction.day} * ({transaction.position}) {payee}{_described(transaction.narration)}"
        tags = f"entry:{transaction.entry}, position:{transaction.position}"
        yield f"    ; {tags}" + (f", distribution:{transaction.distribution}" if transaction.distribution else "")
        for amount in transaction.amounts:
            yield f"    {amount.account}  {_money(amount)}"
    if books.closing:
        yield f"\n{books.closing_day()} * Balances"
    for amount in books.closing:
        yield f"    {amount.account}  {format_money(0, amount.currency)} {amount.currency} = {_money(amount)}"


def _money(amount: Amount) -> str:
    return f"{format_money(amount.minor, amount.currency)} {amount.currency}"


def _line(text: str) -> str:
    """A text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _quoted(text: str) -> str:
    escaped = _line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _described(text: str) -> str:
    """A text for hledger's description, in which `;` begins a comment and `|` ends the payee."""
    return _line(text).replace(";", ",").replace("|", "/")
