"""`commonhold invite`."""

from __future__ import annotations

import os

import click

from .output import note
from .session import Session, session_options


@click.command("invite")
@click.option("--days", type=click.IntRange(1, 365), default=14, show_default=True, help="So long it is good.")
@click.option("--public-url", default="", metavar="URL", envvar="COMMONHOLD_PUBLIC_URL", show_envvar=True, help="Where people reach the node.")
@session_options(writing=True)
def invite_command(session: Session, days: int, public_url: str) -> None:
    """Print a link by which somebody makes an account on this node, once, and then joins the commons.

    \b
    commonhold invite --days 7 --public-url https://commons.example.org
    """
    from ..server.options import checked_public_url
    from ..server.wsgi import configure

    os.environ["COMMONHOLD_PUBLIC_URL"] = checked_public_url(public_url)
    commons = session.commons
    if session.dry_run:
        session.answer({"days": days, "commons": commons}, "", dry="Somebody can be invited.")
        return
    session.node.close()
    configure(session.home)
    from ..web.accounts.invitations import invite
    from ..web.own_address import own_address

    link = f"{own_address()}/-/invited/{invite(commons, '', days=days)}/"
    session.answer({"link": link, "days": days, "commons": commons}, link)
    if not public_url and not session.as_json:
        note("Say where people reach the node: --public-url https://…; this link is good on this machine alone.")
