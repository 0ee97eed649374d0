"""Writes `cli.md` from the commands themselves: `python docs/reference/generate.py`. A test compares, so that it stays true."""  # noqa: INP001

from __future__ import annotations

import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from commonhold.cli.app import COMMANDS, root

PAGE = Path(__file__).with_name("cli.md")

INTRODUCTION = """\
# Command line

<!-- Written by docs/reference/generate.py: change the commands or that script, not this page. -->

`commonhold NOUN VERB …`. Data goes to standard output, messages to standard error. `commonhold COMMAND --help` says the same
as this page.

## Everywhere

| option | meaning |
|---|---|
| `--home DIR` | the node's folder; else `COMMONHOLD_HOME`; else `commonhold` in the user's data folder (`$XDG_DATA_HOME` or `~/.local/share`) |
| `--commons NAME` | short name of the commons, where the node has several; else `COMMONHOLD_COMMONS` |
| `--json` | answer with one JSON object; problems too |

Both `--home` and `--commons` may stand before or after the command. Commands that write have in addition:

| option | meaning |
|---|---|
| `--as AGENT` | who acts, by id, by the beginning of an id, or by name; else `COMMONHOLD_AS`; else the owner of `--key`; else the founder |
| `--key FILE` | sign with this key file, and not with a key that the node keeps |
| `--dry-run` | check everything, write nothing |

`--idempotency-key KEY`, where there is one: a request that is sent again with the same key lands once.

An **entry** is named by its number in the journal (`17`), its id, or at least 8 digits of the id. An **agent** is named by id, by
the beginning of an id (6 characters or more), or by name.

## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | refused: the rules do not allow it |
| 2 | usage: an unknown option, or input that is not of the form that was asked for |
| 3 | there is no such thing |
| 4 | whoever asks may not do this |
| 5 | integrity failure: what is stored is not what was written |
| 6 | busy: the store is locked, full, read-only or out of reach; nothing was written |
| 70 | an error of Commonhold itself; please report it |
| 130 | interrupted; what was finished is kept |

Problems have [stable codes](problems.md), in brackets after the message. With `--json` a problem is an object in the shape of RFC
9457, on standard output: `type`, `title`, `status`, `code`, `detail`, and `problems`, a list with `code`, `field` and `message`.

## Environment

See [Settings](settings.md#environment).

## Completion

```sh
eval "$(_COMMONHOLD_COMPLETE=bash_source commonhold)"   # in ~/.bashrc
eval "$(_COMMONHOLD_COMPLETE=zsh_source commonhold)"    # in ~/.zshrc
_COMMONHOLD_COMPLETE=fish_source commonhold | source    # in ~/.config/fish/config.fish
```

## Commands
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    context = click.Context(root, info_name="commonhold")
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        parts += _sections(command, click.Context(command, info_name=name, parent=context), 3)
    return "\n".join(parts)


def _sections(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} `{context.command_path}`\n"
    if isinstance(command, click.Group):
        yield f"{_prose(command)}\n"
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _sections(inner, click.Context(inner, info_name=name, parent=context), level + 1)
        return
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```\n\n{_prose(command)}\n"
    rows = list(_options(command, context))
    if rows:
        yield "\n".join(["| option | meaning |", "|---|---|", *rows]) + "\n"


def _prose(command: click.Command) -> str:
    """The help text: paragraphs as prose, examples (after a line of backspace) as blocks."""
    paragraphs = []
    for paragraph in cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            lines = "\n".join(line.strip() for line in paragraph.split("\n")[1:])
            paragraphs.append(f"```sh\n{lines}\n```")
        else:
            paragraphs.append(" ".join(paragraph.split()))
    return "\n\n".join(paragraphs)


EVERYWHERE = {"home", "commons", "as_json", "author", "key", "dry_run"}
"""Names of the parameters that the page explains once."""


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    common = [parameter.opts[-1] for parameter in command.params if isinstance(parameter, click.Option) and parameter.name in EVERYWHERE]
    for parameter in command.params:
        if not isinstance(parameter, click.Option) or parameter.opts[-1] in common:
            continue
        record = parameter.get_help_record(context)
        if record is None:  # hidden: for the program itself
            continue
        names, meaning = record
        cells = [cell.replace("|", "\\|") for cell in (f"`{names}`", meaning)]
        yield f"| {cells[0]} | {cells[1]} |"
    if common:
        yield f"| {', '.join(f'`{name}`' for name in common)} | see [Everywhere](#everywhere) |"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(page().splitlines())} lines\n")


if __name__ == "__main__":
    main()
