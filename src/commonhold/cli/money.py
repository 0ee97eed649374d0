"""`commonhold income`, `share`."""

from __future__ import annotations

import re
import shlex
import sys
from typing import Any

import click

from ..problems import NotFound, not_found, refuse
from .agents import CLASSES
from .output import counted, table
from .session import Session, When, read_text, session_options

SOURCES = ("benefit_share", "patronage", "sale", "grant", "gift")
LINES_SHOWN = 15


@click.group("income")
def income_command() -> None:
    """Record and list what came in."""


@income_command.command("add")
@click.argument("amount")
@click.argument("currency")
@click.option("--from", "giver", required=True, metavar="AGENT", help="Who gave it: id or name.")
@click.option(
    "--new-giver",
    type=click.Choice(CLASSES),
    help="The giver is not known yet: add it as an organization of this class. Without it, one that is no slip for another is added as other.",
)
@click.option("--source", type=click.Choice(SOURCES), default="gift", show_default=True)
@click.option("--fund", default="", help="Default: the first fund of the charter.")
@click.option("--at", type=When(), default="", help="When: a day, or a time such as 2026-11-23T08:30:00Z. Default: now.")
@click.option("--for", "resource", default="", help="What was sold: a resource. A step by flow shares it along its production history.")
@click.option("--note", default="", help="A public note: no personal data.")
@click.option("--idempotency-key", default="")
@session_options(acting=True)
def add(
    session: Session,
    amount: str,
    currency: str,
    giver: str,
    new_giver: str | None,
    source: str,
    fund: str,
    at: str,
    resource: str,
    note: str,
    idempotency_key: str,
) -> None:
    """Record money that came into a fund.

    \b
    commonhold income add 1200.00 EUR --from org:acme --source benefit_share
    commonhold income add 1200.00 EUR --from "Acme Ltd" --new-giver enterprise
    """
    from ..sharing.commands import IncomeParams
    from .output import note as tell

    id_, unknown = _giver(session, giver, new_giver)
    params = IncomeParams(
        amount=amount, currency=currency.upper(), giver=id_, source=source, fund=fund, at=at, resource=_product(session, resource), note=note
    )
    steps: list[tuple[str, Any]] = [("agent.add", unknown), ("income.add", params)] if unknown else [("income.add", params)]
    done = session.act_all(steps, idempotency_key)[-1]
    if unknown:
        added = "would be added" if session.dry_run else "was added"
        tell(f"{unknown.name} was not known: it {added} as the organization {id_} ({unknown.classifiedAs}).")
    said = f"{amount} {currency.upper()} from {giver} came in (entry {done['position']}). Next: commonhold share preview"
    session.answer(done | {"from": id_}, said, dry=f"{amount} {currency.upper()} from {giver} can come in.")


def _product(session: Session, text: str) -> str:
    """The id of the resource that is meant."""
    if not text:
        return ""
    from ..flows.queries import find_anything

    with session.node.read() as transaction:
        return find_anything(transaction, session.commons, text, "EconomicResource").id


@income_command.command("reverse")
@click.argument("entry")
@click.option("--reason", required=True, help="What was wrong.")
@click.option("--idempotency-key", default="")
@session_options(acting=True)
def reverse_income(session: Session, entry: str, reason: str, idempotency_key: str) -> None:
    """Take back an income that was recorded by mistake; both entries stay in the journal.

    commonhold income reverse 995 --reason "recorded twice"
    """
    from ..sharing.commands import ReverseParams

    done = session.act("income.reverse", ReverseParams(income=entry, reason=reason), idempotency_key)
    session.answer(
        done, f"The income of entry {entry} is taken back (entry {done['position']}).", dry=f"The income of entry {entry} can be taken back."
    )


def _giver(session: Session, text: str, class_: str | None) -> tuple[str, Any]:
    """The giver's id, and the organization to add if nobody of this name is known and it is meant so.

    Raises:
        NotFound: `commons.unknown_agent`. Refused: `people.name_taken`, if what is to be added would have another's id.
    """
    from ..commons.entries import AddAgent
    from ..commons.queries import find_agent

    try:
        return session.agent(text.lower() if text.lower().startswith("org:") else text), None
    except NotFound as error:
        if error.code != "commons.unknown_agent" or text.startswith(("did:", "id:")):
            raise
        explicit = text.lower().startswith("org:")
        id_ = text.lower() if explicit else "org:" + re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
        name = text[4:] if explicit else text
        near = "Did you mean" in error.problems[0].message
        if class_ is None and near and not _asks(session):
            hint = f"If it is new: --new-giver CLASS ({', '.join(CLASSES)})."
            raise not_found("commons.unknown_agent", f"{error.problems[0].message} {hint}", "from") from None
    if id_ == "org:":
        raise not_found("commons.unknown_agent", f"{text!r} gives no id: commonhold agent add org:NAME --name {shlex.quote(text)}", "from")
    with session.node.read() as transaction:
        other = find_agent(transaction, session.commons, id_)
    if other is not None:
        raise refuse("people.name_taken", f"{id_} is {other.name} already. If that is who gave it: --from {id_}", "from")
    if class_ is None and _asks(session):
        click.confirm(f"Nobody here is {text!r}. Add it as a new organization, {id_}?", abort=True, err=True)
    return id_, AddAgent(id=id_, name=name, classifiedAs=class_ or "other")  # type: ignore[arg-type]


def _asks(session: Session) -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and not session.as_json and not session.dry_run


@income_command.command("list")
@session_options()
def list_incomes(session: Session) -> None:
    """List what came in."""
    from ..sharing.queries import incomes

    with session.node.read() as transaction:
        found = incomes(transaction, session.commons)
    rows = [(i["position"], i["hasPointInTime"][:10], i["amount"], i["currency"], i["source"], i["fromName"] or i["from"], i["fund"]) for i in found]
    session.answer(
        {"incomes": found},
        lambda: table(("entry", "day", "amount", "", "source", "from", "fund"), rows, "02", empty="No income yet. See: commonhold income add --help"),
    )


@click.group("share")
def share_command() -> None:
    """Preview, record and explain distributions; payouts."""


@share_command.command("preview")
@click.option("--fund", default="")
@click.option("--amount", default="", help="Default: all that is in the fund.")
@click.option("--charter", type=click.Path(exists=True, dir_okay=False), help="Beside the policy in force, show the one in this charter.")
@session_options()
def preview(session: Session, fund: str, amount: str, charter: str | None) -> None:
    """Show what the fund would come to if it were shared now; with --charter, by another policy too.

    \b
    commonhold share preview
    commonhold share preview --charter proposed.toml
    """
    from ..node.charters import require_charter
    from ..node.sharing import preview as compute_preview

    other = read_text(charter) if charter else None
    if other is not None:
        require_charter(other)
    found = compute_preview(session.node, session.commons, fund, amount, other)
    session.answer(found, lambda: _print_preview(found))


def _print_preview(found: dict[str, Any]) -> None:
    _print_steps(found["present"], found["currency"])
    compared = found.get("other")
    if compared:
        click.echo("\nBy the other charter:\n")
        _print_steps(compared, found["currency"])
    click.echo()
    titles = ("who", "amount") if not compared else ("who", "present", "other", "difference")
    rows = [(line["name"], line["amount"], *((line["other"], line["difference"]) if compared else ())) for line in found["agents"]]
    table(titles, rows, "123")


def _print_steps(outcome: dict[str, Any], currency: str) -> None:
    click.echo(f"To share: {outcome['amount']} {currency}; given {outcome['given']}, kept {outcome['kept']}.\n")
    rows = [(line["label"], line["taken"], line["receivers"], line["remark"]) for line in outcome["steps"]]
    table(("step", currency, "to", ""), rows, "12")
    click.echo()
    for line in outcome["steps"]:
        click.echo(f"{line['label']}: {line['rule']}")


@share_command.command("record")
@click.option("--fund", default="")
@click.option("--amount", default="", help="Default: all that is in the fund.")
@click.option("--idempotency-key", default="")
@session_options(acting=True)
def record(session: Session, fund: str, amount: str, idempotency_key: str) -> None:
    """Share the fund by the policy in force, and write it in the journal: inputs, policy, checkpoint and result."""
    from ..sharing.commands import ShareParams

    done = session.act("share.record", ShareParams(fund=fund, amount=amount), idempotency_key)
    what = f"{done['given']} {done['currency']} in {counted(done['shares'], 'share')}; {done['kept']} stays in the fund."
    following = f"Next: commonhold share show {done['distribution']}; commonhold share explain PEER"
    session.answer(done, f"Distribution {done['distribution']}: {what}\n{following}", dry=f"It would be distribution {done['distribution']}: {what}")


@share_command.command("list")
@session_options()
def list_distributions(session: Session) -> None:
    """List the distributions so far."""
    from ..node.sharing import distribution_lines

    with session.node.read() as transaction:
        found = distribution_lines(transaction, session.commons)
    rows = [(d["number"], d["time"][:10], d["amount"], d["given"], d["kept"], d["currency"], d["shares"], d["fund"]) for d in found]
    session.answer(
        {"distributions": found},
        lambda: table(
            ("number", "day", "amount", "given", "kept", "", "shares", "fund"),
            rows,
            "02346",
            empty="No distribution yet. See: commonhold share preview",
        ),
    )


@share_command.command("show")
@click.argument("number", type=int, required=False)
@session_options()
def show(session: Session, number: int | None) -> None:
    """Show a distribution (the last one, if no number is given): its steps and who got what."""
    from ..node.sharing import statement

    with session.node.read() as transaction:
        found = statement(transaction, session.commons, number)
    session.answer(found, lambda: _print_statement(found))


def _print_statement(found: dict[str, Any]) -> None:
    click.echo(f"Distribution {found['number']} of {found['commonsName']}, {found['time'][:10]} (entry {found['position']})\n")
    _print_steps(found, found["currency"])
    click.echo()
    rows = [(a["name"], a["amount"], f"{a['percent']} %", a["state"]) for a in found["agents"]]
    table(("who", found["currency"], "of what was given", "state"), [*rows, ("together", found["given"], "", "")], "12")
    click.echo(f"\ninputs {found['inputs']}\nresult {found['result']}")


@share_command.command("explain")
@click.argument("peer")
@click.option("--distribution", "number", type=int, help="Default: the last one.")
@click.option("--preview", is_flag=True, help="Of what the fund would come to if it were shared now.")
@click.option("--all", "everything", is_flag=True, help="Every contribution, however small.")
@session_options()
def explain(session: Session, peer: str, number: int | None, preview: bool, everything: bool) -> None:
    """Show, step by step, why a peer's share is what it is, down to the contributions.

    \b
    commonhold share explain Alder
    """
    from ..node.sharing import explain as explain_share

    found = explain_share(session.node, session.commons, session.agent(peer), number, preview=preview)
    session.answer(found, lambda: _print_explanation(found, None if everything else LINES_SHOWN))


def _print_explanation(found: dict[str, Any], limit: int | None) -> None:
    what = f"distribution {found['distribution']}" if found["distribution"] else "a distribution now"
    click.echo(f"{found['name']} gets {found['total']} {found['currency']} of {what} ({found['amount']} {found['currency']}).\n")
    for step in found["steps"]:
        click.echo(f"{step['label']}: {step['amount']} {found['currency']}")
        click.echo(f"  {step['rule']}; the step took {step['taken']}, for {step['receivers']}")
        if step["limits"]:
            click.echo(f"  in proportion to the points it would be {step['inProportion']}; the limits of the rule {step['limits']} it")
        if step["contributions"]:
            click.echo(f"  {_percent(step['points'], step['allPoints'])} % of the points, from:")
            _print_contributions(step["contributions"], limit, found["currency"])
        click.echo()


def _percent(part: str, whole: str) -> str:
    hundredths = int(part) * 10_000 // int(whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _print_contributions(lines: list[dict[str, Any]], limit: int | None, currency: str) -> None:
    rows = [
        ("  ", line["position"], line["hasPointInTime"][:10], "review of " + line["kind"] if line["review"] else line["kind"], line["domain"], f"{line['quantity']} {line['unit']}", line["amount"])
        for line in lines[:limit]
    ]  # fmt: skip
    table(("  ", "entry", "day", "kind", "domain", "quantity", currency), rows, "156")
    if limit is not None and len(lines) > limit:
        click.echo(f"    … and {len(lines) - limit} more: --all")


@share_command.command("pay")
@click.argument("number", type=int)
@click.option("--to", "agents", multiple=True, help="Only these; default: all who are still owed.")
@click.option("--reference", default="", help="The bank's reference; no account numbers.")
@session_options(acting=True)
def pay(session: Session, number: int, agents: tuple[str, ...], reference: str) -> None:
    """Record that shares of a distribution were paid. (Payment files: commonhold export sepa.)"""
    from ..sharing.commands import PayParams

    ids = [session.agent(agent) for agent in agents]
    _require_claimed(session, dict(zip(ids, agents, strict=True)))
    done = session.act("share.pay", PayParams(distribution=number, agents=ids, reference=reference))
    peers = counted(done["paid"], "peer")
    said = f"{done['amount']} {done['currency']} paid to {peers}."
    session.answer(done, said, dry=f"{done['amount']} {done['currency']} to {peers} can be recorded as paid.")


def _require_claimed(session: Session, agents: dict[str, str]) -> None:
    """Refuse to pay an identity, whose share is held until it is claimed. agents: what each is called, by id."""
    from ..commons.queries import find_agent

    with session.node.read() as transaction:
        for id_, text in agents.items():
            found = find_agent(transaction, session.commons, id_)
            if found is not None and found.type == "Identity" and found.claimed_by is None:
                hint = f"See: commonhold identity claim {id_} --help."
                raise refuse("sharing.not_owed", f"The share of {text} is held until the identity is claimed. {hint}", "to")
