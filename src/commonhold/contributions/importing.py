"""Taking a history over into the journal: one claim for each author of each commit, in transactions of bounded size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ..commons.people import identity_id, name_identities, normal_address
from ..flows.vocabulary import EconomicEvent, Measure
from ..journal.commands import Act
from ..journal.entry import KEY_LENGTH_MAX
from ..journal.kinds import time_text
from ..measure import format_quantity
from . import entries as e
from .charter import ContributionKind, Imports
from .history import Commit, Person, attribute, moment, split_lines
from .queries import batch_authors
from .sizing import Sizer

COMMITS_PER_TRANSACTION = 4_000

OpenAct = Callable[[], AbstractContextManager[Act]]
"""Opens the journal for a transaction, as the member who imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where commits come from: `kind` git or commits, a label for people, up to which commit, and in which domain they are."""

    kind: str
    label: str
    head: str
    domain: str


@dataclass(slots=True)
class Summary:
    """What an import did."""

    batch: str = ""
    commits: int = 0
    contributions: int = 0
    known: int = 0
    identities: set[str] = field(default_factory=set)

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "batch": self.batch, "commits": self.commits, "contributions": self.contributions,
            "alreadyKnown": self.known, "identities": len(self.identities),
        }  # fmt: skip


class HistoryImport:
    """Writes commits as claims.

    Args:
        secret: The commons' secret behind the digests of identities. rules, kinds: Of the charter in force.
    """

    def __init__(self, source: Source, rules: Imports, kinds: dict[str, ContributionKind], sizer: Sizer, secret: bytes) -> None:
        self._source = source
        self._rules = rules
        self._kinds = kinds
        self._sizer = sizer
        self._secret = secret
        self._ids: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._programs = frozenset(normal_address(program) for program in rules.programs)
        self.summary = Summary()

    def run(self, open_act: OpenAct, commits: Iterable[Commit], progress: Callable[[int], None]) -> Summary:
        """Import all commits. What was imported before is passed over, so an import that was cut off is run again."""
        iterator = iter(commits)
        while chunk := list(islice(iterator, COMMITS_PER_TRANSACTION)):
            with open_act() as act:
                self._import(act, chunk)
            progress(self.summary.commits)
        return self.summary

    def _import(self, act: Act, commits: list[Commit]) -> None:
        claims = [claim for commit in commits for claim in self._claims(commit, act.writer.now)]
        keys = [key for key, _ in claims]
        known = set().union(*(act.writer.known_keys(author, keys) for author in {act.author, *batch_authors(act.transaction, act.commons)}))
        new = [(key, body) for key, body in claims if key not in known]
        self.summary.commits += len(commits)
        self.summary.known += len(claims) - len(new)
        if new:
            batch = self._open_batch(act)
            for key, body in new:
                act.writer.write(act.signer, act.author, "contributions.log", body(batch), key, fresh=True)
            self.summary.contributions += len(new)
        name_identities(act.transaction, act.commons, self._names)

    def _open_batch(self, act: Act) -> str:
        if not self.summary.batch:
            source = self._source
            body = e.Batch(source=source.kind, label=source.label, head=source.head)  # type: ignore[arg-type]
            key = _short(f"batch:{source.kind}:{source.label}:{source.head}", KEY_LENGTH_MAX)
            self.summary.batch = act.writer.write(act.signer, act.author, "contributions.batch", body, key).id
        return self.summary.batch

    def _claims(self, commit: Commit, now: int) -> Iterator[tuple[str, Callable[[str], e.Log]]]:
        """(idempotency key, body once the batch is known) for each author of a commit."""
        found = attribute(commit, self._programs)
        size = self._sizer.size(commit.files)
        kind = self._kinds[size.kind]
        at = time_text(moment(commit, now))
        evidence = [e.Evidence(type="commit", value=commit.id, source=self._source.label)]
        vouched = [e.Vouched(agent=self._identity(person), how=how) for person, how in found.vouched]
        for person, share in zip(found.authors, split_lines(size.lines, len(found.authors) or 1), strict=False):
            provider = self._identity(person)
            event = EconomicEvent(
                action=kind.action,  # type: ignore[arg-type]
                provider=provider,
                hasPointInTime=at,
                resourceQuantity=Measure(hasNumericalValue=format_quantity(share), hasUnit=kind.unit),
            )
            key = claim_key(commit.id, provider)
            yield key, _body(event, size.kind, self._source.domain, evidence, self._rules.repayment, [v for v in vouched if v.agent != provider])

    def _identity(self, person: Person) -> str:
        address = person.address()
        known = self._ids.get(address)
        if known is None:
            known = self._ids[address] = identity_id(self._secret, address)
            name = person.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "")
            self._names.setdefault(known, name[:200])
            self.summary.identities.add(known)
        return known


def claim_key(commit: str, provider: str) -> str:
    """The idempotency key of an imported claim: the commit, and the first 16 digits of the identity."""
    person = f":{provider[3:19]}"
    return _short(commit, KEY_LENGTH_MAX - len(person)) + person


def _short(text: str, length: int) -> str:
    """The text, or where it is too long for a key its SHA-256: cut off, two of them could be the same."""
    return text if len(text) <= length else "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _body(
    event: EconomicEvent, kind: str, domain: str, evidence: list[e.Evidence], repayment: Any, vouched: list[e.Vouched]
) -> Callable[[str], e.Log]:
    def with_batch(batch: str) -> e.Log:
        return e.Log(event=event, kind=kind, domain=domain, evidence=evidence, repayment=repayment, batch=batch, vouchedBy=vouched)

    return with_batch
