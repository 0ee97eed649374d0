"""`commonhold draw`, `decline`, `contest`: reviewers by lot, and objections to what was validated."""

from __future__ import annotations

import click

from .output import counted
from .session import Session, session_options


@click.command("draw")
@session_options(acting=True)
def draw_command(session: Session) -> None:
    """Draw reviewers by lot wherever the charter asks for them and they lack, or are silent and over their time.

    Claims that are logged one by one have theirs at once.
    """
    from ..contributions.commands import DrawParams

    done = session.act("contribution.draw", DrawParams())
    entries = counted(len(done["entries"]), "entry", "entries")
    session.answer(done, f"Reviewers are drawn ({entries})." if done["entries"] else "No claim lacks reviewers.", dry="Reviewers can be drawn.")


@click.command("decline")
@click.argument("contribution")
@click.option("--reason", required=True, help="Why; anybody can read it.")
@session_options(acting=True)
def decline_command(session: Session, contribution: str, reason: str) -> None:
    """Say that you do not judge a claim that you were drawn for; somebody else is drawn.

    commonhold decline 17 --reason "We work on it together" --as Bay
    """
    from ..contributions.commands import OneParams

    done = session.act("contribution.decline", OneParams(contribution=contribution, reason=reason))
    session.answer(done, "Somebody else is asked, if there is anybody.", dry="You can decline.")


@click.command("contest")
@click.argument("contribution")
@click.option("--reason", required=True, help="Why; anybody can read it.")
@session_options(acting=True)
def contest_command(session: Session, contribution: str, reason: str) -> None:
    """Object to what was validated, in the time that the charter gives; it is judged again, by one peer more.

    commonhold contest 17 --reason "It does not build" --as Bay
    """
    from ..contributions.commands import OneParams

    done = session.act("contribution.contest", OneParams(contribution=contribution, reason=reason))
    session.answer(done, "It is judged again. What counted goes on counting until then.", dry="You can contest it.")
