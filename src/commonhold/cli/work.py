"""`commonhold work`."""

from __future__ import annotations

import click

from .session import Session, session_options


@click.command("work")
@click.option("--public-url", default="", metavar="URL", envvar="COMMONHOLD_PUBLIC_URL", show_envvar=True, help="Where people reach the node: for links in letters.")  # fmt: skip
@session_options()
def work_command(session: Session, public_url: str) -> None:
    """Do the background work of a node (imports, backups, letters) until interrupted.

    `commonhold serve` does it by itself. Where several servers share a PostgreSQL server: `serve --no-work`, and this beside.
    What is cut off, even by a power failure, is taken up again.

    \b
    commonhold work --public-url https://commons.example.org
    """
    import os

    from ..server.attending import PARENT
    from ..server.jobs import work
    from ..server.options import checked_public_url

    os.environ["COMMONHOLD_PUBLIC_URL"] = checked_public_url(public_url)
    session.node.close()
    parent = os.environ.pop(PARENT, "")
    work(session.home, int(parent) if parent else None)
