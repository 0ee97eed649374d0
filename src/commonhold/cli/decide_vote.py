"""`commonhold decide vote`, `receipt`, `open`: a ballot, and what shows that it counts as it was cast."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from .decide_options import read_json
from .decide_words import NUMBER, called_by, time_said, told_of
from .output import note
from .session import Session, read_text, session_options


def _option_ids(session: Session, number: int) -> dict[str, str]:
    """What a voter may write for each option: its id, its title, or the name of the candidate."""
    from .decide_show import option_title

    told = told_of(session, number)
    called = called_by(session)
    known: dict[str, str] = {}
    for option in told["options"]:
        for name in (option["title"], option_title(option, called)):
            known.setdefault(name.casefold(), option["id"])
    return known | {option["id"]: option["id"] for option in told["options"]}


@click.command("vote")
@NUMBER
@click.argument("answer", type=click.Choice(("yes", "no", "abstain")), required=False)
@click.option("--rank", metavar='"A > B = C"', help="Rank options, best first; = for equals. What is not named is below all that is.")
@click.option("--approve", metavar="A,B", help="Approve of options; none for a blank ballot.")
@click.option(
    "--sealed", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="FILE", help="A secret ballot that you sealed yourself."
)
@click.option("--receipt", "file", type=click.Path(dir_okay=False), metavar="FILE", help="Write the receipt of a hidden vote as JSON, for you alone.")
@click.option("--idempotency-key", default="", help="A request that is sent again with the same key lands once.")
@session_options(acting=True)
def vote(
    session: Session, number: int, answer: str | None, rank: str | None, approve: str | None, sealed: str | None, file: str | None, idempotency_key: str
) -> None:  # fmt: skip
    """Vote on a proposal: yes, no or abstain, a ranking, or approvals. The last vote before the close counts.

    A ranking can name no-change, which is that nothing changes, where the question is whether something does.

    \b
    commonhold decide vote 3 yes --as Bo --receipt my-vote.json
    commonhold decide vote 4 --rank "pump > bench = paint" --as Bo
    commonhold decide vote 5 --approve pump,bench --as Bo
    """
    from ..governance.commands import VoteParams

    if sum(value is not None for value in (answer, rank, approve, sealed)) != 1:
        raise click.UsageError("Vote yes, no or abstain; or rank (--rank); or approve (--approve); or send a sealed ballot (--sealed): one of them.")
    params = VoteParams(proposal=number, answer=answer or "", sealed=read_text(sealed).strip() if sealed else "")
    if rank is not None or approve is not None:
        known = _option_ids(session, number)
        params.ranking = [[_option(known, one) for one in group.split("=") if one.strip()] for group in (rank or "").split(">")]
        params.ranking = [group for group in params.ranking if group]
        if approve is not None:
            blank = approve.strip().lower() in ("none", "")
            params.approvals = [] if blank else [_option(known, one) for one in approve.split(",") if one.strip()]
    kept = _made(file) if file and not session.dry_run else None
    try:
        done = session.act("decision.vote", params, idempotency_key)
    except BaseException:
        if kept is not None:
            kept.unlink()
        raise
    if done.get("secret"):
        from .decide_secret import said_in_secret

        if kept is not None:
            kept.unlink()
        said_in_secret(session, number, done, kept is not None)
        return
    if "receipt" not in done or session.dry_run:
        if kept is not None:
            kept.unlink()
            note("Ballots on this question are open: there is no receipt to keep.")
        done = {name: value for name, value in done.items() if name != "receipt"}
        session.answer(done, f"Your vote on proposal {number} is in the journal (entry {done['position']}).", dry="You can vote so.")
        return
    receipt_ = {"commons": session.commons, "proposal": number, **done["receipt"]}
    if kept is not None:
        kept.write_text(json.dumps(receipt_, indent=2) + "\n", encoding="utf-8")
    session.answer(done, lambda: _print_receipt(session, number, done, receipt_, file))


def _option(known: dict[str, str], text: str) -> str:
    """The id of an option that is meant; what is not known is left for the rules to refuse."""
    text = text.strip()
    return known.get(text) or known.get(text.casefold()) or text


def _made(file: str) -> Path:
    """An empty file for the owner alone, made before the vote: a receipt that could not be written would be lost."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise click.UsageError(f"{file} is there already: give another name for the receipt.") from None
    return Path(file)


def _print_receipt(session: Session, number: int, done: dict[str, Any], receipt_: dict[str, Any], file: str | None) -> None:
    closes = time_said(told_of(session, number)["closes"])
    click.echo(f"Your vote on proposal {number} is sealed (entry {done['position']}), and opened at the close, {closes}. Your receipt:")
    click.echo(f"  vote    {receipt_['vote']}\n  salt    {receipt_['salt']}\n  ballot  {json.dumps(receipt_['ballot'])}")
    if file:
        click.echo(f"Keep {file}, and show it to nobody before the close. Next, at any time: commonhold decide receipt {file}")
    else:
        click.echo("Keep it, and show it to nobody before the close: with it you can check that just this ballot is opened.")


def _opened(file: str) -> Any:
    from ..governance.receipts import read_receipt

    return read_receipt(read_json(file, dict[str, Any], "a receipt"))


@click.command("receipt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@session_options()
def receipt(session: Session, file: str) -> None:
    """Check the receipt of a hidden vote: the vote is in the journal, and after the close it was opened with just this ballot.

    \b
    commonhold decide receipt my-vote.json      exit code 1 if it is not so
    """
    from ..governance.receipts import check

    opened = _opened(file)
    with session.node.read() as transaction:
        found = check(transaction, session.commons, opened, session.node.now())
    said = _RECEIPTS[found.state].format(vote=opened.vote, commons=session.commons, position=found.position, proposal=found.proposal)
    session.answer({"ok": found.in_order, "state": found.state, "vote": opened.vote, "said": said}, said)
    click.get_current_context().exit(0 if found.in_order else 1)


_HERE = "Your vote on proposal {proposal} is in the journal (entry {position})"
_RECEIPTS = {
    "missing": "No entry {vote} is in the journal of {commons}: this vote was never written, or elsewhere.",
    "no_vote": "Entry {position} is no hidden vote.",
    "sealed_other": "Entry {position} is a vote on proposal {proposal}, but it was sealed with another ballot than this receipt has.",
    "replaced": _HERE + ", but it does not count: the same voter voted again later.",
    "unopened": _HERE + ", but it was never opened, and was not counted.",
    "due": _HERE + ", sealed with just this ballot. The vote is over, and it is not opened yet. Next: commonhold decide close {proposal}",
    "sealed": _HERE + ", sealed with just this ballot. It is opened at the close.",
    "opened_other": _HERE + ", but it was opened with another ballot than this receipt has.",
    "opened": _HERE + ", and it was opened with just this ballot.",
}


@click.command("open")
@NUMBER
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@session_options(acting=True)
def open_(session: Session, number: int, file: str) -> None:
    """Open your own hidden ballot after the vote, from the FILE of its receipt, where the node has not.

    commonhold decide open 3 my-vote.json --as Bo
    """
    from ..governance.commands import OpenParams

    done = session.act("decision.open", OpenParams(proposal=number, ballots=[_opened(file)]))
    session.answer(done, f"Your ballot on proposal {number} is open (entry {done['position']}).", dry="It can be opened.")
