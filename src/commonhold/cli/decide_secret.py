"""`commonhold decide seal`, `credential`: secret ballots, by Belenios."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..problems import refuse
from .decide_words import NUMBER
from .output import note
from .session import Session, session_options

if TYPE_CHECKING:
    from ..governance.entries import Sealing


@click.command("seal")
@NUMBER
@session_options(acting=True)
def seal(session: Session, number: int) -> None:
    """Let the node prepare a vote with secret ballots, once it is open; the first vote does it otherwise. Needs belenios-tool.

    commonhold decide seal 3
    """
    from ..governance.commands import Named

    done = session.act("decision.seal", Named(proposal=number))
    said = (
        f"The secret vote on proposal {number} is prepared for {done['electors']} (entry {done['position']}). Next: commonhold decide vote {number}"
    )
    session.answer(done, said, dry="It can be prepared.")


@click.command("credential")
@NUMBER
@click.option("--out", type=click.Path(file_okay=False), metavar="DIR", help="Write it into a new folder, with the files of the election.")
@session_options(acting=True)
def credential(session: Session, number: int, out: str | None) -> None:
    """Print your private credential of a secret vote, to seal your ballot yourself with belenios-tool.

    Whoever has it and your signing key can vote for you: show it to nobody.

    \b
    commonhold decide credential 3 --out election --as Bo
    cd election; belenios-tool archive init; echo "[[0,1]]" > marks.json
    belenios-tool election generate-ballot --privcred credential --ballot marks.json > ballot
    commonhold decide vote 3 --sealed ballot --as Bo
    """
    from ..governance.commands import find_proposal
    from ..governance.keeping import kept_secret
    from ..governance.sealing import box_of

    author = session.author()
    with session.node.read() as transaction:
        found, id_ = find_proposal(transaction, session.commons, number)
        box = box_of(transaction, session.commons, found, cast=False)
        secret = kept_secret(transaction, session.node.vault, session.commons, id_, author)
    if secret is None or box is None:
        raise refuse("governance.no_credential", "The node keeps no credential of yours for this question.", "proposal")
    if out is None:
        session.answer({"proposal": number, "credential": secret}, secret)
    elif not session.dry_run:
        answers = _written(Path(out), box.sealing, secret)
        said = f"{out} has your credential and the election. The marks of a ballot are 1 or 0 for: {', '.join(answers)}."
        session.answer({"proposal": number, "folder": out, "answers": answers}, said)
    else:
        session.answer({"proposal": number}, "", dry="It can be written.")


def _written(folder: Path, sealing: Sealing, secret: str) -> list[str]:
    """Write what belenios-tool needs for a ballot, for the owner alone; what can be marked."""
    from ..governance.secret import Election, exact

    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise click.UsageError(f"{folder} is there already: give another folder.") from None
    texts = {"election.json": sealing.election, "trustees.json": sealing.trustees, "credential": secret}
    texts["public_creds.json"] = json.dumps(sealing.publicCredentials, separators=(",", ":"))
    for name, text in texts.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    answers: list[str] = exact(sealing.election, Election).questions[0].answers
    return answers


def said_in_secret(session: Session, number: int, done: dict[str, Any], receipt_asked: bool) -> None:
    """The answer to a secret vote."""
    if receipt_asked:
        note("Nothing can show what is in a secret ballot: there is no receipt.")
    said = (
        f"Your vote on proposal {number} is encrypted (entry {done['position']}). That you voted is public; what you voted is never told, only the sum."
        " You can vote again until the close; the last one counts."
    )
    session.answer(done, said, dry="You can vote so.")


def recount_line(told: dict[str, Any]) -> str:
    """What Belenios finds."""
    if told["checked"]:
        if told["problem"]:
            return f"Checked by Belenios: the result is NOT the sum of the secret ballots: {told['problem']}."
        return "Checked by Belenios: the result is the sum of the secret ballots."
    return f"That the result is the sum of the secret ballots was not checked: {told['why'].rstrip('.')}."


def box_line(box: dict[str, Any], phase: str, number: int) -> str:
    """Where a secret vote stands."""
    if box["unsealed"] is not None:
        none = f"; {box['excluded']} sealed ballots were invalid" if box["excluded"] else ""
        return f"ballots are secret: only their sum was opened (entry {box['unsealed']}){none}. To check it: commonhold decide recount {number}"
    if box["sealed"] is not None:
        return f"ballots are secret (prepared by entry {box['sealed']}): only their sum will be opened"
    return "ballots are secret; the vote is prepared by the first who votes, or by: commonhold decide seal" if phase == "voting" else ""
