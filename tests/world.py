"""A commons to test in: short names for what tests do again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from commonhold.commons import entries as e
from commonhold.commons.people import write_profile
from commonhold.contributions.commands import AttestParams, LogParams
from commonhold.flows.entries import Create
from commonhold.flows.vocabulary import Commitment
from commonhold.journal.keys import SigningKey
from commonhold.node.findings import Report
from commonhold.node.node import Node
from commonhold.node.sharing import statement
from commonhold.node.verification import verify_commons
from commonhold.sharing.commands import IncomeParams, ShareParams

START = 1_767_225_600
"""2026-01-01, where the clock of the tests begins."""

CHARTER = """
[commons]
name = "Test commons"
purpose = "To be tested."
licence = ["CERN-OHL-W-2.0"]
currency = "EUR"
domains = ["firmware", "hardware"]

[kinds.work]
value = "25.00"
[kinds.code]
[kinds.documentation]
[kinds.loan]
[kinds.expense]
[kinds.care]

[validation]
quorum = 2
history = ["committed", "reviewed", "merged"]
lazy_days = 14

[[sharing.steps]]
id = "contributions"
to = "contributions"
rest = true
weights = { work = "1", code = "0.01" }
"""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def days(self, count: float) -> None:
        """Let days pass."""
        self.now += int(count * 86_400)


class World:
    """A node with one commons, `test`, and members whose keys the node keeps, called by name."""

    def __init__(self, home: Path, charter: str = CHARTER) -> None:
        self.clock = Clock()
        self.node = Node.open(home, create=True, clock=self.clock)
        self.ids: dict[str, str] = {}
        self.keys: dict[str, SigningKey] = {}
        founder = self._key("Ana")
        self.origin = self.node.found("test", charter, founder, keep=True)
        self._name("Ana")
        self.join("Bo", "Cy")

    def _key(self, name: str) -> SigningKey:
        self.keys[name] = SigningKey.derived(name)
        self.ids[name] = self.keys[name].did
        return self.keys[name]

    def _name(self, name: str) -> None:
        with self.node.database.write() as transaction:
            write_profile(transaction, "test", self.ids[name], name=name)

    def join(self, *names: str, rolls: tuple[str, ...] = ("producer",)) -> None:
        """Let people join."""
        for name in names:
            self.node.join("test", self._key(name), list(rolls), keep=True)
            self._name(name)

    def act(self, who: str, command: str, params: Any, **options: Any) -> dict[str, Any]:
        """Run a command as somebody."""
        return self.node.act("test", self.ids[who], command, params, **options)

    def organization(self, name: str, class_: str = "enterprise") -> str:
        """Add an organization."""
        id_ = f"org:{name.lower()}"
        self.act("Ana", "agent.add", e.AddAgent(id=id_, name=name, classifiedAs=class_))  # type: ignore[arg-type]
        return id_

    def commitment(self, who: str, id_: str, action: str = "work", **fields: Any) -> str:
        """Promise something, under an id."""
        fields.setdefault("provider", self.ids[who])
        self.act(who, "flow.create", Create(record=Commitment(id=id_, action=action, **fields)))  # type: ignore[arg-type]
        return id_

    def log(self, who: str, kind: str = "work", amount: str = "1", **fields: Any) -> int:
        """Log a contribution; return its position."""
        fields.setdefault("domain", "firmware")
        return int(self.act(who, "contribution.log", LogParams(kind=kind, amount=amount, **fields))["position"])

    def attest(self, who: str, position: int, verdict: str = "accept", **fields: Any) -> dict[str, Any]:
        """Say what somebody thinks of a contribution."""
        return self.act(who, "contribution.attest", AttestParams(verdict=verdict, contributions=[str(position)], **fields))

    def validated(self, who: str, kind: str = "work", amount: str = "1", **fields: Any) -> int:
        """Log a contribution and let two peers accept it."""
        position = self.log(who, kind, amount, **fields)
        for peer in [name for name in self.ids if name != who][:2]:
            self.attest(peer, position)
        return position

    def income(self, amount: str, giver: str = "org:giver", fund: str = "") -> None:
        """Let money come in."""
        if giver == "org:giver":
            with self.node.read() as transaction:
                known = transaction.value("SELECT COUNT(*) FROM agent WHERE id = 'org:giver'")
            if not known:
                self.organization("Giver")
        self.act("Ana", "income.add", IncomeParams(amount=amount, currency="EUR", giver=giver, fund=fund))

    def share(self, amount: str = "", fund: str = "") -> dict[str, str]:
        """Record a distribution; return what each got, by name."""
        self.act("Ana", "share.record", ShareParams(amount=amount, fund=fund))
        with self.node.read() as transaction:
            return {line["name"]: line["amount"] for line in statement(transaction, "test")["agents"]}

    def contribution(self, position: int) -> tuple[str, int, str]:
        """(state, counted in millionths, kind) of a contribution."""
        with self.node.read() as transaction:
            row = transaction.row("SELECT state, counted, counted_kind FROM contribution WHERE commons = 'test' AND position = ?", (position,))
        assert row is not None
        return row[0], row[1], row[2]

    def charter(self, text: str, reason: str = "to test") -> None:
        """Put another charter into force."""
        self.act("Ana", "charter.change", e.ChangeCharter(charter=text, reason=reason))

    def verify(self) -> Report:
        """Verify the commons."""
        return verify_commons(self.node.database, "test", workers=1)
