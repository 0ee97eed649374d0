"""What most commands need: the node, the commons, who acts, and how the answer is wanted."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..problems import NotFound, Refused, bad_input, not_found
from .output import emit_json, near, note

if TYPE_CHECKING:
    from ..journal.keys import SigningKey
    from ..node.node import Node
    from ..store.transaction import Transaction


INTEGER_MAX = 2**53 - 1
"""The largest number that a journal can hold, and so the largest that is worth asking for."""


def check_database_url() -> None:
    """Check that DATABASE_URL, if it is set, names a database that a node can live on.

    Raises:
        BadInput: `node.bad_database_url`.
    """
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", os.environ.get("DATABASE_URL", ""))
    if scheme and scheme[1] not in ("postgresql", "postgres"):
        right = "postgresql://USER@HOST/DATABASE; without it, the node keeps an SQLite file in its folder"
        raise bad_input("node.bad_database_url", f"DATABASE_URL begins with {scheme[1]}:, which is not known here. Write {right}.", "DATABASE_URL")


def _no_node(home: Path) -> NotFound:
    """What may be the matter where no node is found."""
    if os.environ.get("DATABASE_URL"):
        why = "The database that DATABASE_URL names holds no node. Check the address, or make a node"
    elif (home / "node.key").exists():
        why = f"{home} has a node.key but no database. If the node lives on PostgreSQL, set DATABASE_URL; or make a node anew"
    else:
        why = f"There is no node in {home}. Name the folder of yours by --home or COMMONHOLD_HOME, or make one"
    return not_found("node.missing", f"{why}: commonhold init {home} --charter FILE.", "home")


class When(click.ParamType):  # type: ignore[type-arg]  # older versions of click have no argument there
    """A time as the journal has it. A bare day is its noon (UTC), as in a sheet; today is now, which is written as nothing."""

    name = "time"
    now = staticmethod(lambda: datetime.now(UTC))

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value == self.now().strftime("%Y-%m-%d"):
            return ""
        text = f"{value}T12:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
        try:
            if value:
                datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            self.fail(f"{value!r} is no day, such as 2026-11-23, and no time in UTC, such as 2026-11-23T08:30:00Z.", param, ctx)
        return text


class Session:
    """One run of the command line."""

    def __init__(self, home: str | None, commons: str | None, as_json: bool, author: str | None, key: str | None, dry_run: bool) -> None:
        self.as_json = as_json
        self.dry_run = dry_run
        self._home = home
        self.wanted = commons
        self._author = author
        self._key_file = key
        self._node: Node | None = None
        self._commons: str | None = None

    @property
    def home(self) -> Path:
        """The node's folder: --home, COMMONHOLD_HOME, or the user's data folder."""
        folder = self._home or os.environ.get("COMMONHOLD_HOME")
        if folder:
            return Path(folder)
        data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
        return Path(data) / "commonhold"

    @property
    def node(self) -> Node:
        """The node, opened."""
        if self._node is None:
            from ..node.node import Node

            check_database_url()
            try:
                self._node = Node.open(self.home)
            except NotFound as error:
                raise _no_node(self.home) if error.code == "node.missing" else error from None
        return self._node

    @property
    def commons(self) -> str:
        """The commons that is meant."""
        if self._commons is None:
            self._commons = self.node.only_commons(self.wanted or os.environ.get("COMMONHOLD_COMMONS"))
        return self._commons

    def signer(self) -> SigningKey | None:
        """The key of --key, if given."""
        if self._key_file is None:
            return None
        from ..journal.keyfile import read_key_file

        return read_key_file(Path(self._key_file))

    def author(self) -> str:
        """Who acts: --as, COMMONHOLD_AS, the owner of --key, or the founder."""
        from ..commons.queries import charter_history

        named = self._author or os.environ.get("COMMONHOLD_AS")
        if named:
            return self.agent(named)
        with self.node.read() as transaction:
            if signer := self.signer():
                sql = (
                    "SELECT a.id FROM agent_key k JOIN agent a ON a.commons = k.commons AND a.number = k.agent"
                    " WHERE k.commons = ? AND k.key = ? AND k.until IS NULL"
                )
                return str(transaction.value(sql, (self.commons, signer.did)) or signer.did)
            return charter_history(transaction, self.commons)[0][2]

    def act(self, command: str, params: Any, key: str = "") -> dict[str, Any]:
        """Run a command as who acts."""
        return self.act_all([(command, params)], key)[0]

    def act_all(self, steps: list[tuple[str, Any]], key: str = "") -> list[dict[str, Any]]:
        """Run commands as who acts: all of them, or none. The idempotency key is that of the last."""
        return self.node.act_all(self.commons, self.author(), steps, signer=self.signer(), key=key, dry_run=self.dry_run)

    @contextmanager
    def changing(self) -> Iterator[Transaction]:
        """A transaction that changes what stands beside the journal; undone if this is a dry run."""
        from ..node.node import DryRun

        try:
            with self.node.database.write() as transaction:
                yield transaction
                if self.dry_run:
                    raise DryRun
        except DryRun:
            pass

    def answer(self, value: Any, text: str | Callable[[], None], dry: str = "") -> None:
        """The answer, for programs or for people. What to do next is not said after a dry run; `dry` is said instead of `text`."""
        if self.dry_run and isinstance(text, str):
            text = dry or re.split(r"\s*\bNext\b[^:\n]*: ", text, maxsplit=1)[0]
        if self.as_json:
            emit_json(value | {"dryRun": True} if self.dry_run and isinstance(value, dict) else value)
        elif callable(text):
            text()
        else:
            click.echo(text)
        if self.dry_run and not self.as_json:
            note("Dry run: nothing was written.")

    def agent(self, text: str) -> str:
        """The id of the agent that a text means.

        Raises:
            NotFound: `commons.which_agent`; `commons.unknown_agent`, with names that are nearly the same.
        """
        from ..commons.people import find_by_name, names

        with self.node.read() as transaction:
            try:
                return find_by_name(transaction, self.commons, text)
            except NotFound as error:
                if error.code != "commons.unknown_agent":
                    raise
                known = names(transaction, self.commons)
                close = near(text, [*known.values(), *(id_ for id_ in known if id_.startswith("org:"))])
                if not close:
                    raise
                raise not_found("commons.unknown_agent", f"Nobody here is {text!r}. Did you mean {' or '.join(close)}?", "agent") from None


def session_options(acting: bool = False, writing: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options of nearly all commands. The command gets a `Session` first.

    Args:
        acting: With the options of commands by which an agent acts. writing: With --dry-run only.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def wrapped(
            home: str | None,
            commons: str | None,
            as_json: bool,
            author: str | None = None,
            key: str | None = None,
            dry_run: bool = False,
            **others: Any,
        ) -> Any:
            above = click.get_current_context().find_root().obj or {}
            session = Session(home or above.get("home"), commons or above.get("commons"), as_json, author, key, dry_run)
            return function(session, **others)

        options = [
            click.option("--home", type=click.Path(), help="The node's folder.  [env: COMMONHOLD_HOME]"),
            click.option("--commons", help="Short name of the commons."),
            click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object."),
        ]
        if acting:
            options += [
                click.option("--as", "author", metavar="AGENT", help="Who acts: id or name.  [env: COMMONHOLD_AS; default: the founder]"),
                click.option(
                    "--key",
                    type=click.Path(exists=True, dir_okay=False),
                    metavar="FILE",
                    help="Sign with this key file, not with a key kept by the node.",
                ),
            ]
        if acting or writing:
            options.append(click.option("--dry-run", is_flag=True, help="Check everything, write nothing."))
        for option in reversed(options):
            wrapped = option(wrapped)
        return wrapped

    return decorate


def read_text(path: str) -> str:
    """The text of a file, byte for byte (line ends are left as they are); `-` is standard input."""
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise bad_input("cli.not_utf8", f"{path} is not UTF-8 text.", "file") from None


__all__ = ["INTEGER_MAX", "Refused", "Session", "When", "check_database_url", "read_text", "session_options"]
