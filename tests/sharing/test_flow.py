"""Sharing by flow: the income of a product goes back along its making, whatever the depth."""

from __future__ import annotations

from pathlib import Path

import pytest
from world import CHARTER, World

from commonhold.commons import entries as commons
from commonhold.contributions.commands import LogParams
from commonhold.flows import entries as e
from commonhold.flows import vocabulary as vf
from commonhold.flows.commands import NewResource, RecordParams
from commonhold.node.sharing import explain, statement
from commonhold.node.verification import verify_commons
from commonhold.problems import Refused
from commonhold.sharing.commands import IncomeParams, ReverseParams, ShareParams
from commonhold.sharing.worth import worth_of

BY_FLOW = (
    CHARTER.split("[[sharing.steps]]")[0]
    + """
[sharing]
funds = ["common", "products"]

[[sharing.steps]]
id = "flow"
funds = ["products"]
to = "flow"
rest = true
by_value = true
use = { printer = "10.00", "*" = "1.00" }
cite = { design = "whole", "*" = "40.00" }

[[sharing.steps]]
id = "contributions"
funds = ["common"]
to = "contributions"
rest = true
weights = { work = "1" }
"""
)


class Workshop:
    """A commons that makes things: short names for what the tests do again and again."""

    def __init__(self, home: Path) -> None:
        self.world = World(home, BY_FLOW)
        for id_ in ("printer", "design", "part", "lamp", "filament", "library"):
            self.create(vf.ResourceSpecification(id=id_, name=id_))

    def create(self, record: vf.AnyRecord) -> None:
        self.world.act("Ana", "flow.create", e.Create(record=record))

    def process(self, *ids: str) -> None:
        for id_ in ids:
            self.create(vf.Process(id=id_))

    def event(self, who: str, action: str, amount: str, *, new: str = "", kind: str = "", by_ana: bool = False, **fields: object) -> None:
        event = vf.EconomicEvent(
            action=action,  # type: ignore[arg-type]
            provider=self.world.ids[who],
            resourceQuantity=vf.Measure(hasNumericalValue=amount, hasUnit="piece"),
            resourceConformsTo=kind or None,
            **fields,  # type: ignore[arg-type]
        )
        writer = "Ana" if by_ana else who
        self.world.act(writer, "flow.record", RecordParams(event=event, newInventoriedResource=NewResource(id=new, name=new) if new else None))

    def work(self, who: str, hours: str, process: str) -> None:
        self.world.validated(who, "work", hours, process=process)

    def use(self, who: str, resource: str, hours: str, process: str, by: str = "Ana") -> None:
        """By: Ana, a steward, as far as nothing else is said: her word is taken without validation."""
        event = vf.EconomicEvent(
            action="use",
            provider=self.world.ids[who],
            resourceInventoriedAs=resource,
            inputOf=process,
            effortQuantity=vf.Measure(hasNumericalValue=hours, hasUnit="hour"),
        )
        self.world.act(by, "flow.record", RecordParams(event=event))

    def sell(self, resource: str, money: str) -> int:
        with self.world.node.read() as transaction:
            known = transaction.value("SELECT COUNT(*) FROM agent WHERE id = 'org:buyer'")
        if not known:
            self.world.organization("Buyer")
        params = IncomeParams(amount=money, currency="EUR", giver="org:buyer", source="sale", fund="products", resource=resource)
        return int(self.world.act("Ana", "income.add", params)["position"])

    def share(self) -> dict[str, str]:
        self.world.act("Ana", "share.record", ShareParams(fund="products"))
        with self.world.node.read() as transaction:
            return {line["name"]: line["amount"] for line in statement(transaction, "test")["agents"]}


@pytest.fixture
def workshop(home: Path) -> Workshop:
    made = Workshop(home)
    yield made  # type: ignore[misc]
    made.world.node.close()


def lamp(workshop: Workshop) -> None:
    """Bo makes two parts in 2 hours; Cy makes a lamp of one of them in 3."""
    workshop.process("parts", "lamps")
    workshop.work("Bo", "2", "parts")
    workshop.event("Bo", "produce", "2", new="parts-1", kind="part", outputOf="parts")
    workshop.event("Bo", "transfer", "2", resourceInventoriedAs="parts-1", new="parts-2", receiver=workshop.world.ids["Cy"])
    workshop.event("Cy", "consume", "1", resourceInventoriedAs="parts-2", inputOf="lamps")
    workshop.work("Cy", "3", "lamps")
    workshop.event("Cy", "produce", "1", new="lamp-1", kind="lamp", outputOf="lamps")


def test_income_goes_back_to_the_makers_of_the_parts(workshop: Workshop) -> None:
    """Half of Bo's 2 hours are in the lamp, and all of Cy's 3: 1 to 3."""
    lamp(workshop)
    workshop.sell("lamp-1", "100.00")
    assert workshop.share() == {"Cy": "75.00", "Bo": "25.00"}
    assert verify_commons(workshop.world.node.database, "test").ok


def test_work_that_was_logged_late_and_not_validated(workshop: Workshop) -> None:
    """What peers have not validated does not count; once they have, the next distribution makes it good."""
    lamp(workshop)
    claim = workshop.world.log("Ana", "work", "4", process="lamps")
    workshop.sell("lamp-1", "100.00")
    assert workshop.share() == {"Cy": "75.00", "Bo": "25.00"}
    for peer in ("Bo", "Cy"):
        workshop.world.attest(peer, claim)
    workshop.sell("lamp-1", "100.00")
    # 8 hours are in the lamp now: Bo 1, Cy 3, Ana 4. Of 200.00 they are due 25, 75 and 100; Bo and Cy have that already.
    assert workshop.share() == {"Ana": "100.00"}


def test_an_income_is_shared_once(workshop: Workshop) -> None:
    """Each product's income goes to its own makers, whatever was shared before."""
    lamp(workshop)
    workshop.sell("lamp-1", "100.00")
    workshop.share()
    workshop.process("other")
    workshop.work("Ana", "1", "other")
    workshop.event("Ana", "produce", "1", new="lamp-2", kind="lamp", outputOf="other")
    workshop.sell("lamp-2", "60.00")
    assert workshop.share() == {"Ana": "60.00"}


def test_what_is_taken_back_flows_back_to_nobody(workshop: Workshop) -> None:
    lamp(workshop)
    workshop.process("other")
    workshop.work("Ana", "1", "other")
    workshop.event("Ana", "produce", "1", new="lamp-2", kind="lamp", outputOf="other")
    wrong = workshop.sell("lamp-2", "60.00")
    workshop.world.act("Ana", "income.reverse", ReverseParams(income=str(wrong), reason="another lamp"))
    workshop.sell("lamp-1", "60.00")
    assert workshop.share() == {"Cy": "45.00", "Bo": "15.00"}


def test_equipment_earns_by_its_use(workshop: Workshop) -> None:
    """Ana built the printer in 8 hours (200.00); an hour of it counts 10.00, and that goes to her, besides Cy's own hour (25.00)."""
    workshop.process("building", "printing")
    workshop.work("Ana", "8", "building")
    workshop.event("Ana", "produce", "1", new="printer-1", kind="printer", outputOf="building")
    workshop.use("Cy", "printer-1", "1.5", "printing")
    workshop.work("Cy", "1", "printing")
    workshop.event("Cy", "produce", "1", new="lamp-1", kind="lamp", outputOf="printing")
    workshop.sell("lamp-1", "80.00")
    assert workshop.share() == {"Cy": "50.00", "Ana": "30.00"}


def test_equipment_that_nobody_contributed_earns_for_whom_it_belongs_to(workshop: Workshop) -> None:
    workshop.process("printing")
    workshop.event("Bo", "raise", "1", new="printer-1", kind="printer")
    workshop.use("Bo", "printer-1", "2.5", "printing")
    workshop.work("Cy", "1", "printing")
    workshop.event("Cy", "produce", "1", new="lamp-1", kind="lamp", outputOf="printing")
    workshop.sell("lamp-1", "80.00")
    assert workshop.share() == {"Bo": "40.00", "Cy": "40.00"}
    [step] = explain(workshop.world.node, "test", workshop.world.ids["Bo"], 1)["steps"]
    [line] = step["contributions"]
    assert (line["kind"], line["quantity"], line["unit"], line["amount"]) == ("use", "2.5", "hour", "40.00")


def test_nobody_earns_by_their_own_word_for_what_was_used_or_cited(workshop: Workshop) -> None:
    """Bo says alone that his press ran for a thousand hours, and that his design was cited: neither counts."""
    workshop.process("printing")
    workshop.event("Bo", "raise", "1", new="press", kind="printer")
    workshop.event("Bo", "raise", "1", new="drawing", kind="library")
    workshop.use("Bo", "press", "1000", "printing", by="Bo")
    workshop.event("Bo", "cite", "1", resourceInventoriedAs="drawing", inputOf="printing")
    workshop.work("Cy", "1", "printing")
    workshop.event("Cy", "produce", "1", new="lamp-1", kind="lamp", outputOf="printing")
    workshop.sell("lamp-1", "80.00")
    assert workshop.share() == {"Cy": "80.00"}


def test_no_more_goes_back_than_products_with_makers_brought(workshop: Workshop) -> None:
    """What came in for a thing that nobody is known to have made stays in the fund; it is not given to the makers of another."""
    lamp(workshop)
    workshop.event("Bo", "raise", "1", new="found", kind="part")
    workshop.sell("lamp-1", "100.00")
    workshop.sell("found", "500.00")
    assert workshop.share() == {"Cy": "75.00", "Bo": "25.00"}


def test_a_cited_design_counts_whole_and_an_upstream_commons_by_its_price(workshop: Workshop) -> None:
    """A design of 3 hours (75.00), cited; a library of another commons (40.00 a time); and an hour of building (25.00)."""
    upstream = workshop.world.organization("Upstream", "commons")
    workshop.process("designing", "building")
    workshop.work("Ana", "3", "designing")
    workshop.event("Ana", "produce", "1", new="design-1", kind="design", outputOf="designing")
    workshop.world.act(
        "Ana",
        "flow.record",
        RecordParams(
            event=vf.EconomicEvent(
                action="raise", provider=upstream, resourceConformsTo="library", resourceQuantity=vf.Measure(hasNumericalValue="1", hasUnit="piece")
            ),
            newInventoriedResource=NewResource(id="library-1"),
        ),
    )
    workshop.event("Cy", "cite", "1", by_ana=True, resourceInventoriedAs="design-1", inputOf="building")
    workshop.event("Cy", "cite", "1", by_ana=True, resourceInventoriedAs="library-1", inputOf="building")
    workshop.work("Cy", "1", "building")
    workshop.event("Cy", "produce", "1", new="lamp-1", kind="lamp", outputOf="building")
    workshop.sell("lamp-1", "140.00")
    assert workshop.share() == {"Ana": "75.00", "Upstream": "40.00", "Cy": "25.00"}


def test_it_goes_back_however_deep_the_history_is(sqlite_home: Path) -> None:
    """Forty levels, an hour each: everybody's part is the same, down to the first."""
    workshop = Workshop(sqlite_home)
    workshop.world.join(*(f"P{number}" for number in range(40)))
    for number in range(40):
        workshop.process(f"step-{number}")
        who = f"P{number}"
        if number:
            event = vf.EconomicEvent(
                action="consume",
                provider=workshop.world.ids[f"P{number - 1}"],
                resourceInventoriedAs=f"thing-{number - 1}",
                inputOf=f"step-{number}",
                resourceQuantity=vf.Measure(hasNumericalValue="1", hasUnit="piece"),
            )
            workshop.world.act(f"P{number - 1}", "flow.record", RecordParams(event=event))
        workshop.work(who, "1", f"step-{number}")
        workshop.event(who, "produce", "1", new=f"thing-{number}", kind="part", outputOf=f"step-{number}")
    workshop.sell("thing-39", "40.00")
    assert workshop.share() == {f"P{number}": "1.00" for number in range(40)}
    workshop.world.node.close()


def test_without_a_product_there_is_nothing_to_go_back_along(workshop: Workshop) -> None:
    lamp(workshop)
    workshop.world.income("50.00", fund="products")
    assert workshop.share() == {}
    with workshop.world.node.read() as transaction:
        [step] = statement(transaction, "test")["steps"]
    assert step["remark"] == "No income names a product that somebody contributed to."


def test_an_income_names_a_resource_that_is_there(workshop: Workshop) -> None:
    with pytest.raises(Refused) as error:
        workshop.sell("nothing", "1.00")
    assert error.value.code == "journal.unknown_reference"


def test_what_a_resource_is_worth_is_told_with_whose_that_is(workshop: Workshop) -> None:
    lamp(workshop)
    with workshop.world.node.read() as transaction:
        number = transaction.value("SELECT number FROM flow_record WHERE id = 'lamp-1'")
        found = worth_of(transaction, "test", number)
    ids = workshop.world.ids
    assert (found["amount"], found["currency"]) == ("100.00", "EUR")
    assert [(one["contributor"], one["amount"], one["percent"]) for one in found["contributions"]] == [
        (ids["Cy"], "75.00", "75"),
        (ids["Bo"], "25.00", "25"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ('use = { printer = "10.001" }', "charter.bad_amount"),
        ('cite = { design = "half" }', "charter.bad_amount"),
        ("catch_up = true", "charter.bad_policy"),
        ('funds = ["nowhere"]', "charter.bad_policy"),
    ],
)
def test_a_step_that_is_not_in_order_is_refused(sqlite_world: World, change: str, code: str) -> None:
    step = f'[[sharing.steps]]\nid = "f"\nto = "flow"\nby_value = true\nrest = true\n{change}\n'
    charter = CHARTER.split("[[sharing.steps]]")[0] + step
    with pytest.raises(Refused) as error:
        sqlite_world.act("Ana", "charter.change", commons.ChangeCharter(charter=charter, reason="to test"))
    assert error.value.code == code


def test_a_claim_of_work_names_its_process(workshop: Workshop) -> None:
    """The process is one thing, whether a contribution or a plan names it."""
    workshop.process("lamps")
    position = workshop.world.act("Bo", "contribution.log", LogParams(kind="work", amount="1", domain="firmware", process="lamps"))["position"]
    with workshop.world.node.read() as transaction:
        sql = "SELECT f.id FROM economic_event e JOIN flow_record f ON f.commons = e.commons AND f.number = e.input_of WHERE e.position = ?"
        assert transaction.value(sql, (position,)) == "lamps"
