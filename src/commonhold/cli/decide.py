"""`commonhold decide`: the group, the list, and what is said of a proposal while it is discussed."""

from __future__ import annotations

from typing import Any

import click

from .decide_after import close, execute, explain, export, recount
from .decide_count import count
from .decide_delegate import delegate, support, waiting
from .decide_offices import draw, report, resign, review, standing, stewards
from .decide_propose import amend, propose, revise
from .decide_secret import credential, seal
from .decide_show import show
from .decide_vote import open_, receipt, vote
from .decide_words import NUMBER, PHASES, phase_words, when_words
from .output import counted, note, printable, table
from .session import Session, session_options


class ListFirst(click.Group):
    """A group that lists when nothing is asked of it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        asks_help = bool(args) and args[0] in ctx.help_option_names
        if not ctx.resilient_parsing and not asks_help and (not args or args[0].startswith("-")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("decide", cls=ListFirst)
def decide_command() -> None:
    """Proposals, votes, delegation, results; count ballots of any file.

    Alone, it lists the proposals.
    """


@decide_command.command("list")
@click.option("--phase", type=click.Choice(tuple(PHASES)), help="Only proposals in this phase.")
@session_options()
def list_(session: Session, phase: str | None) -> None:
    """List the proposals, the newest first.

    \b
    commonhold decide
    commonhold decide list --phase voting
    """
    from ..node.decisions import decisions

    with session.node.read() as transaction:
        found = decisions(session.node, transaction, session.commons, phase or "")
        cast: dict[int, int] = dict(transaction.rows("SELECT proposal, COUNT(*) FROM vote WHERE commons = ? GROUP BY proposal", (session.commons,)))
    plain = [one | {"votes": cast.get(one["number"], 0)} for one in found]
    session.answer({"proposals": plain}, lambda: _print_list(plain, phase))


def _print_list(plain: list[dict[str, Any]], phase: str | None) -> None:
    rows = [(one["number"], printable(one["title"]), one["question"], phase_words(one), when_words(one), one["votes"]) for one in plain]
    nothing = f"No proposal is in the phase {phase}." if phase else "Nothing has been proposed yet. Next: commonhold decide propose --help"
    table(("number", "title", "question", "phase", "when", "votes"), rows, "05", empty=nothing)
    if due := [str(one["number"]) for one in plain if one["phase"] == "due"]:
        note(f"{counted(len(due), 'proposal')} can be closed ({', '.join(due)}). Next: commonhold decide close --due")


@decide_command.command("second")
@NUMBER
@click.argument("option", default="")
@session_options(acting=True)
def second(session: Session, number: int, option: str) -> None:
    """Say that a proposal, or an OPTION that somebody added to it, is to be voted on.

    commonhold decide second 3 --as Bo
    """
    from ..governance.commands import SecondParams
    from .decide_words import told_of, what_next

    done = session.act("decision.second", SecondParams(proposal=number, option=option))
    after = {} if session.dry_run else told_of(session, number)
    said = f"You want {f'the option {option} of ' if option else ''}proposal {number} to be voted on (entry {done['position']})."
    more = f" {what_next(after)}" if after and not option else ""
    session.answer(done, said + more, dry="You can second it.")


@decide_command.command("withdraw")
@NUMBER
@click.option("--reason", required=True, help="Why; it stands in the journal.")
@session_options(acting=True)
def withdraw(session: Session, number: int, reason: str) -> None:
    """Take your proposal back before it is voted on."""
    from ..governance.commands import ReasonParams

    done = session.act("decision.withdraw", ReasonParams(proposal=number, reason=reason))
    session.answer(done, f"Proposal {number} is withdrawn (entry {done['position']}).", dry="You can withdraw it.")


@decide_command.command("comment")
@NUMBER
@click.argument("text")
@click.option("--reply-to", default="", metavar="ENTRY", help="The comment that it answers: the number or id of its entry.")
@session_options(acting=True)
def comment(session: Session, number: int, text: str, reply_to: str) -> None:
    """Say something in the discussion of a proposal; public, and for ever.

    commonhold decide comment 3 "What about care?" --as Cy
    """
    from ..governance.commands import CommentParams

    done = session.act("decision.comment", CommentParams(proposal=number, text=text, replyTo=reply_to))
    session.answer(done, f"Your comment is entry {done['position']}.", dry="You can say so.")


@decide_command.command("object")
@NUMBER
@click.option("--reason", required=True, help="Why, so that the objection can be met.")
@session_options(acting=True)
def object_(session: Session, number: int, reason: str) -> None:
    """Object to a proposal that is decided by consent: while the objection stands, nothing changes.

    commonhold decide object 4 --reason "It doubles our work" --as Bo
    """
    from ..governance.commands import ReasonParams

    done = session.act("decision.object", ReasonParams(proposal=number, reason=reason))
    said = f"Your objection stands (entry {done['position']}). Next, once it is met: commonhold decide lift {number}"
    session.answer(done, said, dry="You can object.")


@decide_command.command("lift")
@NUMBER
@session_options(acting=True)
def lift(session: Session, number: int) -> None:
    """Say that your objection is met."""
    from ..governance.commands import Named

    done = session.act("decision.lift", Named(proposal=number))
    session.answer(done, f"Your objection is lifted (entry {done['position']}).", dry="You can lift it.")


@decide_command.command("consent")
@NUMBER
@session_options(acting=True)
def consent(session: Session, number: int) -> None:
    """Say that you can live with a proposal."""
    from ..governance.commands import Named

    done = session.act("decision.consent", Named(proposal=number))
    session.answer(done, f"You can live with proposal {number} (entry {done['position']}).", dry="You can say so.")


for _command in (propose, show, revise, amend):
    decide_command.add_command(_command)
for _command in (
    seal,
    vote,
    receipt,
    credential,
    waiting,
    delegate,
    support,
    close,
    execute,
    open_,
    recount,
    explain,
    export,
    stewards,
    standing,
    resign,
    review,
    draw,
    report,
    count,
):
    decide_command.add_command(_command)
