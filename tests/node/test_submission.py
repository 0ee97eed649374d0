"""Entries signed elsewhere arrive late, twice and out of order; each lands once, and what is refused leaves no trace."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from busy import rows_of
from hypothesis import given, settings
from hypothesis import strategies as st
from world import START, World

from commonhold.commons import entries as e
from commonhold.contributions import entries as c
from commonhold.flows.vocabulary import EconomicEvent, Measure
from commonhold.journal.entry import entry_id, sign_entry
from commonhold.journal.keys import SigningKey
from commonhold.journal.kinds import time_text
from commonhold.journal.writer import Landed
from commonhold.node import tables
from commonhold.problems import CommonholdError
from commonhold.sharing.entries import Income

DEE, EVE = SigningKey.derived("Dee"), SigningKey.derived("Eve")


def sign(world: World, signer: SigningKey, kind: str, body: Any, name: str, **fields: Any) -> bytes:
    """An entry signed without the node."""
    given = {"author": signer.did, "commons": world.origin, "created": time_text(START), "key": name} | fields
    return sign_entry(signer, kind=kind, body=body, **given)


def hours(author: str, amount: str) -> c.Log:
    """A claim of some hours."""
    event = EconomicEvent(
        action="work", provider=author, hasPointInTime="2025-12-01T00:00:00Z", effortQuantity=Measure(hasNumericalValue=amount, hasUnit="hour")
    )
    return c.Log(event=event, kind="work", domain="firmware")


def story(world: World) -> list[bytes]:
    """Entries of which most refer to others: two join, log, attest each other; money comes from a new organization."""
    ana = world.keys["Ana"]
    by_dee, by_eve = (sign(world, key, "contributions.log", hours(key.did, "2"), "log") for key in (DEE, EVE))
    attests = [
        sign(world, key, "contributions.attest", c.Attest(verdict="accept", contributions=[entry_id(claim)]), f"accept {number}")
        for number, claim in enumerate((by_dee, by_eve))
        for key in (ana, world.keys["Bo"])
    ]
    return [
        sign(world, DEE, "commons.join", e.Join(), "join"),
        sign(world, EVE, "commons.join", e.Join(rolls=["user"]), "join"),
        by_dee,
        by_eve,
        *attests,
        sign(world, ana, "commons.agent", e.AddAgent(id="org:acme", name="Acme", classifiedAs="enterprise"), "org"),
        sign(world, ana, "sharing.income", _income("org:acme"), "income"),
        sign(world, ana, "sharing.income", _income(EVE.did), "patron"),
    ]


def _income(giver: str) -> Income:
    return Income(fund="common", amount="10.00", currency="EUR", source="gift", giver=giver, hasPointInTime="2025-12-01T00:00:00Z")


def submit(world: World, entries: list[bytes]) -> list[Landed | CommonholdError]:
    """Hand entries in, as one submission."""
    with world.node.writing("test") as writer:
        return writer.accept_all(entries)


def outcome(world: World) -> dict[str, Any]:
    """What follows from the story, whatever its order was."""
    with world.node.read() as transaction:
        rows: Callable[[str], list[Any]] = lambda sql: sorted(transaction.rows(sql))  # noqa: E731 - short
        return {
            "agents": rows("SELECT id, type, name FROM agent"),
            "members": rows("SELECT a.id, m.state, m.roll FROM membership m JOIN agent a ON a.number = m.agent"),
            "claims": rows("SELECT a.id, c.claimed, c.counted, c.state FROM contribution c JOIN agent a ON a.number = c.provider"),
            "incomes": rows("SELECT a.id, i.amount FROM income i JOIN agent a ON a.number = i.from_agent"),
            "entries": rows("SELECT leaf FROM journal_entry"),
            "waiting": rows("SELECT leaf FROM journal_waiting"),
        }


def comparable(found: dict[str, Any]) -> dict[str, Any]:
    """Without what hangs on the origin."""
    return found | {"entries": len(found["entries"]), "agents": [row for row in found["agents"] if row[1] != "Node"]}


def test_any_order_any_pieces_and_any_repetitions_come_to_the_same(world: World) -> None:
    """Shuffled, cut into submissions and sent twice: each entry lands once, and the tables say the same."""
    entries = story(world)
    chance = random.Random(4)
    for _ in range(3):
        sent = entries * 2
        chance.shuffle(sent)
        while sent:
            count = chance.randint(1, 6)
            submit(world, sent[:count])
            del sent[:count]
    found = outcome(world)
    assert found["waiting"] == []
    assert len(found["entries"]) == 3 + len(entries)
    assert [row[3] for row in found["claims"]] == ["validated", "validated"]
    assert [row[1] for row in found["incomes"]] == [1000, 1000]
    assert world.verify().ok
    before = rows_of(world.node)
    world.node.rebuild()
    assert rows_of(world.node) == before


@settings(max_examples=12)
@given(order=st.permutations(range(11)), cuts=st.sets(st.integers(1, 10), max_size=4))
def test_every_order_comes_to_the_same(tmp_path_factory: pytest.TempPathFactory, order: list[int], cuts: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        one, other = (World(tmp_path_factory.mktemp("node")) for _ in range(2))
    told = story(one)
    submit(one, told)
    shuffled = [story(other)[number] for number in order]
    ends = [0, *sorted(cuts), len(shuffled)]
    for start, end in pairwise(ends):
        submit(other, shuffled[start:end])
    assert comparable(outcome(other)) == comparable(outcome(one))
    assert outcome(other)["waiting"] == []
    for world in (one, other):
        world.node.close()


def test_a_late_entry_lands_with_the_time_of_the_journal(world: World) -> None:
    late = sign(world, world.keys["Bo"], "contributions.log", hours(world.ids["Bo"], "1"), "late")
    world.clock.days(400)
    (answer,) = submit(world, [late])
    assert isinstance(answer, Landed)
    assert answer.state == "new"
    with world.node.read() as transaction:
        assert transaction.value("SELECT time FROM journal_head") == world.clock.now
        assert transaction.value("SELECT logged FROM contribution") == world.clock.now
    assert world.verify().ok


def test_what_waits_is_told_and_lands_later(world: World) -> None:
    join, log = (story(world)[number] for number in (0, 2))
    (answer,) = submit(world, [log])
    assert isinstance(answer, Landed)
    assert (answer.state, answer.position) == ("waiting", -1)
    assert outcome(world)["claims"] == []
    submit(world, [join])
    assert len(outcome(world)["claims"]) == 1
    (answer,) = submit(world, [log])
    assert isinstance(answer, Landed)
    assert answer.state == "known"


def _forgeries(world: World) -> dict[str, tuple[bytes, str]]:
    bo, ids = world.keys["Bo"], world.ids
    good = sign(world, bo, "contributions.log", hours(ids["Bo"], "1"), "good")
    flipped = good.replace(b'"hasNumericalValue":"1"', b'"hasNumericalValue":"9"')
    return {
        "not json": (b"nonsense", "journal.malformed"),
        "empty": (b"{}", "journal.malformed"),
        "too large": (b"x" * 70_000, "journal.too_large"),
        "not canonical": (good.replace(b'","', b'", "', 1), "journal.not_canonical"),
        "changed after signing": (flipped, "journal.bad_signature"),
        "signed by another": (sign(world, bo, "contributions.log", hours(ids["Cy"], "1"), "k", author=ids["Cy"]), "commons.key_not_active"),
        "for another commons": (sign(world, bo, "contributions.log", hours(ids["Bo"], "1"), "k", commons="example.org/x"), "journal.other_commons"),
        "of an unknown kind": (sign(world, bo, "contributions.dance", {}, "k"), "journal.unknown_kind"),
        "of an unknown version": (sign(world, bo, "commons.leave", {}, "k", version=2), "journal.unknown_kind"),
        "with an unknown field": (sign(world, bo, "commons.leave", {"why": "so"}, "k"), "journal.bad_body"),
        "in the future": (sign(world, bo, "commons.leave", {}, "k", created=time_text(START + 700)), "journal.in_the_future"),
        "on a day that is none": (sign(world, bo, "commons.leave", {}, "k", created="2026-02-30T00:00:00Z"), "journal.malformed"),
        "without the power": (sign(world, bo, "commons.charter", e.ChangeCharter(charter="", reason="mine"), "k"), "commons.lacks_power"),
        "against a rule": (sign(world, bo, "contributions.log", hours(ids["Cy"], "1"), "k"), "contributions.not_for_others"),
        "a second beginning": (sign(world, bo, "commons.create", e.Create(charter="", node=ids["Bo"]), "k"), "commons.not_first"),
    }


def test_a_refused_entry_leaves_no_trace(world: World) -> None:
    """Whatever is wrong with it: no row in any table, the head where it was, and the next entry lands as if nothing had been."""
    every = (*tables.JOURNAL, *tables.PRIVATE, *tables.DERIVED)
    before = rows_of(world.node, every)
    for what, (data, code) in _forgeries(world).items():
        (answer,) = submit(world, [data])
        assert isinstance(answer, CommonholdError), what
        assert answer.code == code, (what, str(answer))
        assert str(answer.problems[0].message), what
        assert rows_of(world.node, every) == before, what
    answers = submit(world, [data for data, _ in _forgeries(world).values()] + story(world))
    assert sum(isinstance(answer, Landed) for answer in answers) == 11
    assert world.verify().ok


def test_a_key_is_used_for_one_thing(world: World) -> None:
    """The same idempotency key with another content is refused; the same content again is known."""
    bo = world.keys["Bo"]
    first, second = (sign(world, bo, "contributions.log", hours(bo.did, amount), "once") for amount in ("1", "2"))
    assert [getattr(answer, "state", "") for answer in submit(world, [first, first])] == ["new", "new"]
    assert [getattr(answer, "code", "") for answer in submit(world, [second, first])] == ["journal.key_reused", ""]
    by_cy = sign(world, world.keys["Cy"], "contributions.log", hours(world.ids["Cy"], "2"), "once")
    assert [getattr(answer, "state", "") for answer in submit(world, [by_cy])] == ["new"]
    assert len(outcome(world)["claims"]) == 2


def test_a_charter_in_an_entry_cannot_hang_the_node(world: World) -> None:
    """Names with dots and brackets, and nesting without end, come from outside: they are refused like anything else."""
    for number, charter in enumerate(('["."]\n', '["a[b"]\n', "a = " + "[" * 9_000, "a = " + "9" * 5_000, '[kinds."x[...]"]\n')):
        entry = sign(world, world.keys["Bo"], "commons.charter", e.ChangeCharter(charter=charter, reason="x"), f"k{number}")
        (answer,) = submit(world, [entry])
        assert isinstance(answer, CommonholdError)
    assert world.verify().ok
