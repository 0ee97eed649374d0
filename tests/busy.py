"""A commons in which a bit of everything has happened, for tests of what concerns the whole node."""

from __future__ import annotations

from collections.abc import Iterable

from world import CHARTER, World

from commonhold.commons import entries as e
from commonhold.commons.people import write_profile
from commonhold.contributions.commands import ChooseParams, LapseParams, OneParams
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
