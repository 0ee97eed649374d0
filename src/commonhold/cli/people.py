"""`commonhold person`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from .output import counted, note
from .session import Session, session_options


@click.group("person")
def person_command() -> None:
    """Names and addresses beside the journal; erasing them."""


@person_command.command("set")
@click.argument("agent")
@click.option("--name")
@click.option("--email")
@click.option("--picture", type=click.Path(exists=True, dir_okay=False))
@click.option("--iban", help="For payouts; read it from standard input with -.")
@click.option("--bic")
@click.option("--public/--private", default=None, help="Whether public pages may show the name.")
@session_options(writing=True)
def set_person(
    session: Session, agent: str, name: str | None, email: str | None, picture: str | None, iban: str | None, bic: str | None, public: bool | None
) -> None:
    """Change what the node keeps about a person. Nothing of it enters the journal."""
    from ..commons.people import write_profile

    iban = sys.stdin.readline().strip() if iban == "-" else iban
    given = {"name": name, "email": email, "iban": iban, "bic": bic, "public": public}
    changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if picture:
        changes["picture"] = Path(picture).read_bytes()
    id_ = session.agent(agent)
    with session.changing() as transaction:
        write_profile(transaction, session.commons, id_, **changes)
    session.answer({"agent": id_, "changed": sorted(changes)}, f"Changed: {', '.join(sorted(changes)) or 'nothing'}.")


@person_command.command("show")
@click.argument("agent")
@session_options()
def show(session: Session, agent: str) -> None:
    """Show what the node keeps about a person."""
    from ..commons.people import read_profile

    id_ = session.agent(agent)
    with session.node.read() as transaction:
        profile = read_profile(transaction, session.commons, id_)
    plain = {
        "agent": id_,
        "name": profile.name,
        "email": profile.email,
        "iban": profile.iban,
        "bic": profile.bic,
        "public": profile.public,
        "picture": profile.picture is not None,
    }
    session.answer(plain, "\n".join(f"{field}: {value}" for field, value in plain.items() if value not in (None, "")))


@person_command.command("erase")
@click.argument("agent")
@click.option("--yes", is_flag=True, help="Do not ask.")
@session_options(writing=True)
def erase(session: Session, agent: str, yes: bool) -> None:
    """Erase names, addresses, pictures, kept keys and tokens of a person. The journal stays, and still verifies."""
    from ..commons.people import erase
    from ..node.erasure import erase_person

    id_ = session.agent(agent)
    question = f"Erase all that the node keeps about {agent}? Keys that the node keeps are lost too."
    if not (yes or session.dry_run or click.confirm(question, err=True)):
        note("Nothing was erased.")
        click.get_current_context().exit(1)
    if session.dry_run:
        with session.changing() as transaction:
            count = erase(transaction, session.commons, id_)
    else:
        count = erase_person(session.node, session.commons, id_)
    records = counted(count, "record")
    said = f"Erased {records} about {id_}. Backups made before still have {'it' if count == 1 else 'them'}."
    session.answer({"agent": id_, "erased": count}, said, dry=f"{records} about {id_} would be erased.")
