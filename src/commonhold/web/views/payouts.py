"""`/{commons}/distributions/{number}/pay/`, `sepa/` and `payments.csv`: recording what was paid, and files for the bank.

The files hold names and account numbers of people. They are for whoever the charter lets record payouts, if that is a role that is
given to somebody: where every member has the power, they are made on the machine of the node alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import StringIO
from typing import Any

from django.views.decorators.http import require_safe

from ...commons.people import names as names_here
from ...commons.queries import commons_section
from ...measure import format_money
from ...node.books import read_credit_transfer, sheet
from ...node.money_pages import may_see_accounts
from ...node.public_names import called, public_names
from ...problems import CommonholdError, Forbidden, Problem, bad_input
from ...sharing.commands import PayParams
from ...sharing.payments import SCHEMAS, Debtor, write_csv
from ...sharing.queries import get_distribution, totals_by_agent
from ...store.transaction import Transaction
from ..addresses import at
from ..errors import error_page
from ..forms import Download, Entered, Form, Sent, downloaded, to_sign_in
from ..member import Member, member_of
from ..pages import Values
from .incomes import require_power

Path = Mapping[str, str]
CHOSEN_MAX = 300
"""Of so many at most can some be chosen; of more, all are recorded as paid together."""


def require_accounts(transaction: Transaction, commons: str, member: Member) -> None:
    """Keep account numbers from everybody else.

    Raises:
        Forbidden: `commons.lacks_power`, `web.not_for_all`.
    """
    require_power(transaction, commons, member, "pay")
    if not may_see_accounts(transaction, commons, member.agent):
        problem = "The charter lets everybody record payouts, and account numbers are not for everybody: make payment files on the node's machine."
        raise Forbidden(Problem("web.not_for_all", problem, "powers.pay"))


def _lines(transaction: Transaction, commons: str, number: int, *, named: bool = False) -> list[Values]:
    """Who is still owed something that can be paid, largest share first. named: By the names that only who pays may see, too."""
    found = get_distribution(transaction, commons, number)
    lines = [line for line in totals_by_agent(transaction, commons, number) if line["payable"] and line["owed"]]
    names = names_here(transaction, commons) if named else public_names(transaction, commons, [line["agent"] for line in lines])
    return [line | {"called": called(names, line["agent"]), "owedText": format_money(line["owed"], found.currency)} for line in lines]


def _number(path: Path) -> int:
    return int(path["number"])


def _pay_fields(transaction: Transaction, commons: str, path: Path) -> tuple[str, ...]:
    """A box for everybody who has a share that can be paid: also for those who were paid, so that a form sent twice says the same."""
    get_distribution(transaction, commons, _number(path))
    lines = [line for line in totals_by_agent(transaction, commons, _number(path)) if line["payable"]]
    return tuple(f"pay-{line['agent']}" for line in lines) if len(lines) <= CHOSEN_MAX else ()


def _begin_pay(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    require_power(transaction, commons, member, "pay")
    return {f"pay-{line['agent']}": "yes" for line in _lines(transaction, commons, _number(path))} if _pay_fields(transaction, commons, path) else {}


def _pay_context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    seeing = may_see_accounts(transaction, commons, member.agent)
    lines = _lines(transaction, commons, _number(path), named=seeing)
    currency = get_distribution(transaction, commons, _number(path)).currency
    return {
        "number": _number(path), "lines": lines, "currency": currency, "together": format_money(sum(line["owed"] for line in lines), currency),
        "choosing": bool(_pay_fields(transaction, commons, path)), "maySee": seeing,
    }  # fmt: skip


def _send_pay(sent: Sent) -> str:
    boxes = [name for name in sent.values if name.startswith("pay-")]
    chosen = [name.removeprefix("pay-") for name in boxes if sent.values[name] == "yes"]
    if boxes and not chosen:
        raise bad_input("web.no_answer", "Choose one at least who was paid.", "reference")
    sent.act("share.pay", PayParams(distribution=_number(sent.path), agents=chosen, reference=sent.values["reference"]))
    return at(sent.commons, "distributions", str(_number(sent.path)), said="recorded")


pay = Form("money/pay.html", ("reference",), _begin_pay, _pay_context, _send_pay, (("reference", "reference"),), more=_pay_fields).view()


def _begin_sepa(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    require_accounts(transaction, commons, member)
    get_distribution(transaction, commons, _number(path))
    return {"debtor-name": commons_section(transaction, commons).name[:70], "schema": SCHEMAS[0]}


def _sepa_context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    require_accounts(transaction, commons, member)
    lines = _lines(transaction, commons, _number(path))
    found = get_distribution(transaction, commons, _number(path))
    together = format_money(sum(line["owed"] for line in lines), found.currency)
    return {"number": _number(path), "schemas": list(SCHEMAS), "currency": found.currency, "receivers": len(lines), "together": together}


def _send_sepa(sent: Sent) -> Download:
    values, number = sent.values, _number(sent.path)
    with sent.node.read() as transaction:
        require_accounts(transaction, sent.commons, sent.member)
    if values["schema"] not in SCHEMAS:
        raise bad_input("web.bad_value", f"It is one of {', '.join(SCHEMAS)}.", "schema")
    try:
        execute = date.fromisoformat(values["on"]) if values["on"] else None
    except ValueError:
        raise bad_input("web.bad_time", "Give a day, like 2026-11-23.", "on") from None
    debtor = Debtor(name=values["debtor-name"], iban=values["debtor-iban"], bic=values["debtor-bic"])
    _, transfer = read_credit_transfer(sent.node, sent.commons, number, debtor, values["schema"], execute)
    return Download(f"{sent.commons}-distribution-{number}.xml", "application/xml", transfer.xml)


sepa = Form(
    "money/sepa.html", ("debtor-name", "debtor-iban", "debtor-bic", "on", "schema"), _begin_sepa, _sepa_context, _send_sepa,
    (("debtor-name", "debtor-name"), ("debtor-iban", "debtor-iban"), ("debtor-bic", "debtor-bic"), ("schema", "schema")),
).view()  # fmt: skip


@require_safe
def payment_sheet(request: Any, commons: str, number: str) -> Any:
    """Who is to be paid how much, and where: the table that the command line writes, for the same few people."""
    try:
        with request.node.read() as transaction:
            commons_section(transaction, commons)
            member = member_of(request, transaction, commons)
            if member is None:
                return to_sign_in(request, transaction, commons)
            require_accounts(transaction, commons, member)
            found, text = sheet(transaction, commons, "payouts", int(number)), StringIO(newline="")
            write_csv(text, found.columns, found.rows, found.numbers)
    except CommonholdError as error:
        return error_page(request, error)
    return downloaded(Download(f"{commons}-distribution-{int(number)}-payments.csv", "text/csv; charset=utf-8", text.getvalue().encode()))
