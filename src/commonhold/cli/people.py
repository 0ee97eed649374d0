"""`commonhold person`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

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
    from ..commons.people import find_by_name, write_profile

    iban = sys.stdin.readline().strip() if iban == "-" else iban
    given = {"name": name, "email": email, "iban": iban, "bic": bic, "public": public}
    changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if picture:
        changes["picture"] = Path(picture).read_bytes()
    with session.changing() as transaction:
        id_ = find_by_name(transaction, session.commons, agent)
        write_profile(transaction, session.commons, id_, **changes)
    session.answer({"agent": id_, "changed": sorted(changes)}, f"Changed: {', '.join(sorted(changes)) or 'nothing'}.")


@person_command.command("show")
@click.argument("agent")
@session_options()
def show(session: Session, agent: str) -> None:
    """Show what the node keeps about a person."""
    from ..commons.people import find_by_name, read_profile

    with session.node.read() as transaction:
        id_ = find_by_name(transaction, session.commons, agent)
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
    if not (yes or session.dry_run):
        click.confirm(f"Erase all that the node keeps about {agent}? Keys that the node keeps are lost too.", abort=True, err=True)
    if session.dry_run:
        with session.changing() as transaction:
            count = erase(transaction, session.commons, id_)
    else:
        count = erase_person(session.node, session.commons, id_)
    session.answer({"agent": id_, "erased": count}, f"Erased {count} records about {id_}. Backups made before still have them.")
