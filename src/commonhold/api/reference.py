"""The tables of `docs/reference/api.md`, from the routes: `python -m commonhold.api.reference` prints them."""

from __future__ import annotations

import msgspec

from ..journal.commands import Command
from ..node.composition import COMMANDS
from .routes import PATH_PARTS
from .table import routes

KINDS = {"read": "Reads", "journal": "The journal"}


def route_tables() -> str:
    """A table of the addresses of each kind; commands are in a table of their own."""
    parts = []
    for tag, title in KINDS.items():
        lines = [f"| {route.method} | `/api/{route.path}` | {route.summary} |" for route in routes() if route.tag == tag]
        parts.append("\n".join([f"### {title}", "", "| method | address | what it is |", "|---|---|---|", *lines]))
    return "\n\n".join(parts) + "\n"


def part_table() -> str:
    """What may stand in the braces of an address."""
    lines = [f"| `{{{name}}}` | {meaning} |" for name, (_, meaning) in PATH_PARTS.items()]
    return "\n".join(["| part | meaning |", "|---|---|", *lines]) + "\n"


def command_table() -> str:
    """The commands with their parameters."""
    lines = [f"| `{command.name}` | {command.summary} | {_parameters(command)} |" for command in COMMANDS.values()]
    return "\n".join(["| command | what it does | parameters |", "|---|---|---|", *lines]) + "\n"


def _parameters(command: Command) -> str:
    """Names of the parameters; those that must be given are bold."""
    fields = msgspec.structs.fields(command.params)
    return ", ".join(f"**`{field.encode_name}`**" if field.required else f"`{field.encode_name}`" for field in fields) or "none"


TABLES = {"routes": route_tables, "parts": part_table, "commands": command_table}

if __name__ == "__main__":
    for name, table in TABLES.items():
        print(f"<!-- {name} -->\n{table()}<!-- end -->\n")  # noqa: T201 - a program for people
