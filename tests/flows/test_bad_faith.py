"""Attempts to take what is others', to speak for them, to count what is not there, or to break the node: entries signed elsewhere, handed in."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from busy import rows_of
from flows.happenings import Flows, measure
from world import START, World

from commonhold.commons.entries import Claim
from commonhold.contributions import entries as ce
from commonhold.flows import entries as e
from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource
from commonhold.journal.entry import entry_id, sign_entry
from commonhold.journal.kinds import time_text
from commonhold.journal.writer import Landed
from commonhold.node import tables
from commonhold.problems import CommonholdError

_keys = itertools.count()
FLOWS = [
    table for table in tables.DERIVED if table.name in ("economic_event", "event_note", "flow_record", "flow_link", "event_link", "economic_resource")
]


@pytest.fixture
def flows(world: World) -> Flows:
    """Ana (a steward) has ten apples, Bo five, Cy none."""
    flows = Flows(world)
    flows.make("Ana", v.ResourceSpecification(id="apple"), v.Process(id="trip"))
    flows.happens("Ana", "raise", "10", new=NewResource(id="anas", conformsTo="apple"))
    flows.happens("Bo", "raise", "5", new=NewResource(id="bos", conformsTo="apple"))
    return flows


def signed(flows: Flows, who: str, kind: str, body: Any, **fields: Any) -> bytes:
    """An entry that somebody signed with a program of their own."""
    world = flows.world
    given = {"author": world.ids[who], "commons": world.origin, "created": time_text(START), "key": f"forged {next(_keys)}"} | fields
    return sign_entry(world.keys[who], kind=kind, body=body, **given)


def told(flows: Flows, who: str, *said: Any, **fields: Any) -> bytes:
    """A signed event."""
    params = flows.event(who, *said, **{"hasPointInTime": time_text(START)} | fields)
    new = params.newInventoriedResource
    resource = None if new is None else v.EconomicResource(id=new.id, conformsTo=new.conformsTo, trackingIdentifier=new.trackingIdentifier)
    return signed(flows, who, "flows.event", e.Event(event=params.event, newInventoriedResource=resource, id=params.id))


def hand_in(flows: Flows, *entries: bytes) -> list[str]:
    """What becomes of each entry: `new`, `waiting`, or the code with which it was refused."""
    with flows.world.node.writing("test") as writer:
        answers = writer.accept_all(list(entries))
    return [one.state if isinstance(one, Landed) else one.code for one in answers if isinstance(one, Landed | CommonholdError)]


def repelled(flows: Flows, *entries: bytes) -> list[str]:
    """The same, of what must not change a single row."""
    before = flows.everything()
    codes = hand_in(flows, *entries)
    assert flows.everything() == before, codes
    return codes


def test_nobody_records_for_others(flows: Flows) -> None:
    assert repelled(
        flows,
        told(flows, "Bo", "work", None, effort="100 hour", provider="Ana"),
        told(flows, "Bo", "raise", "5", provider="Cy", new=NewResource(id="x")),
        told(flows, "Bo", "lower", "5", provider=None, receiver="Cy"),
        signed(flows, "Bo", "flows.event", e.Event(event=flows.event("Ana", "lower", "5", "anas").event), author=flows.world.ids["Ana"]),
    ) == ["flows.not_for_others"] * 3 + ["commons.key_not_active"]


def test_nobody_takes_what_is_not_theirs(flows: Flows) -> None:
    """By no action, in nobody's name, through no resource that is filled on the way, and not by calling it a return."""
    lab = flows.world.organization("Lab")
    flows.happens("Ana", "raise", "5", provider=lab, new=NewResource(id="labs", conformsTo="apple"))
    takes = [
        ("consume", {"inputOf": "trip"}),
        ("lower", {}),
        ("accept", {"inputOf": "trip"}),
        ("pickup", {}),
        ("combine", {}),
        ("raise", {}),
        ("separate", {}),
    ]
    takes += [("produce", {}), ("modify", {}), ("dropoff", {})]
    owner = ("flows.not_custodian", "flows.not_accountable")
    for action, fields in takes:
        for provider in ("Bo", None):
            assert repelled(flows, told(flows, "Bo", action, "1", "anas", provider=provider, **fields))[0] in owner, action
    for action in ("transfer", "transferAllRights", "transferCustody"):
        for fields in ({"receiver": "Bo"}, {"receiver": "Bo", "to": "bos"}, {"receiver": "Cy"}, {"receiver": lab}, {"receiver": lab, "to": "labs"}):
            assert repelled(flows, told(flows, "Bo", action, "1", "anas", **fields))[0] in owner, (action, fields)
        for provider, receiver in (("Bo", "Bo"), (lab, "Bo"), ("Bo", "Cy")):
            assert (
                repelled(
                    flows, told(flows, "Bo", action, "0", "bos" if provider == "Bo" else "labs", provider=provider, receiver=receiver, to="anas")
                )[0]
                in owner
            )
    for fields in ({"to": "bos"}, {"new": NewResource(id="moved")}):
        assert repelled(flows, told(flows, "Bo", "move", "1", "anas", **fields))[0] in owner
    assert repelled(flows, told(flows, "Bo", "move", "1", "bos", to="anas"))[0] in owner
    assert repelled(flows, told(flows, "Bo", "move", "1", "bos", receiver="Bo", to="anas"))[0] in owner
    assert repelled(flows, told(flows, "Bo", "copy", "1", "bos", receiver="Bo", to="anas"))[0] in owner
    assert (flows.stock("anas"), flows.resource("anas")["primaryAccountable"]) == (("10", "10"), "Ana")


def test_nobody_takes_over_anothers_empty_shelf(flows: Flows) -> None:
    """A resource of which nothing is left stays whose it was, unless they, or who holds it, have a part in what arrives there."""
    flows.happens("Ana", "raise", "0", new=NewResource(id="shelf", conformsTo="apple"))
    for action in ("transfer", "transferAllRights", "transferCustody"):
        assert repelled(flows, told(flows, "Bo", action, "1", "bos", receiver="Cy", to="shelf"))[0] in (
            "flows.not_accountable",
            "flows.not_custodian",
        )
        assert repelled(flows, told(flows, "Bo", action, "1", "bos", receiver="Bo", to="shelf"))[0] in (
            "flows.not_accountable",
            "flows.not_custodian",
        )
    assert hand_in(flows, told(flows, "Bo", "transfer", "1", "bos", receiver="Ana", to="shelf")) == ["new"]


def test_what_was_lent_is_not_given_away(flows: Flows) -> None:
    """Who holds something may hand it on, not the rights to it; and a loan does not grow by being returned."""
    flows.happens("Ana", "transferCustody", "4", "anas", receiver="Bo", new=NewResource(id="lent"))
    flows.happens("Bo", "raise", "0", new=NewResource(id="mine", conformsTo="apple"))
    assert repelled(flows, told(flows, "Bo", "transfer", "4", "lent", receiver="Cy")) == ["flows.not_accountable"]
    assert repelled(flows, told(flows, "Bo", "transferAllRights", "4", "lent", receiver="Bo", to="mine")) == ["flows.not_accountable"]
    assert repelled(flows, told(flows, "Bo", "consume", "4", "lent", inputOf="trip")) == ["flows.overdraw"]
    assert hand_in(flows, told(flows, "Bo", "transferCustody", "4", "lent", receiver="Ana")) == ["new"]
    assert flows.stock("lent") == ("0", "0")


def test_nobody_corrects_or_rewrites_what_others_said(flows: Flows) -> None:
    event = flows.happens("Ana", "lower", "2", "anas")
    flows.make("Ana", v.Plan(id="plan"), v.Intent(id="task", action="work", effortQuantity=measure("5 hour")))
    flows.make("Cy", v.Commitment(id="cys", action="work", provider=flows.world.ids["Cy"], effortQuantity=measure("5 hour"), satisfies=["task"]))
    plan, cys = flows.revision("Plan", "plan"), flows.revision("Commitment", "cys")
    less = {"corrects": event, "resourceInventoriedAs": "anas"}

    def correction(**changed: Any) -> v.EconomicEvent:
        return v.EconomicEvent(**{"action": "lower", "resourceQuantity": measure("-2"), "hasPointInTime": time_text(START), **less} | changed)

    assert repelled(flows, signed(flows, "Bo", "flows.event", e.Event(event=correction(provider=flows.world.ids["Ana"])))) == ["flows.not_for_others"]
    assert repelled(flows, signed(flows, "Bo", "flows.event", e.Event(event=correction(provider=flows.world.ids["Bo"])))) == ["flows.not_own"]
    assert repelled(flows, signed(flows, "Bo", "flows.event", e.Event(event=correction()))) == ["flows.not_own"]
    assert repelled(
        flows,
        signed(flows, "Bo", "flows.update", e.Update(record=v.Plan(id="plan", name="mine"), revision=plan)),
        signed(
            flows,
            "Bo",
            "flows.update",
            e.Update(record=v.EconomicResource(id="anas", mayOverdraw=True), revision=flows.revision("EconomicResource", "anas")),
        ),
        signed(flows, "Bo", "flows.delete", e.Delete(type="Plan", id="plan", revision=plan)),
        signed(flows, "Bo", "flows.delete", e.Delete(type="Commitment", id="cys", revision=cys)),
        signed(flows, "Bo", "flows.note", e.Note(event=event, note="stolen", revision=event)),
        signed(flows, "Cy", "flows.update", e.Update(record=v.Commitment(id="cys", action="work"), revision=plan)),
    ) == ["flows.not_own"] * 5 + ["flows.stale_revision"]


def test_nobody_promises_takes_or_keeps_in_anothers_name(flows: Flows) -> None:
    ids = flows.world.ids
    flows.make("Cy", v.Commitment(id="cys", action="work", provider=ids["Cy"], effortQuantity=measure("5 hour")))
    cys = flows.revision("Commitment", "cys")
    mine = v.Commitment(id="cys", action="work", provider=ids["Bo"], effortQuantity=measure("5 hour"))
    assert (
        repelled(
            flows,
            signed(flows, "Bo", "flows.create", e.Create(record=v.Commitment(id="x", action="work", provider=ids["Cy"]))),
            signed(flows, "Ana", "flows.create", e.Create(record=v.Commitment(id="x", action="work", provider=ids["Cy"]))),
            signed(flows, "Bo", "flows.create", e.Create(record=v.Claim(id="x", action="transfer", receiver=ids["Cy"], provider=ids["Bo"]))),
            signed(flows, "Bo", "flows.create", e.Create(record=mine)),
            signed(flows, "Bo", "flows.update", e.Update(record=mine, revision=cys)),
            told(flows, "Bo", "work", None, effort="5 hour", fulfills=["cys"]),
            told(flows, "Bo", "work", None, effort="5 hour", provider=None, fulfills=["cys"]),
        )
        == ["flows.no_consent"] * 3 + ["flows.id_taken", "flows.not_own"] + ["flows.not_the_promiser"] * 2
    )


def test_what_is_used_or_gone_is_not_named_or_taken_away(flows: Flows) -> None:
    """Something that was taken away is as if it had never been; what names it waits for it to come back."""
    flows.make("Ana", v.Agreement(id="gone"), v.Process(id="idle"))
    flows.drop("Ana", "Agreement", "gone")
    flows.drop("Ana", "Process", "idle")
    for name in ("realizationOf", "reciprocalRealizationOf"):
        assert hand_in(flows, told(flows, "Bo", "work", None, effort="1 hour", **{name: "gone"})) == ["waiting"]
    assert hand_in(flows, told(flows, "Bo", "work", None, effort="1 hour", inputOf="idle", id="late")) == ["waiting"]
    before = rows_of(flows.world.node, FLOWS)
    assert hand_in(flows, signed(flows, "Cy", "flows.create", e.Create(record=v.Process(id="idle", name="another")))) == ["new"]
    assert len(rows_of(flows.world.node, FLOWS)["economic_event"]) == len(before["economic_event"]) + 1
    assert flows.refused(lambda: flows.drop("Cy", "Process", "idle")) == "flows.in_use"
    for type_, id_ in (("ResourceSpecification", "apple"), ("EconomicResource", "anas")):
        assert flows.refused(lambda type_=type_, id_=id_: flows.drop("Ana", type_, id_)) == "flows.in_use"
    assert flows.world.verify().ok


def test_the_same_id_in_two_classes_is_two_things(flows: Flows) -> None:
    flows.make("Ana", v.Plan(id="x"), v.Agreement(id="x"), v.Intent(id="x", action="work"), v.Process(id="x", plannedWithin="x"))
    flows.happens("Ana", "work", None, effort="1 hour", inputOf="x", satisfies=["x"], realizationOf="x", id="x")
    assert flows.refused(lambda: flows.drop("Ana", "Plan", "x")) == "flows.in_use"
    assert flows.view("Process", "x")["plannedWithin"] == "x"
    assert flows.world.verify().ok


def test_an_event_cannot_be_named_like_the_entry_of_another(flows: Flows) -> None:
    first = flows.happens("Ana", "lower", "1", "anas")
    assert repelled(flows, told(flows, "Bo", "work", None, effort="1 hour", id=first)) == ["flows.id_taken"]


def test_what_refers_to_what_comes_later_waits_and_lands_in_any_order(flows: Flows) -> None:
    """A chain of which each link needs the one before, handed in backwards; a ring never lands, and stops nothing."""
    chain = [told(flows, "Bo", "raise", "8", new=NewResource(id="new"), id="begun")]
    chain += [told(flows, "Bo", "lower", "1", "new", id="less", outputOf=None)]
    chain += [
        signed(flows, "Bo", "flows.create", e.Create(record=v.Claim(id="due", action="transfer", receiver=flows.world.ids["Bo"], triggeredBy="less")))
    ]
    chain += [told(flows, "Ana", "transfer", "5 EUR", receiver="Bo", settles=["due"])]
    ring = [signed(flows, "Bo", "flows.create", e.Create(record=v.Process(id=f"p{at}", plannedWithin=f"ring{at}"))) for at in (1, 2)]
    assert hand_in(flows, *ring, *reversed(chain[1:])) == ["waiting"] * 5
    assert hand_in(flows, chain[0]) == ["new"]
    assert flows.stock("new") == ("7", "7")
    assert flows.everything()["journal_waiting"] != []
    assert len(flows.everything()["journal_waiting"]) == 2
    assert flows.world.verify().ok
    before = rows_of(flows.world.node)
    flows.world.node.rebuild()
    assert rows_of(flows.world.node) == before


def test_one_bad_entry_does_not_take_others_down_with_it(flows: Flows) -> None:
    """Huge numbers that convert into larger ones, in the middle of a submission: only they are refused."""
    flows.make("Bo", v.Commitment(id="second", action="work", provider=flows.world.ids["Bo"], effortQuantity=measure("1 second")))
    flows.happens("Bo", "raise", "1 second", new=NewResource(id="time"))
    huge = "999999999999 hour"
    good = [told(flows, "Cy", "work", None, effort="1 hour") for _ in range(3)]
    bad = [
        told(flows, "Bo", "work", None, effort=huge, fulfills=["second"]),
        told(flows, "Bo", "use", huge, "time"),
        told(flows, "Bo", "raise", huge, "time"),
        told(flows, "Bo", "raise", "999999999999.999999", "bos"),
    ]
    codes = hand_in(flows, good[0], bad[0], bad[1], good[1], bad[2], bad[3], good[2])
    assert codes == ["new", "flows.too_much", "flows.too_much", "new", "flows.too_much", "flows.too_much", "new"]
    assert flows.world.verify().ok


def test_promises_in_units_that_make_them_huge(flows: Flows) -> None:
    bo = flows.world.ids["Bo"]
    flows.make("Ana", v.Intent(id="task", action="work", effortQuantity=measure("1 second")))
    record = v.Commitment(id="x", action="work", provider=bo, effortQuantity=measure("999999999999 hour"), satisfies=["task"])
    assert repelled(flows, signed(flows, "Bo", "flows.create", e.Create(record=record))) == ["flows.other_unit"]


@pytest.mark.parametrize("number", ["1e3", "+1", "01", ".5", "1.", "1,5", "NaN", "-0", "١", "1.0000001", "1000000000000", " 1", "1\n", ""])
def test_numbers_that_are_none(flows: Flows, number: str) -> None:
    event = {"action": "lower", "provider": flows.world.ids["Bo"], "resourceInventoriedAs": "bos", "hasPointInTime": time_text(START)}
    body = {"event": event | {"resourceQuantity": {"hasNumericalValue": number, "hasUnit": "piece"}}}
    assert repelled(flows, signed(flows, "Bo", "flows.event", body))[0] in ("journal.bad_body", "flows.negative")


def test_long_lists_and_strange_texts(flows: Flows) -> None:
    """A hundred promises at once are kept in turn; a hundred and one are refused; texts of any script go in and come out."""
    bo = flows.world.ids["Bo"]
    names = [f"c{number}" for number in range(101)]
    flows.make("Bo", *[v.Commitment(id=name, action="work", provider=bo, effortQuantity=measure("1 hour")) for name in names])
    flows.happens("Bo", "work", None, effort="99.5 hour", fulfills=names[:100])
    assert [flows.open("Commitment", name)[1] for name in (*names[:2], *names[98:])] == ["0", "0", "0", "0.5", "1"]
    assert repelled(flows, told(flows, "Bo", "work", None, effort="1 hour", fulfills=names)) == ["journal.bad_body"]
    strange = '𝔄\u202e\u0301 ﷽ \u0007 \'DROP TABLE "x"; -- %_\\'
    flows.happens("Bo", "raise", "1", new=NewResource(id="strange", name=strange, trackingIdentifier=strange), state=strange, note=strange)
    view = flows.resource("strange")
    assert (view["name"], view["trackingIdentifier"], view["state"]) == (strange, strange, strange)
    for text in ("nul \0", "x" * 301):
        assert flows.refused(lambda text=text: flows.happens("Bo", "raise", "1", new=NewResource(id="y"), state=text)) in (
            "journal.malformed",
            "journal.bad_body",
        )
    assert flows.world.verify().ok


def test_ids_that_are_none(flows: Flows) -> None:
    for id_ in ("", "a b", "ü", "x" * 201, "a\n", "\x7f"):
        assert repelled(flows, signed(flows, "Bo", "flows.create", {"record": {"type": "Plan", "id": id_}})) == ["journal.bad_body"], id_


def test_containers_in_containers_in_containers(flows: Flows) -> None:
    """Deep is fine; round is not, however long the way round is."""
    for number in range(30):
        flows.happens("Bo", "raise", "1", new=NewResource(id=f"box{number}"))
    for number in range(29):
        flows.happens("Bo", "combine", "1", f"box{number}", to=f"box{number + 1}")
    for inner in (0, 1, 28):
        assert repelled(flows, told(flows, "Bo", "combine", "1", "box29", to=f"box{inner}")) == ["flows.same_resource"]


def test_a_contribution_is_bound_by_the_same_rules(flows: Flows) -> None:
    """A claim may do what an event does; so it may not do what an event may not. What it is done in is there."""
    event = flows.event("Bo", "modify", "5", "anas", hasPointInTime=time_text(START)).event
    assert repelled(flows, signed(flows, "Bo", "contributions.log", ce.Log(event=event, kind="code", domain="firmware"))) == ["flows.not_custodian"]
    flows.make("Ana", v.Process(id="gone", name="Gone"))
    flows.drop("Ana", "Process", "gone")
    position = flows.world.log("Bo", process="gone")
    assert flows.view("Process", "gone") == {"id": "gone", "name": "gone"}
    assert position == len(flows.everything()["journal_entry"]) - 1
    assert flows.world.verify().ok


def test_whoever_writes_an_identity_does_not_speak_for_it(flows: Flows) -> None:
    """What an import has recorded of somebody who is not here yet stays theirs until they come."""
    identity = "id:" + "1" * 32
    flows.happens("Ana", "raise", "5", provider=identity, new=NewResource(id="theirs", conformsTo="apple"))
    flows.make("Ana", v.Commitment(id="promised", action="work", provider=identity, effortQuantity=measure("5 hour")))
    for action, fields in (("lower", {}), ("transfer", {"receiver": "Bo"}), ("transfer", {"receiver": "Bo", "to": "bos"}), ("produce", {})):
        assert repelled(flows, told(flows, "Bo", action, "1", "theirs", provider=identity, **fields))[0] in (
            "flows.not_custodian",
            "flows.not_accountable",
        )
    assert repelled(flows, told(flows, "Bo", "work", None, effort="5 hour", provider=identity, fulfills=["promised"])) == ["flows.not_the_promiser"]
    flows.world.act("Ana", "identity.claim", Claim(identity=identity, agent=flows.world.ids["Cy"], by="steward"))
    assert hand_in(flows, told(flows, "Cy", "lower", "1", "theirs", provider=identity)) == ["new"]
    assert repelled(flows, told(flows, "Bo", "lower", "1", "theirs", provider=identity)) == ["flows.not_for_others"]


def test_a_flipped_value_in_any_table_of_flows_is_found(flows: Flows) -> None:
    """Whatever column: what is stored no longer follows from what was said."""
    bo = flows.world.ids["Bo"]
    flows.make("Bo", v.SpatialThing(id="here"), v.Commitment(id="c", action="transfer", provider=bo, resourceQuantity=measure("2"), note="soon"))
    event = flows.happens("Bo", "transfer", "2", "bos", receiver="Ana", to="anas", fulfills=["c"], toLocation="here", state="ripe", id="given")
    flows.correct("Bo", event, "-1")
    flows.happens("Bo", "use", None, "bos", effort="1 hour", inputOf="trip")
    flows.world.act("Bo", "flow.note", e.Note(event="given", note="with thanks", revision=_entry_of(flows, "given")))
    missed = []
    for table in FLOWS:
        for column in set(table.columns) - {"commons"}:
            where = " AND ".join(f"{name} = ?" for name in table.key)
            with flows.world.node.database.write() as transaction:
                row = transaction.row(f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {column} IS NOT NULL")
                if row is None:
                    continue
                before = dict(zip(table.columns, row, strict=True))
                changed = before[column] + 1_000 if isinstance(before[column], int) else f"{before[column]}x"
                key = [before[name] for name in table.key]
                transaction.execute(f"UPDATE {table.name} SET {column} = ? WHERE {where}", (changed, *key))
            if flows.world.verify().ok:
                missed.append(f"{table.name}.{column}")
            with flows.world.node.database.write() as transaction:
                after = [changed if name == column else before[name] for name in table.key]
                transaction.execute(f"UPDATE {table.name} SET {column} = ? WHERE {where}", (before[column], *after))
    assert missed == []
    assert flows.world.verify().ok


def _entry_of(flows: Flows, event: str) -> str:
    with flows.world.node.read() as transaction:
        sql = "SELECT j.leaf FROM journal_entry j JOIN economic_event e ON e.commons = j.commons AND e.position = j.position WHERE e.id = ?"
        return bytes(transaction.value(sql, (event,))).hex()


def test_an_entry_id_is_not_taken_by_an_event_before_it_lands(flows: Flows) -> None:
    """Who sees an entry on its way cannot name an event of their own like it, so that what refers to it would mean theirs."""
    coming = told(flows, "Ana", "lower", "1", "anas")
    theirs = told(flows, "Bo", "raise", "3", "bos", id=entry_id(coming))
    hand_in(flows, theirs, coming)
    flows.correct("Ana", entry_id(coming), "-1")
    assert flows.stock("anas") == ("10", "10")
