"""Reads about the commons itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import msgspec

from ..journal.canonical import canonical
from ..journal.kinds import Entry, time_text
from ..problems import Problem, not_found
from ..store.transaction import Transaction
from .charter import CommonsSection, Powers, convert_section, read_toml

T = TypeVar("T")

AGENTS_ONE_BY_ONE = 60
"""Who asks for more agents than so many, one after another, is given all."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of a commons: a person (named by a did:key), an organization, or an identity nobody has claimed yet.

    `number` is its place in the order of first mention; `claimed_by` the number of the member behind a claimed identity.
    """

    number: int
    id: str
    type: str
    name: str
    classified_as: str
    since: int
    claimed_by: int | None


_AGENT = "SELECT number, id, type, name, classified_as, since, claimed_by FROM agent WHERE commons = ?"


def find_agent(transaction: Transaction, commons: str, id_: str) -> Agent | None:
    """The agent of this id, or None. Kept in the transaction's cache."""
    key = ("agent", commons, id_)
    if key not in transaction.cache:
        row = transaction.row(f"{_AGENT} AND id = ?", (commons, id_))
        if row is None:
            return None
        transaction.cache[key] = Agent(*row)
    found: Agent = transaction.cache[key]
    return found


def number_of(transaction: Transaction, commons: str, id_: str) -> int:
    """The number of an agent, or -1 if nobody has this id."""
    agent = find_agent(transaction, commons, id_)
    return -1 if agent is None else agent.number


def all_agents(transaction: Transaction, commons: str) -> Sequence[Agent]:
    """All agents in the order of their numbers, so that `all_agents(…)[n].number == n`."""
    return Agents(transaction, commons)


class Agents(Sequence[Agent]):
    """The agents of a commons by number, looked up when they are asked for; all together for who asks for many, or for all."""

    def __init__(self, transaction: Transaction, commons: str) -> None:
        self._transaction, self._commons = transaction, commons
        self._some: dict[int, Agent] = {}
        self._all: list[Agent] | None = None

    @overload
    def __getitem__(self, place: int) -> Agent: ...
    @overload
    def __getitem__(self, place: slice) -> list[Agent]: ...
    def __getitem__(self, place: int | slice) -> Agent | list[Agent]:
        if self._all is None and isinstance(place, int) and place >= 0 and (place in self._some or len(self._some) < AGENTS_ONE_BY_ONE):
            if place not in self._some:
                row = self._transaction.row(f"{_AGENT} AND number = ?", (self._commons, place))
                if row is None:
                    raise IndexError(place)
                self._some[place] = Agent(*row)
            return self._some[place]
        return self._load()[place]

    def __iter__(self) -> Iterator[Agent]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def _load(self) -> list[Agent]:
        if self._all is None:
            self._all = [Agent(*row) for row in self._transaction.rows(f"{_AGENT} ORDER BY number", (self._commons,))]
        return self._all


def organization_names(transaction: Transaction, commons: str) -> dict[str, str]:
    """Names of organizations by id; they are public, and stand in the journal."""
    return dict(transaction.rows("SELECT id, name FROM agent WHERE commons = ? AND name <> ''", (commons,)))


def charter_values(transaction: Transaction, commons: str) -> Mapping[str, Any]:
    """The charter in force, as plain values."""
    key = ("charter", commons)
    if key not in transaction.cache:
        toml = transaction.value("SELECT toml FROM charter WHERE commons = ? ORDER BY position DESC LIMIT 1", (commons,))
        if toml is None:
            raise not_found("commons.unknown", f"No commons {commons!r} lives on this node.", "commons")
        transaction.cache[key] = read_toml(toml)
    source = transaction.cache[key]
    assert not isinstance(source, Problem), "a charter was checked before it came into force"
    values: Mapping[str, Any] = source.values
    return values


def charter_section(transaction: Transaction, commons: str, name: str, shape: type[T]) -> T:
    """A section of the charter in force. Kept in the transaction's cache."""
    key = ("section", commons, name)
    if key not in transaction.cache:
        transaction.cache[key] = convert_section(charter_values(transaction, commons), name, shape)
    section = transaction.cache[key]
    assert not isinstance(section, Problem), section
    found: T = section
    return found


def commons_section(transaction: Transaction, commons: str) -> CommonsSection:
    """`[commons]` of the charter in force."""
    return charter_section(transaction, commons, "commons", CommonsSection)


def charter_history(transaction: Transaction, commons: str) -> list[tuple[int, int, str, str, str]]:
    """(position, journal time, author, reason, TOML) of every charter, oldest first."""
    return transaction.rows("SELECT position, time, author, reason, toml FROM charter WHERE commons = ? ORDER BY position", (commons,))


def is_member(transaction: Transaction, commons: str, number: int) -> bool:
    """Whether an agent is a member now."""
    state = transaction.value("SELECT state FROM membership WHERE commons = ? AND agent = ?", (commons, number))
    return bool(state == "member")


def time_here(transaction: Transaction, commons: str) -> int:
    """Unix seconds by which what has an end still runs: the time of the entry that is being admitted, or, for who only reads, that of the
    node's clock (`now` of the session), which is never before that of the journal.
    """
    key = ("time", commons)
    if key not in transaction.session:
        head = transaction.value("SELECT time FROM journal_head WHERE commons = ?", (commons,))
        transaction.session[key] = max(head or 0, transaction.session.get("now", 0))
    return int(transaction.session[key])


def has_role(transaction: Transaction, commons: str, agent: Agent | None, role: str) -> bool:
    """Whether an agent has a role, where `member` and `anyone` count as roles. Kept in the transaction's cache.

    A role with an end counts until then, by `time_here`.
    """
    if agent is None:
        return False
    if role == "anyone":
        return True
    key = ("role", commons, agent.number, role, time_here(transaction, commons) if role == "domain_steward" else 0)
    if key not in transaction.cache:
        if role == "member":
            held = is_member(transaction, commons, agent.number)
        else:
            sql = "SELECT COUNT(*) FROM role WHERE commons = ? AND agent = ? AND role = ? AND (until IS NULL OR until > ?)"
            held = transaction.value(sql, (commons, agent.number, role, time_here(transaction, commons))) > 0
        transaction.cache[key] = held
    return bool(transaction.cache[key])


def lacks_power(transaction: Transaction, commons: str, agent_id: str, power: str) -> list[Problem]:
    """Why an agent may not do what the charter reserves by `[powers]`, or nothing."""
    powers = charter_section(transaction, commons, "powers", Powers)
    role = str(getattr(powers, power))
    if agent_id == node_key(transaction, commons):  # it says only what a decision has ordered, as was checked before
        return []
    if has_role(transaction, commons, find_agent(transaction, commons, agent_id), role):
        return []
    return [Problem("commons.lacks_power", f"The charter reserves this to the role {role!r}, which the author does not have.", "author")]


def suspended(transaction: Transaction, commons: str, agent: Agent | None, now: int) -> list[Problem]:
    """Why the word of an agent on the work of others does not count now, or nothing."""
    if agent is None:
        return []
    sql = "SELECT MAX(until) FROM suspension WHERE commons = ? AND agent = ?"
    until = transaction.value(sql, (commons, agent.number))
    if until is None or until <= now:
        return []
    return [Problem("commons.suspended", f"By a decision, the author's word does not count here until {time_text(until)}.", "author")]


def members(transaction: Transaction, commons: str) -> list[dict[str, Any]]:
    """Everybody who is or was a member: id, state, rolls, roles that they have now, since when."""
    roles: dict[int, list[str]] = {}
    held = "SELECT agent, role FROM role WHERE commons = ? AND (until IS NULL OR until > ?) ORDER BY agent, role"
    for number, role in transaction.rows(held, (commons, time_here(transaction, commons))):
        roles.setdefault(number, []).append(role)
    rows = transaction.rows(
        "SELECT m.agent, a.id, m.state, m.roll, m.joined, m.ended FROM membership m JOIN agent a"
        " ON a.commons = m.commons AND a.number = m.agent WHERE m.commons = ? ORDER BY m.agent",
        (commons,),
    )
    return [
        {"agent": id_, "state": state, "rolls": roll.split(","), "roles": roles.get(number, []), "joined": joined, "ended": ended}
        for number, id_, state, roll, joined, ended in rows
    ]


def active_keys(transaction: Transaction, commons: str, number: int) -> list[str]:
    """The keys that speak for an agent now."""
    sql = "SELECT key FROM agent_key WHERE commons = ? AND agent = ? AND until IS NULL ORDER BY since, key"
    return [row[0] for row in transaction.rows(sql, (commons, number))]


def mandate_for(transaction: Transaction, entry: Entry) -> tuple[int, int] | None:
    """(decision, number) of the open mandate by which the home node may write just this entry, or None.

    A mandate for the whole body goes before one for some fields of it, and among those the one that says most.
    """
    said = msgspec.json.decode(canonical(entry.body))
    fitting: list[tuple[bool, int, int, int]] = []
    for decision, number, text, whole in open_mandates(transaction, entry.commons, entry.time, entry.kind, before=entry.position):
        ordered = msgspec.json.decode(text)
        if said == ordered or (not whole and all(said.get(name) == value for name, value in ordered.items())):
            fitting.append((said != ordered, -len(ordered), decision, number))
    return min(fitting)[2:] if fitting else None


def open_mandates(
    transaction: Transaction, commons: str, now: int, kind: str | None = None, decision: int | None = None, before: int = 2**53
) -> list[tuple[int, int, str, bool]]:
    """(decision, number, body, whole) of what is still to be carried out: in its time, and of a charter as long as no other is in force.

    Args:
        before: Position of the entry that is asked about: a charter that this very entry put into force is no other.
    """
    sql = "SELECT decision, number, kind, body, whole FROM mandate WHERE commons = ? AND done IS NULL AND until > ? ORDER BY decision, number"
    rows = [row for row in transaction.rows(sql, (commons, now)) if kind in (None, row[2]) and decision in (None, row[0])]
    if not rows:
        return []
    charter = transaction.value("SELECT MAX(position) FROM charter WHERE commons = ? AND position < ?", (commons, before))
    return [(row[0], row[1], row[3], bool(row[4])) for row in rows if row[2] != "commons.charter" or charter < row[0]]


def node_key(transaction: Transaction, commons: str) -> str:
    """The did:key of the home node."""
    key = ("node", commons)
    if key not in transaction.cache:
        transaction.cache[key] = transaction.value("SELECT node FROM commons WHERE commons = ?", (commons,))
    return str(transaction.cache[key])
