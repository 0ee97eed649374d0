"""`commonhold graphql`."""

from __future__ import annotations

import click


@click.group("graphql")
def graphql_command() -> None:
    """The GraphQL door, which `commonhold serve` opens at /graphql."""


@graphql_command.command("schema")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
def schema_command(as_json: bool) -> None:
    """Print the schema in the schema definition language: for programs that make clients, and to compare versions."""
    from ..graphql.sdl import sdl
    from .session import Session

    if as_json:
        Session(None, None, as_json, None, None, dry_run=False).answer({"schema": sdl()}, "")
        return
    click.echo(sdl(), nl=False)
