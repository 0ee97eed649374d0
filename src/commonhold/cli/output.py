"""Saying things: data on standard output, messages on standard error, problems with their codes."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from ..problems import CommonholdError, bad_input, problem_document


def emit_json(value: Any) -> None:
    """One JSON object on standard output; in ASCII, where the terminal (or UTF-8 itself) cannot take what is in it."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    click.echo(text)


def table(titles: Sequence[str], rows: Iterable[Sequence[Any]], right: str = "", *, empty: str = "") -> None:
    """A table for people. `right` names the columns with figures, by their index: "23"; `empty` is said where there is no row."""
    cells = [[str(cell) for cell in row] for row in rows]
    if not cells and empty:
        note(empty)
    widths = [max([len(title), *(len(row[index]) for row in cells)]) for index, title in enumerate(titles)]
    for row in ([list(titles)] if cells else []) + cells:
        parts = [cell.rjust(width) if str(index) in right else cell.ljust(width) for index, (cell, width) in enumerate(zip(row, widths, strict=True))]
        click.echo("  ".join(parts).rstrip())


def printable(text: str) -> str:
    """A text that others wrote, on one line and without characters that would steer a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "row"), counted(2, "row"), counted(0, "entry", "entries")
    ('1 row', '2 rows', '0 entries')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def near(text: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Those of some names that are nearly a text, nearest first.

    >>> near("stewart", ["steward", "treasurer"])
    ['steward']
    """
    from difflib import get_close_matches

    by_folded = {printable(name).casefold(): printable(name) for name in known}
    return [by_folded[match] for match in get_close_matches(text.casefold(), by_folded, count)]


def note(message: str) -> None:
    """A message for people."""
    click.echo(message, err=True)


def fail(error: Exception, *, as_json: bool) -> int:
    """Tell what went wrong; return the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        note("Interrupted; what was finished is kept.")
        return 130
    if isinstance(error, click.ClickException):
        if as_json:
            emit_json(
                {"type": "urn:commonhold:problem:cli.usage", "title": "Usage", "status": 400, "code": "cli.usage", "detail": error.format_message()}
            )
        else:
            error.show()
        return 2
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()
        return 0
    if isinstance(error, UnicodeEncodeError):
        error = _encoding_problem(error)
    if isinstance(error, CommonholdError):
        if as_json:
            report = getattr(error, "report", None)
            emit_json(problem_document(error) | ({"report": report} if report else {}))
        else:
            for problem in error.problems:
                where = f" ({problem.field})" if problem.field else ""
                note(f"{problem.message}{where} [{problem.code}]")
        return error.exit_code
    if isinstance(error, OSError):
        said = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        if as_json:
            emit_json({"type": "urn:commonhold:problem:store.file", "title": "Busy", "status": 503, "code": "store.file", "detail": said})
        else:
            note(f"{said} [store.file]")
        return 6
    if os.environ.get("COMMONHOLD_DEBUG"):
        traceback.print_exception(error)
    said = f"This should not happen ({type(error).__name__}: {error}); nothing was written. Please report it, with what COMMONHOLD_DEBUG=1 shows."
    if as_json:
        emit_json({"type": "urn:commonhold:problem:internal", "title": "Internal", "status": 500, "code": "internal", "detail": said})
    else:
        note(f"{said} [internal]")
    return 70


def _encoding_problem(error: UnicodeEncodeError) -> CommonholdError:
    if error.encoding == "utf-8":
        return bad_input("cli.not_utf8", "What was given holds bytes that are not UTF-8 text.")
    return bad_input("cli.cannot_show", f"A text cannot be written in the encoding {error.encoding}: set PYTHONUTF8=1 or another locale.")


def progress(label: str, of: int | None = None) -> Callable[[int], None]:
    """Tells how far long work is, once it has taken a second: a line that moves on a terminal, a line each 10 % elsewhere."""
    started = time.monotonic()
    shown = [-1.0]
    is_terminal = sys.stderr.isatty()

    def tell(done: int) -> None:
        now = time.monotonic()
        if now - started < 1:
            return
        part = done / of if of else 0.0
        if is_terminal:
            rate = done / (now - started)
            tail = f" of {of} ({part:.0%})" if of else ""
            click.echo(f"\r\x1b[2K{label}: {done}{tail}, {rate:,.0f}/s", err=True, nl=of is not None and done >= of)
        elif (part if of else done / 50_000) >= shown[0] + (0.1 if of else 1):
            shown[0] = part if of else done / 50_000
            note(f"{label}: {done}" + (f" of {of}" if of else ""))

    return tell
