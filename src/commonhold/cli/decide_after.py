"""`commonhold decide close`, `execute`, `recount`, `explain`, `export`: what comes of a question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..problems import CommonholdError
from .decide_show import options_called, print_result
from .decide_words import NUMBER, OUTCOMES, called_by, rule_sentence, told_of
from .output import emit_json, note, printable
from .session import INTEGER_MAX, Session, session_options


@click.command("close")
@click.argument("number", type=click.IntRange(1, INTEGER_MAX), required=False)
@click.option("--due", is_flag=True, help="All whose time is over.")
@session_options(acting=True)
def close(session: Session, number: int | None, due: bool) -> None:
    """Count a proposal whose time is over, and carry out what was decided. Any member can.

    \b
    commonhold decide close 3
    commonhold decide close --due
    """
    from ..governance.commands import Named

    if (number is None) != due:
        raise click.UsageError("Which one? Give a NUMBER, or --due for all whose time is over.")
    if number is not None:
        done = session.act("decision.close", Named(proposal=number))
        session.answer(done, "\n".join(_closed_lines(number, done)), dry=_closed_lines(number, done)[0])
        return
    closed, refused = [], []
    for one in _due(session):
        try:
            closed.append({"proposal": one, **session.act("decision.close", Named(proposal=one))})
        except CommonholdError as error:
            refused.append({"proposal": one, "code": error.code, "detail": str(error)})

    def tell() -> None:
        for told in closed:
            click.echo("\n".join(_closed_lines(told["proposal"], told)))
        for told in refused:
            note(f"Proposal {told['proposal']}: {told['detail']} [{told['code']}]")
        if not closed and not refused:
            note("No proposal is due.")
        if session.dry_run:
            note("Dry run: nothing was written.")

    dry = {"dryRun": True} if session.dry_run else {}
    if session.as_json:
        emit_json({"closed": closed, "refused": refused} | dry)
    else:
        tell()
    click.get_current_context().exit(1 if refused else 0)


def _due(session: Session) -> list[int]:
    """Proposals whose time is over, and grants whose support has grown enough; the oldest first."""
    from ..governance.closing import grown
    from ..governance.conviction import passes
    from ..governance.store import proposals
    from ..node.composition import HOUSE

    now, found = session.node.now(), []
    with session.node.read() as transaction:
        for one in proposals(transaction, session.commons, still_open=True):
            phase = one.phase(now)
            if phase == "support":
                has = grown(transaction, session.commons, one, now, HOUSE)
                phase = "due" if passes(has.conviction, has.needed) else phase
            if phase == "due":
                found.append(one.number)
    return sorted(found)


def _closed_lines(number: int, done: dict[str, Any]) -> list[str]:
    winners = f" ({', '.join(done['winners'])})" if done.get("winners") else ""
    return [f"Proposal {number}: {OUTCOMES.get(done['outcome'], done['outcome'])}{winners}.", *_carried_out(number, done["carriedOut"])]


def _carried_out(number: int, told: list[dict[str, Any]]) -> list[str]:
    lines = [f"  {one['kind']} is done." if one["done"] else f"  {one['kind']} could not be done: {one['problem']} [{one['code']}]" for one in told]
    if not all(one["done"] for one in told):
        lines.append(f"Next, once that is mended: commonhold decide execute {number}")
    return lines


@click.command("execute")
@NUMBER
@session_options(acting=True)
def execute(session: Session, number: int) -> None:
    """Carry out what was decided and could not be carried out at the close."""
    from ..governance.commands import Named

    done = session.act("decision.execute", Named(proposal=number))
    lines = _carried_out(number, done["carriedOut"]) or ["Nothing is left to carry out."]
    session.answer(done, "\n".join(line.strip() for line in lines), dry="\n".join(line.strip() for line in lines if "Next" not in line))


@click.command("recount")
@NUMBER
@session_options()
def recount(session: Session, number: int) -> None:
    """Count a decided question again from the votes; exit code 5 if it is not what was written.

    commonhold decide recount 3
    """
    from ..node import decisions

    with session.node.read() as transaction:
        told = decisions.recount(transaction, session.commons, number)
    if not told["same"]:
        said = (
            f"Proposal {number}: the votes come to another result than was written: {told['outcome']} ({', '.join(told['winners']) or 'no winner'})."
        )
    elif told["recounted"]:
        said = f"Proposal {number}: counted again from the votes, it is the same: {OUTCOMES.get(told['outcome'], told['outcome'])}.\nresult {told['result']}"
    else:
        said = f"Proposal {number}: there was nothing to count; it was {OUTCOMES.get(told['outcome'], told['outcome'])}."
    if "belenios" in told:
        from .decide_secret import recount_line

        said = recount_line(told["belenios"]) if told["belenios"]["problem"] else f"{said}\n{recount_line(told['belenios'])}"
    session.answer(told, said)
    click.get_current_context().exit(0 if told["same"] else 5)


@click.command("explain")
@NUMBER
@click.argument("agent", default="")
@session_options()
def explain(session: Session, number: int, agent: str) -> None:
    """How a question was decided, in sentences; with an AGENT, how they were heard.

    \b
    commonhold decide explain 3
    commonhold decide explain 3 Bo
    """
    from ..node import decisions

    told = told_of(session, number)
    called = called_by(session)
    plain: dict[str, Any] = {name: told[name] for name in ("number", "title", "phase", "outcome", "terms", "turnout", "result", "orders")}
    plain |= {"box": told["box"]} if "box" in told else {}
    how: dict[str, Any] = {}
    if agent:
        id_ = session.agent(agent)
        with session.node.read() as transaction:
            how = decisions.heard(transaction, session.commons, number, id_)
        plain["heard"] = {"agent": id_, **how}

    def tell() -> None:
        click.echo(f"Proposal {number}: {printable(told['title'])}\n{rule_sentence(told)}")
        if how:
            for line in _heard_lines(called(id_), how, told, called):
                click.echo(line)
        if told["outcome"]:
            print_result(told, called)
            if told["result"] and told["result"]["seed"]:
                order = ", ".join(map(options_called(told, called), told["result"]["order"]))
                source = "salts of all ballots, which nobody knew alone" if told["terms"]["ballots"] == "hidden" else "entries of all votes"
                click.echo(f"\nTies that no rule breaks go by lot. It was drawn from the {source}: {order}.")
        else:
            click.echo("It is not decided yet.")

    session.answer(plain, tell)


def _heard_lines(name: str, how: dict[str, Any], told: dict[str, Any], called: Any) -> list[str]:
    """How somebody is heard."""
    if not how["mayVote"]:
        return [f"{name} has no voice in it: members of its rolls from before it was put, who still are, have one."]
    if how["voted"] and how["secret"]:
        return [f"{name} voted (entry {how['position']}); the ballot is secret, and is never opened by itself."]
    if how["voted"]:
        ballot = f": {_ballot_said(how['ballot'], options_called(told, called))}" if how["ballot"] is not None else ""
        sealed = (
            "" if how["opened"] else ", and the ballot is sealed" if not told["outcome"] else ", but the ballot was never opened, and did not count"
        )
        return [f"{name} voted (entry {how['position']}){sealed}{ballot}."]
    if how["speaks"]:
        return [f"{name} did not vote; {called(how['speaks'])} spoke for them."]
    if not how["delegates"]:
        return [f"{name} {'did not vote' if told['outcome'] else 'has not voted'}, and has named no delegate."]
    listed = ", ".join(f"{called(one['agent'])} ({'voted' if one['voted'] else 'has not voted'})" for one in how["delegates"])
    tail = "; none of them spoke for them" if told["outcome"] else ""
    return [f"{name} {'did not vote' if told['outcome'] else 'has not voted'}; delegates: {listed}{tail}."]


def _ballot_said(ballot: dict[str, Any], option: Any) -> str:
    if ballot.get("answer"):
        return str(ballot["answer"])
    if ballot.get("ranking") is not None:
        return " > ".join(" = ".join(map(option, group)) for group in ballot["ranking"])
    return ", ".join(map(option, ballot.get("approvals") or [])) or "none"


@click.command("export")
@NUMBER
@click.option("--form", type=click.Choice(("pb", "blt", "json")), required=True, help="pb of budgets, blt of rankings, json of all.")
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write it there and not on standard output.")
@session_options()
def export(session: Session, number: int, form: str, out: str | None) -> None:
    """The ballots of a decided question as a file that other programs count; each as often as it speaks for somebody.

    commonhold decide export 3 --form blt --out vote.blt
    """
    import json

    from ..node import decisions
    from ..problems import refuse

    told = told_of(session, number)
    if form == "json":
        if not told["outcome"]:
            raise refuse("governance.not_over", f"Proposal {number} has no ballots that are open.", "proposal")
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    else:
        with session.node.read() as transaction:
            text = decisions.exported(transaction, session.commons, number, form)
    if out:
        Path(out).write_text(text, encoding="utf-8")
        session.answer(
            {"file": out, "form": form, "proposal": number},
            f"{out} has the ballots of proposal {number}. Next: commonhold decide count {out} --rule …",
        )
    else:
        session.answer({"form": form, "proposal": number, "text": text}, lambda: click.echo(text, nl=False))
