"""`commonhold decide show`: one proposal, with all there is to know, for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from .decide_words import NUMBER, OUTCOMES, ROLLS, called_by, meter_lines, round_lines, rule_sentence, tie_lines, time_said, told_of, what_next
from .output import counted, printable, table
from .session import Session, session_options

Called = Callable[[str], str]


@click.command("show")
@NUMBER
@session_options()
def show(session: Session, number: int) -> None:
    """Show a proposal: who decides it and how, what would change, what was said, and what came of it.

    commonhold decide show 3
    """
    told = told_of(session, number)
    with session.node.read() as transaction:
        sql = "SELECT a.id FROM consent c JOIN agent a ON a.commons = c.commons AND a.number = c.agent WHERE c.commons = ? AND c.proposal = ? ORDER BY c.position"
        told["consents"] = [row[0] for row in transaction.rows(sql, (session.commons, number))]
        add_consents(transaction, session.commons, number, told)
    called = called_by(session)
    session.answer({"proposal": told}, lambda: _print(told, called))


def add_consents(transaction: Any, commons: str, number: int, told: dict[str, Any]) -> None:
    """How many of each roll consent, into the meter."""
    from ..governance.electorate import rolls_of
    from ..governance.store import proposal_by_number

    found = proposal_by_number(transaction, commons, number)
    assert found is not None
    sql = "SELECT agent FROM consent WHERE commons = ? AND proposal = ?"
    consents = {row[0] for row in transaction.rows(sql, (commons, number))}
    rolls = rolls_of(transaction, commons, found)
    for one in told["turnout"]:
        one["consents"] = len(rolls[one["roll"]] & consents)


def _print(told: dict[str, Any], called: Called) -> None:
    version = f", version {told['version']}" if told["version"] > 1 else ""
    domain = f" in {told['domain']}" if told["domain"] else ""
    click.echo(f"Proposal {told['number']}: {printable(told['title'])}")
    click.echo(
        f"A question of {told['question']}{domain}, put by {called(told['author'])} on {time_said(told['asked'])} (entry {told['position']}{version})"
    )
    if told["amount"]:
        what = "asked for from" if told["question"] == "grant" else "divided of"
        click.echo(f"{told['amount']} {told['currency']} {what} the fund {told['fund']}")
    for line in told["text"].splitlines():
        click.echo(f"  {printable(line)}")
    click.echo(f"\n{rule_sentence(told)}")
    if not told["outcome"]:
        for line in meter_lines(told):
            click.echo(f"  {line}")
        if "support" in told:
            click.echo(f"  {support_line(told['support'])}")
        _print_box(told)
        click.echo(what_next(told))
    _print_options(told, called)
    _print_effects(told, called)
    _print_voices(told, called)
    if told["outcome"]:
        print_result(told, called)


def _print_box(told: dict[str, Any]) -> None:
    """Of secret ballots: what the journal has of them."""
    from .decide_secret import box_line

    line = box_line(told["box"], told["phase"], told["number"]) if told.get("box") else ""
    if line:
        click.echo(f"  {line}")


def support_line(has: dict[str, Any]) -> str:
    """How far lasting support has grown, in units of a person."""
    from ..measure import format_quantity

    needed = "more than the fund lets any grant be" if has["needed"] is None else f"{format_quantity(has['needed'])} to pass"
    left = (
        ", which it never reaches as things are"
        if has["daysLeft"] is None
        else f", in {counted(has['daysLeft'], 'day')} as things are"
        if has["daysLeft"]
        else ", reached"
    )
    return f"support {format_quantity(has['stake'])} units, grown to {format_quantity(has['conviction'])}; it takes {needed}{'' if has['needed'] is None else left}"


def _print_options(told: dict[str, Any], called: Called) -> None:
    for option in told["options"]:
        by = f", added by {called(option['author'])}" if option["author"] != told["author"] else ""
        waits = "" if option["listed"] else f" (waits for seconds, has {option['seconds']})"
        idea = " (an idea: without a cost and somebody who does it, it is not voted on)" if option["listed"] and not option["ready"] else ""
        title = "" if option["title"] == told["title"] else f": {printable(option_title(option, called))}"
        click.echo(f"\nOption {option['id']}{title}{by}{waits}{idea}")
        if option["cost"]:
            click.echo(f"  {option['cost']} {told['currency']}" + (f" to {called(option['to'])}" if option["to"] else ""))
        if option["excludes"]:
            click.echo(f"  not together with {', '.join(option['excludes'])}")
        if option["text"] != told["text"]:
            for line in option["text"].splitlines():
                click.echo(f"  {printable(line)}")
        for change in option["changes"]:
            for line in change_lines(change, called):
                click.echo(f"  {line}")


def option_title(option: dict[str, Any], called: Called) -> str:
    """The title of an option; of a candidate, the name as it stands beside the journal."""
    changes = option["changes"]
    if option["title"].startswith("Candidate ") and len(changes) == 1 and "agent" in changes[0]["body"]:
        return called(changes[0]["body"]["agent"])
    return str(option["title"])


def change_lines(change: dict[str, Any], called: Called) -> list[str]:
    """What a change would write, in words; of the charter, as a difference."""
    body, kind = change["body"], change["kind"]
    who = called(body["agent"]) if "agent" in body else ""
    why = f": {printable(body['reason'])}" if body.get("reason") else "."
    if kind == "commons.charter":
        gone = [] if change.get("applies", True) else ["This no longer applies to the charter in force."]
        return ["The charter:", *(f"  {printable(line)}".rstrip() for line in change["difference"]), *gone]
    said = {
        "commons.role": lambda: f"{who} {'gets' if body['granted'] else 'loses'} the role {body['role']}.",
        "commons.admit": lambda: f"{who} becomes a member.",
        "commons.expel": lambda: f"{who} is a member no longer{why}",
        "commons.suspend": lambda: f"The word of {who} on the work of others does not count until {time_said(body['until'])}{why}",
        "commons.fork": lambda: f"A part goes on by itself as {body['origin']}{why}",
        "governance.appoint": lambda: f"{who} becomes a steward of {body['domain']}.",
        "governance.dismiss": lambda: f"{who} is a steward of {body['domain']} no longer{why}",
        "sharing.distribution": lambda: f"{body.get('amount') or 'All'} of the fund {body['fund']} is shared by the policy.",
        "sharing.grant": lambda: f"{who} gets {body['amount']} of the fund {body['fund']}.",
    }.get(kind)
    return [said() if said else printable(f"{kind} {json.dumps(body, ensure_ascii=False)}")]


def _print_effects(told: dict[str, Any], called: Called) -> None:
    for effect in told.get("effects", []):
        label = f"\nEffect of {effect['option']} on distribution {effect['distribution']}"
        changed = [line for line in effect["agents"] if line["amount"] != line["other"]]
        if "problem" in effect:
            click.echo(f"{label}: it cannot be computed: {effect['problem']}")
        elif not changed:
            click.echo(f"{label}: none.")
        else:
            click.echo(f"{label} ({effect['amount']} {effect['currency']}):")
            table(
                ("agent", "as it is", "as it would be", "difference"),
                [(called(n["agent"]), n["amount"], n["other"], n["difference"]) for n in changed],
                "123",
            )


def _print_voices(told: dict[str, Any], called: Called) -> None:
    for one in told["objections"]:
        lifted = " (lifted)" if one["lifted"] else ""
        click.echo(f"\nObjection of {called(one['agent'])}{lifted}, entry {one['position']}: {printable(one['reason'])}")
    if told["consents"]:
        click.echo(f"\nCan live with it: {', '.join(map(called, told['consents']))}")
    if told["seconds"]:
        click.echo(f"\nWanted by {', '.join(map(called, told['seconds']))}")
    words = [one for one in told["history"] if one["kind"] in ("governance.comment", "governance.revise", "governance.withdraw", "governance.report")]
    if words:
        click.echo("\nWhat was said:")
    for one in words:
        body = one["body"]
        kind = {
            "governance.comment": "",
            "governance.revise": f"version {body.get('version')}: ",
            "governance.withdraw": "withdrew it: ",
            "governance.report": f"on {body.get('option')}, {'done' if body.get('done') else 'on the way'}: ",
        }[one["kind"]]
        text = body.get("text") if one["kind"] in ("governance.comment", "governance.report") else body.get("reason")
        click.echo(f"  {one['position']}  {one['time'][:10]}  {called(one['author'])}: {kind}{printable(text or '')}")


def print_result(told: dict[str, Any], called: Called) -> None:
    """What was decided: the count, ties, what other rules would have given, and what was carried out."""
    result = told["result"]
    option = options_called(told, called)
    when = f"on {time_said(told['decided'])}"
    if result is None:
        click.echo(f"\nIt was {OUTCOMES.get(told['outcome'], told['outcome'])} {when}.")
        return
    winners = f": {', '.join(map(option, result['winners']))}" if result["winners"] else ""
    click.echo(f"\nResult {when}: {OUTCOMES[told['outcome']]}{winners}")
    if told["opens"] is not None and told["terms"]["rule"] not in ("lazy", "consent", "conviction"):
        delegated = f", {result['delegated']} through delegates" if result["delegated"] else ""
        away = f"; {counted(result['turned_away'], 'delegation')} found no room" if result["turned_away"] else ""
        unopened = f"; {counted(told['unopened'], 'vote')} never opened" if told["unopened"] else ""
        click.echo(f"  {result['voted']} of {result['electors']} voted themselves{delegated}{away}{unopened}")
    _print_box(told)
    for one in result["support"]:
        verdict = "carried" if one["carried"] else "not carried"
        click.echo(
            f"  {ROLLS.get(one['roll'], one['roll'])} on {option(one['option'])}: {one['votes_for']} for, {one['votes_against']} against,"
            f" {counted(one['quorum'], 'voice')} needed of {one['electors']}: {verdict}"
        )
    if told["terms"]["rule"] == "conviction":
        click.echo("  " + ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in result["parameters"].items()))
    for line in [*round_lines(result["rounds"], option), *tie_lines(result["ties"], option)]:
        click.echo(f"  {line}")
    for name, won in result["alternatives"].items():
        click.echo(f"  By {name.replace('_', ' ')} it would have been {', '.join(map(option, won)) or 'nobody'}.")
    for order in told["orders"]:
        done = (
            f"carried out as entry {order['position']}"
            if order["position"] is not None
            else f"not carried out yet. Next: commonhold decide execute {told['number']}"
        )
        click.echo(f"  {order['kind']}: {done}")


def options_called(told: dict[str, Any], called: Called) -> Called:
    """What options are called: their ids, with names of candidates."""
    known = {one["id"]: option_title(one, called) for one in told["options"] if one["title"].startswith("Candidate ")}
    return lambda id_: printable(known.get(id_, id_))
