"""`commonhold decide waiting`, `delegate`, `support`: what needs one's voice, and who has it otherwise."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import click

from .decide_options import Later
from .decide_show import support_line
from .decide_words import called_by, time_said, told_of
from .output import counted, note, printable, table
from .session import Session, session_options


@click.command("waiting")
@session_options(acting=True)
def waiting(session: Session) -> None:
    """What needs your vote, and whether a delegate has voted for you.

    commonhold decide waiting --as Bo
    """
    from ..commons.queries import number_of
    from ..governance.queries import waiting_for

    author = session.author()
    with session.node.read() as transaction:
        found = waiting_for(transaction, session.commons, number_of(transaction, session.commons, author), session.node.now())
    called = called_by(session)

    def tell() -> None:
        rows = [
            (one["number"], printable(one["title"]), f"until {time_said(one['closes'])}", _delegates_said(one["delegates"], called)) for one in found
        ]
        table(("number", "title", "vote", "otherwise"), rows, "0", empty="Nothing needs your vote.")

    session.answer({"waiting": found}, tell)


def _delegates_said(delegates: list[dict[str, Any]], called: Any) -> str:
    """Who speaks for somebody who does not vote, as things stand."""
    if not delegates:
        return "nobody votes for you"
    return ", ".join(f"{called(one['agent'])} {'has voted' if one['voted'] else 'has not voted'}" for one in delegates)


@click.command("delegate")
@click.argument("agents", nargs=-1, metavar="[AGENT…]")
@click.option("--domain", default="", help="Only for questions of this domain.")
@click.option("--until", type=Later(), default="", help="It ends then: a day or a time; at the latest after the days of the charter.")
@click.option("--end", is_flag=True, help="End the delegation; with --domain, that of the domain.")
@session_options(acting=True)
def delegate(session: Session, agents: tuple[str, ...], domain: str, until: str, end: bool) -> None:
    """Let others vote where you do not: up to three, the first who votes speaks for you. Alone, it shows your delegations.

    \b
    commonhold decide delegate Bo Cy --domain firmware --as Ana
    commonhold decide delegate --end --domain firmware --as Ana
    """
    from ..governance.commands import DelegateParams

    if end and (agents or until):
        raise click.UsageError("End it, or name delegates: one of the two.")
    if not agents and not end:
        if domain or until:
            raise click.UsageError("Whom do you delegate to? To see your delegations, give nothing.")
        _show_delegations(session)
        return
    done = session.act("decision.delegate", DelegateParams(to=[session.agent(one) for one in agents], domain=domain, until=until))
    scope = f"in {domain}" if domain else "where no delegation of a domain says otherwise"
    said = f"You vote for yourself again {scope}." if end else f"Where you do not vote, {', or else '.join(agents)} votes for you {scope}."
    session.answer(done, f"{said} (Entry {done['position']}.)", dry="You can delegate so.")


def _show_delegations(session: Session) -> None:
    from ..commons.queries import number_of
    from ..governance.queries import delegations_of, heard, summary
    from ..governance.store import proposals

    author, now = session.author(), session.node.now()
    questions = []
    with session.node.read() as transaction:
        number = number_of(transaction, session.commons, author)
        mine = delegations_of(transaction, session.commons, number, now)
        for found in proposals(transaction, session.commons, still_open=True):
            how = heard(transaction, session.commons, found, number) if found.phase(now) == "voting" else {"mayVote": False}
            if how["mayVote"]:
                questions.append(summary(found, now) | {"voted": how["voted"], "delegates": how["delegates"]})
    called = called_by(session)

    def tell() -> None:
        rows = [(one["domain"] or "everywhere else", ", then ".join(map(called, one["to"])), time_said(one["until"])) for one in mine]
        table(("domain", "votes for you", "until"), rows, empty="You delegate to nobody. Next: commonhold decide delegate AGENT")
        for one in questions:
            how = "you have voted" if one["voted"] else _delegates_said(one["delegates"], called)
            click.echo(f"Proposal {one['number']}, {printable(one['title'])}: {how}.")

    session.answer({"delegations": mine, "questions": questions}, tell)


@click.command("support")
@click.argument("parts", nargs=-1, metavar="[NUMBER=PART…]")
@session_options(acting=True)
def support(session: Session, parts: tuple[str, ...]) -> None:
    """Spread your one unit of lasting support over grants; it takes the place of what you said before. Alone, it shows it.

    \b
    commonhold decide support 3=40% 5=0.25 --as Bo
    commonhold decide support 3=0 --as Bo            nothing any more
    """
    from ..governance.commands import SupportParams

    if not parts:
        _show_support(session)
        return
    spread = dict(_part(one) for one in parts)
    if len(spread) != len(parts):
        raise click.UsageError("Name each proposal once.")
    done = session.act("decision.support", SupportParams(parts=spread))
    rest = 1_000_000 - sum(spread.values())
    said = f"Your support is spread over {counted(len([part for part in spread.values() if part]), 'grant')}; {_percent(rest)} of it is left."
    session.answer(done | {"parts": spread}, said, dry="You can spread it so.")


def _part(text: str) -> tuple[str, int]:
    """A proposal's number, and its part in millionths."""
    number, _, said = text.partition("=")
    said = said.strip()
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?%?", said):
        raise _bad_part(text)
    part = Fraction(said.removesuffix("%")) * (10_000 if said.endswith("%") else 1_000_000)
    if part > 1_000_000 or part.denominator != 1:
        raise _bad_part(text)
    return number.strip(), int(part)


def _bad_part(text: str) -> click.UsageError:
    return click.UsageError(f"{text!r}: write NUMBER=PART, a percentage such as 3=40% or a part of one such as 3=0.4, to millionths.")


def _percent(millionths: int) -> str:
    from ..measure import format_quantity

    return f"{format_quantity(millionths * 100)} %"


def _show_support(session: Session) -> None:
    from ..commons.queries import number_of
    from ..governance.store import proposals

    author, now = session.author(), session.node.now()
    with session.node.read() as transaction:
        number = number_of(transaction, session.commons, author)
        mine: dict[int, int] = dict(transaction.rows("SELECT proposal, part FROM support WHERE commons = ? AND agent = ?", (session.commons, number)))
        open_now = [one.number for one in proposals(transaction, session.commons, still_open=True) if one.phase(now) == "support"]
    told = [told_of(session, one) for one in open_now]
    plain = [{"number": one["number"], "title": one["title"], "part": mine.get(one["number"], 0), "support": one["support"]} for one in told]

    def tell() -> None:
        for one in plain:
            click.echo(f"{one['number']}  {printable(one['title'])}: yours {_percent(one['part'])}; {support_line(one['support'])}")
        if not plain:
            note("No grant asks for lasting support.")

    session.answer({"grants": plain}, tell)
