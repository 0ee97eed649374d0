"""Imports: from a repository, a table of commits, or a sheet, into the journal of a commons on this node."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..commons.custody import IDENTITIES, kept_key, secret_of
from ..commons.people import identity_id
from ..commons.queries import charter_section, commons_section
from ..contributions.charter import Imports, kinds_in_force
from ..contributions.commit_table import read_commit_tables
from ..contributions.git import Repository, open_repository, with_merger
from ..contributions.history import Commit
from ..contributions.importing import HistoryImport, Source
from ..contributions.sheet import SheetReport, SheetRow, import_sheet, read_sheet
from ..contributions.sizing import Sizer
from ..flows.interchange.document import Document
from ..journal.commands import Act
from ..journal.keys import SigningKey
from ..problems import Refused, bad_input
from .flow_import import DocumentRefused, FlowImport
from .node import DryRun, Node, Progress, silent


class Importer:
    """Imports into one commons as one member.

    Args:
        signer: The member's key; the one that the node keeps, if not given. dry_run: Check all and write nothing.
        public_only: People can be named only as everybody may see them.
    """

    def __init__(
        self, node: Node, commons: str, author: str, signer: SigningKey | None = None, *, dry_run: bool = False, public_only: bool = False
    ) -> None:  # fmt: skip
        self._node = node
        self._commons = commons
        self._author = author
        self._signer = signer
        self._dry_run = dry_run
        self._public_only = public_only
        with node.database.write() as transaction:
            self._secret = secret_of(transaction, node.vault, commons, IDENTITIES)
            self._rules = charter_section(transaction, commons, "imports", Imports)
            self._kinds = kinds_in_force(transaction, commons)
            self._domains = commons_section(transaction, commons).domains

    def git(self, source: str, domain: str = "", label: str = "", progress: Callable[[int, int], None] = lambda _done, _of: None) -> dict[str, Any]:
        """Import a git history up to HEAD; what came before, in an earlier import, is not read again.

        Args:
            progress: Is told how many commits of how many are done.
        """
        with open_repository(source) as repository:
            head = repository.head()
            label = _checked_label(label) if label else _label(source)
            since = self._since(repository, label)
            total = repository.count(since)
            vouching = self._node_rules_history()
            mergers = repository.mergers(since) if "merged" in vouching else {}
            commits: Iterator[Commit] = (with_merger(commit, mergers) for commit in repository.commits(since))
            if self._rules.respect_linguist and repository.uses_linguist():
                left_out: set[str] = set()
                commits = _asking_attributes(repository, commits, left_out)
                sizer = Sizer(self._rules, left_out.__contains__)
            else:
                sizer = Sizer(self._rules)
            importing = self._history(Source(kind="git", label=label, head=head, domain=self._domain(domain)), sizer)
            summary = importing.run(self._open_act, commits, lambda done: progress(done, total))
            self._remember(label, head)
            return summary.as_dict() | {"head": head, "since": since}

    def commit_tables(
        self, commits: Path, changes: Path | None, repository: str, domain: str = "", progress: Progress = silent, label: str = ""
    ) -> dict[str, Any]:
        """Import a history from tables of commits and changed files. `label`: what it is called, if not as the repository or the file."""
        found = list(read_commit_tables(commits, changes, repository))
        if not found:
            raise bad_input("imports.nothing_there", f"{commits.name} has no commit of {repository or 'any repository'}.", "repository")
        source = Source(kind="commits", label=_checked_label(label) or repository or commits.stem, head=found[-1].id, domain=self._domain(domain))
        return self._history(source, Sizer(self._rules)).run(self._open_act, found, progress).as_dict()

    def sheet(
        self, data: bytes, label: str, mapping: dict[str, str], *, partial: bool = False, identities: bool = False, progress: Progress = silent
    ) -> dict[str, Any]:
        """Import a CSV sheet: the whole of it or nothing, or (`partial`) the rows that are in order.

        Raises:
            Refused: With the problems of every refused row, if not partial.
        """
        return self.sheet_report(read_sheet(data, mapping), label, partial=partial, identities=identities, progress=progress).as_dict()

    def sheet_report(
        self, rows: list[SheetRow], label: str, *, partial: bool = True, identities: bool = False, progress: Progress = silent
    ) -> SheetReport:
        """Import the rows of a sheet, by default those that are in order; the report tells what became of the others, and of those that were known.

        Raises:
            Refused: With the problems of every refused row, if not partial.
        """
        label = _checked_label(label)
        with self._open_act() as act:
            report = import_sheet(act, rows, label, self._secret, identities=identities, progress=progress)
            if report.refused and not partial:
                raise SheetRefused(report.as_dict(), *(problem for row in report.refused for problem in row.problems))
            if not report.written:
                report.batch = ""
                raise DryRun  # undoes what the block wrote: a batch with nothing in it
        return report

    def valueflows(
        self,
        document: Document,
        label: str,
        *,
        kind: str = "",
        domain: str = "",
        claims: bool = True,
        overdraw: bool = False,
        date_now: bool = False,
        partial: bool = False,
    ) -> dict[str, Any]:
        """Import a Valueflows document: the whole of it or nothing, or (`partial`) what is in order.

        Raises:
            Refused: With the problems of every refused item, if not partial.
        """
        with self._open_act() as act:
            report = FlowImport(
                act, document, _checked_label(label), self._secret, kind=kind, domain=domain, claims=claims, overdraw=overdraw, date_now=date_now
            ).run()
            if report.refused and not partial:
                raise DocumentRefused(report.as_dict(), *report.problems)
        return report.as_dict()

    def identity(self, address: str) -> str:
        """The identity that an address has in this commons."""
        return identity_id(self._secret, address)

    def _history(self, source: Source, sizer: Sizer) -> HistoryImport:
        return HistoryImport(source, self._rules, self._kinds, sizer, self._secret)

    def _domain(self, domain: str) -> str:
        if domain or len(self._domains) == 1:
            return domain or self._domains[0]
        raise bad_input("contributions.which_domain", f"Name the domain: {', '.join(self._domains)}.", "domain")

    def _node_rules_history(self) -> list[str]:
        from ..contributions.charter import Validation

        with self._node.read() as transaction:
            return list(charter_section(transaction, self._commons, "validation", Validation).history)

    def _since(self, repository: Repository, label: str) -> str | None:
        """Up to which commit this history was imported, by an import that came to its end, if HEAD still contains it."""
        with self._node.read() as transaction:
            sql = "SELECT head FROM private_import WHERE commons = ? AND label = ?"
            head: str | None = transaction.value(sql, (self._commons, label))
        return head if head is not None and repository.has(head) else None

    def _remember(self, label: str, head: str) -> None:
        """Note on this node that an import came to its end. Only speed depends on it: what is known is passed over anyway."""
        if self._dry_run:
            return
        with self._node.database.write() as transaction:
            transaction.execute("DELETE FROM private_import WHERE commons = ? AND label = ?", (self._commons, label))
            transaction.insert("private_import", self._commons, label, head)

    @contextmanager
    def _open_act(self) -> Iterator[Act]:
        with self._node.writing(self._commons, dry_run=self._dry_run) as writer:
            signer = self._signer or kept_key(writer.transaction, self._node.vault, self._commons, self._author)
            yield Act(writer, self._author, signer, public_only=self._public_only)


class SheetRefused(Refused):
    """A sheet had rows that were refused, so nothing was written; `report` tells which and why."""

    def __init__(self, report: dict[str, Any], *problems: Any) -> None:
        super().__init__(*problems)
        self.report = report


def _checked_label(label: str) -> str:
    """A label that somebody chose. It stands in the journal for ever, so nothing personal or secret may be in it.

    Raises:
        BadInput: `imports.address_in_label`.
    """
    if "@" in label:
        raise bad_input("imports.address_in_label", "A label stands in the public journal: no address and no password may be in it.", "label")
    return label


def _label(source: str) -> str:
    """The last part of a path or an address: without who signs in there, and with what password."""
    name = re.split(r"[/:@]", source.rstrip("/").removesuffix(".git").removesuffix("/"))[-1]
    return name if name not in ("", ".", "..", "repo") else Path(source).resolve().name


def _asking_attributes(repository: Repository, commits: Iterable[Commit], left_out: set[str], chunk: int = 2_000) -> Iterator[Commit]:
    """Pass commits on, after asking the repository about the paths in them that were not seen before."""
    seen: set[str] = set()
    held: list[Commit] = []

    def ask() -> None:
        new = sorted({file.path for commit in held for file in commit.files} - seen)
        seen.update(new)
        left_out.update(repository.left_out(new))

    for commit in commits:
        held.append(commit)
        if len(held) == chunk:
            ask()
            yield from held
            held.clear()
    ask()
    yield from held
