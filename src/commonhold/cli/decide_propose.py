"""`commonhold decide propose`, `revise`, `amend`: a question with exactly what it would change."""

from __future__ import annotations

import re
from typing import Any

import click

from .decide_options import TEXT_FILE, WANTED, change_options, options_said, read_json, text_said
from .decide_words import NUMBER, told_of, what_next
from .session import Session, session_options

QUESTIONS = ("charter", "fork", "role", "member", "steward", "recall", "money", "budget", "grant", "election", "statement")


@click.command("propose")
@click.argument("question", type=click.Choice(QUESTIONS), required=False, metavar="[QUESTION]")
@click.option("--title", help="What it is called, in a few words.")
@click.option("--text", help="Why, and what else there is to say. Public, and for ever.")
@TEXT_FILE
@click.option("--domain", help="The domain that it belongs to.")
@change_options
@click.option("--reason", help="With --expel, --suspend, --dismiss, --origin.")
@click.option("--fund", help="Of a budget: the fund that is divided.")
@click.option("--amount", help="Of a budget: how much of it. With --share: how much.")
@click.option("--seats", type=click.IntRange(1, 100), help="Of an election: how many are elected.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="PROPOSAL.json",
              help="The whole proposal as JSON, as it stands in the journal; - is standard input.")  # fmt: skip
@click.option("--idempotency-key", default="", help="A request that is sent again with the same key lands once.")
@session_options(acting=True)
def propose(
    session: Session, question: str | None, title: str | None, text: str | None, text_file: str | None, domain: str | None, fund: str | None,
    amount: str | None, seats: int | None, file: str | None, idempotency_key: str, **said: Any,
) -> None:  # fmt: skip
    """Put a QUESTION to be decided, with exactly what it would change.

    A question is one of charter, fork, role, member, steward, recall, money, budget, grant, election, statement.

    \b
    commonhold decide propose charter --title "One voice is enough" --charter new.toml
    commonhold decide propose role --title "Bo as a steward" --role Bo steward
    commonhold decide propose money --title "Share it" --share common
    commonhold decide propose budget --title "Spring" --fund common --amount 900 --project "pump;A pump;400;Bo"
    commonhold decide propose grant --title "Cables" --cost 40 --to Cy
    commonhold decide propose election --title "Stewards" --candidate Bo --candidate Cy --for-role steward --seats 1
    commonhold decide propose statement --title "We keep Sundays free"
    commonhold decide propose --file proposal.json
    """
    from ..governance.entries import Propose

    if file is not None:
        others = (question, title, text, text_file, domain, fund, amount, seats, *said.values())
        if any(others):
            raise click.UsageError("--file has the whole proposal: give nothing else of it.")
        params = read_json(file, Propose, "a proposal", session)
    else:
        if not question or not title:
            raise click.UsageError("Give a QUESTION and a --title, or a whole proposal: --file PROPOSAL.json.")
        body = text_said(text, text_file) or ""
        options = options_said(session, question, title, body, said | {"amount": amount}, domain)
        if not options and question != "budget":
            raise click.UsageError(f"Say what would change: {WANTED[question]}.")
        params = Propose(
            question=question,  # type: ignore[arg-type]  # one of the words that the argument takes
            title=title,
            text=body,
            domain=domain,
            options=options,
            fund=fund,
            amount=None if said["share"] else amount,
            seats=seats or (1 if question == "election" else None),
        )
    done = session.act("decision.propose", params, idempotency_key)
    if session.dry_run:
        session.answer(done, "", dry="It can be proposed.")
        return
    told = told_of(session, done["proposal"])
    more = {name: told[name] for name in ("phase", "opens", "closes")}
    session.answer(done | more, f"Proposal {done['proposal']} is put (entry {done['position']}). {what_next(told)}")


@click.command("revise")
@NUMBER
@click.option("--reason", required=True, help="Why there is a new version; it stands in the journal.")
@click.option("--title")
@click.option("--text")
@TEXT_FILE
@change_options
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="OPTIONS.json", help="Your options anew: a list in JSON."
)
@session_options(acting=True)
def revise(
    session: Session, number: int, reason: str, title: str | None, text: str | None, text_file: str | None, file: str | None, **said: Any
) -> None:
    """Put a new version of your proposal while it is discussed; what you do not give stays as it is.

    commonhold decide revise 3 --charter newer.toml --reason "Care counts too"
    """
    from ..governance.commands import ReviseParams
    from ..governance.entries import Option

    before = told_of(session, number)
    words = text_said(text, text_file)
    options = None
    if file is not None:
        options = read_json(file, list[Option], "a list of options", session)
    elif any(said.values()):
        options = (
            options_said(session, before["question"], title or before["title"], words or "", said | {"reason": reason}, before["domain"]) or None
        )
    elif title:
        options = _retitled(session, number, before["title"], title)
    done = session.act("decision.revise", ReviseParams(proposal=number, reason=reason, title=title or "", text=words, options=options))
    if session.dry_run:
        session.answer(done, "", dry="It can be revised.")
        return
    session.answer(done, f"Proposal {number} has version {done['version']} (entry {done['position']}). {what_next(told_of(session, number))}")


def _retitled(session: Session, number: int, before: str, title: str) -> list[Any] | None:
    """The author's options, where one is called as the proposal was, and goes on to be; None, where none is."""
    from msgspec.structs import replace

    from ..governance.store import options_of, proposal_by_number

    with session.node.read() as transaction:
        found = proposal_by_number(transaction, session.commons, number)
        listed = options_of(transaction, session.commons, number)
    own = [one.option for one in listed if found is not None and one.author == found.author]
    return [replace(one, title=title if one.title == before else one.title) for one in own] if before in {one.title for one in own} else None


@click.command("amend")
@NUMBER
@click.option("--title", help="What the option is called.")
@click.option("--id", "id_", default="", help="Its id: lower-case letters, digits and -. Default: made from the title.")
@click.option("--text", help="What there is to say for it.")
@TEXT_FILE
@change_options
@click.option("--reason", help="With --expel, --suspend, --dismiss, --origin.")
@click.option("--amount", help="With --share: how much.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="OPTION.json", help="The whole option as JSON.")
@session_options(acting=True)
def amend(session: Session, number: int, title: str | None, id_: str, text: str | None, text_file: str | None, file: str | None, **said: Any) -> None:
    """Add another option to a proposal while it is discussed.

    \b
    commonhold decide amend 3 --title "Three voices" --charter other.toml --as Cy
    commonhold decide amend 5 --project "bench;A bench;120;Cy" --as Cy
    """
    from msgspec.structs import replace

    from ..governance.commands import AmendParams
    from ..governance.entries import Option

    if file is not None:
        if any((title, id_, text, text_file, *said.values())):
            raise click.UsageError("--file has the whole option: give nothing else of it.")
        option = read_json(file, Option, "an option", session)
    else:
        before = told_of(session, number)
        words = text_said(text, text_file) or ""
        itself = said["projects"] or said["candidates"]
        if not title and not itself:
            raise click.UsageError("What is the option called? Give a --title.")
        found = options_said(session, before["question"], title or "", words, said, before["domain"])
        if len(found) != 1:
            raise click.UsageError(f"Say what this option would change, and add one at a time: {WANTED.get(before['question'], 'there is nothing')}.")
        place = f"option-{len(before['options']) + 1}"
        slug = re.sub(r"[^a-z0-9]+", "-", (title or "").lower())[:31].strip("-") or place
        own = found[0].id if said["projects"] else place.replace("option", "candidate") if said["candidates"] else slug
        option = replace(found[0], id=id_ or own, title=title or found[0].title, text=words)
    done = session.act("decision.amend", AmendParams(proposal=number, option=option))
    listed = session.dry_run or next(one["listed"] for one in told_of(session, number)["options"] if one["id"] == option.id)
    waits = "" if listed else f" It is on the ballot once others want it. Next, by them: commonhold decide second {number} {option.id}"
    session.answer(
        done | {"option": option.id}, f"Proposal {number} has the option {option.id} (entry {done['position']}).{waits}", dry="It can be added."
    )
