"""A node: a folder (or a database server) where some commons live, and the one way to act in them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..commons import entries as e
from ..commons.custody import IDENTITIES, Vault, keep_key, kept_key, secret_of
from ..commons.people import seek_by_names
from ..journal.commands import Act
from ..journal.elsewhere import ElsewhereKey
from ..journal.head import commons_here, create_head, entries, read_head
from ..journal.keys import SigningKey
from ..journal.writer import Writer
from ..problems import NotFound, Refused, bad_input, not_found, refuse
from ..store.database import Database, open_database
from ..store.transaction import Transaction
from . import tables
from .composition import COMMANDS, DERIVED_TABLES, JOURNAL_TABLES, PRIVATE_TABLES, all_kinds
from .replay import replay

KINDS = all_kinds()
NAME_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")

RESERVED = frozenset({"api", "static", "healthz", "readyz", "metrics", "graphql", "graphiql", "index"})
"""Addresses of the node, which no commons can have."""
WHOLE_NODE = "commonhold"
"""The lock of what changes which commons there are, or the tables of all of them."""

Progress = Callable[[int], None]
AnyKey = SigningKey | ElsewhereKey


def silent(count: int) -> None:
    """No progress."""


def check_names(name: str, origin: str) -> None:
    """Check the short name of a commons to be, and its origin, if it is given.

    Raises:
        BadInput: `commons.bad_name`, `commons.bad_origin`.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise bad_input("commons.bad_name", "A commons' short name is lower-case letters, digits and -.", "name")
    if name in RESERVED:
        raise bad_input("commons.bad_name", f"{name} is an address of the node itself: choose another short name.", "name")
    if origin and not re.fullmatch(r"[A-Za-z0-9.:-]+(/[A-Za-z0-9._~-]+)+", origin):
        raise bad_input("commons.bad_origin", "An origin looks like example.org/name.", "origin")


class DryRun(Exception):
    """Raised to undo a transaction whose outcome was only asked for."""


class Node:
    """See the module. Make one per process and share it between threads.

    Args:
        home: The node's folder: `commonhold.db` (unless DATABASE_URL names a PostgreSQL server) and `node.key`.
        clock: Gives unix seconds; the only clock that anything here looks at.
    """

    def __init__(self, home: Path, database: Database, clock: Callable[[], float] = time.time) -> None:
        self.home = home
        self.database = database
        self._clock = clock

    @classmethod
    def open(cls, home: Path, *, create: bool = False, clock: Callable[[], float] = time.time) -> Node:
        """Open the node in a folder. Derived tables of an older version are rebuilt.

        Raises:
            NotFound: `node.missing`. Refused: `node.too_new`.
        """
        address = os.environ.get("DATABASE_URL") or home / "commonhold.db"
        if create:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif isinstance(address, Path) and not address.exists():
            raise _missing(home)
        node = cls(home, open_database(address), clock)
        node._prepare(create=create)
        if create:
            Vault.make(home / "node.key")
        return node

    @property
    def vault(self) -> Vault:
        """What seals the secrets of this node."""
        return Vault.at(self.home / "node.key")

    def now(self) -> int:
        """Unix seconds."""
        return int(self._clock())

    def close(self) -> None:
        """Close the database connections of this thread."""
        self.database.close()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A read transaction, which knows what the time is: roles end by it."""
        with self.database.read() as transaction:
            transaction.session["now"] = self.now()
            yield transaction

    def only_commons(self, name: str | None) -> str:
        """The commons that is meant: by name, or the only one here.

        Raises:
            NotFound: `commons.unknown`, `commons.which`.
        """
        with self.read() as transaction:
            here = commons_here(transaction)
        if name is not None and name in here:
            return name
        if name is None and len(here) == 1:
            return here[0]
        listed = ", ".join(here) or "none"
        if name is None:
            raise not_found("commons.which", f"Say which commons (--commons): here are {listed}.", "commons")
        raise not_found("commons.unknown", f"No commons {name!r} lives on this node; here are {listed}.", "commons")

    def found(self, name: str, charter: str, founder: SigningKey, *, keep: bool, origin: str = "") -> str:
        """Create a commons, with the founder as its first member and steward; return the origin of its journal.

        Args:
            keep: Whether the node keeps the founder's key. origin: `host/name`, unique for ever; made up if not given.

        Raises:
            Refused: The charter is not in order, `commons.exists`, `commons.origin_taken`.
        """
        check_names(name, origin)
        key = SigningKey.generate()
        origin = origin or f"{key.did[-12:].lower()}.commonhold.invalid/{name}"
        with self.database.write() as transaction:
            transaction.lock(WHOLE_NODE)
            transaction.lock(f"commonhold/{name}")
            if name in commons_here(transaction):
                raise refuse("commons.exists", f"A commons {name!r} lives here already.", "name")
            if transaction.value("SELECT COUNT(*) FROM journal_head WHERE origin = ?", (origin,)):
                raise refuse("commons.origin_taken", f"The origin {origin} is that of another commons here: an origin is given once.", "origin")
            create_head(transaction, name, origin, key)
            keep_key(transaction, self.vault, name, key.did, key)
            if keep:
                keep_key(transaction, self.vault, name, founder.did, founder)
            secret_of(transaction, self.vault, name, IDENTITIES)
            writer = Writer(transaction, KINDS, name, key, self.now())
            writer.write(founder, founder.did, "commons.create", e.Create(charter=charter, node=key.did), "create")
            writer.close()
        return origin

    @contextmanager
    def writing(self, commons: str, *, dry_run: bool = False) -> Iterator[Writer]:
        """The journal of a commons, open for appending; durable when the block ends, undone if it raises or is a dry run."""
        try:
            with self.database.write() as transaction:
                transaction.lock(f"commonhold/{commons}")
                read_head(transaction, commons)
                node = str(transaction.value("SELECT node FROM commons WHERE commons = ?", (commons,)))
                writer = Writer(transaction, KINDS, commons, kept_key(transaction, self.vault, commons, node), self.now())
                yield writer
                writer.close()
                if dry_run:
                    raise DryRun
        except DryRun:
            pass

    def act(
        self, commons: str, author: str, command: str, params: Any, *, signer: AnyKey | None = None, key: str = "", dry_run: bool = False,
        public_only: bool = False, at: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Run a command as an agent of a commons.

        Args:
            signer: The agent's key; the one that the node keeps, if not given. key: Idempotency key.
            public_only: Agents can be named only as everybody may see them. at: The moment at which it was signed elsewhere.
        """
        steps = [(command, params)]
        return self.act_all(commons, author, steps, signer=signer, key=key, dry_run=dry_run, public_only=public_only, at=at)[0]

    def act_all(
        self, commons: str, author: str, steps: list[tuple[str, Any]], *, signer: AnyKey | None = None, key: str = "", dry_run: bool = False,
        public_only: bool = False, at: int | None = None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Run commands one after another: all of them, or none. The idempotency key is that of the last."""
        with self.writing(commons, dry_run=dry_run) as writer:
            if at is not None:
                writer.pin(at)
            signer = signer or kept_key(writer.transaction, self.vault, commons, author)
            done = [
                COMMANDS[command].run(Act(writer, author, signer, public_only=public_only, sealing=self.vault), params)
                for command, params in steps[:-1]
            ]
            last = Act(writer, author, signer, public_only=public_only, sealing=self.vault)
            command, params = steps[-1]
            return [*done, COMMANDS[command].run(replace(last, key=key) if key else last, params)]

    def join(
        self, commons: str, key: AnyKey, rolls: list[str], *, keep: bool, dry_run: bool = False, idempotency_key: str = "", at: int | None = None
    ) -> str:  # fmt: skip
        """Let somebody join with their first key; return their id. `at`: see `act`."""
        with self.writing(commons, dry_run=dry_run) as writer:
            if at is not None:
                writer.pin(at)
            once = idempotency_key or "join-" + "".join(rolls) + str(writer.head.frontier.size)
            writer.write(key, key.did, "commons.join", e.Join(rolls=rolls), once)  # type: ignore[arg-type]
            if keep and isinstance(key, SigningKey):
                keep_key(writer.transaction, self.vault, commons, key.did, key)
        return key.did

    def rebuild(self, progress: Progress = silent) -> dict[str, int]:
        """Empty all derived tables and fold every journal anew; return how many entries each commons has."""
        with self.database.write() as transaction:
            transaction.lock(WHOLE_NODE)
            return self.refold(transaction, progress)

    def refold(self, transaction: Transaction, progress: Progress = silent) -> dict[str, int]:
        """`rebuild` as a part of a transaction that does more and that holds `WHOLE_NODE`: no commons is founded meanwhile."""
        here = commons_here(transaction)
        for name in here:
            transaction.lock(f"commonhold/{name}")
        if self.database.name == "postgresql" and tables.derived_are_here(transaction, _meta(transaction, self.database.name).get("derived")):
            tables.empty_derived(transaction)
        else:
            tables.drop_derived(transaction)
            tables.create(transaction, DERIVED_TABLES)
        counts = {}
        for name in here:
            size = read_head(transaction, name).frontier.size
            counts[name] = replay(transaction, KINDS, name, _paged(transaction, name, size), progress).frontier.size
        seek_by_names(transaction)
        transaction.execute("DELETE FROM meta WHERE name = 'derived'")
        transaction.insert("meta", "derived", tables.derived_version())
        return counts

    def _prepare(self, *, create: bool) -> None:
        """Make the tables on first use; rebuild derived ones that an older version has left.

        What was read before the lock may have changed until the lock is held: another process does the same, or a newer
        program has been here. It is read again.
        """
        with self.database.read() as transaction:
            known = _meta(transaction, self.database.name)
        if known.get("journal") is None and not create:
            raise _missing(self.home)
        if known and _in_order(known):
            return
        with self.database.write() as transaction:
            transaction.lock(WHOLE_NODE)
            known = _meta(transaction, self.database.name)
            if not known:
                for sql in (tables.META_TABLE, JOURNAL_TABLES, PRIVATE_TABLES, DERIVED_TABLES):
                    tables.create(transaction, sql)
                transaction.insert("meta", "journal", "1")
                transaction.insert("meta", "derived", tables.derived_version())
            elif not _in_order(known):
                tables.create_missing(transaction, PRIVATE_TABLES)
                self.refold(transaction)


def _in_order(known: dict[str, str]) -> bool:
    """Whether the derived tables are of this version; False if an older one wrote them.

    Raises:
        Refused: `node.too_new`.
    """
    if known.get("journal") != "1" or tables.newer(known.get("derived", "")):
        raise too_new()
    return known.get("derived") == tables.derived_version()


def too_new() -> Refused:
    """A refusal of what a newer version has written."""
    return refuse("node.too_new", "This node was written by a newer Commonhold: use that version.", "home")


def _missing(home: Path) -> NotFound:
    return not_found("node.missing", f"There is no node in {home}. Make one: commonhold init {home} --charter FILE.", "home")


def _meta(transaction: Transaction, engine: str) -> dict[str, str]:
    catalogue = "sqlite_master WHERE type = 'table' AND name = 'meta'"
    if engine == "postgresql":
        catalogue = "pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'"
    if not transaction.value(f"SELECT COUNT(*) FROM {catalogue}"):
        return {}
    return dict(transaction.rows("SELECT name, value FROM meta"))


def _paged(transaction: Transaction, commons: str, size: int, page: int = 2_000) -> Iterator[bytes]:
    """Entries in pages, so that the tables may be written while the journal is read."""
    for start in range(0, size, page):
        yield from list(entries(transaction, commons, start, min(size, start + page)))
