"""`commonhold decide stewards`, `standing`, `resign`, `report`: who leads what and why, and what became of grants."""

from __future__ import annotations

from typing import Any

import click

from ..problems import refuse
from .decide_words import NUMBER, called_by, time_said
from .output import counted, table
from .session import Session, session_options

WORDS = {"points": "points", "endorsers": "different people who validated", "weeks": "weeks with contributions"}


def _missing(lines: list[dict[str, str]]) -> str:
    return ", ".join(f"{line['has']} of {line['needs']} {WORDS.get(line['what'], line['what'])}" for line in lines)


@click.command("stewards")
@click.argument("domain", default="")
@session_options()
def stewards(session: Session, domain: str) -> None:
    """Who leads what, since when, and who could.

    commonhold decide stewards firmware
    """
    from ..node.decisions import stewards_page

    with session.node.read() as transaction:
        page = stewards_page(session.node, transaction, session.commons)
    known = [one["domain"] for one in page["domains"]]
    if domain and domain not in known:
        raise refuse("governance.unknown_domain", f"{domain!r} is no domain of the charter: {', '.join(known)}.", "domain")
    page["domains"] = [one for one in page["domains"] if domain in ("", one["domain"])]
    called = called_by(session)
    session.answer(page, lambda: _print_stewards(page, called))


def _print_stewards(page: dict[str, Any], called: Any) -> None:
    needs = page["needs"]
    click.echo(
        f"A steward has {needs['points']} points in a domain (of the last {counted(page['windowDays'], 'day')}, halved each {counted(page['halfLifeDays'], 'day')}),"
        f" by at least {needs['endorsers']} different people who validated, in {needs['weeks']} weeks. A term is {counted(page['termDays'], 'day')}."
    )
    for one in page["domains"]:
        click.echo(f"\n{one['domain']}: {counted(one['active'], 'active member')}")
        for term in one["stewards"]:
            lacks = f"; standing is not enough any more: {_missing(term['missing'])}" if term["missing"] else ""
            click.echo(f"  {called(term['agent'])} leads it since {time_said(term['since'])}, until {time_said(term['until'])}{lacks}")
        if not one["stewards"]:
            click.echo("  nobody leads it")
        if one["eligible"]:
            click.echo(f"  could: {', '.join(map(called, one['eligible']))}")
        elif one["nearest"]:
            click.echo(f"  nobody could yet; the nearest has {_missing(one['nearest'])}")
        for term in one["past"]:
            click.echo(f"  before: {called(term['agent'])}, {time_said(term['since'])} to {time_said(term['ended'])}: {term['reason']}")


@click.command("standing")
@click.argument("domain")
@click.argument("agent", default="")
@session_options(acting=True)
def standing(session: Session, domain: str, agent: str) -> None:
    """Somebody's standing in a DOMAIN, down to the contributions; your own, if no AGENT is named.

    commonhold decide standing firmware Bo
    """
    from ..node import decisions

    id_ = session.agent(agent) if agent else session.author()
    with session.node.read() as transaction:
        told = decisions.standing(session.node, transaction, session.commons, domain, id_)
    called = called_by(session)

    def tell() -> None:
        points, weeks = told["points"], counted(told["weeks"], "week")
        click.echo(
            f"{called(id_)} has {points} points in {domain}, from {weeks}, by {told['effectiveEndorsers']} different people who validated"
            f" (effective number){', and is a steward' if told['steward'] else ''}."
        )
        click.echo(_enough(told))
        table(("validated by", "points"), [(called(one["agent"]), one["points"]) for one in told["endorsers"]], "1")
        table(("contribution", "points then", "points now"), [(one["position"], one["then"], one["now"]) for one in told["contributions"]], "012")

    session.answer(told, tell)


def _enough(told: dict[str, Any]) -> str:
    lacks = _missing(told["missing"])
    return f"That is not enough to be a steward: {lacks}." if lacks else "That is enough to be a steward."


@click.command("resign")
@click.argument("domain")
@click.option("--reason", required=True, help="Why; it stands in the journal.")
@session_options(acting=True)
def resign(session: Session, domain: str, reason: str) -> None:
    """Lay down the stewardship of a DOMAIN.

    commonhold decide resign firmware --reason "a new job" --as Bo
    """
    from ..governance.commands import DismissParams

    done = session.act("steward.resign", DismissParams(domain=domain, reason=reason))
    session.answer(done, f"You lead {domain} no longer (entry {done['position']}).", dry="You can lay it down.")


@click.command("report")
@NUMBER
@click.argument("option")
@click.option("--text", required=True, help="What became of it. Public, and for ever.")
@click.option("--done", is_flag=True, help="All of it is delivered.")
@click.option("--evidence", multiple=True, metavar="URL", help="Where it can be looked at. Several.")
@session_options(acting=True)
def report(session: Session, number: int, option: str, text: str, done: bool, evidence: tuple[str, ...]) -> None:
    """Report what became of a project that was granted something.

    commonhold decide report 5 pump --text "It runs" --done --evidence https://example.org/pump --as Bo
    """
    from ..governance.commands import ReportParams

    said = session.act("decision.report", ReportParams(proposal=number, option=option, text=text, done=done, evidence=list(evidence)))
    session.answer(said, f"Your report on {option} is entry {said['position']}.", dry="You can report so.")


@click.command("review")
@session_options(acting=True)
def review(session: Session) -> None:
    """End the terms of stewards that are over, or that standing carries no longer."""
    from ..governance.commands import ReviewParams

    done = session.act("steward.review", ReviewParams())
    said = f"{counted(done['ended'], 'term')} ended." if done["ended"] else "Every term runs, and standing carries it."
    session.answer(done, said, dry=said)


@click.command("draw")
@click.argument("number", type=int)
@session_options(acting=True)
def draw(session: Session, number: int) -> None:
    """Draw the jury of a question that has been discussed, and open its vote. The first who votes does it too."""
    from ..governance.commands import Named

    done = session.act("decision.draw", Named(proposal=number))
    session.answer(done, f"{counted(done['jurors'], 'juror')} drawn; the vote is open.", dry="The jury can be drawn.")
