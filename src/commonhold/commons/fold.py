"""What entries about the commons change in its tables."""

from __future__ import annotations

from ..journal.kinds import Entry, unix_time
from ..store.transaction import Transaction
from . import entries as e
from .charter import CommonsSection, convert_section, read_toml
from .queries import Agent, find_agent, mandate_for, node_key

MANDATE_DAYS = 30
"""So long can be carried out what was decided. Later, the ground may be another: it is decided again."""


def agent_number(transaction: Transaction, commons: str, id_: str, time: int, type_: str = "Identity") -> int:
    """The number of an agent, who is added to the tables if this is the first mention."""
    agent = find_agent(transaction, commons, id_)
    return add_agent(transaction, commons, id_, time, type_) if agent is None else agent.number


def add_agent(transaction: Transaction, commons: str, id_: str, time: int, type_: str, name: str = "", classified_as: str = "") -> int:
    """Give a new agent the next number."""
    count = ("agents", commons)
    if count not in transaction.cache:
        transaction.cache[count] = transaction.value("SELECT COUNT(*) FROM agent WHERE commons = ?", (commons,))
    number: int = transaction.cache[count]
    transaction.cache[count] = number + 1
    transaction.insert("agent", commons, number, id_, type_, name, classified_as, time, None)
    transaction.cache["agent", commons, id_] = Agent(number, id_, type_, name, classified_as, time, None)
    return number


def rename_agent(transaction: Transaction, commons: str, id_: str, name: str) -> None:
    """Call an organization, or an ecological agent, by a new name."""
    transaction.execute("UPDATE agent SET name = ? WHERE commons = ? AND id = ?", (name, commons, id_))
    transaction.cache.pop(("agent", commons, id_), None)


def create(transaction: Transaction, entry: Entry) -> None:
    body: e.Create = entry.body
    section = convert_section(read_toml(body.charter).values, "commons", CommonsSection)  # type: ignore[union-attr]
    assert isinstance(section, CommonsSection)
    transaction.insert("commons", entry.commons, section.name, body.node, entry.time)
    transaction.insert("charter", entry.commons, entry.position, entry.time, entry.author, "", body.charter)
    add_agent(transaction, entry.commons, body.node, entry.time, "Node")
    founder = add_agent(transaction, entry.commons, entry.author, entry.time, "Person")
    transaction.insert("agent_key", entry.commons, founder, entry.author, entry.position, None)
    transaction.insert("membership", entry.commons, founder, "member", "producer,user", entry.time, entry.time, None, entry.position)
    transaction.insert("role", entry.commons, founder, "steward", entry.time, None)
    transaction.cache.clear()


def change_charter(transaction: Transaction, entry: Entry) -> None:
    body: e.ChangeCharter = entry.body
    section = convert_section(read_toml(body.charter).values, "commons", CommonsSection)  # type: ignore[union-attr]
    assert isinstance(section, CommonsSection)
    transaction.insert("charter", entry.commons, entry.position, entry.time, entry.author, body.reason, body.charter)
    transaction.execute("UPDATE commons SET name = ? WHERE commons = ?", (section.name, entry.commons))
    transaction.cache.clear()


def add_organization(transaction: Transaction, entry: Entry) -> None:
    body: e.AddAgent = entry.body
    type_ = "EcologicalAgent" if body.classifiedAs == "ecological" else "Organization"
    add_agent(transaction, entry.commons, body.id, entry.time, type_, body.name, body.classifiedAs)


def join(transaction: Transaction, entry: Entry) -> None:
    body: e.Join = entry.body
    known = find_agent(transaction, entry.commons, entry.author)
    number = agent_number(transaction, entry.commons, entry.author, entry.time, "Person")
    if known is None:
        transaction.insert("agent_key", entry.commons, number, entry.author, entry.position, None)
    transaction.execute("DELETE FROM membership WHERE commons = ? AND agent = ?", (entry.commons, number))
    from .queries import commons_section

    is_open = commons_section(transaction, entry.commons).joining == "open"
    state, joined, since = ("member", entry.time, entry.position) if is_open else ("asking", None, None)
    transaction.insert("membership", entry.commons, number, state, ",".join(body.rolls), entry.time, joined, None, since)
    transaction.cache.clear()


def admit(transaction: Transaction, entry: Entry) -> None:
    body: e.Admit = entry.body
    agent = find_agent(transaction, entry.commons, body.agent)
    assert agent is not None
    sql = "UPDATE membership SET state = 'member', joined = ?, since = ? WHERE commons = ? AND agent = ?"
    transaction.execute(sql, (entry.time, entry.position, entry.commons, agent.number))
    transaction.cache.clear()


def leave(transaction: Transaction, entry: Entry) -> None:
    _end_membership(transaction, entry, entry.author, "left")


def expel(transaction: Transaction, entry: Entry) -> None:
    _end_membership(transaction, entry, entry.body.agent, "expelled")


def _end_membership(transaction: Transaction, entry: Entry, agent_id: str, state: str) -> None:
    agent = find_agent(transaction, entry.commons, agent_id)
    assert agent is not None
    sql = "UPDATE membership SET state = ?, ended = ? WHERE commons = ? AND agent = ?"
    transaction.execute(sql, (state, entry.time, entry.commons, agent.number))
    transaction.execute("DELETE FROM role WHERE commons = ? AND agent = ?", (entry.commons, agent.number))
    transaction.cache.clear()


def fork(transaction: Transaction, entry: Entry) -> None:
    body: e.Fork = entry.body
    transaction.insert("fork", entry.commons, entry.position, body.origin, body.reason, entry.time)


def suspend(transaction: Transaction, entry: Entry) -> None:
    body: e.Suspend = entry.body
    agent = find_agent(transaction, entry.commons, body.agent)
    assert agent is not None
    transaction.insert("suspension", entry.commons, entry.position, agent.number, unix_time(body.until), body.reason)


def mandated(transaction: Transaction, entry: Entry) -> None:
    """After an entry of the home node that a decision has ordered: the order is done."""
    found = mandate_for(transaction, entry) if entry.author == node_key(transaction, entry.commons) else None
    if found is not None:
        sql = "UPDATE mandate SET done = ? WHERE commons = ? AND decision = ? AND number = ?"
        transaction.execute(sql, (entry.position, entry.commons, *found))


def order(transaction: Transaction, entry: Entry, number: int, kind: str, body: bytes, *, whole: bool) -> None:
    """Give the home node a mandate to write an entry: the whole body, or the fields of it that were decided. It ends after a month."""
    until = entry.time + MANDATE_DAYS * 86_400
    transaction.insert("mandate", entry.commons, entry.position, number, kind, body.decode(), int(whole), until, None)


def set_role(transaction: Transaction, entry: Entry) -> None:
    body: e.SetRole = entry.body
    agent = find_agent(transaction, entry.commons, body.agent)
    assert agent is not None
    if body.granted:
        transaction.insert("role", entry.commons, agent.number, body.role, entry.time, None)
    else:
        sql = "DELETE FROM role WHERE commons = ? AND agent = ? AND role = ?"
        transaction.execute(sql, (entry.commons, agent.number, body.role))
    transaction.cache.clear()


def give_role(transaction: Transaction, entry: Entry, agent: int, role: str, until: int) -> None:
    """Give a role that follows from something else than `commons.role`, for a time; who has it has it to the later end."""
    sql = "SELECT MAX(until) FROM role WHERE commons = ? AND agent = ? AND role = ?"
    before = transaction.value(sql, (entry.commons, agent, role)) or until
    take_role(transaction, entry, agent, role)
    transaction.insert("role", entry.commons, agent, role, entry.time, max(until, before))


def take_role(transaction: Transaction, entry: Entry, agent: int, role: str) -> None:
    """Take such a role back."""
    transaction.execute("DELETE FROM role WHERE commons = ? AND agent = ? AND role = ?", (entry.commons, agent, role))
    transaction.cache.clear()


def add_key(transaction: Transaction, entry: Entry) -> None:
    body: e.AddKey = entry.body
    agent = find_agent(transaction, entry.commons, entry.author)
    assert agent is not None
    transaction.insert("agent_key", entry.commons, agent.number, body.key, entry.position, None)
    transaction.cache.clear()


def revoke_key(transaction: Transaction, entry: Entry) -> None:
    body: e.RevokeKey = entry.body
    agent = find_agent(transaction, entry.commons, entry.author)
    assert agent is not None
    sql = "UPDATE agent_key SET until = ? WHERE commons = ? AND agent = ? AND key = ? AND until IS NULL"
    transaction.execute(sql, (entry.position, entry.commons, agent.number, body.key))
    transaction.cache.clear()


def recover(transaction: Transaction, entry: Entry) -> None:
    from .queries import commons_section, lacks_power

    body: e.Recover = entry.body
    agent = find_agent(transaction, entry.commons, body.agent)
    steward = find_agent(transaction, entry.commons, entry.author)
    assert agent is not None and steward is not None
    transaction.insert("recovery", entry.commons, agent.number, body.key, steward.number)
    where = (entry.commons, agent.number, body.key)
    vouching = "SELECT a.id FROM recovery r JOIN agent a ON a.commons = r.commons AND a.number = r.steward"
    stewards = transaction.rows(f"{vouching} WHERE r.commons = ? AND r.agent = ? AND r.key = ?", where)
    vouched = [id_ for (id_,) in stewards if not lacks_power(transaction, entry.commons, id_, "admit")]
    if len(vouched) >= commons_section(transaction, entry.commons).recovery_stewards:
        sql = "UPDATE agent_key SET until = ? WHERE commons = ? AND agent = ? AND until IS NULL"
        transaction.execute(sql, (entry.position, entry.commons, agent.number))
        transaction.insert("agent_key", entry.commons, agent.number, body.key, entry.position, None)
        transaction.execute("DELETE FROM recovery WHERE commons = ? AND agent = ?", (entry.commons, agent.number))
    transaction.cache.clear()


def claim(transaction: Transaction, entry: Entry) -> None:
    body: e.Claim = entry.body
    agent = find_agent(transaction, entry.commons, body.agent)
    assert agent is not None
    sql = "UPDATE agent SET claimed_by = ? WHERE commons = ? AND id = ?"
    transaction.execute(sql, (agent.number, entry.commons, body.identity))
    transaction.cache.clear()


def clock(transaction: Transaction, entry: Entry) -> None:
    """The clock changes no table: journal time is kept with the head."""
