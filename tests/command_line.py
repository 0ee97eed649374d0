"""The command line in this process, and everything it has: for tests that ask something of every command."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import click

from commonhold.cli.app import root, run

COMMAND = [sys.executable, "-c", "from commonhold.cli import main; main()"]
"""The command as a process."""


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)


def commonhold(*arguments: str, text: bytes = b"") -> Said:
    """Run a command as `commonhold` does, errors told as to a person. What it puts into the environment is gone with it.

    Those that set Django up have a process of their own, since it can be set up only once in each.
    """
    if arguments[:1] in (("invite",), ("work",)):
        done = subprocess.run([*COMMAND, *arguments], input=text, capture_output=True, check=False)
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())
    raw, err = io.BytesIO(), io.StringIO()
    out = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8")),
        patch.dict(os.environ),
    ):
        try:
            run(list(arguments))
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int)
    return Said(code, raw.getvalue().decode(), err.getvalue())


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Each command by its whole name, such as `share record`; groups are not commands."""

    def walk(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
        context = click.Context(group)
        for one in group.list_commands(context):
            command = group.get_command(context, one)
            assert command is not None
            whole = f"{name} {one}".strip()
            if isinstance(command, click.Group):
                yield from walk(command, whole)
            else:
                yield whole, command

    yield from walk(root, "")


def options_of(command: click.Command) -> set[str]:
    """The long names of its options."""
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
