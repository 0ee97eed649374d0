"""A commons in which a bit of everything has happened, for tests of what concerns the whole node."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from world import CHARTER, World

from commonhold.commons import entries as e
from commonhold.commons.people import About, write_about, write_profile
from commonhold.contributions.commands import ChooseParams, LapseParams, OneParams
from commonhold.flows import entries as fe
from commonhold.flows import vocabulary as v
from commonhold.flows.commands import NewResource, RecordParams, TakeParams
from commonhold.flows.queries import find_anything
from commonhold.flows.store import entry_id_at
from commonhold.journal.keys import SigningKey
from commonhold.node import tables
from commonhold.node.imports import Importer
from commonhold.node.node import Node
from commonhold.sharing.commands import PayParams
from commonhold.store.transaction import Row

SHEET = b"by,kind,amount,domain\nmara@example.org,work,2,firmware\nnoor@example.org,code,300,hardware\n"
STEPS = """
[[sharing.steps]]
id = "repay"
to = "repay"
percent = "20"

[[sharing.steps]]
id = "basic"
to = "members"
percent = "10"

[[sharing.steps]]
id = "contributions"
"""
BUSY_CHARTER = CHARTER.replace('[[sharing.steps]]\nid = "contributions"\n', STEPS.lstrip(), 1)


def make_busy(world: World) -> None:
    """Let a bit of everything happen, so that no derived table is empty."""
    world.charter(BUSY_CHARTER)
    world.organization("Acme")
    world.join("Di", rolls=("producer", "user"))
    world.act("Ana", "role.set", e.SetRole(agent=world.ids["Bo"], role="maintainer", granted=True))
    world.act("Cy", "key.add", e.AddKey(key=SigningKey.derived("Cy's other key").did))
    world.validated("Bo", "work", "3.5", note="naïvely soldered", process="board")
    world.validated("Cy", "loan", "100", repayment="until_repaid")
    make_flow(world)
    adjusted = world.log("Di", "care", "2", fulfills="task-1")
    for peer in ("Ana", "Bo"):
        world.attest(peer, adjusted, "adjust", amount="1.5", reason="half an hour was a break")
    refused = world.log("Bo", "work", "99")
    for peer in ("Ana", "Cy"):
        world.attest(peer, refused, "refuse", reason="not seen")
    world.act("Bo", "contribution.appeal", OneParams(contribution=str(refused), reason="it is in the workshop"))
    importer = Importer(world.node, "test", world.ids["Ana"])
    importer.sheet(SHEET, "hours.csv", {name: name for name in ("by", "kind", "amount", "domain")}, identities=True)
    claim = e.Claim(identity=importer.identity("mara@example.org"), agent=world.ids["Di"], by="steward")
    world.act("Ana", "identity.claim", claim)
    world.act("Ana", "key.recover", e.Recover(agent=world.ids["Di"], key=SigningKey.derived("Di's new key").did))
    world.income("1000.00")
    world.share("900.00")
    world.act("Ana", "share.pay", PayParams(distribution=1, agents=[world.ids["Bo"]], reference="SEPA 17"))
    world.act("Bo", "contribution.choose", ChooseParams(repayment="once"))
    world.act("Ana", "contribution.withdraw", OneParams(contribution=str(world.log("Ana"))))
    world.clock.days(15)
    world.act("Ana", "contribution.lapse", LapseParams())
    with world.node.database.write() as transaction:
        write_profile(transaction, "test", world.ids["Bo"], name="Bo", email="bo@example.org", picture=b"\x89PNG", public=True)
        write_about(transaction, "test", world.ids["Bo"], About(note="Solders", primary_location="workshop"))


def make_flow(world: World) -> None:
    """Lamps are made, packed, handed over and taken back a bit, as somebody promised: something in every column of the tables of flows."""
    ana, acme = world.ids["Ana"], "org:acme"
    pieces = partial(v.Measure, hasUnit="piece")
    for record in (
        v.ResourceSpecification(id="lamp", name="Lamp", defaultUnitOfResource="piece"),
        v.ResourceSpecification(id="box", name="Box"),
        v.ProcessSpecification(id="assembly"),
        v.SpatialThing(id="workshop", name="Workshop"),
        v.Plan(id="lamps", name="Lamps for all"),
        v.Process(id="assemble", basedOn="assembly", plannedWithin="lamps"),
        v.Intent(id="solder", action="work", effortQuantity=v.Measure(hasNumericalValue="3", hasUnit="hour"), inputOf="assemble"),
        v.Intent(id="a-lamp", action="produce", resourceConformsTo="lamp", resourceQuantity=pieces(hasNumericalValue="2")),
        v.Commitment(id="task-1", action="work", provider=world.ids["Di"], effortQuantity=v.Measure(hasNumericalValue="2", hasUnit="hour")),
        v.Commitment(id="two-lamps", action="produce", provider=ana, resourceQuantity=pieces(hasNumericalValue="2"), satisfies=["a-lamp"]),
        v.Agreement(id="nobody-agreed"),
        v.Unit(id="crate", label="crate"),
        v.RecipeProcess(id="make-lamp", processConformsTo="assembly", hasDuration=v.Measure(hasNumericalValue="2", hasUnit="hour")),
        v.RecipeFlow(
            id="lamp-out", action="produce", resourceConformsTo="lamp", resourceQuantity=pieces(hasNumericalValue="1"), recipeOutputOf="make-lamp"
        ),
        v.RecipeFlow(
            id="box-in", action="consume", resourceConformsTo="box", resourceQuantity=pieces(hasNumericalValue="1"), recipeInputOf="make-lamp"
        ),
    ):
        world.act("Ana" if getattr(record, "provider", ana) != world.ids["Di"] else "Di", "flow.create", fe.Create(record=record))
    world.act("Bo", "task.take", TakeParams(intent="solder", quantity="1.5", id="bo-solders"))
    delivered = _happened(world, "raise", "1", "box-1", NewResource(id="box-1", conformsTo="box"), provider=ana, toLocation="workshop")
    _happened(world, "produce", "2", "lamp-7", NewResource(id="lamp-7", conformsTo="lamp"), outputOf="assemble", fulfills=["two-lamps"], state="pass")
    effort = v.Measure(hasNumericalValue="1", hasUnit="hour")
    worked = v.EconomicEvent(action="work", provider=world.ids["Bo"], effortQuantity=effort, inputOf="assemble", fulfills=["bo-solders"])
    world.act("Bo", "flow.record", RecordParams(event=worked, id="soldered"))
    sold = NewResource(id="lamp-sold", name="Sold")
    _happened(world, "transfer", "1", "lamp-7", sold, "sale", receiver=acme, toResourceInventoriedAs="lamp-sold")
    _happened(world, "transfer", "1", "lamp-7", None, "sale-2", receiver=acme, toResourceInventoriedAs="lamp-sold", resourceConformsTo="lamp")
    _happened(world, "transfer", "-0.5", "lamp-7", None, "oops", receiver=acme, toResourceInventoriedAs="lamp-sold", corrects="sale-2")
    _happened(world, "accept", "1", "box-1", inputOf="assemble")
    _happened(world, "combine", "0.5", "lamp-7", inputOf="assemble")
    world.act("Ana", "flow.note", fe.Note(event="oops", note="half of it came back", revision=_entry(world, "oops")))
    world.act("Ana", "flow.update", fe.Update(record=v.Plan(id="lamps", name="Lamps"), revision=_entry(world, "lamps")))
    world.act("Ana", "flow.delete", fe.Delete(type="Agreement", id="nobody-agreed", revision=_entry(world, "nobody-agreed")))
    assert delivered["resource"] == "box-1"


def _happened(
    world: World, action: str, amount: str, resource: str, new: NewResource | None = None, id_: str | None = None, **fields: Any
) -> dict[str, Any]:
    """Ana records something, counted in pieces."""
    quantity = v.Measure(hasNumericalValue=amount, hasUnit="piece")
    event = v.EconomicEvent(action=action, resourceInventoriedAs=resource, resourceQuantity=quantity, **{"provider": world.ids["Ana"], **fields})  # type: ignore[arg-type]
    return world.act("Ana", "flow.record", RecordParams(event=event, newInventoriedResource=new, id=id_))


def _entry(world: World, id_: str) -> str:
    """The revision of a record or an event: the id of the newest entry about it."""
    with world.node.read() as transaction:
        found = find_anything(transaction, "test", id_)
        return entry_id_at(transaction, "test", found.revised)


def rows_of(node: Node, chosen: Iterable[tables.Table] = tables.DERIVED) -> dict[str, list[Row]]:
    """Every row of some tables, in the order of their keys; bytes as bytes in both stores."""
    with node.read() as transaction:
        return {
            table.name: [
                tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                for row in transaction.rows(f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(table.key)}")
            ]
            for table in chosen
        }
