"""`/{commons}/incomes/…`: what came in, filtered by what stands in the address; recording it, and taking back what was a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...commons.charter import Powers
from ...commons.entries import AddAgent
from ...commons.people import find_by_name
from ...commons.queries import charter_section, commons_section, find_agent
from ...node import money_pages
from ...node.flow_pages import name_of
from ...node.public_names import called, public_names
from ...problems import Forbidden, NotFound, Problem, bad_input, refuse
from ...sharing.commands import IncomeParams, ReverseParams
from ...sharing.kinds import fund_names
from ...store.transaction import Transaction
from ..addresses import at
from ..asked import asked_number, asked_text, narrowed
from ..form_choices import now_to_enter, records_to_choose
from ..forms import Entered, Form, Sent, utc
from ..labels import SOURCES, label
from ..member import Member
from ..pages import Table, Values, page
from .flows import head_of

Path = Mapping[str, str]
ROWS = 50
CLASSES = ("foundation", "enterprise", "institute", "commons", "association", "public", "other")
"""What a new giver can be."""
_COLUMNS = (
    "position", "hasPointInTime", "amount", "currency", "source", "fund", "from", "fromName", "note", "resource", "reverses", "reversedBy",
)  # fmt: skip


def _present(values: Values) -> Values:
    chosen = values["filter"]
    words = {"from": values["fromName"], "source": label("source", chosen["source"])}
    return {"sources": list(SOURCES)} | narrowed(values["commons"], "incomes", chosen, words, before=values["before"])


@page("money/incomes.html", _present, table=Table("incomes", _COLUMNS, ("amount",)))
def incomes(request: Any, transaction: Transaction, commons: str) -> Values:
    """A page of incomes, newest entry first; only of a fund, a source, a giver, if the address says so."""
    chosen = {"fund": asked_text(request, "fund"), "source": asked_text(request, "source"), "from": asked_text(request, "from")}
    funds = list(dict.fromkeys([*fund_names(transaction, commons), *_funds_used(transaction, commons)]))
    for name, known in (("fund", funds), ("source", list(SOURCES))):
        if chosen[name] and chosen[name] not in known:
            raise bad_input("web.bad_filter", f"The filter {name} knows no such value. It can be: {', '.join(known)}.", name)
    if chosen["from"] and find_agent(transaction, commons, chosen["from"]) is None:
        raise bad_input("web.bad_filter", "The filter from asks for somebody who is not known here.", "from")
    only = {"fund": chosen["fund"], "source": chosen["source"], "giver": chosen["from"]}
    found = money_pages.incomes_page(transaction, commons, **only, before=asked_number(request, "before"), limit=ROWS + 1)
    return head_of(transaction, commons) | {
        "currency": commons_section(transaction, commons).currency, "filter": chosen, "funds": funds, "incomes": found[:ROWS],
        "fromName": called(public_names(transaction, commons, [chosen["from"]]), chosen["from"]) if chosen["from"] else "",
        "together": money_pages.income_sum(transaction, commons, **only), "whoMay": money_pages.who_may(transaction, commons, "income"),
        "before": found[ROWS - 1]["position"] if len(found) > ROWS else None,
    }  # fmt: skip


def _funds_used(transaction: Transaction, commons: str) -> list[str]:
    return [row[0] for row in transaction.rows("SELECT DISTINCT fund FROM income WHERE commons = ? ORDER BY fund", (commons,))]


def _present_one(values: Values) -> Values:
    return {"giver": values["from"]}


@page("money/income.html", _present_one)
def income(request: Any, transaction: Transaction, commons: str, position: str) -> Values:
    """One income: what was said of it, the entry that says it, and whether it was taken back."""
    found = money_pages.income(transaction, commons, int(position))
    product = found["resource"]
    return head_of(transaction, commons) | found | {
        "resourceName": name_of(transaction, commons, "EconomicResource", product) if product else "",
        "whoMay": money_pages.who_may(transaction, commons, "income"),
    }  # fmt: skip


def require_power(transaction: Transaction, commons: str, member: Member, power: str) -> None:
    """Let nobody fill in a form whose entry would be refused.

    Raises:
        Forbidden: `commons.lacks_power`, with the role that may, and who has it.
    """
    if money_pages.may(transaction, commons, member.agent, power):
        return
    told = money_pages.who_may(transaction, commons, power)
    people = ", ".join(one["name"] for one in told["holders"]) or "nobody has it"
    problem = f"The charter leaves this to the role {told['role']!r}, which you do not have ({people})."
    raise Forbidden(Problem("commons.lacks_power", problem, f"powers.{power}"))


def _begin(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    require_power(transaction, commons, member, "income")
    funds = fund_names(transaction, commons)
    asked = asked_text(request, "fund")
    return {
        "fund": asked if asked in funds else funds[0], "source": asked_text(request, "source") or "benefit_share",
        "from": asked_text(request, "from"), "resource": asked_text(request, "resource"), "at": now_to_enter(request.node.now()),
    }  # fmt: skip


def _context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    rows = transaction.rows(
        "SELECT id, name FROM agent WHERE commons = ? AND type = 'Organization' AND name <> '' ORDER BY number LIMIT 500", (commons,)
    )
    return {
        "currency": commons_section(transaction, commons).currency, "funds": list(fund_names(transaction, commons)), "sources": list(SOURCES),
        "organizations": sorted(rows, key=lambda row: str(row[1]).casefold()), "classes": CLASSES,
        "resources": records_to_choose(transaction, commons, "EconomicResource", values.get("resource", "")),
        "mayAdd": money_pages.may(transaction, commons, member.agent, "agents"), "agentsRole": charter_section(transaction, commons, "powers", Powers).agents,
    }  # fmt: skip


def _giver(sent: Sent, transaction: Transaction) -> tuple[str, AddAgent | None]:
    """The id of who gave it, and the organization to add first, if it is said to be new and is not here yet."""
    text, class_ = sent.values["from"], sent.values["new"]
    if not text:
        raise bad_input("web.who", "Say who.", "from")
    if not class_:
        try:
            return find_by_name(transaction, sent.commons, text, public_only=True), None
        except NotFound as error:
            hint = "If it is new, say below what it is."
            raise NotFound(*(Problem(one.code, f"{one.message.partition(' See: ')[0]} {hint}", "from") for one in error.problems)) from None
    if class_ not in CLASSES:
        raise bad_input("web.bad_value", f"It is one of {', '.join(CLASSES)}.", "new")
    id_ = organization_id(text)
    if not id_:
        raise bad_input("web.bad_value", "Letters from a to z or digits are needed in its name, to make its id.", "from")
    known = find_agent(transaction, sent.commons, id_)
    if known is None:
        return id_, AddAgent(id=id_, name=text, classifiedAs=class_)  # type: ignore[arg-type]
    if known.name.casefold() != text.casefold():
        raise refuse("people.name_taken", f"{id_} is {known.name} already. If that is who gave it, choose it.", "from")
    return id_, None


def organization_id(name: str) -> str:
    """The id that an organization of a name gets; nothing, if none can be made of it.

    >>> organization_id("Acme Ltd. & Söhne"), organization_id("تعاونية")
    ('org:acme-ltd-s-hne', '')
    """
    made = "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in name.lower()).split())[:60].strip("-")
    return f"org:{made}" if made else ""


def _send(sent: Sent) -> str:
    values = sent.values
    if not values["at"]:
        raise bad_input("web.bad_time", "Give a day and a time, like 2026-11-23T08:30.", "at")
    with sent.node.read() as transaction:
        giver, unknown = _giver(sent, transaction)
        currency = commons_section(transaction, sent.commons).currency
    params = IncomeParams(
        amount=values["amount"].replace(",", "."), currency=currency, giver=giver, source=values["source"], fund=values["fund"],
        at=utc(values["at"], "at"), resource=values["resource"], note=values["note"],
    )  # fmt: skip
    steps: list[tuple[str, Any]] = [("agent.add", unknown)] if unknown else []
    steps.append(("income.add", params))
    done = sent.act_all(steps)[-1]
    return at(sent.commons, "incomes", str(done["position"]), said="recorded")


new_income = Form(
    "money/new_income.html", ("amount", "fund", "source", "from", "new", "at", "resource", "note"), _begin, _context, _send,
    (
        ("body.amount", "amount"), ("amount", "amount"), ("body.fund", "fund"), ("source", "source"), ("body.giver", "from"), ("agent", "from"),
        ("hasPointInTime", "at"), ("resource", "resource"), ("note", "note"), ("body.id", "from"), ("body.name", "from"),
    ),
).view()  # fmt: skip


def _begin_reversal(request: Any, transaction: Transaction, commons: str, member: Member, path: Path) -> Entered:
    require_power(transaction, commons, member, "income")
    return {}


def _reversal_context(transaction: Transaction, commons: str, member: Member, path: Path, values: Entered) -> Values:
    return {"income": money_pages.income(transaction, commons, int(path["position"]))}


def _send_reversal(sent: Sent) -> str:
    sent.act("income.reverse", ReverseParams(income=sent.path["position"], reason=sent.values["reason"]))
    return at(sent.commons, "incomes", str(int(sent.path["position"])), said="withdrawn")


reverse_income = Form("money/reverse.html", ("reason",), _begin_reversal, _reversal_context, _send_reversal, (("reason", "reason"),)).view()
