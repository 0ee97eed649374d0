"""`commonhold init`."""

from __future__ import annotations

import re
from pathlib import Path

import click

from .session import Session, check_database_url, read_text, session_options


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--charter", required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True), help="The charter, TOML.")
@click.option("--name", help="Short name of the commons; by default made of the name in the charter.")
@click.option("--origin", default="", help="Origin of the journal, unique for ever, such as example.org/name.")
@click.option("--founder", help="Name of the founder, kept beside the journal.")
@click.option("--key", "key_file", type=click.Path(exists=True, dir_okay=False), help="Key file of the founder; else the node makes and keeps a key.")
@session_options(writing=True)
def init_command(session: Session, folder: str, charter: str, name: str | None, origin: str, founder: str | None, key_file: str | None) -> None:
    """Create a commons from its charter, in a new node in DIR (or in the node that is there).

    \b
    commonhold init my-commons --charter charter.toml --founder Ana
    """
    import tomllib

    from ..commons.people import write_profile
    from ..journal.keyfile import read_key_file
    from ..journal.keys import SigningKey
    from ..node.charters import require_charter
    from ..node.node import Node, check_names

    check_database_url()
    text = read_text(charter)
    require_charter(text)
    title = tomllib.loads(text)["commons"]["name"]
    short = name or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]
    key = read_key_file(Path(key_file)) if key_file else SigningKey.generate()
    check_names(short, origin)
    if session.dry_run:
        _require_free(Path(folder), short)
        session.answer({"home": str(Path(folder)), "commons": short}, f"{title} would live in {folder} as {short!r}.")
        return
    node = Node.open(Path(folder), create=True)
    journal = node.found(short, text, key, keep=key_file is None, origin=origin)
    if founder:
        with node.database.write() as transaction:
            write_profile(transaction, short, key.did, name=founder)
    answer = {"home": str(Path(folder)), "commons": short, "origin": journal, "founder": key.did}
    session.answer(
        answer, f"{title} lives in {folder} as {short!r}; its journal is {journal}.\nNext: commonhold --home {folder} log --help, or import --help."
    )


def _require_free(folder: Path, name: str) -> None:
    """Raise `Refused` if there is a node in the folder that has a commons of this name."""
    from ..journal.head import commons_here
    from ..node.node import Node
    from ..problems import NotFound, refuse

    try:
        node = Node.open(folder)
    except NotFound:
        return
    with node.read() as transaction:
        if name in commons_here(transaction):
            raise refuse("commons.exists", f"A commons {name!r} lives here already.", "name")
