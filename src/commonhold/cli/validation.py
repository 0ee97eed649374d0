"""`commonhold validate`, `lapse`, `appeal`, `withdraw`, `repayment`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

from .contributions import LINES_SHOWN, number_of, print_contributions
from .output import counted, emit_json, note
from .session import INTEGER_MAX, Session, session_options


@click.command("validate")
@click.argument("contributions", nargs=-1)
@click.option("--batch", default="", help="All of an import: its entry's number or id.")
@click.option("--fulfills", default="", help="All that fulfils this commitment.")
@click.option("--all", "everything", is_flag=True, help="Everything that waits for your word.")
@click.option("--adjust", "amount", metavar="AMOUNT", help="Accept another amount.")
@click.option("--kind", default="", help="With --adjust or alone: accept as another kind.")
@click.option("--refuse", is_flag=True)
@click.option("--reason", default="", help="Why; needed to adjust or refuse.")
@click.option("--limit", type=click.IntRange(1, INTEGER_MAX), help=f"List so many of what waits.  [default for people: {LINES_SHOWN}]")
@session_options(acting=True)
def validate_command(
    session: Session,
    contributions: tuple[str, ...],
    batch: str,
    fulfills: str,
    everything: bool,
    amount: str | None,
    kind: str,
    refuse: bool,
    reason: str,
    limit: int | None,
) -> None:
    """See what waits for your word; accept, adjust or refuse. Nobody validates their own.

    \b
    commonhold validate --as Bay                    what waits for Bay
    commonhold validate 17 18 --as Bay              accept two
    commonhold validate 17 --adjust 2 --reason "…"  accept less
    commonhold validate --batch 4 --as Bay          accept a whole import
    """
    from ..contributions.commands import AttestParams

    if not (contributions or batch or fulfills or everything):
        _queue(session, limit)
        return
    if refuse and (amount or kind):
        raise click.UsageError("Refuse or adjust: one of the two.")
    _require(session, contributions, batch)
    targets = list(contributions)
    if everything:
        targets = [str(line["id"]) for line in _waiting(session, None)]
        if not targets:
            note("Nothing waits for your word.")
            session.answer({"entries": []}, "")
            return
    verdict = "refuse" if refuse else "adjust" if amount or kind else "accept"
    params = AttestParams(verdict=verdict, contributions=targets, batch=batch, fulfills=fulfills, amount=amount or "", kind=kind, reason=reason)
    done = session.act("contribution.attest", params)
    states = {} if session.dry_run else _covered(session, done)
    told = {} if session.dry_run else {"covered": sum(states.values()), "states": states}
    said = f"Your word ({verdict}) is in the journal.{_standing(states)}"
    session.answer(done | {"verdict": verdict} | told, said, dry=f"Your word ({verdict}) can be taken.")


def _require(session: Session, contributions: Iterable[str], batch: str = "") -> None:
    from ..contributions.account import require_batch, require_contributions

    with session.node.read() as transaction:
        require_contributions(transaction, session.commons, contributions)
        if batch:
            require_batch(transaction, session.commons, batch)


def _covered(session: Session, done: dict[str, Any]) -> dict[str, int]:
    """How many claims of each state the entries of a verdict cover, now that they are folded."""
    found: Counter[str] = Counter()
    sql = (
        "SELECT c.state, COUNT(*) FROM attestation t JOIN contribution c ON c.commons = t.commons AND c.position = t.position"
        " WHERE t.commons = ? AND t.entry = ? GROUP BY c.state ORDER BY c.state"
    )
    with session.node.read() as transaction:
        for entry in done.get("entries", [done]):
            found.update(dict(transaction.rows(sql, (session.commons, entry["position"]))))
    return dict(found)


def _standing(states: dict[str, int]) -> str:
    """What became of the claims that a verdict covers, in words."""
    if not states:
        return ""
    words = {"claimed": "wait for other peers", "appealed": "wait for other peers", "validated": "count now", "refused": "are refused"}
    count = sum(states.values())
    if count == 1:
        one = {"claimed": "waits for other peers", "appealed": "waits for other peers", "validated": "counts now", "refused": "is refused"}
        return f" The contribution {one[next(iter(states))]}."
    parts: Counter[str] = Counter()
    for state, number in states.items():
        parts[words[state]] += number
    return f" It covers {count} claims: " + ", ".join(f"{number} {what}" for what, number in sorted(parts.items())) + "."


def _waiting(session: Session, limit: int | None) -> list[dict[str, Any]]:
    from ..contributions import queries
    from ..contributions.rules import OPEN

    author = number_of(session, session.author())
    with session.node.read() as transaction:
        spoken = {row[0] for row in transaction.rows(
            "SELECT t.position FROM attestation t JOIN contribution c ON c.commons = t.commons AND c.position = t.position AND c.round = t.round"
            " WHERE t.commons = ? AND t.attester = ?", (session.commons, author)
        )}  # fmt: skip
        from ..commons.queries import all_agents

        agents = all_agents(transaction, session.commons)
        found = []
        for state in sorted(OPEN):
            for line in queries.list_contributions(transaction, session.commons, queries.Filter(state=state)):
                if line["contributor"] != agents[author].id and line["position"] not in spoken and _is_asked(transaction, session, line, author):
                    found.append(line)
                    if limit is not None and len(found) == limit:
                        return found
        return found


def _is_asked(transaction: Any, session: Session, line: dict[str, Any], author: int) -> bool:
    """Whether the word of the author is wanted: where reviewers are drawn, of those only."""
    from ..contributions.panels import may_judge
    from ..contributions.queries import find_targets

    return may_judge(transaction, session.commons, find_targets(transaction, session.commons, [line["position"]])[0][0], author)


def _queue(session: Session, limit: int | None) -> None:
    from ..commons.people import names
    from ..contributions.account import waiting_count

    lines = _waiting(session, limit or (None if session.as_json else LINES_SHOWN))
    if session.as_json:
        emit_json({"waiting": lines})
    elif not lines:
        click.echo("Nothing waits for your word.")
    else:
        peer = number_of(session, session.author())
        with session.node.read() as transaction:
            more = waiting_count(transaction, session.commons, peer) - len(lines)
            print_contributions(lines, names(transaction, session.commons), more)
        note(
            "Look: commonhold contributions ENTRY; accept: commonhold validate ENTRY…; adjust: --adjust AMOUNT --reason …; refuse: --refuse --reason …"
        )


@click.command("lapse")
@session_options(acting=True)
def lapse_command(session: Session) -> None:
    """Lazy consensus: let claims become valid that nobody objected to in the charter's window."""
    from ..contributions.commands import LapseParams

    done = session.act("contribution.lapse", LapseParams())
    session.answer(done, f"{counted(done['validated'], 'claim')} became valid.", dry=f"{counted(done['validated'], 'claim')} can become valid.")


@click.command("appeal")
@click.argument("contribution")
@click.option("--reason", required=True)
@session_options(acting=True)
def appeal_command(session: Session, contribution: str, reason: str) -> None:
    """Ask for another round about a contribution of yours that was refused or reduced; it takes one peer more."""
    from ..contributions.commands import OneParams

    _require(session, [contribution])
    done = session.act("contribution.appeal", OneParams(contribution=contribution, reason=reason))
    said = f"Your peers are asked again.{_too_few(session, contribution)}"
    session.answer(done, said, dry="You can appeal." + _too_few(session, contribution, coming=1))


def _too_few(session: Session, contribution: str, coming: int = 0) -> str:
    """A warning, where an appeal needs more peers than there are. coming: rounds that are not in the journal yet."""
    from ..contributions.account import account, peers_who_may_speak
    from ..contributions.queries import position_of, resolve_id

    with session.node.read() as transaction:
        position = position_of(transaction, session.commons, resolve_id(transaction, session.commons, contribution))
        assert position is not None
        found = account(transaction, session.commons, position)
        peers = peers_who_may_speak(transaction, session.commons, found["contributor"])
    needed = found["quorum"] + coming
    if peers >= needed:
        return ""
    return (
        f"\nIt takes {needed} peers who agree, and {'only one has' if peers == 1 else f'only {peers} have' if peers else 'nobody else has'} a word here:"
        " nothing is decided until more peers join, or the charter asks for fewer."
    )


@click.command("withdraw")
@click.argument("contribution")
@click.option("--reason", default="")
@session_options(acting=True)
def withdraw_command(session: Session, contribution: str, reason: str) -> None:
    """Take back a claim that is still open."""
    from ..contributions.commands import OneParams

    _require(session, [contribution])
    session.answer(
        session.act("contribution.withdraw", OneParams(contribution=contribution, reason=reason)), "Withdrawn.", dry="You can withdraw it."
    )


@click.command("repayment")
@click.argument("choice", type=click.Choice(["while_it_lasts", "until_repaid", "once", "never"]))
@click.argument("contributions", nargs=-1)
@session_options(acting=True)
def repayment_command(session: Session, choice: str, contributions: tuple[str, ...]) -> None:
    """Choose how long your contributions share: those named, or all so far."""
    from ..contributions.commands import ChooseParams

    done = session.act("contribution.choose", ChooseParams(repayment=choice, contributions=list(contributions)))
    session.answer(done, f"Your choice is {choice}.")
